#include "store/migrations.h"

#include <array>

namespace dskeeper::store {
namespace {

// Times are milliseconds since 1970; names are absolute text, but for child_key, which sorts
// canonically (name_key.h). The columns beside `json` are what queries need, repeated.
constexpr std::string_view step_1 = R"sql(
CREATE TABLE schema_version (
  number INTEGER PRIMARY KEY,
  name   TEXT NOT NULL
);

CREATE TABLE cases (
  parent    TEXT NOT NULL,
  child_key BLOB NOT NULL,
  child     TEXT NOT NULL,
  outcome   TEXT NOT NULL,
  request   TEXT NOT NULL,
  ready_at  INTEGER,
  json      TEXT NOT NULL,
  UNIQUE (parent, child_key)
);
CREATE INDEX cases_by_outcome ON cases (parent, outcome);

CREATE TABLE changes (
  id        TEXT NOT NULL UNIQUE,
  parent    TEXT NOT NULL,
  child     TEXT NOT NULL,
  state     TEXT NOT NULL,
  queued_at INTEGER NOT NULL,
  json      TEXT NOT NULL
);
CREATE INDEX changes_by_time ON changes (parent, queued_at);
CREATE INDEX changes_open ON changes (parent, queued_at) WHERE state IN ('queued', 'sent');

CREATE TABLE journal (
  parent  TEXT NOT NULL,
  number  INTEGER NOT NULL,
  child   TEXT NOT NULL,
  at      INTEGER NOT NULL,
  kind    TEXT NOT NULL,
  summary TEXT NOT NULL,
  details TEXT NOT NULL,
  hash    BLOB NOT NULL,
  UNIQUE (parent, number)
);
CREATE INDEX journal_by_child ON journal (parent, child, number);

CREATE TABLE passes (
  parent     TEXT NOT NULL,
  started_at INTEGER NOT NULL,
  ended_at   INTEGER,
  revision   TEXT NOT NULL,
  children   INTEGER NOT NULL,
  is_void    INTEGER NOT NULL,
  PRIMARY KEY (parent, started_at)
);
CREATE TABLE pass_outcomes (
  parent     TEXT NOT NULL,
  started_at INTEGER NOT NULL,
  outcome    TEXT NOT NULL,
  children   INTEGER NOT NULL,
  PRIMARY KEY (parent, started_at, outcome),
  FOREIGN KEY (parent, started_at) REFERENCES passes ON DELETE CASCADE
) WITHOUT ROWID;
)sql";

constexpr std::string_view step_2 = R"sql(
CREATE TABLE acts (
  number           INTEGER PRIMARY KEY AUTOINCREMENT,
  parent           TEXT NOT NULL,
  kind             TEXT NOT NULL,
  child            TEXT NOT NULL,
  at               INTEGER NOT NULL,
  actor            TEXT NOT NULL,
  reason           TEXT NOT NULL,
  request_id       TEXT NOT NULL,
  reset_replay     INTEGER NOT NULL,
  breaker_kind     TEXT NOT NULL,
  breaker_operator TEXT NOT NULL,
  is_obeyed        INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX acts_pending ON acts (parent, number) WHERE is_obeyed = 0;

CREATE TABLE breakers (
  parent     TEXT NOT NULL,
  kind       TEXT NOT NULL,
  operator   TEXT NOT NULL,
  tripped_at INTEGER NOT NULL,
  changes    INTEGER NOT NULL,
  allowed    INTEGER NOT NULL,
  resumed_at INTEGER,
  PRIMARY KEY (parent, kind, operator, tripped_at)
);

CREATE TABLE roll (
  parent    TEXT NOT NULL,
  child_key BLOB NOT NULL,
  is_secure INTEGER NOT NULL,
  cds       INTEGER,
  cdnskey   INTEGER,
  PRIMARY KEY (parent, child_key)
) WITHOUT ROWID;

ALTER TABLE passes ADD COLUMN void_reason TEXT NOT NULL DEFAULT '';
)sql";

// `id` and `hash` are SHA-256 of what is compressed beside them, `seal` is of the compressed form.
constexpr std::string_view step_3 = R"sql(
CREATE TABLE evidence (
  number   INTEGER PRIMARY KEY AUTOINCREMENT,
  id       BLOB NOT NULL UNIQUE,
  parent   TEXT NOT NULL,
  child    TEXT NOT NULL,
  at       INTEGER NOT NULL,
  grouping TEXT NOT NULL,
  octets   INTEGER NOT NULL,
  document BLOB NOT NULL,
  seal     BLOB NOT NULL
);
CREATE INDEX evidence_by_time ON evidence (parent, at);

CREATE TABLE blobs (
  number INTEGER PRIMARY KEY,
  hash   BLOB NOT NULL UNIQUE,
  octets BLOB NOT NULL,
  seal   BLOB NOT NULL
);

CREATE TABLE evidence_blobs (
  evidence INTEGER NOT NULL REFERENCES evidence (number) ON DELETE CASCADE,
  blob     INTEGER NOT NULL REFERENCES blobs (number),
  PRIMARY KEY (evidence, blob)
) WITHOUT ROWID;
CREATE INDEX evidence_by_blob ON evidence_blobs (blob);
)sql";

