-- What rules found of standing settlements. Its key is (rule, setl_id, subject): found again it is the same finding.
CREATE TABLE finding (
    finding_no bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    rule text NOT NULL,
    setl_id text NOT NULL,
    subject text NOT NULL,
    psn_no text NOT NULL,
    fixmedins_code text NOT NULL,
    provider_county text NOT NULL,
    doctor_code text NOT NULL,
    department_code text NOT NULL,
    -- the day of its first line, else the bill's last day
    occurred_on date NOT NULL,
    settled_on date NOT NULL,
    in_scope_fen bigint NOT NULL,
    certain boolean NOT NULL,
    severity int NOT NULL,
    text text NOT NULL,
    text_en text NOT NULL,
    -- feedetl_sn; empty: the bill as a whole
    lines text[] NOT NULL,
    earlier_setl_ids text[] NOT NULL,
    state text NOT NULL DEFAULT 'open',
    case_no bigint,
    -- the run that was applied; null: the audit of the settlement as it came
    run_no bigint,
    found_at timestamptz NOT NULL,
    decided_at timestamptz,
    -- no longer found, and why: 'reversed' (its settlement no longer counts), 'not_found' (the rules as they are do not find it). A decided finding keeps its state.
    gone_at timestamptz,
    gone_why text,
    CONSTRAINT found_once UNIQUE (rule, setl_id, subject),
    CONSTRAINT state_is_known CHECK (state IN ('open', 'withdrawn', 'confirmed', 'rejected', 'in_case')),
    CONSTRAINT severity_is_known CHECK (severity BETWEEN 1 AND 3),
    CONSTRAINT gone_says_why CHECK ((gone_at IS NULL) = (gone_why IS NULL) AND (gone_why IS NULL OR gone_why IN ('reversed', 'not_found'))),
    CONSTRAINT withdrawn_is_gone CHECK (state <> 'withdrawn' OR gone_at IS NOT NULL)
);
CREATE INDEX finding_of_claim ON finding (setl_id);
CREATE INDEX finding_by_rule ON finding (rule, settled_on);
CREATE INDEX finding_of_provider ON finding (fixmedins_code, settled_on);
CREATE INDEX finding_of_person ON finding (psn_no, settled_on);
CREATE INDEX finding_by_time ON finding (settled_on);
