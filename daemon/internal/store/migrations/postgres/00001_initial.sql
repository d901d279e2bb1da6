-- +goose Up

-- Ids and names sort by their bytes, as SQLite sorts them, whatever the database's locale.

-- What the database knows of itself: the check value of its key, and a row that configuration changes lock.
CREATE TABLE settings (
  name  TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  value TEXT NOT NULL
);
INSERT INTO settings (name, value) VALUES ('configuration_lock', '');

CREATE TABLE connections (
  id          TEXT   COLLATE "C" NOT NULL PRIMARY KEY,
  name        TEXT   COLLATE "C" NOT NULL UNIQUE,
  revision    BIGINT NOT NULL,
  spec        TEXT   NOT NULL, -- JSON, without secrets
  secret      BYTEA  NOT NULL, -- sealed, with the id as associated data
  fingerprint TEXT   NOT NULL, -- keyed hash of the secret
  created_at  BIGINT NOT NULL,
  updated_at  BIGINT NOT NULL
);

CREATE TABLE sources (
  id         TEXT   COLLATE "C" NOT NULL PRIMARY KEY,
  name       TEXT   COLLATE "C" NOT NULL UNIQUE,
  revision   BIGINT NOT NULL,
  spec       TEXT   NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);

CREATE TABLE integrations (
  id            TEXT    COLLATE "C" NOT NULL PRIMARY KEY,
  name          TEXT    COLLATE "C" NOT NULL UNIQUE,
  revision      BIGINT  NOT NULL,
  spec          TEXT    NOT NULL,
  source_id     TEXT    COLLATE "C" NOT NULL REFERENCES sources (id),
  connection_id TEXT    COLLATE "C" NOT NULL REFERENCES connections (id),
  scheduled     BOOLEAN NOT NULL, -- whether a schedule starts runs
  anchor        BIGINT  NOT NULL, -- since when the schedule holds: earlier slots are not caught up with
  last_slot     BIGINT, -- outlives the run that it started
  created_at    BIGINT  NOT NULL,
  updated_at    BIGINT  NOT NULL
);
CREATE INDEX integrations_source ON integrations (source_id);
CREATE INDEX integrations_connection ON integrations (connection_id);

-- Outlives its integration for as long as a run names it.
CREATE TABLE integration_revisions (
  integration_id TEXT   COLLATE "C" NOT NULL,
  revision       BIGINT NOT NULL,
  spec           TEXT   NOT NULL,
  PRIMARY KEY (integration_id, revision)
);

CREATE TABLE runs (
  number           BIGINT  GENERATED ALWAYS AS IDENTITY PRIMARY KEY, -- what the tables below refer to: shorter than the id
  id               TEXT    COLLATE "C" NOT NULL UNIQUE,
  integration_id   TEXT    COLLATE "C" NOT NULL,
  integration_name TEXT    NOT NULL,
  revision         BIGINT  NOT NULL,
  source_id        TEXT    COLLATE "C" NOT NULL,
  connection_id    TEXT    COLLATE "C" NOT NULL,
  report           TEXT    NOT NULL,
  object           TEXT    NOT NULL,
  started_by       TEXT    NOT NULL,
  dry_run          BOOLEAN NOT NULL,
  full_resync      BOOLEAN NOT NULL,
  slot             BIGINT,
  status           TEXT    NOT NULL CHECK (status IN ('queued', 'running', 'completed', 'completed_with_errors', 'failed', 'cancelled')),
  stage            TEXT    NOT NULL DEFAULT '',
  progress_done    BIGINT  NOT NULL DEFAULT 0,
  progress_total   BIGINT  NOT NULL DEFAULT 0,
  queued_at        BIGINT  NOT NULL,
  started_at       BIGINT,
  finished_at      BIGINT,
  attempt          BIGINT  NOT NULL DEFAULT 0,
  cut_off          BIGINT  NOT NULL DEFAULT 0, -- attempts that ended without a word
  owner            TEXT    NOT NULL DEFAULT '',
  lease_until      BIGINT,
  cancel_requested BOOLEAN NOT NULL DEFAULT FALSE,
  counts           TEXT    NOT NULL DEFAULT '{}', -- JSON
  api_calls        BIGINT  NOT NULL DEFAULT 0,
  bulk_batches     BIGINT  NOT NULL DEFAULT 0,
  earlier_calls    BIGINT  NOT NULL DEFAULT 0, -- api_calls of the attempts before this one
  earlier_batches  BIGINT  NOT NULL DEFAULT 0, -- bulk_batches of the attempts before this one
  error            TEXT, -- JSON
  report_version   TEXT, -- JSON
  log_entries      BIGINT  NOT NULL DEFAULT 0,
  FOREIGN KEY (integration_id, revision) REFERENCES integration_revisions (integration_id, revision),
  CHECK ((status = 'running') = (lease_until IS NOT NULL)),
  CHECK ((status IN ('queued', 'running')) = (finished_at IS NULL))
);
-- Invariant 3: one live run an integration, one run a slot.
CREATE UNIQUE INDEX runs_live ON runs (integration_id) WHERE status IN ('queued', 'running');
CREATE UNIQUE INDEX runs_slot ON runs (integration_id, slot) WHERE slot IS NOT NULL;
CREATE INDEX runs_newest ON runs (integration_id, id);
CREATE INDEX runs_revision ON runs (integration_id, revision);
CREATE INDEX runs_lease ON runs (lease_until) WHERE status = 'running';
CREATE INDEX runs_queued ON runs (id) WHERE status = 'queued';
CREATE INDEX runs_finished ON runs (finished_at) WHERE finished_at IS NOT NULL;

