/* SPDX-License-Identifier: MIT
 * plait pi: the Monte Carlo study of pi. In the order of the data: seed, sweep, placement, the
 * rounds of the sweep, each printed as it ends, verification, files, summary, report, plots.
 * Failures are agreed between these, so that no rank waits for one that has left. */
#include "base/clock.h"
#include "base/standard_output.h"
#include "pi/pi_options.h"
#include "pi/pi_plot.h"
#include "pi/pi_report.h"
#include "pi/pi_scatter.h"
#include "ranks/agree.h"
#include "ranks/mpi_check.h"
#include "ranks/waiting.h"
#include "run/command.h"
#include "run/seed.h"

#include <inttypes.h>
#include <stdio.h>

static bool pi_begin(struct run *run, void *state, struct failure *failure) {
    struct pi *pi = state;
    *pi = (struct pi){.run = run, .options = run->options};
    return pi_sweep_of_options(pi->options, run->values, &pi->sweep, failure);
}

/* Rank 0. Steps that are counted together begin together; what a checkpoint had takes no time. */
static void time_step(const struct pi *pi, const struct sweep_round *round, int step) {
    const double darts = (double)pi->sweep.darts[step];
    const double part = round->steps > 1 ? darts / (double)round->run_darts : 1;
    char name[32];
    if (!(pi->counts.round_seconds > 0))
        return;
    snprintf(name, sizeof name, "N=%" PRIu64, pi->sweep.darts[step]);
    stopwatch_add(pi->run->session->watch, name, pi->counts.begun_ns,
                  pi->counts.round_seconds * part);
}

/* Rank 0: the lines of a round, for whoever waits for them. */
static void pi_print_round(struct pi *pi, const struct sweep_round *round,
                           struct failure *failure) {
    for (int s = round->first; s < round->first + round->steps; s++) {
        pi->statistics[s] = pi_statistics_of(pi->counts.hits + (size_t)s * pi->sweep.runs,
                                             pi->sweep.runs, pi->sweep.darts[s]);
        time_step(pi, round, s);
        pi_print_step(pi, s);
        if (!standard_output_flush(failure))
            return;
    }
}

/* Counts a round, or as much of it as the time allows: then the sweep ends with what there is of
 * it, unless the step before has all these darts and more. */
static bool count_round(struct pi *pi, const struct sweep_round *round, struct failure *failure) {
    struct sweep *sweep = &pi->sweep;
    const int step = round->first;
    const uint64_t darts_before = pi->counts.darts;
    uint64_t counted;
    if (!(pi->options->max_time > 0))
        return counts_round(&pi->counts, round, failure);
    if (!limits_count(&pi->counts, round, pi->options->max_time, &counted, failure))
        return false;
    if (counted == sweep->darts[step])
        return true;
    pi->end = PI_END_TIME;
    pi->cut = (struct pi_cut){
        .darts = sweep->darts[step],
        .counted = counted,
        .printed = step == 0 || counted > sweep->darts[step - 1],
        .steps_left = sweep->steps - step - 1,
    };
    sweep->steps = step + pi->cut.printed;
    if (pi->cut.printed)
        sweep->darts[step] = counted;
    else /* nor are they among those that the ranks have thrown; their time is */
        pi->counts.darts = darts_before;
    return true;
}

static bool run_rounds(struct pi *pi, struct failure *failure) {
    const double target = pi->options->target_error;
    if (session_is_root(pi->run->session)) {
        pi_print_head(pi);
        standard_output_flush(failure);
    }
    for (int first = 0; first < pi->sweep.steps;) {
        const struct sweep_round round = sweep_round_at(&pi->sweep, first);
        if (!agree(pi->run->session, failure) || !count_round(pi, &round, failure))
            return false;
        if (first == pi->sweep.steps) /* the time was up */
            break;
        if (session_is_root(pi->run->session))
            pi_print_round(pi, &round, failure);
        first += round.steps;
        if (target > 0 && limits_met(pi->run->session, target, &pi->statistics[first - 1])) {
            pi->end = PI_END_TARGET;
            pi->sweep.steps = first;
        }
    }
    if (target > 0 && pi->end == PI_END_SWEEP)
        pi->end = PI_END_DARTS;
    return agree(pi->run->session, failure) &&
           (!pi->options->checkpoint || pi_checkpoint_end_work(&pi->checkpoint, failure));
}

