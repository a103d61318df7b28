/* SPDX-License-Identifier: Apache-2.0 */
#include "station/cycler_file/format.h"

/* The explicit table. Where the headings of two fit, the first counts: BDF's are the plainest. */
extern const PlCyclerFormat pl_cycler_neware, pl_cycler_neware_layers, pl_cycler_arbin,
    pl_cycler_pec, pl_cycler_maccor, pl_cycler_bdf;

static const PlCyclerFormat *const formats[] = {
    &pl_cycler_neware, &pl_cycler_neware_layers, &pl_cycler_pec, &pl_cycler_maccor,
    &pl_cycler_arbin,  &pl_cycler_bdf,		 NULL,
};

const PlCyclerFormat *const *
pl_cycler_formats (void)
{
	return formats;
}

const char *
pl_cycler_format_name (const PlCyclerFormat *format)
{
	return format->name;
}

const char *
pl_cycler_format_title (const PlCyclerFormat *format)
{
	return format->title;
}
