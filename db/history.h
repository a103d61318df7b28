/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "db/db.h"
#include <gio/gio.h>

/*
 * All runs of the station, newest first, and questions to them. An answer is the set of runs that
 * fitted when it was asked, one bit a row: what is added later changes no place in it, and any
 * place costs the same to find, whatever was asked. Asking looks at every run (0.1 s a million) and
 * belongs on a worker; so do rows, which may have to come from a cold disk.
 */

typedef struct {
	char *serial; /* of a pack, module, cell or board, as scanned; NULL = any */
	gboolean exact; /* that serial only; else all that begin so */
	char *verdict; /* "PASS" ..., "OPEN"; NULL = any, as with all that follow */
	char *kind;
	char *recipe; /* its name */
	char *from, *to; /* UTC texts: begun at or after, and before */
} PlHistoryQuestion;
void pl_history_question_free (PlHistoryQuestion *question);
PlHistoryQuestion *pl_history_question_copy (const PlHistoryQuestion *question);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PlHistoryQuestion, pl_history_question_free)

/* A row of the list: what is known of a run at a glance. */
typedef struct {
	gint64 id, recipe_version;
	char *uuid, *serial, *started, *kind, *recipe, *station;
	char *ended, *verdict, *grade, *operator_name, *cause; /* may be NULL */
} PlHistoryRow;
void pl_history_row_free (gpointer row);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PlHistoryRow, pl_history_row_free)

typedef struct _PlHistoryAnswer PlHistoryAnswer;

/* Inside a PlDbWork of a reader. CANCELLED if somebody no longer wants to know. */
PlHistoryAnswer *pl_history_ask (sqlite3 *sql, const PlHistoryQuestion *question,
				 GCancellable *cancellable, GError **error);
/* It never changes, so threads may share it. */
PlHistoryAnswer *pl_history_answer_ref (PlHistoryAnswer *answer);
void pl_history_answer_unref (PlHistoryAnswer *answer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PlHistoryAnswer, pl_history_answer_unref)
guint pl_history_length (const PlHistoryAnswer *answer);
/* The run at that place (from 0 = newest); 0 beyond the end. Takes under a microsecond. */
gint64 pl_history_run (const PlHistoryAnswer *answer, guint at);
/* PlHistoryRow* of the places from..from+n-1, fewer at the end. Caller unrefs. */
GPtrArray *pl_history_rows (sqlite3 *sql, const PlHistoryAnswer *answer, guint from, guint n,
			    GError **error);
/* How many runs that fit the same question have begun since. */
gboolean pl_history_newer (sqlite3 *sql, const PlHistoryAnswer *answer, guint *ret_n,
			   GError **error);
/* Names of the recipes that have run here, by name: char*. Caller unrefs. */
GPtrArray *pl_history_recipes (sqlite3 *sql, GError **error);
