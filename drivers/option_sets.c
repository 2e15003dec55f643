/* SPDX-License-Identifier: MIT
 * The option tables of all subcommands. */
#include "subcommands.h"

#define DECLARE(name) extern const struct option_set name##_option_set;
#define ENTRY(name) &name##_option_set,

PLAIT_SUBCOMMANDS(DECLARE)

const struct option_set *const option_sets[] = {PLAIT_SUBCOMMANDS(ENTRY)};
const size_t command_count = sizeof option_sets / sizeof option_sets[0];
