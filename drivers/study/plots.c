/* SPDX-License-Identifier: MIT
 * Figures by gnuplot. A series is a set of parameters with the same threads for each rank: along a
 * series cores grow, and its points may be connected. */
#include "study/plots.h"

#include "base/atomic_file.h"
#include "base/csv.h"
#include "files/gnuplot.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { SERIES_MAX = 12 };
enum { POINTS_CAPACITY = 12, POINTS_LIMIT = 13 }; /* columns of points.csv */

const char *const plot_names[PLOTS] = {"time", "speedup", "efficiency", "heat"};

struct series {
    size_t group;
    uint64_t threads;
    size_t points; /* with samples */
    double from, to;
};

struct plotting {
    const struct analysis *analysis;
    const char *directory;
    struct series series[SERIES_MAX];
    size_t count;
    double cores_max, seconds_min, seconds_max;
    bool along_cores, many_groups, many_threads;
    bool capacities, limits; /* some point has one */
};

bool plots_along_cores(const struct analysis *analysis) {
    for (size_t g = 0; g < analysis->group_count; g++) {
        const struct group_result *group = &analysis->groups[g];
        const struct point_result *first = &analysis->results[group->first];
        if (group->count > 1 && first[group->count - 1].cores != first[0].cores)
            return true;
    }
    return false;
}

static uint64_t threads_of(const struct plotting *plotting, const struct point_result *result) {
    return plotting->analysis->study->grid.points[result->point].threads;
}

/* The series of a result, which is added if there is space; NO_INDEX: there is none. */
static size_t find_series(struct plotting *plotting, const struct point_result *result) {
    const uint64_t threads = threads_of(plotting, result);
    size_t s = 0;
    while (s < plotting->count &&
           (plotting->series[s].group != result->group || plotting->series[s].threads != threads))
        s++;
    if (s == SERIES_MAX)
        return NO_INDEX;
    if (s == plotting->count)
        plotting->series[plotting->count++] =
            (struct series){result->group, threads, 0, result->cores, result->cores};
    return s;
}

static void find_all_series(struct plotting *plotting) {
    const struct analysis *analysis = plotting->analysis;
    plotting->along_cores = plots_along_cores(analysis);
    plotting->many_groups = analysis->group_count > 1;
    for (size_t k = 0; k < analysis->count; k++) {
        const struct point_result *result = &analysis->results[k];
        if (result->count == 0)
            continue;
        plotting->cores_max = fmax(plotting->cores_max, result->cores);
        plotting->seconds_max = fmax(plotting->seconds_max, result->seconds[result->count - 1]);
        if (plotting->seconds_min == 0 || result->seconds[0] < plotting->seconds_min)
            plotting->seconds_min = result->seconds[0];
        plotting->capacities = plotting->capacities || isfinite(result->capacity);
        plotting->limits = plotting->limits || isfinite(result->limit_seconds);
        plotting->many_threads =
            plotting->many_threads ||
            threads_of(plotting, result) != threads_of(plotting, &analysis->results[0]);
        const size_t s = find_series(plotting, result);
        if (s != NO_INDEX) {
            plotting->series[s].points++;
            plotting->series[s].to = result->cores;
        }
    }
}

/* -- files ---------------------------------------------------------------------------------------
 */

static bool open_plot_file(const struct plotting *plotting, const char *name, const char *ending,
                           struct atomic_file *file, struct failure *failure) {
    char *path = text_format("%s/%s.%s", plotting->directory, name, ending);
    const bool good = path ? atomic_file_open(file, path, failure) : study_out_of_memory(failure);
    free(path);
    return good;
}

static void put_plot_value(FILE *stream, double value) {
    if (isfinite(value))
        fprintf(stream, ",%.9g", value);
    else
        fputs(",", stream);
}

static void put_interval(FILE *stream, struct interval interval) {
    put_plot_value(stream, interval.known ? interval.low : NAN);
    put_plot_value(stream, interval.known ? interval.high : NAN);
}

