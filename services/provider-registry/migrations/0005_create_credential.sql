-- What a provider's system signs with. The token is needed in clear to check a signature; only this schema's role reads it, and it is never logged.
CREATE TABLE credential (
  paasid text COLLATE "C" PRIMARY KEY,
  fixmedins_code text COLLATE "C" NOT NULL REFERENCES provider,
  token text NOT NULL,
  created_at timestamptz NOT NULL,
  CONSTRAINT one_credential_per_provider UNIQUE (fixmedins_code)
);
