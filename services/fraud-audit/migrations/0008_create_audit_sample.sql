-- Random samples of stays, drawn so that anyone can draw them again; what experts say of each; opinions are given once and stand.
CREATE TABLE audit_sample (
    sample_no bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    request_key text NOT NULL CONSTRAINT a_request_draws_one_sample UNIQUE,
    from_on date NOT NULL,
    to_on date NOT NULL,
    -- '' = all
    fixmedins_code text NOT NULL,
    strata text NOT NULL,
    share_bp int NOT NULL,
    seed text NOT NULL,
    frame_bills int NOT NULL,
    frame_sha256 text NOT NULL,
    drawn_by text NOT NULL,
    reason text NOT NULL,
    drawn_at timestamptz NOT NULL,
    CONSTRAINT strata_are_known CHECK (strata IN ('provider', 'level', 'cost')),
    CONSTRAINT share_is_a_share CHECK (share_bp BETWEEN 100 AND 10000)
);
CREATE TABLE sample_stratum (
    sample_no bigint NOT NULL REFERENCES audit_sample,
    stratum text NOT NULL,
    bills int NOT NULL,
    in_scope_fen bigint NOT NULL,
    PRIMARY KEY (sample_no, stratum)
);
CREATE TABLE sample_item (
    sample_no bigint NOT NULL,
    setl_id text NOT NULL,
    stratum text NOT NULL,
    in_scope_fen bigint NOT NULL,
    -- the third person's, where two opinions differ
    arbitrated_fen bigint,
    arbitrated_by text,
    arbitrated_why text,
    arbitrated_at timestamptz,
    PRIMARY KEY (sample_no, setl_id),
    FOREIGN KEY (sample_no, stratum) REFERENCES sample_stratum,
    CONSTRAINT arbitration_is_whole CHECK ((arbitrated_fen IS NULL) = (arbitrated_by IS NULL) AND (arbitrated_fen IS NULL) = (arbitrated_at IS NULL)),
    CONSTRAINT arbitrated_within_scope CHECK (arbitrated_fen BETWEEN 0 AND in_scope_fen)
);
CREATE TABLE sample_opinion (
    sample_no bigint NOT NULL,
    setl_id text NOT NULL,
    place int NOT NULL,
    expert text NOT NULL,
    wrong_fen bigint NOT NULL,
    -- numbers of the rules that the expert holds broken
    rules text[] NOT NULL,
    text text NOT NULL,
    given_at timestamptz NOT NULL,
    PRIMARY KEY (sample_no, setl_id, place),
    FOREIGN KEY (sample_no, setl_id) REFERENCES sample_item,
    CONSTRAINT two_opinions CHECK (place IN (1, 2)),
    CONSTRAINT wrong_is_no_gift CHECK (wrong_fen >= 0)
);
REVOKE UPDATE, DELETE ON audit_sample, sample_stratum, sample_opinion FROM ${runtime};
REVOKE DELETE ON sample_item FROM ${runtime};
