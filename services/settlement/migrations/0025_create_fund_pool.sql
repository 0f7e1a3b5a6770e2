-- Money, and claims on it, between a county and its city: of each move both tenants have a row under the same number, and both ledgers a voucher.
CREATE TABLE fund_move (
  number         text    PRIMARY KEY,
  kind           text    NOT NULL,
  county         text    NOT NULL,
  -- begun here; else heard of
  own            boolean NOT NULL,
  request_no     text,
  state          text    NOT NULL,
  year           int     NOT NULL,
  reason         text    NOT NULL,
  fund           text[]   NOT NULL,
  -- of what a county remits, whence
  account        text[]   NOT NULL,
  counterparty   text[]   NOT NULL,
  fen            bigint[] NOT NULL,
  people         text[]   NOT NULL,
  bank_reference text    NOT NULL DEFAULT '',
  moved_on       date,
  -- on this side, and on the other one
  booked_on      date,
  peer_booked_on date,
  created_at     timestamptz NOT NULL,
  CONSTRAINT a_request_begins_one_move UNIQUE (request_no, kind),
  CONSTRAINT kind_is_known CHECK (kind IN ('remittance', 'deficit_payment', 'allocation', 'surplus', 'deficit', 'risk_payment', 'risk_draw', 'interest', 'year_end')),
  CONSTRAINT state_is_known CHECK (state IN ('proposed', 'sent', 'arrived', 'withdrawn')),
  CONSTRAINT what_is_sent_is_booked CHECK ((state IN ('sent', 'arrived')) <= (coalesce(booked_on, peer_booked_on) IS NOT NULL)),
  CONSTRAINT lines_are_whole CHECK (cardinality(fund) > 0 AND cardinality(fund) = cardinality(fen) AND cardinality(fund) = cardinality(account) AND cardinality(fund) = cardinality(counterparty))
);
CREATE INDEX fund_move_by_state ON fund_move (state, number);
CREATE UNIQUE INDEX a_bank_reference_sends_one_move ON fund_move (bank_reference) WHERE own AND bank_reference <> '';
REVOKE DELETE, TRUNCATE ON fund_move FROM ${runtime};

-- Money that the receiver's bank reports; unmatched until it is known whose it is.
CREATE TABLE fund_arrival (
  bank_reference text   PRIMARY KEY,
  move_number    text   NOT NULL,
  amount_fen     bigint NOT NULL,
  arrived_on     date   NOT NULL,
  confirmed_by   text   NOT NULL,
  confirmed_at   timestamptz NOT NULL,
  state          text   NOT NULL,
  finding        text   NOT NULL,
  resolved_by    text[] NOT NULL DEFAULT '{}',
  resolution     text   NOT NULL DEFAULT '',
  CONSTRAINT amount_is_positive CHECK (amount_fen > 0),
  CONSTRAINT state_is_known CHECK (state IN ('matched', 'unmatched', 'returned'))
);
CREATE UNIQUE INDEX a_move_arrives_once ON fund_arrival (move_number) WHERE state = 'matched';
REVOKE DELETE, TRUNCATE ON fund_arrival FROM ${runtime};

-- What counties ask of their city: money, or the consent to a budget. At both.
CREATE TABLE fund_application (
  number      text    PRIMARY KEY,
  kind        text    NOT NULL,
  county      text    NOT NULL,
  request_no  text    UNIQUE,
  state       text    NOT NULL,
  year        int     NOT NULL,
  month       int     NOT NULL,
  reason      text    NOT NULL,
  fund        text[]   NOT NULL,
  line        text[]   NOT NULL,
  fen         bigint[] NOT NULL,
  people      text[]  NOT NULL,
  decided_by  text[]  NOT NULL DEFAULT '{}',
  decision    text    NOT NULL DEFAULT '',
  granted_fen bigint  NOT NULL DEFAULT 0,
  -- of the risk fund: in how many years it is drawn
  years       int     NOT NULL DEFAULT 1,
  decided_at  timestamptz,
  applied_at  timestamptz NOT NULL,
  CONSTRAINT kind_is_known CHECK (kind IN ('allocation', 'risk_fund', 'budget')),
  CONSTRAINT state_is_known CHECK (state IN ('applied', 'approved', 'refused')),
  CONSTRAINT lines_are_whole CHECK (cardinality(fund) > 0 AND cardinality(fund) = cardinality(fen) AND cardinality(fund) = cardinality(line))
);
REVOKE DELETE, TRUNCATE ON fund_application FROM ${runtime};

-- At the city: the closings of its counties' ledgers, and what was booked in each. At a county: which of its own closings it told. Never changed.
CREATE TABLE county_day (
  county     text   NOT NULL,
  day        date   NOT NULL,
  voucher_no bigint NOT NULL,
  head_hash  text   NOT NULL,
  PRIMARY KEY (county, day)
);
REVOKE UPDATE, DELETE, TRUNCATE ON county_day FROM ${runtime};

CREATE TABLE county_flow (
  county       text    NOT NULL,
  day          date    NOT NULL,
  purpose      text    NOT NULL,
  fund         text    NOT NULL,
  counterparty text    NOT NULL,
  year         int     NOT NULL,
  carried      boolean NOT NULL,
  debit_fen    bigint  NOT NULL,
  credit_fen   bigint  NOT NULL,
  PRIMARY KEY (county, day, purpose, fund, counterparty, year, carried),
  FOREIGN KEY (county, day) REFERENCES county_day
);
REVOKE UPDATE, DELETE, TRUNCATE ON county_flow FROM ${runtime};

-- A month's position of a county's pool that calls for somebody's attention, and who was told.
CREATE TABLE fund_warning (
  county   text NOT NULL,
  pool     text NOT NULL,
  month    int  NOT NULL,
  level    text NOT NULL,
  text     text NOT NULL,
  told_to  text NOT NULL DEFAULT '',
  told_by  text NOT NULL DEFAULT '',
  told_at  timestamptz,
  found_at timestamptz NOT NULL,
  PRIMARY KEY (county, pool, month)
);

-- Balances of single accounts.
CREATE INDEX voucher_entry_of_account ON voucher_entry (account_id) INCLUDE (amount_fen);
