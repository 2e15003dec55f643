/* SPDX-License-Identifier: MIT
 * plait doctor: what is wrong with the nodes that mpirun is about to use. No MPI is started. The
 * row of the command table (drivers/doctor_command.c) is made of this. */
#ifndef PLAIT_DRIVERS_DOCTOR_DOCTOR_H
#define PLAIT_DRIVERS_DOCTOR_DOCTOR_H

#include "options/option_values.h"

#include <stdint.h>

struct doctor_options {
    const char *hostfile, *rankfile, *host; /* NULL: none */
    uint64_t ranks, threads;                /* 0: not given */
    const char *agent;
    double timeout;
    const char *write; /* NULL: writes nothing */
    bool slurm;
    const char *json; /* NULL: no report */
};

extern const struct option_set doctor_option_set;

/* Examines, prints, writes. EXIT_RUN after findings, EXIT_USAGE after what could not be read: its
 * lines but the last are printed here. */
void doctor_run(const struct option_values *values, const struct doctor_options *options,
                struct failure *failure);

#endif
