/* SPDX-License-Identifier: MIT
 * Prints the StopWatch of a run once. */
#include "run/timers.h"

#include "base/clock.h"
#include "base/standard_output.h"
#include "base/stopwatch.h"
#include "ranks/agree.h"

static bool is_wanted(const struct option_values *values) {
    return option_find(values->set, "csv", NULL) && values_flag(values, "csv");
}

static bool print(struct stopwatch *watch, struct failure *failure) {
    struct stopwatch_system system;
    if (!stopwatch_find(watch, "total"))
        stopwatch_add(watch, "total", watch->start_ns, clock_seconds_since(watch->start_ns));
    watch->told = true;
    stopwatch_system_find(&system);
    return stopwatch_print(watch, &system, stdout, failure);
}

bool timers_tell(const struct session *session, const struct option_values *values,
                 struct failure *failure) {
    return (!is_wanted(values) || print(session->watch, failure)) && standard_output_flush(failure);
}

void timers_tell_rest(const struct session *session, const struct option_values *values,
                      struct failure *failure) {
    if (!is_wanted(values))
        return;
    if (session->rank == ROOT && !session->watch->told)
        timers_tell(session, values, failure);
    agree(session, failure);
}
