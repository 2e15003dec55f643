/* SPDX-License-Identifier: MIT
 * The files of a hybrid run: one rank per node, or per socket, and a thread per core. */
#ifndef PLAIT_DRIVERS_DOCTOR_PLAN_H
#define PLAIT_DRIVERS_DOCTOR_PLAN_H

#include "doctor/checks.h"

/* Says before work begins whether plan_write could write its files, none of which may be one of
 * `inputs`: `count` of them, each a path or NULL. EXIT_USAGE. */
bool plan_check(const char *directory, const char *const *inputs, size_t count,
                struct failure *failure);

/* Writes DIRECTORY/hostfile, DIRECTORY/rankfile (for Open MPI) and DIRECTORY/run.sh for the nodes
 * that are reached, and makes the directory if it is not there. *line is the command of run.sh, to
 * be freed. */
bool plan_write(const struct doctor_view *view, const char *directory, char **line,
                struct failure *failure);

#endif
