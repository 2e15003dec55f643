/* SPDX-License-Identifier: MIT
 * The lines and the report of a ping-pong. */
#include "messages/pingpong_report.h"

#include "messages/pingpong_plot.h"

#include <inttypes.h>
#include <stdio.h>

static double pingpong_bytes_per_second(const struct pingpong_line *line) {
    return line->mean_ns > 0 ? (double)line->bytes / line->mean_ns * 1e9 : 0;
}

void pingpong_print_head(const struct pingpong *pingpong) {
    const struct placement *placements = pingpong->run->placements;
    if (pingpong->all)
        printf("# latency[usec]: half a round trip of 0 bytes, by the clock of the lower rank\n");
    else
        printf(
            "# pingpong: rank %d on %s and rank %d on %s; half round trips by the clock of the first\n"
            "#   bytes repetitions  t_min[usec]  t_avg[usec]  t_max[usec]   Mbytes/sec\n",
            pingpong->first, placements[pingpong->first].host, pingpong->second,
            placements[pingpong->second].host);
    fflush(stdout);
}

void pingpong_print_line(const struct pingpong *pingpong, const struct pingpong_line *line) {
    (void)pingpong;
    printf("%9" PRIu64 " %11" PRIu64 " %12.3f %12.3f %12.3f %12.2f\n", line->bytes,
           line->repetitions, line->min_ns * 1e-3, line->mean_ns * 1e-3, line->max_ns * 1e-3,
           pingpong_bytes_per_second(line) * 1e-6);
    fflush(stdout);
}

void pingpong_print_row(const struct pingpong *pingpong, enum pingpong_quantity quantity, int row) {
    if (row == 0)
        pingpong_write_columns(pingpong, stdout);
    pingpong_write_row(pingpong, quantity, row, stdout);
    fflush(stdout);
}

bool pingpong_print(const struct run *run, void *state, struct failure *failure) {
    const struct pingpong *pingpong = state;
    if (!pingpong->all)
        return true;
    printf("# bandwidth[Mbytes/sec]: %" PRIu64 " bytes over half a round trip\n",
           pingpong->options->size);
    for (int row = 0; row < run->session->size; row++)
        pingpong_print_row(pingpong, PINGPONG_BANDWIDTH, row);
    return !pingpong->options->plot || pingpong_plot_write(pingpong, failure);
}

static void pingpong_report_line(struct report *report, const struct pingpong_line *line) {
    report_open_object(report, NULL);
    report_count(report, "bytes", line->bytes);
    report_count(report, "repetitions", line->repetitions);
    report_count(report, "batch", line->batch);
    report_real(report, "min_seconds", line->min_ns * 1e-9);
    report_real(report, "mean_seconds", line->mean_ns * 1e-9);
    report_real(report, "max_seconds", line->max_ns * 1e-9);
    report_real(report, "bytes_per_second", pingpong_bytes_per_second(line));
    report_close(report);
}

static void pingpong_report_pair(struct report *report, const struct pingpong *pingpong, int first,
                                 int second) {
    const size_t pair = pingpong_pair_index(pingpong, first, second);
    report_open_object(report, NULL);
    report_count(report, "first", (uint64_t)first);
    report_count(report, "second", (uint64_t)second);
    report_open_array(report, "sizes");
    for (int s = 0; s < pingpong->sizes; s++)
        pingpong_report_line(report, &pingpong->lines[pair * (size_t)pingpong->sizes + (size_t)s]);
    report_close(report);
    report_close(report);
}

void pingpong_report(const struct run *run, const void *state, struct report *report) {
    const struct pingpong *pingpong = state;
    const int ranks = run->session->size;
    report_open_array(report, "pairs");
    if (!pingpong->all)
        pingpong_report_pair(report, pingpong, pingpong->first, pingpong->second);
    for (int first = 0; pingpong->all && first < ranks; first++)
        for (int second = first + 1; second < ranks; second++)
            pingpong_report_pair(report, pingpong, first, second);
    report_close(report);
}
