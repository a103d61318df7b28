/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>

/*
 * A firmware image, whatever file it came from: sorted, non-overlapping segments. A parser is one
 * file and one row in the format table (formats.c); it only calls pl_image_add and
 * pl_image_set_entry.
 */
#define PL_IMAGE_ERROR (pl_image_error_quark ())
GQuark pl_image_error_quark (void);
typedef enum {
	PL_IMAGE_ERROR_FORMAT, /* not such a file, or damaged; message has line or offset */
	PL_IMAGE_ERROR_CHECKSUM,
	PL_IMAGE_ERROR_OVERLAP,
	PL_IMAGE_ERROR_RANGE, /* outside 32 bits or the target's map */
	PL_IMAGE_ERROR_TRUNCATED, /* no end record, short file */
	PL_IMAGE_ERROR_EMPTY,
} PlImageError;

typedef struct {
	guint32 address;
	GBytes *data;
} PlSegment;

typedef struct _PlImage PlImage;

PlImage *pl_image_new (void);
void pl_image_free (PlImage *image);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PlImage, pl_image_free)

/* Adds bytes; neighbours are merged; an overlap is refused (also with equal bytes). */
gboolean pl_image_add (PlImage *image, guint64 address, const guint8 *data, gsize len,
		       GError **error);
void pl_image_set_entry (PlImage *image, guint32 entry);
gboolean pl_image_get_entry (PlImage *image, guint32 *ret_entry);
guint pl_image_n_segments (PlImage *image);
const PlSegment *pl_image_segment (PlImage *image, guint i); /* ascending addresses */
gsize pl_image_size (PlImage *image); /* bytes in all segments */
/* [address, address+len) with `fill` in the gaps; NULL with RANGE if nothing of it is in the image.
 */
GBytes *pl_image_read (PlImage *image, guint32 address, gsize len, guint8 fill, GError **error);

typedef struct {
	const char *name; /* "ihex", "srec", "elf", "bin" */
	gboolean (*probe) (const guint8 *data, gsize len);
	gboolean (*parse) (const guint8 *data, gsize len, guint32 base, PlImage *image,
			   GError **error);
} PlImageFormat;
const PlImageFormat *const *
pl_image_formats (void); /* NULL-terminated; bin is last and takes anything */

/* `format` NULL = found by content. `base` places raw binaries only. Refuses an empty image. */
PlImage *pl_image_parse (const guint8 *data, gsize len, const char *format, guint32 base,
			 GError **error);
PlImage *pl_image_load (const char *file, const char *format, guint32 base, GError **error);