CREATE TABLE run_log (
  run     BIGINT NOT NULL REFERENCES runs (number) ON DELETE CASCADE,
  seq     BIGINT NOT NULL,
  at      BIGINT NOT NULL,
  level   TEXT   NOT NULL,
  stage   TEXT   NOT NULL,
  message TEXT   NOT NULL,
  PRIMARY KEY (run, seq)
);

CREATE TABLE batches (
  run       BIGINT NOT NULL REFERENCES runs (number) ON DELETE CASCADE,
  seq       BIGINT NOT NULL,
  route     TEXT   NOT NULL,
  job_id    TEXT   NOT NULL,
  state     TEXT   NOT NULL CHECK (state IN ('planned', 'open', 'closed', 'settled')),
  row_count BIGINT NOT NULL,
  PRIMARY KEY (run, seq)
);

-- Invariant 2: one outcome a row. An empty kind stands for a row that was planned and has no answer yet.
CREATE TABLE outcomes (
  run        BIGINT NOT NULL REFERENCES runs (number) ON DELETE CASCADE,
  row_number BIGINT NOT NULL,
  line       BIGINT NOT NULL,
  row_key    TEXT   NOT NULL,
  kind       TEXT   NOT NULL,
  record_id  TEXT   NOT NULL,
  code       TEXT   NOT NULL,
  message    TEXT   NOT NULL,
  changes    TEXT   NOT NULL, -- JSON, empty for none
  batch      BIGINT, -- of rows that are written
  PRIMARY KEY (run, row_number),
  FOREIGN KEY (run, batch) REFERENCES batches (run, seq)
);
CREATE INDEX outcomes_kind ON outcomes (run, kind, row_number);
CREATE INDEX outcomes_batch ON outcomes (run, batch, row_number) WHERE batch IS NOT NULL;

CREATE TABLE tokens (
  id         TEXT   COLLATE "C" NOT NULL PRIMARY KEY,
  name       TEXT   COLLATE "C" NOT NULL UNIQUE,
  role       TEXT   NOT NULL,
  created_at BIGINT NOT NULL,
  expires_at BIGINT,
  hash       BYTEA  NOT NULL -- SHA-256 of the random part
);

CREATE TABLE idempotent_requests (
  token_id    TEXT   COLLATE "C" NOT NULL,
  request_key TEXT   COLLATE "C" NOT NULL,
  fingerprint BYTEA  NOT NULL, -- keyed hash of the request
  begun_at    BIGINT NOT NULL,
  answer      BYTEA, -- sealed; null while the request is under way
  PRIMARY KEY (token_id, request_key)
);
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
