/* SPDX-License-Identifier: MIT
 * plait pi: the Monte Carlo study of pi. In the order of the data: seed, sweep, placement, the
 * rounds of the sweep, each told as it ends, verification, files, summary, report, plots. Failures
 * are agreed between these, so that no rank waits for one that has left. */
#include "cmd/pi_options.h"
#include "cmd/pi_plot.h"
#include "cmd/pi_report.h"
#include "cmd/pi_scatter.h"
#include "cmd/seed.h"
#include "comm/agree.h"
#include "comm/mpi_check.h"
#include "comm/placing.h"
#include "comm/waiting.h"
#include "command.h"
#include "core/atomic_file.h"
#include "core/clock.h"
#include "core/report.h"
#include "core/standard_output.h"

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
                               pi_plot_check(options->plot, options->scatter, failure)));
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
    };
    struct placement mine;

    if (is_root(pi))
        check_outputs(options, failure);
    if (!agree(session, failure) ||
        !placing_resolve(session, options->run.path, options->run.threads, &pi->exec, &mine,
                         failure) ||
        !placing_gather(session, &mine, &pi->placements, failure) ||
        !counts_begin(&pi->counts, session, &work, failure))
        return false;
    placing_warn(session, pi->placements);
    return true;
}

/* Rank 0: the lines of a round, for whoever waits for them. */
static void tell_round(struct pi *pi, const struct sweep_round *round, struct failure *failure) {
    for (int s = round->first; s < round->first + round->steps; s++) {
        pi->statistics[s] = pi_statistics_of(pi->counts.hits + (size_t)s * pi->sweep.runs,
                                             pi->sweep.runs, pi->sweep.darts[s]);
        pi->timing.compute += pi->counts.seconds[s];
        pi_print_step(pi, s);
        if (!standard_output_flush(failure))
            return;
    }
}

static bool run_rounds(struct pi *pi, struct failure *failure) {
    if (is_root(pi)) {
        pi_print_head(pi);
        standard_output_flush(failure);
    }
    for (int first = 0; first < pi->sweep.steps;) {
        const struct sweep_round round = sweep_round_at(&pi->sweep, first);
        if (!agree(pi->session, failure) || !counts_round(&pi->counts, &round, failure))
            return false;
        if (is_root(pi))
            tell_round(pi, &round, failure);
        first += round.steps;
    }
    return agree(pi->session, failure);
}

static bool verify(struct pi *pi, struct failure *failure) {
    uint64_t darts;
    counts_verify(&pi->counts, &darts, failure);
    wait_for_root(pi->session); /* which verifies the most */
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
           (!options->plot || pi_plot_write(options->plot, &pi->sweep, pi->statistics, failure));
}

/* The files, while all but rank 0 wait for them. */
static bool draw(struct pi *pi, struct failure *failure) {
    const uint64_t start_ns = clock_now_ns();
    if (is_root(pi))
        write_files(pi, failure);
    wait_for_root(pi->session);
    pi->timing.encode = is_root(pi) ? clock_seconds_since(start_ns) : 0;
    return agree(pi->session, failure);
}

/* Brings the times of all ranks to rank 0. */
static void gather_timing(struct pi *pi) {
    struct pi_timing slowest;
    MPI_CHECK(MPI_Reduce(&pi->timing, &slowest, 4, MPI_DOUBLE, MPI_MAX, ROOT, pi->session->world));
    if (is_root(pi))
        pi->timing = slowest;
}

/* Rank 0: the summary, and only if it has arrived the report, which stands for success. */
static void tell(const struct pi *pi, const struct option_values *values, struct failure *failure) {
    pi_print_end(pi);
    if (standard_output_flush(failure) && pi->options->run.json)
        pi_report(pi, values, failure);
}

static void study(struct pi *pi, const struct option_values *values, struct failure *failure) {
    const uint64_t start_ns = clock_now_ns();
    if (!prepare(pi, failure) || !run_rounds(pi, failure) ||
        (pi->options->verify && !verify(pi, failure)) || !draw(pi, failure))
        return;
    counts_gather(&pi->counts);
    pi->timing.gather = pi->counts.gather_seconds;
    pi->timing.total = clock_seconds_since(start_ns);
    gather_timing(pi);
    if (is_root(pi))
        tell(pi, values, failure);
    agree(pi->session, failure);
}

static void run(const struct session *session, struct option_values *values,
                struct failure *failure) {
    struct pi_options options = {0};
    struct pi pi = {.session = session, .options = &options};

    if (!seed_settle(session, values, &pi.seed, failure))
        return;
    if (values_apply(values, &options, failure))
        pi_sweep_of_options(&options, values, &pi.sweep, failure);
    if (agree(session, failure))
        study(&pi, values, failure);
    free(pi.placements);
    counts_end(&pi.counts);
}

static void after(const struct option_values *values) {
    const char *folder = values_text(values, "plot");
    if (folder)
        pi_plot_draw(folder);
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
        "larger one, so lines are not independent of each other.",
    .tables = tables,
    .table_count = sizeof tables / sizeof tables[0],
};

const struct command cmd_pi = {.options = &set, .run = run, .after = after};
