-- The day of death; until then null. Said by a standing person_death.
ALTER TABLE person ADD COLUMN died_on date;

-- Changes of what a record says of the person: key data by two people, other data by one, retirement by billing. Of key data also what was asked for and not granted.
CREATE TABLE person_change (
    change_no bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    -- Null: a file's row, which has no request of its own.
    request_key text COLLATE "C",
    psn_no text COLLATE "C" NOT NULL REFERENCES person,
    kind text COLLATE "C" NOT NULL,
    -- The fields that change, by name; nothing else of the person.
    before jsonb NOT NULL,
    after jsonb NOT NULL,
    why text NOT NULL,
    evidence text NOT NULL,
    state text COLLATE "C" NOT NULL,
    proposed_by text NOT NULL,
    proposed_at timestamptz NOT NULL,
    decided_by text,
    decided_at timestamptz,
    decided_why text,
    CONSTRAINT a_request_changes_once UNIQUE (request_key),
    CONSTRAINT change_kind_is_known CHECK (kind IN ('key_data', 'other_data', 'retirement')),
    CONSTRAINT change_state_is_known CHECK (state IN ('proposed', 'approved', 'rejected')),
    CONSTRAINT key_data_have_evidence CHECK (kind <> 'key_data' OR evidence <> ''),
    CONSTRAINT a_decision_has_a_person CHECK ((state = 'proposed') = (decided_by IS NULL) AND (decided_by IS NULL) = (decided_at IS NULL)),
    CONSTRAINT two_people_change_key_data CHECK (kind <> 'key_data' OR lower(decided_by) <> lower(proposed_by))
);
CREATE UNIQUE INDEX a_person_has_one_change_under_way ON person_change (psn_no) WHERE state = 'proposed';
CREATE INDEX person_change_by_person ON person_change (psn_no);

-- Deaths as they were recorded. One that was a mistake stays, undone.
CREATE TABLE person_death (
    death_no bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    -- Null: a list's row.
    request_key text COLLATE "C",
    psn_no text COLLATE "C" NOT NULL REFERENCES person,
    died_on date NOT NULL,
    finding_no bigint REFERENCES finding,
    evidence text NOT NULL,
    recorded_by text NOT NULL,
    recorded_at timestamptz NOT NULL,
    is_undone boolean NOT NULL DEFAULT false,
    CONSTRAINT a_request_records_one_death UNIQUE (request_key)
);
CREATE UNIQUE INDEX a_person_dies_once ON person_death (psn_no) WHERE NOT is_undone;
CREATE INDEX person_death_by_person ON person_death (psn_no);

-- What the death ended, as it was before.
CREATE TABLE death_cover (
    death_no bigint NOT NULL REFERENCES person_death,
    insutype text COLLATE "C" NOT NULL,
    from_on date NOT NULL,
    to_on date,
    psn_type text NOT NULL,
    employer_no text COLLATE "C" NOT NULL,
    account_credit_fen bigint NOT NULL,
    PRIMARY KEY (death_no, insutype, from_on)
);
CREATE TABLE death_category (
    death_no bigint NOT NULL REFERENCES person_death,
    name text COLLATE "C" NOT NULL,
    from_on date NOT NULL,
    to_on date,
    recognised_by text COLLATE "C",
    PRIMARY KEY (death_no, name, from_on)
);

-- Who asked that a death be undone, and who decided.
CREATE TABLE death_undoing (
    undoing_no bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    request_key text COLLATE "C" NOT NULL,
    death_no bigint NOT NULL REFERENCES person_death,
    why text NOT NULL,
    evidence text NOT NULL,
    state text COLLATE "C" NOT NULL,
    proposed_by text NOT NULL,
    proposed_at timestamptz NOT NULL,
    decided_by text,
    decided_at timestamptz,
    CONSTRAINT a_request_undoes_once UNIQUE (request_key),
    CONSTRAINT undoing_state_is_known CHECK (state IN ('proposed', 'approved', 'rejected')),
    CONSTRAINT two_people_undo CHECK (lower(decided_by) <> lower(proposed_by))
);
CREATE UNIQUE INDEX a_death_is_undone_once ON death_undoing (death_no) WHERE state <> 'rejected';

-- Persons who came from another pooling area or went to one, with what the papers say.
CREATE TABLE area_transfer (
    transfer_no bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    request_key text COLLATE "C" NOT NULL,
    psn_no text COLLATE "C" NOT NULL REFERENCES person,
    insutype text COLLATE "C" NOT NULL,
    direction text COLLATE "C" NOT NULL,
    other_area text COLLATE "C" NOT NULL,
    transferred_on date NOT NULL,
    paid_months int NOT NULL,
    deemed_months int NOT NULL,
    account_fen bigint NOT NULL,
    papers text NOT NULL,
    state text COLLATE "C" NOT NULL,
    proposed_by text NOT NULL,
    proposed_at timestamptz NOT NULL,
    decided_by text,
    decided_at timestamptz,
    CONSTRAINT a_request_transfers_once UNIQUE (request_key),
    CONSTRAINT direction_is_known CHECK (direction IN ('in', 'out')),
    CONSTRAINT transfer_state_is_known CHECK (state IN ('proposed', 'approved', 'rejected')),
    CONSTRAINT what_comes_is_not_negative CHECK (paid_months >= 0 AND deemed_months >= 0 AND account_fen >= 0),
    CONSTRAINT billing_says_what_goes CHECK (direction = 'in' OR (paid_months = 0 AND deemed_months = 0 AND account_fen = 0)),
    CONSTRAINT two_people_transfer CHECK (lower(decided_by) <> lower(proposed_by))
);
CREATE UNIQUE INDEX a_move_is_recorded_once ON area_transfer (psn_no, insutype, direction, other_area, transferred_on) WHERE state <> 'rejected';
CREATE INDEX area_transfer_by_person ON area_transfer (psn_no);

REVOKE DELETE, TRUNCATE ON person_change, person_death, death_cover, death_category, death_undoing, area_transfer FROM ${runtime};
REVOKE UPDATE ON person_change, person_death, death_cover, death_category, death_undoing, area_transfer FROM ${runtime};
GRANT UPDATE (state, decided_by, decided_at, decided_why) ON person_change TO ${runtime};
GRANT UPDATE (is_undone) ON person_death TO ${runtime};
GRANT UPDATE (state, decided_by, decided_at) ON death_undoing, area_transfer TO ${runtime};
