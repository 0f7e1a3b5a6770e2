-- Files between providers and the agency until they expire: what a provider sent (9101) and the results it fetches (9102), zips both.
CREATE TABLE provider_file (
  number         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  fixmedins_code text        NOT NULL,
  is_result      boolean     NOT NULL,
  file_name      text        NOT NULL,
  sha256         bytea       NOT NULL,
  content        bytea       NOT NULL,
  stored_at      timestamptz NOT NULL,
  expires_at     timestamptz NOT NULL,
  CONSTRAINT the_same_file_is_one UNIQUE (fixmedins_code, is_result, file_name, sha256),
  CONSTRAINT digest_is_sha256 CHECK (octet_length(sha256) = 32),
  CONSTRAINT expires_after_it_came CHECK (expires_at > stored_at)
);
-- Packed already.
ALTER TABLE provider_file ALTER COLUMN content SET STORAGE EXTERNAL;
CREATE INDEX file_to_expire ON provider_file (expires_at);

-- The newest comparison of a provider's rows with ours, by group of rows and period. Empty types: all of them.
CREATE TABLE provider_comparison (
  fixmedins_code text        NOT NULL,
  from_on        date        NOT NULL,
  to_on          date        NOT NULL,
  insutype       text        NOT NULL,
  clearing_type  text        NOT NULL,
  refd_setl_flag text        NOT NULL,
  -- also rows that other counties settled
  everywhere     boolean     NOT NULL,
  -- row by row, with a file
  by_row         boolean     NOT NULL,
  -- stmt_rslt: 0 equal, 1 we have more, 2 the provider has more, 3 amounts differ
  result         smallint    NOT NULL,
  declared_count bigint      NOT NULL,
  declared_total_fen bigint  NOT NULL,
  declared_fund_fen  bigint  NOT NULL,
  our_count      bigint      NOT NULL,
  our_total_fen  bigint      NOT NULL,
  our_fund_fen   bigint      NOT NULL,
  -- by row only: the days of our rows that differ, and how many rows of the provider's we lack
  differing_on   date[]      NOT NULL,
  provider_more  int         NOT NULL,
  -- what had come when it was made: our journal's rows, other counties' vouchers
  up_to_seq      bigint      NOT NULL,
  up_to_voucher  bigint      NOT NULL,
  compared_at    timestamptz NOT NULL,
  PRIMARY KEY (fixmedins_code, from_on, to_on, insutype, clearing_type, refd_setl_flag, everywhere),
  CONSTRAINT period_is_in_order CHECK (to_on >= from_on),
  CONSTRAINT result_is_known CHECK (result BETWEEN 0 AND 3),
  CONSTRAINT flag_is_known CHECK (refd_setl_flag IN ('', '0', '1')),
  CONSTRAINT only_files_name_rows CHECK (by_row OR provider_more = 0 AND differing_on = '{}')
);
CREATE INDEX comparison_by_end ON provider_comparison (fixmedins_code, to_on);

-- What a provider reconciles, by who settled it. arrival says in which order rows came: of ours the journal's, of other counties' the vouchers'.
CREATE VIEW reconciled_claim AS
  SELECT left(setl_id, 6) AS home_county, false AS elsewhere, seq AS arrival, setl_id, mdtrt_id, psn_no, fixmedins_code, insutype, clearing_type, settled_at, message_id, reverses_setl_id, total_fen, fund_total_fen,
    account_fen, family_account_fen, cash_fen
  FROM claim
  UNION ALL
  SELECT home_county, true, voucher_no, setl_id, mdtrt_id, psn_no, fixmedins_code, insutype, clearing_type, settled_at, message_id, reverses_setl_id, total_fen, fund_total_fen,
    account_fen, family_account_fen, cash_fen
  FROM off_county_claim;
