-- What settlement told of the county's settlements, wherever they were treated. Written by the intake in the journal's order.
CREATE TABLE audit_claim (
    setl_id text PRIMARY KEY,
    journal_seq bigint NOT NULL,
    idx int NOT NULL,
    -- the number that the person has now; the document may name one from before a merge
    psn_no text NOT NULL,
    fixmedins_code text NOT NULL,
    provider_county text NOT NULL,
    med_type text NOT NULL,
    begin_on date NOT NULL,
    end_on date,
    policy_on date NOT NULL,
    settled_at timestamptz NOT NULL,
    is_stay boolean NOT NULL,
    in_scope_fen bigint NOT NULL,
    total_fen bigint NOT NULL,
    fund_fen bigint NOT NULL,
    -- what rules over many bills look at, so that they need not open the documents
    mdtrt_id text NOT NULL,
    policy_level text NOT NULL,
    insutype text NOT NULL,
    main_diagnosis text NOT NULL,
    department_code text NOT NULL,
    doctor_code text NOT NULL,
    is_poor boolean NOT NULL,
    deductible_fen bigint NOT NULL,
    -- of the net lines, by med_chrgitm_type: 09 to 11, 03 and 04, 08, 05
    drug_fen bigint NOT NULL,
    exam_fen bigint NOT NULL,
    material_fen bigint NOT NULL,
    treatment_fen bigint NOT NULL,
    -- -1 = no limit
    pool_left_fen bigint NOT NULL,
    -- fraudaudit.v1.AuditClaim
    doc bytea NOT NULL,
    -- the reversal that took it back; null: it stands
    reversed_by text,
    -- what stopped a rule from looking at it; null: audited
    audit_failure text
);
CREATE INDEX audit_claim_of_person ON audit_claim (psn_no, settled_at);
CREATE INDEX audit_claim_by_time ON audit_claim (settled_at);
CREATE INDEX audit_claim_of_provider ON audit_claim (fixmedins_code, settled_at);
-- Bills repeat each other's words. A server built without LZ4 compresses them in its own way.
DO $do$ BEGIN
    ALTER TABLE audit_claim ALTER COLUMN doc SET COMPRESSION lz4;
EXCEPTION WHEN feature_not_supported THEN NULL;
END $do$;

-- Settlements taken back, and brought back again.
CREATE TABLE claim_reversal (
    setl_id text PRIMARY KEY,
    root_setl_id text NOT NULL,
    restores boolean NOT NULL,
    journal_seq bigint NOT NULL,
    idx int NOT NULL,
    psn_no text NOT NULL,
    settled_at timestamptz NOT NULL
);
CREATE INDEX claim_reversal_by_place ON claim_reversal (journal_seq, idx);

-- Up to where settlement's journal has been read: the record itself is in.
CREATE TABLE feed_position (
    one boolean PRIMARY KEY DEFAULT true,
    seq bigint NOT NULL,
    idx int NOT NULL,
    -- how far settlement's tables were then
    at_seq bigint NOT NULL,
    read_at timestamptz,
    CONSTRAINT there_is_one_position CHECK (one)
);
INSERT INTO feed_position (seq, idx, at_seq) VALUES (0, -1, 0);
