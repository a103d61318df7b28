/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "fixtures/instrument.h"
#include "tests/suite.h"

/* The driver against conversations: ">" is what it must say, "<" what the tester says, "!" how
 * the wire fails. */

extern const PlDriver pl_driver_gwinstek_gpt;

typedef struct {
	PlClock *clock;
	PlLink *link;
	PlInstrument *hipot;
} Play;

/* Opens the driver on a link; *hipot stays NULL with an error. */
Play play_link (PlLink *link, const char *model, GError **error);
PlLink *play_lines (const char *const *lines); /* NULL-terminated */
Play play_new (const char *const *lines); /* of a GPT-9804; must open */
void play_over (Play *play); /* the conversation was held to its end */

/* The one test of all conversations: 1000 V, 1 mA, ramp 1 s, test 500 s. */
extern const PlHipotSetup play_dcw;
void play_setup (Play *play);
void play_setup_and_start (Play *play);
PlHipotReading play_read (Play *play);
GError *play_read_error (Play *play);

/* -- pieces of conversations ------------------------------------------------------------------- */

#define OPEN ">TEST:RET OFF", ">*IDN?", "<GPT-9804 ,EM110867    ,v2.08,"
#define OFF ">FUNC:TEST OFF", ">FUNC:TEST?", "<TEST OFF"
#define CLEAR ">TEST:RET OFF", OFF, ">*CLS"
#define WRITE                                                                                      \
	">MAIN:FUNC MANU", ">MANU:STEP 100", ">MANU:EDIT:MODE DCW", ">MANU:UTIL:ARCM OFF",         \
	    ">MANU:UTIL:MAXH OFF", ">MANU:DCW:CLOS 0.000", ">MANU:DCW:CHIS 1.000",                 \
	    ">MANU:DCW:REF 0.000", ">MANU:DCW:VOLT 1.000", ">MANU:RTIM 1.0",                       \
	    ">MANU:DCW:TTIM 500.0"
#define NO_ERROR ">SYST:ERR ?", "<0,No Error"
#define WORDS                                                                                      \
	">MAIN:FUNC ?", "<MANU MODE", ">MANU:STEP ?", "<100", ">MANU:UTIL:ARCM ?", "<ARC OFF",     \
	    ">MANU:UTIL:MAXH ?", "<MAX HOLD OFF", ">MANU:EDIT:MODE ?", "<DCW",                     \
	    ">MANU100:EDIT:SHOW ?"
#define SHOWN "<DCW,1.000kV,H=01.00mA,L=00.00mA,R=001.0S,T=500.0S"
#define REFERENCE ">MANU:DCW:REF ?", "<00.00mA"
#define SETUP OPEN, CLEAR, WRITE, NO_ERROR, WORDS, SHOWN, REFERENCE
#define VIEW "<DCW,VIEW ,0.000kV,000.0 mA ,  ---.-S"
#define START ">MEAS?", VIEW, ">*CLS", ">FUNC:TEST ON", ">FUNC:TEST?", "<TEST ON"
#define PASS "<DCW,PASS ,1.000kV,00.02 mA ,T=500.0S"

#define SHORT "<DCW,FAIL ,0.012kV,11.00 mA ,R=000.1S"
