/* SPDX-License-Identifier: MIT
 * The command table: a line per subcommand, alphabetically. */
#include "run/command.h"
#include "study/verbs.h"

/* A study runs other subcommands: it is given the options of all. */
static void run_study_run(struct option_values *values, struct failure *failure) {
    const struct option_set *sets[COMMANDS_MAX];
    const size_t count = command_sets(sets);
    study_run(values, sets, count, failure);
}

static const struct command cmd_study_run = {.options = &study_run_options,
                                             .run_local = run_study_run};
static const struct command cmd_study_report = {.options = &study_report_options,
                                                .run_local = study_report};
static const struct command cmd_study_status = {.options = &study_status_options,
                                                .run_local = study_status};

const struct command *const command_table[] = {
    &cmd_check, &cmd_colour,       &cmd_count,     &cmd_hello,        &cmd_integrate, &cmd_julia,
    &cmd_logs,  &cmd_mandelbrot,   &cmd_pi,        &cmd_pingpong,     &cmd_rank,      &cmd_rerun,
    &cmd_ring,  &cmd_study_report, &cmd_study_run, &cmd_study_status,
};

const size_t command_count = sizeof command_table / sizeof command_table[0];
_Static_assert(sizeof command_table / sizeof command_table[0] <= COMMANDS_MAX,
               "raise COMMANDS_MAX");

size_t command_sets(const struct option_set *sets[COMMANDS_MAX]) {
    for (size_t k = 0; k < command_count; k++)
        sets[k] = command_table[k]->options;
    return command_count;
}
