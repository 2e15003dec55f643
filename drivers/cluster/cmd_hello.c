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
    for (int r = 0; r < size; r++)
        printf(
            "rank %d of %d on %-*s  %d of %d core%s visible, %d thread%s, path %s, Plait %s, %s\n",
            r, size, host_width, all[r].host, (int)all[r].visible_cores, (int)all[r].online_cores,
            all[r].online_cores == 1 ? "" : "s", (int)all[r].threads,
            all[r].threads == 1 ? "" : "s", all[r].path, all[r].version, all[r].mpi);
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
