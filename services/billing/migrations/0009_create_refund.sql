-- Money that goes back: proposed by one, approved by another, paid out. From a suspense item, or from what a payment brought for a person's year.
CREATE TABLE refund (
  refund_no   bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  request_key text COLLATE "C" NOT NULL,
  payment_no  bigint NOT NULL REFERENCES payment,
  suspense_no bigint REFERENCES suspense_item,
  psn_no      text COLLATE "C" NOT NULL,
  insutype    text COLLATE "C" NOT NULL,
  year        int NOT NULL,
  amount_fen  bigint NOT NULL,
  cause       text NOT NULL,
  reason      text NOT NULL,
  payee       text NOT NULL,
  proposed_by text NOT NULL,
  proposed_at timestamptz NOT NULL,
  state       text NOT NULL DEFAULT 'proposed',
  decided_by  text NOT NULL DEFAULT '',
  decided_at  timestamptz,
  remark      text NOT NULL DEFAULT '',
  paid_by     text NOT NULL DEFAULT '',
  paid_on     date,
  reference   text COLLATE "C" NOT NULL DEFAULT '',
  CONSTRAINT a_request_refunds_once UNIQUE (request_key),
  CONSTRAINT something_goes_back CHECK (amount_fen > 0),
  CONSTRAINT cause_is_known CHECK (cause IN ('duplicate', 'death', 'overpaid', 'withdrawn', 'unknown')),
  CONSTRAINT state_is_known CHECK (state IN ('proposed', 'approved', 'rejected', 'paid')),
  CONSTRAINT another_person_decides CHECK ((state = 'proposed') = (decided_by = '') AND decided_by <> proposed_by),
  CONSTRAINT what_is_paid_out_has_a_reference CHECK ((state = 'paid') = (reference <> '') AND (state = 'paid') = (paid_on IS NOT NULL) AND (state = 'paid') = (paid_by <> ''))
);
CREATE UNIQUE INDEX a_reference_pays_out_once ON refund (reference) WHERE reference <> '';
CREATE INDEX refund_by_state ON refund (state, refund_no);
CREATE INDEX refund_by_payment ON refund (payment_no);
REVOKE UPDATE, DELETE, TRUNCATE ON refund FROM ${runtime};
GRANT UPDATE (suspense_no, state, decided_by, decided_at, remark, paid_by, paid_on, reference) ON refund TO ${runtime};
