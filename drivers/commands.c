/* SPDX-License-Identifier: MIT
 * The command table. */
#include "run/command.h"
#include "subcommands.h"

#define DECLARE(name) extern const struct command cmd_##name;
#define ENTRY(name) &cmd_##name,

PLAIT_SUBCOMMANDS(DECLARE)

const struct command *const command_table[] = {PLAIT_SUBCOMMANDS(ENTRY)};
