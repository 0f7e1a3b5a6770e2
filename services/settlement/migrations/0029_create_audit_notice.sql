-- What fraud-audit's notices take back for the funds, under their numbers: each is booked once.
CREATE TABLE audit_notice (
  notice_no      text        PRIMARY KEY,
  fixmedins_code text        NOT NULL,
  psn_no         text        NOT NULL,
  amount_fen     bigint      NOT NULL,
  by_payment     boolean     NOT NULL,
  -- of what is paid; deductions are spread over the statement's funds
  fund           text        NOT NULL,
  reason         text        NOT NULL,
  evidence       text        NOT NULL,
  setl_id        text[]      NOT NULL,
  decided_by     text        NOT NULL,
  released_by    text        NOT NULL,
  booked_at      timestamptz NOT NULL,
  CONSTRAINT one_owes_it CHECK ((fixmedins_code = '') <> (psn_no = '')),
  CONSTRAINT it_takes_something CHECK (amount_fen > 0),
  CONSTRAINT a_person_pays CHECK (psn_no = '' OR by_payment),
  CONSTRAINT a_payment_has_its_fund CHECK (by_payment = (fund <> '')),
  CONSTRAINT two_people_release_it CHECK (decided_by <> released_by)
);
REVOKE UPDATE, DELETE, TRUNCATE ON audit_notice FROM ${runtime};

-- What appeals took off a notice.
CREATE TABLE audit_notice_reversal (
  reversal_no text        PRIMARY KEY,
  notice_no   text        NOT NULL REFERENCES audit_notice,
  amount_fen  bigint      NOT NULL,
  -- of a notice that is paid: of the money that had come
  paid_fen    bigint      NOT NULL,
  reason      text        NOT NULL,
  decided_by  text        NOT NULL,
  released_by text        NOT NULL,
  booked_at   timestamptz NOT NULL,
  CONSTRAINT it_takes_something_off CHECK (amount_fen > 0 AND paid_fen BETWEEN 0 AND amount_fen),
  CONSTRAINT two_people_release_it CHECK (decided_by <> released_by)
);
CREATE INDEX reversal_of_notice ON audit_notice_reversal (notice_no);
REVOKE UPDATE, DELETE, TRUNCATE ON audit_notice_reversal FROM ${runtime};

-- What came by bank transfer.
CREATE TABLE audit_recovery (
  recovery_no    text        PRIMARY KEY,
  notice_no      text        NOT NULL REFERENCES audit_notice,
  amount_fen     bigint      NOT NULL,
  channel        text        NOT NULL,
  received_on    date        NOT NULL,
  bank_reference text        NOT NULL,
  recorded_by    text        NOT NULL,
  checked_by     text        NOT NULL,
  voucher_no     bigint      NOT NULL,
  CONSTRAINT it_brings_something CHECK (amount_fen > 0),
  CONSTRAINT two_people_record_it CHECK (recorded_by <> checked_by)
);
CREATE INDEX recovery_of_notice ON audit_recovery (notice_no);
REVOKE UPDATE, DELETE, TRUNCATE ON audit_recovery FROM ${runtime};

-- A notice's deductions; of kind restitution: what is given back, of one fund, to be added to a statement.
ALTER TABLE statement_deduction ADD COLUMN notice_no text NOT NULL DEFAULT '', ADD COLUMN fund text NOT NULL DEFAULT '';
-- widens: one more kind, every older row and writer passes
ALTER TABLE statement_deduction DROP CONSTRAINT kind_is_known, ADD CONSTRAINT kind_is_known CHECK (kind IN ('review', 'inspection', 'other', 'restitution'));
CREATE INDEX deduction_of_notice ON statement_deduction (notice_no) WHERE notice_no <> '';
-- widens: one more kind, every older row and writer passes
ALTER TABLE statement_line DROP CONSTRAINT kind_is_known,
  ADD CONSTRAINT kind_is_known CHECK (kind IN ('claim', 'method', 'brought_forward', 'restitution', 'indicator', 'deduction', 'deposit', 'offset'));
-- widens: two more kinds, every older row and writer passes
ALTER TABLE voucher DROP CONSTRAINT kind_is_known, ADD CONSTRAINT kind_is_known CHECK (kind IN ('income', 'settlement', 'manual', 'payment', 'split', 'close', 'mirror', 'clearing', 'provider_statement', 'provider_payment',
  'prepayment', 'deposit', 'remittance', 'allocation', 'risk_fund', 'premium', 'insurer', 'year_end', 'audit_recovery', 'audit_reversal'));
