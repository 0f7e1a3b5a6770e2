-- Sessions of persons at their own desk. The token itself is not kept: who reads this table cannot use one.
CREATE TABLE person_session (
    token_sha256 bytea PRIMARY KEY,
    psn_no text COLLATE "C" NOT NULL REFERENCES person,
    request_no text COLLATE "C" NOT NULL,
    opened_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    closed_at timestamptz,
    CONSTRAINT session_ends_after_it_opens CHECK (expires_at > opened_at)
);
REVOKE UPDATE, DELETE ON person_session FROM ${runtime};
GRANT UPDATE (closed_at) ON person_session TO ${runtime};
