-- How far each feed of a county (or of the city itself) is read, and what its source has more. A feed is built anew beside the one that readers see, under a number
-- of its own, and takes its place when it has caught up.
CREATE TABLE feed_build (
    feed text COLLATE "C" NOT NULL,
    county text COLLATE "C" NOT NULL,
    build int NOT NULL,
    -- 'building' beside the 'current' one; 'cancelled' and 'replaced' ones lose their facts and then their row
    state text NOT NULL,
    -- the last event read
    seq bigint NOT NULL DEFAULT 0,
    idx int NOT NULL DEFAULT -1,
    -- of a feed that begins with a copy of all there is: the last key copied; null: the copy is over. seq is then where its changes begin
    copied_key text,
    -- of a feed that tells totals: what they hashed to
    told_sha256 bytea NOT NULL DEFAULT '',
    -- where the source ends, as of read_at
    at_seq bigint NOT NULL DEFAULT 0,
    -- events not read yet, and since when the oldest of them waits (null: none)
    behind bigint NOT NULL DEFAULT 0,
    behind_since timestamptz,
    -- events read
    events bigint NOT NULL DEFAULT 0,
    begun_at timestamptz NOT NULL,
    -- when the source was last asked and answered, and when a page last brought something
    read_at timestamptz,
    moved_at timestamptz,
    -- when it first was at its source's end; null: the facts are not all there yet
    caught_up_at timestamptz,
    asked_by text NOT NULL,
    reason text NOT NULL,
    -- since when it fails, and why; '': it does not
    failing_since timestamptz,
    failure text NOT NULL DEFAULT '',
    PRIMARY KEY (feed, county, build),
    CONSTRAINT state_is_known CHECK (state IN ('current', 'building', 'replaced', 'cancelled')),
    CONSTRAINT waiting_has_a_beginning CHECK ((behind = 0) = (behind_since IS NULL)),
    CONSTRAINT failing_says_why CHECK ((failure = '') = (failing_since IS NULL))
);
CREATE UNIQUE INDEX a_feed_has_one_current_build ON feed_build (feed, county) WHERE state = 'current';
CREATE UNIQUE INDEX a_feed_is_built_once_at_a_time ON feed_build (feed, county) WHERE state = 'building';

-- Feed claims: what the county's journal booked of its persons' bills, a row of its own for each act. Amounts are signed: what is reversed is negative, so that sums count.
CREATE TABLE claim_fact (
    county text COLLATE "C" NOT NULL,
    build int NOT NULL,
    -- its place in the journal; part: of a record that books several rows
    seq bigint NOT NULL,
    idx int NOT NULL,
    part int NOT NULL,
    -- settled; reversed, restored; corrected, with its taken_back and brought_back (all without costs); granted (a year-end benefit)
    kind text NOT NULL,
    setl_id text NOT NULL,
    -- the settlement at the start of its chain
    root_setl_id text NOT NULL,
    mdtrt_id text NOT NULL,
    -- merges are followed
    psn_no text COLLATE "C" NOT NULL,
    -- of a paper bill who wrote it, as far as known
    fixmedins_code text NOT NULL,
    provider_county text NOT NULL,
    -- hosp_lv as the national codes have it; provider_level as benefits know it: 3, 2, 1, community, village, pharmacy
    hosp_lv text NOT NULL,
    provider_level text NOT NULL,
    insutype text NOT NULL,
    psn_type text NOT NULL,
    -- those valid on the policy day
    categories text[] NOT NULL,
    med_type text NOT NULL,
    -- clr_type: 11 outpatient, 21 stay, 41 pharmacy
    clr_type text NOT NULL,
    disease_code text NOT NULL,
    -- special_outpatient, chronic_outpatient … by the filing in force; '' none
    disease_kind text NOT NULL,
    -- per_disease, per_eye, delivery … where a fixed amount is paid; '' none
    fixed_kind text NOT NULL,
    off_site boolean NOT NULL,
    -- off-site treatment or referral was on file
    filed boolean NOT NULL,
    -- settled later by the agency, not at the window
    paper boolean NOT NULL,
    -- a part of a stay that went on
    interim boolean NOT NULL,
    begin_on date NOT NULL,
    end_on date NOT NULL,
    policy_on date NOT NULL,
    -- China day of the act
    settled_on date NOT NULL,
    settled_at timestamptz NOT NULL,
    -- 1 of a visit's only or final bill, -1 of its reversal, 0 else; bed days likewise (a stay has at least one)
    visits int NOT NULL,
    bed_days int NOT NULL,
    total_fen bigint NOT NULL,
    full_self_pay_fen bigint NOT NULL,
    over_limit_fen bigint NOT NULL,
    first_pay_fen bigint NOT NULL,
    in_scope_fen bigint NOT NULL,
    deductible_fen bigint NOT NULL,
    basic_fund_fen bigint NOT NULL,
    civil_servant_fen bigint NOT NULL,
    enterprise_fen bigint NOT NULL,
    critical_illness_fen bigint NOT NULL,
    large_sum_fen bigint NOT NULL,
    assistance_fen bigint NOT NULL,
    other_funds_fen bigint NOT NULL,
    -- of other_funds: a supplementary commercial policy's part
    supplement_fen bigint NOT NULL,
    fund_total_fen bigint NOT NULL,
    hospital_share_fen bigint NOT NULL,
    person_share_fen bigint NOT NULL,
    account_fen bigint NOT NULL,
    family_account_fen bigint NOT NULL,
    cash_fen bigint NOT NULL,
    PRIMARY KEY (county, build, seq, idx, part)
);
CREATE INDEX claim_fact_by_day ON claim_fact (county, build, settled_on);
-- Merges, and a person's rows.
CREATE INDEX claim_fact_of_person ON claim_fact (county, build, psn_no);

