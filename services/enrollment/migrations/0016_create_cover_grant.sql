-- Cover that the agency gives, or ends, without a contribution (retired veterans and others with a fund of their own): asked for by one person, released by another.
CREATE TABLE cover_grant (
    grant_no bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    request_key text COLLATE "C" NOT NULL,
    kind text COLLATE "C" NOT NULL,
    psn_no text COLLATE "C" NOT NULL REFERENCES person,
    insutype text COLLATE "C" NOT NULL,
    psn_type text NOT NULL,
    from_on date NOT NULL,
    to_on date,
    evidence text NOT NULL,
    why text NOT NULL,
    state text COLLATE "C" NOT NULL,
    proposed_by text NOT NULL,
    proposed_at timestamptz NOT NULL,
    decided_by text,
    decided_at timestamptz,
    CONSTRAINT a_request_grants_once UNIQUE (request_key),
    CONSTRAINT grant_kind_is_known CHECK (kind IN ('grant', 'end')),
    CONSTRAINT grant_state_is_known CHECK (state IN ('proposed', 'approved', 'rejected')),
    CONSTRAINT a_grant_ends_after_it_starts CHECK (to_on >= from_on),
    CONSTRAINT two_people_grant CHECK (lower(decided_by) <> lower(proposed_by))
);
CREATE UNIQUE INDEX a_person_has_one_grant_under_way ON cover_grant (psn_no, insutype) WHERE state = 'proposed';
REVOKE UPDATE, DELETE ON cover_grant FROM ${runtime};
GRANT UPDATE (state, decided_by, decided_at) ON cover_grant TO ${runtime};
