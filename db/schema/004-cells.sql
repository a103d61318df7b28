-- Cells: grades by lot, curves of days, trays on racks of channels, packs to build of graded cells.

-- ------------------------------------------------------------------------------------------------
-- Grades of cells by lot: which table, what the lot looked like, and why each cell got its grade.

CREATE TABLE grade_table (
  hash TEXT PRIMARY KEY,           -- SHA-256 of text
  name TEXT NOT NULL,
  version INTEGER NOT NULL,
  text TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- One judging of one lot. A later one with another table stands beside it, it takes no place.
CREATE TABLE grading (
  id INTEGER PRIMARY KEY,
  lot TEXT NOT NULL,
  grade_table TEXT NOT NULL REFERENCES grade_table (hash),
  operator INTEGER REFERENCES operator (id),
  utc TEXT NOT NULL,
  cells INTEGER NOT NULL,
  body TEXT NOT NULL,              -- canonical JSON: the lot's distribution, drift, bounds that came of it
  journal INTEGER NOT NULL REFERENCES journal (seq)  -- its body: SHA-256 of this body and of every cell's grade and reason
) STRICT;
CREATE INDEX grading_lot ON grading (lot, id);

CREATE TABLE unit_grade (
  grading INTEGER NOT NULL REFERENCES grading (id),
  unit INTEGER NOT NULL REFERENCES unit (id),
  grade TEXT NOT NULL,
  reason TEXT NOT NULL,
  PRIMARY KEY (grading, unit)
) STRICT, WITHOUT ROWID;
CREATE INDEX unit_grade_unit ON unit_grade (unit, grading);

CREATE INDEX unit_lot ON unit (lot) WHERE lot IS NOT NULL;
CREATE INDEX link_child ON link (child);
CREATE INDEX energised_run ON energised (run);  -- when current last flowed through a cell

CREATE TRIGGER grading_immutable BEFORE UPDATE ON grading BEGIN SELECT RAISE (ABORT, 'gradings are immutable: grade anew'); END;
CREATE TRIGGER grading_kept BEFORE DELETE ON grading BEGIN SELECT RAISE (ABORT, 'gradings are immutable: grade anew'); END;
CREATE TRIGGER unit_grade_immutable BEFORE UPDATE ON unit_grade BEGIN SELECT RAISE (ABORT, 'gradings are immutable: grade anew'); END;
CREATE TRIGGER unit_grade_kept BEFORE DELETE ON unit_grade BEGIN SELECT RAISE (ABORT, 'gradings are immutable: grade anew'); END;

-- ------------------------------------------------------------------------------------------------
-- Curves that grow for hours or days: scaled integers in spans, and a log of what has come since the last span.

-- One stream of samples of one step of a run, known before the step has ended.
CREATE TABLE curve (
  id INTEGER PRIMARY KEY,
  run INTEGER NOT NULL REFERENCES run (id),
  step_seq INTEGER NOT NULL,       -- the step's seq in its run
  name TEXT NOT NULL,
  columns TEXT NOT NULL,           -- names with their units, a space between; "t_us" first
  scales TEXT NOT NULL,            -- resolution of each column, a space between
  sealed TEXT,                     -- SHA-256 over the data of its spans, once the step has ended
  UNIQUE (run, step_seq, name)
) STRICT;

CREATE TABLE span (
  id INTEGER PRIMARY KEY,          -- curve << 32 | number of its first sample in the curve, from 0
  t0 INTEGER NOT NULL,             -- least and greatest time
  t1 INTEGER NOT NULL,
  n INTEGER NOT NULL,
  codec INTEGER NOT NULL,          -- 1: codec.h, pl_codec_pack
  sums INTEGER NOT NULL,           -- checksums: of data the low half, of pyramid the high one
  pyramid BLOB NOT NULL,           -- min and max of each column by stretches of samples: pyramid.h
  data BLOB NOT NULL
) STRICT;

-- Everything of one commit, for all curves; goes once it stands in spans.
CREATE TABLE slog (
  id INTEGER PRIMARY KEY,
  data BLOB NOT NULL               -- curve_log.h
) STRICT;

CREATE TRIGGER curve_sealed BEFORE UPDATE ON curve WHEN old.sealed IS NOT NULL
  BEGIN SELECT RAISE (ABORT, 'this curve is sealed: what was measured stands'); END;
CREATE TRIGGER curve_kept BEFORE DELETE ON curve BEGIN SELECT RAISE (ABORT, 'results are immutable: record a correction'); END;
CREATE TRIGGER span_immutable BEFORE UPDATE ON span BEGIN SELECT RAISE (ABORT, 'spans are merged, not changed'); END;
CREATE TRIGGER span_sealed BEFORE INSERT ON span WHEN (SELECT sealed FROM curve WHERE id = new.id >> 32) IS NOT NULL
  BEGIN SELECT RAISE (ABORT, 'this curve is sealed: what was measured stands'); END;
CREATE TRIGGER span_kept BEFORE DELETE ON span WHEN (SELECT sealed FROM curve WHERE id = old.id >> 32) IS NOT NULL
  BEGIN SELECT RAISE (ABORT, 'this curve is sealed: what was measured stands'); END;

-- ------------------------------------------------------------------------------------------------
-- Trays of cells on racks of channels.

CREATE TABLE tray (
  id INTEGER PRIMARY KEY,
  code TEXT NOT NULL UNIQUE,
  places INTEGER NOT NULL CHECK (places > 0)
) STRICT;

-- One stay of a tray on a rack: which cells lay where, and what they were taken through.
CREATE TABLE tray_load (
  id INTEGER PRIMARY KEY,
  tray INTEGER NOT NULL REFERENCES tray (id),
  bench TEXT NOT NULL,             -- the rack is a bench
  recipe_hash TEXT REFERENCES recipe (hash),
  loaded TEXT NOT NULL,
  by_whom TEXT NOT NULL,
  unloaded TEXT
) STRICT;
CREATE UNIQUE INDEX tray_load_now ON tray_load (tray) WHERE unloaded IS NULL;
CREATE UNIQUE INDEX tray_load_bench ON tray_load (bench, tray) WHERE unloaded IS NULL;

CREATE TABLE tray_cell (
  load INTEGER NOT NULL REFERENCES tray_load (id),
  place INTEGER NOT NULL CHECK (place > 0),
  channel INTEGER NOT NULL CHECK (channel > 0),
  unit INTEGER NOT NULL REFERENCES unit (id),
  entry TEXT NOT NULL,             -- how the code came: scanned, typed, imported
  PRIMARY KEY (load, place),
  UNIQUE (load, unit)
) STRICT, WITHOUT ROWID;

-- What a channel is doing for a run: enough to find it again after the station has died.
CREATE TABLE channel_run (
  run INTEGER PRIMARY KEY REFERENCES run (id),
  load INTEGER NOT NULL REFERENCES tray_load (id),
  bench TEXT NOT NULL,
  channel INTEGER NOT NULL,
  barcode TEXT NOT NULL,
  test TEXT,                       -- the cycler's own id of the test; NULL = not started yet
  segment INTEGER NOT NULL DEFAULT 0,  -- the recipe step that the running program begins with
  fetched INTEGER NOT NULL DEFAULT 0,  -- records of this test that the station has
  state TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'running', 'ended'))
) STRICT;
CREATE INDEX channel_run_open ON channel_run (bench, channel) WHERE state <> 'ended';

