-- What a person of an employer proves himself with. The token itself is not kept: who reads this table cannot make one.
CREATE TABLE employer_token (
    token_no bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    employer_no text COLLATE "C" NOT NULL REFERENCES employer,
    sha256 bytea NOT NULL,
    holder text NOT NULL,
    may_declare boolean NOT NULL,
    issued_by text NOT NULL,
    issued_at timestamptz NOT NULL,
    valid_to date NOT NULL,
    revoked_by text,
    revoked_at timestamptz,
    revoked_why text,
    CONSTRAINT a_token_is_one_employers UNIQUE (sha256),
    CONSTRAINT a_token_is_revoked_whole CHECK (num_nonnulls(revoked_by, revoked_at, revoked_why) IN (0, 3))
);
CREATE INDEX employer_token_by_employer ON employer_token (employer_no);
REVOKE UPDATE, DELETE ON employer_token FROM ${runtime};
GRANT UPDATE (revoked_by, revoked_at, revoked_why) ON employer_token TO ${runtime};
