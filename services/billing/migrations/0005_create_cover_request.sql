-- Persons whom enrollment has enrolled for a year and who are covered when they have paid: newcomers, newborns, foetuses, who came late.
CREATE TABLE cover_request (
  psn_no       text COLLATE "C" NOT NULL,
  insutype     text COLLATE "C" NOT NULL,
  year         int NOT NULL,
  psn_type     text NOT NULL,
  who          text NOT NULL,
  requested_on date NOT NULL,
  event_on     date,
  withdrawn    boolean NOT NULL,
  PRIMARY KEY (psn_no, insutype, year)
);
REVOKE DELETE, TRUNCATE ON cover_request FROM ${runtime};
