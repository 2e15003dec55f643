/* SPDX-License-Identifier: MIT
 * plait integrate: pi by the midpoint rule, computed by workers that the run spawns, or by ranks
 * that are there. */
#include "base/clock.h"
#include "base/number.h"
#include "files/report.h"
#include "messages/integrate_workers.h"
#include "messages/midpoint.h"
#include "ranks/agree.h"
#include "ranks/mpi_check.h"
#include "ranks/spawn.h"
#include "ranks/waiting.h"
#include "run/command.h"
#include "run/run_begin.h"
#include "run/timers.h"

#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { WORKERS_MAX = 65536 };

struct integrate_options {
    uint64_t n, workers; /* workers 0: the default */
    bool is_static;
    struct run_options run;
};

struct integrate {
    const struct session *session;
    const struct integrate_options *options;
    struct placement *placements; /* rank 0, in rank order */
    int workers;
    double integral; /* rank 0 */
    double total_seconds;
};

static const double pi = 3.14159265358979323846;

/* Where spawning is refused. */
static const char instead[] = ", or use --static";

/* As the report has it: the cores of the node without the manager's. */
static int default_workers(void) {
    const long cores = sysconf(_SC_NPROCESSORS_ONLN);
    return cores > 2 ? (int)cores - 1 : 1;
}

static bool choose_static_workers(struct integrate *integrate, struct failure *failure) {
    const int others = integrate->session->size - 1;
    const uint64_t asked = integrate->options->workers;
    if (others == 0)
        return failure_set(failure, EXIT_USAGE,
                           "--static needs at least 2 ranks, one of which manages, there is 1: "
                           "mpirun -np 2 plait integrate --static");
    if (asked > (uint64_t)others)
        return failure_set(failure, EXIT_USAGE,
                           "--static has %d rank%s for %" PRIu64
                           " workers, one more manages: start %" PRIu64 " ranks",
                           others, others == 1 ? "" : "s", asked, asked + 1);
    integrate->workers = asked > 0 ? (int)asked : others;
    return true;
}

static bool choose_workers(struct integrate *integrate, struct failure *failure) {
    const struct integrate_options *options = integrate->options;
    if (options->is_static)
        return choose_static_workers(integrate, failure);
    integrate->workers = options->workers > 0 ? (int)options->workers : default_workers();
    return integrate->session->rank != ROOT ||
           spawn_check(integrate->session, integrate->workers, instead, failure);
}

/* Rank 0 has workers spawned, the other ranks have no part in it. */
static void run_spawned(struct integrate *integrate, struct failure *failure) {
    MPI_Comm workers = MPI_COMM_NULL;
    if (integrate->session->rank == ROOT)
        workers = spawn_start("integrate", integrate->workers, instead, failure);
    if (workers != MPI_COMM_NULL) {
        integrate->integral = integrate_manage(workers, integrate->options->n);
        MPI_CHECK(MPI_Comm_disconnect(&workers));
    }
    quiet_barrier(integrate->session);
}

static void run_static(struct integrate *integrate) {
    MPI_Comm bridge = integrate_split(integrate->session, integrate->workers);
    if (integrate->session->rank == ROOT)
        integrate->integral = integrate_manage(bridge, integrate->options->n);
    else if (bridge != MPI_COMM_NULL)
        integrate_work(bridge);
    if (bridge != MPI_COMM_NULL)
        MPI_CHECK(MPI_Comm_free(&bridge));
    quiet_barrier(integrate->session);
}

/* What a spawned process does. */
static void work(void) {
    MPI_Comm manager = spawn_parent();
    integrate_work(manager);
    MPI_CHECK(MPI_Comm_disconnect(&manager));
}

