/* SPDX-License-Identifier: MIT
 * The lines, the plot and the report of collective operations. */
#include "cluster/collectives.h"
#include "files/gnuplot.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static const double USEC_PER_NS = 1e-3, SECONDS_PER_NS = 1e-9;

static const char *collectives_type(const struct collectives *collectives) {
    return collective_type_names[collectives->options->type];
}

static const char *collectives_op(const struct collectives *collectives) {
    return collective_op_names[collectives->options->op];
}

void collectives_print_head(const struct collectives *collectives) {
    const int ranks = collectives->run->session->size;
    switch (collectives->options->style) {
    case STYLE_TABLE:
        printf("# collectives on %d rank%s, times in microseconds\n"
               "# t_min, t_avg, t_max: fastest rank, mean of the ranks, slowest rank\n"
               "# p50, p90, p99: quantiles over the repetitions, each with its slowest rank\n",
               ranks, ranks == 1 ? "" : "s");
        break;
    case STYLE_CSV:
        printf(
            "operation,ranks,bytes,repetitions,t_min_usec,t_avg_usec,t_max_usec,p50_usec,p90_usec,p99_usec,worst_usec,slowest_rank\n");
        break;
    default:
        printf("# plait collectives\n");
        break;
    }
    fflush(stdout);
}

/* ", sum of float" and ", root 0", where there is such a thing. */
static void collectives_print_kind(const struct collectives *collectives,
                                   const struct collective *operation) {
    if (operation->reduces)
        printf(", %s of %s", collectives_op(collectives), collectives_type(collectives));
    if (operation->rooted)
        printf(", root %" PRIu64, collectives->options->root);
}

void collectives_print_part(const struct collectives *collectives,
                            const struct collectives_part *part) {
    const struct collective *operation = part->operation;
    switch (collectives->options->style) {
    case STYLE_TABLE:
        printf("# %s", operation->name);
        collectives_print_kind(collectives, operation);
        printf(
            "\n#  bytes repeats    t_min    t_avg    t_max      p50      p90      p99 slowest\n");
        break;
    case STYLE_OSU:
        printf("\n# MPI_%s", operation->title);
        collectives_print_kind(collectives, operation);
        printf(
            operation->sized
                ? "\n# Size       Avg Latency(us)   Min Latency(us)   Max Latency(us)  Iterations\n"
                : "\n# Avg Latency(us)   Min Latency(us)   Max Latency(us)  Iterations\n");
        break;
    case STYLE_IMB:
        printf("\n#----------------------------------------------------------------\n"
               "# Benchmarking %s\n# #processes = %d",
               operation->title, collectives->run->session->size);
        collectives_print_kind(collectives, operation);
        printf("\n#----------------------------------------------------------------\n%s"
               "#repetitions  t_min[usec]  t_max[usec]  t_avg[usec]\n",
               operation->sized ? "       #bytes " : " ");
        break;
    default:
        break;
    }
    fflush(stdout);
}

/* Eight columns, so that a line fits into 80: all that the clock says below 10 ms. */
static void collectives_print_usec(double usec) {
    printf(" %8.*f", usec < 9999.9995 ? 3 : usec < 999999.95 ? 1 : 0, usec);
}

void collectives_print_line(const struct collectives *collectives,
                            const struct collectives_part *part,
                            const struct collective_line *line) {
    const double min = line->min_ns * USEC_PER_NS, mean = line->mean_ns * USEC_PER_NS,
                 max = line->max_ns * USEC_PER_NS, p50 = line->p50_ns * USEC_PER_NS,
                 p90 = line->p90_ns * USEC_PER_NS, p99 = line->p99_ns * USEC_PER_NS;
    const bool sized = part->operation->sized;
    switch (collectives->options->style) {
    case STYLE_TABLE:
        printf("%8" PRIu64 " %7" PRIu64, line->bytes, line->repetitions);
        for (int k = 0; k < 6; k++)
            collectives_print_usec((const double[]){min, mean, max, p50, p90, p99}[k]);
        printf(" %7d\n", line->slowest);
        break;
    case STYLE_OSU:
        if (sized)
            printf("%-10" PRIu64, line->bytes);
        printf("%*.2f%18.2f%18.2f%12" PRIu64 "\n", sized ? 18 : 17, mean, min, max,
               line->repetitions);
        break;
    case STYLE_IMB:
        if (sized)
            printf("%13" PRIu64, line->bytes);
        printf("%13" PRIu64 "%13.2f%13.2f%13.2f\n", line->repetitions, min, max, mean);
        break;
    default:
        printf("%s,%d,%" PRIu64 ",%" PRIu64 ",%.3f,%.3f,%.3f,%.3f,%.3f,%.3f,%.3f,%d\n",
               part->operation->name, collectives->run->session->size, line->bytes,
               line->repetitions, min, mean, max, p50, p90, p99, line->worst_ns * USEC_PER_NS,
               line->slowest);
        break;
    }
    fflush(stdout);
}

/* -- plot ------------------------------------------------------------------------------------- */

/* A line for each size, with median and 99 % quantile of each operation; one that has no sizes is
 * the same on all lines, and a size that an operation leaves out is no number. A coarse clock's 0
 * would have no logarithm. */
