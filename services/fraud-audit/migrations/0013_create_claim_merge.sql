-- Numbers that were one person's, as settlement's journal told it: what was held of the surviving one before does not fit any more.
CREATE TABLE claim_merge (
    retired_no text PRIMARY KEY,
    surviving_no text NOT NULL,
    -- the end of the page that brought it
    journal_seq bigint NOT NULL,
    idx int NOT NULL
);
CREATE INDEX claim_merge_by_place ON claim_merge (journal_seq, idx);
CREATE INDEX call_back_of_person ON call_back (psn_no);
CREATE INDEX ward_check_bed_of_person ON ward_check_bed (psn_no) WHERE psn_no <> '';
-- Whose bed it was is known under the surviving number; what was seen stays.
GRANT UPDATE (psn_no) ON ward_check_bed TO ${runtime};

-- What provider-registry refused of a doctor is told again, or given up, by somebody.
-- widens: older writers know the other words only, all of which pass.
ALTER TABLE doctor_act DROP CONSTRAINT doctor_act_effect_is_known,
    ADD CONSTRAINT doctor_act_effect_is_known CHECK (effect IN ('', 'pending', 'done', 'refused', 'given_up') AND (effect = '' OR state = 'approved'));
CREATE TABLE doctor_effect_retry (
    request_key text PRIMARY KEY,
    act_no bigint NOT NULL REFERENCES doctor_act,
    gives_up boolean NOT NULL,
    -- what provider-registry had said
    refusal text NOT NULL,
    retried_by text NOT NULL,
    reason text NOT NULL,
    retried_at timestamptz NOT NULL
);
CREATE INDEX doctor_effect_retry_of_act ON doctor_effect_retry (act_no, retried_at);
REVOKE UPDATE, DELETE, TRUNCATE ON doctor_effect_retry FROM ${runtime};
