-- What billing has credited to a person's account and what settlement has taken from it: the sums of the entries. One row a person, whose lock is the order of their entries.
CREATE TABLE account (
  psn_no       text COLLATE "C" PRIMARY KEY,
  credited_fen bigint NOT NULL,
  debited_fen  bigint NOT NULL,
  version      bigint NOT NULL
) WITH (fillfactor = 80);
REVOKE DELETE, TRUNCATE ON account FROM ${runtime};

-- Every fen that came to an account or left it, once by kind and reference. Never changed: what was wrong is corrected by a further entry.
CREATE TABLE account_entry (
  entry_no     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  psn_no       text COLLATE "C" NOT NULL REFERENCES account,
  kind         text COLLATE "C" NOT NULL,
  reference    text COLLATE "C" NOT NULL,
  amount_fen   bigint NOT NULL,
  effective_on date NOT NULL,
  booked_at    timestamptz NOT NULL,
  beneficiary  text COLLATE "C" NOT NULL DEFAULT '',
  CONSTRAINT an_act_is_booked_once UNIQUE (psn_no, kind, reference),
  CONSTRAINT something_is_booked CHECK (amount_fen <> 0 AND reference <> ''),
  CONSTRAINT kind_is_known CHECK (kind IN ('credit', 'correction', 'interest', 'inheritance', 'transfer_in', 'merge_credits', 'merge_debits', 'settlement', 'settlement_correction', 'mutual_aid', 'withdrawal')),
  CONSTRAINT a_relative_is_named CHECK ((kind = 'mutual_aid') = (beneficiary <> ''))
);
CREATE INDEX account_entry_by_person ON account_entry (psn_no, entry_no);
REVOKE UPDATE, DELETE, TRUNCATE ON account_entry FROM ${runtime};

-- Empty, always: accounts whose sums are not those of their entries.
CREATE VIEW account_difference AS
  SELECT a.psn_no, a.credited_fen - a.debited_fen AS said_fen, coalesce(sum(e.amount_fen), 0) AS found_fen
  FROM account a LEFT JOIN account_entry e USING (psn_no) GROUP BY a.psn_no
  HAVING a.credited_fen <> coalesce(sum(e.amount_fen) FILTER (WHERE e.kind IN ('credit', 'correction', 'interest', 'inheritance', 'transfer_in', 'merge_credits')), 0)
      OR a.debited_fen <> -coalesce(sum(e.amount_fen) FILTER (WHERE e.kind IN ('merge_debits', 'settlement', 'settlement_correction', 'mutual_aid', 'withdrawal')), 0);
