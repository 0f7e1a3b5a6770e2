-- A credit grade's effect on a provider's quality deposit: proposed by one person when the grade changes, decided by another, carried out by settlement.
CREATE TABLE credit_act (
    act_no bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    request_key text NOT NULL,
    fixmedins_code text NOT NULL,
    grade text NOT NULL,
    -- of a hundred, on from_on as it was known when it was proposed
    points int NOT NULL,
    -- hundredths of a per cent, as credit.yaml had it then
    deposit_bp int NOT NULL,
    from_on date NOT NULL,
    reason text NOT NULL,
    proposed_by text NOT NULL,
    proposed_at timestamptz NOT NULL,
    state text NOT NULL DEFAULT 'proposed',
    decided_by text NOT NULL DEFAULT '',
    decided_at timestamptz,
    remark text NOT NULL DEFAULT '',
    -- whether settlement knows: '' nothing to tell
    effect text NOT NULL DEFAULT '',
    attempts int NOT NULL DEFAULT 0,
    effect_note text NOT NULL DEFAULT '',
    effect_at timestamptz,
    CONSTRAINT credit_act_once_per_key UNIQUE (request_key),
    CONSTRAINT credit_act_state_is_known CHECK (state IN ('proposed', 'approved', 'rejected')),
    CONSTRAINT credit_act_effect_is_known CHECK (effect IN ('', 'pending', 'done', 'refused') AND (effect <> '') = (state = 'approved')),
    CONSTRAINT deposit_is_one_to_three_per_cent CHECK (deposit_bp = 0 OR deposit_bp BETWEEN 100 AND 300),
    CONSTRAINT credit_act_decided_by_another CHECK ((state = 'proposed') = (decided_by = '') AND (state = 'proposed') = (decided_at IS NULL) AND decided_by <> proposed_by)
);
CREATE INDEX credit_act_of_provider ON credit_act (fixmedins_code, act_no);
CREATE INDEX credit_act_to_tell ON credit_act (act_no) WHERE effect = 'pending';
CREATE UNIQUE INDEX a_provider_has_one_open_proposal ON credit_act (fixmedins_code) WHERE state = 'proposed';
REVOKE DELETE, TRUNCATE ON credit_act FROM ${runtime};
