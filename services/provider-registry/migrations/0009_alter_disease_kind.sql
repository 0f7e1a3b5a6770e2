-- Children whose congenital heart disease is treated free of charge (policy-parameters.md, Yongding): a list without amounts.
-- widens: one more kind of list, every older row and writer passes
ALTER TABLE disease DROP CONSTRAINT disease_kind_is_known, ADD CONSTRAINT disease_kind_is_known CHECK (
  kind IN ('special_outpatient', 'chronic_outpatient', 'special_outpatient_child', 'congenital_heart_child', 'per_disease', 'per_eye', 'delivery'));
