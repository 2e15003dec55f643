/* SPDX-License-Identifier: MIT
 * Prints a run of pi: lines, summary, report. */
#include "pi/pi_report.h"

#include "base/number.h"
#include "run/shares.h"

#include <inttypes.h>
#include <stdio.h>

static const char *generator_of(const struct pi *pi) {
    return pi->options->generator == PLAIT_PCG32 ? "pcg32" : "rxs64";
}

/* All runs; as a double, since the sum over a sweep may be beyond 64 bits. */
static double pi_report_darts_of(const struct pi *pi, int step) {
    return (double)pi->sweep.runs * (double)pi->sweep.darts[step];
}

static double rate_of(const struct pi *pi, int step) {
    return pi_report_darts_of(pi, step) / pi->counts.seconds[step];
}

static double all_darts(const struct pi *pi) {
    double darts = 0;
    for (int s = 0; s < pi->sweep.steps; s++)
        darts += pi_report_darts_of(pi, s);
    return darts;
}

/* Of the steps that are printed. */
static struct pi_resumed resumed_of(const struct pi *pi) {
    return pi_checkpoint_resumed(&pi->checkpoint, pi->sweep.steps);
}

void pi_print_head(const struct pi *pi) {
    printf("# pi: %s, seed %" PRIu64 ", %" PRIu64 " run%s of N darts\n", generator_of(pi),
           pi->run->seed, pi->sweep.runs, pi->sweep.runs == 1 ? "" : "s");
    if (pi->options->target_error > 0)
        printf("# until the standard error of the mean is at most %.6g, N up to %" PRIu64 "\n",
               pi->options->target_error, pi->options->max_darts);
    if (pi->options->max_time > 0)
        printf("# not reproducible: ends after %.6g s (--max-time)\n", pi->options->max_time);
    const double resumed = resumed_of(pi).darts;
    if (resumed > 0)
        printf("# %.4g darts are from '%s'\n", resumed, pi->checkpoint.path);
    puts("# N mean std");
}

void pi_print_step(const struct pi *pi, int step) {
    const struct pi_statistics *s = &pi->statistics[step];
    char mean[NUMBER_TEXT_BYTES], std[NUMBER_TEXT_BYTES];
    number_text(s->mean, mean);
    number_text(s->std, std);
    printf("%" PRIu64 " %s %s\n", pi->sweep.darts[step], mean, std);
}

/* Whether there was a target that no N met, for whichever reason. */
static bool pi_missed(const struct pi *pi) {
    return pi->options->target_error > 0 && pi->end != PI_END_TARGET;
}

static const char *const ends[] = {"sweep", "target-error", "max-darts", "max-time"};

/* What ended the sweep, where it has more than one end. */
static void print_end_by(const struct pi *pi) {
    const struct pi_cut *cut = &pi->cut;
    if (pi->end == PI_END_TARGET)
        printf("# the target is met: standard error at most %.6g\n", pi->options->target_error);
    if (pi->options->max_time > 0 && pi->end != PI_END_TIME)
        printf("# not reproducible: the time was enough, which it need not be (--max-time %.6g)\n",
               pi->options->max_time);
    if (pi->end != PI_END_TIME)
        return;
    printf("# not reproducible: the time was up (--max-time %.6g) ", pi->options->max_time);
    if (cut->printed)
        printf("after %" PRIu64 " of %" PRIu64 " darts a run", cut->counted, cut->darts);
    else
        printf("before N = %" PRIu64 " had more darts than the N before", cut->darts);
    if (cut->steps_left > 0)
        printf(", %d larger N left out", cut->steps_left);
    if (pi_missed(pi))
        printf(", the target %.6g is not met", pi->options->target_error);
    putchar('\n');
}

static void pi_report_print_table(const struct pi *pi) {
    const int last = pi->sweep.steps - 1;
    const int width = snprintf(NULL, 0, "%" PRIu64, pi->sweep.darts[last]);
    printf("# %*s  expected std  standard error  z against pi    darts/s\n", width, "N");
    for (int s = 0; s <= last; s++)
        printf("# %*" PRIu64 "  %12.6g  %14.6g  %12.2f  %9.3g\n", width, pi->sweep.darts[s],
               pi->statistics[s].expected_std, pi->statistics[s].standard_error,
               pi->statistics[s].z, rate_of(pi, s));
}

/* Steps are not independent of each other, so the largest one speaks for all. */
static void print_estimate(const struct pi *pi) {
    const int last = pi->sweep.steps - 1;
    const struct pi_statistics *s = &pi->statistics[last];
    const struct pi_interval interval = pi_interval_of(s->mean, pi_report_darts_of(pi, last));
    const double variance = s->standard_error * s->standard_error;
    printf("# pi is between %.15g and %.15g (95 %%, Wilson's interval of all darts of N = %" PRIu64
           "), figure of merit 1/(variance x seconds) %.3g\n",
           interval.low, interval.high, pi->sweep.darts[last],
           1 / (variance * pi->counts.seconds[last]));
}

