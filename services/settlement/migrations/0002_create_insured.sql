-- Enrollment's persons as their last event told them (doc: medinsure.enrollment.v1.Person).
CREATE TABLE insured (
  psn_no  text   NOT NULL PRIMARY KEY,
  version bigint NOT NULL,
  doc     bytea  NOT NULL
);

-- The running sums of one person, scheme and calendar year, in fen or counts; keys are the policy's.
CREATE TABLE accumulator (
  psn_no   text   NOT NULL,
  insutype text   NOT NULL,
  year     int    NOT NULL,
  sums     jsonb  NOT NULL,
  last_seq bigint NOT NULL,
  PRIMARY KEY (psn_no, insutype, year)
) WITH (fillfactor = 70);

-- What settlements took from the personal account, net of reversals. What was credited is enrollment's.
CREATE TABLE account (
  psn_no   text   NOT NULL PRIMARY KEY,
  paid_fen bigint NOT NULL,
  CONSTRAINT paid_is_not_negative CHECK (paid_fen >= 0)
) WITH (fillfactor = 80);

CREATE TABLE filing (
  filing_id text    NOT NULL PRIMARY KEY,
  psn_no    text    NOT NULL,
  withdrawn boolean NOT NULL,
  doc       bytea   NOT NULL
);
CREATE INDEX filing_of_person ON filing (psn_no);
