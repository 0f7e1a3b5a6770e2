-- A batch that its bank never answers is closed by two people: its persons may be asked for again. What the bank tells of it later is booked all the same.
-- widens: older writers leave the new columns empty, which passes
ALTER TABLE bank_batch
  ADD COLUMN closed_at timestamptz,
  ADD COLUMN closed_by text NOT NULL DEFAULT '',
  ADD COLUMN closing_approver text NOT NULL DEFAULT '',
  ADD COLUMN closing_reason text NOT NULL DEFAULT '',
  ADD CONSTRAINT two_people_close_it CHECK ((closed_at IS NULL) = (closed_by = '') AND (closed_by = '' OR (closing_approver <> '' AND closing_approver <> closed_by AND closing_reason <> '')));
GRANT UPDATE (closed_at, closed_by, closing_approver, closing_reason) ON bank_batch TO ${runtime};
