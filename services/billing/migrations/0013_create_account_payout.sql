-- What enrollment says was credited to the account before this service did; those copied before are asked for again.
ALTER TABLE insured_cover ADD COLUMN account_credit_fen bigint NOT NULL DEFAULT 0;
CREATE INDEX cover_with_account ON insured_cover (psn_no) WHERE account_credit_fen <> 0;
UPDATE insured_person SET version = version - 1;
UPDATE person_copy SET after_psn_no = '', persons = 0, completed_at = NULL;

-- Records that became part of another one: what is booked for them from then on is the other one's.
CREATE TABLE account_merge (
  retired_no   text COLLATE "C" PRIMARY KEY,
  surviving_no text COLLATE "C" NOT NULL,
  merge_no     bigint NOT NULL,
  CONSTRAINT nobody_becomes_themselves CHECK (retired_no <> surviving_no)
);
CREATE INDEX account_merge_by_survivor ON account_merge (surviving_no);
REVOKE DELETE, TRUNCATE ON account_merge FROM ${runtime};

-- Who went to another pooling area: what is left of the account follows. What comes from another area is a bill to that area.
CREATE TABLE account_transfer (
  transfer_no    bigint PRIMARY KEY,
  psn_no         text COLLATE "C" NOT NULL,
  insutype       text COLLATE "C" NOT NULL,
  other_area     text COLLATE "C" NOT NULL,
  transferred_on date NOT NULL
);
REVOKE UPDATE, DELETE, TRUNCATE ON account_transfer FROM ${runtime};

-- Money that leaves an account for the person or who comes after: proposed by one, approved by another, taken from the account by settlement, paid out.
CREATE TABLE account_payout (
  payout_no     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  request_key   text COLLATE "C" NOT NULL,
  content       bytea NOT NULL,
  psn_no        text COLLATE "C" NOT NULL,
  cause         text NOT NULL,
  transfer_no   bigint REFERENCES account_transfer,
  -- 0: all that is there
  asked_fen     bigint NOT NULL,
  amount_fen    bigint,
  withdrawal_no text COLLATE "C" NOT NULL DEFAULT '',
  reason        text NOT NULL,
  proposed_by   text NOT NULL,
  proposed_at   timestamptz NOT NULL,
  state         text NOT NULL DEFAULT 'proposed',
  decided_by    text NOT NULL DEFAULT '',
  decided_at    timestamptz,
  remark        text NOT NULL DEFAULT '',
  CONSTRAINT a_request_pays_out_once UNIQUE (request_key),
  CONSTRAINT cause_is_known CHECK (cause IN ('inheritance', 'transfer_out', 'pay_out') AND (cause = 'transfer_out') = (transfer_no IS NOT NULL)),
  CONSTRAINT state_is_known CHECK (state IN ('proposed', 'approved', 'rejected', 'withdrawn')),
  CONSTRAINT another_person_decides CHECK ((state = 'proposed') = (decided_by = '') AND decided_by <> proposed_by),
  CONSTRAINT what_was_withdrawn_is_known CHECK ((state = 'withdrawn') = (withdrawal_no <> '') AND (state = 'withdrawn') = (amount_fen IS NOT NULL) AND amount_fen > 0)
);
-- What was rejected may be proposed anew.
CREATE UNIQUE INDEX a_transfer_pays_out_once ON account_payout (transfer_no) WHERE state <> 'rejected';
CREATE INDEX account_payout_by_state ON account_payout (state, payout_no);
CREATE INDEX account_payout_by_person ON account_payout (psn_no);
REVOKE DELETE, TRUNCATE ON account_payout FROM ${runtime};

-- To whom a pay-out goes; shares in ten-thousandths add up to the whole. Who has an account is credited, the others are paid by a bank's reference.
CREATE TABLE account_payee (
  payout_no    bigint NOT NULL REFERENCES account_payout,
  line_no      int NOT NULL,
  name         text NOT NULL,
  relation     text NOT NULL,
  heir_no      text COLLATE "C" NOT NULL,
  bank_account text COLLATE "C" NOT NULL,
  share_bp     int NOT NULL,
  amount_fen   bigint,
  paid_on      date,
  reference    text COLLATE "C" NOT NULL DEFAULT '',
  paid_by      text NOT NULL DEFAULT '',
  PRIMARY KEY (payout_no, line_no),
  CONSTRAINT a_share_is_a_share CHECK (share_bp BETWEEN 1 AND 10000),
  CONSTRAINT account_or_bank CHECK ((heir_no = '') <> (bank_account = '')),
  CONSTRAINT what_is_paid_has_a_reference CHECK ((reference = '') = (paid_on IS NULL) AND (reference = '') = (paid_by = '') AND (reference = '' OR (amount_fen IS NOT NULL AND heir_no = '')))
);
CREATE UNIQUE INDEX a_reference_pays_one_payee ON account_payee (reference) WHERE reference <> '';
REVOKE DELETE, TRUNCATE ON account_payee FROM ${runtime};

-- Interest of a year, credited part by part; a later run credits what differs.
CREATE TABLE interest_run (
  run_no       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  request_key  text COLLATE "C" NOT NULL,
  year         int NOT NULL,
  rate_bp      int NOT NULL,
  source       text NOT NULL,
  started_by   text NOT NULL,
  approver     text NOT NULL,
  started_at   timestamptz NOT NULL,
  state        text NOT NULL DEFAULT 'running',
  after_psn_no text COLLATE "C" NOT NULL DEFAULT '',
  accounts     bigint NOT NULL DEFAULT 0,
  credited     bigint NOT NULL DEFAULT 0,
  credited_fen bigint NOT NULL DEFAULT 0,
  ended_at     timestamptz,
  CONSTRAINT a_request_starts_one_interest_run UNIQUE (request_key),
  CONSTRAINT a_rate_is_a_rate CHECK (rate_bp BETWEEN 0 AND 10000),
  CONSTRAINT another_person_approves CHECK (approver <> '' AND approver <> started_by),
  CONSTRAINT state_is_known CHECK (state IN ('running', 'done') AND (state = 'done') = (ended_at IS NOT NULL))
);
CREATE UNIQUE INDEX interest_runs_one_after_the_other ON interest_run (state) WHERE state = 'running';
REVOKE DELETE, TRUNCATE ON interest_run FROM ${runtime};
