-- What a county sets of a rule from a day on: proposed by one person, decided by another, never changed afterwards.
CREATE TABLE rule_setting (
    setting_no bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    request_key text NOT NULL CONSTRAINT a_request_proposes_one_setting UNIQUE,
    rule text NOT NULL,
    from_on date NOT NULL,
    is_on boolean NOT NULL,
    -- null: where the rule's definition says
    stages text[],
    -- null: as the definition says
    blocks boolean,
    -- name to decimal text; what is not named has its default
    parameters jsonb NOT NULL,
    reason text NOT NULL,
    proposed_by text NOT NULL,
    proposed_at timestamptz NOT NULL,
    state text NOT NULL DEFAULT 'proposed',
    decided_by text NOT NULL DEFAULT '',
    decided_at timestamptz,
    remark text NOT NULL DEFAULT '',
    -- in which order settings were approved: of two for the same day the later one holds
    approval_no bigint UNIQUE,
    CONSTRAINT setting_state_is_known CHECK (state IN ('proposed', 'approved', 'rejected')),
    CONSTRAINT decided_by_another CHECK (state = 'proposed' OR (decided_by <> '' AND lower(decided_by) <> lower(proposed_by) AND decided_at IS NOT NULL)),
    CONSTRAINT approved_has_a_number CHECK ((state = 'approved') = (approval_no IS NOT NULL))
);
CREATE INDEX rule_setting_of_rule ON rule_setting (rule, from_on);
CREATE SEQUENCE rule_setting_approval OWNED BY rule_setting.approval_no;
