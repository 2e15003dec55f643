/* SPDX-License-Identifier: MIT
 * Each node's first rank measures, rank 0 adds up. */
#include "run/energy_use.h"

#include "base/clock.h"
#include "base/machine.h"
#include "base/warning.h"
#include "ranks/mpi_check.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What a rank notifies rank 0 of. */
struct energy_notice {
    double joules;
    uint64_t boot;
    int32_t state; /* enum system_read, or one of these */
    int32_t reserved;
};
enum { ENERGY_NOT_FIRST = -1, ENERGY_NO_METER = -2 };

/* All notices, on rank 0; NULL elsewhere, and without memory. */
static struct energy_notice *energy_gather(const struct run *run, struct energy_notice mine) {
    const struct session *session = run->session;
    struct energy_notice *all = NULL;
    int good = 1;
    if (session_is_root(session)) {
        all = malloc((size_t)session->size * sizeof *all);
        good = all != NULL;
    }
    MPI_CHECK(MPI_Bcast(&good, 1, MPI_INT, ROOT, session->world));
    if (good)
        MPI_CHECK(MPI_Gather(&mine, sizeof mine, MPI_BYTE, all, sizeof mine, MPI_BYTE, ROOT,
                             session->world));
    return all;
}

static struct energy_notice energy_notice_of(const struct energy_use *use, const struct run *run) {
    struct energy_notice mine = {.state = ENERGY_NOT_FIRST};
    if (run->session->node_rank != 0)
        return mine;
    mine.boot = machine_boot("");
    mine.state = use->meter              ? (int32_t)energy_meter_state(use->meter)
                 : use->has_meter_failed ? ENERGY_NO_METER
                                         : SYSTEM_READ; /* watts are given */
    return mine;
}

/* Containers on the same machine have the same counters. */
static bool energy_counts(const struct energy_notice *all, int rank) {
    if (all[rank].state == ENERGY_NOT_FIRST)
        return false;
    for (int r = 0; r < rank; r++)
        if (all[r].state != ENERGY_NOT_FIRST && all[r].boot != 0 && all[r].boot == all[rank].boot)
            return false;
    return true;
}

/* Adds up, or finds the reason why that cannot be done. */
static void energy_add_up(struct energy_use *use, const struct run *run,
                          const struct energy_notice *all) {
    int bad = 0, first = 0;
    use->joules = 0;
    use->nodes = 0;
    use->reason[0] = '\0';
    for (int r = run->session->size; all && r-- > 0;) {
        if (!energy_counts(all, r))
            continue;
        use->nodes++;
        use->joules += all[r].joules;
        if (all[r].state != SYSTEM_READ) {
            bad++;
            first = r;
        }
    }
    if (all && bad == 0)
        return;
    use->joules = NAN;
    if (!all) {
        snprintf(use->reason, sizeof use->reason, "out of memory");
        return;
    }
    char more[32] = "";
    if (bad > 1)
        snprintf(more, sizeof more, " and %d more", bad - 1);
    snprintf(use->reason, sizeof use->reason, "not readable on host %.200s%s: %s",
             run->placements[first].host, more,
             all[first].state == SYSTEM_DENIED     ? "needs root"
             : all[first].state == ENERGY_NO_METER ? "no thread can be started for it"
                                                   : "it has no counters");
}

void energy_use_begin(struct energy_use *use, const struct run *run,
                      const struct energy_options *options) {
    *use = (struct energy_use){.joules = NAN};
    if (!options || !(options->energy || options->watts > 0))
        return;
    use->options = options;
    if (options->watts > 0 || run->session->node_rank != 0) {
        use->meter = NULL;
    } else {
        use->meter = energy_meter_begin("");
        use->has_meter_failed = !use->meter;
    }
    struct energy_notice *all = energy_gather(run, energy_notice_of(use, run));
    if (session_is_root(run->session)) {
        energy_add_up(use, run, all);
        if (use->reason[0]) {
            char line[512];
            snprintf(line, sizeof line, "energy is %s: give --watts W, the power of a node",
                     use->reason);
            warning_print(line);
        }
        free(all);
    }
    use->begun_ns = clock_now_ns();
}

void energy_use_end(struct energy_use *use, const struct run *run) {
    if (!use->options)
        return;
    use->seconds = clock_seconds_since(use->begun_ns);
    struct energy_notice mine = energy_notice_of(use, run);
    if (use->meter) {
        enum system_read state;
        mine.joules = energy_meter_end(use->meter, &state);
        mine.state = (int32_t)state;
        use->meter = NULL;
    } else if (use->options->watts > 0) {
        mine.joules = use->options->watts * use->seconds;
    }
    struct energy_notice *all = energy_gather(run, mine);
    if (session_is_root(run->session)) {
        energy_add_up(use, run, all);
        if (use->options->watts > 0) /* the time of rank 0, which waits for all */
            use->joules = use->options->watts * use->seconds * use->nodes;
        free(all);
    }
}

void energy_use_print(const struct energy_use *use, const char *prefix,
                      const struct run_amount *amounts, size_t count) {
    if (!use->options)
        return;
    if (isnan(use->joules)) {
        printf("%senergy: %s\n", prefix, use->reason);
        return;
    }
    printf("%senergy: %.4g J in %.4g s", prefix, use->joules, use->seconds);
    if (use->options->watts > 0)
        printf(", assumed: %.4g W per node, %d node%s", use->options->watts, use->nodes,
               use->nodes == 1 ? "" : "s");
    else
        printf(", %.4g W, the processors of %d node%s", use->joules / use->seconds, use->nodes,
               use->nodes == 1 ? "" : "s");
    for (size_t k = 0; k < count && use->joules > 0; k++)
        printf(", %.4g %s/J", amounts[k].count / use->joules, amounts[k].unit);
    putchar('\n');
}

void energy_use_report(const struct energy_use *use, struct report *report,
                       const struct run_amount *amounts, size_t count) {
    if (!use->options)
        return;
    report_open_object(report, "energy");
    report_text(report, "source", use->options->watts > 0 ? "watts" : "counters");
    report_real(report, "joules", use->joules);
    report_real(report, "seconds", use->seconds);
    report_count(report, "nodes", (uint64_t)use->nodes);
    if (use->reason[0])
        report_text(report, "reason", use->reason);
    else
        report_null(report, "reason");
    report_open_array(report, "work");
    for (size_t k = 0; k < count; k++) {
        report_open_object(report, NULL);
        report_text(report, "unit", amounts[k].unit);
        report_real(report, "count", amounts[k].count);
        report_real(report, "per_joule", use->joules > 0 ? amounts[k].count / use->joules : NAN);
        report_close(report);
    }
    report_close(report);
    report_close(report);
}