static bool pi_verify(struct pi *pi, struct failure *failure) {
    uint64_t darts;
    counts_verify(&pi->counts, &darts, failure);
    quiet_barrier(pi->run->session); /* which verifies the most */
    if (!agree(pi->run->session, failure))
        return false;
    MPI_CHECK(
        MPI_Reduce(&darts, &pi->verified, 1, MPI_UINT64_T, MPI_SUM, ROOT, pi->run->session->world));
    return true;
}

/* Rank 0. The plots' own pictures are drawn after MPI has ended. */
static bool write_files(const struct pi *pi, struct failure *failure) {
    const struct pi_options *options = pi->options;
    return (!options->scatter ||
            pi_scatter_draw(options->scatter, (enum plait_generator)options->generator,
                            pi->run->seed, pi->sweep.darts[pi->sweep.steps - 1], failure)) &&
           (!options->plot || pi_plot_write(options->plot, &pi->sweep, pi->statistics,
                                            options->max_time > 0, failure));
}

static bool pi_prepare(struct run *run, void *state, struct failure *failure) {
    struct pi *pi = state;
    const struct pi_options *options = pi->options;
    const struct pi_work work = {
        .sweep = &pi->sweep,
        .generator = (enum plait_generator)options->generator,
        .seed = run->seed,
        .exec = &run->exec,
        .schedule = (enum schedule_kind)options->schedule,
        .progress = (enum progress_style)options->progress,
        .checkpoint = options->checkpoint ? &pi->checkpoint : NULL,
    };
    const struct pi_checkpoint_plan plan = {
        .path = options->checkpoint,
        .every_seconds = options->checkpoint_every,
        .sweep = &pi->sweep,
        .generator = work.generator,
        .seed = work.seed,
    };
    return pi_checkpoint_open(&pi->checkpoint, run->session, &plan, failure) &&
           counts_begin(&pi->counts, run->session, &work, failure);
}

static bool pi_work(struct run *run, void *state, struct failure *failure) {
    struct pi *pi = state;
    const struct pi_options *options = pi->options;
    run->compute.begun_ns = clock_now_ns();
    if (!run_rounds(pi, failure) || (options->verify && !pi_verify(pi, failure)))
        return false;
    /* The others wait for the files. A failure of them is for the end: the lines come first. */
    run->encode.begun_ns = clock_now_ns();
    if (session_is_root(pi->run->session))
        write_files(pi, &pi->drawing);
    quiet_barrier(run->session);
    run->encode.seconds =
        session_is_root(pi->run->session) ? clock_seconds_since(run->encode.begun_ns) : 0;
    counts_gather(&pi->counts);
    run->compute.seconds = pi->counts.compute_seconds;
    run->gather = (struct run_phase){pi->counts.gather_begun_ns, pi->counts.gather_seconds};
    return true;
}

/* What was kept until then is not needed any more. After a target that was missed it is: a run that
 * goes further begins there. */
static bool pi_finish(const struct run *run, void *state, struct failure *failure) {
    struct pi *pi = state;
    (void)run;
    if (pi->options->checkpoint)
        pi_checkpoint_remove(&pi->checkpoint, failure);
    return failure->exit_status == EXIT_DONE;
}

static void pi_free(void *state) {
    struct pi *pi = state;
    counts_end(&pi->counts);
    pi_checkpoint_free(&pi->checkpoint);
}

const struct command cmd_pi = {
    .options = &pi_option_set,
    .options_bytes = sizeof(struct pi_options),
    .state_bytes = sizeof(struct pi),
    .settle = seed_settle_of_checkpoint,
    .begin = pi_begin,
    .prepare = pi_prepare,
    .work = pi_work,
    .print = pi_print,
    .judge = pi_judge,
    .limit = pi_limit,
    .report_timing = pi_report_timing,
    .report_result = pi_report_result,
    .amounts = pi_amounts,
    .finish = pi_finish,
    .free = pi_free,
    .columns = true,
    .phases = true,
};
