/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/sentence.h"
#include <string.h>

#define MAX_ARGUMENTS 16 /* fewer than the bits of used() */
/* Looks at one sentence; real ones take a few hundred. */
#define MAX_LOOKS 20000
/* Nobody reads a longer one; it is shown as it came. */
#define MAX_BYTES 2000

/* -- formats ----------------------------------------------------------------------------------- */

typedef enum { LITERAL, TEXT, CHARACTER, INTEGER, HEXADECIMAL, NUMBER } Kind;

typedef struct {
	Kind kind;
	char *text; /* of a literal */
	gsize len;
	guint argument; /* of a conversion, from 0 */
} Piece;

typedef struct {
	GArray *pieces, *words; /* Piece: of the English, of the other language */
	guint n_arguments;
	gsize weight; /* bytes of its literals */
	const Piece *key; /* its longest literal: borrowed */
} Format;

struct _PlSentences {
	GPtrArray *formats;
	GHashTable *names; /* char* -> char* */
};

static void
piece_clear (gpointer data)
{
	g_free (((Piece *)data)->text);
}

static GArray *
pieces_new (void)
{
	GArray *pieces = g_array_new (FALSE, FALSE, sizeof (Piece));

	g_array_set_clear_func (pieces, piece_clear);
	return pieces;
}

static void
format_free (gpointer data)
{
	Format *format = data;

	g_array_unref (format->pieces);
	g_array_unref (format->words);
	g_free (format);
}

static const Piece *
piece_at (const GArray *pieces, guint i)
{
	return &g_array_index (pieces, Piece, i);
}

static void
add_literal (GArray *pieces, GString *literal)
{
	Piece piece = {.kind = LITERAL, .text = g_strdup (literal->str), .len = literal->len};

	if (literal->len > 0)
		g_array_append_val (pieces, piece);
	else
		g_free (piece.text);
	g_string_truncate (literal, 0);
}

static gboolean
kind_of (char letter, Kind *kind)
{
	static const struct {
		const char *letters;
		Kind kind;
	} kinds[] = {{"s", TEXT},	  {"c", CHARACTER}, {"diu", INTEGER},
		     {"xX", HEXADECIMAL}, {"o", INTEGER},   {"eEfgG", NUMBER}};

	for (guint i = 0; letter != '\0' && i < G_N_ELEMENTS (kinds); i++)
		if (strchr (kinds[i].letters, letter) != NULL) {
			*kind = kinds[i].kind;
			return TRUE;
		}
	return FALSE;
}

/* Behind the '%': "2$", flags, width, precision, length, letter. NULL = not understood. */
static const char *
read_conversion (const char *at, GArray *pieces, guint *next)
{
	Piece piece = {0};
	gsize digits = strspn (at, "0123456789");

	if (digits > 0 && at[digits] == '$') {
		piece.argument = (guint)g_ascii_strtoull (at, NULL, 10) - 1;
		at += digits + 1;
	} else
		piece.argument = (*next)++;
	/* flags, width and length say how it was written; when it is read they do not matter */
	at += strspn (at, "-+ #0");
	at += strspn (at, "0123456789.*");
	at += strspn (at, "hlzjt");
	if (!kind_of (*at, &piece.kind) || piece.argument >= MAX_ARGUMENTS)
		return NULL;
	g_array_append_val (pieces, piece);
	return at + 1;
}

/* NULL = a conversion is not understood. `n` is the number of arguments that it asks for. */
static GArray *
read_format (const char *at, guint *n)
{
	g_autoptr (GString) literal = g_string_new (NULL);
	g_autoptr (GArray) pieces = pieces_new ();
	guint next = 0;

	while (at != NULL && *at != '\0') {
		if (*at != '%' || at[1] == '%') {
			g_string_append_c (literal, *at);
			at += *at == '%' ? 2 : 1;
			continue;
		}
		add_literal (pieces, literal);
		at = read_conversion (at + 1, pieces, &next);
	}
	add_literal (pieces, literal);
	*n = 0;
	for (guint i = 0; i < pieces->len; i++)
		if (piece_at (pieces, i)->kind != LITERAL)
			*n = MAX (*n, piece_at (pieces, i)->argument + 1);
	return at != NULL ? g_steal_pointer (&pieces) : NULL;
}

