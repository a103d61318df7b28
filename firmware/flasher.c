/* SPDX-License-Identifier: Apache-2.0 */
#include "firmware/flasher.h"
#include <string.h>

/* Enough for noise; a page that fails four times is worn or protected, and more attempts only wear
 * it. */
#define RETRIES 3
/* where flash lies on every STM32; pages of 2 KiB are common, others are told by options */
#define DEFAULT_START 0x08000000u
#define DEFAULT_PAGE 2048u
/* Pages in one command: few enough that a lost answer to an erase (5 s a page) does not stall the
 * line for minutes. */
#define ERASE_RUN 8
/* 64 KiB a checksum: the device computes for milliseconds, and a mismatch has few pages to be
 * looked for in */
#define VERIFY_RUN 32

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
	guint64 total;
	gboolean by_crc; /* the device's checksum is asked for, and has not failed us */
	gboolean rewrite; /* the page in hand holds wrong bits, or may */
} Flasher;

static void
page_clear (gpointer data)
{
	g_free (((Page *)data)->data);
}

/* Also the place where a person's stop is heard: between two commands, so that the bootloader
 * stays in step. */
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

/* -- plan -------------------------------------------------------------------------------------- */

static const Page *
page_at (Flasher *f, guint i)
{
	return &g_array_index (f->pages, Page, i);
}

/* How many pages from i on lie side by side, at most `most`. */
static guint
run_length (Flasher *f, guint i, guint most)
{
	guint n = 1;

	while (n < most && i + n < f->pages->len &&
	       page_at (f, i + n)->address ==
		   page_at (f, i + n - 1)->address + f->options.page_size)
		n++;
	return n;
}

static gboolean
out_of_range (const PlSegment *segment, guint32 start, GError **error)
{
	g_set_error (error, PL_FLASH_ERROR, PL_FLASH_ERROR_RANGE,
		     "the image has bytes from 0x%08x, the flash begins at 0x%08x and ends below "
		     "4 GiB: give --base or another image; nothing was erased",
		     segment->address, start);
	return FALSE;
}

/* Whole pages, because that is what is erased; what the image leaves out in a page is erased flash
 * afterwards. */
static gboolean
add_pages (Flasher *f, PlImage *image, const PlSegment *segment, GError **error)
{
	guint32 size = f->options.page_size, start = f->options.flash_start;
	guint64 end = (guint64)segment->address + g_bytes_get_size (segment->data);

	if (segment->address < start)
		return out_of_range (segment, start, error);
	/* 64 bits: a last page at the end of 4 GiB would wrap to 0 and never end */
	for (guint64 at = segment->address - (segment->address - start) % size; at < end;
	     at += size) {
		g_autoptr (GBytes) bytes = NULL;
		Page page;

		if (f->pages->len > 0 && page_at (f, f->pages->len - 1)->address == at)
			continue; /* two segments in one page */
		if (at + size > (guint64)1 << 32)
			return out_of_range (segment, start, error);
		bytes = pl_image_read (image, (guint32)at, size, 0xff, error);
		if (bytes == NULL)
			return FALSE;
		page.address = (guint32)at;
		page.data = g_memdup2 (g_bytes_get_data (bytes, NULL), size);
		g_array_append_val (f->pages, page);
	}
	return TRUE;
}

/* All that can be refused without the device is refused here, before anything is erased. */
static gboolean
plan (Flasher *f, PlImage *image, GError **error)
{
	if (f->options.page_size % 4 != 0 || f->options.flash_start % 4 != 0) {
		g_set_error (error, PL_FLASH_ERROR, PL_FLASH_ERROR_RANGE,
			     "pages of %u bytes from 0x%08x: flash is written in words of 4 bytes",
			     f->options.page_size, f->options.flash_start);
		return FALSE;
	}
	for (guint i = 0; i < pl_image_n_segments (image); i++)
		if (!add_pages (f, image, pl_image_segment (image, i), error))
			return FALSE;
	if (f->pages->len == 0) {
		g_set_error (error, PL_FLASH_ERROR, PL_FLASH_ERROR_RANGE, "the image is empty");
		return FALSE;
	}
	f->total = (guint64)f->pages->len * f->options.page_size;
	f->evidence->pages = f->pages->len;
	f->evidence->bytes = pl_image_size (image);
	return TRUE;
}

/* -- retries ----------------------------------------------------------------------------------- */

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

/* What another attempt can mend: a step lost on the wire, a refused block, wrong bits. */
static gboolean
can_retry (const GError *error)
{
	/* a hang-up is not: the cable is out */
	if (error->domain == PL_LINK_ERROR)
		return error->code == PL_LINK_ERROR_TIMEOUT ||
		       error->code == PL_LINK_ERROR_PROTOCOL;
	return error->domain == PL_FLASH_ERROR &&
	       (error->code == PL_FLASH_ERROR_NACK || error->code == PL_FLASH_ERROR_VERIFY ||
		error->code == PL_FLASH_ERROR_PROTOCOL || error->code == PL_FLASH_ERROR_ERASE);
}

