-- +goose Up

-- What the database knows of itself: the check value of its key, and a row that configuration changes lock.
CREATE TABLE settings (
  name  TEXT NOT NULL PRIMARY KEY,
  value TEXT NOT NULL
) STRICT;
INSERT INTO settings (name, value) VALUES ('configuration_lock', '');

CREATE TABLE connections (
  id          TEXT    NOT NULL PRIMARY KEY,
  name        TEXT    NOT NULL UNIQUE,
  revision    INTEGER NOT NULL,
  spec        TEXT    NOT NULL, -- JSON, without secrets
  secret      BLOB    NOT NULL, -- sealed, with the id as associated data
  fingerprint TEXT    NOT NULL, -- keyed hash of the secret
  created_at  INTEGER NOT NULL,
  updated_at  INTEGER NOT NULL
) STRICT;

CREATE TABLE sources (
  id         TEXT    NOT NULL PRIMARY KEY,
  name       TEXT    NOT NULL UNIQUE,
  revision   INTEGER NOT NULL,
  spec       TEXT    NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL
) STRICT;

CREATE TABLE integrations (
  id            TEXT    NOT NULL PRIMARY KEY,
  name          TEXT    NOT NULL UNIQUE,
  revision      INTEGER NOT NULL,
  spec          TEXT    NOT NULL,
  source_id     TEXT    NOT NULL REFERENCES sources (id),
  connection_id TEXT    NOT NULL REFERENCES connections (id),
  scheduled     INTEGER NOT NULL, -- whether a schedule starts runs
  anchor        INTEGER NOT NULL, -- since when the schedule holds: earlier slots are not caught up with
  last_slot     INTEGER, -- outlives the run that it started
  created_at    INTEGER NOT NULL,
  updated_at    INTEGER NOT NULL
) STRICT;
CREATE INDEX integrations_source ON integrations (source_id);
CREATE INDEX integrations_connection ON integrations (connection_id);

-- Outlives its integration for as long as a run names it.
CREATE TABLE integration_revisions (
  integration_id TEXT    NOT NULL,
  revision       INTEGER NOT NULL,
  spec           TEXT    NOT NULL,
  PRIMARY KEY (integration_id, revision)
) STRICT, WITHOUT ROWID;

CREATE TABLE runs (
  number           INTEGER NOT NULL PRIMARY KEY, -- what the tables below refer to: shorter than the id
  id               TEXT    NOT NULL UNIQUE,
  integration_id   TEXT    NOT NULL,
  integration_name TEXT    NOT NULL,
  revision         INTEGER NOT NULL,
  source_id        TEXT    NOT NULL,
  connection_id    TEXT    NOT NULL,
  report           TEXT    NOT NULL,
  object           TEXT    NOT NULL,
  started_by       TEXT    NOT NULL,
  dry_run          INTEGER NOT NULL,
  full_resync      INTEGER NOT NULL,
  slot             INTEGER,
  status           TEXT    NOT NULL CHECK (status IN ('queued', 'running', 'completed', 'completed_with_errors', 'failed', 'cancelled')),
  stage            TEXT    NOT NULL DEFAULT '',
  progress_done    INTEGER NOT NULL DEFAULT 0,
  progress_total   INTEGER NOT NULL DEFAULT 0,
  queued_at        INTEGER NOT NULL,
  started_at       INTEGER,
  finished_at      INTEGER,
  attempt          INTEGER NOT NULL DEFAULT 0,
  cut_off          INTEGER NOT NULL DEFAULT 0, -- attempts that ended without a word
  owner            TEXT    NOT NULL DEFAULT '',
  lease_until      INTEGER,
  cancel_requested INTEGER NOT NULL DEFAULT 0,
  counts           TEXT    NOT NULL DEFAULT '{}', -- JSON
  api_calls        INTEGER NOT NULL DEFAULT 0,
  bulk_batches     INTEGER NOT NULL DEFAULT 0,
  earlier_calls    INTEGER NOT NULL DEFAULT 0, -- api_calls of the attempts before this one
  earlier_batches  INTEGER NOT NULL DEFAULT 0, -- bulk_batches of the attempts before this one
  error            TEXT, -- JSON
  report_version   TEXT, -- JSON
  log_entries      INTEGER NOT NULL DEFAULT 0,
  FOREIGN KEY (integration_id, revision) REFERENCES integration_revisions (integration_id, revision),
  CHECK ((status = 'running') = (lease_until IS NOT NULL)),
  CHECK ((status IN ('queued', 'running')) = (finished_at IS NULL))
) STRICT;
-- Invariant 3: one live run an integration, one run a slot.
CREATE UNIQUE INDEX runs_live ON runs (integration_id) WHERE status IN ('queued', 'running');
CREATE UNIQUE INDEX runs_slot ON runs (integration_id, slot) WHERE slot IS NOT NULL;
CREATE INDEX runs_newest ON runs (integration_id, id);
CREATE INDEX runs_revision ON runs (integration_id, revision);
CREATE INDEX runs_lease ON runs (lease_until) WHERE status = 'running';
CREATE INDEX runs_queued ON runs (id) WHERE status = 'queued';
CREATE INDEX runs_finished ON runs (finished_at) WHERE finished_at IS NOT NULL;

