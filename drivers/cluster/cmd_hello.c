/* SPDX-License-Identifier: MIT
 * plait hello: who runs where. The first thing to run on a new cluster. */
#include "cluster/device_report.h"
#include "cluster/hello_options.h"
#include "ranks/agree.h"
#include "ranks/mpi_check.h"
#include "run/command.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Rank 0: the devices of all nodes, counts[rank] of the first rank of each, in rank order. */
struct hello {
    int *counts; /* [ranks] */
    struct device_entry *entries;
};

/* The first rank of each node lists its devices. */
static bool hello_work(struct run *run, void *state, struct failure *failure) {
    const struct hello_options *options = run->options;
    const struct session *session = run->session;
    struct hello *hello = state;
    struct device_entry mine[DEVICE_LIST_MAX];
    const enum plait_device_set set = options->devices ? PLAIT_ALL_DEVICES : PLAIT_GPUS;
    const int bytes = (int)sizeof *mine;
    const int count = session->node_rank == 0 ? (int)device_list(set, mine) : 0;
    int all = 0;
    MPI_CHECK(MPI_Allreduce(&count, &all, 1, MPI_INT, MPI_SUM, session->world));
    if (all == 0)
        return true;
    int *layout = calloc(2 * (size_t)session->size, sizeof *layout); /* bytes, displacements */
    hello->counts = calloc((size_t)session->size, sizeof *hello->counts);
    hello->entries = session_is_root(session) ? malloc((size_t)all * sizeof *mine) : NULL;
    if (!layout || !hello->counts || (session_is_root(session) && !hello->entries))
        failure_set(failure, EXIT_RUN, "out of memory");
    if (agree(session, failure)) {
        MPI_CHECK(MPI_Gather(&count, 1, MPI_INT, hello->counts, 1, MPI_INT, ROOT, session->world));
        int *displacements = layout + session->size;
        for (int r = 0; r < session->size; r++) {
            layout[r] = hello->counts[r] * bytes;
            displacements[r] = r > 0 ? displacements[r - 1] + layout[r - 1] : 0;
        }
        MPI_CHECK(MPI_Gatherv(mine, count * bytes, MPI_BYTE, hello->entries, layout, displacements,
                              MPI_BYTE, ROOT, session->world));
    }
    free(layout);
    return failure->exit_status == EXIT_DONE;
}

/* Whether all ranks have one version of Plait and of MPI, as they should. */
static bool hello_is_alike(const struct placement *all, int size) {
    bool alike = true;
    for (int r = 1; r < size && alike; r++)
        alike = strcmp(all[r].version, all[0].version) == 0 && strcmp(all[r].mpi, all[0].mpi) == 0;
    return alike;
}

/* A terminal has 80 columns: what all ranks have alike is a line of its own, after theirs. */
static bool hello_print(const struct run *run, void *state, struct failure *failure) {
    const struct placement *all = run->placements;
    const struct hello_options *options = run->options;
    const struct hello *hello = state;
    const int size = run->session->size;
    (void)failure;
    const bool alike = hello_is_alike(all, size);
    int host_width = 4;
    for (int r = 0; r < size; r++)
        if ((int)strlen(all[r].host) > host_width)
            host_width = (int)strlen(all[r].host);
    for (int r = 0; r < size; r++) {
        const struct placement *rank = &all[r];
        char quota[48] = "", whole[64] = "";
        if (rank->whole_cores > 0)
            snprintf(whole, sizeof whole, " on %d of %d core%s", (int)rank->whole_cores,
                     (int)rank->online_whole_cores, rank->online_whole_cores == 1 ? "" : "s");
        if (rank->cpu_quota > 0)
            snprintf(quota, sizeof quota, ", CPU quota %.4g core%s", rank->cpu_quota,
                     rank->cpu_quota == 1 ? "" : "s");
        printf("rank %d of %d on %-*s  %d of %d %s%s%s visible%s%s, %d thread%s, path %s", r, size,
               host_width, rank->host, (int)rank->visible_cores, (int)rank->online_cores,
               rank->whole_cores > 0 ? "hardware thread" : "core",
               rank->online_cores == 1 ? "" : "s", whole, placement_limit_text(rank), quota,
               (int)rank->threads, rank->threads == 1 ? "" : "s", rank->path);
        if (alike)
            putchar('\n');
        else
            printf(", Plait %s, %s\n", rank->version, rank->mpi);
    }
    if (alike)
        printf("Plait %s, %s\n", all[0].version, all[0].mpi);
    const struct device_entry *entry = hello->entries;
    for (int r = 0; r < size && hello->counts; r++)
        for (int k = 0; k < hello->counts[r]; k++) {
            char line[DEVICE_LINE_BYTES];
            device_list_line(entry++, (size_t)k, line);
            printf("%-*s  %s\n", host_width, all[r].host, line);
        }
    /* Who asks for more than GPUs, which most machines lack, gets a line in any case. */
    if (options->devices && !hello->entries)
        printf("no node has a device: %s\n",
               plait_device_built() ? "OpenCL finds none" : "this Plait is built without OpenCL");
    return true;
}

static void hello_report_devices(const struct run *run, const struct hello *hello,
                                 struct report *report) {
    const struct device_entry *entry = hello->entries;
    report_open_array(report, "devices");
    for (int r = 0; r < run->session->size && hello->counts; r++)
        for (int k = 0; k < hello->counts[r]; k++, entry++) {
            report_open_object(report, NULL);
            report_text(report, "host", run->placements[r].host);
            device_report(report, entry);
            report_close(report);
        }
    report_close(report);
}

static void hello_report(const struct run *run, const void *state, struct report *report) {
    struct placement_warnings warnings;
    placement_examine(run->placements, (size_t)run->session->size, &warnings);
    report_count(report, "ranks", (uint64_t)run->session->size);
    report_open_array(report, "warnings");
    for (size_t k = 0; k < warnings.count; k++)
        report_text(report, NULL, warnings.text[k]);
    report_close(report);
    hello_report_devices(run, state, report);
}

static void hello_free(void *state) {
    struct hello *hello = state;
    free(hello->counts);
    free(hello->entries);
}

const struct command cmd_hello = {
    .options = &hello_option_set,
    .options_bytes = sizeof(struct hello_options),
    .state_bytes = sizeof(struct hello),
    .work = hello_work,
    .print = hello_print,
    .report_result = hello_report,
    .free = hello_free,
    .any_version = true,
};
