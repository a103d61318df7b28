/* SPDX-License-Identifier: Apache-2.0 */
#include "firmware/flasher.h"
#include <string.h>

#define RETRIES_A_PAGE 3
#define DEFAULT_START 0x08000000u
#define DEFAULT_PAGE 2048u

/* One page that the image touches: what is to stand in it, gaps as erased flash. */
typedef struct {
	guint32 address;
	guint8 *data;
} Page;

typedef struct {
	PlAn3155 *loader;
	PlFlashOptions options;
	PlFlashEvidence *evidence;
	GArray *pages; /* Page */
	guint64 done, total;
} Flasher;

static void
page_clear (gpointer data)
{
	g_free (((Page *)data)->data);
}

static gboolean
tell (Flasher *f, const char *phase, guint64 done, GError **error)
{
	if (f->options.observer == NULL ||
	    f->options.observer (f->options.observer_data, phase, done, f->total))
		return TRUE;
	g_set_error (error, PL_FLASH_ERROR, PL_FLASH_ERROR_STOPPED,
		     "stopped while %s; the pack stays in its bootloader and can be flashed again",
		     phase);
	return FALSE;
}

/* -- plan ----------------------------------------------------------------------------------------------------- */

static gboolean
add_pages (Flasher *f, PlImage *image, const PlSegment *segment, GError **error)
{
	guint32 size = f->options.page_size, start = f->options.flash_start;
	guint64 end = (guint64)segment->address + g_bytes_get_size (segment->data);

	if (segment->address < start) {
		g_set_error (
		    error, PL_FLASH_ERROR, PL_FLASH_ERROR_RANGE,
		    "the image begins at 0x%08x, the flash at 0x%08x: give --base or another image",
		    segment->address, start);
		return FALSE;
	}
	for (guint64 at = segment->address - (segment->address - start) % size; at < end;
	     at += size) {
		const Page *last =
		    f->pages->len > 0 ? &g_array_index (f->pages, Page, f->pages->len - 1) : NULL;
		g_autoptr (GBytes) bytes = NULL;
		Page page;

		if (last != NULL && last->address == at)
			continue; /* two segments in one page */
		bytes = pl_image_read (image, (guint32)at, size, 0xff, error);
		if (bytes == NULL)
			return FALSE;
		page.address = (guint32)at;
		page.data = g_memdup2 (g_bytes_get_data (bytes, NULL), size);
		g_array_append_val (f->pages, page);
	}
	return TRUE;
}

static gboolean
plan (Flasher *f, PlImage *image, GError **error)
{
	for (guint i = 0; i < pl_image_n_segments (image); i++)
		if (!add_pages (f, image, pl_image_segment (image, i), error))
			return FALSE;
	f->total = (guint64)f->pages->len * f->options.page_size;
	f->evidence->pages = f->pages->len;
	f->evidence->bytes = pl_image_size (image);
	return TRUE;
}

/* -- one page -------------------------------------------------------------------------------------------------- */

static gboolean
is_blank (const guint8 *data, gsize len)
{
	for (gsize i = 0; i < len; i++)
		if (data[i] != 0xff)
			return FALSE;
	return TRUE;
}

static guint
page_number (const Flasher *f, const Page *page)
{
	return (page->address - f->options.flash_start) / f->options.page_size;
}

static gboolean
read_back (Flasher *f, const Page *page, guint8 *ret, GError **error)
{
	for (guint32 at = 0; at < f->options.page_size; at += PL_AN3155_BLOCK)
		if (!pl_an3155_read (f->loader, page->address + at, ret + at,
				     MIN (PL_AN3155_BLOCK, f->options.page_size - at), error))
			return FALSE;
	return TRUE;
}

/* Erase errors are not reported by the bootloader: look. */
static gboolean
erase_page (Flasher *f, const Page *page, GError **error)
{
	g_autofree guint8 *back = g_malloc (f->options.page_size);

	if (!pl_an3155_erase (f->loader, page_number (f, page), 1, error) ||
	    !read_back (f, page, back, error))
		return FALSE;
	if (is_blank (back, f->options.page_size))
		return TRUE;
	g_set_error (error, PL_FLASH_ERROR, PL_FLASH_ERROR_ERASE,
		     "page 0x%08x is not blank after erasing: write-protected, or a worn flash",
		     page->address);
	return FALSE;
}

static gboolean
write_page (Flasher *f, const Page *page, GError **error)
{
	for (guint32 at = 0; at < f->options.page_size; at += PL_AN3155_BLOCK) {
		guint len = MIN (PL_AN3155_BLOCK, f->options.page_size - at);

		/* erased flash already holds what a blank block would write */
		if (is_blank (page->data + at, len))
			continue;
		if (!pl_an3155_write (f->loader, page->address + at, page->data + at, len, error))
			return FALSE;
	}
	return TRUE;
}

