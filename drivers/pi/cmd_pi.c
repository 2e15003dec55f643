/* SPDX-License-Identifier: MIT
 * plait pi: the Monte Carlo study of pi. In the order of the data: seed, sweep, placement, the
 * rounds of the sweep, each told as it ends, verification, files, summary, report, plots. Failures
 * are agreed between these, so that no rank waits for one that has left. */
#include "base/atomic_file.h"
#include "base/clock.h"
#include "base/standard_output.h"
#include "files/report.h"
#include "pi/pi_options.h"
#include "pi/pi_plot.h"
#include "pi/pi_report.h"
#include "pi/pi_scatter.h"
#include "ranks/agree.h"
#include "ranks/mpi_check.h"
#include "ranks/placing.h"
#include "ranks/waiting.h"
#include "run/command.h"
#include "run/seed.h"
#include "run/timers.h"

#include <inttypes.h>
#include <stdlib.h>

static bool is_root(const struct pi *pi) {
    return pi->session->rank == ROOT;
}

/* Looks at every output before the work, rank 0 only. */
static bool check_outputs(const struct pi_options *options, struct failure *failure) {
    return (!options->run.json || report_check(options->run.json, failure)) &&
           (!options->scatter || atomic_file_check(options->scatter, failure)) &&
           atomic_file_check_apart(options->scatter, options->run.json, failure) &&
           (!options->plot || (pi_plot_check(options->plot, options->run.json, failure) &&
                               pi_plot_check(options->plot, options->scatter, failure) &&
                               pi_plot_check(options->plot, options->checkpoint, failure))) &&
           (!options->checkpoint ||
            (atomic_file_check(options->checkpoint, failure) &&
             atomic_file_check_apart(options->checkpoint, options->scatter, failure) &&
             atomic_file_check_apart(options->checkpoint, options->run.json, failure)));
}

static bool prepare(struct pi *pi, struct failure *failure) {
    const struct session *session = pi->session;
    const struct pi_options *options = pi->options;
    const struct pi_work work = {
        .sweep = &pi->sweep,
        .generator = (enum plait_generator)options->generator,
        .seed = pi->seed,
        .exec = &pi->exec,
        .schedule = (enum schedule_kind)options->schedule,
        .progress = (enum progress_style)options->progress,
        .checkpoint = options->checkpoint ? &pi->checkpoint : NULL,
    };
    struct placement mine;

    if (is_root(pi))
        check_outputs(options, failure);
    if (!agree(session, failure) ||
        !pi_checkpoint_open(&pi->checkpoint, session, &pi->sweep, work.generator, pi->seed,
                            options->checkpoint, options->checkpoint_every, failure) ||
        !placing_resolve(session, options->run.path, options->run.threads, &pi->exec, &mine,
                         failure) ||
        !placing_gather(session, &mine, &pi->placements, failure) ||
        !counts_begin(&pi->counts, session, &work, failure))
        return false;
    placing_warn(session, pi->placements);
    return true;
}

/* Rank 0. Steps that are counted together begin together; what a checkpoint had takes no time. */
static void time_step(const struct pi *pi, const struct sweep_round *round, int step) {
    const double darts = (double)pi->sweep.darts[step];
    const double part = round->steps > 1 ? darts / (double)round->run_darts : 1;
    char name[32];
    if (!(pi->counts.round_seconds > 0))
        return;
    snprintf(name, sizeof name, "N=%" PRIu64, pi->sweep.darts[step]);
    stopwatch_add(pi->session->watch, name, pi->counts.begun_ns, pi->counts.round_seconds * part);
}

/* Rank 0: the lines of a round, for whoever waits for them. */
static void tell_round(struct pi *pi, const struct sweep_round *round, struct failure *failure) {
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
        .told = step == 0 || counted > sweep->darts[step - 1],
        .steps_left = sweep->steps - step - 1,
    };
    sweep->steps = step + pi->cut.told;
    if (pi->cut.told)
        sweep->darts[step] = counted;
    else /* nor are they among those that the ranks have thrown; their time is */
        pi->counts.darts = darts_before;
    return true;
}

static bool run_rounds(struct pi *pi, struct failure *failure) {
    const double target = pi->options->target_error;
    if (is_root(pi)) {
        pi_print_head(pi);
        standard_output_flush(failure);
    }
    pi->begun.compute = clock_now_ns();
    for (int first = 0; first < pi->sweep.steps;) {
        const struct sweep_round round = sweep_round_at(&pi->sweep, first);
        if (!agree(pi->session, failure) || !count_round(pi, &round, failure))
            return false;
        if (first == pi->sweep.steps) /* the time was up */
            break;
        if (is_root(pi))
            tell_round(pi, &round, failure);
        first += round.steps;
        if (target > 0 && limits_met(pi->session, target, &pi->statistics[first - 1])) {
            pi->end = PI_END_TARGET;
            pi->sweep.steps = first;
        }
    }
    if (target > 0 && pi->end == PI_END_SWEEP)
        pi->end = PI_END_DARTS;
    return agree(pi->session, failure) &&
           (!pi->options->checkpoint || pi_checkpoint_end_work(&pi->checkpoint, failure));
}

static bool verify(struct pi *pi, struct failure *failure) {
    uint64_t darts;
    counts_verify(&pi->counts, &darts, failure);
    quiet_barrier(pi->session); /* which verifies the most */
    if (!agree(pi->session, failure))
        return false;
    MPI_CHECK(
        MPI_Reduce(&darts, &pi->verified, 1, MPI_UINT64_T, MPI_SUM, ROOT, pi->session->world));
    return true;
}

