-- The journal is the truth: one row per committed batch of commands. Everything else in this schema is a projection of it.
CREATE TABLE journal (
  seq          bigint      NOT NULL PRIMARY KEY,
  prev_hash    bytea       NOT NULL,
  hash         bytea       NOT NULL,
  written_at   timestamptz NOT NULL,
  record_count int         NOT NULL,
  records      bytea       NOT NULL,
  CONSTRAINT seq_starts_at_one CHECK (seq > 0),
  CONSTRAINT hashes_are_sha256 CHECK (octet_length(prev_hash) = 32 AND octet_length(hash) = 32),
  CONSTRAINT batch_is_not_empty CHECK (record_count > 0)
);
-- The records of a batch repeat each other's names and hashes: LZ4 halves what is written for little time. A server built without it keeps them plain.
DO $do$ BEGIN
  ALTER TABLE journal ALTER COLUMN records SET COMPRESSION lz4;
EXCEPTION WHEN feature_not_supported THEN
  ALTER TABLE journal ALTER COLUMN records SET STORAGE EXTERNAL;
END $do$;
REVOKE UPDATE, DELETE, TRUNCATE ON journal FROM ${runtime};

CREATE TABLE projection_checkpoint (
  one                boolean NOT NULL PRIMARY KEY DEFAULT true,
  seq                bigint  NOT NULL,
  last_encounter_no  bigint  NOT NULL,
  last_settlement_no bigint  NOT NULL,
  last_filing_no     bigint  NOT NULL,
  CONSTRAINT there_is_one_checkpoint CHECK (one)
);
INSERT INTO projection_checkpoint (seq, last_encounter_no, last_settlement_no, last_filing_no) VALUES (0, 0, 0, 0);

-- content_hash is empty for a request that was voided before it came.
CREATE TABLE request_key (
  sender       text   NOT NULL,
  message_id   text   NOT NULL,
  content_hash bytea  NOT NULL,
  transaction  text   NOT NULL,
  seq          bigint NOT NULL,
  idx          int    NOT NULL,
  psn_no       text   NOT NULL,
  mdtrt_id     text   NOT NULL,
  setl_id      text   NOT NULL,
  PRIMARY KEY (sender, message_id)
);
