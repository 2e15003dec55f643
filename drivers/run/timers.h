/* SPDX-License-Identifier: MIT
 * Tells the timers of a run, where --csv asks for them. A subcommand starts and stops those it
 * likes in session->watch, and need do no more: what it does not tell itself is told when it has
 * run. */
#ifndef PLAIT_DRIVERS_TIMERS_H
#define PLAIT_DRIVERS_TIMERS_H

#include "options/option_values.h"
#include "ranks/session.h"

/* Rank 0, behind the last line of results: prints the timers if --csv is given, and flushes
 * standard output. Whoever writes a report calls this before, since a report stands for success. A
 * timer "total" is added where the subcommand has none: the time since MPI has started. */
bool timers_tell(const struct session *session, const struct option_values *values,
                 struct failure *failure);

/* Collective: the same on rank 0, unless it has been done. */
void timers_tell_rest(const struct session *session, const struct option_values *values,
                      struct failure *failure);

#endif