/* Rank 0. The plots' own pictures are drawn after MPI has ended. */
static bool write_files(const struct pi *pi, struct failure *failure) {
    const struct pi_options *options = pi->options;
    return (!options->scatter ||
            pi_scatter_draw(options->scatter, (enum plait_generator)options->generator, pi->seed,
                            pi->sweep.darts[pi->sweep.steps - 1], failure)) &&
           (!options->plot || pi_plot_write(options->plot, &pi->sweep, pi->statistics,
                                            options->max_time > 0, failure));
}

/* The files, while all but rank 0 wait for them. A failure, which rank 0 alone has, waits until the
 * summary is told. */
static void draw(struct pi *pi, struct failure *failure) {
    pi->begun.encode = clock_now_ns();
    if (is_root(pi))
        pi->drawn = write_files(pi, failure);
    quiet_barrier(pi->session);
    pi->timing.encode = is_root(pi) ? clock_seconds_since(pi->begun.encode) : 0;
}

/* Brings the times of all ranks to rank 0. */
static void gather_timing(struct pi *pi) {
    struct pi_timing slowest;
    MPI_CHECK(MPI_Reduce(&pi->timing, &slowest, 4, MPI_DOUBLE, MPI_MAX, ROOT, pi->session->world));
    if (is_root(pi))
        pi->timing = slowest;
}

/* Rank 0: the times that the report has, too. */
static void time_all(const struct pi *pi) {
    struct stopwatch *watch = pi->session->watch;
    stopwatch_add(watch, "compute", pi->begun.compute, pi->timing.compute);
    stopwatch_add(watch, "gather", pi->counts.gather_begun_ns, pi->timing.gather);
    stopwatch_add(watch, "encode", pi->begun.encode, pi->timing.encode);
    stopwatch_add(watch, "total", pi->begun.total, pi->timing.total);
}

/* Rank 0: the summary, whatever became of the files, and only if both have arrived the report,
 * which stands for success. true: what was kept is not needed any more; a run that goes further
 * after a target that was missed needs it. */
static bool tell(const struct pi *pi, const struct option_values *values, struct failure *failure) {
    struct failure telling = {0};
    pi_print_end(pi);
    time_all(pi);
    if (!timers_tell(pi->session, values, &telling) && failure->exit_status == EXIT_DONE)
        *failure = telling;
    if (failure->exit_status != EXIT_DONE)
        return false;
    if (!pi_missed(pi))
        return !pi->options->run.json || pi_report(pi, values, failure);
    pi_tell_missed(pi, failure);
    return false;
}

static void study(struct pi *pi, const struct option_values *values, struct failure *failure) {
    pi->begun.total = clock_now_ns();
    if (!prepare(pi, failure) || !run_rounds(pi, failure) ||
        (pi->options->verify && !verify(pi, failure)))
        return;
    draw(pi, failure);
    counts_gather(&pi->counts);
    pi->timing.compute = pi->counts.compute_seconds;
    pi->timing.gather = pi->counts.gather_seconds;
    pi->timing.total = clock_seconds_since(pi->begun.total);
    gather_timing(pi);
    const bool told = !is_root(pi) || tell(pi, values, failure);
    if (told && pi->options->checkpoint) /* what was kept until then is not needed any more */
        pi_checkpoint_remove(&pi->checkpoint, failure);
    agree(pi->session, failure);
}

static void run(const struct session *session, struct option_values *values,
                struct failure *failure) {
    struct pi_options options = {0};
    struct pi pi = {.session = session, .options = &options};

    if (!pi_checkpoint_settle_seed(session, values, failure) ||
        !seed_settle(session, values, &pi.seed, failure))
        return;
    if (values_apply(values, &options, failure))
        pi_sweep_of_options(&options, values, &pi.sweep, failure);
    if (agree(session, failure))
        study(&pi, values, failure);
    free(pi.placements);
    counts_end(&pi.counts);
    pi_checkpoint_free(&pi.checkpoint);
}

static void after(const struct option_values *values, struct failure *failure) {
    const char *folder = values_text(values, "plot");
    if (folder)
        pi_plot_draw(folder, failure);
}

static const struct option_table tables[] = {
    {pi_option_rows, PI_OPTIONS, 0},
    {run_option_rows, RUN_OPTIONS, offsetof(struct pi_options, run)},
    OPTION_STANDARD_TABLE,
};

static const struct option_set set = {
    .command = "pi",
    .summary = "estimate pi by throwing darts",
    .details =
        "Counts how many of N darts, thrown at random at the square [-1, 1)^2, hit the circle, in "
        "independent runs; 4 hits / N is about pi. Prints N, mean and population standard "
        "deviation of the runs as each N ends, and more in lines that begin with '#'. Without "
        "options it is the study of the report \"MPI with Python\". The hits are the same for any "
        "number of ranks and threads and on any path.\n\n"
        "Each N begins its runs at the same places: the darts of a smaller one are the first of a "
        "larger one, so lines are not independent of each other.\n\n"
        "The 95 % interval for pi is Wilson's, from all darts of the largest N; it is not 1.96 "
        "times "
        "the standard error of the table, which is by the spread of the runs.",
    .tables = tables,
    .table_count = sizeof tables / sizeof tables[0],
};

const struct command cmd_pi = {.options = &set, .run = run, .after = after, .columns = true};
