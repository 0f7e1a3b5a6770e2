CREATE TABLE person (
  psn_no text COLLATE "C" PRIMARY KEY,
  psn_cert_type text COLLATE "C" NOT NULL,
  certno text COLLATE "C" NOT NULL,
  psn_name text NOT NULL,
  gend text NOT NULL,
  birth_on date NOT NULL,
  county text NOT NULL,
  household_no text NOT NULL,
  version bigint NOT NULL,
  changed_at timestamptz NOT NULL,
  CONSTRAINT gend_is_known CHECK (gend IN ('0', '1', '2', '9')),
  CONSTRAINT versions_count_from_one CHECK (version >= 1)
);
-- Not unique: a person enrolled under two numbers is a finding of the duplicate clean-up, which must be able to hold both.
CREATE INDEX person_by_certificate ON person (psn_cert_type, certno);

-- Periods of cover. Those of one scheme never overlap; the import checks it under its lock, over all rows at once.
CREATE TABLE coverage (
  psn_no text COLLATE "C" NOT NULL REFERENCES person,
  insutype text COLLATE "C" NOT NULL,
  from_on date NOT NULL,
  to_on date,
  psn_type text NOT NULL,
  employer_no text COLLATE "C" NOT NULL,
  account_credit_fen bigint NOT NULL,
  PRIMARY KEY (psn_no, insutype, from_on),
  CONSTRAINT cover_ends_after_it_starts CHECK (to_on >= from_on),
  CONSTRAINT credit_is_not_negative CHECK (account_credit_fen >= 0)
);

-- Periods in which an authority recognises a person in a category.
CREATE TABLE category (
  psn_no text COLLATE "C" NOT NULL REFERENCES person,
  name text COLLATE "C" NOT NULL,
  from_on date NOT NULL,
  to_on date,
  PRIMARY KEY (psn_no, name, from_on),
  CONSTRAINT category_ends_after_it_starts CHECK (to_on >= from_on),
  CONSTRAINT category_is_known CHECK (name IN ('low_income', 'extreme_hardship', 'registered_poor', 'severely_disabled', 'priority_group', 'family_planning_aided', 'retired_veteran', 'low_income_elderly'))
);
