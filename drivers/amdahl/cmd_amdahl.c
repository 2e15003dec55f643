/* SPDX-License-Identifier: MIT
 * plait amdahl: work with a known serial share. */
#include "amdahl/amdahl_options.h"
#include "base/clock.h"
#include "base/number.h"
#include "ranks/agree.h"
#include "ranks/waiting.h"
#include "run/command.h"

#include <omp.h>
#include <stdio.h>
#include <time.h>

struct amdahl {
    double serial;                           /* part of 1 */
    double serial_seconds, parallel_seconds; /* rank 0: wall clock of the two parts */
};

static double thread_seconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/* Burns that much CPU time of the calling thread. */
static void burn_seconds(double seconds) {
    const double start = thread_seconds();
    volatile double x = 0.5;
    while (thread_seconds() - start < seconds)
        for (int k = 0; k < 1000; k++)
            x = 3.6 * x * (1 - x);
}

static bool amdahl_begin(struct run *run, void *state, struct failure *failure) {
    const struct amdahl_options *options = run->options;
    struct amdahl *amdahl = state;
    (void)failure; /* the row has checked it */
    number_part(options->serial, &amdahl->serial);
    return true;
}

static bool amdahl_work(struct run *run, void *state, struct failure *failure) {
    const struct amdahl_options *options = run->options;
    struct amdahl *amdahl = state;
    struct stopwatch *watch = run->session->watch;
    const int threads = run->exec.threads;
    const double cores = (double)run->session->size * threads;
    (void)failure;
    uint64_t start = clock_now_ns();
    stopwatch_start(watch, "serial");
    if (run->session->rank == ROOT)
        burn_seconds(amdahl->serial * options->work);
    quiet_barrier(run->session);
    stopwatch_stop(watch, "serial");
    amdahl->serial_seconds = clock_seconds_since(start);
    start = clock_now_ns();
    stopwatch_start(watch, "parallel");
    const double share = (1 - amdahl->serial) * options->work / cores;
#pragma omp parallel num_threads(threads)
    burn_seconds(share);
    quiet_barrier(run->session);
    stopwatch_stop(watch, "parallel");
    amdahl->parallel_seconds = clock_seconds_since(start);
    return true;
}

static bool amdahl_print(const struct run *run, void *state, struct failure *failure) {
    const struct amdahl_options *options = run->options;
    const struct amdahl *amdahl = state;
    const double cores = (double)run->session->size * run->exec.threads;
    (void)failure;
    printf(
        "amdahl: %g s of work, %g %% of it serial, on %g core%s: %.4g s serial, %.4g s parallel; the law says %.4g s\n",
        options->work, 100 * amdahl->serial, cores, cores == 1 ? "" : "s", amdahl->serial_seconds,
        amdahl->parallel_seconds, options->work * (amdahl->serial + (1 - amdahl->serial) / cores));
    return true;
}

static void amdahl_report(const struct run *run, const void *state, struct report *report) {
    const struct amdahl_options *options = run->options;
    const struct amdahl *amdahl = state;
    report_real(report, "serial", amdahl->serial);
    report_real(report, "work_seconds", options->work);
    report_count(report, "cores", (uint64_t)run->session->size * (uint64_t)run->exec.threads);
    report_real(report, "serial_seconds", amdahl->serial_seconds);
    report_real(report, "parallel_seconds", amdahl->parallel_seconds);
}

static size_t amdahl_amounts(const struct run *run, const void *state,
                             struct run_amount amounts[RUN_AMOUNTS]) {
    const struct amdahl_options *options = run->options;
    (void)state;
    amounts[0] = (struct run_amount){options->work, "CPU seconds"};
    return 1;
}

const struct command cmd_amdahl = {
    .options = &amdahl_option_set,
    .options_bytes = sizeof(struct amdahl_options),
    .state_bytes = sizeof(struct amdahl),
    .begin = amdahl_begin,
    .work = amdahl_work,
    .print = amdahl_print,
    .report_result = amdahl_report,
    .amounts = amdahl_amounts,
};
