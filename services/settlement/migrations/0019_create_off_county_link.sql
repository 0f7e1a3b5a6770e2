-- What this county settled for its persons with providers of other counties, counted for each of them from 1 without a gap, in the journal's order: what that county is told. Beside the
-- projection; made again from the same journal it is the same. Never changed.
CREATE TABLE off_county_settlement (
  provider_county text   NOT NULL,
  pair_no         bigint NOT NULL,
  seq             bigint NOT NULL,
  idx             int    NOT NULL,
  setl_id         text   NOT NULL,
  settled_at      timestamptz NOT NULL,
  -- medinsure.settlement.v1.OffCountyClaim
  document        bytea  NOT NULL,
  -- SHA-256 of the digest before and the document
  digest          bytea  NOT NULL,
  PRIMARY KEY (provider_county, pair_no),
  CONSTRAINT a_settlement_is_counted_once UNIQUE (setl_id),
  CONSTRAINT digest_is_sha256 CHECK (octet_length(digest) = 32)
);
CREATE INDEX off_county_settlement_in_order ON off_county_settlement (seq, idx);
REVOKE UPDATE, DELETE, TRUNCATE ON off_county_settlement FROM ${runtime};
-- Few of a county's settlements are with others' providers: the rest costs this index nothing.
CREATE INDEX claim_off_county ON claim (seq, idx) WHERE provider_county <> left(setl_id, 6);

-- How far each provider's county has been told, by its own answer.
CREATE TABLE off_county_link (
  provider_county text        PRIMARY KEY,
  told_no         bigint      NOT NULL DEFAULT 0,
  told_at         timestamptz,
  -- null: the last page was taken
  failing_since   timestamptz,
  failure         text        NOT NULL DEFAULT ''
);

-- How far each home county has told this one. A row's lock makes its pages follow one another.
CREATE TABLE off_county_source (
  home_county     text        PRIMARY KEY,
  -- how many the home county had counted when it sent its last page
  known_no        bigint      NOT NULL DEFAULT 0,
  taken_at        timestamptz,
  -- the last page that did not agree with what is held; null: none ever
  contradicted_at timestamptz,
  contradiction   text        NOT NULL DEFAULT ''
);

-- What was told, word for word, and the digest up to it; the day on which it takes effect in the home county's ledger.
ALTER TABLE off_county_claim ADD COLUMN document bytea NOT NULL DEFAULT '', ADD COLUMN digest bytea NOT NULL DEFAULT '', ADD COLUMN effective_on date NOT NULL DEFAULT '0001-01-01';
-- A bill that the person paid alone books nothing.
ALTER TABLE off_county_claim ALTER COLUMN voucher_no DROP NOT NULL;
