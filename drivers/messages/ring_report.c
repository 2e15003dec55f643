/* SPDX-License-Identifier: MIT
 * The lines and the report of a ring. */
#include "messages/ring_report.h"

#include "files/report.h"

#include <inttypes.h>
#include <stdio.h>

static const double usec = 1e-3; /* per nanosecond */

static struct ring_pair round_times(const struct ring *ring) {
    return (struct ring_pair){histogram_quantile(ring->round_ns, 0.5),
                              histogram_quantile(ring->round_ns, 0.99),
                              (double)ring->round_ns->max};
}

static struct ring_pair hop_times(const struct ring *ring) {
    const struct ring_pair round = round_times(ring);
    const double ranks = ring->run->session->size;
    return (struct ring_pair){round.median_ns / ranks, round.p99_ns / ranks, round.max_ns / ranks};
}

static void print_times(const char *what, struct ring_pair times) {
    printf("%-6s %12.3f %12.3f %12.3f\n", what, times.median_ns * usec, times.p99_ns * usec,
           times.max_ns * usec);
}

static int worst_pair(const struct ring *ring) {
    int worst = 0;
    for (int k = 1; k < ring_pairs(ring); k++)
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
    print_times("round", round_times(ring));
    print_times("hop", hop_times(ring));
}

void ring_print_pair(const struct ring *ring, int pair) {
    const int next = (pair + 1) % ring->run->session->size;
    const struct placement *placements = ring->run->placements;
    if (pair == 0)
        printf("# half a round trip between neighbours alone, by the clock of the first\n"
               "# from to  median[usec]    p99[usec]    max[usec]  hosts\n");
    printf("%6d %3d %12.3f %12.3f %12.3f  %s %s\n", pair, next, ring->pairs[pair].median_ns * usec,
           ring->pairs[pair].p99_ns * usec, ring->pairs[pair].max_ns * usec, placements[pair].host,
           placements[next].host);
}

static void print_worst_hop(const struct ring *ring) {
    const int worst = worst_pair(ring), next = (worst + 1) % ring->run->session->size;
    const struct placement *placements = ring->run->placements;
    printf("# worst hop: rank %d on %s -> rank %d on %s, median %.3f usec\n", worst,
           placements[worst].host, next, placements[next].host,
           ring->pairs[worst].median_ns * usec);
}

bool ring_print(const struct run *run, void *state, struct failure *failure) {
    const struct ring *ring = state;
    const struct ring_options *options = ring->options;
    (void)failure;
    if (options->map)
        print_worst_hop(ring);
    printf("%" PRIu64 " = %" PRIu64 " + %" PRIu64 " x %d, right; every checksum is right\n",
           ring->number, options->start, options->count, run->session->size);
    return true;
}

static void put_times(struct report *report, struct ring_pair times) {
    report_real(report, "median_seconds", times.median_ns * 1e-9);
    report_real(report, "p99_seconds", times.p99_ns * 1e-9);
    report_real(report, "max_seconds", times.max_ns * 1e-9);
}

static void put_named_times(struct report *report, const char *key, struct ring_pair times) {
    report_open_object(report, key);
    put_times(report, times);
    report_close(report);
}

static void put_map(struct report *report, const struct ring *ring) {
    report_open_array(report, "map");
    for (int k = 0; k < ring_pairs(ring); k++) {
        report_open_object(report, NULL);
        report_count(report, "from", (uint64_t)k);
        report_count(report, "to", (uint64_t)((k + 1) % ring->run->session->size));
        put_times(report, ring->pairs[k]);
        report_close(report);
    }
    report_close(report);
}

void ring_report(const struct run *run, const void *state, struct report *report) {
    const struct ring *ring = state;
    (void)run;
    report_count(report, "number", ring->number);
    put_named_times(report, "round", round_times(ring));
    put_named_times(report, "hop", hop_times(ring));
    if (ring->options->map)
        put_map(report, ring);
}
