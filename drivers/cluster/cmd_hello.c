/* SPDX-License-Identifier: MIT
 * plait hello: who runs where. The first thing to run on a new cluster. */
#include "base/clock.h"
#include "files/report.h"
#include "ranks/agree.h"
#include "ranks/placing.h"
#include "run/command.h"
#include "run/run_options.h"
#include "run/timers.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct hello_options {
    struct run_options run;
};

static void print_ranks(const struct placement *all, int size) {
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
}

static bool write_report(const struct option_values *values, const struct placement *all, int size,
                         double total_s, const char *path, struct failure *failure) {
    struct placement_warnings warnings;
    struct report *report = report_new(values, all, (size_t)size);
    if (report) {
        placement_examine(all, (size_t)size, &warnings);
        report_open_object(report, "timing");
        report_real(report, "total_seconds", total_s);
        report_close(report);
        report_open_object(report, "result");
        report_count(report, "ranks", (uint64_t)size);
        report_open_array(report, "warnings");
        for (size_t k = 0; k < warnings.count; k++)
            report_text(report, NULL, warnings.text[k]);
        report_close(report);
        report_close(report);
    }
    const bool written = report_write(report, path, failure);
    report_free(report);
    return written;
}

static void run(const struct session *session, struct option_values *values,
                struct failure *failure) {
    const uint64_t start_ns = clock_now_ns();
    struct hello_options options = {0};
    struct plait_exec exec;
    struct placement mine, *all;

    values_apply(values, &options, failure);
    if (session->rank == ROOT && options.run.json)
        report_check(options.run.json, failure);
    if (!agree(session, failure) ||
        !placing_resolve(session, options.run.path, options.run.threads, &exec, &mine, failure) ||
        !placing_gather(session, &mine, &all, failure))
        return;
    if (session->rank == ROOT) {
        print_ranks(all, session->size);
        const double total_s = clock_seconds_since(start_ns);
        stopwatch_add(session->watch, "total", start_ns, total_s);
        const bool told =
            timers_tell(session, values, failure); /* warnings are about these lines */
        placing_warn(session, all);
        if (told && options.run.json)
            write_report(values, all, session->size, total_s, options.run.json, failure);
    }
    free(all);
    agree(session, failure);
}

static const struct option_table tables[] = {
    {run_option_rows, RUN_OPTIONS, offsetof(struct hello_options, run)},
    OPTION_STANDARD_TABLE,
};

static const struct option_set set = {
    .command = "hello",
    .summary = "say who runs where: ranks, hosts, cores, threads, paths; warn of bad placement",
    .tables = tables,
    .table_count = sizeof tables / sizeof tables[0],
};

const struct command cmd_hello = {.options = &set, .run = run, .any_version = true};
