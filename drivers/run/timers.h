/* SPDX-License-Identifier: MIT
 * Prints the timers of a run, where --csv asks for them. A work starts and stops those that it
 * likes in session->watch; run.c adds the total and prints them. */
#ifndef PLAIT_DRIVERS_TIMERS_H
#define PLAIT_DRIVERS_TIMERS_H

#include "base/failure.h"
#include "base/stopwatch.h"

/* Prints the table and the lines to standard output, which is not flushed. */
bool timers_print(const struct stopwatch *watch, struct failure *failure);

#include "options/option_values.h"
#include "ranks/session.h"
bool timers_tell(const struct session *session, const struct option_values *values,
                 struct failure *failure);
void timers_print_rest(struct session *session, const struct option_values *values,
                       struct failure *failure);

#endif
