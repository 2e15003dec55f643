/* SPDX-License-Identifier: MIT
 * The command table: a line per subcommand, alphabetically. */
#include "run/command.h"

const struct command *const command_table[] = {
    &cmd_check,      &cmd_colour, &cmd_count,    &cmd_hello, &cmd_integrate, &cmd_julia, &cmd_logs,
    &cmd_mandelbrot, &cmd_pi,     &cmd_pingpong, &cmd_rank,  &cmd_rerun,     &cmd_ring,
};

const size_t command_count = sizeof command_table / sizeof command_table[0];
_Static_assert(sizeof command_table / sizeof command_table[0] <= COMMANDS_MAX,
               "raise COMMANDS_MAX");

size_t command_sets(const struct option_set *sets[COMMANDS_MAX]) {
    for (size_t k = 0; k < command_count; k++)
        sets[k] = command_table[k]->options;
    return command_count;
}
