-- What enters the ledger beside settlements.
ALTER TABLE ledger_account DROP CONSTRAINT purpose_is_known;
-- widens: more purposes than the release before writes
ALTER TABLE ledger_account ADD CONSTRAINT purpose_is_known CHECK (purpose IN ('benefit_expense', 'personal_account', 'provider_payable', 'county_payable', 'insurer_receivable', 'person_payable',
  'fiscal_account', 'revenue_account', 'expenditure_account', 'suspense', 'fund_split', 'accumulated_surplus') OR purpose LIKE 'revenue\_%');

-- The ledger's end. Who adds a voucher holds the row until the commit. Settlements' entries up to a number are summed up in vouchers; nothing is booked on a day that is closed.
CREATE TABLE ledger_head (
  one           boolean PRIMARY KEY DEFAULT true,
  voucher_no    bigint NOT NULL,
  -- empty before the first voucher
  hash          bytea  NOT NULL,
  settlement_no bigint NOT NULL,
  closed_on     date,
  CONSTRAINT there_is_one_head CHECK (one)
);
INSERT INTO ledger_head (voucher_no, hash, settlement_no) VALUES (0, '', 0);
REVOKE INSERT, DELETE, TRUNCATE ON ledger_head FROM ${runtime};

-- Vouchers one after the other without a gap. The document is what the hash is of, with the hash before it; the columns repeat it for queries. Never changed.
CREATE TABLE voucher (
  voucher_no   bigint PRIMARY KEY,
  kind         text   NOT NULL,
  number       text   COLLATE "C" NOT NULL,
  effective_on date   NOT NULL,
  booked_on    date   NOT NULL,
  -- the covered year or month of an income or its split; 0: of none
  period       int    NOT NULL,
  -- the debits' sum, which the credits' is as well
  amount_fen   bigint NOT NULL,
  document     bytea  NOT NULL,
  hash         bytea  NOT NULL,
  CONSTRAINT a_fact_is_booked_once UNIQUE (kind, number),
  CONSTRAINT kind_is_known CHECK (kind IN ('income', 'settlement', 'manual', 'payment', 'split', 'close')),
  CONSTRAINT all_but_closings_book_something CHECK ((kind = 'close') = (amount_fen = 0) AND amount_fen >= 0),
  CONSTRAINT hash_is_sha256 CHECK (octet_length(hash) = 32),
  CONSTRAINT nothing_takes_effect_later CHECK (effective_on <= booked_on)
);
CREATE INDEX voucher_by_day ON voucher (booked_on, voucher_no);
REVOKE UPDATE, DELETE, TRUNCATE ON voucher FROM ${runtime};

-- Debits positive, credits negative; the entries of a voucher sum to zero.
CREATE TABLE voucher_entry (
  voucher_no bigint NOT NULL REFERENCES voucher,
  entry_no   int    NOT NULL,
  account_id int    NOT NULL REFERENCES ledger_account,
  amount_fen bigint NOT NULL,
  PRIMARY KEY (voucher_no, entry_no),
  CONSTRAINT amount_is_not_zero CHECK (amount_fen <> 0)
);
REVOKE UPDATE, DELETE, TRUNCATE ON voucher_entry FROM ${runtime};
