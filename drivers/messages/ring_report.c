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
    const double ranks = ring->session->size;
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

static void print_map(const struct ring *ring) {
    const int size = ring->session->size, worst = worst_pair(ring);
    printf("# half a round trip between neighbours alone, by the clock of the first\n"
           "# from to  median[usec]    p99[usec]    max[usec]  hosts\n");
    for (int k = 0; k < ring_pairs(ring); k++)
        printf("%6d %3d %12.3f %12.3f %12.3f  %s %s\n", k, (k + 1) % size,
               ring->pairs[k].median_ns * usec, ring->pairs[k].p99_ns * usec,
               ring->pairs[k].max_ns * usec, ring->placements[k].host,
               ring->placements[(k + 1) % size].host);
    printf("# worst hop: rank %d on %s -> rank %d on %s, median %.3f usec\n", worst,
           ring->placements[worst].host, (worst + 1) % size,
           ring->placements[(worst + 1) % size].host, ring->pairs[worst].median_ns * usec);
}

void ring_print(const struct ring *ring) {
    const struct ring_options *options = ring->options;
    const int size = ring->session->size;
    printf("# ring: %" PRIu64 " round%s of %d rank%s, %" PRIu64
           " bytes; a round by the clock of rank 0, a hop is a round / ranks\n"
           "#       median[usec]    p99[usec]    max[usec]\n",
           options->count, options->count == 1 ? "" : "s", size, size == 1 ? "" : "s",
           options->size);
    print_times("round", round_times(ring));
    print_times("hop", hop_times(ring));
    if (options->map)
        print_map(ring);
    printf("%" PRIu64 " = %" PRIu64 " + %" PRIu64 " x %d, right; every checksum is right\n",
           ring->number, options->start, options->count, size);
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
        report_count(report, "to", (uint64_t)((k + 1) % ring->session->size));
        put_times(report, ring->pairs[k]);
        report_close(report);
    }
    report_close(report);
}

bool ring_report(const struct ring *ring, const struct option_values *values,
                 struct failure *failure) {
    struct report *report = report_new(values, ring->placements, (size_t)ring->session->size);
    if (report) {
        report_open_object(report, "timing");
        report_real(report, "total_seconds", ring->total_seconds);
        report_close(report);
        report_open_object(report, "result");
        report_count(report, "number", ring->number);
        put_named_times(report, "round", round_times(ring));
        put_named_times(report, "hop", hop_times(ring));
        if (ring->options->map)
            put_map(report, ring);
        report_close(report);
    }
    const bool written = report_write(report, ring->options->run.json, failure);
    report_free(report);
    return written;
}
