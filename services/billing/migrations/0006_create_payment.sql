-- Money that came in, by channel and the channel's own reference: the same reference again is the same money. Where it is now always adds up to what came.
CREATE TABLE payment (
  payment_no    bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  channel       text COLLATE "C" NOT NULL,
  reference     text COLLATE "C" NOT NULL,
  content       bytea NOT NULL,
  amount_fen    bigint NOT NULL,
  value_on      date NOT NULL,
  payer         text NOT NULL,
  taken_by      text NOT NULL,
  received_at   timestamptz NOT NULL,
  allocated_fen bigint NOT NULL,
  suspense_fen  bigint NOT NULL,
  refunded_fen  bigint NOT NULL,
  CONSTRAINT a_reference_pays_once UNIQUE (channel, reference),
  CONSTRAINT channel_is_known CHECK (channel ~ '^(counter|village|(bank|online)-[a-z0-9]{1,20})$'),
  CONSTRAINT something_is_paid CHECK (amount_fen > 0),
  CONSTRAINT nothing_disappears CHECK (amount_fen = allocated_fen + suspense_fen + refunded_fen AND allocated_fen >= 0 AND suspense_fen >= 0 AND refunded_fen >= 0)
) WITH (fillfactor = 80);
CREATE INDEX payment_by_day ON payment (value_on, channel);
REVOKE UPDATE, DELETE, TRUNCATE ON payment FROM ${runtime};
GRANT UPDATE (content, allocated_fen, suspense_fen, refunded_fen) ON payment TO ${runtime};

CREATE TABLE receipt (
  receipt_no bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  payment_no bigint NOT NULL REFERENCES payment,
  issued_by  text NOT NULL,
  issued_at  timestamptz NOT NULL
);
CREATE INDEX receipt_by_payment ON receipt (payment_no);
REVOKE UPDATE, DELETE, TRUNCATE ON receipt FROM ${runtime};

-- For whom a payment's money is; negative: taken back for a refund, or moved to the record that leads on after a merge. Never changed.
CREATE TABLE allocation (
  allocation_no bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  payment_no    bigint NOT NULL REFERENCES payment,
  receipt_no    bigint REFERENCES receipt,
  psn_no        text COLLATE "C" NOT NULL,
  insutype      text COLLATE "C" NOT NULL,
  year          int NOT NULL,
  amount_fen    bigint NOT NULL,
  cause         text NOT NULL,
  made_at       timestamptz NOT NULL,
  CONSTRAINT cause_is_known CHECK (cause IN ('payment', 'suspense', 'merge', 'refund')),
  CONSTRAINT only_refunds_and_merges_take_back CHECK (amount_fen <> 0 AND (cause = 'merge' OR (amount_fen < 0) = (cause = 'refund'))),
  CONSTRAINT what_came_has_a_receipt CHECK ((receipt_no IS NULL) = (cause IN ('merge', 'refund')))
);
CREATE INDEX allocation_by_payment ON allocation (payment_no);
CREATE INDEX allocation_by_person ON allocation (psn_no, insutype, year);
REVOKE UPDATE, DELETE, TRUNCATE ON allocation FROM ${runtime};

-- Money of a payment that nobody's due takes, until somebody decides. Held: a refund of it is under way.
CREATE TABLE suspense_item (
  suspense_no bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  payment_no  bigint NOT NULL REFERENCES payment,
  reason      text NOT NULL,
  psn_no      text COLLATE "C" NOT NULL,
  insutype    text COLLATE "C" NOT NULL,
  year        int NOT NULL,
  amount_fen  bigint NOT NULL,
  left_fen    bigint NOT NULL,
  held_fen    bigint NOT NULL DEFAULT 0,
  created_at  timestamptz NOT NULL,
  CONSTRAINT what_is_left_was_there CHECK (amount_fen > 0 AND left_fen <= amount_fen AND held_fen <= left_fen AND held_fen >= 0)
);
CREATE INDEX suspense_item_by_payment ON suspense_item (payment_no);
CREATE INDEX suspense_work_list ON suspense_item (suspense_no) WHERE left_fen > 0;
REVOKE UPDATE, DELETE, TRUNCATE ON suspense_item FROM ${runtime};
GRANT UPDATE (left_fen, held_fen) ON suspense_item TO ${runtime};

