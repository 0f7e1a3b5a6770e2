CREATE TABLE employer (
  employer_no text COLLATE "C" PRIMARY KEY,
  employer_name text NOT NULL,
  uscc text NOT NULL,
  county text NOT NULL,
  kind text NOT NULL,
  headcount integer,
  CONSTRAINT headcount_is_not_negative CHECK (headcount >= 0)
);

CREATE UNIQUE INDEX a_credit_code_belongs_to_one_employer ON employer (uscc) WHERE uscc <> '';