-- ------------------------------------------------------------------------------------------------
-- Packs to build: which graded cells were chosen for which place, and what became of them.

CREATE TABLE pack_plan (
  id INTEGER PRIMARY KEY,
  uuid TEXT NOT NULL UNIQUE,
  product TEXT NOT NULL,
  topology TEXT NOT NULL,          -- "32S1P"
  seed INTEGER NOT NULL,
  utc TEXT NOT NULL,
  operator INTEGER REFERENCES operator (id),
  body TEXT NOT NULL,              -- canonical JSON: limits, bound, figures of the matching
  state TEXT NOT NULL DEFAULT 'reserved' CHECK (state IN ('reserved', 'released', 'built')),
  pack INTEGER REFERENCES unit (id)
) STRICT;
CREATE INDEX pack_plan_state ON pack_plan (state, id);

CREATE TABLE pack_plan_cell (
  plan INTEGER NOT NULL REFERENCES pack_plan (id),
  position INTEGER NOT NULL CHECK (position > 0),
  unit INTEGER NOT NULL REFERENCES unit (id),
  held INTEGER NOT NULL DEFAULT 1 CHECK (held IN (0, 1)),  -- 0 = free for others
  replaced TEXT,                   -- why another cell took its place; NULL = it is the one
  PRIMARY KEY (plan, position, unit)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX pack_plan_cell_held ON pack_plan_cell (unit) WHERE held = 1;