/* The rest of the sentence that a format opens or continues is an argument, too. */
static void
add_rest (Format *format, gboolean before)
{
	Piece rest = {.kind = TEXT, .argument = format->n_arguments++};

	g_array_insert_val (format->pieces, before ? 0 : format->pieces->len, rest);
	g_array_insert_val (format->words, before ? 0 : format->words->len, rest);
}

static guint
used (const GArray *pieces)
{
	guint bits = 0;

	for (guint i = 0; i < pieces->len; i++)
		if (piece_at (pieces, i)->kind != LITERAL)
			bits |= 1u << piece_at (pieces, i)->argument;
	return bits;
}

/* The longest literal is looked for in a sentence before the format is tried: most have it not. */
static void
weigh (Format *format)
{
	for (guint i = 0; i < format->pieces->len; i++) {
		const Piece *piece = piece_at (format->pieces, i);

		if (piece->kind != LITERAL)
			continue;
		format->weight += piece->len;
		if (format->key == NULL || piece->len > format->key->len)
			format->key = piece;
	}
}

gboolean
pl_sentences_add (PlSentences *self, const char *text, const char *words)
{
	Format *format = g_new0 (Format, 1);
	guint n_words = 0;

	format->pieces = read_format (text, &format->n_arguments);
	format->words = read_format (words, &n_words);
	if (format->pieces == NULL || format->words == NULL ||
	    used (format->pieces) != used (format->words)) {
		g_clear_pointer (&format->pieces, g_array_unref);
		g_clear_pointer (&format->words, g_array_unref);
		g_free (format);
		return FALSE;
	}
	/* " after 3 attempts" continues a sentence, "cannot open " opens one: what stands there
	 * is said in turn */
	if (format->n_arguments < MAX_ARGUMENTS && *text != '\0' && strchr (" :;,", *text) != NULL)
		add_rest (format, TRUE);
	if (format->n_arguments < MAX_ARGUMENTS && g_str_has_suffix (text, " "))
		add_rest (format, FALSE);
	weigh (format);
	if (format->key == NULL) {
		format_free (format);
		return FALSE;
	}
	g_ptr_array_add (self->formats, format);
	return TRUE;
}

void
pl_sentences_name (PlSentences *self, const char *name, const char *words)
{
	g_hash_table_insert (self->names, g_strdup (name), g_strdup (words));
}

PlSentences *
pl_sentences_new (void)
{
	PlSentences *self = g_new0 (PlSentences, 1);

	self->formats = g_ptr_array_new_with_free_func (format_free);
	self->names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
	return self;
}

void
pl_sentences_free (PlSentences *self)
{
	g_ptr_array_unref (self->formats);
	g_hash_table_unref (self->names);
	g_free (self);
}

/* -- one sentence ------------------------------------------------------------------------------ */

typedef struct {
	const char *from, *to;
} Span;

/* How a part of the sentence is best said. */
typedef struct {
	guint64 score; /* bytes of it that formats explain; 0 = none of it */
	char *text; /* NULL with a score of 0 */
} Saying;

typedef struct {
	GPtrArray *formats; /* those that the sentence may hold */
	GHashTable *names;
	GHashTable *sayings; /* Span* -> Saying* */
	guint looks;
} Search;

static guint
span_hash (gconstpointer data)
{
	const Span *span = data;

	return g_direct_hash (span->from) * 31 + g_direct_hash (span->to);
}

static gboolean
span_equal (gconstpointer a, gconstpointer b)
{
	/* by place, not by text: a part is looked at again and again at its place */
	return memcmp (a, b, sizeof (Span)) == 0;
}

static void
saying_free (gpointer data)
{
	g_free (((Saying *)data)->text);
	g_free (data);
}

static const Saying *say (Search *search, Span span);

/* A match of a format that is being tried. */
typedef struct {
	Search *search;
	const Format *format;
	const char *end;
	Span arguments[MAX_ARGUMENTS];
	Saying *best;
} Try;

static void
append_span (Search *search, GString *out, Span span)
{
	const Saying *saying = say (search, span);

	if (saying->text != NULL)
		g_string_append (out, saying->text);
	else
		g_string_append_len (out, span.from, span.to - span.from);
}

static void
keep_better (Saying *best, guint64 score, GString *text)
{
	if (score > best->score) {
		g_free (best->text);
		best->text = g_strdup (text->str);
		best->score = score;
	}
}

