-- Where households live, by the agency's list: for lists of who has not paid. The last word about a household counts.
CREATE TABLE household_place (
  household_no text COLLATE "C" PRIMARY KEY,
  township     text COLLATE "C" NOT NULL,
  village      text COLLATE "C" NOT NULL,
  stated_by    text NOT NULL,
  stated_at    timestamptz NOT NULL
);
CREATE INDEX household_place_by_village ON household_place (township, village);
REVOKE DELETE, TRUNCATE ON household_place FROM ${runtime};
