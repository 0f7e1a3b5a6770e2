-- What the fund owes to a person directly (cash; negative: the person owes it), from the journal: benefits of a year-end rule, corrections of settlements.
CREATE TABLE person_benefit (
  benefit_no    text        NOT NULL PRIMARY KEY,
  psn_no        text        NOT NULL,
  kind          text        NOT NULL,
  insutype      text        NOT NULL,
  year          int         NOT NULL,
  -- empty where the amount comes from no single rule or fund
  rule_id       text        NOT NULL,
  fund_pay_type text        NOT NULL,
  name          text        NOT NULL,
  cause         text        NOT NULL,
  -- the settlement at the start of its chain, and the encounter; empty where it is about neither
  setl_id       text        NOT NULL,
  mdtrt_id      text        NOT NULL,
  -- empty where no run booked it
  run_no        text        NOT NULL,
  amount_fen    bigint      NOT NULL,
  effective_on  date        NOT NULL,
  booked_at     timestamptz NOT NULL,
  seq           bigint      NOT NULL,
  CONSTRAINT kind_is_known CHECK (kind IN ('year_end', 'correction')),
  CONSTRAINT amount_is_not_zero CHECK (amount_fen <> 0)
);
CREATE INDEX benefit_of_person ON person_benefit (psn_no, insutype, year);
CREATE INDEX benefit_of_run ON person_benefit (run_no) WHERE run_no <> '';
CREATE INDEX benefit_of_encounter ON person_benefit (mdtrt_id) WHERE mdtrt_id <> '';
REVOKE UPDATE, DELETE, TRUNCATE ON person_benefit FROM ${runtime};

-- Money for persons goes by lists: prepared by one, approved by a second, paid by a third.
CREATE TABLE payment_list (
  number         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  -- the caller's own: asking again under it gives the same list
  request_no     text        NOT NULL,
  state          text        NOT NULL DEFAULT 'prepared',
  prepared_by    text        NOT NULL,
  prepared_at    timestamptz NOT NULL,
  approved_by    text        NOT NULL DEFAULT '',
  approved_at    timestamptz,
  paid_by        text        NOT NULL DEFAULT '',
  paid_on        date,
  paid_at        timestamptz,
  bank_reference text        NOT NULL DEFAULT '',
  withdrawn_by   text        NOT NULL DEFAULT '',
  withdrawn_at   timestamptz,
  reason         text        NOT NULL DEFAULT '',
  person_count   int         NOT NULL,
  amount_fen     bigint      NOT NULL,
  CONSTRAINT a_request_makes_one_list UNIQUE (request_no),
  CONSTRAINT state_is_known CHECK (state IN ('prepared', 'approved', 'paid', 'withdrawn')),
  CONSTRAINT a_list_pays_something CHECK (person_count > 0 AND amount_fen > 0),
  CONSTRAINT another_approves CHECK (state NOT IN ('approved', 'paid') OR approved_by <> '' AND approved_at IS NOT NULL AND approved_by <> prepared_by),
  CONSTRAINT a_third_pays CHECK ((state = 'paid') = (paid_at IS NOT NULL)
    AND (state <> 'paid' OR paid_by <> '' AND paid_by <> prepared_by AND paid_by <> approved_by AND paid_on IS NOT NULL AND bank_reference <> '')),
  CONSTRAINT a_withdrawal_says_who CHECK ((state = 'withdrawn') = (withdrawn_at IS NOT NULL) AND (state <> 'withdrawn' OR withdrawn_by <> ''))
);
CREATE UNIQUE INDEX a_bank_reference_pays_one_list ON payment_list (bank_reference) WHERE bank_reference <> '';
REVOKE DELETE, TRUNCATE ON payment_list FROM ${runtime};

-- Amounts are repeated here: a list stays what was approved, whatever happens to the projection.
CREATE TABLE payment_list_benefit (
  number     bigint  NOT NULL REFERENCES payment_list,
  benefit_no text    NOT NULL,
  psn_no     text    NOT NULL,
  amount_fen bigint  NOT NULL,
  withdrawn  boolean NOT NULL DEFAULT false,
  PRIMARY KEY (number, benefit_no)
);
CREATE UNIQUE INDEX a_benefit_is_on_one_standing_list ON payment_list_benefit (benefit_no) WHERE NOT withdrawn;
CREATE INDEX list_by_person ON payment_list_benefit (number, psn_no);
REVOKE DELETE, TRUNCATE ON payment_list_benefit FROM ${runtime};

-- A run over many persons: previewed, approved by another person than who started it, then booked, person by person.
CREATE TABLE benefit_run (
  number       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  request_no   text        NOT NULL,
  kind         text        NOT NULL,
  -- what may be under way once only: "380 2026 secondary"
  subject      text        NOT NULL,
  terms        jsonb       NOT NULL,
  reason       text        NOT NULL,
  state        text        NOT NULL DEFAULT 'previewing',
  -- null: who is affected is not known yet
  person_count int,
  started_by   text        NOT NULL,
  started_at   timestamptz NOT NULL,
  previewed_at timestamptz,
  approved_by  text        NOT NULL DEFAULT '',
  approved_at  timestamptz,
  booked_at    timestamptz,
  withdrawn_by text        NOT NULL DEFAULT '',
  withdrawn_at timestamptz,
  failure      text        NOT NULL DEFAULT '',
  CONSTRAINT a_request_starts_one_run UNIQUE (request_no),
  CONSTRAINT state_is_known CHECK (state IN ('previewing', 'previewed', 'booking', 'booked', 'withdrawn')),
  CONSTRAINT another_approves CHECK (state NOT IN ('booking', 'booked') OR approved_by <> '' AND approved_at IS NOT NULL AND approved_by <> started_by),
  CONSTRAINT a_booked_run_says_when CHECK ((state = 'booked') = (booked_at IS NOT NULL)),
  CONSTRAINT a_withdrawal_says_who CHECK ((state = 'withdrawn') = (withdrawn_at IS NOT NULL) AND (state <> 'withdrawn' OR withdrawn_by <> ''))
);
CREATE UNIQUE INDEX a_subject_is_under_way_once ON benefit_run (kind, subject) WHERE state IN ('previewing', 'previewed', 'booking');
REVOKE DELETE, TRUNCATE ON benefit_run FROM ${runtime};

CREATE TABLE benefit_run_person (
  number      bigint NOT NULL REFERENCES benefit_run,
  psn_no      text   NOT NULL,
  state       text   NOT NULL DEFAULT 'pending',
  settlements int    NOT NULL DEFAULT 0,
  before_fen  bigint NOT NULL DEFAULT 0,
  after_fen   bigint NOT NULL DEFAULT 0,
  preview_fen bigint NOT NULL DEFAULT 0,
  -- the previewed difference by fund_pay_type, in fen
  funds       jsonb  NOT NULL DEFAULT '{}',
  booked_fen  bigint NOT NULL DEFAULT 0,
  failure     text   NOT NULL DEFAULT '',
  PRIMARY KEY (number, psn_no),
  CONSTRAINT state_is_known CHECK (state IN ('pending', 'previewed', 'nothing', 'booked')),
  CONSTRAINT preview_is_the_difference CHECK (preview_fen = after_fen - before_fen)
);
CREATE INDEX person_to_work_on ON benefit_run_person (number, state, psn_no);
REVOKE DELETE, TRUNCATE ON benefit_run_person FROM ${runtime};
