-- What settlements computed anew differ by from what was booked, and its way back and forth with its settlement. Never updated. Hospitals' totals are those of claim alone.
CREATE TABLE claim_correction (
  setl_id              text COLLATE "C" NOT NULL PRIMARY KEY,
  seq                  bigint NOT NULL,
  idx                  int    NOT NULL,
  kind                 text   NOT NULL,
  root_setl_id         text COLLATE "C" NOT NULL,
  mdtrt_id             text   NOT NULL,
  psn_no               text   NOT NULL,
  insutype             text   NOT NULL,
  policy_on            date   NOT NULL,
  booked_at            timestamptz NOT NULL,
  cause                text   NOT NULL,
  cause_text           text   NOT NULL,
  run_no               text   NOT NULL,
  policy_pack          text   NOT NULL,
  policy_version       text   NOT NULL,
  deductible_fen       bigint NOT NULL,
  basic_fund_fen       bigint NOT NULL,
  civil_servant_fen    bigint NOT NULL,
  enterprise_fen       bigint NOT NULL,
  critical_illness_fen bigint NOT NULL,
  large_sum_fen        bigint NOT NULL,
  assistance_fen       bigint NOT NULL,
  other_funds_fen      bigint NOT NULL,
  supplement_fen       bigint NOT NULL,
  fund_total_fen       bigint NOT NULL,
  person_share_fen     bigint NOT NULL,
  account_fen          bigint NOT NULL,
  cash_fen             bigint NOT NULL,
  -- medinsure.settlement.journal.Correction; of a row that takes back or brings back, its difference alone
  doc                  bytea  NOT NULL,
  CONSTRAINT kind_is_known CHECK (kind IN ('corrected', 'taken_back', 'brought_back')),
  CONSTRAINT funds_sum_to_fund_total CHECK (fund_total_fen = basic_fund_fen + civil_servant_fen + enterprise_fen + critical_illness_fen + large_sum_fen + assistance_fen + other_funds_fen),
  CONSTRAINT what_funds_pay_the_person_does_not CHECK (fund_total_fen = -person_share_fen),
  CONSTRAINT account_and_cash_sum_to_person_share CHECK (person_share_fen = account_fen + cash_fen)
);
CREATE INDEX correction_of_person ON claim_correction (psn_no);
CREATE INDEX correction_of_settlement ON claim_correction (root_setl_id);
CREATE INDEX correction_of_run ON claim_correction (run_no) WHERE run_no <> '';

-- Persons who were recognised for days gone by: their bills are computed anew. Done once and kept; a worker writes attempts and outcome.
CREATE TABLE revaluation (
  revaluation_no bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  psn_no         text   NOT NULL,
  from_on        date   NOT NULL,
  categories     text[] NOT NULL,
  -- of the person, as enrollment counts
  version        bigint NOT NULL,
  queued_at      timestamptz NOT NULL,
  done_at        timestamptz,
  corrections    int    NOT NULL DEFAULT 0,
  next_try_at    timestamptz NOT NULL,
  tries          int    NOT NULL DEFAULT 0,
  last_failure   text   NOT NULL DEFAULT '',
  CONSTRAINT a_recognition_is_queued_once UNIQUE (psn_no, version)
);
CREATE INDEX revaluation_to_do ON revaluation (next_try_at) WHERE done_at IS NULL;
REVOKE DELETE, TRUNCATE ON revaluation FROM ${runtime};

-- A correction of a claim that an insurer bears a part of.
ALTER TABLE insurer_feed ADD COLUMN corrects_setl_id text NOT NULL DEFAULT '';
CREATE INDEX feed_by_what_is_corrected ON insurer_feed (contract_no, corrects_setl_id) WHERE corrects_setl_id <> '';

ALTER TABLE ledger_account DROP CONSTRAINT purpose_is_known;
-- widens: one purpose more than the release before writes
ALTER TABLE ledger_account ADD CONSTRAINT purpose_is_known CHECK (purpose IN ('benefit_expense', 'personal_account', 'provider_payable', 'county_payable', 'insurer_receivable', 'person_payable'));
