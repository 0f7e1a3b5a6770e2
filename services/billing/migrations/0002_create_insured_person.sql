-- Enrollment's persons as their last event told them: what assessments need.
CREATE TABLE insured_person (
  psn_no        text COLLATE "C" PRIMARY KEY,
  version       bigint NOT NULL,
  psn_cert_type text NOT NULL,
  certno        text COLLATE "C" NOT NULL,
  psn_name      text NOT NULL,
  gend          text NOT NULL,
  birth_on      date NOT NULL,
  household_no  text COLLATE "C" NOT NULL
) WITH (fillfactor = 90);
CREATE INDEX insured_person_by_household ON insured_person (household_no) WHERE household_no <> '';
CREATE INDEX insured_person_by_certificate ON insured_person (certno);

CREATE TABLE insured_cover (
  psn_no      text COLLATE "C" NOT NULL REFERENCES insured_person,
  insutype    text COLLATE "C" NOT NULL,
  from_on     date NOT NULL,
  to_on       date,
  psn_type    text NOT NULL,
  employer_no text COLLATE "C" NOT NULL,
  PRIMARY KEY (psn_no, insutype, from_on),
  CONSTRAINT cover_ends_after_it_starts CHECK (to_on >= from_on)
);

CREATE TABLE insured_category (
  psn_no  text COLLATE "C" NOT NULL REFERENCES insured_person,
  name    text COLLATE "C" NOT NULL,
  from_on date NOT NULL,
  to_on   date,
  PRIMARY KEY (psn_no, name, from_on),
  CONSTRAINT category_ends_after_it_starts CHECK (to_on >= from_on)
);

-- How far the persons who were there before this service heard of any have been asked for; one row.
CREATE TABLE person_copy (
  only_row     boolean PRIMARY KEY DEFAULT true,
  after_psn_no text COLLATE "C" NOT NULL,
  persons      bigint NOT NULL,
  completed_at timestamptz,
  CONSTRAINT there_is_one_row CHECK (only_row)
);
INSERT INTO person_copy (after_psn_no, persons) VALUES ('', 0);
REVOKE INSERT, DELETE, TRUNCATE ON person_copy FROM ${runtime};
