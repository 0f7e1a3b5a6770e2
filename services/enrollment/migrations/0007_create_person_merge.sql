-- Two records of one person made one: asked for by one person, released by another. The record that goes stays as it was in before.
CREATE TABLE person_merge (
    merge_no bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    request_key text COLLATE "C" NOT NULL,
    retired_no text COLLATE "C" NOT NULL,
    surviving_no text COLLATE "C" NOT NULL,
    why text NOT NULL,
    state text COLLATE "C" NOT NULL,
    proposed_by text NOT NULL,
    proposed_at timestamptz NOT NULL,
    decided_by text,
    decided_at timestamptz,
    retired_before bytea,
    surviving_before bytea,
    CONSTRAINT a_request_merges_once UNIQUE (request_key),
    CONSTRAINT merge_state_is_known CHECK (state IN ('proposed', 'approved', 'rejected')),
    CONSTRAINT two_people_merge CHECK (lower(decided_by) <> lower(proposed_by)),
    CONSTRAINT what_was_before_is_kept CHECK (state <> 'approved' OR (retired_before IS NOT NULL AND surviving_before IS NOT NULL))
);
CREATE UNIQUE INDEX a_number_retires_once ON person_merge (retired_no) WHERE state <> 'rejected';
REVOKE DELETE ON person_merge FROM ${runtime};
