-- The agency's review of a provider's statement.
-- widens: rows of this day's table only, and a statement is made by the release that brings this index
CREATE UNIQUE INDEX a_month_has_one_statement ON provider_statement (fixmedins_code, month) WHERE state <> 'rejected';

-- What makes up a statement, fund by fund, as the last computation had it; replaced while it is reviewed. Their sum is what is payable.
CREATE TABLE statement_line (
  statement   bigint NOT NULL REFERENCES provider_statement,
  line_no     int    NOT NULL,
  kind        text   NOT NULL,
  -- national code (det_type) of a deduction; empty: it is none
  det_type    text   NOT NULL,
  fund        text   NOT NULL,
  amount_fen  bigint NOT NULL,
  -- of the term, indicator, deduction, earlier statement or prepayment it comes from
  reference   text   NOT NULL,
  explanation text   NOT NULL,
  PRIMARY KEY (statement, line_no),
  CONSTRAINT kind_is_known CHECK (kind IN ('claim', 'method', 'brought_forward', 'indicator', 'deduction', 'deposit', 'offset')),
  CONSTRAINT what_is_kept_is_negative CHECK (kind NOT IN ('indicator', 'deduction', 'deposit', 'offset') OR amount_fen < 0)
);
CREATE INDEX line_of_reference ON statement_line (reference) WHERE kind IN ('offset', 'brought_forward', 'deposit');
REVOKE UPDATE, TRUNCATE ON statement_line FROM ${runtime};

-- Entered by people or by the audit: with reason and evidence. Without a statement it waits for the provider's next one.
CREATE TABLE statement_deduction (
  number         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  request_no     text        NOT NULL,
  fixmedins_code text        NOT NULL,
  statement      bigint REFERENCES provider_statement,
  kind           text        NOT NULL,
  amount_fen     bigint      NOT NULL,
  reason         text        NOT NULL,
  evidence       text        NOT NULL,
  -- the settlements concerned
  setl_id        text[]      NOT NULL,
  entered_by     text        NOT NULL,
  entered_at     timestamptz NOT NULL,
  withdrawn_by   text        NOT NULL DEFAULT '',
  withdrawn_at   timestamptz,
  CONSTRAINT a_request_deducts_once UNIQUE (request_no),
  CONSTRAINT kind_is_known CHECK (kind IN ('review', 'inspection', 'other')),
  CONSTRAINT it_takes_something CHECK (amount_fen > 0),
  CONSTRAINT a_withdrawal_says_who CHECK ((withdrawn_at IS NOT NULL) = (withdrawn_by <> ''))
);
CREATE INDEX deduction_of_statement ON statement_deduction (statement) WHERE statement IS NOT NULL;
CREATE INDEX deduction_that_waits ON statement_deduction (fixmedins_code) WHERE statement IS NULL AND withdrawn_by = '';
REVOKE DELETE, TRUNCATE ON statement_deduction FROM ${runtime};

-- Settlements drawn for a look at their records.
CREATE TABLE statement_sample (
  statement  bigint      NOT NULL REFERENCES provider_statement,
  setl_id    text        NOT NULL,
  drawn_by   text        NOT NULL,
  drawn_at   timestamptz NOT NULL,
  -- empty: not looked at
  verdict    text        NOT NULL DEFAULT '',
  checked_by text        NOT NULL DEFAULT '',
  checked_at timestamptz,
  note       text        NOT NULL DEFAULT '',
  PRIMARY KEY (statement, setl_id),
  CONSTRAINT verdict_is_known CHECK (verdict IN ('', 'passed', 'faulty')),
  CONSTRAINT a_verdict_says_whose CHECK ((verdict <> '') = (checked_by <> '') AND (verdict <> '') = (checked_at IS NOT NULL))
);
REVOKE DELETE, TRUNCATE ON statement_sample FROM ${runtime};

-- The agreement's quality deposit: 1 to 3 per cent (Yh, 003_896aa420924c8ba6.txt), or 0 to end it; from a month on, until a later one.
CREATE TABLE provider_deposit_rate (
  number         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  request_no     text        NOT NULL,
  fixmedins_code text        NOT NULL,
  from_month     int         NOT NULL,
  ratio_bp       int         NOT NULL,
  prepared_by    text        NOT NULL,
  approver       text        NOT NULL,
  recorded_at    timestamptz NOT NULL,
  CONSTRAINT a_request_sets_one_rate UNIQUE (request_no),
  CONSTRAINT rate_is_one_to_three_per_cent CHECK (ratio_bp = 0 OR ratio_bp BETWEEN 100 AND 300),
  CONSTRAINT two_people_set_it CHECK (prepared_by <> approver)
);
CREATE INDEX deposit_rate_of_provider ON provider_deposit_rate (fixmedins_code, from_month, number);
REVOKE UPDATE, DELETE, TRUNCATE ON provider_deposit_rate FROM ${runtime};

-- Paid ahead: once, or month after month, each a row; later statements give it back.
CREATE TABLE provider_prepayment (
  number         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  request_no     text        NOT NULL,
  fixmedins_code text        NOT NULL,
  fund           text        NOT NULL,
  -- payable from this month on
  month          int         NOT NULL,
  amount_fen     bigint      NOT NULL,
  -- of the amount, by each statement; 10000: all that a statement leaves
  offset_bp      int         NOT NULL,
  reason         text        NOT NULL,
  prepared_by    text        NOT NULL,
  approver       text        NOT NULL,
  recorded_at    timestamptz NOT NULL,
  paid           boolean     NOT NULL DEFAULT false,
  CONSTRAINT a_request_prepays_a_month_once UNIQUE (request_no, month),
  CONSTRAINT it_pays_something CHECK (amount_fen > 0),
  CONSTRAINT its_offset_is_a_share CHECK (offset_bp BETWEEN 1 AND 10000),
  CONSTRAINT two_people_grant_it CHECK (prepared_by <> approver)
);
CREATE INDEX prepayment_of_provider ON provider_prepayment (fixmedins_code, number);
REVOKE DELETE, TRUNCATE ON provider_prepayment FROM ${runtime};
