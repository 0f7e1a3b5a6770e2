-- How this county's providers are paid: what is agreed, what each month came to under it, and the limits of indicators.

-- What methods ask of a claim beside its amounts; only of stays, visits for a listed disease and visits with a general consultation fee. Read once from the journal's records, and the same when read again.
CREATE TABLE claim_case (
  setl_id        text NOT NULL PRIMARY KEY,
  -- 1 a case, -1 the reversal of one, 0 an interim settlement of a stay
  cases          smallint NOT NULL,
  begin_on       date NOT NULL,
  end_on         date NOT NULL,
  disease_code   text NOT NULL,
  diagnosis_code text NOT NULL,
  operation_code text NOT NULL,
  -- days of the stay with a charge, signed as the claim
  charged_days   int  NOT NULL,
  -- lines of med_chrgitm_type 12, signed as the claim
  consultations  int  NOT NULL,
  CONSTRAINT a_row_is_a_case_or_takes_one_back CHECK (cases BETWEEN -1 AND 1),
  CONSTRAINT ends_not_before_it_begins CHECK (end_on >= begin_on)
);
-- Up to which number own claims were read.
CREATE TABLE claim_case_checkpoint (
  single  boolean NOT NULL PRIMARY KEY DEFAULT true CHECK (single),
  setl_id text    NOT NULL
);
INSERT INTO claim_case_checkpoint (setl_id) VALUES ('');

-- provider_claim with what methods ask.
CREATE VIEW provider_case AS
  SELECT c.setl_id, c.fixmedins_code, c.psn_no, c.mdtrt_id, c.insutype, c.med_type, c.clearing_type, c.settled_at, c.is_stay, c.total_fen, c.in_scope_fen, c.fund_total_fen,
    coalesce(k.cases, CASE WHEN c.reverses_setl_id IS NOT NULL AND c.total_fen < 0 THEN -1 ELSE 1 END)::int AS cases, k.begin_on, k.end_on,
    CASE WHEN c.is_stay THEN greatest(1, k.end_on - k.begin_on) ELSE 0 END AS days, k.charged_days, coalesce(k.consultations, 0) AS consultations,
    coalesce(nullif(k.disease_code, ''), k.diagnosis_code, '') AS disease, coalesce(k.diagnosis_code, '') AS diagnosis, coalesce(k.operation_code, '') AS operation
  FROM claim c LEFT JOIN claim_case k USING (setl_id) WHERE c.provider_county = left(c.setl_id, 6)
  UNION ALL
  SELECT o.setl_id, o.fixmedins_code, o.psn_no, o.mdtrt_id, o.insutype, o.med_type, o.clearing_type, o.settled_at, o.is_stay, o.total_fen, o.in_scope_fen, o.fund_total_fen,
    CASE WHEN o.reverses_setl_id IS NOT NULL AND o.total_fen < 0 THEN -1 ELSE 1 END, o.begin_on, o.end_on,
    CASE WHEN o.is_stay THEN greatest(1, o.end_on - o.begin_on) ELSE 0 END, NULL, 0,
    coalesce(nullif(o.disease_code, ''), o.diagnosis_code), o.diagnosis_code, o.operation_code
  FROM off_county_claim o;

-- Groups of stays with weights or points. A table never changes: a new year has a new one.
CREATE TABLE payment_group (
  table_no  text   NOT NULL,
  code      text   NOT NULL,
  name      text   NOT NULL,
  diagnosis text   NOT NULL,
  operation text   NOT NULL,
  points_e4 bigint NOT NULL,
  PRIMARY KEY (table_no, diagnosis, operation),
  CONSTRAINT points_are_not_negative CHECK (points_e4 >= 0)
);
REVOKE UPDATE, DELETE, TRUNCATE ON payment_group FROM ${runtime};

