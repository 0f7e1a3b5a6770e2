-- As enrollment's event tells it; nothing is taken for a dead person, and what was paid for a year that had not begun is refunded.
ALTER TABLE insured_person ADD COLUMN died_on date;