/* Works on n pages from `first` on; `again` = an attempt before this one failed. */
typedef gboolean (*Work) (Flasher *f, guint first, guint n, gboolean again, GError **error);

/* Each attempt begins with a resync: after a lost byte the device may still wait for the rest of a
 * block, and would take a command for data. */
static gboolean
with_retries (Flasher *f, Work work, guint first, guint n, const char *doing, GError **error)
{
	f->rewrite = FALSE;
	for (guint attempt = 0;; attempt++) {
		g_autoptr (GError) wrong = NULL;

		if (attempt > 0 && !pl_an3155_resync (f->loader, error))
			break;
		if (work (f, first, n, attempt > 0, &wrong))
			return TRUE;
		if (attempt == RETRIES || !can_retry (wrong)) {
			g_propagate_prefixed_error (error, g_steal_pointer (&wrong),
						    "attempt %u: ", attempt + 1);
			break;
		}
		/* told in the record: a station whose retries grow has a bad cable */
		f->evidence->retries++;
	}
	g_prefix_error (error, "%s page 0x%08x: ", doing, page_at (f, first)->address);
	return FALSE;
}

/* -- one page ---------------------------------------------------------------------------------- */

/* A block of 256 bytes is the most that one Read gives. */
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
differs (const Page *page, GError **error)
{
	g_set_error (error, PL_FLASH_ERROR, PL_FLASH_ERROR_VERIFY,
		     "page 0x%08x does not hold what was written", page->address);
	return FALSE;
}

static gboolean
compare_by_reading (Flasher *f, guint first, guint n, GError **error)
{
	g_autofree guint8 *back = g_malloc (f->options.page_size);

	for (guint i = first; i < first + n; i++) {
		if (!read_back (f, page_at (f, i), back, error))
			return FALSE;
		if (memcmp (back, page_at (f, i)->data, f->options.page_size) != 0)
			return differs (page_at (f, i), error);
	}
	return TRUE;
}

/* 0xffffffff is what the device's CRC unit begins with. */
static guint32
crc_of_pages (Flasher *f, guint first, guint n)
{
	guint32 crc = 0xffffffff;

	for (guint i = first; i < first + n; i++)
		crc = pl_an3155_crc (crc, page_at (f, i)->data, f->options.page_size);
	return crc;
}

static gboolean
compare (Flasher *f, guint first, guint n, GError **error)
{
	guint32 crc;

	if (!f->by_crc)
		return compare_by_reading (f, first, n, error);
	if (!pl_an3155_checksum (f->loader, page_at (f, first)->address, n * f->options.page_size,
				 &crc, error))
		return FALSE;
	return crc == crc_of_pages (f, first, n) || differs (page_at (f, first), error);
}

/* -- phases ------------------------------------------------------------------------------------ */

static gboolean
erase_run (Flasher *f, guint first, guint n, gboolean again, GError **error)
{
	return pl_an3155_erase (f->loader, page_number (f, page_at (f, first)), n, error);
}

/* After a failure nobody knows what stands in the page, and programming can only clear bits. */
static gboolean
write_one (Flasher *f, guint first, guint n, gboolean again, GError **error)
{
	const Page *page = page_at (f, first);

	return (!again || erase_page (f, page, error)) && write_page (f, page, error);
}

/* A page found wrong is erased and written before it is looked at again; an answer lost while
 * looking is not. */
static gboolean
verify_one (Flasher *f, guint first, guint n, gboolean again, GError **error)
{
	const Page *page = page_at (f, first);
	g_autoptr (GError) wrong = NULL;

	if (f->rewrite && (!erase_page (f, page, error) || !write_page (f, page, error)))
		return FALSE;
	if (compare (f, first, 1, &wrong))
		return TRUE;
	if (g_error_matches (wrong, PL_FLASH_ERROR, PL_FLASH_ERROR_VERIFY))
		f->rewrite = TRUE;
	g_propagate_error (error, g_steal_pointer (&wrong));
	return FALSE;
}

/* Many pages by one checksum; only where it does not fit each page is looked at. A checksum that a
 * device twice does not give (its byte flow differs between ROMs) is replaced by reading back, from
 * here on. */
