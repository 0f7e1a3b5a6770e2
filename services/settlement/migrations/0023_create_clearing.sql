-- The city's side: a month is opened once by two people, and its transfers are ordered by two. Empty in a county.
CREATE TABLE clearing_month (
  month       int         PRIMARY KEY,
  opened_by   text[]      NOT NULL,
  opened_at   timestamptz NOT NULL,
  CONSTRAINT month_is_a_month CHECK (month % 100 BETWEEN 1 AND 12)
);

-- What two counties owe each other for a month. What both say the same is fixed and never changed; until then the pair waits, and in the next month it is carried into that one.
CREATE TABLE clearing_pair (
  month           int    NOT NULL REFERENCES clearing_month,
  county_a        text   NOT NULL,
  county_b        text   NOT NULL,
  -- open, missing, differs: waits; agreed, confirmed, ordered, settled: fixed; carried: into a later month; nothing: no bill between them
  state           text   NOT NULL DEFAULT 'open',
  reason          text   NOT NULL DEFAULT '',
  looked_at       timestamptz,
  -- of county_a's persons in county_b, and the other way: up to which number this and all months before are fixed
  a_to_no         bigint,
  b_to_no         bigint,
  -- medinsure.settlement.v1.PairSum
  a_owes          bytea,
  b_owes          bytea,
  explanation     text   NOT NULL DEFAULT '',
  explained_by    text[] NOT NULL DEFAULT '{}',
  a_confirmed_by  text[] NOT NULL DEFAULT '{}',
  b_confirmed_by  text[] NOT NULL DEFAULT '{}',
  a_booked        boolean NOT NULL DEFAULT false,
  b_booked        boolean NOT NULL DEFAULT false,
  ordered_by      text[] NOT NULL DEFAULT '{}',
  PRIMARY KEY (month, county_a, county_b),
  CONSTRAINT a_pair_has_one_order CHECK (county_a < county_b),
  CONSTRAINT state_is_known CHECK (state IN ('open', 'missing', 'differs', 'agreed', 'confirmed', 'ordered', 'settled', 'carried', 'nothing')),
  CONSTRAINT what_is_fixed_is_there CHECK (state NOT IN ('agreed', 'confirmed', 'ordered', 'settled', 'nothing') OR (a_to_no IS NOT NULL AND b_to_no IS NOT NULL AND a_owes IS NOT NULL AND b_owes IS NOT NULL))
);

-- Bills on which a pair's counties do not agree, as they were at the last look.
CREATE TABLE clearing_difference (
  month           int    NOT NULL,
  home_county     text   NOT NULL,
  provider_county text   NOT NULL,
  pair_no         bigint NOT NULL,
  -- empty: that side does not have it
  home_setl_id     text  NOT NULL,
  provider_setl_id text  NOT NULL,
  home_fen        bigint NOT NULL,
  provider_fen    bigint NOT NULL,
  what            text   NOT NULL,
  PRIMARY KEY (month, home_county, provider_county, pair_no)
);

-- A county's side: what the city says that both agree on. Never changed but by the county's own acts.
CREATE TABLE clearing_statement (
  month         int    NOT NULL,
  other_county  text   NOT NULL,
  -- medinsure.settlement.v1.PairSum: what this county owes, what it is owed
  owes          bytea  NOT NULL,
  owed          bytea  NOT NULL,
  received_at   timestamptz NOT NULL,
  confirmed_by  text[] NOT NULL DEFAULT '{}',
  confirmed_at  timestamptz,
  -- both counties confirmed, and what offsets is booked
  booked_at     timestamptz,
  PRIMARY KEY (month, other_county),
  CONSTRAINT booked_after_confirmed CHECK (booked_at IS NULL OR confirmed_at IS NOT NULL)
);

-- Transfers between counties that the city ordered: all of them at the city, its own at a county.
CREATE TABLE clearing_transfer (
  order_no    text   PRIMARY KEY,
  month       int    NOT NULL,
  payer       text   NOT NULL,
  payee       text   NOT NULL,
  fund        text[] NOT NULL,
  fund_fen    bigint[] NOT NULL,
  amount_fen  bigint NOT NULL,
  paid_on     date,
  reference   text   NOT NULL DEFAULT '',
  paid_by     text[] NOT NULL DEFAULT '{}',
  arrived_on  date,
  arrived_by  text[] NOT NULL DEFAULT '{}',
  CONSTRAINT a_month_has_one_transfer_each_way UNIQUE (month, payer, payee),
  CONSTRAINT amount_is_positive CHECK (amount_fen > 0),
  CONSTRAINT every_fund_has_its_amount CHECK (cardinality(fund) = cardinality(fund_fen)),
  CONSTRAINT paid_with_a_reference CHECK ((paid_on IS NULL) = (reference = '')),
  CONSTRAINT arrives_after_it_is_paid CHECK (arrived_on IS NULL OR paid_on IS NOT NULL)
);
CREATE UNIQUE INDEX a_bank_reference_pays_one_transfer ON clearing_transfer (payer, reference) WHERE reference <> '';
REVOKE DELETE, TRUNCATE ON clearing_month, clearing_pair, clearing_statement, clearing_transfer FROM ${runtime};
