/* SPDX-License-Identifier: MIT
 * The lines and the report of a ping-pong. */
#include "messages/pingpong_report.h"

#include "files/report.h"
#include "messages/pingpong_plot.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

static double bytes_per_second(const struct pingpong_line *line) {
    return line->mean_ns > 0 ? (double)line->bytes / line->mean_ns * 1e9 : 0;
}

static void print_pair(const struct pingpong *pingpong) {
    printf("# pingpong: rank %d on %s and rank %d on %s; half round trips by the clock of the "
           "first\n"
           "#   bytes repetitions  t_min[usec]  t_avg[usec]  t_max[usec]   Mbytes/sec\n",
           pingpong->first, pingpong->placements[pingpong->first].host, pingpong->second,
           pingpong->placements[pingpong->second].host);
    for (int s = 0; s < pingpong->sizes; s++) {
        const struct pingpong_line *line = &pingpong->lines[s];
        printf("%9" PRIu64 " %11" PRIu64 " %12.3f %12.3f %12.3f %12.2f\n", line->bytes,
               line->repetitions, line->min_ns * 1e-3, line->mean_ns * 1e-3, line->max_ns * 1e-3,
               bytes_per_second(line) * 1e-6);
    }
}

static bool print_matrices(const struct pingpong *pingpong, struct failure *failure) {
    char *latency = pingpong_matrix(pingpong, PINGPONG_LATENCY);
    char *bandwidth = pingpong_matrix(pingpong, PINGPONG_BANDWIDTH);
    const bool there = latency && bandwidth;
    if (there)
        printf("# latency[usec]: half a round trip of 0 bytes, by the clock of the lower rank\n%s"
               "# bandwidth[Mbytes/sec]: %" PRIu64 " bytes over half a round trip\n%s",
               latency, pingpong->options->size, bandwidth);
    free(latency);
    free(bandwidth);
    return there || failure_set(failure, EXIT_RUN, "out of memory");
}

bool pingpong_print(const struct pingpong *pingpong, struct failure *failure) {
    if (pingpong->all)
        return print_matrices(pingpong, failure);
    print_pair(pingpong);
    return true;
}

static void put_line(struct report *report, const struct pingpong_line *line) {
    report_open_object(report, NULL);
    report_count(report, "bytes", line->bytes);
    report_count(report, "repetitions", line->repetitions);
    report_count(report, "batch", line->batch);
    report_real(report, "min_seconds", line->min_ns * 1e-9);
    report_real(report, "mean_seconds", line->mean_ns * 1e-9);
    report_real(report, "max_seconds", line->max_ns * 1e-9);
    report_real(report, "bytes_per_second", bytes_per_second(line));
    report_close(report);
}

static void put_pair(struct report *report, const struct pingpong *pingpong, int first,
                     int second) {
    const size_t pair = pingpong_pair_at(pingpong, first, second);
    report_open_object(report, NULL);
    report_count(report, "first", (uint64_t)first);
    report_count(report, "second", (uint64_t)second);
    report_open_array(report, "sizes");
    for (int s = 0; s < pingpong->sizes; s++)
        put_line(report, &pingpong->lines[pair * (size_t)pingpong->sizes + (size_t)s]);
    report_close(report);
    report_close(report);
}

static void put_result(struct report *report, const struct pingpong *pingpong) {
    const int ranks = pingpong->session->size;
    report_open_object(report, "result");
    report_open_array(report, "pairs");
    if (!pingpong->all)
        put_pair(report, pingpong, pingpong->first, pingpong->second);
    for (int first = 0; pingpong->all && first < ranks; first++)
        for (int second = first + 1; second < ranks; second++)
            put_pair(report, pingpong, first, second);
    report_close(report);
    report_close(report);
}

bool pingpong_report(const struct pingpong *pingpong, const struct option_values *values,
                     struct failure *failure) {
    struct report *report =
        report_new(values, pingpong->placements, (size_t)pingpong->session->size);
    if (report) {
        report_open_object(report, "timing");
        report_real(report, "total_seconds", pingpong->total_seconds);
        report_close(report);
        put_result(report, pingpong);
    }
    const bool written = report_write(report, pingpong->options->run.json, failure);
    report_free(report);
    return written;
}