/* One line for each point; x is cores, or the number of the category. */
static bool write_points(struct plotting *plotting, struct failure *failure) {
    struct atomic_file file;
    const struct analysis *analysis = plotting->analysis;
    if (!open_plot_file(plotting, "points", "csv", &file, failure))
        return false;
    fputs(
        "series,x,seconds,seconds_low,seconds_high,speedup,speedup_low,speedup_high,efficiency,efficiency_low,efficiency_high,capacity,limit_seconds,ranks,threads,parameters\n",
        file.stream);
    for (size_t s = 0; s < plotting->count; s++)
        for (size_t k = 0; k < analysis->count; k++) {
            const struct point_result *result = &analysis->results[k];
            const struct point *point = &analysis->study->grid.points[result->point];
            if (result->count == 0 || find_series(plotting, result) != s)
                continue;
            fprintf(file.stream, "%zu", s);
            put_plot_value(file.stream, plotting->along_cores ? result->cores : (double)s + 1);
            put_plot_value(file.stream, result->median);
            put_interval(file.stream, result->interval);
            put_plot_value(file.stream, result->speedup);
            put_interval(file.stream, result->speedup_interval);
            put_plot_value(file.stream, result->efficiency);
            put_interval(file.stream, result->efficiency_interval);
            put_plot_value(file.stream, result->capacity);
            put_plot_value(file.stream, result->limit_seconds);
            fprintf(file.stream, ",%" PRIu64 ",%" PRIu64 ",", point->ranks, point->threads);
            csv_put(file.stream, analysis->groups[result->group].setting);
            fputc('\n', file.stream);
        }
    return atomic_file_commit(&file, failure);
}

/* The samples themselves; of very many, evenly chosen ones. */
static bool write_dots(struct plotting *plotting, struct failure *failure) {
    struct atomic_file file;
    const struct analysis *analysis = plotting->analysis;
    const size_t step = analysis->used / PLOT_DOTS_MAX + 1;
    size_t number = 0;
    if (!open_plot_file(plotting, "dots", "csv", &file, failure))
        return false;
    fputs("series,x,seconds\n", file.stream);
    for (size_t k = 0; k < analysis->count; k++) {
        const struct point_result *result = &analysis->results[k];
        const size_t s = result->count ? find_series(plotting, result) : NO_INDEX;
        for (size_t i = 0; s != NO_INDEX && i < result->count; i++, number++)
            if (number % step == 0)
                fprintf(file.stream, "%zu,%.9g,%.9g\n", s,
                        plotting->along_cores ? result->cores : (double)s + 1, result->seconds[i]);
    }
    return atomic_file_commit(&file, failure);
}

/* A text of gnuplot in double quotes, in which backquotes would run a command, and the end of a
 * line would begin another statement. */
static void put_label(FILE *stream, const char *text) {
    fputc('"', stream);
    for (; *text; text++)
        fputc(strchr("\"\\`", *text) ? '\'' : (unsigned char)*text < ' ' ? ' ' : *text, stream);
    fputc('"', stream);
}

static void series_label(const struct plotting *plotting, size_t s, char *text, size_t bytes) {
    const struct series *series = &plotting->series[s];
    const char *setting = plotting->analysis->groups[series->group].setting;
    const bool threads = plotting->many_threads || !*setting;
    snprintf(text, bytes, "%s", *setting ? setting : "");
    const size_t used = strlen(text);
    if (threads)
        snprintf(text + used, bytes - used, "%s%" PRIu64 " thread%s per rank", used ? ", " : "",
                 series->threads, series->threads == 1 ? "" : "s");
}

/* What all figures begin and end with. Colours are Okabe and Ito's, for all eyes. */
static void put_plot_begin(FILE *stream, const char *name) {
    static const char *const colours[] = {"#0072b2", "#d55e00", "#009e73", "#cc79a7",
                                          "#e69f00", "#56b4e9", "#000000"};
    fprintf(stream, "# Made by plait study report. To draw it again: gnuplot %s.gp\n", name);
    fputs(
        "if (!exists('directory')) directory = ''\nset datafile separator ','\nset encoding utf8\nset border 3\nset tics nomirror out\nset grid lc rgb '#dddddd' lt 1\nset key outside top center horizontal maxcols 2\n",
        stream);
    for (size_t k = 0; k < SERIES_MAX; k++)
        fprintf(stream, "set style line %zu lc rgb '%s' lw 2 pt %zu ps 0.9 dt %zu\n", k + 1,
                colours[k % 7], 5 + 2 * (k % 5), 1 + k / 7);
}

static void put_plot_end(FILE *stream, const char *name) {
    static const char *const terminals[][3] = {
        {"pngcairo noenhanced size 1240,840 font 'sans,20'", "png", "17"},
        {"pdfcairo noenhanced size 15cm,10cm font 'sans,11'", "pdf", "9"},
        {"svg noenhanced size 640,450 dynamic font 'sans,14'", "svg", "11"},
    };
    for (int k = 0; k < 3; k++)
        fprintf(stream,
                "set terminal %s\nset key font ',%s'\nset output directory.'%s.%s'\nreplot\n",
                terminals[k][0], terminals[k][2], name, terminals[k][1]);
    fputs("unset output\n", stream);
}

