/* SPDX-License-Identifier: Apache-2.0 */
#include "firmware/image/image.h"
#include <elf.h>
#include <string.h>

/* ELF32 little-endian for ARM: every PT_LOAD segment with bytes in the file, at its physical
 * address. */
static gboolean
probe (const guint8 *data, gsize len)
{
	return len >= SELFMAG && memcmp (data, ELFMAG, SELFMAG) == 0;
}

static gboolean
bad (GError **error, PlImageError code, const char *what, guint64 at)
{
	g_set_error (error, PL_IMAGE_ERROR, code, "%s (at offset 0x%" G_GINT64_MODIFIER "x)", what,
		     at);
	return FALSE;
}

/* Section headers are not looked at: what is loaded is in the program headers, and a stripped file
 * has nothing else. */
static gboolean
check_head (const Elf32_Ehdr *head, gsize len, GError **error)
{
	if (head->e_ident[EI_CLASS] != ELFCLASS32 || head->e_ident[EI_DATA] != ELFDATA2LSB)
		return bad (error, PL_IMAGE_ERROR_FORMAT, "it is not a 32-bit little-endian ELF",
			    EI_CLASS);
	if (GUINT16_FROM_LE (head->e_machine) != EM_ARM)
		return bad (error, PL_IMAGE_ERROR_FORMAT, "it is not for an ARM core", 18);
	if (GUINT16_FROM_LE (head->e_phentsize) != sizeof (Elf32_Phdr))
		return bad (error, PL_IMAGE_ERROR_FORMAT, "its program headers have another size",
			    42);
	if ((guint64)GUINT32_FROM_LE (head->e_phoff) +
		(guint64)GUINT16_FROM_LE (head->e_phnum) * sizeof (Elf32_Phdr) >
	    len)
		return bad (error, PL_IMAGE_ERROR_TRUNCATED,
			    "its program headers go beyond the file",
			    GUINT32_FROM_LE (head->e_phoff));
	return TRUE;
}

/* *total: bytes loaded so far. Segments that share bytes of the file would make much of a small
 * file. */
static gboolean
add_segment (const guint8 *data, gsize len, guint64 at, guint64 *total, PlImage *image,
	     GError **error)
{
	Elf32_Phdr ph;
	guint64 offset, size;

	/* copied, because a file may put it at an odd offset */
	memcpy (&ph, data + at, sizeof ph);
	offset = GUINT32_FROM_LE (ph.p_offset);
	size = GUINT32_FROM_LE (ph.p_filesz);
	if (GUINT32_FROM_LE (ph.p_type) != PT_LOAD || size == 0)
		return TRUE;
	if (offset + size > len)
		return bad (error, PL_IMAGE_ERROR_TRUNCATED, "a segment goes beyond the file", at);
	*total += size;
	if (*total > len)
		return bad (error, PL_IMAGE_ERROR_FORMAT, "its segments share bytes of the file",
			    at);
	/* physical, not virtual: initialised data lies in flash and is copied to RAM at start */
	if (pl_image_add (image, GUINT32_FROM_LE (ph.p_paddr), data + offset, size, error))
		return TRUE;
	g_prefix_error (error, "program header at offset 0x%" G_GINT64_MODIFIER "x: ", at);
	return FALSE;
}

static gboolean
parse (const guint8 *data, gsize len, guint32 base, PlImage *image, GError **error)
{
	Elf32_Ehdr head;
	guint64 total = 0;

	if (len < sizeof head)
		return bad (error, PL_IMAGE_ERROR_TRUNCATED, "the file ends inside the header",
			    len);
	memcpy (&head, data, sizeof head);
	if (!check_head (&head, len, error))
		return FALSE;
	for (guint i = 0; i < GUINT16_FROM_LE (head.e_phnum); i++)
		if (!add_segment (data, len,
				  (guint64)GUINT32_FROM_LE (head.e_phoff) + i * sizeof (Elf32_Phdr),
				  &total, image, error))
			return FALSE;
	pl_image_set_entry (image, GUINT32_FROM_LE (head.e_entry));
	return TRUE;
}

const PlImageFormat pl_format_elf = {"elf", probe, parse};