-- What each rule's fund paid of a claim_fact.
CREATE TABLE share_fact (
    county text COLLATE "C" NOT NULL,
    build int NOT NULL,
    seq bigint NOT NULL,
    idx int NOT NULL,
    part int NOT NULL,
    no int NOT NULL,
    settled_on date NOT NULL,
    rule_id text NOT NULL,
    fund_pay_type text NOT NULL,
    amount_fen bigint NOT NULL,
    PRIMARY KEY (county, build, seq, idx, part, no)
);

-- Feed vouchers: the entries of the ledger's vouchers, of a county's or (county = the city) the city's own. Debits positive, credits negative.
CREATE TABLE entry_fact (
    county text COLLATE "C" NOT NULL,
    build int NOT NULL,
    voucher_no bigint NOT NULL,
    entry_no int NOT NULL,
    kind text NOT NULL,
    number text NOT NULL,
    effective_on date NOT NULL,
    booked_on date NOT NULL,
    -- covered year or month; 0: of none
    period int NOT NULL,
    purpose text NOT NULL,
    fund text NOT NULL,
    -- the account's county
    account_county text NOT NULL,
    counterparty text NOT NULL,
    amount_fen bigint NOT NULL,
    PRIMARY KEY (county, build, voucher_no, entry_no)
);
CREATE INDEX entry_fact_by_day ON entry_fact (county, build, booked_on);

-- Feed persons: as enrollment has them now. No names, no certificates.
CREATE TABLE person_fact (
    county text COLLATE "C" NOT NULL,
    build int NOT NULL,
    psn_no text COLLATE "C" NOT NULL,
    -- 1 male, 2 female, 0 unknown, 9 unstated
    gend text NOT NULL,
    birth_on date NOT NULL,
    died_on date,
    household_no text COLLATE "C" NOT NULL,
    -- the number that this one became part of; ''
    merged_into text NOT NULL,
    PRIMARY KEY (county, build, psn_no)
);
CREATE TABLE cover_fact (
    county text COLLATE "C" NOT NULL,
    build int NOT NULL,
    psn_no text COLLATE "C" NOT NULL,
    insutype text NOT NULL,
    from_on date NOT NULL,
    -- both ends are included; null: until further notice
    to_on date,
    psn_type text NOT NULL,
    employer_no text NOT NULL,
    PRIMARY KEY (county, build, psn_no, insutype, from_on)
);
CREATE TABLE category_fact (
    county text COLLATE "C" NOT NULL,
    build int NOT NULL,
    psn_no text COLLATE "C" NOT NULL,
    -- low_income, extreme_hardship, registered_poor …
    name text NOT NULL,
    from_on date NOT NULL,
    to_on date,
    PRIMARY KEY (county, build, psn_no, name, from_on)
);

-- Feed places: where households live, by billing's list.
CREATE TABLE place_fact (
    county text COLLATE "C" NOT NULL,
    build int NOT NULL,
    household_no text COLLATE "C" NOT NULL,
    township text NOT NULL,
    village text NOT NULL,
    PRIMARY KEY (county, build, household_no)
);

