-- A relative's personal account pays of the person's bills of these days (yyyymmdd), after the person's own; seq and idx are the order in which several do.
CREATE TABLE family_consent (
  psn_no      text        NOT NULL,
  payer_no    text        NOT NULL,
  from_on     int         NOT NULL,
  -- 0: until further notice
  to_on       int         NOT NULL,
  -- what the person is to the payer
  relation    text        NOT NULL,
  evidence    text        NOT NULL,
  recorded_at timestamptz NOT NULL,
  withdrawn   boolean     NOT NULL,
  reason      text        NOT NULL,
  seq         bigint      NOT NULL,
  idx         int         NOT NULL,
  PRIMARY KEY (psn_no, payer_no),
  CONSTRAINT nobody_is_his_own_relative CHECK (psn_no <> payer_no),
  CONSTRAINT ends_not_before_it_begins CHECK (to_on = 0 OR to_on >= from_on)
);
CREATE INDEX consent_of_payer ON family_consent (payer_no);

-- Relatives' accounts stand beside the person's own. Older rows satisfied the same with 0, so they need not be read again; a process of the release before writes 0.
ALTER TABLE claim ADD COLUMN family_account_fen bigint NOT NULL DEFAULT 0;
ALTER TABLE claim DROP CONSTRAINT account_and_cash_sum_to_person_share;
-- widens: with 0, as the release before writes, it is the same sum
ALTER TABLE claim ADD CONSTRAINT account_family_and_cash_sum_to_person_share CHECK (person_share_fen = account_fen + family_account_fen + cash_fen) NOT VALID;
-- widens: 0, as the release before writes, has every sign
ALTER TABLE claim ADD CONSTRAINT family_account_has_the_sign_of_the_row CHECK (sign(family_account_fen) IN (0, CASE WHEN total_fen < 0 THEN -1 ELSE 1 END)) NOT VALID;
ALTER TABLE claim_correction ADD COLUMN family_account_fen bigint NOT NULL DEFAULT 0;
ALTER TABLE claim_correction DROP CONSTRAINT account_and_cash_sum_to_person_share;
-- widens: with 0, as the release before writes, it is the same sum
ALTER TABLE claim_correction ADD CONSTRAINT account_family_and_cash_sum_to_person_share CHECK (person_share_fen = account_fen + family_account_fen + cash_fen) NOT VALID;
