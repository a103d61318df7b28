/* SPDX-License-Identifier: Apache-2.0 */
#include "firmware/image/image.h"
#include <string.h>

G_DEFINE_QUARK (pl - image - error - quark, pl_image_error)

/* While it is being built, segments hold growable arrays; the GBytes of PlSegment are made when
 * asked for. */
typedef struct {
	guint32 address;
	GByteArray *data;
	PlSegment view;
} Piece;

struct _PlImage {
	GPtrArray *pieces; /* Piece*, ascending, never touching */
	guint32 entry;
	gboolean has_entry;
};

static void
piece_free (gpointer data)
{
	Piece *piece = data;

	g_byte_array_unref (piece->data);
	g_clear_pointer (&piece->view.data, g_bytes_unref);
	g_free (piece);
}

PlImage *
pl_image_new (void)
{
	PlImage *image = g_new0 (PlImage, 1);

	image->pieces = g_ptr_array_new_with_free_func (piece_free);
	return image;
}

void
pl_image_free (PlImage *image)
{
	if (image == NULL)
		return;
	g_ptr_array_unref (image->pieces);
	g_free (image);
}

static Piece *
piece_at (PlImage *image, guint i)
{
	return g_ptr_array_index (image->pieces, i);
}

static guint64
piece_end (const Piece *piece)
{
	return (guint64)piece->address + piece->data->len;
}

/* First piece that ends at or after the address; n if none. By halves, because a HEX file has a
 * record for every 16 bytes. */
static guint
find_slot (PlImage *image, guint64 address)
{
	guint low = 0, high = image->pieces->len;

	while (low < high) {
		guint middle = (low + high) / 2;

		if (piece_end (piece_at (image, middle)) < address)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static gboolean
overlaps (const Piece *piece, guint64 address, gsize len, GError **error)
{
	if (address >= piece_end (piece) || address + len <= piece->address)
		return FALSE;
	g_set_error (error, PL_IMAGE_ERROR, PL_IMAGE_ERROR_OVERLAP,
		     "0x%08" G_GINT64_MODIFIER "x..0x%08" G_GINT64_MODIFIER
		     "x overlaps bytes already given at 0x%08x..0x%08" G_GINT64_MODIFIER "x",
		     address, address + len - 1, piece->address, piece_end (piece) - 1);
	return TRUE;
}

/* Piece i ends where the next begins: one piece, because an erase and a checksum run over what lies
 * side by side, however the linker cut it. */
static void
merge_next (PlImage *image, guint i)
{
	Piece *piece = piece_at (image, i), *next;

	if (i + 1 >= image->pieces->len)
		return;
	next = piece_at (image, i + 1);
	if (piece_end (piece) != next->address)
		return;
	g_byte_array_append (piece->data, next->data->data, next->data->len);
	g_ptr_array_remove_index (image->pieces, i + 1);
}

gboolean
pl_image_add (PlImage *image, guint64 address, const guint8 *data, gsize len, GError **error)
{
	guint at;
	Piece *piece;

	if (len == 0)
		return TRUE;
	/* the second for a sum that wraps: address comes from a file */
	if (address + len > (guint64)1 << 32 || address + len < address) {
		g_set_error (error, PL_IMAGE_ERROR, PL_IMAGE_ERROR_RANGE,
			     "0x%" G_GINT64_MODIFIER "x and %" G_GSIZE_FORMAT
			     " bytes go beyond 32 bits",
			     address, len);
		return FALSE;
	}
	at = find_slot (image, address);
	/* the one that ends here may only touch; the one behind it may begin too early */
	for (guint i = at; i < image->pieces->len && i < at + 2; i++)
		if (overlaps (piece_at (image, i), address, len, error))
			return FALSE;
	if (at < image->pieces->len && piece_end (piece_at (image, at)) == address) {
		g_byte_array_append (piece_at (image, at)->data, data, len);
	} else {
		piece = g_new0 (Piece, 1);
		piece->address = (guint32)address;
		piece->data = g_byte_array_new ();
		g_byte_array_append (piece->data, data, len);
		g_ptr_array_insert (image->pieces, at, piece);
	}
	merge_next (image, at);
	return TRUE;
}

void
pl_image_set_entry (PlImage *image, guint32 entry)
{
	image->entry = entry;
	image->has_entry = TRUE;
}

gboolean
pl_image_get_entry (PlImage *image, guint32 *ret_entry)
{
	if (image->has_entry)
		*ret_entry = image->entry;
	return image->has_entry;
}

guint
pl_image_n_segments (PlImage *image)
{
	return image->pieces->len;
}

const PlSegment *
pl_image_segment (PlImage *image, guint i)
{
	Piece *piece = piece_at (image, i);

	/* what was added since makes the view stale; bytes are never taken away */
	if (piece->view.data == NULL || g_bytes_get_size (piece->view.data) != piece->data->len) {
		g_clear_pointer (&piece->view.data, g_bytes_unref);
		piece->view.data = g_bytes_new (piece->data->data, piece->data->len);
	}
	piece->view.address = piece->address;
	return &piece->view;
}

gsize
pl_image_size (PlImage *image)
{
	gsize size = 0;

	for (guint i = 0; i < image->pieces->len; i++)
		size += piece_at (image, i)->data->len;
	return size;
}

/* Whole pages of sparse bytes: what the image does not give reads as `fill`, which is erased flash
 * to whoever asks. A range with nothing at all is a mistake of the caller. */
GBytes *
pl_image_read (PlImage *image, guint32 address, gsize len, guint8 fill, GError **error)
{
	g_autofree guint8 *out = g_malloc (len);
	guint64 end = (guint64)address + len;
	gboolean any = FALSE;

	memset (out, fill, len);
	for (guint i = 0; i < image->pieces->len; i++) {
		const Piece *piece = piece_at (image, i);
		guint64 from = MAX (piece->address, address), to = MIN (piece_end (piece), end);

		if (from >= to)
			continue;
		memcpy (out + (from - address), piece->data->data + (from - piece->address),
			to - from);
		any = TRUE;
	}
	if (any)
		return g_bytes_new_take (g_steal_pointer (&out), len);
	g_set_error (error, PL_IMAGE_ERROR, PL_IMAGE_ERROR_RANGE,
		     "the image has nothing at 0x%08x..0x%08" G_GINT64_MODIFIER "x", address,
		     end - 1);
	return NULL;
}
