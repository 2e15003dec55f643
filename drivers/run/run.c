/* SPDX-License-Identifier: MIT
 * Every subcommand runs through here. A rank that left alone after a failure would leave the others
 * waiting in their next collective call, so ranks agree between the steps. */
#include "run/run.h"

#include "base/clock.h"
#include "base/standard_output.h"
#include "files/outputs.h"
#include "files/report.h"
#include "ranks/agree.h"
#include "ranks/mpi_check.h"
#include "ranks/node_watch.h"
#include "ranks/rank_placement.h"
#include "ranks/watchdog.h"
#include "run/energy_use.h"
#include "run/plot_draw.h"
#include "run/run_options.h"
#include "run/seed.h"
#include "run/seed_options.h"

#include <stdlib.h>

static bool run_is_root(const struct run *run) {
    return !run->session || run->session->rank == ROOT;
}

/* Whether nothing has failed, on any rank. */
static bool run_agree(const struct run *run, struct failure *failure) {
    return run->session ? agree(run->session, failure) : failure->exit_status == EXIT_DONE;
}

/* The members of the options struct that the rows of a table stand for; NULL: it is not there. */
static const void *run_members(const struct run *run, const struct option *rows) {
    const struct option_set *set = run->values->set;
    for (size_t t = 0; t < set->table_count; t++)
        if (set->tables[t].options == rows)
            return (const char *)run->options + set->tables[t].base;
    return NULL;
}

/* Those that all subcommands with MPI share. */
static const struct run_options *run_common(const struct run *run) {
    const struct run_options *all = run_members(run, run_option_rows);
    return all ? all : run_members(run, run_option_rows + RUN_KERNEL_OPTIONS);
}

/* From values to options, and what can be refused before anything is looked at. */
static bool run_begin(struct run *run, const struct command *command, struct option_values *values,
                      void *options, void *state, struct failure *failure) {
    const bool has_seed = option_find(values->set, "seed", NULL);
    run->seed_drawn = has_seed && seed_is_random(values_text(values, "seed"));
    if (command->settle && !command->settle(run->session, values, state, failure))
        return false;
    if (has_seed && !seed_settle(run->session, values, &run->seed, failure))
        return false;
    if (values_apply(values, options, failure) && command->begin)
        command->begin(run, state, failure);
    if (!run_agree(run, failure))
        return false;
    return !run->session || run->over || run_common(run)->watchdog == 0 ||
           watchdog_begin(run->session, run_common(run)->watchdog, failure);
}

/* Rank 0 looks at the outputs. Then every rank finds its path, threads and place. */
static bool run_place(struct run *run, const struct command *command, struct placement **placements,
                      struct failure *failure) {
    const struct run_options *common = run_common(run);
    const bool kernels = option_find(command->options, "threads", NULL) != NULL;
    struct placement mine;
    if (run_is_root(run))
        outputs_check(run->values, failure);
    if (!run_agree(run, failure))
        return false;
    if (!run->session)
        return true;
    const struct rank_device_request request = {
        .session = run->session,
        .gpu_ranks = common->gpu_ranks,
        .job = command->device_job,
        .exec = &run->exec,
        .mine = &mine,
    };
    if (!rank_placement_resolve(run->session, kernels ? common->path : NULL,
                                kernels ? common->threads : 1, &run->exec, &mine, failure) ||
        (!run->threads_only && option_find(command->options, "gpu-ranks", NULL) &&
         !rank_device_begin(&run->device, &request, failure)) ||
        !rank_placement_gather(run->session, &mine, placements, failure))
        return false;
    run->placements = *placements;
    return true;
}

/* Warnings come last, so that what is refused is one line. */
static bool run_prepare(struct run *run, const struct command *command, void *state,
                        struct failure *failure) {
    if (command->prepare)
        command->prepare(run, state, failure);
    if (!run_agree(run, failure))
        return false;
    if (run->session)
        rank_placement_warn(run->session, run->placements);
    return true;
}

