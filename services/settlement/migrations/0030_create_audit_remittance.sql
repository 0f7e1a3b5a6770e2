-- A notice that another county decided about a provider of this one: its fund gets what statements take. Empty: this county's own.
ALTER TABLE audit_notice ADD COLUMN home_county text NOT NULL DEFAULT '';
-- widens: every older row and writer has no home county
ALTER TABLE audit_notice ADD CONSTRAINT what_another_county_gets_is_deducted CHECK (home_county = '' OR NOT by_payment);

-- What an approved statement took for another county's notice (negative: gave back) and this county owes that one since: a bill among those that are counted for it.
CREATE TABLE audit_remittance (
  number         bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  home_county    text        NOT NULL,
  notice_no      text        NOT NULL REFERENCES audit_notice,
  fixmedins_code text        NOT NULL,
  statement      bigint      NOT NULL REFERENCES provider_statement,
  effective_on   date        NOT NULL,
  fund           text[]      NOT NULL,
  fund_fen       bigint[]    NOT NULL,
  voucher_no     bigint      NOT NULL REFERENCES voucher,
  booked_at      timestamptz NOT NULL,
  -- its place in what is counted for that county; null: not counted yet. Once given it stays, also when off_county_settlement is made again.
  pair_no        bigint,
  CONSTRAINT a_statement_remits_a_notice_once UNIQUE (statement, notice_no),
  CONSTRAINT a_place_has_one_bill UNIQUE (home_county, pair_no),
  CONSTRAINT every_fund_has_its_amount CHECK (cardinality(fund) > 0 AND cardinality(fund) = cardinality(fund_fen))
);
REVOKE UPDATE, DELETE, TRUNCATE ON audit_remittance FROM ${runtime};
GRANT UPDATE (pair_no) ON audit_remittance TO ${runtime};

-- What the ledger owes other counties, by what was counted for them. Of audit_remittance seq is 0.
CREATE VIEW off_county_owed AS
  SELECT s.provider_county, s.pair_no, a.fund, -e.amount_fen AS fen
  FROM off_county_settlement s JOIN ledger_entry e ON s.seq > 0 AND e.setl_no = substr(s.setl_id, 8)::bigint JOIN ledger_account a USING (account_id)
  WHERE a.purpose = 'county_payable' AND a.counterparty = s.provider_county
  UNION ALL
  SELECT r.home_county, r.pair_no, a.fund, -e.amount_fen
  FROM audit_remittance r JOIN voucher_entry e USING (voucher_no) JOIN ledger_account a USING (account_id)
  WHERE r.pair_no IS NOT NULL AND a.purpose = 'county_payable' AND a.counterparty = r.home_county;

-- Not empty: no settlement, but what another county's statement took for this notice of ours.
ALTER TABLE off_county_claim ADD COLUMN notice_no text NOT NULL DEFAULT '';

CREATE OR REPLACE VIEW provider_claim AS
  SELECT left(setl_id, 6) AS home_county, setl_id, mdtrt_id, psn_no, fixmedins_code, insutype, med_type, clearing_type, settled_at, is_stay, message_id, reverses_setl_id, total_fen, full_self_pay_fen, in_scope_fen,
    fund_total_fen, hospital_share_fen, person_share_fen, account_fen, family_account_fen, cash_fen
  FROM claim WHERE provider_county = left(setl_id, 6) AND fixmedins_code <> left(setl_id, 6) || '-DESK'
  UNION ALL
  SELECT home_county, setl_id, mdtrt_id, psn_no, fixmedins_code, insutype, med_type, clearing_type, settled_at, is_stay, message_id, reverses_setl_id, total_fen, full_self_pay_fen, in_scope_fen,
    fund_total_fen, hospital_share_fen, person_share_fen, account_fen, family_account_fen, cash_fen
  FROM off_county_claim WHERE notice_no = '';

CREATE OR REPLACE VIEW provider_claim_fund AS
  SELECT c.setl_id, c.fixmedins_code, c.settled_at, a.fund, -e.amount_fen AS amount_fen
  FROM claim c JOIN ledger_entry e ON e.setl_no = substr(c.setl_id, 8)::bigint JOIN ledger_account a USING (account_id)
  WHERE c.provider_county = left(c.setl_id, 6) AND a.purpose = 'provider_payable'
  UNION ALL
  SELECT o.setl_id, o.fixmedins_code, o.settled_at, f.fund, f.fen FROM off_county_claim o CROSS JOIN unnest(o.fund, o.fund_fen) AS f (fund, fen) WHERE o.notice_no = '';

CREATE OR REPLACE VIEW reconciled_claim AS
  SELECT left(setl_id, 6) AS home_county, false AS elsewhere, seq AS arrival, setl_id, mdtrt_id, psn_no, fixmedins_code, insutype, clearing_type, settled_at, message_id, reverses_setl_id, total_fen, fund_total_fen,
    account_fen, family_account_fen, cash_fen
  FROM claim
  UNION ALL
  SELECT home_county, true, voucher_no, setl_id, mdtrt_id, psn_no, fixmedins_code, insutype, clearing_type, settled_at, message_id, reverses_setl_id, total_fen, fund_total_fen,
    account_fen, family_account_fen, cash_fen
  FROM off_county_claim WHERE notice_no = '';
