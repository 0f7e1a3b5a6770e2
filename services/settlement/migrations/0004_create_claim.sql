-- A settlement or a reversal. Never updated: a correction is a new row that points at the old one.
CREATE TABLE claim (
  setl_id              text        NOT NULL PRIMARY KEY,
  seq                  bigint      NOT NULL,
  idx                  int         NOT NULL,
  mdtrt_id             text        NOT NULL,
  psn_no               text        NOT NULL,
  fixmedins_code       text        NOT NULL,
  provider_county      text        NOT NULL,
  insutype             text        NOT NULL,
  med_type             text        NOT NULL,
  clearing_type        text        NOT NULL,
  policy_on            date        NOT NULL,
  settled_at           timestamptz NOT NULL,
  is_stay              boolean     NOT NULL,
  message_id           text        NOT NULL,
  reverses_setl_id     text,
  total_fen            bigint      NOT NULL,
  full_self_pay_fen    bigint      NOT NULL,
  over_limit_fen       bigint      NOT NULL,
  first_pay_fen        bigint      NOT NULL,
  in_scope_fen         bigint      NOT NULL,
  deductible_fen       bigint      NOT NULL,
  basic_fund_fen       bigint      NOT NULL,
  civil_servant_fen    bigint      NOT NULL,
  enterprise_fen       bigint      NOT NULL,
  critical_illness_fen bigint      NOT NULL,
  large_sum_fen        bigint      NOT NULL,
  assistance_fen       bigint      NOT NULL,
  other_funds_fen      bigint      NOT NULL,
  fund_total_fen       bigint      NOT NULL,
  hospital_share_fen   bigint      NOT NULL,
  person_share_fen     bigint      NOT NULL,
  account_fen          bigint      NOT NULL,
  cash_fen             bigint      NOT NULL,
  doc                  bytea       NOT NULL,
  -- settlement-calculation.md section 10, invariants 1 and 2
  CONSTRAINT parts_sum_to_total CHECK (total_fen = full_self_pay_fen + over_limit_fen + first_pay_fen + in_scope_fen),
  CONSTRAINT funds_sum_to_fund_total CHECK (fund_total_fen = basic_fund_fen + civil_servant_fen + enterprise_fen + critical_illness_fen + large_sum_fen + assistance_fen + other_funds_fen),
  CONSTRAINT shares_sum_to_total CHECK (total_fen = fund_total_fen + hospital_share_fen + person_share_fen),
  CONSTRAINT account_and_cash_sum_to_person_share CHECK (person_share_fen = account_fen + cash_fen),
  CONSTRAINT funds_stay_within_covered_cost CHECK (abs(fund_total_fen) <= abs(total_fen - full_self_pay_fen)),
  CONSTRAINT deductible_stays_within_scope CHECK (abs(deductible_fen) <= abs(in_scope_fen)),
  CONSTRAINT amounts_share_one_sign CHECK (
    least(total_fen, full_self_pay_fen, over_limit_fen, first_pay_fen, in_scope_fen, deductible_fen, basic_fund_fen, civil_servant_fen, enterprise_fen,
          critical_illness_fen, large_sum_fen, assistance_fen, other_funds_fen, hospital_share_fen, person_share_fen, account_fen, cash_fen) >= 0
    OR (reverses_setl_id IS NOT NULL AND
        greatest(total_fen, full_self_pay_fen, over_limit_fen, first_pay_fen, in_scope_fen, deductible_fen, basic_fund_fen, civil_servant_fen, enterprise_fen,
                 critical_illness_fen, large_sum_fen, assistance_fen, other_funds_fen, hospital_share_fen, person_share_fen, account_fen, cash_fen) <= 0))
);
-- Partial: nearly every row reverses nothing.
CREATE UNIQUE INDEX a_row_is_reversed_once ON claim (reverses_setl_id) WHERE reverses_setl_id IS NOT NULL;
CREATE INDEX claim_of_person ON claim (psn_no, policy_on);
CREATE INDEX claim_of_encounter ON claim (mdtrt_id);
CREATE INDEX claim_of_provider ON claim (fixmedins_code, settled_at);
CREATE INDEX stay_of_person ON claim (psn_no) WHERE is_stay;
