-- A flexible worker's month: what its assessment (of that month) comes from, and what of it went to the account once it was paid.
CREATE TABLE flexible_month (
  psn_no        text COLLATE "C" NOT NULL,
  insutype      text COLLATE "C" NOT NULL,
  month         int NOT NULL,
  employment_no bigint NOT NULL,
  choice        text NOT NULL,
  base_fen      bigint NOT NULL,
  account_fen   bigint NOT NULL,
  credited_fen  bigint NOT NULL DEFAULT 0,
  credits       int NOT NULL DEFAULT 0,
  PRIMARY KEY (psn_no, insutype, month)
);
REVOKE DELETE, TRUNCATE ON flexible_month FROM ${runtime};

-- Months that count without money that came here: by papers, decided by two people. Revoked by two as well.
CREATE TABLE month_decision (
  decision_no bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  request_key text COLLATE "C" NOT NULL,
  psn_no      text COLLATE "C" NOT NULL,
  insutype    text COLLATE "C" NOT NULL,
  kind        text NOT NULL,
  from_month  int NOT NULL,
  to_month    int NOT NULL,
  papers      text NOT NULL,
  reason      text NOT NULL,
  decided_by  text NOT NULL,
  approver    text NOT NULL,
  decided_at  timestamptz NOT NULL,
  revoked_by  text NOT NULL DEFAULT '',
  revocation_approver text NOT NULL DEFAULT '',
  revocation_reason text NOT NULL DEFAULT '',
  revoked_at  timestamptz,
  CONSTRAINT a_request_decides_once UNIQUE (request_key),
  CONSTRAINT kind_is_known CHECK (kind IN ('deemed', 'recorded')),
  CONSTRAINT months_go_forward CHECK (from_month <= to_month),
  CONSTRAINT two_people_decide CHECK (decided_by <> approver),
  CONSTRAINT two_people_revoke CHECK ((revoked_at IS NULL) = (revoked_by = '') AND (revoked_by = '' OR revoked_by <> revocation_approver))
);
CREATE INDEX month_decision_by_person ON month_decision (psn_no);
REVOKE UPDATE, DELETE, TRUNCATE ON month_decision FROM ${runtime};
GRANT UPDATE (revoked_by, revocation_approver, revocation_reason, revoked_at) ON month_decision TO ${runtime};

-- A person's month that counts: by employers' settled bills, by a flexible worker's payment, or by a decision.
CREATE TABLE contribution_month (
  psn_no       text COLLATE "C" NOT NULL,
  insutype     text COLLATE "C" NOT NULL,
  month        int NOT NULL,
  employed_fen bigint NOT NULL DEFAULT 0,
  flexible_fen bigint NOT NULL DEFAULT 0,
  decision_no  bigint REFERENCES month_decision,
  PRIMARY KEY (psn_no, insutype, month)
);
REVOKE DELETE, TRUNCATE ON contribution_month FROM ${runtime};

-- Months that are a number only: brought from another area or taken to one (negative), or bought.
CREATE TABLE month_credit (
  psn_no        text COLLATE "C" NOT NULL,
  insutype      text COLLATE "C" NOT NULL,
  kind          text NOT NULL,
  reference     text COLLATE "C" NOT NULL,
  paid_months   int NOT NULL,
  deemed_months int NOT NULL,
  credited_at   timestamptz NOT NULL,
  PRIMARY KEY (psn_no, insutype, kind, reference),
  CONSTRAINT kind_is_known CHECK (kind IN ('transfer_in', 'transfer_out', 'purchase'))
);
REVOKE UPDATE, DELETE, TRUNCATE ON month_credit FROM ${runtime};

-- The test of the years at retirement, decided by two people: granted at once, or when the missing months are bought.
CREATE TABLE retirement (
  retirement_no  bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  request_key    text COLLATE "C" NOT NULL,
  psn_no         text COLLATE "C" NOT NULL,
  insutype       text COLLATE "C" NOT NULL,
  from_month     int NOT NULL,
  psn_type       text NOT NULL,
  months         int NOT NULL,
  paid_months    int NOT NULL,
  needed_months  int NOT NULL,
  needed_paid_months int NOT NULL,
  bought_months  int NOT NULL,
  papers         text NOT NULL,
  decided_by     text NOT NULL,
  approver       text NOT NULL,
  decided_at     timestamptz NOT NULL,
  granted_from   int,
  granted_at     timestamptz,
  withdrawn_by   text NOT NULL DEFAULT '',
  withdrawal_approver text NOT NULL DEFAULT '',
  withdrawal_reason text NOT NULL DEFAULT '',
  withdrawn_at   timestamptz,
  CONSTRAINT a_request_retires_once UNIQUE (request_key),
  CONSTRAINT two_people_decide CHECK (decided_by <> approver),
  CONSTRAINT two_people_withdraw_what_is_not_granted CHECK ((withdrawn_at IS NULL) = (withdrawn_by = '') AND (withdrawn_at IS NULL OR (granted_at IS NULL AND withdrawn_by <> withdrawal_approver))),
  CONSTRAINT what_is_bought_suffices CHECK (months + bought_months >= needed_months AND paid_months + bought_months >= needed_paid_months)
);
CREATE UNIQUE INDEX a_person_retires_once ON retirement (psn_no, insutype) WHERE withdrawn_at IS NULL;
REVOKE UPDATE, DELETE, TRUNCATE ON retirement FROM ${runtime};
GRANT UPDATE (granted_from, granted_at, withdrawn_by, withdrawal_approver, withdrawal_reason, withdrawn_at) ON retirement TO ${runtime};