constexpr std::string_view step_4 = R"sql(
CREATE TABLE roll_readings (
  parent   TEXT PRIMARY KEY,
  revision TEXT NOT NULL,
  at       INTEGER NOT NULL
) WITHOUT ROWID;
)sql";

constexpr std::string_view step_5 = R"sql(
CREATE TABLE pass_progress (
  parent     TEXT PRIMARY KEY,
  started_at INTEGER NOT NULL,
  at         INTEGER NOT NULL,
  done       INTEGER NOT NULL,
  total      INTEGER NOT NULL,
  questions  INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE pass_progress_outcomes (
  parent   TEXT NOT NULL REFERENCES pass_progress ON DELETE CASCADE,
  outcome  TEXT NOT NULL,
  children INTEGER NOT NULL,
  PRIMARY KEY (parent, outcome)
) WITHOUT ROWID;
)sql";

// What is asked for one child at a time, and often: its evidence, and how many cases there are.
constexpr std::string_view step_6 = R"sql(
CREATE INDEX evidence_by_child ON evidence (parent, child, number);

CREATE TABLE case_counts (
  parent   TEXT NOT NULL,
  outcome  TEXT NOT NULL,
  children INTEGER NOT NULL,
  PRIMARY KEY (parent, outcome)
) WITHOUT ROWID;
INSERT INTO case_counts SELECT parent, outcome, COUNT(*) FROM cases GROUP BY parent, outcome;
CREATE TRIGGER case_counted AFTER INSERT ON cases BEGIN
  INSERT INTO case_counts VALUES (NEW.parent, NEW.outcome, 1)
    ON CONFLICT (parent, outcome) DO UPDATE SET children = children + 1;
END;
CREATE TRIGGER case_counted_anew AFTER UPDATE OF outcome ON cases WHEN OLD.outcome <> NEW.outcome
BEGIN
  UPDATE case_counts SET children = children - 1
    WHERE parent = OLD.parent AND outcome = OLD.outcome;
  INSERT INTO case_counts VALUES (NEW.parent, NEW.outcome, 1)
    ON CONFLICT (parent, outcome) DO UPDATE SET children = children + 1;
END;
CREATE TRIGGER case_counted_off AFTER DELETE ON cases BEGIN
  UPDATE case_counts SET children = children - 1
    WHERE parent = OLD.parent AND outcome = OLD.outcome;
END;
)sql";

// Lists of cases, filtered (store/case_columns.h). Each index ends with the child, so that a page
// begins where the one before ended.
constexpr std::string_view step_7 = R"sql(
ALTER TABLE cases ADD COLUMN operator TEXT NOT NULL DEFAULT '';
ALTER TABLE cases ADD COLUMN registrar TEXT NOT NULL DEFAULT '';
ALTER TABLE cases ADD COLUMN findings TEXT NOT NULL DEFAULT '';
UPDATE cases SET operator = case_column('operator', json),
  registrar = case_column('registrar', json), findings = case_column('findings', json);
