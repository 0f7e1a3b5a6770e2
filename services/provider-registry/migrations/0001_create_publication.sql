-- Every version ever published, by kind. The import that publishes it writes its rows in the same transaction.
CREATE TABLE publication (
  kind text COLLATE "C" NOT NULL,
  version bigint NOT NULL,
  rows_changed integer NOT NULL,
  published_at timestamptz NOT NULL,
  PRIMARY KEY (kind, version),
  CONSTRAINT kind_is_known CHECK (kind IN ('catalog', 'diseases', 'providers')),
  CONSTRAINT versions_count_from_one CHECK (version >= 1),
  CONSTRAINT a_version_changes_something CHECK (rows_changed >= 1)
);

REVOKE UPDATE, DELETE ON publication FROM ${runtime};
