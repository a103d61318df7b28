/* SPDX-License-Identifier: Apache-2.0 */
#include "station/cli/command.h"

/* The explicit table: a subcommand exists if and only if it has a row here. */
extern const PlCommand pl_command_run, pl_command_assemble, pl_command_disassemble;
extern const PlCommand pl_command_show, pl_command_record, pl_command_record_verify,
    pl_command_label;
extern const PlCommand pl_command_recipe_check, pl_command_recipe_show, pl_command_recipe_steps;
extern const PlCommand pl_command_release_keygen, pl_command_release_make, pl_command_release_show,
    pl_command_release_verify, pl_command_release_trust;

static const PlCommand *const commands[] = {
    &pl_command_run,
    &pl_command_assemble,
    &pl_command_disassemble,
    &pl_command_show,
    &pl_command_record,
    &pl_command_record_verify,
    &pl_command_label,
    &pl_command_recipe_check,
    &pl_command_recipe_show,
    &pl_command_recipe_steps,
    &pl_command_release_keygen,
    &pl_command_release_make,
    &pl_command_release_show,
    &pl_command_release_verify,
    &pl_command_release_trust,
    NULL,
};

const PlCommand *const *
pl_commands (void)
{
	return commands;
}
