/* SPDX-License-Identifier: Apache-2.0 */
#include "firmware/image/image.h"

/* Anything is a binary, which is why it is asked last. */
static gboolean
probe (const guint8 *data, gsize len)
{
	return TRUE;
}

static gboolean
parse (const guint8 *data, gsize len, guint32 base, PlImage *image, GError **error)
{
	/* it has no address of its own: the caller says where it goes */
	return pl_image_add (image, base, data, len, error);
}

const PlImageFormat pl_format_bin = {"bin", probe, parse};
