/* SPDX-License-Identifier: MIT
 * Matrices of all pairs. */
#include "messages/pingpong_plot.h"

#include "files/gnuplot.h"
#include "run/plot_draw.h"

#include <stdio.h>
#include <stdlib.h>

static const char *const names[] = {"pingpong_latency", "pingpong_bandwidth"};
enum { PLOTS = 2 };

static double value_of(const struct pingpong *pingpong, enum pingpong_what what, int row,
                       int column) {
    const struct pingpong_line *lines =
        pingpong->lines + pingpong_pair_at(pingpong, row, column) * (size_t)pingpong->sizes;
    const struct pingpong_line *largest = &lines[pingpong->sizes - 1];
    if (what == PINGPONG_LATENCY)
        return lines[0].mean_ns * 1e-3;
    return largest->mean_ns > 0 ? (double)largest->bytes / largest->mean_ns * 1e3 : 0;
}

char *pingpong_matrix(const struct pingpong *pingpong, enum pingpong_what what) {
    enum { CELL_BYTES = 32 };
    const int ranks = pingpong->session->size;
    const size_t bytes = CELL_BYTES * ((size_t)ranks + 1) * ((size_t)ranks + 1);
    char *text = malloc(bytes);
    if (!text)
        return NULL;
    size_t used = (size_t)snprintf(text, bytes, "rank");
    for (int column = 0; column < ranks; column++)
        used += (size_t)snprintf(text + used, bytes - used, ",%d", column);
    for (int row = 0; row < ranks; row++) {
        used += (size_t)snprintf(text + used, bytes - used, "\n%d", row);
        for (int column = 0; column < ranks; column++) {
            if (column == row)
                used += (size_t)snprintf(text + used, bytes - used, ",nan");
            else
                used += (size_t)snprintf(text + used, bytes - used, ",%.6g",
                                         value_of(pingpong, what, row, column));
        }
    }
    snprintf(text + used, bytes - used, "\n");
    return text;
}

bool pingpong_plot_check(const char *folder, const char *other, struct failure *failure) {
    return plot_check(folder, names, PLOTS, other, failure);
}

static bool write_plot(const struct pingpong *pingpong, enum pingpong_what what, const char *label,
                       struct failure *failure) {
    char settings[256];
    char *text = pingpong_matrix(pingpong, what);
    if (!text)
        return failure_set(failure, EXIT_RUN, "out of memory for the plot '%s'", names[what]);
    snprintf(settings, sizeof settings,
             "set xlabel 'rank'\nset ylabel 'rank'\nset cblabel '%s'\nset cbrange [0:*]\n"
             "set yrange [*:*] reverse\nset size ratio -1\nset autoscale noextend\n",
             label);
    const bool written = gnuplot_write(
        pingpong->options->plot, names[what], text, settings,
        "data matrix rowheaders columnheaders using 1:2:3 with image notitle", failure);
    free(text);
    return written;
}

bool pingpong_plot_write(const struct pingpong *pingpong, struct failure *failure) {
    return gnuplot_make_folder(pingpong->options->plot, failure) &&
           write_plot(pingpong, PINGPONG_LATENCY, "half a round trip of 0 bytes [usec]", failure) &&
           write_plot(pingpong, PINGPONG_BANDWIDTH, "bandwidth [Mbytes/sec]", failure);
}

void pingpong_plot_draw(const char *folder, struct failure *failure) {
    plot_draw(folder, names, PLOTS, failure);
}