/* Takes the slowest rank's time of each phase to rank 0. */
static void run_gather_times(struct run *run) {
    struct run_phase *const phases[] = {&run->compute, &run->gather, &run->encode, &run->total};
    double mine[4], slowest[4];
    for (int p = 0; p < 4; p++)
        mine[p] = phases[p]->seconds;
    MPI_CHECK(MPI_Reduce(mine, slowest, 4, MPI_DOUBLE, MPI_MAX, ROOT, run->session->world));
    for (int p = 0; p < 4 && run_is_root(run); p++)
        phases[p]->seconds = slowest[p];
}

/* Collective: what the units of the machine allow each rank. Threads that outnumber the cores of
 * their node have these in turns. Rank 0 gets an array that the caller frees, if the work has a
 * limit. */
static bool run_find_limits(struct run *run, const struct command *command, const void *state,
                            double **limits, struct failure *failure) {
    double mine = 0, least = 0;
    *limits = NULL;
    if (run->device.speed > 0) /* of some rank: what its cores allow says nothing then */
        return true;
    if (!command->limit || !command->limit(run, state, &run->limit_work, &run->limit_amount))
        return true;
    plait_limit_measure(&run->exec, run->limit_work, &mine);
    MPI_CHECK(MPI_Allreduce(&mine, &least, 1, MPI_DOUBLE, MPI_MIN, run->session->world));
    if (least <= 0) /* a path without a limit */
        return true;
    if (run_is_root(run) && !(*limits = malloc((size_t)run->session->size * sizeof **limits)))
        failure_set(failure, EXIT_RUN, "out of memory");
    if (!run_agree(run, failure))
        return false;
    MPI_CHECK(MPI_Gather(&mine, 1, MPI_DOUBLE, *limits, 1, MPI_DOUBLE, ROOT, run->session->world));
    for (int r = 0; *limits && r < run->session->size; r++) {
        const struct placement *all = run->placements;
        int threads = 0;
        for (int other = 0; other < run->session->size; other++)
            threads += all[other].node == all[r].node ? all[other].threads : 0;
        if (all[r].node_cores > 0 && threads > all[r].node_cores)
            (*limits)[r] *= (double)all[r].node_cores / threads;
    }
    return true;
}

/* Rank 0: for --csv the timers of the work, and the times that the report has. */
static bool run_print_times(const struct run *run, const struct command *command,
                            struct failure *failure) {
    struct stopwatch *watch = run->session->watch;
    struct stopwatch_system system;
    if (command->phases) {
        stopwatch_add(watch, "compute", run->compute.begun_ns, run->compute.seconds);
        stopwatch_add(watch, "gather", run->gather.begun_ns, run->gather.seconds);
        stopwatch_add(watch, "encode", run->encode.begun_ns, run->encode.seconds);
    }
    stopwatch_add(watch, "total", run->total.begun_ns, run->total.seconds);
    stopwatch_system_find(&system);
    return stopwatch_print(watch, &system, stdout, failure);
}

/* Rank 0. */
static bool run_report(const struct run *run, const struct command *command, const void *state,
                       const struct energy_use *energy, struct failure *failure) {
    struct run_amount amounts[RUN_AMOUNTS];
    const size_t count = energy->options ? command->amounts(run, state, amounts) : 0;
    const struct report_places places = {run->placements, (size_t)run->session->size, run->nodes,
                                         run->node_count};
    struct report *report = report_new(run->values, &places);
    if (report) {
        report_open_object(report, "timing");
        if (command->phases) {
            report_real(report, "compute_seconds", run->compute.seconds);
            report_real(report, "gather_seconds", run->gather.seconds);
            report_real(report, "encode_seconds", run->encode.seconds);
        }
        report_real(report, "total_seconds", run->total.seconds);
        if (command->report_timing)
            command->report_timing(run, state, report);
        report_close(report);
        if (run->limits) {
            report_open_object(report, "limit");
            report_text(report, "unit", run->limit_work == PLAIT_WORK_STEPS ? "steps" : "darts");
            report_real(report, "amount", run->limit_amount);
            report_open_array(report, "per_second");
            for (int r = 0; r < run->session->size; r++)
                report_real(report, NULL, run->limits[r]);
            report_close(report);
            report_close(report);
        }
        energy_use_report(energy, report, amounts, count);
        report_open_object(report, "result");
        command->report_result(run, state, report);
        report_close(report);
    }
    const bool written = report_write(report, run_common(run)->json, failure);
    report_free(report);
    return written;
}