static void print(const struct integrate *integrate) {
    char text[NUMBER_TEXT_BYTES];
    number_text(integrate->integral, text);
    printf("# integrate: %" PRIu64 " interval%s, %d %s worker%s, off pi by %.3g\n%s\n",
           integrate->options->n, integrate->options->n == 1 ? "" : "s", integrate->workers,
           integrate->options->is_static ? "static" : "spawned", integrate->workers == 1 ? "" : "s",
           integrate->integral - pi, text);
}

static void write_report(const struct integrate *integrate, const struct option_values *values,
                         struct failure *failure) {
    struct report *report =
        report_new(values, integrate->placements, (size_t)integrate->session->size);
    if (report) {
        report_open_object(report, "timing");
        report_real(report, "total_seconds", integrate->total_seconds);
        report_close(report);
        report_open_object(report, "result");
        report_real(report, "integral", integrate->integral);
        report_count(report, "workers", (uint64_t)integrate->workers);
        report_close(report);
    }
    report_write(report, integrate->options->run.json, failure);
    report_free(report);
}

static void go(struct integrate *integrate, const struct option_values *values,
               struct failure *failure) {
    const struct session *session = integrate->session;
    const uint64_t start_ns = clock_now_ns();
    choose_workers(integrate, failure);
    if (!run_begin(session, &integrate->options->run, &integrate->placements, failure))
        return;
    if (integrate->options->is_static)
        run_static(integrate);
    else
        run_spawned(integrate, failure);
    if (!agree(session, failure))
        return;
    integrate->total_seconds = clock_seconds_since(start_ns);
    stopwatch_add(session->watch, "total", start_ns, integrate->total_seconds);
    if (session->rank == ROOT) {
        print(integrate);
        if (timers_tell(session, values, failure) && integrate->options->run.json)
            write_report(integrate, values, failure);
    }
    agree(session, failure);
}

static void run(const struct session *session, struct option_values *values,
                struct failure *failure) {
    struct integrate_options options = {0};
    struct integrate integrate = {.session = session, .options = &options};
    values_apply(values, &options, failure);
    if (agree(session, failure))
        go(&integrate, values, failure);
    free(integrate.placements);
}

#define MEMBER(name) offsetof(struct integrate_options, name)

static const struct option rows[] = {
    {
        .name = "n",
        .kind = OPTION_COUNT,
        .argument = "N",
        .help = "intervals of the midpoint rule",
        .default_value = "100",
        .offset = MEMBER(n),
        .min = 1,
        .max = MIDPOINT_INTERVALS_MAX,
        .grows = true,
    },
    {
        .name = "workers",
        .kind = OPTION_COUNT,
        .argument = "W",
        .help = "processes that compute; one more manages them",
        .default_text = "the cores of the node but one; with --static the ranks but one",
        .offset = MEMBER(workers),
        .min = 1,
        .max = WORKERS_MAX,
    },
    {
        .name = "static",
        .kind = OPTION_FLAG,
        .help = "take the ranks that are there, on a split communicator, instead of spawning "
                "processes",
        .offset = MEMBER(is_static),
    },
};

static const struct option_table tables[] = {
    {rows, sizeof rows / sizeof rows[0], 0},
    RUN_REPORT_TABLE(offsetof(struct integrate_options, run)),
    OPTION_STANDARD_TABLE,
};

static const struct option_set set = {
    .command = "integrate",
    .summary = "compute pi by the midpoint rule with spawned workers",
    .details =
        "A manager starts workers by MPI_Comm_spawn, tells them N, and adds up what they make of "
        "the integral of 4 / (1 + x^2) from 0 to 1. Terms and sums have twice a double's "
        "precision, and what is printed is the midpoint rule's value rounded once: the same for "
        "any number of workers. Spawned processes need free slots of the launcher (mpirun "
        "--oversubscribe -np 1), or none: then Open MPI starts what it needs.",
    .tables = tables,
    .table_count = sizeof tables / sizeof tables[0],
};

const struct command cmd_integrate = {
    .options = &set, .run = run, .work = work, .columns = true, .spawns = true};
