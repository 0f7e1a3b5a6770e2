-- What contracts owe for claims that were paid at the window, month by month, and the money between an insurer and the city. In a city's database only.
-- The day on which what an event tells was booked; of older rows the policy date stands for it.
ALTER TABLE insurer_feed ADD COLUMN settled_on date;
CREATE INDEX feed_by_settled_day ON insurer_feed (contract_no, (coalesce(settled_on, policy_on)));

-- Months of a contract follow each other; what comes later for an earlier one is in the next.
CREATE TABLE insurer_claim_statement (
  contract_no text COLLATE "C" NOT NULL,
  month       int    NOT NULL,
  -- the newest event that was known
  last_cursor bigint NOT NULL,
  closed_at   timestamptz NOT NULL,
  reviewer    text   NOT NULL,
  approver    text   NOT NULL,
  PRIMARY KEY (contract_no, month),
  CONSTRAINT month_is_one CHECK (month % 100 BETWEEN 1 AND 12),
  CONSTRAINT two_people_close CHECK (reviewer <> approver)
);
REVOKE UPDATE, DELETE, TRUNCATE ON insurer_claim_statement FROM ${runtime};

CREATE TABLE insurer_claim_statement_county (
  contract_no  text COLLATE "C" NOT NULL,
  month        int    NOT NULL,
  county       text COLLATE "C" NOT NULL,
  claims_fen   bigint NOT NULL,
  -- what upheld disputes take off, less what earlier statements took off
  adjusted_fen bigint NOT NULL,
  PRIMARY KEY (contract_no, month, county),
  FOREIGN KEY (contract_no, month) REFERENCES insurer_claim_statement
);
REVOKE UPDATE, DELETE, TRUNCATE ON insurer_claim_statement_county FROM ${runtime};

-- Bank transfers beside premiums: of an insurer for a month's claims, and of whoever owes a year's outcome.
CREATE TABLE insurer_transfer (
  contract_no text COLLATE "C" NOT NULL,
  reference   text   NOT NULL,
  -- yyyyMM of claims, yyyy of a year's outcome
  period      int    NOT NULL,
  -- positive: to the fund
  amount_fen  bigint NOT NULL,
  paid_on     date   NOT NULL,
  cashier     text   NOT NULL,
  approver    text   NOT NULL,
  recorded_at timestamptz NOT NULL,
  PRIMARY KEY (contract_no, reference),
  CONSTRAINT something_is_transferred CHECK (amount_fen <> 0),
  CONSTRAINT two_people_pay CHECK (cashier <> approver)
);
CREATE INDEX transfer_of_period ON insurer_transfer (contract_no, period);
REVOKE UPDATE, DELETE, TRUNCATE ON insurer_transfer FROM ${runtime};