/* Labels at 1, 2 and 5 times powers of ten: of a short range on a logarithmic axis gnuplot labels
 * one. */
static void put_log_labels(FILE *stream, double low, double high) {
    const char *link = "";
    if (high / low > 300)
        return;
    fputs("set ytics (", stream);
    for (double power = pow(10, floor(log10(low))); power <= high; power *= 10)
        for (int digit = 1; digit <= 5; digit += digit == 1 ? 1 : 3)
            if (digit * power >= low && digit * power <= high) {
                fprintf(stream, "%s%.9g", link, digit * power);
                link = ", ";
            }
    fputs(")\n", stream);
}

static void put_axis(const struct plotting *plotting, FILE *stream) {
    if (plotting->along_cores) {
        fprintf(stream,
                "set xlabel 'cores (ranks x threads)'\nset logscale x 2\nset xrange [0.8:%g]\n",
                1.25 * plotting->cores_max);
        return;
    }
    fprintf(stream, "unset xlabel\nset xrange [0.5:%g]\nset xtics (",
            (double)plotting->count + 0.5);
    for (size_t s = 0; s < plotting->count; s++) {
        char label[300];
        series_label(plotting, s, label, sizeof label);
        fputs(s ? ", " : "", stream);
        put_label(stream, label);
        fprintf(stream, " %zu", s + 1);
    }
    fputs(") rotate by -20\nset rmargin 12\n", stream);
}

/* The curves of one quantity: error bars and, along cores, lines. column: of the value in
 * points.csv. */
static void put_curves(const struct plotting *plotting, FILE *stream, int column) {
    for (size_t s = 0; s < plotting->count; s++) {
        char label[300];
        series_label(plotting, s, label, sizeof label);
        fprintf(
            stream,
            ", 'points.csv' every ::1 using ($1==%zu?$2:NaN):%d:%d:%d with yerrorbars ls %zu pt 0 notitle",
            s, column, column + 1, column + 2, s + 1);
        fprintf(stream, ", 'points.csv' every ::1 using ($1==%zu?$2:NaN):%d with %s ls %zu title ",
                s, column, plotting->along_cores ? "linespoints" : "points", s + 1);
        if (plotting->along_cores)
            put_label(stream, label);
        else
            fputs("''", stream);
    }
}

/* An upper bound of each series, thin and dashed in its colour. */
static void put_bounds(const struct plotting *plotting, FILE *stream, int column,
                       const char *title) {
    for (size_t s = 0; s < plotting->count; s++)
        fprintf(
            stream,
            ", 'points.csv' every ::1 using ($1==%zu?$2:NaN):%d with %s ls %zu lw 1.6 dt 4 pt 1 ps 0.6 title '%s'",
            s, column, plotting->along_cores ? "linespoints" : "points", s + 1,
            s == 0 ? title : "");
}

/* The least time that is shown: bounds as well, if they are not far away. */
static double lowest_seconds(const struct plotting *plotting) {
    double lowest = plotting->seconds_min;
    for (size_t k = 0; k < plotting->analysis->count; k++)
        if (plotting->analysis->results[k].count > 0)
            lowest = fmin(lowest, fmax(plotting->analysis->results[k].limit_seconds,
                                       plotting->seconds_min / 10));
    return lowest / 1.3;
}

