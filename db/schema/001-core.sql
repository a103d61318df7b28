-- The station's memory: units and their genealogy, runs and what they measured, what may be live, the journal.
-- Times are UTC text ("2026-11-23T20:15:07.123Z"); units of values are stored beside them.

CREATE TABLE part_type (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  kind TEXT NOT NULL CHECK (kind IN ('pack', 'module', 'cell', 'bms'))
) STRICT;

CREATE TABLE unit (
  id INTEGER PRIMARY KEY,
  kind TEXT NOT NULL CHECK (kind IN ('pack', 'module', 'cell', 'bms')),
  serial TEXT NOT NULL,            -- raw, as scanned: this is the identity
  scheme TEXT NOT NULL,            -- how the serial was classified: plain, gbt34014, gs1 ...
  part_type INTEGER REFERENCES part_type (id),
  vendor TEXT,
  lot TEXT,
  grade TEXT,
  created TEXT NOT NULL,
  UNIQUE (kind, serial)
) STRICT;

-- Temporal: as built = links at an instant; as maintained = t_to IS NULL.
CREATE TABLE link (
  id INTEGER PRIMARY KEY,
  child INTEGER NOT NULL REFERENCES unit (id),
  parent INTEGER NOT NULL REFERENCES unit (id),
  position INTEGER NOT NULL,
  t_from TEXT NOT NULL,
  t_to TEXT,
  reason TEXT NOT NULL,
  by_whom TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX link_child_now ON link (child) WHERE t_to IS NULL;
CREATE UNIQUE INDEX link_position_now ON link (parent, position) WHERE t_to IS NULL;
CREATE INDEX link_parent ON link (parent, t_from);

CREATE TABLE operator (
  id INTEGER PRIMARY KEY,
  badge TEXT NOT NULL UNIQUE,
  role TEXT NOT NULL DEFAULT 'operator'
) STRICT;

CREATE TABLE instrument (
  id INTEGER PRIMARY KEY,
  role TEXT NOT NULL,
  maker TEXT NOT NULL,
  model TEXT NOT NULL,
  serial TEXT NOT NULL,
  firmware TEXT NOT NULL,
  UNIQUE (role, model, serial, firmware)
) STRICT;

CREATE TABLE calibration (
  id INTEGER PRIMARY KEY,
  instrument INTEGER NOT NULL REFERENCES instrument (id),
  calibrated TEXT NOT NULL,
  due TEXT NOT NULL,
  certificate TEXT NOT NULL,
  UNIQUE (instrument, calibrated, due, certificate)
) STRICT;

CREATE TABLE recipe (
  hash TEXT PRIMARY KEY,           -- SHA-256 of text
  name TEXT NOT NULL,
  version INTEGER NOT NULL,
  text TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE run (
  id INTEGER PRIMARY KEY,
  uuid TEXT NOT NULL UNIQUE,
  unit INTEGER NOT NULL REFERENCES unit (id),
  kind TEXT NOT NULL CHECK (kind IN ('production', 'engineering', 'golden', 'simulated')),
  recipe_hash TEXT NOT NULL REFERENCES recipe (hash),
  station TEXT NOT NULL,
  bench TEXT NOT NULL,
  software TEXT NOT NULL,
  operator INTEGER REFERENCES operator (id),
  entry TEXT NOT NULL,             -- how the serial came: scanned, typed
  started TEXT NOT NULL,
  ended TEXT,
  verdict TEXT CHECK (verdict IN ('PASS', 'FAIL', 'ERROR', 'ABORTED')),
  cause TEXT,
  grade TEXT,
  CHECK ((ended IS NULL) = (verdict IS NULL))
) STRICT;
CREATE INDEX run_unit ON run (unit, id);
CREATE INDEX run_open ON run (id) WHERE verdict IS NULL;

CREATE TABLE step (
  id INTEGER PRIMARY KEY,
  run INTEGER NOT NULL REFERENCES run (id),
  seq INTEGER NOT NULL,
  name TEXT NOT NULL,
  title TEXT NOT NULL,
  phase TEXT NOT NULL CHECK (phase IN ('setup', 'main', 'teardown')),
  attempt INTEGER NOT NULL,
  label TEXT NOT NULL CHECK (label IN ('routine', 'type')),
  clause TEXT,
  started TEXT NOT NULL,
  ended TEXT NOT NULL,
  duration REAL NOT NULL,          -- s of process time
  verdict TEXT NOT NULL CHECK (verdict IN ('PASS', 'FAIL', 'INCONCLUSIVE', 'SKIPPED')),
  message TEXT,
  UNIQUE (run, seq)
) STRICT;

CREATE TABLE measurement (
  step INTEGER NOT NULL REFERENCES step (id),
  seq INTEGER NOT NULL,
  name TEXT NOT NULL,
  value REAL,
  words TEXT,
  unit TEXT NOT NULL,
  comparator TEXT,                 -- NULL = recorded, not judged
  low REAL,
  high REAL,
  equals TEXT,
  source TEXT,                     -- of the limit
  verdict TEXT CHECK (verdict IN ('PASS', 'FAIL', 'INCONCLUSIVE')),
  instrument INTEGER REFERENCES instrument (id),
  calibration INTEGER REFERENCES calibration (id),
  raw TEXT,
  PRIMARY KEY (step, seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX measurement_failed ON measurement (name, step) WHERE verdict <> 'PASS';

CREATE TABLE chunk (
  id INTEGER PRIMARY KEY,
  step INTEGER NOT NULL REFERENCES step (id),
  curve TEXT NOT NULL,
  columns TEXT NOT NULL,           -- names with their units, a space between; "t_us" first
  seq INTEGER NOT NULL,
  n INTEGER NOT NULL,
  data BLOB NOT NULL,              -- codec.h
  sha256 TEXT NOT NULL,
  UNIQUE (step, curve, seq)
) STRICT;

CREATE TABLE event (
  id INTEGER PRIMARY KEY,
  run INTEGER REFERENCES run (id),
  utc TEXT NOT NULL,
  kind TEXT NOT NULL,
  text TEXT NOT NULL
) STRICT;
CREATE INDEX event_run ON event (run, id);

-- A row is committed before anything is energised, and cleared once its undo has succeeded.
CREATE TABLE energised (
  id INTEGER PRIMARY KEY,
  run INTEGER NOT NULL REFERENCES run (id),
  what TEXT NOT NULL,
  since TEXT NOT NULL,
  cleared TEXT
) STRICT;
CREATE INDEX energised_now ON energised (id) WHERE cleared IS NULL;

CREATE TABLE journal (
  seq INTEGER PRIMARY KEY,
  utc TEXT NOT NULL,
  kind TEXT NOT NULL,
  body TEXT NOT NULL,
  prev TEXT NOT NULL,
  hash TEXT NOT NULL
) STRICT;

CREATE TABLE record (
  run INTEGER PRIMARY KEY REFERENCES run (id),
  body TEXT NOT NULL,              -- signed canonical JSON, as handed out
  sha256 TEXT NOT NULL,
  journal INTEGER NOT NULL REFERENCES journal (seq)
) STRICT;

-- Nothing recorded is changed in place.
CREATE TRIGGER step_immutable BEFORE UPDATE ON step BEGIN SELECT RAISE (ABORT, 'results are immutable: record a correction'); END;
CREATE TRIGGER step_kept BEFORE DELETE ON step BEGIN SELECT RAISE (ABORT, 'results are immutable: record a correction'); END;
CREATE TRIGGER measurement_immutable BEFORE UPDATE ON measurement BEGIN SELECT RAISE (ABORT, 'results are immutable: record a correction'); END;
CREATE TRIGGER measurement_kept BEFORE DELETE ON measurement BEGIN SELECT RAISE (ABORT, 'results are immutable: record a correction'); END;
CREATE TRIGGER chunk_immutable BEFORE UPDATE ON chunk BEGIN SELECT RAISE (ABORT, 'results are immutable: record a correction'); END;
CREATE TRIGGER chunk_kept BEFORE DELETE ON chunk BEGIN SELECT RAISE (ABORT, 'results are immutable: record a correction'); END;
CREATE TRIGGER journal_immutable BEFORE UPDATE ON journal BEGIN SELECT RAISE (ABORT, 'the journal is immutable'); END;
CREATE TRIGGER journal_kept BEFORE DELETE ON journal BEGIN SELECT RAISE (ABORT, 'the journal is immutable'); END;
CREATE TRIGGER record_immutable BEFORE UPDATE ON record BEGIN SELECT RAISE (ABORT, 'results are immutable: record a correction'); END;
CREATE TRIGGER record_kept BEFORE DELETE ON record BEGIN SELECT RAISE (ABORT, 'results are immutable: record a correction'); END;
CREATE TRIGGER run_kept BEFORE DELETE ON run BEGIN SELECT RAISE (ABORT, 'results are immutable: record a correction'); END;
CREATE TRIGGER run_ends_once BEFORE UPDATE ON run WHEN old.verdict IS NOT NULL
  BEGIN SELECT RAISE (ABORT, 'this run has ended: its verdict stands'); END;