static void collectives_write_data(const struct collectives *collectives, FILE *stream) {
    struct collectives_sizes all = {0};
    if (!collectives_read_sizes(collectives->options->sizes, &all, &(struct failure){0}))
        return; /* the row has checked it */
    fputs("bytes", stream);
    for (int p = 0; p < collectives->count; p++)
        fprintf(stream, ",%s_p50_usec,%s_p99_usec", collectives->parts[p].operation->name,
                collectives->parts[p].operation->name);
    for (int s = 0; s < all.count; s++) {
        fprintf(stream, "\n%" PRIu64, all.bytes[s]);
        for (int p = 0; p < collectives->count; p++) {
            const struct collectives_part *part = &collectives->parts[p];
            const struct collective_line *line = NULL;
            for (int k = 0; k < part->sizes.count; k++)
                if (!part->operation->sized || part->sizes.bytes[k] == all.bytes[s])
                    line = &part->lines[k];
            if (line)
                fprintf(stream, ",%.3f,%.3f", fmax(line->p50_ns, 1) * USEC_PER_NS,
                        fmax(line->p99_ns, 1) * USEC_PER_NS);
            else
                fputs(",nan,nan", stream);
        }
    }
    fputc('\n', stream);
}

/* What follows gnuplot's word plot: for each operation its medians, and faint above them its 99 %
 * quantiles. */
static void collectives_write_curves(const struct collectives *collectives, FILE *stream) {
    static const char *const colours[COLLECTIVES] = {"#1f77b4", "#ff7f0e", "#2ca02c",
                                                     "#d62728", "#9467bd", "#8c564b",
                                                     "#e377c2", "#000000", "#17becf"};
    for (int p = 0; p < collectives->count; p++) {
        const struct collective *operation = collectives->parts[p].operation;
        const char *colour = colours[operation - collectives_table];
        fprintf(
            stream,
            "%sdata skip 1 using ($1 > 0 ? $1 : 0.5):%d with %s linewidth 1.5 pointtype 7 pointsize 0.5 linecolor rgb '%s' title '%s', data skip 1 using ($1 > 0 ? $1 : 0.5):%d with lines dashtype 3 linecolor rgb '%s' notitle",
            p > 0 ? ", " : "", 2 * p + 2, operation->sized ? "linespoints" : "lines", colour,
            operation->name, 2 * p + 3, colour);
    }
}

static char *collectives_text(const struct collectives *collectives,
                              void write(const struct collectives *collectives, FILE *stream)) {
    char *text = NULL;
    size_t bytes;
    FILE *stream = open_memstream(&text, &bytes);
    if (!stream)
        return NULL;
    write(collectives, stream);
    const bool whole = !ferror(stream);
    if (fclose(stream) == 0 && whole)
        return text;
    free(text);
    return NULL;
}

static bool collectives_plot(const struct collectives *collectives, struct failure *failure) {
    char settings[512];
    char *data = collectives_text(collectives, collectives_write_data);
    char *curves = collectives_text(collectives, collectives_write_curves);
    const char *directory = collectives->options->plot;
    const int ranks = collectives->run->session->size;
    bool zero = false; /* a size that has no logarithm */
    for (int p = 0; p < collectives->count; p++)
        zero |= collectives->parts[p].operation->sized && collectives->parts[p].sizes.bytes[0] == 0;
    snprintf(
        settings, sizeof settings,
        "set title '%d rank%s: medians, dotted 99 %% quantiles, of the slowest rank'\nset xlabel 'bytes of a message%s'\nset ylabel 'time [usec]'\nset logscale x 2\nset logscale y 10\nset format x '2^{%%L}'\nset autoscale xfixmin\nset autoscale xfixmax\nset key outside right top\nset grid linetype 1 linewidth 0.5 linecolor rgb '#c8c8c8'\nset datafile missing 'nan'\n",
        ranks, ranks == 1 ? "" : "s", zero ? ", 0 as 1/2" : "");
    const bool written =
        data && curves
            ? gnuplot_make_directory(directory, failure) &&
                  gnuplot_write(directory, collectives_plots[0], data, settings, curves, failure)
            : failure_set(failure, EXIT_RUN, "out of memory for the plot '%s'",
                          collectives_plots[0]);
    free(data);
    free(curves);
    return written;
}

bool collectives_print(const struct run *run, void *state, struct failure *failure) {
    const struct collectives *collectives = state;
    (void)run;
    return !collectives->options->plot || collectives_plot(collectives, failure);
}

/* -- report ----------------------------------------------------------------------------------- */

static void collectives_report_line(const struct collective_line *line, bool sized,
                                    struct report *report) {
    report_open_object(report, NULL);
    if (sized)
        report_count(report, "bytes", line->bytes);
    report_count(report, "repetitions", line->repetitions);
    report_real(report, "min_seconds", line->min_ns * SECONDS_PER_NS);
    report_real(report, "mean_seconds", line->mean_ns * SECONDS_PER_NS);
    report_real(report, "max_seconds", line->max_ns * SECONDS_PER_NS);
    report_count(report, "slowest_rank", (uint64_t)line->slowest);
    report_real(report, "p50_seconds", line->p50_ns * SECONDS_PER_NS);
    report_real(report, "p90_seconds", line->p90_ns * SECONDS_PER_NS);
    report_real(report, "p99_seconds", line->p99_ns * SECONDS_PER_NS);
    report_real(report, "worst_seconds", line->worst_ns * SECONDS_PER_NS);
    report_close(report);
}

void collectives_report(const struct run *run, const void *state, struct report *report) {
    const struct collectives *collectives = state;
    (void)run;
    report_flag(report, "verified", collectives->options->verify);
    report_open_array(report, "collectives");
    for (int p = 0; p < collectives->count; p++) {
        const struct collectives_part *part = &collectives->parts[p];
        report_open_object(report, NULL);
        report_text(report, "name", part->operation->name);
        report_open_array(report, "sizes");
        for (int k = 0; k < part->sizes.count; k++)
            collectives_report_line(&part->lines[k], part->operation->sized, report);
        report_close(report);
        report_close(report);
    }
    report_close(report);
}
