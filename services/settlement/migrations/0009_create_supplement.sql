-- A person lets the insurer of a contract see the bills of these days.
CREATE TABLE consent (
  psn_no      text        NOT NULL,
  contract_no text        NOT NULL,
  policy_no   text        NOT NULL,
  from_on     date        NOT NULL,
  to_on       date        NOT NULL,
  evidence    text        NOT NULL,
  recorded_at timestamptz NOT NULL,
  withdrawn   boolean     NOT NULL,
  PRIMARY KEY (psn_no, contract_no, policy_no),
  CONSTRAINT ends_not_before_it_begins CHECK (to_on >= from_on)
);
CREATE INDEX consent_of_policy ON consent (contract_no, policy_no) WHERE NOT withdrawn;

-- Settlements that went without their insurer's answer. When one is asked about next and why it failed is the asking worker's to write; a rebuilt row is asked about at once.
CREATE TABLE late_supplement (
  setl_id      text        NOT NULL PRIMARY KEY,
  psn_no       text        NOT NULL,
  mdtrt_id     text        NOT NULL,
  contract_no  text        NOT NULL,
  insurer      text        NOT NULL,
  policy_no    text        NOT NULL,
  bill_id      text        NOT NULL,
  settled_at   timestamptz NOT NULL,
  state        text        NOT NULL,
  decision_no  text,
  amount_fen   bigint,
  asked_count  int         NOT NULL DEFAULT 0,
  next_ask_at  timestamptz NOT NULL,
  last_failure text        NOT NULL DEFAULT '',
  CONSTRAINT state_is_known CHECK (state IN ('pending', 'answered', 'reversed', 'given_up')),
  CONSTRAINT an_answer_is_a_decision CHECK ((state = 'answered') = (decision_no IS NOT NULL) AND (decision_no IS NULL) = (amount_fen IS NULL)),
  CONSTRAINT amount_is_not_negative CHECK (amount_fen >= 0)
);
CREATE INDEX supplement_to_ask ON late_supplement (next_ask_at) WHERE state = 'pending';
CREATE INDEX supplement_by_state ON late_supplement (state, settled_at);

-- A supplementary policy is no fund: it alone may cover cost out of catalog. Older rows satisfied more than the new checks, so they need not be read again;
-- a process of the release before writes 0.
ALTER TABLE claim ADD COLUMN supplement_fen bigint NOT NULL DEFAULT 0;
ALTER TABLE claim DROP CONSTRAINT funds_stay_within_covered_cost;
ALTER TABLE claim ADD CONSTRAINT funds_stay_within_covered_cost CHECK (abs(fund_total_fen - supplement_fen) <= abs(total_fen - full_self_pay_fen)) NOT VALID;
ALTER TABLE claim ADD CONSTRAINT supplement_is_part_of_other_funds CHECK (supplement_fen BETWEEN least(0, other_funds_fen) AND greatest(0, other_funds_fen)) NOT VALID;
ALTER TABLE ledger_account DROP CONSTRAINT purpose_is_known;
ALTER TABLE ledger_account ADD CONSTRAINT purpose_is_known CHECK (purpose IN ('benefit_expense', 'personal_account', 'provider_payable', 'county_payable', 'insurer_receivable'));
