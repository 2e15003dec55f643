/* SPDX-License-Identifier: MIT
 * Prints the StopWatch of a run. */
#include "run/timers.h"

bool timers_print(const struct stopwatch *watch, struct failure *failure) {
    struct stopwatch_system system;
    stopwatch_system_find(&system);
    return stopwatch_print(watch, &system, stdout, failure);
}

#include "base/clock.h"
#include "base/standard_output.h"
#include "ranks/agree.h"

bool timers_tell(const struct session *session, const struct option_values *values,
                 struct failure *failure) {
    session->watch->told = true;
    return (!values_flag(values, "csv") || timers_print(session->watch, failure)) &&
           standard_output_flush(failure);
}

void timers_print_rest(struct session *session, const struct option_values *values,
                       struct failure *failure) {
    if (session->rank == ROOT && !session->watch->told)
        timers_tell(session, values, failure);
    agree(session, failure);
}