static void
conclude (Try *try)
{
	guint64 score = try->format->weight;
	g_autoptr (GString) out = NULL;

	for (guint i = 0; i < try->format->pieces->len; i++) {
		const Piece *piece = piece_at (try->format->pieces, i);

		if (piece->kind == TEXT)
			score += say (try->search, try->arguments[piece->argument])->score;
	}
	/* the first of equals stays, as they stand in the catalogue */
	if (score <= try->best->score)
		return;
	out = g_string_new (NULL);
	for (guint i = 0; i < try->format->words->len; i++) {
		const Piece *piece = piece_at (try->format->words, i);

		if (piece->kind == LITERAL)
			g_string_append_len (out, piece->text, (gssize)piece->len);
		else
			append_span (try->search, out, try->arguments[piece->argument]);
	}
	keep_better (try->best, score, out);
}

static const char *
skip (const char *at, const char *end, gboolean (*is) (char c))
{
	while (at < end && is (*at))
		at++;
	return at;
}

static gboolean
is_digit (char c)
{
	return g_ascii_isdigit (c);
}

static gboolean
is_hexadecimal (char c)
{
	return g_ascii_isxdigit (c);
}

static gboolean
is_blank (char c)
{
	return c == ' ';
}

/* Of UTF-8: a character is its first byte and these. */
static gboolean
is_continuation (char c)
{
	return ((guchar)c & 0xc0) == 0x80;
}

static const char *
skip_number (const char *at, const char *end)
{
	const char *digits = skip (at, end, is_digit), *more;

	if (end - at >= 3 && (strncmp (at, "inf", 3) == 0 || strncmp (at, "nan", 3) == 0))
		return at + 3;
	if (digits == at)
		return at;
	/* "1." at a sentence's end is 1 and a full stop */
	if (digits < end && *digits == '.' && skip (digits + 1, end, is_digit) > digits + 1)
		digits = skip (digits + 1, end, is_digit);
	if (end - digits < 2 || g_ascii_tolower (*digits) != 'e')
		return digits;
	more = digits + (digits[1] == '-' || digits[1] == '+' ? 2 : 1);
	return skip (more, end, is_digit) > more ? skip (more, end, is_digit) : digits;
}

/* The end of what such a conversion wrote at `at`; NULL = it did not write this. */
static const char *
skip_conversion (Kind kind, const char *at, const char *end)
{
	const char *from, *to;

	if (kind == CHARACTER)
		return at < end && !is_continuation (*at) ? skip (at + 1, end, is_continuation)
							  : NULL;
	/* a width pads with blanks */
	from = skip (at, end, is_blank);
	if (kind == HEXADECIMAL)
		to = skip (from, end, is_hexadecimal);
	else {
		from += from < end && *from == '-';
		to = kind == INTEGER ? skip (from, end, is_digit) : skip_number (from, end);
	}
	return to > from ? to : NULL;
}

static void try_pieces (Try *try, guint i, const char *at);

/* Between two texts side by side: one of them is empty, or they meet at a blank or a mark. */
static gboolean
may_meet (const Try *try, const char *from, const char *at)
{
	return at == from || at == try->end || strchr (" :;,.(", *at) != NULL || at[-1] == ' ';
}

/* A text ends before each place where what follows it may begin, the nearest first. */
static void
try_text (Try *try, guint i, const char *at)
{
	const Piece *next =
	    i + 1 < try->format->pieces->len ? piece_at (try->format->pieces, i + 1) : NULL;
	Span *argument = &try->arguments[piece_at (try->format->pieces, i)->argument];
	const char *to = next == NULL ? try->end : at;

	while (to != NULL && to <= try->end && try->search->looks < MAX_LOOKS) {
		if (next != NULL && next->kind == LITERAL)
			to = memmem (to, (gsize)(try->end - to), next->text, next->len);
		if (to == NULL)
			break;
		*argument = (Span){at, to};
		if (next == NULL || next->kind != TEXT || may_meet (try, at, to))
			try_pieces (try, i + 1, to);
		to++;
	}
}

