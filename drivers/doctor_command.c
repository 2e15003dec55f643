/* SPDX-License-Identifier: MIT
 * plait doctor as a row of the command table: one step, without MPI. What it does knows neither MPI
 * nor other subcommands. */
#include "doctor/doctor.h"
#include "run/command.h"

static bool doctor_work(struct run *run, void *state, struct failure *failure) {
    (void)state;
    doctor_run(run->values, run->options, failure);
    return failure->exit_status == EXIT_DONE;
}

extern const struct command cmd_doctor; /* of the table in commands.c */
const struct command cmd_doctor = {
    .options = &doctor_option_set,
    .options_bytes = sizeof(struct doctor_options),
    .work = doctor_work,
    .local = true,
};