static gboolean
verify_run (Flasher *f, guint first, guint n, GError **error)
{
	for (guint attempt = 0; f->by_crc; attempt++) {
		g_autoptr (GError) wrong = NULL;

		if ((attempt == 0 || pl_an3155_resync (f->loader, &wrong)) &&
		    compare (f, first, n, &wrong))
			return TRUE;
		if (g_error_matches (wrong, PL_FLASH_ERROR, PL_FLASH_ERROR_VERIFY))
			break;
		if (!can_retry (wrong) &&
		    !g_error_matches (wrong, PL_FLASH_ERROR, PL_FLASH_ERROR_PROTECTED)) {
			g_propagate_error (error, g_steal_pointer (&wrong));
			return FALSE;
		}
		f->evidence->retries++;
		/* what the ROM does not list is not asked for: an unknown command looks like
		 * readout protection */
		f->by_crc = attempt == 0;
		if (!f->by_crc && !pl_an3155_resync (f->loader, error))
			return FALSE;
	}
	for (guint i = first; i < first + n; i++)
		if (!with_retries (f, verify_one, i, 1, "verifying", error))
			return FALSE;
	return TRUE;
}

/* Under readout protection, or with an image larger than the flash, it ends here: nothing was
 * erased. The first and the last word of every run are enough to find both. */
static gboolean
look_at_ends (Flasher *f, guint first, guint n, gboolean again, GError **error)
{
	guint32 begin = page_at (f, first)->address;
	guint8 word[4];
	g_autoptr (GError) wrong = NULL;

	if (pl_an3155_read (f->loader, begin, word, sizeof word, &wrong) &&
	    pl_an3155_read (f->loader, begin + n * f->options.page_size - 4, word, sizeof word,
			    &wrong))
		return TRUE;
	if (again && g_error_matches (wrong, PL_FLASH_ERROR, PL_FLASH_ERROR_NACK)) {
		g_set_error (
		    error, PL_FLASH_ERROR, PL_FLASH_ERROR_RANGE,
		    "the device has no memory at 0x%08x..0x%08x, where the image goes: another "
		    "image, or another device (0x%03x); nothing was erased",
		    begin, begin + n * f->options.page_size - 1, pl_an3155_device (f->loader));
		return FALSE;
	}
	g_propagate_error (error, g_steal_pointer (&wrong));
	return FALSE;
}

/* Over all pages, in runs of at most `most`; told before each, so that a stop comes in time. */
static gboolean
for_each_run (Flasher *f, const char *phase, Work work, guint most, GError **error)
{
	for (guint i = 0, n; i < f->pages->len; i += n) {
		n = run_length (f, i, most);
		if (!tell (f, phase, (guint64)i * f->options.page_size, error) ||
		    !with_retries (f, work, i, n, phase, error))
			return FALSE;
	}
	return tell (f, phase, f->total, error);
}

static gboolean
verify_all (Flasher *f, GError **error)
{
	gboolean began_by_crc = f->by_crc;

	for (guint i = 0, n; i < f->pages->len; i += n) {
		n = run_length (f, i, VERIFY_RUN);
		if (!tell (f, "verifying", (guint64)i * f->options.page_size, error) ||
		    !verify_run (f, i, n, error))
			return FALSE;
	}
	/* the evidence is of one kind: what the checksum vouched for is read too */
	if (began_by_crc && !f->by_crc)
		return verify_all (f, error);
	return tell (f, "verifying", f->total, error);
}

static gboolean
start_application (Flasher *f, PlImage *image, GError **error)
{
	/* the lowest segment begins with the vector table */
	guint32 go = f->options.go_address != 0 ? f->options.go_address
						: pl_image_segment (image, 0)->address;

	if (pl_an3155_go (f->loader, go, error))
		return TRUE;
	g_prefix_error (error,
			"the image is written and verified, but does not start at 0x%08x: ", go);
	return FALSE;
}

static gboolean
execute (Flasher *f, PlImage *image, GError **error)
{
	f->by_crc =
	    f->options.verify == PL_VERIFY_CRC && pl_an3155_can (f->loader, PL_AN3155_CHECKSUM);
	/* all is erased before the first write: a flash that is cut off leaves blank pages and
	 * never a mix of two programs */
	if (!for_each_run (f, "looking at the flash", look_at_ends, G_MAXUINT, error) ||
	    !for_each_run (f, "erasing", erase_run, ERASE_RUN, error) ||
	    !for_each_run (f, "writing", write_one, 1, error) || !verify_all (f, error))
		return FALSE;
	f->evidence->verified = f->by_crc ? "device checksum" : "read-back";
	f->evidence->crc = crc_of_pages (f, 0, f->pages->len);
	return !f->options.go || start_application (f, image, error);
}

gboolean
pl_flasher_run (PlLink *link, const char *loader, PlImage *image, const PlFlashOptions *options,
		PlFlashEvidence *ret, GError **error)
{
	gint64 began = g_get_monotonic_time ();
	Flasher f = {.options = *options, .evidence = ret};
	gboolean ok;

	/* no evidence unless it is earned below */
	memset (ret, 0, sizeof *ret);
	if (!g_str_equal (loader, "an3155")) {
		g_set_error (error, PL_FLASH_ERROR, PL_FLASH_ERROR_UNSUPPORTED,
			     "unknown loader \"%s\"; known is an3155", loader);
		return FALSE;
	}
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
