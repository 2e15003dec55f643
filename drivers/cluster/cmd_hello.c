/* SPDX-License-Identifier: MIT
 * plait hello: who runs where. The first thing to run on a new cluster. */
#include "cluster/hello_options.h"
#include "run/command.h"

#include <stdio.h>
#include <string.h>

static bool hello_print(const struct run *run, void *state, struct failure *failure) {
    const struct placement *all = run->placements;
    const int size = run->session->size;
    (void)state;
    (void)failure;
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
        printf(
            "rank %d of %d on %-*s  %d of %d %s%s%s visible%s%s, %d thread%s, path %s, Plait %s, %s\n",
            r, size, host_width, rank->host, (int)rank->visible_cores, (int)rank->online_cores,
            rank->whole_cores > 0 ? "hardware thread" : "core", rank->online_cores == 1 ? "" : "s",
            whole, placement_limit_text(rank), quota, (int)rank->threads,
            rank->threads == 1 ? "" : "s", rank->path, rank->version, rank->mpi);
    }
    return true;
}

static void hello_report(const struct run *run, const void *state, struct report *report) {
    struct placement_warnings warnings;
    (void)state;
    placement_examine(run->placements, (size_t)run->session->size, &warnings);
    report_count(report, "ranks", (uint64_t)run->session->size);
    report_open_array(report, "warnings");
    for (size_t k = 0; k < warnings.count; k++)
        report_text(report, NULL, warnings.text[k]);
    report_close(report);
}

const struct command cmd_hello = {
    .options = &hello_option_set,
    .options_bytes = sizeof(struct hello_options),
    .print = hello_print,
    .report_result = hello_report,
    .any_version = true,
};
