/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "station/service.h"
#include <gtk/gtk.h>

/* One instrument of the bench: who it is, what it reads, or why it does not answer. */
#define PL_TYPE_INSTRUMENT_CARD (pl_instrument_card_get_type ())
G_DECLARE_FINAL_TYPE (PlInstrumentCard, pl_instrument_card, PL, INSTRUMENT_CARD, GtkBox)

PlInstrumentCard *pl_instrument_card_new (void);
void pl_instrument_card_update (PlInstrumentCard *self, const PlServiceInstrument *instrument);
