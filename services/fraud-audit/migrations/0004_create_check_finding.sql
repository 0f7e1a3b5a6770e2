-- What checks before settlements (3101, 3102, 2206 …) found: kept, so that the doctor's answer to it can be.
CREATE TABLE check_finding (
    finding_no text PRIMARY KEY,
    check_no text NOT NULL,
    stage text NOT NULL,
    checked_at timestamptz NOT NULL,
    psn_no text NOT NULL,
    mdtrt_id text NOT NULL,
    fixmedins_code text NOT NULL,
    department_code text NOT NULL,
    doctor_code text NOT NULL,
    rule text NOT NULL,
    severity int NOT NULL,
    certain boolean NOT NULL,
    blocks boolean NOT NULL,
    in_scope_fen bigint NOT NULL,
    text text NOT NULL,
    -- feedetl_sn or rx_id; empty: the bill as a whole
    lines text[] NOT NULL,
    CONSTRAINT check_stage_is_known CHECK (stage IN ('before', 'during'))
);
CREATE INDEX check_finding_by_time ON check_finding (checked_at, finding_no);

-- 3103: what was done about it and why. Nothing is overwritten: the newest answer is the one that holds.
CREATE TABLE check_feedback (
    finding_no text NOT NULL REFERENCES check_finding,
    message_id text NOT NULL,
    -- dspo_way
    choice text NOT NULL,
    reason text NOT NULL,
    operator text NOT NULL,
    given_at timestamptz NOT NULL,
    PRIMARY KEY (finding_no, message_id),
    CONSTRAINT choice_is_known CHECK (choice IN ('1', '2')),
    CONSTRAINT going_on_says_why CHECK (choice <> '1' OR reason <> '')
);

-- What came since a position of the journal, for whoever holds persons' bills in memory.
CREATE INDEX audit_claim_by_place ON audit_claim (journal_seq, idx);
