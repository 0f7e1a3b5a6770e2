-- Enrollment's employers and employments as their last event told them.
CREATE TABLE employer (
  employer_no   text COLLATE "C" PRIMARY KEY,
  version       bigint NOT NULL,
  employer_name text NOT NULL,
  uscc          text NOT NULL,
  county        text NOT NULL,
  kind          text NOT NULL,
  closed_on     date
);

CREATE TABLE employment (
  employment_no    bigint PRIMARY KEY,
  version          bigint NOT NULL,
  psn_no           text COLLATE "C" NOT NULL,
  employer_no      text COLLATE "C" NOT NULL,
  insutype         text COLLATE "C" NOT NULL,
  from_month       int NOT NULL,
  to_month         int,
  maternity        boolean NOT NULL,
  flexible_choice  text COLLATE "C" NOT NULL,
  flexible_base_bp int NOT NULL
);
CREATE INDEX employment_by_employer ON employment (employer_no, insutype, psn_no);
CREATE INDEX employment_by_person ON employment (psn_no);

CREATE TABLE employment_wage (
  employment_no bigint NOT NULL REFERENCES employment,
  from_month    int NOT NULL,
  wage_fen      bigint NOT NULL,
  PRIMARY KEY (employment_no, from_month)
);

-- Who of an employer's staff changed since its last bill: months already billed are looked at again.
CREATE TABLE employment_unbilled (
  employer_no text COLLATE "C" NOT NULL,
  insutype    text COLLATE "C" NOT NULL,
  psn_no      text COLLATE "C" NOT NULL,
  changed_at  timestamptz NOT NULL,
  PRIMARY KEY (employer_no, insutype, psn_no)
);

-- A month's terms (doc: medinsure.settlement.v1.ContributionTerms) in columns. Once it is billed they stay: its corrections follow the same ones.
CREATE TABLE month_terms (
  insutype               text COLLATE "C" NOT NULL,
  month                  int NOT NULL,
  terms                  bytea NOT NULL,
  average_fen            bigint NOT NULL,
  floor_fen              bigint NOT NULL,
  ceiling_fen            bigint NOT NULL,
  employer_bp            int NOT NULL,
  employee_bp            int NOT NULL,
  maternity_bp           int NOT NULL,
  account_of_employer_bp int NOT NULL,
  account_of_employee_bp int NOT NULL,
  late_charge_bp         int NOT NULL,
  choices                text[] NOT NULL,
  choices_bp             int[] NOT NULL,
  choices_account_bp     int[] NOT NULL,
  is_billed              boolean NOT NULL,
  PRIMARY KEY (insutype, month)
);
REVOKE DELETE, TRUNCATE ON month_terms FROM ${runtime};

-- One pass over all employers and then all flexible workers for a month, done in parts; a part and how far it is are one transaction.
CREATE TABLE bill_run (
  run_no      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  request_key text COLLATE "C" NOT NULL,
  insutype    text COLLATE "C" NOT NULL,
  month       int NOT NULL,
  started_by  text NOT NULL,
  reason      text NOT NULL,
  started_at  timestamptz NOT NULL,
  state       text NOT NULL DEFAULT 'employers',
  after       text COLLATE "C" NOT NULL DEFAULT '',
  employers   bigint NOT NULL DEFAULT 0,
  bills       bigint NOT NULL DEFAULT 0,
  lines       bigint NOT NULL DEFAULT 0,
  amount_fen  bigint NOT NULL DEFAULT 0,
  flexible    bigint NOT NULL DEFAULT 0,
  ended_at    timestamptz,
  CONSTRAINT a_request_starts_one_bill_run UNIQUE (request_key),
  CONSTRAINT state_is_known CHECK (state IN ('employers', 'flexible', 'done')),
  CONSTRAINT an_ended_run_says_when CHECK ((state = 'done') = (ended_at IS NOT NULL))
);
CREATE UNIQUE INDEX a_scheme_has_one_bill_run_at_a_time ON bill_run (insutype) WHERE state <> 'done';
REVOKE DELETE, TRUNCATE ON bill_run FROM ${runtime};

-- Bills settled together, by money that was there: the first bills of a payer, as far as its money reaches.
CREATE TABLE bill_settlement (
  settlement_no bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  payer_no      text COLLATE "C" NOT NULL,
  amount_fen    bigint NOT NULL,
  settled_on    date NOT NULL,
  settled_at    timestamptz NOT NULL
);
CREATE INDEX bill_settlement_by_payer ON bill_settlement (payer_no);
REVOKE UPDATE, DELETE, TRUNCATE ON bill_settlement FROM ${runtime};

