/* SPDX-License-Identifier: Apache-2.0 */
#include "firmware/image/image.h"
#include <glib/gstdio.h>

/* The explicit table: a format exists if and only if it has a row here. bin takes anything and so
 * comes last. */
extern const PlImageFormat pl_format_ihex, pl_format_srec, pl_format_elf, pl_format_bin;

static const PlImageFormat *const formats[] = {&pl_format_ihex, &pl_format_srec, &pl_format_elf,
					       &pl_format_bin, NULL};

/* More than any part's flash that this station flashes; keeps a wrong file from filling the memory.
 * */
#define FILE_MAX (64u * 1024 * 1024)

const PlImageFormat *const *
pl_image_formats (void)
{
	return formats;
}

static const PlImageFormat *
choose (const guint8 *data, gsize len, const char *format, GError **error)
{
	for (guint i = 0; formats[i] != NULL; i++)
		if (format != NULL ? g_str_equal (formats[i]->name, format)
				   : formats[i]->probe (data, len))
			return formats[i];
	g_set_error (error, PL_IMAGE_ERROR, PL_IMAGE_ERROR_FORMAT,
		     "unknown image format \"%s\"; known are ihex, srec, elf, bin", format);
	return NULL;
}

/* A damaged HEX file whose first line is lost must not be taken for code. */
static gboolean
is_text (const guint8 *data, gsize len)
{
	for (gsize i = 0; i < len; i++)
		if (!g_ascii_isprint (data[i]) && !g_ascii_isspace (data[i]))
			return FALSE;
	return len > 0;
}

PlImage *
pl_image_parse (const guint8 *data, gsize len, const char *format, guint32 base, GError **error)
{
	const PlImageFormat *chosen = choose (data, len, format, error);
	g_autoptr (PlImage) image = pl_image_new ();

	if (chosen == NULL)
		return NULL;
	if (len == 0) {
		g_set_error (error, PL_IMAGE_ERROR, PL_IMAGE_ERROR_EMPTY, "the file is empty");
		return NULL;
	}
	if (format == NULL && chosen == &pl_format_bin && is_text (data, len)) {
		g_set_error (
		    error, PL_IMAGE_ERROR, PL_IMAGE_ERROR_FORMAT,
		    "line 1: text that is neither Intel HEX nor S-records; if it is to be flashed "
		    "as it is, name the format bin");
		return NULL;
	}
	if (!chosen->parse (data, len, base, image, error)) {
		g_prefix_error (error, "%s image: ", chosen->name);
		return NULL;
	}
	if (pl_image_size (image) > 0)
		return g_steal_pointer (&image);
	g_set_error (error, PL_IMAGE_ERROR, PL_IMAGE_ERROR_EMPTY,
		     "%s image: it holds no bytes to flash", chosen->name);
	return NULL;
}

/* Asked before reading: a wrong file may be larger than the memory. */
static gboolean
check_size (const char *file, GError **error)
{
	GStatBuf info;

	if (g_stat (file, &info) != 0 || (S_ISREG (info.st_mode) && info.st_size <= FILE_MAX))
		return TRUE; /* what is not there is reported by who opens it */
	if (!S_ISREG (info.st_mode))
		g_set_error (error, PL_IMAGE_ERROR, PL_IMAGE_ERROR_FORMAT, "%s is not a file",
			     file);
	else
		g_set_error (error, PL_IMAGE_ERROR, PL_IMAGE_ERROR_RANGE,
			     "%s has %" G_GINT64_FORMAT " bytes, more than any flash here", file,
			     (gint64)info.st_size);
	return FALSE;
}

PlImage *
pl_image_load (const char *file, const char *format, guint32 base, GError **error)
{
	g_autofree char *data = NULL;
	g_autoptr (PlImage) image = NULL;
	gsize len;

	if (!check_size (file, error) || !g_file_get_contents (file, &data, &len, error))
		return NULL;
	image = pl_image_parse ((const guint8 *)data, len, format, base, error);
	if (image == NULL)
		g_prefix_error (error, "%s: ", file);
	return g_steal_pointer (&image);
}
