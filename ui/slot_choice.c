/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/slot_choice.h"
#include <string.h>

#define OWN_CODE "SLOT-" /* on a plate at each slot */

/* What waits for the code of the reject bin. */
static gboolean
is_failed (const PlSnapshot *s)
{
	return s->state == PL_SLOT_FAILED;
}

/* As slot.h has it: the next code begins the next run, or is what the run asks for. */
static gboolean
is_free (const PlSnapshot *s)
{
	PlSlotState state = s->state;

	return pl_snapshot_wants_code (s) || state == PL_SLOT_READY || state == PL_SLOT_PASSED ||
	       state == PL_SLOT_ERROR || state == PL_SLOT_ABORTED || state == PL_SLOT_BLOCKED;
}

/* How many there are; *ret_slot is the last of them. */
static guint
count (const GPtrArray *snapshots, gboolean (*is) (const PlSnapshot *s), guint *ret_slot)
{
	guint n = 0;

	for (guint i = 0; i < snapshots->len; i++)
		if (is (g_ptr_array_index (snapshots, i))) {
			*ret_slot = i;
			n++;
		}
	return n;
}

static PlChoice
by_own_code (const GPtrArray *snapshots, const char *number)
{
	guint64 slot;

	if (g_ascii_string_to_unsigned (number, 10, 1, snapshots->len, &slot, NULL))
		return (PlChoice){PL_CHOICE_CHOSEN, (guint)slot - 1};
	return (PlChoice){PL_CHOICE_NO_SUCH, 0};
}

static PlChoice
give (const GPtrArray *snapshots, guint slot)
{
	const PlSnapshot *s = g_ptr_array_index (snapshots, slot);
	gboolean runs = s->state == PL_SLOT_RUNNING && !pl_snapshot_wants_code (s);

	return (PlChoice){runs ? PL_CHOICE_RUNS : PL_CHOICE_GIVE, slot};
}

PlChoice
pl_slot_choose (const GPtrArray *snapshots, int chosen, const char *code, const char *reject_code)
{
	guint slot = 0, n;

	/* there is no code that could mean another */
	if (snapshots->len == 1)
		return give (snapshots, 0);
	if (g_str_has_prefix (code, OWN_CODE))
		return by_own_code (snapshots, code + strlen (OWN_CODE));
	/* before the bin's code: whoever has chosen a slot means it */
	if (chosen >= 0)
		return give (snapshots, (guint)chosen);
	if (g_strcmp0 (code, reject_code) == 0 && count (snapshots, is_failed, &slot) == 1)
		return give (snapshots, slot);
	n = count (snapshots, is_free, &slot);
	return (PlChoice){n == 1   ? PL_CHOICE_GIVE
			  : n == 0 ? PL_CHOICE_NONE_FREE
				   : PL_CHOICE_WHICH,
			  slot};
}
