/* SPDX-License-Identifier: Apache-2.0 */
#include "station/cli/exit.h"
#include "firmware/flasher.h"
#include "firmware/release.h"
#include "fixtures/yaml.h"
#include "station/assemble.h"
#include "station/cycler_file/cycler_file.h"
#include "station/grade.h"
#include "station/keys.h"
#include "station/people.h"
#include "station/record.h"

/* Exit codes are promised to scripts (packline --help): 0 pass, 1 fail, 2 could not judge, 3 usage
 * or configuration, 4 stopped. What a person can mend at the desk is 3, what is found out about
 * the thing itself is 1, and everything that nobody has thought of is 2: never a pass, never a
 * fault of the pack. */
#define ANY_CODE -1

/* The first row that fits decides. */
static const struct {
	GQuark (*domain) (void);
	int code;
	PlExit exit;
} table[] = {
    {pl_station_error_quark, PL_STATION_ERROR_CONFIG, PL_EXIT_USAGE},
    {pl_recipe_error_quark, ANY_CODE, PL_EXIT_USAGE},
    {pl_yaml_error_quark, ANY_CODE, PL_EXIT_USAGE},
    {pl_assemble_error_quark, ANY_CODE, PL_EXIT_USAGE},
    {pl_people_error_quark, ANY_CODE, PL_EXIT_USAGE},
    {pl_bench_error_quark, PL_BENCH_ERROR_FILE, PL_EXIT_USAGE},
    {pl_bench_error_quark, PL_BENCH_ERROR_ROLE, PL_EXIT_USAGE},
    {pl_instrument_error_quark, PL_INSTRUMENT_ERROR_CONFIG, PL_EXIT_USAGE},
    {pl_link_error_quark, PL_LINK_ERROR_ADDRESS, PL_EXIT_USAGE},
    {pl_image_error_quark, ANY_CODE, PL_EXIT_USAGE},
    {pl_cycler_file_error_quark, ANY_CODE, PL_EXIT_USAGE},
    {pl_release_error_quark, PL_RELEASE_ERROR_SIGNATURE, PL_EXIT_FAIL},
    {pl_release_error_quark, ANY_CODE, PL_EXIT_USAGE},
    {pl_flash_error_quark, PL_FLASH_ERROR_ERASE, PL_EXIT_FAIL},
    {pl_flash_error_quark, PL_FLASH_ERROR_VERIFY, PL_EXIT_FAIL},
    {pl_flash_error_quark, PL_FLASH_ERROR_PROTECTED, PL_EXIT_FAIL},
    {pl_flash_error_quark, PL_FLASH_ERROR_RANGE, PL_EXIT_USAGE},
    {pl_flash_error_quark, PL_FLASH_ERROR_UNSUPPORTED, PL_EXIT_USAGE},
    {pl_flash_error_quark, PL_FLASH_ERROR_STOPPED, PL_EXIT_STOPPED},
    {pl_record_error_quark, ANY_CODE, PL_EXIT_FAIL},
    {pl_keys_error_quark, PL_KEYS_ERROR_SIGNATURE, PL_EXIT_FAIL},
    {pl_keys_error_quark, PL_KEYS_ERROR_FILE, PL_EXIT_USAGE},
    {pl_db_error_quark, PL_DB_ERROR_OPEN, PL_EXIT_USAGE},
    {pl_db_error_quark, PL_DB_ERROR_READ_ONLY, PL_EXIT_USAGE},
    {pl_db_error_quark, PL_DB_ERROR_TOO_NEW, PL_EXIT_USAGE},
    {pl_db_error_quark, PL_DB_ERROR_NOT_FOUND, PL_EXIT_USAGE},
    {pl_db_error_quark, PL_DB_ERROR_CONSTRAINT, PL_EXIT_USAGE},
    {g_file_error_quark, G_FILE_ERROR_NOSPC, PL_EXIT_UNJUDGED},
    {g_file_error_quark, ANY_CODE, PL_EXIT_USAGE},
    {g_option_error_quark, ANY_CODE, PL_EXIT_USAGE},
};

PlExit
pl_exit_of_error (const GError *error)
{
	for (guint i = 0; error != NULL && i < G_N_ELEMENTS (table); i++)
		if (error->domain == table[i].domain () &&
		    (table[i].code == ANY_CODE || table[i].code == error->code))
			return table[i].exit;
	return PL_EXIT_UNJUDGED;
}
