-- What billing says is paid (or paid back), by person, scheme and covered year (2027) or month (202701), and what cover came of it. Pending: not looked at yet.
CREATE TABLE contribution (
    psn_no text COLLATE "C" NOT NULL,
    insutype text COLLATE "C" NOT NULL,
    period int NOT NULL,
    is_paid boolean NOT NULL,
    paid_on date,
    who text COLLATE "C" NOT NULL,
    event_on date,
    refunded_on date,
    state text COLLATE "C" NOT NULL,
    from_on date,
    to_on date,
    not_before date,
    refusal text COLLATE "C" NOT NULL DEFAULT '',
    changed_at timestamptz NOT NULL,
    PRIMARY KEY (psn_no, insutype, period),
    CONSTRAINT contribution_state_is_known CHECK (state IN ('pending', 'opened', 'covered', 'waiting', 'refused', 'closed', 'kept')),
    CONSTRAINT a_paid_one_says_when CHECK (NOT is_paid OR paid_on IS NOT NULL),
    CONSTRAINT an_opened_one_says_what CHECK (state NOT IN ('opened', 'covered') OR (from_on IS NOT NULL AND to_on >= from_on)),
    CONSTRAINT a_refused_one_says_why CHECK ((state = 'refused') = (refusal <> ''))
);
CREATE INDEX contribution_pending ON contribution (psn_no, insutype, period) WHERE state = 'pending';

-- Each change of it: by the event, by what came of it, or by a person with a reason. Never changed.
CREATE TABLE contribution_step (
    step_no bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    psn_no text COLLATE "C" NOT NULL,
    insutype text COLLATE "C" NOT NULL,
    period int NOT NULL,
    state text COLLATE "C" NOT NULL,
    from_on date,
    to_on date,
    acted_by text NOT NULL,
    why text NOT NULL,
    at timestamptz NOT NULL
);
CREATE INDEX contribution_step_by_person ON contribution_step (psn_no);
REVOKE UPDATE, DELETE ON contribution_step FROM ${runtime};
REVOKE DELETE ON contribution FROM ${runtime};

-- An act of the agency by which persons are enrolled, changed or left out again: once, with its answer.
CREATE TABLE enrolment_request (
    request_no bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    request_key text COLLATE "C" NOT NULL,
    kind text COLLATE "C" NOT NULL,
    content bytea NOT NULL,
    answer text NOT NULL,
    acted_by text NOT NULL,
    why text NOT NULL,
    at timestamptz NOT NULL,
    CONSTRAINT a_request_enrols_once UNIQUE (request_key)
);

-- Who is enrolled in a scheme for a covered year, and is covered when the contribution is paid.
CREATE TABLE enrolment (
    enrolment_no bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    request_no bigint NOT NULL REFERENCES enrolment_request DEFERRABLE INITIALLY DEFERRED,
    psn_no text COLLATE "C" NOT NULL,
    insutype text COLLATE "C" NOT NULL,
    year int NOT NULL,
    psn_type text NOT NULL,
    who text COLLATE "C" NOT NULL,
    event_on date,
    group_name text NOT NULL,
    requested_on date NOT NULL,
    withdrawn_by text,
    withdrawn_at timestamptz,
    withdrawn_why text,
    CONSTRAINT withdrawal_is_whole CHECK (num_nonnulls(withdrawn_by, withdrawn_at, withdrawn_why) IN (0, 3))
);
CREATE UNIQUE INDEX a_person_is_enrolled_once_a_year ON enrolment (psn_no, insutype, year) WHERE withdrawn_at IS NULL;
REVOKE UPDATE, DELETE ON enrolment_request FROM ${runtime};
REVOKE UPDATE, DELETE ON enrolment FROM ${runtime};
GRANT UPDATE (withdrawn_by, withdrawn_at, withdrawn_why) ON enrolment TO ${runtime};

-- A child expected: a person without a certificate until it is born.
CREATE TABLE foetus (
    psn_no text COLLATE "C" PRIMARY KEY,
    mother_no text COLLATE "C" NOT NULL,
    expected_on date NOT NULL,
    born_on date,
    ended_on date,
    CONSTRAINT a_foetus_is_born_or_ends CHECK (born_on IS NULL OR ended_on IS NULL)
);

-- The next number of a person whom the agency enrols first.
CREATE SEQUENCE person_number;
GRANT USAGE ON SEQUENCE person_number TO ${runtime};
