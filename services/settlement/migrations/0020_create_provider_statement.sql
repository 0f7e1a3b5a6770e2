-- A provider's statement of a month: made of its applications, reviewed twice, approved and paid by four people.
CREATE TABLE provider_statement (
  number          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  fixmedins_code  text        NOT NULL,
  -- yyyymm
  month           int         NOT NULL,
  state           text        NOT NULL DEFAULT 'accepted',
  accepted_by     text        NOT NULL,
  accepted_at     timestamptz NOT NULL,
  -- who has acted; empty until then and again when it is sent back
  first_reviewer  text        NOT NULL DEFAULT '',
  second_reviewer text        NOT NULL DEFAULT '',
  approver        text        NOT NULL DEFAULT '',
  payer           text        NOT NULL DEFAULT '',
  changed_at      timestamptz NOT NULL,
  reason          text        NOT NULL DEFAULT '',
  -- what the first review came to; null before and while it is done again
  payable_fen     bigint,
  -- the later statement that takes in what is not to be paid (zero or less)
  carried_into    bigint REFERENCES provider_statement,
  CONSTRAINT state_is_known CHECK (state IN ('accepted', 'in_review', 'first_reviewed', 'reviewed', 'approved', 'paid', 'rejected')),
  CONSTRAINT four_people_act CHECK (
    (second_reviewer = '' OR second_reviewer <> first_reviewer) AND (approver = '' OR approver NOT IN (first_reviewer, second_reviewer)) AND (payer = '' OR payer NOT IN (first_reviewer, second_reviewer, approver))),
  CONSTRAINT every_step_has_its_person CHECK (state IN ('accepted', 'in_review', 'rejected')
    OR first_reviewer <> '' AND payable_fen IS NOT NULL AND (state = 'first_reviewed' OR second_reviewer <> '' AND (state = 'reviewed' OR approver <> ''))),
  CONSTRAINT only_what_is_positive_is_paid CHECK (state <> 'paid' OR payer <> '' AND payable_fen > 0),
  CONSTRAINT only_what_is_not_positive_is_carried CHECK (carried_into IS NULL OR payable_fen <= 0 AND carried_into <> number)
);
CREATE INDEX statement_of_provider ON provider_statement (fixmedins_code, month);
CREATE INDEX statement_to_work_on ON provider_statement (state, number);
REVOKE DELETE, TRUNCATE ON provider_statement FROM ${runtime};

-- What a provider claims of a month and a kind of clearing, with the figures in which it and the platform agree.
CREATE TABLE statement_application (
  number              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  fixmedins_code      text        NOT NULL,
  request_no          text        NOT NULL,
  clr_type            text        NOT NULL,
  clr_way             text        NOT NULL,
  month               int         NOT NULL,
  begin_on            date        NOT NULL,
  end_on              date        NOT NULL,
  row_count           bigint      NOT NULL,
  person_times        bigint      NOT NULL,
  total_fen           bigint      NOT NULL,
  fund_total_fen      bigint      NOT NULL,
  cash_fen            bigint      NOT NULL,
  account_fen         bigint      NOT NULL,
  family_account_fen  bigint      NOT NULL,
  account_with_family boolean     NOT NULL,
  applied_by          text        NOT NULL,
  applied_at          timestamptz NOT NULL,
  state               text        NOT NULL DEFAULT 'applied',
  statement_no        bigint REFERENCES provider_statement,
  closed_at           timestamptz,
  reason              text        NOT NULL DEFAULT '',
  CONSTRAINT a_request_applies_once UNIQUE (fixmedins_code, request_no),
  CONSTRAINT clearing_type_is_known CHECK (clr_type IN ('11', '21', '41')),
  CONSTRAINT state_is_known CHECK (state IN ('applied', 'accepted', 'withdrawn', 'rejected')),
  CONSTRAINT a_statement_has_it_once_accepted CHECK ((state = 'applied') <= (statement_no IS NULL) AND (state IN ('accepted', 'rejected')) <= (statement_no IS NOT NULL)),
  CONSTRAINT its_end_says_when CHECK ((state IN ('withdrawn', 'rejected')) = (closed_at IS NOT NULL)),
  CONSTRAINT begins_before_its_end CHECK (begin_on <= end_on)
);
CREATE UNIQUE INDEX a_month_is_applied_for_once ON statement_application (fixmedins_code, month, clr_type) WHERE state IN ('applied', 'accepted');
CREATE INDEX application_of_statement ON statement_application (statement_no) WHERE statement_no IS NOT NULL;
REVOKE DELETE, TRUNCATE ON statement_application FROM ${runtime};

-- Which settlements and reversals a live application has: each is claimed once. Rows go when it is withdrawn or rejected.
CREATE TABLE statement_claim (
  setl_id     text   NOT NULL PRIMARY KEY,
  application bigint NOT NULL REFERENCES statement_application,
  insutype    text   NOT NULL
);
-- With the settlement: whoever joins the rows of one application finds each by both, however few the planner expects.
CREATE INDEX claim_of_application ON statement_claim (application, setl_id);
REVOKE UPDATE, TRUNCATE ON statement_claim FROM ${runtime};

-- An application by scheme, and by scheme and fund: what the ledger owes the provider for it.
CREATE TABLE statement_application_scheme (
  application        bigint NOT NULL REFERENCES statement_application,
  insutype           text   NOT NULL,
  row_count          bigint NOT NULL,
  person_times       bigint NOT NULL,
  total_fen          bigint NOT NULL,
  full_self_pay_fen  bigint NOT NULL,
  in_scope_fen       bigint NOT NULL,
  fund_total_fen     bigint NOT NULL,
  hospital_share_fen bigint NOT NULL,
  account_fen        bigint NOT NULL,
  family_account_fen bigint NOT NULL,
  cash_fen           bigint NOT NULL,
  PRIMARY KEY (application, insutype)
);
REVOKE UPDATE, DELETE, TRUNCATE ON statement_application_scheme FROM ${runtime};

CREATE TABLE statement_application_fund (
  application bigint NOT NULL REFERENCES statement_application,
  insutype    text   NOT NULL,
  fund        text   NOT NULL,
  amount_fen  bigint NOT NULL,
  PRIMARY KEY (application, insutype, fund)
);
REVOKE UPDATE, DELETE, TRUNCATE ON statement_application_fund FROM ${runtime};

-- Who did what to an application, statement, payment or prepayment, when and why. Never changed.
CREATE TABLE provider_act (
  act_no   bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  subject  text        NOT NULL,
  act      text        NOT NULL,
  acted_by text        NOT NULL,
  acted_at timestamptz NOT NULL,
  note     text        NOT NULL,
  CONSTRAINT somebody_acts CHECK (acted_by <> '')
);
CREATE INDEX act_on_subject ON provider_act (subject, act_no);
REVOKE UPDATE, DELETE, TRUNCATE ON provider_act FROM ${runtime};
