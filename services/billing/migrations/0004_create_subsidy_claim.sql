-- What a village collective or unit pays of the personal part of persons it names.
CREATE TABLE collective_support (
  support_no  bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  request_key text COLLATE "C" NOT NULL,
  insutype    text COLLATE "C" NOT NULL,
  year        int NOT NULL,
  supporter   text NOT NULL,
  amount_fen  bigint NOT NULL,
  persons     bigint NOT NULL,
  content     bytea NOT NULL,
  reason      text NOT NULL,
  recorded_by text NOT NULL,
  approver    text NOT NULL,
  recorded_at timestamptz NOT NULL,
  CONSTRAINT a_request_supports_once UNIQUE (request_key),
  CONSTRAINT something_is_paid CHECK (amount_fen > 0),
  CONSTRAINT two_people_support CHECK (recorded_by <> approver)
);
REVOKE UPDATE, DELETE, TRUNCATE ON collective_support FROM ${runtime};

CREATE TABLE collective_support_person (
  insutype   text COLLATE "C" NOT NULL,
  year       int NOT NULL,
  psn_no     text COLLATE "C" NOT NULL,
  support_no bigint NOT NULL REFERENCES collective_support,
  amount_fen bigint NOT NULL,
  -- One supporter: of whom what was capped is asked is never in doubt.
  PRIMARY KEY (psn_no, insutype, year)
);
CREATE INDEX collective_support_person_by_support ON collective_support_person (support_no);
REVOKE UPDATE, DELETE, TRUNCATE ON collective_support_person FROM ${runtime};

-- What was asked of a payer for a year: each claim the difference to those before it, so that their sum is what the assessments said then.
CREATE TABLE subsidy_claim (
  claim_no    bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  request_key text COLLATE "C" NOT NULL,
  insutype    text COLLATE "C" NOT NULL,
  year        int NOT NULL,
  kind        text NOT NULL,
  level       text NOT NULL,
  payer       text NOT NULL,
  basis       text NOT NULL,
  heads       bigint NOT NULL,
  amount_fen  bigint NOT NULL,
  prepared_by text NOT NULL,
  approver    text NOT NULL,
  claimed_at  timestamptz NOT NULL,
  CONSTRAINT a_request_claims_once UNIQUE (request_key, kind, level, payer),
  CONSTRAINT kind_is_known CHECK (kind IN ('subsidy', 'aid', 'collective')),
  CONSTRAINT basis_is_known CHECK (basis IN ('assessed', 'paid')),
  CONSTRAINT two_people_claim CHECK (prepared_by <> approver)
);
CREATE INDEX subsidy_claim_by_year ON subsidy_claim (insutype, year);
REVOKE UPDATE, DELETE, TRUNCATE ON subsidy_claim FROM ${runtime};

-- Money of a payer that came for a year; negative: taken back. Never changed.
CREATE TABLE subsidy_arrival (
  arrival_no  bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  insutype    text COLLATE "C" NOT NULL,
  year        int NOT NULL,
  kind        text NOT NULL,
  level       text NOT NULL,
  payer       text NOT NULL,
  amount_fen  bigint NOT NULL,
  value_on    date NOT NULL,
  reference   text COLLATE "C" NOT NULL,
  recorded_by text NOT NULL,
  recorded_at timestamptz NOT NULL,
  CONSTRAINT a_bank_reference_arrives_once UNIQUE (reference),
  CONSTRAINT something_arrived CHECK (amount_fen <> 0),
  CONSTRAINT kind_is_known CHECK (kind IN ('subsidy', 'aid', 'collective'))
);
CREATE INDEX subsidy_arrival_by_year ON subsidy_arrival (insutype, year);
REVOKE UPDATE, DELETE, TRUNCATE ON subsidy_arrival FROM ${runtime};