static bool write_time(const struct plotting *plotting, struct failure *failure) {
    struct atomic_file file;
    if (!open_plot_file(plotting, "time", "gp", &file, failure))
        return false;
    FILE *stream = file.stream;
    put_plot_begin(stream, "time");
    put_axis(plotting, stream);
    fprintf(stream,
            "set ylabel 'seconds'\nset logscale y\nset format y '%%g'\nset yrange [%g:%g]\n",
            lowest_seconds(plotting), plotting->seconds_max * 1.3);
    put_log_labels(stream, lowest_seconds(plotting), plotting->seconds_max * 1.3);
    /* Dots stand side by side, or those of equal times would hide each other. */
    fprintf(
        stream,
        "set terminal unknown\nplot 'dots.csv' every ::1 using (%s):3 with points pt 7 ps 0.45 lc rgb '#70808890' title 'samples'",
        plotting->along_cores ? "$2*(1+0.015*(int($0)%7-3))" : "$2+0.03*(int($0)%7-3)");
    put_curves(plotting, stream, 3);
    if (plotting->limits)
        put_bounds(plotting, stream, POINTS_LIMIT, "limit: least computing time");
    /* Laws, where they were fitted. */
    for (size_t k = 0; k < plotting->analysis->fit_count; k++) {
        const struct fit_result *result = &plotting->analysis->fits[k];
        const double *v = result->fit.values;
        if (result->fit.refusal || result->law == LAW_USL)
            continue;
        size_t s = 0;
        while (s < plotting->count && (plotting->series[s].group != result->group ||
                                       plotting->series[s].threads != result->threads))
            s++;
        if (s == plotting->count)
            continue;
        fprintf(stream, ", x<%.9g||x>%.9g?NaN:", result->fit.from, result->fit.to);
        if (result->law == LAW_AMDAHL)
            fprintf(stream, "%.9g*(%.9g+(1-%.9g)/x)", v[0], v[1], v[1]);
        else
            fprintf(stream, "%.9g*x/(x-%.9g*(x-1))", v[0], v[1]);
        fprintf(stream, " with lines lc rgb '#888888' dt 2 title '%s'",
                k == 0 ? law_names[result->law] : "");
    }
    fputs("\n", stream);
    put_plot_end(stream, "time");
    return atomic_file_commit(&file, failure);
}

static bool write_ratio(const struct plotting *plotting, enum plot plot, struct failure *failure) {
    struct atomic_file file;
    const char *name = plot_names[plot];
    const struct group_result *group = &plotting->analysis->groups[0];
    const double base =
        group->base == NO_INDEX ? 1 : plotting->analysis->results[group->base].cores;
    if (!open_plot_file(plotting, name, "gp", &file, failure))
        return false;
    FILE *stream = file.stream;
    put_plot_begin(stream, name);
    put_axis(plotting, stream);
    if (plot == PLOT_SPEEDUP)
        fprintf(
            stream,
            "set ylabel 'times the base'\nset logscale y 2\nset format y '%%g'\nset terminal unknown\nplot x<%g||x>%g?NaN:x/%g with lines lc rgb '#666666' lw 1.5 dt 2 title 'ideal'",
            base, plotting->cores_max, base);
    else
        fputs(
            "set ylabel 'efficiency'\nset yrange [0:*<1.2]\nset terminal unknown\nplot 1 with lines lc rgb '#666666' lw 1.5 dt 2 title 'ideal', 0.75 with lines lc rgb '#999999' dt 3 title '0.75'",
            stream);
    put_curves(plotting, stream, plot == PLOT_SPEEDUP ? 6 : 9);
    if (plot == PLOT_SPEEDUP && plotting->capacities)
        put_bounds(plotting, stream, POINTS_CAPACITY, "capacity of the ranks");
    fputs("\n", stream);
    put_plot_end(stream, name);
    return atomic_file_commit(&file, failure);
}

/* -- the heat map --------------------------------------------------------------------------------
 */

static size_t place_of(const struct counts *counts, uint64_t value) {
    size_t k = 0;
    while (k < counts->count && counts->items[k] != value)
        k++;
    return k;
}

static void add_count(struct counts *counts, uint64_t value) {
    size_t k = counts->count;
    if (place_of(counts, value) < counts->count || counts->count == GRID_COUNTS_MAX)
        return;
    for (; k > 0 && counts->items[k - 1] > value; k--)
        counts->items[k] = counts->items[k - 1];
    counts->items[k] = value;
    counts->count++;
}

/* Ranks and threads of the points of a group that have samples. Whether there are several of both.
 */
static bool count_group(const struct analysis *analysis, const struct group_result *group,
                        struct counts lists[2]) {
    lists[0].count = lists[1].count = 0;
    for (size_t k = group->first; k < group->first + group->count; k++)
        if (analysis->results[k].count > 0) {
            const struct point *point = &analysis->study->grid.points[analysis->results[k].point];
            add_count(&lists[0], point->ranks);
            add_count(&lists[1], point->threads);
        }
    return lists[0].count > 1 && lists[1].count > 1;
}

size_t plots_heat_group(const struct analysis *analysis) {
    struct counts *lists = calloc(2, sizeof *lists);
    size_t g = 0;
    while (lists && g < analysis->group_count &&
           !count_group(analysis, &analysis->groups[g], lists))
        g++;
    free(lists);
    return g;
}