-- What a payer owes: an employer for a month, with what differs in months before it; a person who buys missing months; another area for an account that it sends.
-- Negative where corrections exceed the month.
CREATE TABLE bill (
  bill_no         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  kind            text NOT NULL,
  run_no          bigint REFERENCES bill_run,
  payer_no        text COLLATE "C" NOT NULL,
  insutype        text COLLATE "C" NOT NULL,
  month           int NOT NULL,
  persons         int NOT NULL,
  employer_fen    bigint NOT NULL,
  employee_fen    bigint NOT NULL,
  maternity_fen   bigint NOT NULL,
  late_charge_fen bigint NOT NULL,
  other_fen       bigint NOT NULL DEFAULT 0,
  amount_fen      bigint NOT NULL GENERATED ALWAYS AS (employer_fen + employee_fen + maternity_fen + late_charge_fen + other_fen) STORED,
  due_on          date NOT NULL,
  charge_a_day_fen bigint NOT NULL,
  reference       text COLLATE "C" NOT NULL DEFAULT '',
  made_at         timestamptz NOT NULL,
  settlement_no   bigint REFERENCES bill_settlement,
  CONSTRAINT kind_is_known CHECK (kind IN ('month', 'purchase', 'transfer_in')),
  CONSTRAINT only_a_month_has_parts CHECK (kind = 'month' OR (employer_fen, employee_fen, maternity_fen, late_charge_fen, charge_a_day_fen) = (0, 0, 0, 0, 0))
);
CREATE UNIQUE INDEX a_month_is_billed_once ON bill (payer_no, insutype, month) WHERE kind = 'month';
CREATE UNIQUE INDEX an_act_is_billed_once ON bill (kind, reference) WHERE kind <> 'month';
CREATE INDEX bill_by_payer ON bill (payer_no, bill_no);
CREATE INDEX bill_open ON bill (payer_no, bill_no) WHERE settlement_no IS NULL;
CREATE INDEX bill_by_settlement ON bill (settlement_no);
REVOKE UPDATE, DELETE, TRUNCATE ON bill FROM ${runtime};
GRANT UPDATE (settlement_no) ON bill TO ${runtime};

-- Of a bill, by person and month: the month's contributions, or of a month billed before the difference. Wage and base as they are now; 0: none is owed.
CREATE TABLE bill_line (
  bill_no              bigint NOT NULL REFERENCES bill,
  psn_no               text COLLATE "C" NOT NULL,
  month                int NOT NULL,
  wage_fen             bigint NOT NULL,
  base_fen             bigint NOT NULL,
  employer_fen         bigint NOT NULL,
  employee_fen         bigint NOT NULL,
  maternity_fen        bigint NOT NULL,
  account_employer_fen bigint NOT NULL,
  account_employee_fen bigint NOT NULL,
  PRIMARY KEY (bill_no, psn_no, month)
);
REVOKE UPDATE, DELETE, TRUNCATE ON bill_line FROM ${runtime};

-- The charge for an earlier bill that was settled late; negative: it was charged too much.
CREATE TABLE bill_charge (
  bill_no    bigint NOT NULL REFERENCES bill,
  of_bill_no bigint NOT NULL REFERENCES bill,
  days       int NOT NULL,
  amount_fen bigint NOT NULL,
  PRIMARY KEY (bill_no, of_bill_no)
);
CREATE INDEX bill_charge_by_bill ON bill_charge (of_bill_no);
REVOKE UPDATE, DELETE, TRUNCATE ON bill_charge FROM ${runtime};

-- What all bills of an employer say together of a person's month.
CREATE TABLE billed_month (
  employer_no          text COLLATE "C" NOT NULL,
  insutype             text COLLATE "C" NOT NULL,
  psn_no               text COLLATE "C" NOT NULL,
  month                int NOT NULL,
  wage_fen             bigint NOT NULL,
  base_fen             bigint NOT NULL,
  employer_fen         bigint NOT NULL,
  employee_fen         bigint NOT NULL,
  maternity_fen        bigint NOT NULL,
  account_employer_fen bigint NOT NULL,
  account_employee_fen bigint NOT NULL,
  PRIMARY KEY (employer_no, insutype, psn_no, month),
  CONSTRAINT nothing_is_below_zero CHECK (employer_fen >= 0 AND employee_fen >= 0 AND maternity_fen >= 0 AND account_employer_fen >= 0 AND account_employee_fen >= 0)
);
REVOKE DELETE, TRUNCATE ON billed_month FROM ${runtime};

