/* SPDX-License-Identifier: Apache-2.0 */
#include "firmware/image/image.h"

/* The explicit table: a format exists if and only if it has a row here. bin takes anything and so comes last. */
extern const PlImageFormat pl_format_ihex, pl_format_srec, pl_format_elf, pl_format_bin;

static const PlImageFormat *const formats[] = {&pl_format_ihex, &pl_format_srec, &pl_format_elf,
					       &pl_format_bin, NULL};

/* More than any part's flash that this station flashes; keeps a wrong file from filling the memory. */
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

PlImage *
pl_image_parse (const guint8 *data, gsize len, const char *format, guint32 base, GError **error)
{
	const PlImageFormat *chosen = choose (data, len, format, error);
	g_autoptr (PlImage) image = pl_image_new ();

	if (chosen == NULL)
		return NULL;
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

PlImage *
pl_image_load (const char *file, const char *format, guint32 base, GError **error)
{
	g_autofree char *data = NULL;
	g_autoptr (PlImage) image = NULL;
	gsize len;

	if (!g_file_get_contents (file, &data, &len, error))
		return NULL;
	if (len > FILE_MAX) {
		g_set_error (error, PL_IMAGE_ERROR, PL_IMAGE_ERROR_RANGE,
			     "%s has %" G_GSIZE_FORMAT " bytes, more than any flash here", file,
			     len);
		return NULL;
	}
	image = pl_image_parse ((const guint8 *)data, len, format, base, error);
	if (image == NULL)
		g_prefix_error (error, "%s: ", file);
	return g_steal_pointer (&image);
}
