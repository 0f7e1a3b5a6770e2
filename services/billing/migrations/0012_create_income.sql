-- The county's numbers of income, one after the other without a gap: who posts holds the row until the commit.
CREATE TABLE income_counter (
  one             boolean PRIMARY KEY DEFAULT true,
  last_income_no  bigint NOT NULL,
  last_posting_no bigint NOT NULL,
  CONSTRAINT there_is_one_counter CHECK (one)
);
INSERT INTO income_counter (last_income_no, last_posting_no) VALUES (0, 0);
REVOKE INSERT, DELETE, TRUNCATE ON income_counter FROM ${runtime};

-- What the fund received, by source, as settlement hears of it. Never changed: what is taken back is a row with a negative amount.
CREATE TABLE income (
  income_no   bigint PRIMARY KEY,
  posting_no  bigint NOT NULL,
  source      text NOT NULL,
  insutype    text COLLATE "C" NOT NULL,
  period      int NOT NULL,
  amount_fen  bigint NOT NULL,
  account_fen bigint NOT NULL,
  value_on    date NOT NULL,
  channel     text COLLATE "C" NOT NULL,
  payer       text NOT NULL,
  reference   text COLLATE "C" NOT NULL,
  posted_at   timestamptz NOT NULL,
  CONSTRAINT source_is_known CHECK (source IN ('personal', 'central', 'province', 'city', 'county', 'employer', 'employee', 'collective', 'aid', 'interest', 'late_charge', 'transfer_in', 'suspense')),
  CONSTRAINT something_came CHECK (amount_fen <> 0),
  CONSTRAINT accounts_get_a_part CHECK (account_fen = 0 OR (sign(account_fen) = sign(amount_fen) AND abs(account_fen) <= abs(amount_fen))),
  CONSTRAINT nobody_knows_what_suspense_is_for CHECK (source <> 'suspense' OR (insutype = '' AND period = 0 AND account_fen = 0))
);
CREATE INDEX income_by_day ON income (value_on, channel);
REVOKE UPDATE, DELETE, TRUNCATE ON income FROM ${runtime};

-- Empty, always: days and channels whose income is not what came by them less what was paid back.
CREATE VIEW income_difference AS
  SELECT value_on, channel, sum(income_fen)::bigint AS income_fen, sum(moved_fen)::bigint AS moved_fen
  FROM (
    SELECT value_on, channel, amount_fen AS income_fen, 0 AS moved_fen FROM income
    UNION ALL SELECT value_on, channel, 0, amount_fen FROM payment
    UNION ALL SELECT r.paid_on, p.channel, 0, -r.amount_fen FROM refund r JOIN payment p USING (payment_no) WHERE r.state = 'paid'
    UNION ALL SELECT value_on, 'treasury', 0, amount_fen FROM subsidy_arrival
  ) m
  GROUP BY value_on, channel HAVING sum(income_fen) <> sum(moved_fen);
