-- A case is referred to the county of the provider.
-- widens: one more kind, every older row and writer passes
ALTER TABLE case_effect DROP CONSTRAINT kind_is_known, ADD CONSTRAINT kind_is_known CHECK (kind IN ('book_notice', 'reverse_notice', 'book_recovery', 'suspend', 'resume', 'terminate', 'refer'));
