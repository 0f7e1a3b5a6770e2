-- 零星报销: bills that persons paid themselves, from the clerk's entry to the settlement. What was settled is the journal's; this is who did what before.
CREATE TABLE manual_claim (
  number             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  -- the caller's own: asking again under it gives the same claim
  request_no         text        NOT NULL,
  state              text        NOT NULL DEFAULT 'entered',
  psn_no             text        NOT NULL,
  -- who wrote the invoices: a code, or a name
  provider_key       text        NOT NULL,
  is_stay            boolean     NOT NULL,
  begin_on           date        NOT NULL,
  end_on             date        NOT NULL,
  total_fen          bigint      NOT NULL,
  -- the bill as it was entered, money in fen
  bill               jsonb       NOT NULL,
  -- personal data: for the bank's file alone
  account_no         text        NOT NULL,
  account_name       text        NOT NULL,
  bank               text        NOT NULL,
  entered_by         text        NOT NULL,
  entered_at         timestamptz NOT NULL,
  first_reviewed_by  text        NOT NULL DEFAULT '',
  first_reviewed_at  timestamptz,
  second_reviewed_by text        NOT NULL DEFAULT '',
  second_reviewed_at timestamptz,
  approved_by        text        NOT NULL DEFAULT '',
  approved_at        timestamptz,
  fund_total_fen     bigint,
  setl_id            text        NOT NULL DEFAULT '',
  -- who rejected, withdrew or took it back, and who released a taking back
  ended_by           text        NOT NULL DEFAULT '',
  ended_with         text        NOT NULL DEFAULT '',
  ended_at           timestamptz,
  reason             text        NOT NULL DEFAULT '',
  reversal_setl_id   text        NOT NULL DEFAULT '',
  CONSTRAINT a_request_makes_one_claim UNIQUE (request_no),
  CONSTRAINT state_is_known CHECK (state IN ('entered', 'first_reviewed', 'second_reviewed', 'approved', 'settled', 'rejected', 'withdrawn', 'reversed')),
  CONSTRAINT it_is_about_money CHECK (total_fen > 0),
  CONSTRAINT ends_not_before_it_begins CHECK (end_on >= begin_on),
  CONSTRAINT a_first_reviews CHECK (state NOT IN ('first_reviewed', 'second_reviewed', 'approved', 'settled', 'reversed') OR first_reviewed_by <> '' AND first_reviewed_by <> entered_by),
  CONSTRAINT a_second_reviews CHECK (state NOT IN ('second_reviewed', 'approved', 'settled', 'reversed') OR second_reviewed_by <> '' AND second_reviewed_by NOT IN (entered_by, first_reviewed_by)),
  CONSTRAINT a_third_approves CHECK (state NOT IN ('approved', 'settled', 'reversed')
    OR approved_by <> '' AND approved_by NOT IN (entered_by, first_reviewed_by, second_reviewed_by) AND fund_total_fen IS NOT NULL),
  CONSTRAINT what_is_settled_says_where CHECK ((state IN ('settled', 'reversed')) = (setl_id <> '')),
  CONSTRAINT an_end_says_who CHECK ((state IN ('rejected', 'withdrawn', 'reversed')) = (ended_at IS NOT NULL) AND (state NOT IN ('rejected', 'withdrawn', 'reversed') OR ended_by <> '')),
  CONSTRAINT two_people_take_back CHECK (state <> 'reversed' OR ended_with <> '' AND ended_with <> ended_by AND reversal_setl_id <> '')
);
CREATE INDEX manual_claim_of_person ON manual_claim (psn_no);
CREATE INDEX manual_claim_by_state ON manual_claim (state, number);
CREATE UNIQUE INDEX manual_claim_of_settlement ON manual_claim (setl_id) WHERE setl_id <> '';
REVOKE DELETE, TRUNCATE ON manual_claim FROM ${runtime};

CREATE TABLE manual_claim_invoice (
  number       bigint  NOT NULL REFERENCES manual_claim,
  provider_key text    NOT NULL,
  invoice_no   text    NOT NULL,
  -- false: its claim was rejected, withdrawn or taken back
  standing     boolean NOT NULL DEFAULT true,
  PRIMARY KEY (number, invoice_no)
);
CREATE UNIQUE INDEX an_invoice_is_reimbursed_once ON manual_claim_invoice (provider_key, invoice_no) WHERE standing;
REVOKE DELETE, TRUNCATE ON manual_claim_invoice FROM ${runtime};

-- Digests of the papers; the files lie elsewhere.
CREATE TABLE manual_claim_attachment (
  number     bigint NOT NULL REFERENCES manual_claim,
  sha256     text   NOT NULL,
  name       text   NOT NULL,
  size_bytes bigint NOT NULL,
  added_by   text   NOT NULL,
  added_at   timestamptz NOT NULL,
  PRIMARY KEY (number, sha256),
  CONSTRAINT digest_is_one CHECK (sha256 ~ '^[0-9a-f]{64}$'),
  CONSTRAINT file_is_not_empty CHECK (size_bytes > 0)
);
REVOKE UPDATE, DELETE, TRUNCATE ON manual_claim_attachment FROM ${runtime};

ALTER TABLE person_benefit DROP CONSTRAINT kind_is_known;
-- widens: one kind more than the release before writes
ALTER TABLE person_benefit ADD CONSTRAINT kind_is_known CHECK (kind IN ('year_end', 'correction', 'manual'));

-- A paper bill is the agency's own, not a provider's: nothing is owed to a provider for it.
CREATE OR REPLACE VIEW provider_claim AS
  SELECT left(setl_id, 6) AS home_county, setl_id, mdtrt_id, psn_no, fixmedins_code, insutype, med_type, clearing_type, settled_at, is_stay, message_id, reverses_setl_id, total_fen, full_self_pay_fen, in_scope_fen,
    fund_total_fen, hospital_share_fen, person_share_fen, account_fen, family_account_fen, cash_fen
  FROM claim WHERE provider_county = left(setl_id, 6) AND fixmedins_code <> left(setl_id, 6) || '-DESK'
  UNION ALL
  SELECT home_county, setl_id, mdtrt_id, psn_no, fixmedins_code, insutype, med_type, clearing_type, settled_at, is_stay, message_id, reverses_setl_id, total_fen, full_self_pay_fen, in_scope_fen,
    fund_total_fen, hospital_share_fen, person_share_fen, account_fen, family_account_fen, cash_fen
  FROM off_county_claim;
