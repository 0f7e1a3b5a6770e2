-- Of each contract with an insurer, how far its stream of events is written and acknowledged. In a city's database only.
-- Whoever appends locks the row until the end of his transaction: cursors become visible in their order and without gaps.
CREATE TABLE insurer_stream (
    contract_no text PRIMARY KEY,
    last_cursor bigint NOT NULL DEFAULT 0,
    acknowledged_cursor bigint NOT NULL DEFAULT 0,
    acknowledged_at timestamptz,
    CONSTRAINT acknowledged_lies_in_the_stream CHECK (acknowledged_cursor BETWEEN 0 AND last_cursor)
);

-- What the insurers are told, in the order in which they hear it.
CREATE TABLE insurer_feed (
    contract_no text NOT NULL,
    cursor bigint NOT NULL,
    -- medinsure.insurer.v1.ClaimEventKind
    kind smallint NOT NULL,
    setl_id text NOT NULL,
    dispute_no text NOT NULL DEFAULT '',
    county text NOT NULL,
    policy_on date NOT NULL,
    insurer_fen bigint NOT NULL,
    -- medinsure.insurer.v1.ClaimEvent without cursor and contract
    doc bytea NOT NULL,
    PRIMARY KEY (contract_no, cursor),
    CONSTRAINT told_once UNIQUE (contract_no, setl_id, kind, dispute_no)
);