/* Rank 0: the lines, the timers, and only if they have arrived and the result is a success the
 * report, which stands for both. */
static bool run_print(const struct run *run, const struct command *command, void *state,
                      const struct energy_use *energy, struct failure *failure) {
    struct run_amount amounts[RUN_AMOUNTS];
    if (command->print && !command->print(run, state, failure))
        return false;
    energy_use_print(energy, command->columns ? "# " : "", amounts,
                     energy->options ? command->amounts(run, state, amounts) : 0);
    if (run->session && run_common(run)->csv && !run_print_times(run, command, failure))
        return false;
    return standard_output_flush(failure) &&
           (!command->judge || command->judge(run, state, failure)) &&
           (!run->session || !run_common(run)->json ||
            run_report(run, command, state, energy, failure));
}

/* Collective, after all that could be refused: the work, and what becomes of its results. watch:
 * NULL without a report. */
static void run_work(struct run *run, const struct command *command, void *state,
                     struct node_watch *watch, struct failure *failure) {
    struct machine_record *nodes = NULL;
    double *limits = NULL;
    struct energy_use energy;
    energy_use_begin(&energy, run, run_members(run, energy_option_rows));
    if (command->work)
        command->work(run, state, failure);
    const bool agreed = run_agree(run, failure);
    energy_use_end(&energy, run);
    if (!agreed)
        return;
    run->total.seconds = clock_seconds_since(run->total.begun_ns);
    if (run->session)
        run_gather_times(run);
    if (watch && (!node_watch_end(watch, run->session, &nodes, &run->node_count, failure) ||
                  !run_find_limits(run, command, state, &limits, failure))) {
        free(nodes);
        free(limits);
        return;
    }
    run->nodes = nodes;
    run->limits = limits;
    if (run_is_root(run))
        run_print(run, command, state, &energy, failure);
    if (run_agree(run, failure) && command->finish) {
        command->finish(run, state, failure);
        run_agree(run, failure);
    }
    free(nodes);
    free(limits);
}

static void run_steps(struct run *run, const struct command *command, struct option_values *values,
                      void *options, void *state, struct failure *failure) {
    struct placement *placements = NULL;
    struct node_watch watch, *watching = NULL;
    if (run->session && values_has(values, "json")) {
        node_watch_begin(&watch, run->session);
        watching = &watch;
    }
    run->total.begun_ns = clock_now_ns();
    if (!run_begin(run, command, values, options, state, failure))
        return;
    if (run->over) {
        if (run_is_root(run))
            standard_output_flush(failure);
        run_agree(run, failure);
    } else if (run_place(run, command, &placements, failure) &&
               run_prepare(run, command, state, failure)) {
        run_work(run, command, state, watching, failure);
    }
    free(placements);
}

void run_command(struct session *session, const struct command *command,
                 struct option_values *values, struct failure *failure) {
    struct stopwatch watch = {
        .tag = command->options->command,
        .start_ns = clock_now_ns(),
        .comment = command->columns ? "# " : NULL,
    };
    void *options = calloc(1, command->options_bytes ? command->options_bytes : 1);
    void *state = calloc(1, command->state_bytes ? command->state_bytes : 1);
    struct run run = {.session = session, .values = values, .options = options};
    if (session) {
        snprintf(watch.message, sizeof watch.message, "ranks=%d", session->size);
        session->watch = &watch;
    }
    if (!options || !state)
        failure_set(failure, EXIT_RUN, "out of memory");
    if (run_agree(&run, failure))
        run_steps(&run, command, values, options, state, failure);
    if (session)
        watchdog_end(session);
    if (state && command->free)
        command->free(state);
    rank_device_end(&run.device); /* the state may have memory of it */
    free(state);
    free(options);
    if (session)
        session->watch = NULL;
    stopwatch_free(&watch);
}

void run_plots(const struct option_values *values, struct failure *failure) {
    for (size_t k = 0; k < values->count; k++) {
        const struct option *row = option_at(values->set, k, NULL);
        if (row->plots && values->items[k].count > 0)
            plot_draw(values->items[k].texts[0],
                      row->plots_drawn ? row->plots_drawn(values) : row->plots, failure);
    }
}
