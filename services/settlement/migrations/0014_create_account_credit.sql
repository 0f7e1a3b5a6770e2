-- What billing has credited to each account in all, as its last event told.
CREATE TABLE account_credit (
  psn_no    text   NOT NULL PRIMARY KEY,
  total_fen bigint NOT NULL,
  version   bigint NOT NULL
) WITH (fillfactor = 80);

-- Money that left an account without a bill, from the journal.
CREATE TABLE account_withdrawal (
  withdrawal_no text        NOT NULL PRIMARY KEY,
  psn_no        text        NOT NULL,
  cause         text        NOT NULL,
  amount_fen    bigint      NOT NULL,
  withdrawn_at  timestamptz NOT NULL,
  seq           bigint      NOT NULL,
  CONSTRAINT something_is_withdrawn CHECK (amount_fen > 0)
);
CREATE INDEX withdrawal_of_person ON account_withdrawal (psn_no);
REVOKE UPDATE, DELETE, TRUNCATE ON account_withdrawal FROM ${runtime};
