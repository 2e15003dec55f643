/* SPDX-License-Identifier: MIT
 * The subcommands "plait study ...": what they do knows neither MPI nor other subcommands, so that
 * they become rows of the command table here. Each is one step, without MPI. */
#include "run/command.h"
#include "study/verbs.h"
#include "subcommands.h"

/* A study runs other subcommands: it is given the options of all. */
static void study_run_any(const struct option_values *values, const void *options,
                          struct failure *failure) {
    study_run(values, options, option_sets, command_count, failure);
}

#define STUDY_COMMAND(name, function)                                                \
    static bool name##_work(struct run *run, void *state, struct failure *failure) { \
        (void)state;                                                                 \
        (function)(run->values, run->options, failure);                              \
        return failure->exit_status == EXIT_DONE;                                    \
    }                                                                                \
    extern const struct command cmd_##name; /* of the table in commands.c */         \
    const struct command cmd_##name = {.options = &name##_option_set,                \
                                       .options_bytes = STUDY_OPTIONS_BYTES,         \
                                       .work = name##_work,                          \
                                       .local = true}

STUDY_COMMAND(study_compare, study_compare);
STUDY_COMMAND(study_export, study_export);
STUDY_COMMAND(study_merge, study_merge);
STUDY_COMMAND(study_report, study_report);
STUDY_COMMAND(study_run, study_run_any);
STUDY_COMMAND(study_status, study_status);