CREATE TABLE run_log (
  run     INTEGER NOT NULL REFERENCES runs (number) ON DELETE CASCADE,
  seq     INTEGER NOT NULL,
  at      INTEGER NOT NULL,
  level   TEXT    NOT NULL,
  stage   TEXT    NOT NULL,
  message TEXT    NOT NULL,
  PRIMARY KEY (run, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE batches (
  run       INTEGER NOT NULL REFERENCES runs (number) ON DELETE CASCADE,
  seq       INTEGER NOT NULL,
  route     TEXT    NOT NULL,
  job_id    TEXT    NOT NULL,
  state     TEXT    NOT NULL CHECK (state IN ('planned', 'open', 'closed', 'settled')),
  row_count INTEGER NOT NULL,
  PRIMARY KEY (run, seq)
) STRICT, WITHOUT ROWID;

-- Invariant 2: one outcome a row. An empty kind stands for a row that was planned and has no answer yet.
CREATE TABLE outcomes (
  run        INTEGER NOT NULL REFERENCES runs (number) ON DELETE CASCADE,
  row_number INTEGER NOT NULL,
  line       INTEGER NOT NULL,
  row_key    TEXT    NOT NULL,
  kind       TEXT    NOT NULL,
  record_id  TEXT    NOT NULL,
  code       TEXT    NOT NULL,
  message    TEXT    NOT NULL,
  changes    TEXT    NOT NULL, -- JSON, empty for none
  batch      INTEGER, -- of rows that are written
  PRIMARY KEY (run, row_number),
  FOREIGN KEY (run, batch) REFERENCES batches (run, seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX outcomes_kind ON outcomes (run, kind, row_number);
CREATE INDEX outcomes_batch ON outcomes (run, batch, row_number) WHERE batch IS NOT NULL;

CREATE TABLE tokens (
  id         TEXT    NOT NULL PRIMARY KEY,
  name       TEXT    NOT NULL UNIQUE,
  role       TEXT    NOT NULL,
  created_at INTEGER NOT NULL,
  expires_at INTEGER,
  hash       BLOB    NOT NULL -- SHA-256 of the random part
) STRICT;

CREATE TABLE idempotent_requests (
  token_id    TEXT    NOT NULL,
  request_key TEXT    NOT NULL,
  fingerprint BLOB    NOT NULL, -- keyed hash of the request
  begun_at    INTEGER NOT NULL,
  answer      BLOB, -- sealed; null while the request is under way
  PRIMARY KEY (token_id, request_key)
) STRICT, WITHOUT ROWID;
CREATE INDEX idempotent_requests_age ON idempotent_requests (begun_at);

-- +goose Down
DROP TABLE idempotent_requests;
DROP TABLE tokens;
DROP TABLE outcomes;
DROP TABLE batches;
DROP TABLE run_log;
DROP TABLE runs;
DROP TABLE integration_revisions;
DROP TABLE integrations;
DROP TABLE sources;
DROP TABLE connections;
DROP TABLE settings;