static bool write_heat_data(const struct plotting *plotting, const struct group_result *group,
                            const struct counts lists[2], struct failure *failure) {
    const struct analysis *analysis = plotting->analysis;
    struct atomic_file data;
    if (!open_plot_file(plotting, "heat", "csv", &data, failure))
        return false;
    fputs("rank_place,thread_place,efficiency\n", data.stream);
    for (size_t k = group->first; k < group->first + group->count; k++)
        if (isfinite(analysis->results[k].efficiency))
            fprintf(
                data.stream, "%zu,%zu,%.4g\n",
                place_of(&lists[0], analysis->study->grid.points[analysis->results[k].point].ranks),
                place_of(&lists[1], threads_of(plotting, &analysis->results[k])),
                analysis->results[k].efficiency);
    return atomic_file_commit(&data, failure);
}

static bool write_heat_script(const struct plotting *plotting, const struct counts lists[2],
                              struct failure *failure) {
    struct atomic_file script;
    if (!open_plot_file(plotting, "heat", "gp", &script, failure))
        return false;
    put_plot_begin(script.stream, "heat");
    for (int axis = 0; axis < 2; axis++) {
        fprintf(script.stream, "set %clabel '%s'\nset %crange [-0.5:%g]\nset %ctics (", "xy"[axis],
                axis ? "threads per rank" : "ranks", "xy"[axis], (double)lists[axis].count - 0.5,
                "xy"[axis]);
        for (size_t k = 0; k < lists[axis].count; k++)
            fprintf(script.stream, "%s'%" PRIu64 "' %zu", k ? ", " : "", lists[axis].items[k], k);
        fputs(")\n", script.stream);
    }
    fputs(
        "unset grid\nset border 15\nset cbrange [0:1]\nset cblabel 'efficiency'\nset palette defined (0 '#b2182b', 0.5 '#f7d9c4', 0.75 '#d1e5f0', 1 '#4393c3')\nset style fill solid\n"
        "set terminal unknown\nplot 'heat.csv' every ::1 using 1:2:(0.49):(0.49):3 with boxxyerror palette notitle, '' every ::1 using 1:2:(sprintf('%.2f',$3)) with labels tc rgb '#000000' notitle\n",
        script.stream);
    put_plot_end(script.stream, "heat");
    return atomic_file_commit(&script, failure);
}

/* false, without a failure, if there is nothing to draw. */
static bool write_heat(const struct plotting *plotting, struct failure *failure) {
    const struct analysis *analysis = plotting->analysis;
    const size_t g = plots_heat_group(analysis);
    struct counts *lists = g < analysis->group_count ? calloc(2, sizeof *lists) : NULL;
    bool good = false;
    if (lists) {
        const struct group_result *group = &analysis->groups[g];
        count_group(analysis, group, lists);
        good = write_heat_data(plotting, group, lists, failure) &&
               write_heat_script(plotting, lists, failure);
    }
    free(lists);
    return good;
}

bool plots_write(const struct analysis *analysis, const char *directory, bool drawn[PLOTS],
                 bool *missing, struct failure *drawing, struct failure *failure) {
    struct plotting plotting = {.analysis = analysis, .directory = directory};
    find_all_series(&plotting);
    *missing = false;
    memset(drawn, 0, PLOTS * sizeof *drawn);
    if (analysis->used == 0)
        return true;
    drawn[PLOT_TIME] = true;
    drawn[PLOT_SPEEDUP] = drawn[PLOT_EFFICIENCY] = plotting.along_cores;
    if (!write_points(&plotting, failure) || !write_dots(&plotting, failure) ||
        !write_time(&plotting, failure) ||
        (plotting.along_cores && (!write_ratio(&plotting, PLOT_SPEEDUP, failure) ||
                                  !write_ratio(&plotting, PLOT_EFFICIENCY, failure))))
        return false;
    drawn[PLOT_HEAT] = write_heat(&plotting, failure);
    for (int plot = 0; plot < PLOTS && failure->exit_status == EXIT_DONE; plot++)
        if (drawn[plot]) {
            char cause[GNUPLOT_CAUSE_BYTES];
            const enum gnuplot_outcome outcome = gnuplot_draw(directory, plot_names[plot], cause);
            drawn[plot] = outcome == GNUPLOT_DONE;
            *missing |= outcome != GNUPLOT_DONE;
            if (outcome == GNUPLOT_FAILED)
                failure_set(
                    drawing, EXIT_RUN,
                    "gnuplot could not draw the figures in '%.300s': %s: after a fix run plait study report again",
                    directory, cause);
        }
    return failure->exit_status == EXIT_DONE;
}
