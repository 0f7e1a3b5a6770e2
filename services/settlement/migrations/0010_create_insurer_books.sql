-- What an insurer and the agency agree on, contract by contract. In a city's database only.
CREATE TABLE insurer_dispute (
  number       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  contract_no  text COLLATE "C" NOT NULL,
  dispute_no   text COLLATE "C" NOT NULL,
  setl_id      text COLLATE "C" NOT NULL,
  policy_on    date NOT NULL,
  reason_code  text NOT NULL,
  reason       text NOT NULL,
  disputed_fen bigint NOT NULL,
  raised_at    timestamptz NOT NULL,
  state        text NOT NULL DEFAULT 'open',
  decided_at   timestamptz,
  adjusted_fen bigint NOT NULL DEFAULT 0,
  outcome      text NOT NULL DEFAULT '',
  reviewer     text NOT NULL DEFAULT '',
  approver     text NOT NULL DEFAULT '',
  CONSTRAINT a_dispute_number_is_used_once UNIQUE (contract_no, dispute_no),
  CONSTRAINT something_is_disputed CHECK (disputed_fen > 0),
  CONSTRAINT state_is_known CHECK (state IN ('open', 'upheld', 'rejected', 'withdrawn')),
  CONSTRAINT an_ended_dispute_says_when CHECK ((state = 'open') = (decided_at IS NULL)),
  CONSTRAINT what_is_upheld_is_adjusted CHECK (CASE WHEN state = 'upheld' THEN adjusted_fen BETWEEN 1 AND disputed_fen ELSE adjusted_fen = 0 END),
  CONSTRAINT two_people_decide CHECK (state IN ('open', 'withdrawn') OR (reviewer <> '' AND approver <> '' AND reviewer <> approver))
);
CREATE UNIQUE INDEX a_claim_has_one_open_dispute ON insurer_dispute (contract_no, setl_id) WHERE state = 'open';
CREATE INDEX dispute_by_contract ON insurer_dispute (contract_no, number);
REVOKE DELETE, TRUNCATE ON insurer_dispute FROM ${runtime};

-- For how many persons a year's premium is paid; all counties of a contract at once, never again.
CREATE TABLE insurer_head_count (
  contract_no text COLLATE "C" NOT NULL,
  year        int  NOT NULL,
  county      text COLLATE "C" NOT NULL,
  heads       int  NOT NULL,
  counted_on  date NOT NULL,
  fixed_at    timestamptz NOT NULL,
  reviewer    text NOT NULL,
  approver    text NOT NULL,
  PRIMARY KEY (contract_no, year, county),
  CONSTRAINT heads_are_not_negative CHECK (heads >= 0),
  CONSTRAINT two_people_count CHECK (reviewer <> approver)
);
REVOKE UPDATE, DELETE, TRUNCATE ON insurer_head_count FROM ${runtime};

CREATE TABLE insurer_premium_payment (
  contract_no text COLLATE "C" NOT NULL,
  year        int  NOT NULL,
  number      int  NOT NULL,
  amount_fen  bigint NOT NULL,
  paid_on     date NOT NULL,
  reference   text NOT NULL,
  cashier     text NOT NULL,
  approver    text NOT NULL,
  recorded_at timestamptz NOT NULL,
  PRIMARY KEY (contract_no, year, number),
  CONSTRAINT payment_is_not_negative CHECK (amount_fen >= 0),
  CONSTRAINT a_bank_reference_pays_once UNIQUE (contract_no, reference),
  CONSTRAINT two_people_pay CHECK (cashier <> approver)
);
REVOKE UPDATE, DELETE, TRUNCATE ON insurer_premium_payment FROM ${runtime};

CREATE TABLE insurer_reconciliation (
  contract_no text COLLATE "C" NOT NULL,
  year        int  NOT NULL,
  version     int  NOT NULL,
  -- medinsure.insurer.v1.Reconciliation, as it was closed
  doc         bytea NOT NULL,
  closed_at   timestamptz NOT NULL,
  reviewer    text NOT NULL,
  approver    text NOT NULL,
  PRIMARY KEY (contract_no, year, version),
  CONSTRAINT versions_count_from_one CHECK (version >= 1),
  CONSTRAINT two_people_close CHECK (reviewer <> approver)
);
REVOKE UPDATE, DELETE, TRUNCATE ON insurer_reconciliation FROM ${runtime};

-- The last one of a version counts.
CREATE TABLE insurer_reconciliation_answer (
  number      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  contract_no text COLLATE "C" NOT NULL,
  year        int  NOT NULL,
  version     int  NOT NULL,
  agrees      boolean NOT NULL,
  answer      text NOT NULL,
  answered_at timestamptz NOT NULL,
  FOREIGN KEY (contract_no, year, version) REFERENCES insurer_reconciliation,
  CONSTRAINT an_objection_has_its_reasons CHECK (agrees OR answer <> '')
);
CREATE INDEX answer_of_version ON insurer_reconciliation_answer (contract_no, year, version);
-- An agreement is the last word about its numbers.
CREATE UNIQUE INDEX a_version_is_agreed_once ON insurer_reconciliation_answer (contract_no, year, version) WHERE agrees;
REVOKE UPDATE, DELETE, TRUNCATE ON insurer_reconciliation_answer FROM ${runtime};

-- The year's sums, and what takes a claim back.
ALTER TABLE insurer_feed ADD COLUMN reverses_setl_id text NOT NULL DEFAULT '';
CREATE INDEX feed_by_policy_date ON insurer_feed (contract_no, policy_on);
CREATE INDEX feed_by_what_is_reversed ON insurer_feed (contract_no, reverses_setl_id) WHERE reverses_setl_id <> '';
