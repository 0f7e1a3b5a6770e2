-- A suspected violation of a provider or an insured person, from the lead to the money's return.
CREATE TABLE audit_case (
    case_no bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    subject_kind text NOT NULL,
    -- fixmedins_code or psn_no
    subject text NOT NULL,
    -- of a provider: the county that pays it
    subject_county text NOT NULL,
    title text NOT NULL,
    state text NOT NULL DEFAULT 'lead',
    opened_by text NOT NULL,
    opened_at timestamptz NOT NULL,
    -- who acted; empty until then, and again when it goes back
    investigator text NOT NULL DEFAULT '',
    decider text NOT NULL DEFAULT '',
    releaser text NOT NULL DEFAULT '',
    -- the decision that stands; 0: none
    decision_no int NOT NULL DEFAULT 0,
    statement_due_on date,
    -- said something to the allegation, or waived it
    heard boolean NOT NULL DEFAULT false,
    appeal_due_on date,
    correction_due_on date,
    -- '' none asked for, 'due', 'passed'
    correction text NOT NULL DEFAULT '',
    changed_at timestamptz NOT NULL,
    CONSTRAINT subject_is_known CHECK (subject_kind IN ('provider', 'person') AND subject <> ''),
    CONSTRAINT state_is_known CHECK (state IN ('lead', 'dismissed', 'investigating', 'hearing', 'concluded', 'cleared', 'decided', 'in_force', 'closed')),
    CONSTRAINT correction_is_known CHECK (correction IN ('', 'due', 'passed') AND (correction = '') = (correction_due_on IS NULL)),
    CONSTRAINT three_people_act CHECK ((decider = '' OR decider <> investigator) AND (releaser = '' OR releaser NOT IN (investigator, decider)))
);
CREATE INDEX case_by_state ON audit_case (state, case_no);
CREATE INDEX case_of_subject ON audit_case (subject, case_no);
REVOKE DELETE, TRUNCATE ON audit_case FROM ${runtime};

-- Who did what, when and why. Never changed.
CREATE TABLE case_act (
    act_no bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    case_no bigint NOT NULL REFERENCES audit_case,
    act text NOT NULL,
    acted_by text NOT NULL,
    acted_at timestamptz NOT NULL,
    reason text NOT NULL,
    -- what the act said, JSON
    detail text NOT NULL,
    -- the caller's; of what a worker does, null
    request_key text,
    content_hash bytea,
    CONSTRAINT a_request_acts_once UNIQUE (request_key),
    CONSTRAINT somebody_acts CHECK (acted_by <> ''),
    CONSTRAINT a_request_has_its_content CHECK ((request_key IS NULL) = (content_hash IS NULL))
);
CREATE INDEX act_of_case ON case_act (case_no, act_no);
REVOKE UPDATE, DELETE, TRUNCATE ON case_act FROM ${runtime};

CREATE TABLE case_evidence (
    case_no bigint NOT NULL REFERENCES audit_case,
    evidence_no int NOT NULL,
    kind text NOT NULL,
    -- of the finding, sample, tip, campaign, ward check, call-back, review or document
    number text NOT NULL,
    setl_id text NOT NULL,
    amount_fen bigint NOT NULL,
    text text NOT NULL,
    added_by text NOT NULL,
    added_at timestamptz NOT NULL,
    withdrawn_by text NOT NULL DEFAULT '',
    PRIMARY KEY (case_no, evidence_no),
    CONSTRAINT kind_is_known CHECK (kind IN ('finding', 'sample', 'tip', 'campaign', 'ward_check', 'call_back', 'prescription_review', 'stock', 'document')),
    CONSTRAINT amount_is_not_negative CHECK (amount_fen >= 0)
);
CREATE UNIQUE INDEX a_case_names_evidence_once ON case_evidence (case_no, kind, number, setl_id) WHERE withdrawn_by = '';
REVOKE DELETE, TRUNCATE ON case_evidence FROM ${runtime};

-- What was decided, and after an appeal decided anew; the case names the one that stands. Never changed.
CREATE TABLE case_decision (
    case_no bigint NOT NULL REFERENCES audit_case,
    decision_no int NOT NULL,
    -- 0: the first; else the appeal that led to it
    appeal_no int NOT NULL,
    -- JSON: each step with its amount, base, months, days, text
    sanctions text NOT NULL,
    principal_fen bigint NOT NULL,
    damages_fen bigint NOT NULL,
    -- paid in by transfer, of this fund; else deducted from statements
    by_payment boolean NOT NULL,
    fund text NOT NULL,
    -- of sanctions/ladder.yaml as it was
    ladder_sha256 text NOT NULL,
    decided_by text NOT NULL,
    decided_at timestamptz NOT NULL,
    reason text NOT NULL,
    PRIMARY KEY (case_no, decision_no),
    CONSTRAINT money_is_not_negative CHECK (principal_fen >= 0 AND damages_fen >= 0)
);
REVOKE UPDATE, DELETE, TRUNCATE ON case_decision FROM ${runtime};

