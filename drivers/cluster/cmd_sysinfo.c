/* SPDX-License-Identifier: MIT
 * plait sysinfo: what the nodes are. The first rank of each node looks, rank 0 prints. */
#include "cluster/sysinfo_options.h"
#include "cluster/sysinfo_report.h"
#include "cluster/sysinfo_text.h"
#include "ranks/agree.h"
#include "ranks/mpi_check.h"
#include "ranks/node_gather.h"
#include "run/command.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct sysinfo_state {
    struct sysinfo *nodes; /* rank 0: in the order of their first ranks */
    size_t count;
};

static bool sysinfo_is_first(const struct session *session) {
    return session->node_rank == 0;
}

/* All CPUs that any rank of this node was started with, on its first rank. */
static void sysinfo_join_cpus(const struct session *session, struct machine_cpus *cpus) {
    struct machine_cpus mine;
    machine_cpus_find(&mine);
    MPI_CHECK(
        MPI_Reduce(mine.bits, cpus->bits, sizeof mine.bits, MPI_BYTE, MPI_BOR, 0, session->node));
}

static bool sysinfo_work(struct run *run, void *opaque, struct failure *failure) {
    const struct sysinfo_options *options = run->options;
    const struct session *session = run->session;
    struct sysinfo_state *state = opaque;
    struct machine_cpus cpus = {{0}};
    struct sysinfo *mine = calloc(1, sizeof *mine);
    sysinfo_join_cpus(session, &cpus);
    if (!mine || (sysinfo_is_first(session) && !sysinfo_find(mine, &cpus, "")))
        failure_set(failure, EXIT_RUN, "out of memory");
    /* After clock and load, which the trial of a device would change. */
    else if (sysinfo_is_first(session))
        mine->opens_devices = plait_device_built();
    mine->opened_count =
        (int32_t)device_list(options->devices ? PLAIT_ALL_DEVICES : PLAIT_GPUS, mine->opened);
    bool good = agree(session, failure);
    if (good) {
        int major, minor;
        MPI_CHECK(MPI_Get_version(&major, &minor));
        mine->rank = session->rank;
        mine->ranks = session->node_size;
        mine->mpi_major = major;
        mine->mpi_minor = minor;
        snprintf(mine->path, sizeof mine->path, "%s", plait_path_name(run->exec.path));
        void *nodes;
        good = node_gather(session, mine, sizeof *mine, &nodes, &state->count, failure);
        state->nodes = nodes;
    }
    /* What each rank has said of its MPI library is there already. */
    for (size_t k = 0; good && k < state->count; k++)
        snprintf(state->nodes[k].mpi, sizeof state->nodes[k].mpi, "%s",
                 run->placements[state->nodes[k].rank].mpi);
    free(mine);
    return good;
}

static bool sysinfo_print(const struct run *run, void *opaque, struct failure *failure) {
    const struct sysinfo_options *options = run->options;
    const struct sysinfo_state *state = opaque;
    if (options->vector)
        sysinfo_print_vectors(stdout, state->nodes, state->count);
    if (options->totals)
        sysinfo_print_totals(stdout, state->nodes, state->count);
    return options->vector || options->totals ||
           sysinfo_print_table(stdout, state->nodes, state->count) ||
           failure_set(failure, EXIT_RUN, "out of memory");
}

static void sysinfo_report_result(const struct run *run, const void *opaque,
                                  struct report *report) {
    const struct sysinfo_state *state = opaque;
    (void)run;
    sysinfo_report(report, state->nodes, state->count);
}

static void sysinfo_free(void *opaque) {
    struct sysinfo_state *state = opaque;
    free(state->nodes);
}

const struct command cmd_sysinfo = {
    .options = &sysinfo_option_set,
    .options_bytes = sizeof(struct sysinfo_options),
    .state_bytes = sizeof(struct sysinfo_state),
    .work = sysinfo_work,
    .print = sysinfo_print,
    .report_result = sysinfo_report_result,
    .free = sysinfo_free,
    .any_version = true,
};