-- Feed incomes: what the fund received, by number. Never of a person.
CREATE TABLE income_fact (
    county text COLLATE "C" NOT NULL,
    build int NOT NULL,
    income_no bigint NOT NULL,
    -- personal, central, province, city, county, employer, employee, collective, aid, interest, late_charge, transfer_in, suspense
    source text NOT NULL,
    insutype text NOT NULL,
    -- covered year (2027) or month (202701); 0: of none
    period int NOT NULL,
    channel text NOT NULL,
    amount_fen bigint NOT NULL,
    -- of it to personal accounts
    account_fen bigint NOT NULL,
    value_on date NOT NULL,
    posted_on date NOT NULL,
    PRIMARY KEY (county, build, income_no)
);
CREATE INDEX income_fact_by_day ON income_fact (county, build, value_on);

-- Feed collection: totals of billing's assessments as they stand, by what sets them.
CREATE TABLE assessed_fact (
    county text COLLATE "C" NOT NULL,
    build int NOT NULL,
    insutype text NOT NULL,
    year int NOT NULL,
    person_class text NOT NULL,
    psn_type text NOT NULL,
    -- sorted
    categories text[] NOT NULL,
    aid_id text NOT NULL,
    aid_payer text NOT NULL,
    persons bigint NOT NULL,
    -- who owe nothing (more) themselves; of them by aid or a collective alone
    settled_persons bigint NOT NULL,
    aided_whole_persons bigint NOT NULL,
    personal_fen bigint NOT NULL,
    aid_fen bigint NOT NULL,
    collective_fen bigint NOT NULL,
    due_fen bigint NOT NULL,
    paid_fen bigint NOT NULL,
    central_fen bigint NOT NULL,
    province_fen bigint NOT NULL,
    city_fen bigint NOT NULL,
    county_fen bigint NOT NULL,
    PRIMARY KEY (county, build, insutype, year, person_class, psn_type, categories, aid_id, aid_payer)
);
-- What persons paid and got back for a covered year, by the day's month and its channel: late payers are those of months after the year began.
CREATE TABLE collection_fact (
    county text COLLATE "C" NOT NULL,
    build int NOT NULL,
    insutype text NOT NULL,
    -- covered year, or month of a flexible worker
    period int NOT NULL,
    channel text NOT NULL,
    -- payment, suspense, merge, bill: what came; refund-<cause>: what went back
    cause text NOT NULL,
    -- yyyyMM of the money's day
    month int NOT NULL,
    persons bigint NOT NULL,
    amount_fen bigint NOT NULL,
    PRIMARY KEY (county, build, insutype, period, channel, cause, month)
);

-- Bills of employers and of who buys months.
CREATE TABLE billed_fact (
    county text COLLATE "C" NOT NULL,
    build int NOT NULL,
    insutype text NOT NULL,
    -- yyyyMM
    month int NOT NULL,
    -- month, purchase, transfer_in
    kind text NOT NULL,
    bills bigint NOT NULL,
    persons bigint NOT NULL,
    employer_fen bigint NOT NULL,
    employee_fen bigint NOT NULL,
    maternity_fen bigint NOT NULL,
    late_charge_fen bigint NOT NULL,
    amount_fen bigint NOT NULL,
    -- of it paid
    settled_fen bigint NOT NULL,
    settled_bills bigint NOT NULL,
    PRIMARY KEY (county, build, insutype, month, kind)
);

-- Feed cases: supervision as it stands, by the number of the last act on each case.
CREATE TABLE case_fact (
    county text COLLATE "C" NOT NULL,
    build int NOT NULL,
    case_no bigint NOT NULL,
    -- provider, person
    subject_kind text NOT NULL,
    -- of a provider its code; of a person its number
    subject text NOT NULL,
    subject_county text NOT NULL,
    state text NOT NULL,
    opened_on date NOT NULL,
    -- of the decision that stands, and when it came into force
    decided_on date,
    released_on date,
    closed_on date,
    evidence_fen bigint NOT NULL,
    principal_fen bigint NOT NULL,
    damages_fen bigint NOT NULL,
    -- by payment, else deducted from statements
    by_payment boolean NOT NULL,
    evidence_count int NOT NULL,
    appeals int NOT NULL,
    -- of the last appeal: '', 'open', 'upheld', 'changed', 'cancelled'
    appeal_outcome text NOT NULL,
    PRIMARY KEY (county, build, case_no)
);
-- The steps of the decision that stands.
CREATE TABLE sanction_fact (
    county text COLLATE "C" NOT NULL,
    build int NOT NULL,
    case_no bigint NOT NULL,
    no int NOT NULL,
    step text NOT NULL,
    name text NOT NULL,
    amount_fen bigint NOT NULL,
    multiplier int NOT NULL,
    months int NOT NULL,
    PRIMARY KEY (county, build, case_no, no)
);