CREATE TABLE payment_term (
  number        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  request_no    text   NOT NULL,
  method        text   NOT NULL,
  insutype      text   NOT NULL,
  fund          text   NOT NULL,
  from_month    int    NOT NULL,
  to_month      int    NOT NULL,
  -- the last month where the terms end before the agreed one
  ended_month   int,
  scope         jsonb  NOT NULL,
  terms         jsonb  NOT NULL,
  agreement_no  text   NOT NULL,
  state         text   NOT NULL DEFAULT 'drafted',
  drafted_by    text   NOT NULL,
  drafted_at    timestamptz NOT NULL,
  approved_by   text   NOT NULL DEFAULT '',
  approved_at   timestamptz,
  withdrawn_by  text   NOT NULL DEFAULT '',
  withdrawn_at  timestamptz,
  ended_by      text   NOT NULL DEFAULT '',
  ending_approver text NOT NULL DEFAULT '',
  ended_at      timestamptz,
  reason        text   NOT NULL DEFAULT '',
  CONSTRAINT a_request_drafts_one_term UNIQUE (request_no),
  CONSTRAINT state_is_known CHECK (state IN ('drafted', 'approved', 'withdrawn')),
  CONSTRAINT a_term_lies_within_a_year CHECK (from_month / 100 = to_month / 100 AND from_month % 100 >= 1 AND to_month % 100 <= 12 AND from_month <= to_month),
  CONSTRAINT it_ends_within_its_months CHECK (ended_month >= from_month AND ended_month < to_month),
  CONSTRAINT another_approves CHECK (state <> 'approved' OR approved_by <> '' AND approved_at IS NOT NULL AND approved_by <> drafted_by),
  CONSTRAINT a_withdrawal_says_who CHECK ((state = 'withdrawn') = (withdrawn_at IS NOT NULL) AND (state <> 'withdrawn' OR withdrawn_by <> '')),
  CONSTRAINT two_end_it CHECK (ended_month IS NULL OR ended_by <> '' AND ending_approver <> '' AND ended_by <> ending_approver AND ended_at IS NOT NULL)
);
REVOKE DELETE, TRUNCATE ON payment_term FROM ${runtime};
CREATE TABLE payment_term_provider (
  number         bigint NOT NULL REFERENCES payment_term,
  fixmedins_code text   NOT NULL,
  PRIMARY KEY (number, fixmedins_code)
);
CREATE INDEX term_of_provider ON payment_term_provider (fixmedins_code);
REVOKE UPDATE, DELETE, TRUNCATE ON payment_term_provider FROM ${runtime};

-- A month (13: the year's settlement) of agreed terms, by their number, or of all that is under none of a provider, by its code. Computed anew until a statement is made of it.
CREATE TABLE payment_month (
  scope    text NOT NULL,
  month    int  NOT NULL,
  -- the statement; empty: none yet
  fixed_by text NOT NULL DEFAULT '',
  PRIMARY KEY (scope, month)
);
REVOKE DELETE, TRUNCATE ON payment_month FROM ${runtime};
CREATE TABLE payment_result (
  scope          text   NOT NULL,
  month          int    NOT NULL,
  fixmedins_code text   NOT NULL,
  fund           text   NOT NULL,
  method         text   NOT NULL,
  claims         bigint NOT NULL,
  settled_fen    bigint NOT NULL,
  payable_fen    bigint NOT NULL,
  explanation    text   NOT NULL,
  PRIMARY KEY (scope, month, fixmedins_code, fund),
  FOREIGN KEY (scope, month) REFERENCES payment_month
);
CREATE INDEX result_of_provider ON payment_result (fixmedins_code, month);

-- Limits of a provider's indicators, as agreed; and what months came to.
CREATE TABLE indicator_limit (
  number         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  request_no     text   NOT NULL,
  fixmedins_code text   NOT NULL,
  indicator      text   NOT NULL,
  from_month     int    NOT NULL,
  to_month       int    NOT NULL,
  -- a ratio in basis points, money in fen
  limit_value    bigint NOT NULL,
  -- of what is over the limit, deducted
  deduct_bp      int    NOT NULL,
  -- of readmission_rate: within how many days after the stay before
  days           int    NOT NULL,
  agreement_no   text   NOT NULL,
  state          text   NOT NULL DEFAULT 'drafted',
  drafted_by     text   NOT NULL,
  drafted_at     timestamptz NOT NULL,
  approved_by    text   NOT NULL DEFAULT '',
  approved_at    timestamptz,
  withdrawn_by   text   NOT NULL DEFAULT '',
  withdrawn_at   timestamptz,
  reason         text   NOT NULL DEFAULT '',
  CONSTRAINT a_request_drafts_one_limit UNIQUE (request_no),
  CONSTRAINT state_is_known CHECK (state IN ('drafted', 'approved', 'withdrawn')),
  CONSTRAINT months_are_in_order CHECK (from_month % 100 BETWEEN 1 AND 12 AND to_month % 100 BETWEEN 1 AND 12 AND from_month <= to_month),
  CONSTRAINT limit_and_share_are_possible CHECK (limit_value >= 0 AND deduct_bp BETWEEN 0 AND 10000 AND days BETWEEN 1 AND 90),
  CONSTRAINT another_approves CHECK (state <> 'approved' OR approved_by <> '' AND approved_at IS NOT NULL AND approved_by <> drafted_by),
  CONSTRAINT a_withdrawal_says_who CHECK ((state = 'withdrawn') = (withdrawn_at IS NOT NULL) AND (state <> 'withdrawn' OR withdrawn_by <> ''))
);
CREATE INDEX limit_of_provider ON indicator_limit (fixmedins_code, indicator);
REVOKE DELETE, TRUNCATE ON indicator_limit FROM ${runtime};
CREATE TABLE indicator_result (
  fixmedins_code text    NOT NULL,
  month          int     NOT NULL,
  indicator      text    NOT NULL,
  value          numeric NOT NULL,
  limit_value    numeric,
  deduction_fen  bigint  NOT NULL,
  explanation    text    NOT NULL,
  PRIMARY KEY (fixmedins_code, month, indicator),
  CONSTRAINT a_deduction_is_not_negative CHECK (deduction_fen >= 0)
);