DROP INDEX cases_by_outcome;
CREATE INDEX cases_by_outcome ON cases (parent, outcome, child_key);
CREATE INDEX cases_by_operator ON cases (parent, operator, child_key);
CREATE INDEX cases_by_registrar ON cases (parent, registrar, child_key);

CREATE INDEX changes_by_child ON changes (parent, child);

CREATE TABLE case_findings (
  parent    TEXT NOT NULL,
  code      TEXT NOT NULL,
  child_key BLOB NOT NULL,
  PRIMARY KEY (parent, code, child_key)
) WITHOUT ROWID;
INSERT INTO case_findings SELECT cases.parent, code.value, cases.child_key
  FROM cases, json_each('["' || replace(cases.findings, ' ', '","') || '"]') AS code
  WHERE cases.findings <> '';

CREATE TABLE finding_counts (
  parent   TEXT NOT NULL,
  code     TEXT NOT NULL,
  children INTEGER NOT NULL,
  PRIMARY KEY (parent, code)
) WITHOUT ROWID;
INSERT INTO finding_counts SELECT parent, code, COUNT(*) FROM case_findings GROUP BY parent, code;
CREATE TRIGGER finding_counted AFTER INSERT ON case_findings BEGIN
  INSERT INTO finding_counts VALUES (NEW.parent, NEW.code, 1)
    ON CONFLICT (parent, code) DO UPDATE SET children = children + 1;
END;
CREATE TRIGGER finding_counted_off AFTER DELETE ON case_findings BEGIN
  UPDATE finding_counts SET children = children - 1
    WHERE parent = OLD.parent AND code = OLD.code;
END;
)sql";