CREATE TABLE case_appeal (
    case_no bigint NOT NULL REFERENCES audit_case,
    appeal_no int NOT NULL,
    text text NOT NULL,
    received_on date NOT NULL,
    recorded_by text NOT NULL,
    recorded_at timestamptz NOT NULL,
    outcome text NOT NULL DEFAULT '',
    decided_by text NOT NULL DEFAULT '',
    released_by text NOT NULL DEFAULT '',
    decided_at timestamptz,
    reason text NOT NULL DEFAULT '',
    PRIMARY KEY (case_no, appeal_no),
    CONSTRAINT outcome_is_known CHECK (outcome IN ('', 'upheld', 'changed', 'cancelled')),
    CONSTRAINT an_outcome_has_its_people CHECK ((outcome <> '') = (decided_by <> '') AND (outcome <> '') = (decided_at IS NOT NULL) AND (outcome = '') = (released_by = '') AND (outcome = '' OR decided_by <> released_by))
);
CREATE UNIQUE INDEX one_appeal_is_open ON case_appeal (case_no) WHERE outcome = '';
REVOKE DELETE, TRUNCATE ON case_appeal FROM ${runtime};

-- Papers that leave the agency, numbered by kind and year without a gap; their content is kept as it left.
CREATE TABLE case_notice (
    notice_no text PRIMARY KEY,
    case_no bigint NOT NULL REFERENCES audit_case,
    decision_no int NOT NULL,
    kind text NOT NULL,
    -- of a reversal, the notice that it is of
    of_notice_no text NOT NULL DEFAULT '',
    amount_fen bigint NOT NULL,
    by_payment boolean NOT NULL,
    -- JSON
    document text NOT NULL,
    sha256 text NOT NULL,
    issued_by text NOT NULL,
    issued_at timestamptz NOT NULL,
    served_on date,
    served_how text NOT NULL DEFAULT '',
    CONSTRAINT kind_is_known CHECK (kind IN ('hearing', 'decision', 'deduction', 'repayment', 'reversal', 'hand_over')),
    CONSTRAINT service_says_how CHECK ((served_on IS NULL) = (served_how = ''))
);
CREATE INDEX notice_of_case ON case_notice (case_no, notice_no);
REVOKE DELETE, TRUNCATE ON case_notice FROM ${runtime};

CREATE TABLE notice_number (
    letter text NOT NULL,
    year int NOT NULL,
    last bigint NOT NULL,
    PRIMARY KEY (letter, year)
);
REVOKE DELETE, TRUNCATE ON notice_number FROM ${runtime};

-- What a case does in other services: recorded with the act that causes it, done after it, once by its key.
CREATE TABLE case_effect (
    effect_no bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    case_no bigint NOT NULL REFERENCES audit_case,
    -- the notice's money or the provider's agreement: what is in one lane is done in its order
    lane text NOT NULL,
    kind text NOT NULL,
    -- JSON of the call
    payload text NOT NULL,
    due_on date NOT NULL,
    state text NOT NULL DEFAULT 'pending',
    attempts int NOT NULL DEFAULT 0,
    -- why it is not done yet, was refused, or what it met
    note text NOT NULL DEFAULT '',
    recorded_at timestamptz NOT NULL,
    done_at timestamptz,
    CONSTRAINT kind_is_known CHECK (kind IN ('book_notice', 'reverse_notice', 'book_recovery', 'suspend', 'resume', 'terminate')),
    CONSTRAINT state_is_known CHECK (state IN ('pending', 'done', 'refused', 'cancelled')),
    CONSTRAINT done_says_when CHECK ((state = 'done') = (done_at IS NOT NULL))
);
CREATE INDEX effect_to_do ON case_effect (effect_no) WHERE state = 'pending';
CREATE INDEX effect_of_case ON case_effect (case_no, effect_no);
CREATE INDEX effect_of_lane ON case_effect (lane, effect_no);
REVOKE DELETE, TRUNCATE ON case_effect FROM ${runtime};

-- Points that decisions took off providers' credit, and appeals gave back by rows of their own.
CREATE TABLE credit_entry (
    entry_no bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    fixmedins_code text NOT NULL,
    case_no bigint NOT NULL REFERENCES audit_case,
    decision_no int NOT NULL,
    step text NOT NULL,
    -- negative: given back
    points int NOT NULL,
    from_on date NOT NULL,
    -- the last day on which they count
    to_on date NOT NULL,
    recorded_at timestamptz NOT NULL,
    CONSTRAINT points_are_some CHECK (points <> 0)
);
CREATE INDEX credit_of_provider ON credit_entry (fixmedins_code, from_on);
REVOKE UPDATE, DELETE, TRUNCATE ON credit_entry FROM ${runtime};
