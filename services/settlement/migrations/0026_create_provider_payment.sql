-- Where a provider is paid: the latest counts.
CREATE TABLE provider_account (
  number         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  request_no     text        NOT NULL,
  fixmedins_code text        NOT NULL,
  account_name   text        NOT NULL,
  bank_name      text        NOT NULL,
  account_no     text        NOT NULL,
  prepared_by    text        NOT NULL,
  approver       text        NOT NULL,
  recorded_at    timestamptz NOT NULL,
  CONSTRAINT a_request_records_one_account UNIQUE (request_no),
  CONSTRAINT two_people_record_it CHECK (prepared_by <> approver)
);
CREATE INDEX account_of_provider ON provider_account (fixmedins_code, number);
REVOKE UPDATE, DELETE, TRUNCATE ON provider_account FROM ${runtime};

-- Quality deposits of a year given back by score; what the score does not give stays with the fund.
CREATE TABLE deposit_return (
  number         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  request_no     text        NOT NULL,
  fixmedins_code text        NOT NULL,
  year           int         NOT NULL,
  score          int         NOT NULL,
  back_fen       bigint      NOT NULL,
  kept_fen       bigint      NOT NULL,
  prepared_by    text        NOT NULL,
  approver       text        NOT NULL,
  recorded_at    timestamptz NOT NULL,
  CONSTRAINT a_request_gives_back_once UNIQUE (request_no),
  CONSTRAINT score_is_of_a_hundred CHECK (score BETWEEN 0 AND 100),
  CONSTRAINT it_gives_or_keeps CHECK (back_fen >= 0 AND kept_fen >= 0 AND back_fen + kept_fen > 0),
  CONSTRAINT two_people_decide CHECK (prepared_by <> approver)
);
CREATE INDEX deposit_return_of_provider ON deposit_return (fixmedins_code, year);
REVOKE UPDATE, DELETE, TRUNCATE ON deposit_return FROM ${runtime};

CREATE TABLE deposit_return_fund (
  number   bigint NOT NULL REFERENCES deposit_return,
  fund     text   NOT NULL,
  back_fen bigint NOT NULL,
  kept_fen bigint NOT NULL,
  PRIMARY KEY (number, fund)
);
REVOKE UPDATE, DELETE, TRUNCATE ON deposit_return_fund FROM ${runtime};

-- What goes to the bank in one file; the digest is of the file's bytes.
CREATE TABLE payment_file (
  number        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  request_no    text        NOT NULL,
  prepared_by   text        NOT NULL,
  prepared_at   timestamptz NOT NULL,
  payment_count int         NOT NULL,
  amount_fen    bigint      NOT NULL,
  sha256        bytea       NOT NULL,
  CONSTRAINT a_request_makes_one_file UNIQUE (request_no),
  CONSTRAINT a_file_pays_something CHECK (payment_count > 0 AND amount_fen > 0)
);
REVOKE DELETE, TRUNCATE ON payment_file FROM ${runtime};

-- One payment of a file: of a statement, a prepayment or a deposit given back. The account is as it was then.
CREATE TABLE provider_payment (
  number         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  file           bigint      NOT NULL REFERENCES payment_file,
  kind           text        NOT NULL,
  subject        bigint      NOT NULL,
  fixmedins_code text        NOT NULL,
  amount_fen     bigint      NOT NULL,
  account_name   text        NOT NULL,
  bank_name      text        NOT NULL,
  account_no     text        NOT NULL,
  state          text        NOT NULL DEFAULT 'sent',
  paid_on        date,
  bank_reference text        NOT NULL DEFAULT '',
  reason         text        NOT NULL DEFAULT '',
  changed_at     timestamptz NOT NULL,
  CONSTRAINT kind_is_known CHECK (kind IN ('statement', 'prepayment', 'deposit')),
  CONSTRAINT state_is_known CHECK (state IN ('sent', 'paid', 'returned')),
  CONSTRAINT it_pays_something CHECK (amount_fen > 0),
  CONSTRAINT a_paid_one_says_when CHECK (state <> 'paid' OR paid_on IS NOT NULL)
);
-- What the bank returned is paid again, by another payment.
CREATE UNIQUE INDEX nothing_is_paid_twice ON provider_payment (kind, subject) WHERE state IN ('sent', 'paid');
CREATE INDEX payment_of_file ON provider_payment (file);
CREATE INDEX payment_of_provider ON provider_payment (fixmedins_code, number);
REVOKE DELETE, TRUNCATE ON provider_payment FROM ${runtime};

CREATE TABLE provider_payment_fund (
  payment    bigint NOT NULL REFERENCES provider_payment,
  fund       text   NOT NULL,
  amount_fen bigint NOT NULL,
  PRIMARY KEY (payment, fund)
);
REVOKE UPDATE, DELETE, TRUNCATE ON provider_payment_fund FROM ${runtime};

-- The bank's answers, file by file, each once.
CREATE TABLE bank_return (
  number      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  sha256      bytea       NOT NULL,
  recorded_by text        NOT NULL,
  recorded_at timestamptz NOT NULL,
  CONSTRAINT a_return_is_recorded_once UNIQUE (sha256)
);
REVOKE UPDATE, DELETE, TRUNCATE ON bank_return FROM ${runtime};

-- Every line as it came. A problem stays on the work list until somebody says what became of it.
CREATE TABLE bank_return_line (
  bank_return bigint NOT NULL REFERENCES bank_return,
  line_no     int    NOT NULL,
  line        text   NOT NULL,
  payment     bigint REFERENCES provider_payment,
  -- paid, returned, same (nothing changed), or what is wrong
  outcome     text   NOT NULL,
  resolved_by text   NOT NULL DEFAULT '',
  resolved_at timestamptz,
  note        text   NOT NULL DEFAULT '',
  PRIMARY KEY (bank_return, line_no),
  CONSTRAINT outcome_is_known CHECK (outcome IN ('paid', 'returned', 'same', 'malformed', 'unknown_payment', 'amount_differs', 'contradicts', 'offset_already')),
  CONSTRAINT a_resolution_says_who CHECK ((resolved_at IS NOT NULL) = (resolved_by <> ''))
);
CREATE INDEX return_line_to_work_on ON bank_return_line (bank_return, line_no) WHERE outcome NOT IN ('paid', 'returned', 'same') AND resolved_by = '';
REVOKE DELETE, TRUNCATE ON bank_return_line FROM ${runtime};
