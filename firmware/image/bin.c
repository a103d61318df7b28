/* SPDX-License-Identifier: Apache-2.0 */
#include "firmware/image/image.h"

static gboolean
probe (const guint8 *data, gsize len)
{
	return TRUE;
}

static gboolean
parse (const guint8 *data, gsize len, guint32 base, PlImage *image, GError **error)
{
	return pl_image_add (image, base, data, len, error);
}

const PlImageFormat pl_format_bin = {"bin", probe, parse};