-- A payer's money waits in suspense until it covers the next bills whole.
ALTER TABLE suspense_item ADD COLUMN payer_no text COLLATE "C" NOT NULL DEFAULT '';
CREATE INDEX suspense_of_payer ON suspense_item (payer_no) WHERE payer_no <> '';
GRANT UPDATE (payer_no) ON suspense_item TO ${runtime};

-- Who found out whose money an item is. Never changed.
CREATE TABLE suspense_payer (
  suspense_no bigint PRIMARY KEY REFERENCES suspense_item,
  payer_no    text COLLATE "C" NOT NULL,
  reason      text NOT NULL,
  decided_by  text NOT NULL,
  decided_at  timestamptz NOT NULL
);
REVOKE UPDATE, DELETE, TRUNCATE ON suspense_payer FROM ${runtime};

-- Of what pays bills no person is named, but the settlement; corrections may give back.
-- widens: older writers leave the new column empty
ALTER TABLE allocation ADD COLUMN settlement_no bigint REFERENCES bill_settlement;
-- widens: one more cause, every older row and writer passes
ALTER TABLE allocation DROP CONSTRAINT cause_is_known, DROP CONSTRAINT only_refunds_and_merges_take_back, DROP CONSTRAINT what_came_has_a_receipt;
-- widens: one more cause with a settlement, which older writers do not write
ALTER TABLE allocation
  ADD CONSTRAINT cause_is_known CHECK (cause IN ('payment', 'suspense', 'merge', 'refund', 'bill')),
  ADD CONSTRAINT only_refunds_merges_and_bills_take_back CHECK (amount_fen <> 0 AND (cause IN ('merge', 'bill') OR (amount_fen < 0) = (cause = 'refund'))),
  ADD CONSTRAINT what_came_has_a_receipt CHECK (CASE WHEN cause = 'bill' THEN (receipt_no IS NULL) = (amount_fen < 0) ELSE (receipt_no IS NULL) = (cause IN ('merge', 'refund')) END),
  ADD CONSTRAINT bills_are_settled_by_it CHECK ((settlement_no IS NOT NULL) = (cause = 'bill'));
CREATE INDEX allocation_by_settlement ON allocation (settlement_no) WHERE settlement_no IS NOT NULL;

-- Empty, always: bills, months and settlements whose parts do not say what they say.
CREATE VIEW bill_difference AS
  SELECT 'bill ' || b.bill_no AS what, b.amount_fen AS said_fen, l.fen + c.fen + b.other_fen AS found_fen
  FROM bill b
  CROSS JOIN LATERAL (SELECT coalesce(sum(employer_fen + employee_fen + maternity_fen), 0)::bigint AS fen FROM bill_line WHERE bill_no = b.bill_no) l
  CROSS JOIN LATERAL (SELECT coalesce(sum(amount_fen), 0)::bigint AS fen FROM bill_charge WHERE bill_no = b.bill_no) c
  WHERE b.amount_fen <> l.fen + c.fen + b.other_fen
  UNION ALL
  SELECT 'month ' || m.month || ' ' || m.psn_no, m.employer_fen + m.employee_fen + m.maternity_fen + m.account_employer_fen + m.account_employee_fen,
    coalesce(sum(l.employer_fen + l.employee_fen + l.maternity_fen + l.account_employer_fen + l.account_employee_fen), 0)::bigint
  FROM billed_month m LEFT JOIN (bill_line l JOIN bill b USING (bill_no)) ON b.payer_no = m.employer_no AND b.insutype = m.insutype AND l.psn_no = m.psn_no AND l.month = m.month
  GROUP BY m.employer_no, m.insutype, m.psn_no, m.month
  HAVING m.employer_fen + m.employee_fen + m.maternity_fen + m.account_employer_fen + m.account_employee_fen
    <> coalesce(sum(l.employer_fen + l.employee_fen + l.maternity_fen + l.account_employer_fen + l.account_employee_fen), 0)
  UNION ALL
  SELECT 'settlement ' || s.settlement_no, s.amount_fen, coalesce(a.fen, 0) FROM bill_settlement s
  LEFT JOIN (SELECT settlement_no, sum(amount_fen)::bigint AS fen FROM allocation WHERE settlement_no IS NOT NULL GROUP BY settlement_no) a USING (settlement_no)
  LEFT JOIN (SELECT settlement_no, sum(amount_fen)::bigint AS fen FROM bill WHERE settlement_no IS NOT NULL GROUP BY settlement_no) b USING (settlement_no)
  WHERE s.amount_fen <> coalesce(a.fen, 0) OR s.amount_fen <> coalesce(b.fen, 0);
