-- The fund between levels: what providers, counties, insurers and the city owe each other.
ALTER TABLE ledger_account DROP CONSTRAINT purpose_is_known;
-- widens: more purposes than the release before writes
ALTER TABLE ledger_account ADD CONSTRAINT purpose_is_known CHECK (purpose IN ('benefit_expense', 'personal_account', 'provider_payable', 'county_payable', 'insurer_receivable', 'person_payable',
  'fiscal_account', 'revenue_account', 'expenditure_account', 'suspense', 'fund_split', 'accumulated_surplus',
  'county_receivable', 'provider_prepayment', 'provider_deposit', 'payment_method_result', 'deduction_income', 'city_pool', 'sub_account', 'risk_fund', 'county_deficit', 'insurer_premium', 'insurer_payable')
  OR purpose LIKE 'revenue\_%');

ALTER TABLE voucher DROP CONSTRAINT kind_is_known;
-- widens: more kinds than the release before writes
ALTER TABLE voucher ADD CONSTRAINT kind_is_known CHECK (kind IN ('income', 'settlement', 'manual', 'payment', 'split', 'close',
  'mirror', 'clearing', 'provider_statement', 'provider_payment', 'prepayment', 'deposit', 'remittance', 'allocation', 'risk_fund', 'premium', 'insurer', 'year_end'));

-- What other counties settled for their persons with this county's providers, as they told it: the mirror of their county_payable. Never changed.
CREATE TABLE off_county_claim (
  home_county        text    NOT NULL,
  -- counts what the home county settled with this county's providers, from 1, without a gap
  pair_no            bigint  NOT NULL,
  setl_id            text    NOT NULL,
  mdtrt_id           text    NOT NULL,
  psn_no             text    NOT NULL,
  fixmedins_code     text    NOT NULL,
  insutype           text    NOT NULL,
  med_type           text    NOT NULL,
  clearing_type      text    NOT NULL,
  settled_at         timestamptz NOT NULL,
  is_stay            boolean NOT NULL,
  begin_on           date    NOT NULL,
  end_on             date    NOT NULL,
  message_id         text    NOT NULL,
  reverses_setl_id   text,
  total_fen          bigint  NOT NULL,
  full_self_pay_fen  bigint  NOT NULL,
  in_scope_fen       bigint  NOT NULL,
  fund_total_fen     bigint  NOT NULL,
  hospital_share_fen bigint  NOT NULL,
  person_share_fen   bigint  NOT NULL,
  account_fen        bigint  NOT NULL,
  family_account_fen bigint  NOT NULL,
  cash_fen           bigint  NOT NULL,
  disease_code       text    NOT NULL,
  diagnosis_code     text    NOT NULL,
  operation_code     text    NOT NULL,
  -- what the home county owes for it, by fund (fund_pay_type); the accounts' parts among them
  fund               text[]  NOT NULL,
  fund_fen           bigint[] NOT NULL,
  voucher_no         bigint  NOT NULL REFERENCES voucher,
  PRIMARY KEY (home_county, pair_no),
  CONSTRAINT a_settlement_is_mirrored_once UNIQUE (setl_id),
  CONSTRAINT every_fund_has_its_amount CHECK (cardinality(fund) = cardinality(fund_fen)),
  CONSTRAINT shares_sum_to_total CHECK (total_fen = fund_total_fen + hospital_share_fen + person_share_fen)
);
CREATE INDEX off_county_claim_of_provider ON off_county_claim (fixmedins_code, settled_at);
REVOKE UPDATE, DELETE, TRUNCATE ON off_county_claim FROM ${runtime};

-- All that this county owes its providers for, whoever's persons they are.
CREATE VIEW provider_claim AS
  SELECT left(setl_id, 6) AS home_county, setl_id, mdtrt_id, psn_no, fixmedins_code, insutype, med_type, clearing_type, settled_at, is_stay, message_id, reverses_setl_id, total_fen, full_self_pay_fen, in_scope_fen,
    fund_total_fen, hospital_share_fen, person_share_fen, account_fen, family_account_fen, cash_fen
  FROM claim WHERE provider_county = left(setl_id, 6)
  UNION ALL
  SELECT home_county, setl_id, mdtrt_id, psn_no, fixmedins_code, insutype, med_type, clearing_type, settled_at, is_stay, message_id, reverses_setl_id, total_fen, full_self_pay_fen, in_scope_fen,
    fund_total_fen, hospital_share_fen, person_share_fen, account_fen, family_account_fen, cash_fen
  FROM off_county_claim;

-- By fund: what makes up provider_payable. A row's number is in its setl_id: county, S, number.
CREATE VIEW provider_claim_fund AS
  SELECT c.setl_id, c.fixmedins_code, c.settled_at, a.fund, -e.amount_fen AS amount_fen
  FROM claim c JOIN ledger_entry e ON e.setl_no = substr(c.setl_id, 8)::bigint JOIN ledger_account a USING (account_id)
  WHERE c.provider_county = left(c.setl_id, 6) AND a.purpose = 'provider_payable'
  UNION ALL
  SELECT o.setl_id, o.fixmedins_code, o.settled_at, f.fund, f.fen FROM off_county_claim o CROSS JOIN unnest(o.fund, o.fund_fen) AS f (fund, fen);
