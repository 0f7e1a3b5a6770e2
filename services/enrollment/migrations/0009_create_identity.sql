-- Cards, authorities and credentials of a retired number are found under the surviving one.
CREATE INDEX person_by_survivor ON person (merged_into) WHERE merged_into IS NOT NULL;

-- Social-security cards. The number is the holder's id number on most of them, so the serial (card_sn) says which piece of plastic it is.
CREATE TABLE card (
    card_no text COLLATE "C" NOT NULL,
    card_sn text COLLATE "C" NOT NULL,
    psn_no text COLLATE "C" NOT NULL REFERENCES person,
    state text COLLATE "C" NOT NULL,
    issued_on date NOT NULL,
    PRIMARY KEY (card_no, card_sn),
    CONSTRAINT card_state_is_known CHECK (state IN ('active', 'lost', 'replaced'))
);
CREATE UNIQUE INDEX a_person_has_one_active_card ON card (psn_no) WHERE state = 'active';
CREATE INDEX card_by_person ON card (psn_no);

-- Who said what of a card, and why. Never changed.
CREATE TABLE card_step (
    step_no bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    card_no text COLLATE "C" NOT NULL,
    card_sn text COLLATE "C" NOT NULL,
    at timestamptz NOT NULL,
    acted_by text NOT NULL,
    from_state text COLLATE "C" NOT NULL,
    to_state text COLLATE "C" NOT NULL,
    why text NOT NULL,
    FOREIGN KEY (card_no, card_sn) REFERENCES card
);
CREATE INDEX card_step_by_card ON card_step (card_no, card_sn);

-- Who may act for whom, how long, and on what evidence.
CREATE TABLE agent_authority (
    authority_no bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    psn_no text COLLATE "C" NOT NULL REFERENCES person,
    agent_cert_type text COLLATE "C" NOT NULL,
    agent_certno text COLLATE "C" NOT NULL,
    agent_name text NOT NULL,
    from_on date NOT NULL,
    to_on date NOT NULL,
    evidence text NOT NULL,
    recorded_by text NOT NULL,
    recorded_at timestamptz NOT NULL,
    revoked_by text,
    revoked_at timestamptz,
    revoked_why text,
    CONSTRAINT authority_ends_after_it_starts CHECK (to_on >= from_on),
    CONSTRAINT revocation_is_whole CHECK (num_nonnulls(revoked_by, revoked_at, revoked_why) IN (0, 3))
);
CREATE INDEX agent_authority_by_person ON agent_authority (psn_no);

-- E-credentials given out. The token itself is not kept: who reads this table cannot make one.
CREATE TABLE e_credential (
    jti bytea PRIMARY KEY,
    psn_no text COLLATE "C" NOT NULL REFERENCES person,
    checked text COLLATE "C" NOT NULL,
    authority_no bigint REFERENCES agent_authority,
    issued_by text NOT NULL,
    issued_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL
);
CREATE INDEX e_credential_by_person ON e_credential (psn_no, expires_at);

-- The one end of an e-credential: whoever inserts the row first has used or revoked it, at however many replicas it is tried.
CREATE TABLE e_credential_end (
    jti bytea PRIMARY KEY REFERENCES e_credential,
    kind text COLLATE "C" NOT NULL,
    ended_by text COLLATE "C" NOT NULL,
    message_id text COLLATE "C" NOT NULL,
    why text NOT NULL,
    ended_at timestamptz NOT NULL,
    CONSTRAINT end_is_known CHECK (kind IN ('used', 'revoked'))
);

REVOKE UPDATE, DELETE ON card, card_step, agent_authority, e_credential, e_credential_end FROM ${runtime};
GRANT UPDATE (state) ON card TO ${runtime};
GRANT UPDATE (revoked_by, revoked_at, revoked_why) ON agent_authority TO ${runtime};
