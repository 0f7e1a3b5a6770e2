-- Tells a version from another one with its number, which a registry restored from a backup may publish. Made by the database, so that an
-- earlier release that does not know of it goes on publishing.
ALTER TABLE publication ADD COLUMN mark uuid NOT NULL DEFAULT gen_random_uuid();
