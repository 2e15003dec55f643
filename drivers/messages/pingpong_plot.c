/* SPDX-License-Identifier: MIT
 * Matrices of all pairs. */
#include "messages/pingpong_plot.h"

#include "files/gnuplot.h"

#include <stdio.h>
#include <stdlib.h>

static double pingpong_pair_value(const struct pingpong *pingpong, enum pingpong_quantity quantity,
                                  int row, int column) {
    const struct pingpong_line *lines =
        pingpong->lines + pingpong_pair_index(pingpong, row, column) * (size_t)pingpong->sizes;
    const struct pingpong_line *largest = &lines[pingpong->sizes - 1];
    if (quantity == PINGPONG_LATENCY)
        return lines[0].mean_ns * 1e-3;
    return largest->mean_ns > 0 ? (double)largest->bytes / largest->mean_ns * 1e3 : 0;
}

void pingpong_write_columns(const struct pingpong *pingpong, FILE *stream) {
    fputs("rank", stream);
    for (int column = 0; column < pingpong->run->session->size; column++)
        fprintf(stream, ",%d", column);
    fputc('\n', stream);
}

void pingpong_write_row(const struct pingpong *pingpong, enum pingpong_quantity quantity, int row,
                        FILE *stream) {
    fprintf(stream, "%d", row);
    for (int column = 0; column < pingpong->run->session->size; column++) {
        if (column == row)
            fputs(",nan", stream);
        else
            fprintf(stream, ",%.6g", pingpong_pair_value(pingpong, quantity, row, column));
    }
    fputc('\n', stream);
}

/* The whole matrix, malloc'ed, caller frees; NULL without memory. */
static char *pingpong_matrix_text(const struct pingpong *pingpong,
                                  enum pingpong_quantity quantity) {
    char *text = NULL;
    size_t bytes;
    FILE *stream = open_memstream(&text, &bytes);
    if (!stream)
        return NULL;
    pingpong_write_columns(pingpong, stream);
    for (int row = 0; row < pingpong->run->session->size; row++)
        pingpong_write_row(pingpong, quantity, row, stream);
    const bool whole = !ferror(stream);
    if (fclose(stream) == 0 && whole)
        return text;
    free(text);
    return NULL;
}

static bool pingpong_plot_quantity(const struct pingpong *pingpong, enum pingpong_quantity quantity,
                                   const char *label, struct failure *failure) {
    char settings[256];
    char *text = pingpong_matrix_text(pingpong, quantity);
    if (!text)
        return failure_set(failure, EXIT_RUN, "out of memory for the plot '%s'",
                           pingpong_plots[quantity]);
    snprintf(settings, sizeof settings,
             "set xlabel 'rank'\nset ylabel 'rank'\nset cblabel '%s'\nset cbrange [0:*]\n"
             "set yrange [*:*] reverse\nset size ratio -1\nset autoscale noextend\n",
             label);
    const bool written = gnuplot_write(
        pingpong->options->plot, pingpong_plots[quantity], text, settings,
        "data matrix rowheaders columnheaders using 1:2:3 with image notitle", failure);
    free(text);
    return written;
}

bool pingpong_plot_write(const struct pingpong *pingpong, struct failure *failure) {
    return gnuplot_make_directory(pingpong->options->plot, failure) &&
           pingpong_plot_quantity(pingpong, PINGPONG_LATENCY, "half a round trip of 0 bytes [usec]",
                                  failure) &&
           pingpong_plot_quantity(pingpong, PINGPONG_BANDWIDTH, "bandwidth [Mbytes/sec]", failure);
}