/* What this run has thrown, and what earlier ones had. */
static void print_darts(const struct pi *pi) {
    const struct pi_resumed resumed = resumed_of(pi);
    const double darts = all_darts(pi) - resumed.darts;
    printf("# %.0f darts in %.4g s", darts, pi->run->compute.seconds);
    if (darts > 0)
        printf(", %.3g darts/s, imbalance %.2f", darts / pi->run->compute.seconds,
               counts_imbalance(&pi->counts));
    if (resumed.darts > 0)
        printf(", %.0f darts of earlier runs in %.4g s", resumed.darts, resumed.seconds);
}

bool pi_print(const struct run *run, void *state, struct failure *failure) {
    const struct pi *pi = state;
    (void)failure;
    const double thrown = all_darts(pi) - resumed_of(pi).darts;
    pi_report_print_table(pi);
    print_estimate(pi);
    print_end_by(pi);
    print_darts(pi);
    if (pi->options->verify)
        printf(", %" PRIu64 " darts verified", pi->verified);
    if (pi->drawing.exit_status == EXIT_DONE && (pi->options->scatter || pi->options->plot))
        printf(" -> %s%s%s", pi->options->scatter ? pi->options->scatter : "",
               pi->options->scatter && pi->options->plot ? ", " : "",
               pi->options->plot ? pi->options->plot : "");
    putchar('\n');
    if (run->session->size > 1 && thrown > 0) {
        fputs("# ", stdout);
        shares_print((enum schedule_kind)pi->options->schedule, pi->counts.shares,
                     run->session->size, thrown);
    }
    return true;
}

bool pi_judge(const struct run *run, void *state, struct failure *failure) {
    const struct pi *pi = state;
    (void)run;
    if (pi->drawing.exit_status != EXIT_DONE) {
        *failure = pi->drawing;
        return false;
    }
    if (!pi_missed(pi))
        return true;
    const int last = pi->sweep.steps - 1;
    const char *path = pi->options->checkpoint;
    failure_set(failure, EXIT_RUN,
                "the standard error is still %.4g at N = %" PRIu64
                ", above --target-error %.6g: raise %s%s%s%s",
                pi->statistics[last].standard_error, pi->sweep.darts[last],
                pi->options->target_error, pi->end == PI_END_TIME ? "--max-time" : "--max-darts",
                path ? ", and the same command continues from '" : " or --runs", path ? path : "",
                path ? "'" : "");
    failure->files_are_whole = true;
    return false;
}

size_t pi_amounts(const struct run *run, const void *state,
                  struct run_amount amounts[RUN_AMOUNTS]) {
    const struct pi *pi = state;
    (void)run;
    amounts[0] = (struct run_amount){all_darts(pi) - resumed_of(pi).darts, "darts"};
    return 1;
}

bool pi_limit(const struct run *run, const void *state, enum plait_work *work, double *amount) {
    const struct pi *pi = state;
    *work = pi->options->generator == PLAIT_RXS64 ? PLAIT_WORK_DARTS_RXS64 : PLAIT_WORK_DARTS_PCG32;
    for (int r = 0; session_is_root(run->session) && r < run->session->size; r++)
        *amount += (double)pi->counts.shares[r].units;
    return true;
}

void pi_report_timing(const struct run *run, const void *state, struct report *report) {
    const struct pi *pi = state;
    const struct pi_resumed resumed = resumed_of(pi);
    report_open_array(report, "busy_seconds");
    for (int r = 0; r < run->session->size; r++)
        report_real(report, NULL, pi->counts.shares[r].busy_seconds);
    report_close(report);
    report_real(report, "imbalance", counts_imbalance(&pi->counts));
    report_open_array(report, "darts");
    for (int r = 0; r < run->session->size; r++)
        report_count(report, NULL, pi->counts.shares[r].units);
    report_close(report);
    if (resumed.darts > 0) {
        report_real(report, "resumed_darts", resumed.darts);
        report_real(report, "resumed_seconds", resumed.seconds);
    }
}

static void report_step(struct report *report, const struct pi *pi, int step) {
    const struct pi_statistics *s = &pi->statistics[step];
    const uint64_t *hits = pi->counts.hits + (size_t)step * pi->sweep.runs;
    report_open_object(report, NULL);
    report_count(report, "darts", pi->sweep.darts[step]);
    report_count(report, "runs", pi->sweep.runs);
    report_open_array(report, "hits");
    for (uint64_t r = 0; r < pi->sweep.runs; r++)
        report_count(report, NULL, hits[r]);
    report_close(report);
    report_real(report, "mean", s->mean);
    report_real(report, "std", s->std);
    report_real(report, "std_sample", s->std_sample);
    report_real(report, "expected_std", s->expected_std);
    report_real(report, "standard_error", s->standard_error);
    report_real(report, "z", s->z);
    report_real(report, "darts_per_second", rate_of(pi, step));
    report_close(report);
}

void pi_report_result(const struct run *run, const void *state, struct report *report) {
    const struct pi *pi = state;
    (void)run;
    report_flag(report, "reproducible", !(pi->options->max_time > 0));
    report_text(report, "ended_by", ends[pi->end]);
    report_open_array(report, "sweep");
    for (int s = 0; s < pi->sweep.steps; s++)
        report_step(report, pi, s);
    report_close(report);
}
