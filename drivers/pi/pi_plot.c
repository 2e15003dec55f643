/* SPDX-License-Identifier: MIT
 * Data and scripts of the plots of pi. */
#include "pi/pi_plot.h"

#include "base/number.h"
#include "files/gnuplot.h"
#include "pi/pi_options.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>

/* Places in pi_plots. */
enum { MEAN_PLOT, STD_PLOT };

/* What was measured, what theory says, and what is fitted: alike in both plots. */
#define POINTS "pointtype 7 pointsize 0.9 linewidth 1.5 linecolor rgb '#1f77b4'"
#define EXPECTED_LINE "linewidth 1.5 linecolor rgb '#7f7f7f'"
#define FITTED_LINE "linewidth 1.5 linecolor rgb '#ff7f0e'"

/* What stands in the data and above the pictures of a sweep that the clock ends. */
static const char note_column[] = ",note", note_field[] = ",not reproducible";

enum { LINES_BYTES = 160 * (SWEEP_STEPS_MAX + 1), SETTINGS_BYTES = 768 };

/* What stands above a picture; NULL: nothing. */
static const char *title_of(bool by_clock, bool without_spread) {
    if (by_clock)
        return without_spread ? "not reproducible (--max-time); a spread needs two runs or more"
                              : "not reproducible (--max-time)";
    return without_spread ? "a spread needs two runs or more" : NULL;
}

/* A point more or less wide than the data, so that a single step has an axis, too. The key is where
 * no points are. */
static void write_settings(char settings[SETTINGS_BYTES], const struct sweep *sweep,
                           const char *label, bool by_clock) {
    const char *title = title_of(by_clock, sweep->runs == 1);
    snprintf(
        settings, SETTINGS_BYTES,
        "%s%s%sset key below maxcols 1\nset xlabel 'log_2 N'\nset ylabel '%s'\nset grid linetype 1 linewidth 0.5 linecolor rgb '#c8c8c8'\nset xrange [%.6g:%.6g]\n",
        title ? "set title '" : "", title ? title : "", title ? "'\n" : "", label,
        log2((double)sweep->darts[0]) - 0.5, log2((double)sweep->darts[sweep->steps - 1]) + 0.5);
}

static bool write_means(const char *directory, const struct sweep *sweep,
                        const struct pi_statistics *statistics, bool by_clock,
                        struct failure *failure) {
    char lines[LINES_BYTES], settings[SETTINGS_BYTES];
    size_t used =
        (size_t)snprintf(lines, sizeof lines, "log2_N,N,mean,std%s\n", by_clock ? note_column : "");
    for (int s = 0; s < sweep->steps; s++) {
        char mean[NUMBER_TEXT_BYTES], std[NUMBER_TEXT_BYTES];
        number_text(statistics[s].mean, mean);
        number_text(statistics[s].std, std);
        used += (size_t)snprintf(lines + used, sizeof lines - used, "%.9g,%" PRIu64 ",%s,%s%s\n",
                                 log2((double)sweep->darts[s]), sweep->darts[s], mean, std,
                                 by_clock ? note_field : "");
    }
    write_settings(settings, sweep, "estimate of pi", by_clock);
    return gnuplot_write(directory, pi_plots[MEAN_PLOT], lines, settings,
                         "pi " EXPECTED_LINE
                         " title 'pi', data skip 1 using 1:3:4 with yerrorbars " POINTS
                         " title 'mean and standard deviation of the runs'",
                         failure);
}

/* log2 N and log2 of the standard deviation, where that is not 0: one run, or all alike. */
struct points {
    int count;
    double x[SWEEP_STEPS_MAX], y[SWEEP_STEPS_MAX];
};

static struct points take_points(const struct sweep *sweep,
                                 const struct pi_statistics *statistics) {
    struct points points = {0};
    for (int s = 0; s < sweep->steps; s++) {
        if (!(statistics[s].std > 0))
            continue;
        points.x[points.count] = log2((double)sweep->darts[s]);
        points.y[points.count++] = log2(statistics[s].std);
    }
    return points;
}

/* What to plot: the ideal always, a fit of two points or more, the points if there are any. */
static void write_curves(char plot[SETTINGS_BYTES], const struct points *points) {
    double slope, intercept;
    int length = snprintf(plot, SETTINGS_BYTES,
                          "log(pi * (4 - pi)) / log(4) - x / 2 " EXPECTED_LINE
                          " dashtype 2 title 'expected, slope -1/2'");
    if (pi_fit_line(points->x, points->y, points->count, &slope, &intercept))
        length += snprintf(plot + length, SETTINGS_BYTES - (size_t)length,
                           ", %.9g * x + (%.9g) " FITTED_LINE " title 'fitted, slope %.4f'", slope,
                           intercept, slope);
    if (points->count > 0)
        snprintf(plot + length, SETTINGS_BYTES - (size_t)length,
                 ", data skip 1 using 1:2 with points " POINTS
                 " title 'standard deviation of the runs'");
}

static bool write_stds(const char *directory, const struct sweep *sweep,
                       const struct pi_statistics *statistics, bool by_clock,
                       struct failure *failure) {
    char lines[LINES_BYTES], settings[SETTINGS_BYTES], plot[SETTINGS_BYTES];
    const struct points points = take_points(sweep, statistics);
    size_t used =
        (size_t)snprintf(lines, sizeof lines, "log2_N,log2_std%s\n", by_clock ? note_column : "");
    for (int k = 0; k < points.count; k++)
        used += (size_t)snprintf(lines + used, sizeof lines - used, "%.9g,%.9g%s\n", points.x[k],
                                 points.y[k], by_clock ? note_field : "");
    write_settings(settings, sweep, "log_2 of the standard deviation", by_clock);
    write_curves(plot, &points);
    return gnuplot_write(directory, pi_plots[STD_PLOT], lines, settings, plot, failure);
}

bool pi_plot_write(const char *directory, const struct sweep *sweep,
                   const struct pi_statistics *statistics, bool by_clock, struct failure *failure) {
    return gnuplot_make_directory(directory, failure) &&
           write_means(directory, sweep, statistics, by_clock, failure) &&
           write_stds(directory, sweep, statistics, by_clock, failure);
}
