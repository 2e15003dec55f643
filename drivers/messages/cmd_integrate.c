/* SPDX-License-Identifier: MIT
 * plait integrate: pi by the midpoint rule, computed by workers that the run spawns, or by
 * existing ranks. */
#include "base/number.h"
#include "files/report.h"
#include "messages/integrate_options.h"
#include "messages/integrate_workers.h"
#include "messages/midpoint.h"
#include "ranks/agree.h"
#include "ranks/mpi_check.h"
#include "ranks/spawn.h"
#include "ranks/waiting.h"
#include "run/command.h"

#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

struct integrate {
    const struct run *run;
    const struct integrate_options *options;
    int workers;
    double integral; /* rank 0 */
};

static const double pi = 3.14159265358979323846;

static struct spawn_request integrate_make_request(const struct integrate *integrate) {
    return (struct spawn_request){
        .subcommand = "integrate",
        .count = integrate->workers,
        .oversubscribe = integrate->options->oversubscribe,
        .more = "add --oversubscribe",
        .instead = ", or use --static with 2 ranks or more",
    };
}

/* As in the report: the cores of the node without the manager's. */
static int integrate_default_workers(void) {
    const long cores = sysconf(_SC_NPROCESSORS_ONLN);
    return cores > 2 ? (int)cores - 1 : 1;
}

static bool integrate_choose_static(struct integrate *integrate, struct failure *failure) {
    const int others = integrate->run->session->size - 1;
    const uint64_t requested = integrate->options->workers;
    if (others == 0)
        return failure_set(
            failure, EXIT_USAGE,
            "--static needs at least 2 ranks, one of which manages, there is 1: %s 2 plait integrate --static",
            integrate->run->session->launcher_words->start);
    if (requested > (uint64_t)others)
        return failure_set(failure, EXIT_USAGE,
                           "--static has %d rank%s for %" PRIu64
                           " workers, one more manages: start %" PRIu64 " ranks",
                           others, others == 1 ? "" : "s", requested, requested + 1);
    integrate->workers = requested > 0 ? (int)requested : others;
    return true;
}

static bool integrate_choose_workers(struct integrate *integrate, struct failure *failure) {
    const struct integrate_options *options = integrate->options;
    if (options->is_static)
        return integrate_choose_static(integrate, failure);
    integrate->workers = options->workers > 0 ? (int)options->workers : integrate_default_workers();
    const struct session *session = integrate->run->session;
    const struct spawn_request request = integrate_make_request(integrate);
    return session->rank != ROOT || spawn_check(session, &request, failure);
}

/* Rank 0 has workers spawned, the other ranks wait. */
static void integrate_by_spawned(struct integrate *integrate, struct failure *failure) {
    const struct spawn_request request = integrate_make_request(integrate);
    MPI_Comm workers = MPI_COMM_NULL;
    if (integrate->run->session->rank == ROOT)
        workers = spawn_start(integrate->run->session, &request, failure);
    if (workers != MPI_COMM_NULL) {
        integrate->integral = integrate_manage(workers, integrate->options->n);
        MPI_CHECK(MPI_Comm_disconnect(&workers));
    }
    quiet_barrier(integrate->run->session);
}

static void integrate_by_ranks(struct integrate *integrate) {
    MPI_Comm bridge = integrate_split(integrate->run->session, integrate->workers);
    if (integrate->run->session->rank == ROOT)
        integrate->integral = integrate_manage(bridge, integrate->options->n);
    else if (bridge != MPI_COMM_NULL)
        integrate_work(bridge);
    if (bridge != MPI_COMM_NULL)
        MPI_CHECK(MPI_Comm_free(&bridge));
    quiet_barrier(integrate->run->session);
}

/* What a spawned process does. */
static void integrate_spawned(void) {
    MPI_Comm manager = spawn_parent();
    integrate_work(manager);
    MPI_CHECK(MPI_Comm_disconnect(&manager));
}

static bool integrate_begin(struct run *run, void *state, struct failure *failure) {
    struct integrate *integrate = state;
    *integrate = (struct integrate){.run = run, .options = run->options};
    return integrate_choose_workers(integrate, failure);
}

static bool integrate_run(struct run *run, void *state, struct failure *failure) {
    struct integrate *integrate = state;
    (void)run;
    if (integrate->options->is_static)
        integrate_by_ranks(integrate);
    else
        integrate_by_spawned(integrate, failure);
    return failure->exit_status == EXIT_DONE;
}

static bool integrate_print(const struct run *run, void *state, struct failure *failure) {
    const struct integrate *integrate = state;
    char text[NUMBER_TEXT_BYTES];
    (void)run;
    (void)failure;
    number_text(integrate->integral, text);
    printf("# integrate: %" PRIu64 " interval%s, %d %s worker%s, off pi by %.3g\n%s\n",
           integrate->options->n, integrate->options->n == 1 ? "" : "s", integrate->workers,
           integrate->options->is_static ? "static" : "spawned", integrate->workers == 1 ? "" : "s",
           integrate->integral - pi, text);
    return true;
}

static void integrate_report(const struct run *run, const void *state, struct report *report) {
    const struct integrate *integrate = state;
    (void)run;
    report_real(report, "integral", integrate->integral);
    report_count(report, "workers", (uint64_t)integrate->workers);
}

const struct command cmd_integrate = {
    .options = &integrate_option_set,
    .options_bytes = sizeof(struct integrate_options),
    .state_bytes = sizeof(struct integrate),
    .begin = integrate_begin,
    .work = integrate_run,
    .print = integrate_print,
    .report_result = integrate_report,
    .spawned = integrate_spawned,
    .columns = true,
    .spawns = true,
};
