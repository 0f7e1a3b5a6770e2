-- Double entry, append-only: debits positive, credits negative, the entries of one settlement sum to zero.
CREATE TABLE ledger_account (
  account_id   int  GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  purpose      text NOT NULL,
  fund         text NOT NULL,
  county       text NOT NULL,
  counterparty text NOT NULL,
  CONSTRAINT purpose_is_known CHECK (purpose IN ('benefit_expense', 'personal_account', 'provider_payable', 'county_payable')),
  CONSTRAINT account_is_unique UNIQUE (purpose, fund, county, counterparty)
);

CREATE TABLE ledger_entry (
  setl_no      bigint   NOT NULL,
  entry_no     smallint NOT NULL,
  account_id   int      NOT NULL,
  amount_fen   bigint   NOT NULL,
  effective_on date     NOT NULL,
  booked_on    date     NOT NULL,
  PRIMARY KEY (setl_no, entry_no),
  CONSTRAINT amount_is_not_zero CHECK (amount_fen <> 0)
);
REVOKE UPDATE, DELETE, TRUNCATE ON ledger_entry FROM ${runtime};
