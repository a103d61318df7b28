/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>

/*
 * Canonical JSON (RFC 8785) as it is written: the caller gives object keys in the order of their
 * UTF-16 code units (pl_canonical_compare); a key out of order or given twice stops the program,
 * since it would be a mistake of ours. Numbers that matter to a signature are given as decimal
 * strings by the callers.
 */
typedef struct _PlCanonical PlCanonical;

PlCanonical *pl_canonical_new (void);
void pl_canonical_free (PlCanonical *json);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PlCanonical, pl_canonical_free)
void pl_canonical_begin_object (PlCanonical *json);
void pl_canonical_end_object (PlCanonical *json);
void pl_canonical_begin_array (PlCanonical *json);
void pl_canonical_end_array (PlCanonical *json);
void pl_canonical_key (PlCanonical *json, const char *key);
/* The order of keys; both valid UTF-8. For sorting. */
int pl_canonical_compare (const char *a, const char *b);
/* NULL writes null. Invalid UTF-8 is replaced by U+FFFD. */
void pl_canonical_string (PlCanonical *json, const char *text);
void pl_canonical_integer (PlCanonical *json, gint64 value); /* |value| <= 2^53 */
void pl_canonical_bool (PlCanonical *json, gboolean value);
/* The shortest decimal that reads back as the same double, in quotes; NaN writes null. */
void pl_canonical_decimal (PlCanonical *json, double value);
/* key and string in one; nothing at all where text is NULL. */
void pl_canonical_member (PlCanonical *json, const char *key, const char *text);
void pl_canonical_member_integer (PlCanonical *json, const char *key, gint64 value);
/* Left out if it is no finite number: a reader need not tell an absent bound from a null one. */
void pl_canonical_member_decimal (PlCanonical *json, const char *key, double value);
/* The text so far; all objects and arrays closed. Caller frees. */
char *pl_canonical_text (PlCanonical *json);
/* The shortest decimal of a finite double that reads back the same, as ECMAScript writes numbers;
 * caller frees. */
char *pl_decimal_text (double value);