static gboolean
verify_page (Flasher *f, const Page *page, GError **error)
{
	g_autofree guint8 *back = g_malloc (f->options.page_size);
	guint32 crc;

	if (f->options.verify == PL_VERIFY_CRC) {
		if (!pl_an3155_checksum (f->loader, page->address, f->options.page_size, &crc,
					 error))
			return FALSE;
		if (crc == pl_an3155_crc (0xffffffff, page->data, f->options.page_size))
			return TRUE;
	} else {
		if (!read_back (f, page, back, error))
			return FALSE;
		if (memcmp (back, page->data, f->options.page_size) == 0)
			return TRUE;
	}
	g_set_error (error, PL_FLASH_ERROR, PL_FLASH_ERROR_VERIFY,
		     "page 0x%08x does not hold what was written", page->address);
	return FALSE;
}

/* What another attempt can mend: a step lost on the wire, a refused block, wrong bits. */
static gboolean
can_retry (const GError *error)
{
	if (error->domain == PL_LINK_ERROR)
		return error->code == PL_LINK_ERROR_TIMEOUT ||
		       error->code == PL_LINK_ERROR_PROTOCOL;
	return error->domain == PL_FLASH_ERROR &&
	       (error->code == PL_FLASH_ERROR_NACK || error->code == PL_FLASH_ERROR_VERIFY ||
		error->code == PL_FLASH_ERROR_PROTOCOL || error->code == PL_FLASH_ERROR_ERASE);
}

typedef gboolean (*PageFunc) (Flasher *f, const Page *page, GError **error);

/* First as planned; every further attempt begins with a resync and an erased page. */
static gboolean
with_retries (Flasher *f, const Page *page, PageFunc func, GError **error)
{
	for (guint attempt = 0;; attempt++) {
		g_autoptr (GError) wrong = NULL;

		if (attempt == 0
			? func (f, page, &wrong)
			: pl_an3155_resync (f->loader, &wrong) && erase_page (f, page, &wrong) &&
			      write_page (f, page, &wrong) && verify_page (f, page, &wrong))
			return TRUE;
		if (attempt == RETRIES_A_PAGE || !can_retry (wrong)) {
			g_propagate_prefixed_error (
			    error, g_steal_pointer (&wrong),
			    "flashing page 0x%08x, attempt %u: ", page->address, attempt + 1);
			return FALSE;
		}
		f->evidence->retries++;
	}
}

/* -- phases ---------------------------------------------------------------------------------------------------- */

static gboolean
erase_and_write (Flasher *f, const Page *page, GError **error)
{
	return pl_an3155_erase (f->loader, page_number (f, page), 1, error) &&
	       write_page (f, page, error);
}

static gboolean
for_each_page (Flasher *f, const char *phase, PageFunc func, GError **error)
{
	for (guint i = 0; i < f->pages->len; i++) {
		const Page *page = &g_array_index (f->pages, Page, i);

		if (!tell (f, phase, (guint64)i * f->options.page_size, error) ||
		    !with_retries (f, page, func, error))
			return FALSE;
	}
	return tell (f, phase, f->total, error);
}

static gboolean
execute (Flasher *f, PlImage *image, GError **error)
{
	guint32 go = f->options.go_address != 0 ? f->options.go_address
						: pl_image_segment (image, 0)->address;

	if (!for_each_page (f, "writing", erase_and_write, error) ||
	    !for_each_page (f, "verifying", verify_page, error))
		return FALSE;
	f->evidence->verified =
	    f->options.verify == PL_VERIFY_CRC ? "device checksum" : "read-back";
	f->evidence->crc = 0xffffffff;
	for (guint i = 0; i < f->pages->len; i++)
		f->evidence->crc = pl_an3155_crc (
		    f->evidence->crc, g_array_index (f->pages, Page, i).data, f->options.page_size);
	return !f->options.go || pl_an3155_go (f->loader, go, error);
}

gboolean
pl_flasher_run (PlLink *link, const char *loader, PlImage *image, const PlFlashOptions *options,
		PlFlashEvidence *ret, GError **error)
{
	gint64 began = g_get_monotonic_time ();
	Flasher f = {.options = *options, .evidence = ret};
	gboolean ok;

	if (!g_str_equal (loader, "an3155")) {
		g_set_error (error, PL_FLASH_ERROR, PL_FLASH_ERROR_UNSUPPORTED,
			     "unknown loader \"%s\"; known is an3155", loader);
		return FALSE;
	}
	memset (ret, 0, sizeof *ret);
	if (f.options.flash_start == 0)
		f.options.flash_start = DEFAULT_START;
	if (f.options.page_size == 0)
		f.options.page_size = DEFAULT_PAGE;
	f.pages = g_array_new (FALSE, FALSE, sizeof (Page));
	g_array_set_clear_func (f.pages, page_clear);
	ok = plan (&f, image, error) && (f.loader = pl_an3155_open (link, error)) != NULL;
	if (ok) {
		ret->loader_version = pl_an3155_version (f.loader);
		ret->device = pl_an3155_device (f.loader);
		ok = execute (&f, image, error);
	}
	ret->seconds = (g_get_monotonic_time () - began) / 1e6;
	pl_an3155_free (f.loader);
	g_array_unref (f.pages);
	return ok;
}
