-- Audits of months again, as the rules are now, or as a draft would have them.
CREATE TABLE audit_run (
    run_no bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    request_key text NOT NULL CONSTRAINT a_request_starts_one_run UNIQUE,
    kind text NOT NULL,
    -- first and last day of settlement: whole months
    from_on date NOT NULL,
    to_on date NOT NULL,
    -- the rules that look; empty: all
    rules text[] NOT NULL,
    -- of a back-test: BackTests.RuleDraft
    draft jsonb,
    reason text NOT NULL,
    started_by text NOT NULL,
    started_at timestamptz NOT NULL,
    state text NOT NULL DEFAULT 'queued',
    -- what its settlements are: those that the feed had brought when it was planned
    at_seq bigint,
    at_idx int,
    -- which rules: RuleSets' version; another one begins the run anew
    rules_version text,
    -- the rules that looked, by number
    looked text[],
    ended_at timestamptz,
    -- why it cannot go on; it is tried again
    failure text,
    decided_by text,
    decided_at timestamptz,
    decision_reason text,
    CONSTRAINT kind_is_known CHECK (kind IN ('audit', 'back_test')),
    CONSTRAINT state_is_known CHECK (state IN ('queued', 'running', 'done', 'applied', 'dropped')),
    CONSTRAINT months_in_order CHECK (from_on <= to_on),
    CONSTRAINT a_back_test_never_stands CHECK (kind = 'audit' OR state <> 'applied'),
    CONSTRAINT a_back_test_has_a_draft CHECK ((kind = 'back_test') = (draft IS NOT NULL)),
    CONSTRAINT planned_knows_its_place CHECK (state IN ('queued', 'dropped') OR (at_seq IS NOT NULL AND at_idx IS NOT NULL AND looked IS NOT NULL)),
    CONSTRAINT decided_by_somebody CHECK (state NOT IN ('applied', 'dropped') OR (decided_by IS NOT NULL AND decided_at IS NOT NULL))
);
CREATE INDEX audit_run_to_do ON audit_run (run_no) WHERE state IN ('queued', 'running');

-- A part of a run's work, done in one transaction with what it found: persons (from_psn, to_psn] through the rules of bills, or a month through the rules of periods.
CREATE TABLE audit_slice (
    run_no bigint NOT NULL REFERENCES audit_run,
    slice_no int NOT NULL,
    from_psn text,
    -- null: to the end
    to_psn text,
    -- of a month its first day; null: persons
    month_on date,
    claims bigint NOT NULL DEFAULT 0,
    found bigint NOT NULL DEFAULT 0,
    -- settlements at which a rule threw
    failed bigint NOT NULL DEFAULT 0,
    done_at timestamptz,
    PRIMARY KEY (run_no, slice_no)
);

-- What a run found; columns as in finding.
CREATE TABLE run_finding (
    run_no bigint NOT NULL,
    rule text NOT NULL,
    setl_id text NOT NULL,
    subject text NOT NULL,
    psn_no text NOT NULL,
    fixmedins_code text NOT NULL,
    provider_county text NOT NULL,
    doctor_code text NOT NULL,
    department_code text NOT NULL,
    occurred_on date NOT NULL,
    settled_on date NOT NULL,
    in_scope_fen bigint NOT NULL,
    certain boolean NOT NULL,
    severity int NOT NULL,
    text text NOT NULL,
    text_en text NOT NULL,
    lines text[] NOT NULL,
    earlier_setl_ids text[] NOT NULL,
    slice_no int NOT NULL,
    PRIMARY KEY (run_no, rule, setl_id, subject)
);