-- Feed supervision: totals of fraud-audit. Findings by the settlement's month, rule, provider and state.
CREATE TABLE finding_fact (
    county text COLLATE "C" NOT NULL,
    build int NOT NULL,
    month int NOT NULL,
    rule text NOT NULL,
    fixmedins_code text NOT NULL,
    state text NOT NULL,
    severity int NOT NULL,
    certain boolean NOT NULL,
    findings bigint NOT NULL,
    in_scope_fen bigint NOT NULL,
    PRIMARY KEY (county, build, month, rule, fixmedins_code, state, severity, certain)
);
-- Work in the field, by month, provider and outcome: call_back, ward_check, sample, self_refund, tip, reward, doctor, review …
CREATE TABLE field_fact (
    county text COLLATE "C" NOT NULL,
    build int NOT NULL,
    month int NOT NULL,
    kind text NOT NULL,
    -- '' of none
    fixmedins_code text NOT NULL,
    outcome text NOT NULL,
    count bigint NOT NULL,
    amount_fen bigint NOT NULL,
    PRIMARY KEY (county, build, month, kind, fixmedins_code, outcome)
);

-- What reports read: the facts of each feed's current build.
CREATE VIEW claim AS SELECT f.* FROM claim_fact f JOIN feed_build b ON b.feed = 'claims' AND b.county = f.county AND b.build = f.build AND b.state = 'current';
CREATE VIEW claim_share AS SELECT f.* FROM share_fact f JOIN feed_build b ON b.feed = 'claims' AND b.county = f.county AND b.build = f.build AND b.state = 'current';
CREATE VIEW ledger_entry AS SELECT f.* FROM entry_fact f JOIN feed_build b ON b.feed = 'vouchers' AND b.county = f.county AND b.build = f.build AND b.state = 'current';
CREATE VIEW person AS SELECT f.* FROM person_fact f JOIN feed_build b ON b.feed = 'persons' AND b.county = f.county AND b.build = f.build AND b.state = 'current';
CREATE VIEW cover AS SELECT f.* FROM cover_fact f JOIN feed_build b ON b.feed = 'persons' AND b.county = f.county AND b.build = f.build AND b.state = 'current';
CREATE VIEW category AS SELECT f.* FROM category_fact f JOIN feed_build b ON b.feed = 'persons' AND b.county = f.county AND b.build = f.build AND b.state = 'current';
CREATE VIEW place AS SELECT f.* FROM place_fact f JOIN feed_build b ON b.feed = 'places' AND b.county = f.county AND b.build = f.build AND b.state = 'current';
CREATE VIEW income AS SELECT f.* FROM income_fact f JOIN feed_build b ON b.feed = 'incomes' AND b.county = f.county AND b.build = f.build AND b.state = 'current';
CREATE VIEW assessed AS SELECT f.* FROM assessed_fact f JOIN feed_build b ON b.feed = 'collection' AND b.county = f.county AND b.build = f.build AND b.state = 'current';
CREATE VIEW collection AS SELECT f.* FROM collection_fact f JOIN feed_build b ON b.feed = 'collection' AND b.county = f.county AND b.build = f.build AND b.state = 'current';
CREATE VIEW billed AS SELECT f.* FROM billed_fact f JOIN feed_build b ON b.feed = 'collection' AND b.county = f.county AND b.build = f.build AND b.state = 'current';
CREATE VIEW audit_case AS SELECT f.* FROM case_fact f JOIN feed_build b ON b.feed = 'cases' AND b.county = f.county AND b.build = f.build AND b.state = 'current';
CREATE VIEW sanction AS SELECT f.* FROM sanction_fact f JOIN feed_build b ON b.feed = 'cases' AND b.county = f.county AND b.build = f.build AND b.state = 'current';
CREATE VIEW finding AS SELECT f.* FROM finding_fact f JOIN feed_build b ON b.feed = 'supervision' AND b.county = f.county AND b.build = f.build AND b.state = 'current';
CREATE VIEW field_work AS SELECT f.* FROM field_fact f JOIN feed_build b ON b.feed = 'supervision' AND b.county = f.county AND b.build = f.build AND b.state = 'current';
CREATE VIEW feed AS SELECT * FROM feed_build WHERE state = 'current';
