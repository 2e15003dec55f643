/* SPDX-License-Identifier: MIT
 * The lines and the report of a ring. */
#include "messages/ring_report.h"

#include "files/report.h"

#include <inttypes.h>
#include <stdio.h>

static const double USEC_PER_NS = 1e-3;

static struct ring_pair ring_round_times(const struct ring *ring) {
    return (struct ring_pair){histogram_quantile(ring->round_ns, 0.5),
                              histogram_quantile(ring->round_ns, 0.99),
                              (double)ring->round_ns->max};
}

static struct ring_pair ring_hop_times(const struct ring *ring) {
    const struct ring_pair round = ring_round_times(ring);
    const double ranks = ring->run->session->size;
    return (struct ring_pair){round.median_ns / ranks, round.p99_ns / ranks, round.max_ns / ranks};
}

static void ring_print_times(const char *what, struct ring_pair times) {
    printf("%-6s %12.3f %12.3f %12.3f\n", what, times.median_ns * USEC_PER_NS,
           times.p99_ns * USEC_PER_NS, times.max_ns * USEC_PER_NS);
}

static int ring_worst_pair(const struct ring *ring) {
    int worst = 0;
    for (int k = 1; k < ring_pair_count(ring); k++)
        if (ring->pairs[k].median_ns > ring->pairs[worst].median_ns)
            worst = k;
    return worst;
}

void ring_print_rounds(const struct ring *ring) {
    const struct ring_options *options = ring->options;
    const int size = ring->run->session->size;
    printf("# ring: %" PRIu64 " round%s of %d rank%s, %" PRIu64
           " bytes; a round by the clock of rank 0, a hop is a round / ranks\n"
           "#       median[usec]    p99[usec]    max[usec]\n",
           options->count, options->count == 1 ? "" : "s", size, size == 1 ? "" : "s",
           options->size);
    ring_print_times("round", ring_round_times(ring));
    ring_print_times("hop", ring_hop_times(ring));
}

void ring_print_pair(const struct ring *ring, int pair) {
    const int next = (pair + 1) % ring->run->session->size;
    const struct placement *placements = ring->run->placements;
    if (pair == 0)
        printf("# half a round trip between neighbours alone, by the clock of the first\n"
               "# from to  median[usec]    p99[usec]    max[usec]  hosts\n");
    printf("%6d %3d %12.3f %12.3f %12.3f  %s %s\n", pair, next,
           ring->pairs[pair].median_ns * USEC_PER_NS, ring->pairs[pair].p99_ns * USEC_PER_NS,
           ring->pairs[pair].max_ns * USEC_PER_NS, placements[pair].host, placements[next].host);
}

bool ring_print(const struct run *run, void *state, struct failure *failure) {
    const struct ring *ring = state;
    const struct ring_options *options = ring->options;
    (void)failure;
    if (options->map) {
        const int worst = ring_worst_pair(ring), next = (worst + 1) % run->session->size;
        printf("# worst hop: rank %d on %s -> rank %d on %s, median %.3f usec\n", worst,
               run->placements[worst].host, next, run->placements[next].host,
               ring->pairs[worst].median_ns * USEC_PER_NS);
    }
    printf("%" PRIu64 " = %" PRIu64 " + %" PRIu64 " x %d, right; every checksum is right\n",
           ring->number, options->start, options->count, run->session->size);
    return true;
}

static void ring_report_times(struct report *report, struct ring_pair times) {
    report_real(report, "median_seconds", times.median_ns * 1e-9);
    report_real(report, "p99_seconds", times.p99_ns * 1e-9);
    report_real(report, "max_seconds", times.max_ns * 1e-9);
}

static void ring_report_named_times(struct report *report, const char *key,
                                    struct ring_pair times) {
    report_open_object(report, key);
    ring_report_times(report, times);
    report_close(report);
}

void ring_report(const struct run *run, const void *state, struct report *report) {
    const struct ring *ring = state;
    report_count(report, "number", ring->number);
    ring_report_named_times(report, "round", ring_round_times(ring));
    ring_report_named_times(report, "hop", ring_hop_times(ring));
    if (!ring->options->map)
        return;
    report_open_array(report, "map");
    for (int k = 0; k < ring_pair_count(ring); k++) {
        report_open_object(report, NULL);
        report_count(report, "from", (uint64_t)k);
        report_count(report, "to", (uint64_t)((k + 1) % run->session->size));
        ring_report_times(report, ring->pairs[k]);
        report_close(report);
    }
    report_close(report);
}