-- Who decided that an item's money is a person's, and why. Never changed.
CREATE TABLE suspense_decision (
  request_key text COLLATE "C" PRIMARY KEY,
  suspense_no bigint NOT NULL REFERENCES suspense_item,
  psn_no      text COLLATE "C" NOT NULL,
  insutype    text COLLATE "C" NOT NULL,
  year        int NOT NULL,
  amount_fen  bigint NOT NULL,
  receipt_no  bigint NOT NULL REFERENCES receipt,
  reason      text NOT NULL,
  decided_by  text NOT NULL,
  decided_at  timestamptz NOT NULL
);
CREATE INDEX suspense_decision_by_item ON suspense_decision (suspense_no);
REVOKE UPDATE, DELETE, TRUNCATE ON suspense_decision FROM ${runtime};

-- A cashier's day, counted and closed: nothing is taken on it any more.
CREATE TABLE counter_closing (
  cashier     text NOT NULL,
  day_on      date NOT NULL,
  payments    bigint NOT NULL,
  taken_fen   bigint NOT NULL,
  counted_fen bigint NOT NULL,
  explanation text NOT NULL,
  approver    text NOT NULL,
  closed_at   timestamptz NOT NULL,
  PRIMARY KEY (cashier, day_on),
  CONSTRAINT a_difference_is_explained CHECK (taken_fen = counted_fen OR (explanation <> '' AND approver <> '' AND approver <> cashier))
);
REVOKE UPDATE, DELETE, TRUNCATE ON counter_closing FROM ${runtime};

-- A village collector's day: a list of persons and the cash for it, which is one payment.
CREATE TABLE village_hand_in (
  payment_no  bigint PRIMARY KEY REFERENCES payment,
  village     text COLLATE "C" NOT NULL,
  collector   text NOT NULL,
  day_on      date NOT NULL,
  persons     int NOT NULL,
  listed_fen  bigint NOT NULL,
  cash_fen    bigint NOT NULL,
  explanation text NOT NULL,
  approver    text NOT NULL,
  CONSTRAINT a_surplus_is_explained CHECK (cash_fen = listed_fen OR (cash_fen > listed_fen AND explanation <> '' AND approver <> ''))
);
CREATE INDEX village_hand_in_by_day ON village_hand_in (day_on, village);
REVOKE UPDATE, DELETE, TRUNCATE ON village_hand_in FROM ${runtime};

-- What an online channel was asked to collect.
CREATE TABLE online_order (
  order_no    bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  request_key text COLLATE "C" NOT NULL,
  channel     text COLLATE "C" NOT NULL,
  payer       text NOT NULL,
  amount_fen  bigint NOT NULL,
  psn_nos     text[] NOT NULL,
  insutype    text COLLATE "C" NOT NULL,
  year        int NOT NULL,
  amounts_fen bigint[] NOT NULL,
  ordered_at  timestamptz NOT NULL,
  CONSTRAINT a_request_orders_once UNIQUE (request_key),
  CONSTRAINT a_person_an_amount CHECK (cardinality(psn_nos) = cardinality(amounts_fen) AND cardinality(psn_nos) > 0)
);
REVOKE UPDATE, DELETE, TRUNCATE ON online_order FROM ${runtime};

-- Empty, always: payments whose parts do not say what the payment says, and assessments that say more or less than was allocated to them.
CREATE VIEW money_difference AS
  SELECT 'payment ' || p.payment_no AS what, p.amount_fen AS said_fen,
    coalesce((SELECT sum(amount_fen) FROM allocation a WHERE a.payment_no = p.payment_no), 0)
      + coalesce((SELECT sum(left_fen) FROM suspense_item s WHERE s.payment_no = p.payment_no), 0) + p.refunded_fen AS found_fen
  FROM payment p
  WHERE p.allocated_fen <> coalesce((SELECT sum(amount_fen) FROM allocation a WHERE a.payment_no = p.payment_no), 0)
     OR p.suspense_fen <> coalesce((SELECT sum(left_fen) FROM suspense_item s WHERE s.payment_no = p.payment_no), 0)
  UNION ALL
  SELECT 'assessment ' || s.psn_no || ' ' || s.insutype || ' ' || s.year, s.paid_fen, coalesce(a.amount_fen, 0)
  FROM assessment s LEFT JOIN (SELECT psn_no, insutype, year, sum(amount_fen) AS amount_fen FROM allocation GROUP BY psn_no, insutype, year) a USING (psn_no, insutype, year)
  WHERE s.paid_fen <> coalesce(a.amount_fen, 0);
