/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/station/many_runs.h"

/* Statement for statement as SQL, with the number of runs for ?1: a million take seconds. */
static const char *const statements[] = {
    "INSERT INTO operator (name) VALUES ('4711'), ('4712'), ('4713'), ('4714')",
    "INSERT INTO recipe (hash, name, version, text) VALUES"
    " ('5e884898da28047151d0e56f8dc6292773603d0d6aabbdd62a11ef721d1542d8', 'pack-eol-32s', 3, '-'),"
    " ('6b86b273ff34fce19d6b804eff5a3f5747ada4eaa22f1d49c01e52ddb7875b4b', 'pack-eol-32s', 4, '-'),"
    " ('d4735e3a265e16eee03f59718b9b5d03019c07d8b6c51f90da3a666eec13ab35', 'golden', 1, '-')",
    "INSERT INTO unit (kind, serial, scheme, created) WITH RECURSIVE s (i) AS (SELECT 1 UNION ALL "
    "SELECT i + 1 FROM s WHERE i < ?1 / 2) SELECT 'pack', printf ('PL32-%06d', i), 'plain', "
    "'2026-01-01T00:00:00.000Z' FROM s",
    "INSERT INTO unit (kind, serial, scheme, created) WITH RECURSIVE s (i) AS (SELECT 1 UNION ALL "
    "SELECT i + 1 FROM s WHERE i < 4 * min (100, ?1 / 2)) SELECT 'cell', printf ('EVE%08d', i), "
    "'plain', '2026-01-01T00:00:00.000Z' FROM s",
    "INSERT INTO link (child, parent, position, t_from, reason, by_whom)"
    " SELECT id, 1 + (id - ?1 / 2 - 1) / 4, 1 + (id - ?1 / 2 - 1) % 4, '2026-01-02T00:00:00.000Z',"
    " 'built', '4711' FROM unit WHERE kind = 'cell'",
    "UPDATE link SET t_to = '2026-01-03T00:00:00.000Z' WHERE position = 4",
    "INSERT INTO link (child, parent, position, t_from, reason, by_whom)"
    " SELECT child, parent + 1, 5, '2026-01-04T00:00:00.000Z', 'rework', '4712' FROM link"
    " WHERE position = 4 AND parent < min (100, ?1 / 2)",
    /* a factor that has none in common with the packs: each comes twice, in no order */
    "INSERT INTO run (uuid, unit, kind, recipe_hash, station, bench, software, operator, entry, "
    "started, ended, verdict, cause, grade) WITH RECURSIVE s (i) AS (SELECT 1 UNION ALL SELECT i + "
    "1 FROM s WHERE i < ?1) SELECT printf ('01a2105d-%04x-7000-8000-%012x', i % 65536, i),"
    " 1 + (i * 1103515247 + 12345) % (?1 / 2),"
    " CASE WHEN i % 97 = 0 THEN 'golden' WHEN i % 31 = 0 THEN 'engineering' ELSE 'production' END,"
    " (SELECT hash FROM recipe WHERE (i % 97 = 0 AND name = 'golden') OR (i % 97 > 0 AND version = "
    "CASE WHEN i * 2 > ?1 THEN 4 ELSE 3 END)), printf ('EOL-%d', 1 + i % 4), 'bench', '1.0', 1 + i "
    "% 4, 'scanned', strftime ('%Y-%m-%dT%H:%M:%fZ', 1760000000 + i * 29, 'unixepoch'),"
    " strftime ('%Y-%m-%dT%H:%M:%fZ', 1760000000 + i * 29 + 900, 'unixepoch'),"
    " CASE WHEN i % 11 = 5 THEN 'FAIL' WHEN i % 101 = 0 THEN 'ERROR' WHEN i % 499 = 0 THEN "
    "'ABORTED' ELSE 'PASS' END,"
    " CASE WHEN i % 11 = 5 THEN 'Pack and cell resistance, 10 s: position ' || (1 + i % 32) || ': "
    "0.593 mohm over the median of 0.571 mohm: loose busbar or weld at this cell' WHEN i % 101 = 0 "
    "THEN 'Insulation resistance: hipot tester at the fixture does not answer' WHEN i % 499 = 0 "
    "THEN 'Cell voltages: stopped by 4711' END,"
    " CASE WHEN i % 11 = 5 OR i % 101 = 0 OR i % 499 = 0 THEN NULL ELSE substr ('AAAABBC', 1 + i % "
    "7, 1) END FROM s",
};

static gboolean
fill (sqlite3 *sql, gpointer data, GError **error)
{
	for (guint i = 0; i < G_N_ELEMENTS (statements); i++) {
		sqlite3_stmt *statement = pl_sql (sql, error, statements[i], "");

		if (statement != NULL && sqlite3_bind_parameter_count (statement) > 0)
			sqlite3_bind_int64 (statement, 1, *(const guint *)data);
		if (!pl_sql_run (sql, statement, error))
			return FALSE;
	}
	return TRUE;
}

gboolean
many_runs_fill (PlDb *db, guint n, GError **error)
{
	return pl_db_write (db, fill, &n, error);
}
