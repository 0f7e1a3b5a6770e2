-- A person lets a bank deduct what is owed, until it is withdrawn.
CREATE TABLE deduction_consent (
  consent_no   bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  request_key  text COLLATE "C" NOT NULL,
  psn_no       text COLLATE "C" NOT NULL,
  bank         text COLLATE "C" NOT NULL,
  account_no   text NOT NULL,
  account_name text NOT NULL,
  agreed_on    date NOT NULL,
  recorded_by  text NOT NULL,
  recorded_at  timestamptz NOT NULL,
  withdrawn_at timestamptz,
  withdrawn_by text NOT NULL DEFAULT '',
  withdrawal_reason text NOT NULL DEFAULT '',
  CONSTRAINT a_request_consents_once UNIQUE (request_key),
  CONSTRAINT a_withdrawal_says_who_and_why CHECK ((withdrawn_at IS NULL) = (withdrawn_by = '') AND (withdrawn_at IS NULL) = (withdrawal_reason = ''))
);
CREATE UNIQUE INDEX a_person_consents_to_one_bank ON deduction_consent (psn_no) WHERE withdrawn_at IS NULL;
REVOKE UPDATE, DELETE, TRUNCATE ON deduction_consent FROM ${runtime};
GRANT UPDATE (withdrawn_at, withdrawn_by, withdrawal_reason) ON deduction_consent TO ${runtime};

-- What a bank is asked to deduct.
CREATE TABLE bank_batch (
  batch_no    bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  request_key text COLLATE "C" NOT NULL,
  bank        text COLLATE "C" NOT NULL,
  insutype    text COLLATE "C" NOT NULL,
  year        int NOT NULL,
  persons     int NOT NULL,
  amount_fen  bigint NOT NULL,
  made_by     text NOT NULL,
  made_at     timestamptz NOT NULL,
  returned_at timestamptz,
  CONSTRAINT a_request_makes_one_batch UNIQUE (request_key)
);
REVOKE UPDATE, DELETE, TRUNCATE ON bank_batch FROM ${runtime};
GRANT UPDATE (returned_at) ON bank_batch TO ${runtime};

CREATE TABLE bank_batch_line (
  batch_no   bigint NOT NULL REFERENCES bank_batch,
  line_no    int NOT NULL,
  consent_no bigint NOT NULL REFERENCES deduction_consent,
  psn_no     text COLLATE "C" NOT NULL,
  amount_fen bigint NOT NULL,
  outcome    text NOT NULL DEFAULT '',
  detail     text NOT NULL DEFAULT '',
  PRIMARY KEY (batch_no, line_no),
  CONSTRAINT outcome_is_known CHECK (outcome IN ('', 'ok', 'failed'))
);
CREATE INDEX bank_batch_line_by_person ON bank_batch_line (psn_no);
REVOKE UPDATE, DELETE, TRUNCATE ON bank_batch_line FROM ${runtime};
GRANT UPDATE (outcome, detail) ON bank_batch_line TO ${runtime};

-- Files that took effect, by their bytes: the same file again is answered as the first time.
CREATE TABLE bank_file (
  sha256      bytea PRIMARY KEY,
  kind        text NOT NULL,
  channel     text COLLATE "C" NOT NULL,
  lines       int NOT NULL,
  amount_fen  bigint NOT NULL,
  uploaded_by text NOT NULL,
  received_at timestamptz NOT NULL,
  result      text NOT NULL,
  CONSTRAINT kind_is_known CHECK (kind IN ('return', 'statement'))
);
REVOKE UPDATE, DELETE, TRUNCATE ON bank_file FROM ${runtime};
GRANT UPDATE (result) ON bank_file TO ${runtime};

-- A channel's day against the statement of whoever holds the money; the last statement counts.
CREATE TABLE reconciliation (
  channel       text COLLATE "C" NOT NULL,
  day_on        date NOT NULL,
  sha256        bytea NOT NULL REFERENCES bank_file,
  banks_lines   int NOT NULL,
  banks_fen     bigint NOT NULL,
  our_payments  int NOT NULL,
  our_fen       bigint NOT NULL,
  findings      int NOT NULL,
  reconciled_by text NOT NULL,
  reconciled_at timestamptz NOT NULL,
  PRIMARY KEY (channel, day_on)
);
REVOKE DELETE, TRUNCATE ON reconciliation FROM ${runtime};

-- What somebody has to clear up.
CREATE TABLE money_finding (
  finding_no  bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  channel     text COLLATE "C" NOT NULL,
  day_on      date NOT NULL,
  kind        text NOT NULL,
  reference   text COLLATE "C" NOT NULL,
  our_fen     bigint,
  banks_fen   bigint,
  payment_no  bigint REFERENCES payment,
  state       text NOT NULL DEFAULT 'open',
  resolution  text NOT NULL DEFAULT '',
  resolved_by text NOT NULL DEFAULT '',
  found_at    timestamptz NOT NULL,
  resolved_at timestamptz,
  CONSTRAINT a_thing_is_found_once UNIQUE (channel, day_on, kind, reference),
  CONSTRAINT kind_is_known CHECK (kind IN ('missing_at_bank', 'unknown_reference', 'twice', 'wrong_amount', 'wrong_day', 'reference_conflict')),
  CONSTRAINT state_is_known CHECK (state IN ('open', 'resolved', 'gone')),
  CONSTRAINT a_resolution_says_who_and_why CHECK ((state = 'resolved') = (resolved_by <> '' AND resolution <> ''))
);
CREATE INDEX money_finding_work_list ON money_finding (finding_no) WHERE state = 'open';
REVOKE DELETE, TRUNCATE ON money_finding FROM ${runtime};