// For the plots (store/statistics.h). Days are counted from 1970. Only cases that ask for something
// are counted by operator: of most children nothing is written here.
constexpr std::string_view step_8 = R"sql(
CREATE TABLE censuses (
  parent      TEXT PRIMARY KEY,
  at          INTEGER NOT NULL,
  delegations INTEGER NOT NULL,
  secure      INTEGER NOT NULL,
  operators   INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE census_days (
  parent      TEXT NOT NULL,
  day         INTEGER NOT NULL,
  delegations INTEGER NOT NULL,
  secure      INTEGER NOT NULL,
  PRIMARY KEY (parent, day)
) WITHOUT ROWID;
CREATE TABLE census_operators (
  parent      TEXT NOT NULL,
  operator    TEXT NOT NULL,
  delegations INTEGER NOT NULL,
  secure      INTEGER NOT NULL,
  PRIMARY KEY (parent, operator)
) WITHOUT ROWID;

CREATE TABLE operator_counts (
  parent   TEXT NOT NULL,
  operator TEXT NOT NULL,
  asking   INTEGER NOT NULL,
  broken   INTEGER NOT NULL,
  PRIMARY KEY (parent, operator)
) WITHOUT ROWID;
INSERT INTO operator_counts
  SELECT parent, operator, SUM(outcome IN ('accept', 'hold')), SUM(outcome IN ('refuse', 'retry'))
  FROM cases WHERE outcome IN ('accept', 'hold', 'refuse', 'retry') GROUP BY parent, operator;
CREATE TRIGGER operator_counted AFTER INSERT ON cases
WHEN NEW.outcome IN ('accept', 'hold', 'refuse', 'retry')
BEGIN
  INSERT INTO operator_counts VALUES (NEW.parent, NEW.operator,
      NEW.outcome IN ('accept', 'hold'), NEW.outcome IN ('refuse', 'retry'))
    ON CONFLICT (parent, operator) DO UPDATE SET
      asking = asking + excluded.asking, broken = broken + excluded.broken;
END;
CREATE TRIGGER operator_counted_anew AFTER UPDATE OF outcome, operator ON cases
WHEN OLD.outcome <> NEW.outcome OR OLD.operator <> NEW.operator
BEGIN
  UPDATE operator_counts SET asking = asking - (OLD.outcome IN ('accept', 'hold')),
      broken = broken - (OLD.outcome IN ('refuse', 'retry'))
    WHERE parent = OLD.parent AND operator = OLD.operator
      AND OLD.outcome IN ('accept', 'hold', 'refuse', 'retry');
  INSERT INTO operator_counts SELECT NEW.parent, NEW.operator,
      NEW.outcome IN ('accept', 'hold'), NEW.outcome IN ('refuse', 'retry')
    WHERE NEW.outcome IN ('accept', 'hold', 'refuse', 'retry')
    ON CONFLICT (parent, operator) DO UPDATE SET
      asking = asking + excluded.asking, broken = broken + excluded.broken;
END;
CREATE TRIGGER operator_counted_off AFTER DELETE ON cases
WHEN OLD.outcome IN ('accept', 'hold', 'refuse', 'retry')
BEGIN
  UPDATE operator_counts SET asking = asking - (OLD.outcome IN ('accept', 'hold')),
      broken = broken - (OLD.outcome IN ('refuse', 'retry'))
    WHERE parent = OLD.parent AND operator = OLD.operator;
END;

ALTER TABLE changes ADD COLUMN kind TEXT NOT NULL DEFAULT '';
UPDATE changes SET kind = change_kind(json);
CREATE TABLE change_counts (
  parent  TEXT NOT NULL,
  day     INTEGER NOT NULL,
  kind    TEXT NOT NULL,
  state   TEXT NOT NULL,
  changes INTEGER NOT NULL,
  PRIMARY KEY (parent, day, kind, state)
) WITHOUT ROWID;
INSERT INTO change_counts SELECT parent, queued_at / 86400000, kind, state, COUNT(*)
  FROM changes GROUP BY 1, 2, 3, 4;
CREATE TRIGGER change_counted AFTER INSERT ON changes BEGIN
  INSERT INTO change_counts VALUES (NEW.parent, NEW.queued_at / 86400000, NEW.kind, NEW.state, 1)
    ON CONFLICT (parent, day, kind, state) DO UPDATE SET changes = changes + 1;
END;
CREATE TRIGGER change_counted_anew AFTER UPDATE OF state ON changes WHEN OLD.state <> NEW.state
BEGIN
  UPDATE change_counts SET changes = changes - 1 WHERE parent = OLD.parent
    AND day = OLD.queued_at / 86400000 AND kind = OLD.kind AND state = OLD.state;
  INSERT INTO change_counts VALUES (NEW.parent, NEW.queued_at / 86400000, NEW.kind, NEW.state, 1)
    ON CONFLICT (parent, day, kind, state) DO UPDATE SET changes = changes + 1;
END;

CREATE INDEX journal_reports ON journal (parent, number) WHERE kind = 'report';
CREATE TABLE message_counts (
  parent   TEXT NOT NULL,
  day      INTEGER NOT NULL,
  notifies INTEGER NOT NULL,
  reports  INTEGER NOT NULL,
  PRIMARY KEY (parent, day)
) WITHOUT ROWID;
INSERT INTO message_counts
  SELECT parent, at / 86400000, SUM(kind = 'notify'), SUM(kind = 'report')
  FROM journal WHERE kind IN ('notify', 'report') GROUP BY 1, 2;
CREATE TRIGGER message_counted AFTER INSERT ON journal WHEN NEW.kind IN ('notify', 'report')
BEGIN
  INSERT INTO message_counts VALUES (NEW.parent, NEW.at / 86400000,
      NEW.kind = 'notify', NEW.kind = 'report')
    ON CONFLICT (parent, day) DO UPDATE SET
      notifies = notifies + excluded.notifies, reports = reports + excluded.reports;
END;
)sql";

constexpr std::array all{
    Migration{.number = 1, .name = "cases, changes, journal and passes", .sql = step_1},
    Migration{.number = 2, .name = "acts, breakers and the roll of delegations", .sql = step_2},
    Migration{.number = 3, .name = "evidence", .sql = step_3},
    Migration{.number = 4, .name = "the reading that the roll is of", .sql = step_4},
    Migration{.number = 5, .name = "progress of the pass under way", .sql = step_5},
    Migration{.number = 6, .name = "evidence by child, and counts of cases", .sql = step_6},
    Migration{.number = 7, .name = "cases by operator, registrar and finding", .sql = step_7},
    Migration{.number = 8, .name = "counts by operator and by day", .sql = step_8},
};

}  // namespace

std::span<const Migration> migrations() {
  return all;
}

}  // namespace dskeeper::store
