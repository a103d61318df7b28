/* SPDX-License-Identifier: Apache-2.0 */
#include "station/cli/command.h"

/* The explicit table: a subcommand exists if and only if it has a row here. */
extern const PlCommand pl_command_run, pl_command_assemble, pl_command_disassemble, pl_command_show,
    pl_command_record, pl_command_record_verify, pl_command_label, pl_command_runs,
    pl_command_recipe_check, pl_command_recipe_show, pl_command_recipe_steps,
    pl_command_recipe_diff, pl_command_release_keygen, pl_command_release_make,
    pl_command_release_show, pl_command_release_verify, pl_command_release_trust, pl_command_flash,
    pl_command_bench_file_check, pl_command_bench_file_identify, pl_command_drivers,
    pl_command_check, pl_command_instruments, pl_command_calibrate, pl_command_recover,
    pl_command_keys, pl_command_people_list, pl_command_people_enrol, pl_command_people_retire,
    pl_command_people_unlock, pl_command_db_check, pl_command_db_backup, pl_command_db_verify,
    pl_command_journal, pl_command_note, pl_command_print, pl_command_capacity;

static const PlCommand *const commands[] = {
    &pl_command_run,
    &pl_command_assemble,
    &pl_command_disassemble,
    &pl_command_show,
    &pl_command_record,
    &pl_command_record_verify,
    &pl_command_label,
    &pl_command_print,
    &pl_command_note,
    &pl_command_runs,
    &pl_command_capacity,
    &pl_command_recipe_check,
    &pl_command_recipe_show,
    &pl_command_recipe_steps,
    &pl_command_recipe_diff,
    &pl_command_release_keygen,
    &pl_command_release_make,
    &pl_command_release_show,
    &pl_command_release_verify,
    &pl_command_release_trust,
    &pl_command_flash,
    &pl_command_bench_file_check,
    &pl_command_bench_file_identify,
    &pl_command_drivers,
    &pl_command_instruments,
    &pl_command_calibrate,
    &pl_command_check,
    &pl_command_recover,
    &pl_command_keys,
    &pl_command_people_list,
    &pl_command_people_enrol,
    &pl_command_people_retire,
    &pl_command_people_unlock,
    &pl_command_db_check,
    &pl_command_db_backup,
    &pl_command_db_verify,
    &pl_command_journal,
    NULL,
};

const PlCommand *const *
pl_commands (void)
{
	return commands;
}