static void
try_pieces (Try *try, guint i, const char *at)
{
	const Piece *piece;
	const char *to;

	if (++try->search->looks > MAX_LOOKS)
		return;
	if (i == try->format->pieces->len) {
		if (at == try->end)
			conclude (try);
		return;
	}
	piece = piece_at (try->format->pieces, i);
	if (piece->kind == TEXT) {
		try_text (try, i, at);
		return;
	}
	if (piece->kind == LITERAL)
		to = (gsize)(try->end - at) >= piece->len &&
			     memcmp (at, piece->text, piece->len) == 0
			 ? at + piece->len
			 : NULL;
	else
		to = skip_conversion (piece->kind, at, try->end);
	if (to == NULL)
		return;
	if (piece->kind != LITERAL)
		try->arguments[piece->argument] = (Span){at, to};
	try_pieces (try, i + 1, to);
}

/* Sentences are strung together, too. A format that explains as much reaches over the joint of two,
 * so the joint comes first; but English has commas within a thing: both sides of one must be known,
 * and a format comes before it. */
static const struct {
	const char *english, *words;
	gboolean comma;
} joints[] = {{"\n", "\n", FALSE},
	      {". ", "。", FALSE},
	      {"; ", "；", FALSE},
	      {": ", "：", FALSE},
	      {", ", "，", TRUE}};

static void
try_joint (Search *search, Span span, guint joint, Saying *best)
{
	const char *at = span.from;
	gsize len = strlen (joints[joint].english);

	while (++search->looks < MAX_LOOKS &&
	       (at = memmem (at, (gsize)(span.to - at), joints[joint].english, len)) != NULL) {
		Span left = {span.from, at}, right = {at + len, span.to};
		guint64 a = say (search, left)->score, b = say (search, right)->score;

		if (a + b > best->score && (!joints[joint].comma || (a > 0 && b > 0))) {
			g_autoptr (GString) out = g_string_new (NULL);

			append_span (search, out, left);
			g_string_append (out, joints[joint].words);
			append_span (search, out, right);
			keep_better (best, a + b, out);
		}
		at += len;
	}
}

static void
try_name (Search *search, Span span, Saying *best)
{
	g_autofree char *name = g_strndup (span.from, (gsize)(span.to - span.from));

	best->text = g_strdup (g_hash_table_lookup (search->names, name));
	/* a name explains every byte of itself */
	best->score = best->text != NULL ? strlen (name) : 0;
}

static void
try_joints (Search *search, Span span, gboolean commas, Saying *best)
{
	for (guint i = 0; i < G_N_ELEMENTS (joints); i++)
		if (joints[i].comma == commas)
			try_joint (search, span, i, best);
}

static void
try_formats (Search *search, Span span, Saying *best)
{
	for (guint i = 0; i < search->formats->len && span.to > span.from; i++) {
		const Format *format = g_ptr_array_index (search->formats, i);
		Try try = {.search = search, .format = format, .end = span.to, .best = best};

		/* its literals alone are longer than this */
		if (format->weight <= (gsize)(span.to - span.from))
			try_pieces (&try, 0, span.from);
	}
}

/* Every part that is looked at is shorter than the whole, so none asks for itself. */
static const Saying *
say (Search *search, Span span)
{
	Saying *saying = g_hash_table_lookup (search->sayings, &span);

	if (saying != NULL)
		return saying;
	saying = g_new0 (Saying, 1);
	try_name (search, span, saying);
	try_joints (search, span, FALSE, saying);
	try_formats (search, span, saying);
	try_joints (search, span, TRUE, saying);
	g_hash_table_insert (search->sayings, g_memdup2 (&span, sizeof span), saying);
	return saying;
}

char *
pl_sentences_say (PlSentences *self, const char *sentence)
{
	Search search = {0};
	char *text;

	if (strlen (sentence) > MAX_BYTES)
		return NULL;
	search.names = self->names;
	search.formats = g_ptr_array_new ();
	for (guint i = 0; i < self->formats->len; i++) {
		Format *format = g_ptr_array_index (self->formats, i);

		if (strstr (sentence, format->key->text) != NULL)
			g_ptr_array_add (search.formats, format);
	}
	search.sayings = g_hash_table_new_full (span_hash, span_equal, g_free, saying_free);
	text = g_strdup (say (&search, (Span){sentence, sentence + strlen (sentence)})->text);
	g_hash_table_unref (search.sayings);
	g_ptr_array_unref (search.formats);
	return text;
}
