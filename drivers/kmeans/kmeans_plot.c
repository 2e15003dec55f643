/* SPDX-License-Identifier: MIT
 * Plots of a sample that rank 0 gathers. All that is computed here is in doubles on one thread a
 * value, so that plots, too, are the same on any ranks, threads and path. */
#include "kmeans/kmeans_plot.h"

#include "base/number.h"
#include "files/gnuplot.h"
#include "kmeans/kmeans.h"
#include "plait/sample.h"
#include "ranks/agree.h"
#include "ranks/mpi_check.h"

#include <inttypes.h>
#include <math.h>
#include <omp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    SCATTERED_POINTS = 4000,
    SILHOUETTE_POINTS = 1000,
    AXIS_ROUNDS = 60,
    CENTROIDS_DRAWN = 256,
    CLUSTERS_TICKED = 25
};

#define PLOT_GRID "set grid linetype 1 linewidth 0.5 linecolor rgb '#c8c8c8'\nunset key\n"
#define PLOT_LINE "with linespoints pointtype 7 pointsize 0.9 linewidth 1.5 linecolor rgb '#1f77b4'"

/* -- sample -------------------------------------------------------------------------------------
 */

/* Points of all ranks, in the order of their places, and labels; on rank 0 alone. */
struct plot_sample {
    int count;
    double *values; /* [count][dims] */
    int32_t *labels;
};

static void kmeans_free_plot_sample(struct plot_sample *sample) {
    free(sample->values);
    free(sample->labels);
}

/* The row of this rank that has a place, places counting as weights say; false: another's. */
static bool kmeans_own_place(const struct kmeans_points *points, const uint64_t *ends,
                             uint64_t before, uint64_t place, uint64_t *row) {
    const uint64_t count = points->share.count;
    if (count == 0 || place < before || place >= before + (ends ? ends[count - 1] : count))
        return false;
    uint64_t low = 0, high = count - 1;
    *row = place - before;
    while (ends && low < high) {
        const uint64_t middle = low + (high - low) / 2;
        if (ends[middle] > place - before)
            high = middle;
        else
            low = middle + 1;
    }
    if (ends)
        *row = low;
    return true;
}

/* Sends what each rank has of a sample, counts[rank] times `width` items, to rank 0. What it
 * has of the ranks before each stands after the counts. */
static void kmeans_gather_sample(const struct session *session, const int *counts, int width,
                                 MPI_Datatype type, const void *mine, void *all) {
    MPI_Datatype item;
    const int *firsts = counts + session->size;
    MPI_CHECK(MPI_Type_contiguous(width, type, &item));
    MPI_CHECK(MPI_Type_commit(&item));
    MPI_CHECK(MPI_Gatherv(mine, counts[session->rank], item, all, counts, firsts, item, ROOT,
                          session->world));
    MPI_CHECK(MPI_Type_free(&item));
}

struct placed {
    int64_t number; /* in the sample */
    int32_t label, at;
};

static int kmeans_compare_placed(const void *a, const void *b) {
    const struct placed *x = a, *y = b;
    return (x->number > y->number) - (x->number < y->number);
}

/* Collective: the points of this rank among `size` that are spread evenly over all. ends:
 * [share.count + 1], where there are weights. Returns how many there are. */
static int kmeans_pick_own(const struct kmeans *kmeans, uint64_t size, uint64_t *ends,
                           struct placed *placed, double *values) {
    const struct kmeans_points *points = &kmeans->points;
    const uint64_t all = kmeans_all_points(kmeans), share = points->share.count;
    const size_t dims = points->dims;
    struct plait_kmeans_result result;
    uint64_t own = share, before = 0;
    int count = 0;
    plait_kmeans_get_result(kmeans->work, &result);
    for (uint64_t i = 0; ends && i < share; i++)
        ends[i] = points->weights[i] + (i > 0 ? ends[i - 1] : 0);
    if (ends)
        own = share > 0 ? ends[share - 1] : 0;
    MPI_CHECK(MPI_Exscan(&own, &before, 1, MPI_UINT64_T, MPI_SUM, kmeans->run->session->world));
    if (kmeans->run->session->rank == 0)
        before = 0; /* which MPI leaves open */
    for (uint64_t j = 0; j < size; j++) {
        const uint64_t place = size == all ? j : plait_sample(all, j);
        uint64_t row;
        if (!kmeans_own_place(points, ends, before, place, &row))
            continue;
        memcpy(values + (size_t)count * dims, points->values + row * dims, dims * sizeof *values);
        placed[count++] = (struct placed){(int64_t)j, result.labels[row], 0};
    }
    return count;
}

/* Collective: at most `most` points. */
static bool kmeans_take_plot_sample(struct kmeans *kmeans, uint64_t most,
                                    struct plot_sample *sample, struct failure *failure) {
    const struct session *session = kmeans->run->session;
    const struct kmeans_points *points = &kmeans->points;
    const uint64_t all = kmeans_all_points(kmeans), size = all < most ? all : most;
    const size_t dims = points->dims, items = (size_t)size * dims;
    const bool root = session_is_root(session);
    struct placed *placed = calloc((root ? 2 : 1) * size, sizeof *placed);
    struct placed *everyone = root && placed ? placed + size : NULL;
    double *values = malloc(items * sizeof *values);
    double *gathered = root ? malloc(items * sizeof *gathered) : NULL;
    uint64_t *ends =
        points->weights ? malloc((size_t)(points->share.count + 1) * sizeof *ends) : NULL;
    int *counts = calloc(2 * (size_t)session->size, sizeof *counts);
    sample->count = root ? (int)size : 0;
    sample->values = root ? malloc(items * sizeof *sample->values) : NULL;
    sample->labels = root ? malloc((size_t)size * sizeof *sample->labels) : NULL;
    if (!placed || !values || !counts || (points->weights && !ends) ||
        (root && (!sample->values || !sample->labels || !gathered)))
        failure_set(failure, EXIT_RUN, "out of memory for the plots");
    const bool good = agree(session, failure);
    if (good) {
        const int count = kmeans_pick_own(kmeans, size, ends, placed, values);
        MPI_CHECK(MPI_Allgather(&count, 1, MPI_INT, counts, 1, MPI_INT, session->world));
        for (int r = 1; r < session->size; r++)
            counts[session->size + r] = counts[session->size + r - 1] + counts[r - 1];
        kmeans_gather_sample(session, counts, sizeof *placed, MPI_BYTE, placed, everyone);
        kmeans_gather_sample(session, counts, (int)dims, MPI_DOUBLE, values, gathered);
        for (int k = 0; k < sample->count; k++)
            everyone[k].at = k;
        if (root)
            qsort(everyone, size, sizeof *everyone, kmeans_compare_placed);
        for (int k = 0; k < sample->count; k++) {
            sample->labels[k] = everyone[k].label;
            memcpy(sample->values + (size_t)k * dims, gathered + (size_t)everyone[k].at * dims,
                   dims * sizeof *values);
        }
    }
    free(placed);
    free(values);
    free(gathered);
    free(ends);
    free(counts);
    return good;
}

/* -- silhouettes --------------------------------------------------------------------------------
 */

/* s = (b - a) / max(a, b) of each point of a sample (P. J. Rousseeuw, "Silhouettes", 1987): a is
 * its mean distance to the others of its cluster, b the least mean distance to those of another
 * one. 0 where it is alone in its cluster, or there is no other. */
static bool kmeans_find_silhouettes(const struct kmeans *kmeans, const struct plot_sample *sample,
                                    uint32_t clusters, double *silhouettes,
                                    struct failure *failure) {
    const uint32_t dims = kmeans->points.dims;
    const int threads = kmeans->run->exec.threads;
    double *sums = malloc((size_t)threads * clusters * sizeof *sums);
    uint32_t *sizes = calloc(clusters, sizeof *sizes);
    if (!sums || !sizes) {
        free(sums);
        free(sizes);
        return failure_set(failure, EXIT_RUN, "out of memory for the plots");
    }
    for (int i = 0; i < sample->count; i++)
        sizes[sample->labels[i]]++;
#pragma omp parallel for num_threads(threads) schedule(static)
    for (int i = 0; i < sample->count; i++) {
        double *sum = sums + (size_t)omp_get_thread_num() * clusters, other = INFINITY;
        const double *x = sample->values + (size_t)i * dims;
        const int32_t own = sample->labels[i];
        memset(sum, 0, clusters * sizeof *sum);
        for (int k = 0; k < sample->count; k++) {
            const double *y = sample->values + (size_t)k * dims;
            double square = 0;
            for (uint32_t d = 0; d < dims; d++)
                square += (x[d] - y[d]) * (x[d] - y[d]);
            sum[sample->labels[k]] += sqrt(square);
        }
        for (uint32_t j = 0; j < clusters; j++)
            if ((int32_t)j != own && sizes[j] > 0 && sum[j] / sizes[j] < other)
                other = sum[j] / sizes[j];
        silhouettes[i] = 0;
        if (sizes[own] > 1 && isfinite(other)) {
            const double inner = sum[own] / (sizes[own] - 1);
            const double larger = inner > other ? inner : other;
            silhouettes[i] = larger > 0 ? (other - inner) / larger : 0;
        }
    }
    free(sums);
    free(sizes);
    return true;
}

static double kmeans_mean(const double *values, int count) {
    double sum = 0;
    for (int i = 0; i < count; i++)
        sum += values[i];
    return sum / count;
}

bool kmeans_plot_silhouette(struct kmeans *kmeans, struct kmeans_outcome *outcome,
                            struct failure *failure) {
    struct plot_sample sample = {0};
    double silhouettes[SILHOUETTE_POINTS];
    if (kmeans_take_plot_sample(kmeans, SILHOUETTE_POINTS, &sample, failure) && sample.count > 0 &&
        kmeans_find_silhouettes(kmeans, &sample, outcome->clusters, silhouettes, failure))
        outcome->silhouette = kmeans_mean(silhouettes, sample.count);
    kmeans_free_plot_sample(&sample);
    if (!agree(kmeans->run->session, failure))
        return false;
    MPI_CHECK(MPI_Bcast(&outcome->silhouette, 1, MPI_DOUBLE, ROOT, kmeans->run->session->world));
    outcome->has_silhouette = 1;
    return true;
}

/* -- text ---------------------------------------------------------------------------------------
 */

/* Lines of CSV that grow. */
struct plot_lines {
    char *text;
    size_t used, size;
    bool failed;
};

__attribute__((format(printf, 2, 3))) static void kmeans_put_line(struct plot_lines *lines,
                                                                  const char *format, ...) {
    enum { LINE_BYTES = 256 };
    va_list arguments;
    if (lines->size - lines->used < LINE_BYTES) {
        const size_t size = 2 * lines->size + 4096;
        char *text = lines->failed ? NULL : realloc(lines->text, size);
        if (!text) {
            lines->failed = true;
            return;
        }
        lines->text = text;
        lines->size = size;
    }
    va_start(arguments, format);
    lines->used += (size_t)vsnprintf(lines->text + lines->used, LINE_BYTES, format, arguments);
    va_end(arguments);
}

/* Writes a plot, and frees its lines. */
static bool kmeans_put_plot(const struct kmeans *kmeans, enum kmeans_plot plot,
                            struct plot_lines *lines, const char *settings, const char *command,
                            struct failure *failure) {
    const bool written = lines->failed
                             ? failure_set(failure, EXIT_RUN, "out of memory for the plots")
                             : gnuplot_write(kmeans->options->plot, kmeans_plots[plot], lines->text,
                                             settings, command, failure);
    free(lines->text);
    return written;
}

/* Red, green, blue of a cluster: of a picture that of its centroid; else hues a golden ratio of the
 * circle apart, which are never close to those just before. */
static unsigned kmeans_plot_colour(const struct kmeans *kmeans, uint32_t j) {
    const uint32_t dims = kmeans->points.dims;
    unsigned colour = 0;
    for (uint32_t d = 0; d < 3; d++) {
        double part;
        if (kmeans->points.source == KMEANS_FROM_PNG) {
            part = kmeans->written[(size_t)j * dims + (dims == 3 ? d : 0)] /
                   (kmeans->points.deep ? KMEANS_DEEP_UNIT : 1);
        } else {
            const double hue = 0.58 + 0.6180339887498949 * j;
            const double turn = 6 * (hue + (3 - d) / 3.0 - floor(hue + (3 - d) / 3.0));
            const double ramp = fabs(turn - 3) - 1; /* of red, and of green and blue turned */
            part = 210 * (0.25 + 0.75 * (ramp < 0 ? 0 : ramp > 1 ? 1 : ramp));
        }
        colour = colour << 8 | (unsigned)(part < 0 ? 0 : part > 255 ? 255 : rint(part));
    }
    return colour;
}

/* -- scatter ------------------------------------------------------------------------------------
 */

/* x in two coordinates, and what their axes are called. */
struct plot_axes {
    double *middle, *first, *second; /* [dims]; NULL: columns */
    double unit;
    uint32_t columns[2];
    char names[2][80];
};

static double kmeans_dot(const double *a, const double *b, uint32_t dims) {
    double sum = 0;
    for (uint32_t d = 0; d < dims; d++)
        sum += a[d] * b[d];
    return sum;
}

/* Makes `axis` of length 1, at right angles to `other` (NULL: to none), its largest component
 * positive. Nothing left: any direction. */
static void kmeans_straighten(double *axis, const double *other, uint32_t dims) {
    const double along = other ? kmeans_dot(axis, other, dims) : 0;
    uint32_t largest = 0;
    for (uint32_t d = 0; d < dims; d++) {
        axis[d] -= other ? along * other[d] : 0;
        if (fabs(axis[d]) > fabs(axis[largest]))
            largest = d;
    }
    const double length = sqrt(kmeans_dot(axis, axis, dims));
    for (uint32_t d = 0; d < dims; d++)
        axis[d] =
            length > 0 ? axis[d] / (axis[largest] < 0 ? -length : length) : d == (other ? 1 : 0);
}

/* The two directions in which a sample is widest, by repeated products with its points. */
static void kmeans_find_axes(const struct plot_sample *sample, uint32_t dims,
                             struct plot_axes *axes) {
    double *const axis[2] = {axes->first, axes->second};
    double *next[2] = {axes->first + 3 * (size_t)dims, axes->first + 4 * (size_t)dims};
    double *x = axes->first + 2 * (size_t)dims, widest = 0, all = 0, along[2] = {0, 0};
    for (uint32_t d = 0; d < dims; d++) {
        axes->middle[d] = 0;
        for (int i = 0; i < sample->count; i++)
            axes->middle[d] += sample->values[(size_t)i * dims + d] / sample->count;
        for (int i = 0; i < sample->count; i++) {
            const double offset = fabs(sample->values[(size_t)i * dims + d] - axes->middle[d]);
            widest = offset > widest ? offset : widest;
        }
        axis[0][d] = 1 + (double)(d * 7 % 11) / 11;
        axis[1][d] = d % 2 == 0 ? 1 : -1;
    }
    axes->unit = widest > 0 ? widest : 1;
    for (int round = 0; round <= AXIS_ROUNDS; round++) {
        kmeans_straighten(axis[0], NULL, dims);
        kmeans_straighten(axis[1], axis[0], dims);
        memset(next[0], 0, 2 * dims * sizeof *x);
        all = along[0] = along[1] = 0;
        for (int i = 0; i < sample->count; i++) {
            for (uint32_t d = 0; d < dims; d++)
                x[d] = (sample->values[(size_t)i * dims + d] - axes->middle[d]) / axes->unit;
            all += kmeans_dot(x, x, dims);
            for (int a = 0; a < 2; a++) {
                const double shadow = kmeans_dot(x, axis[a], dims);
                along[a] += shadow * shadow;
                for (uint32_t d = 0; d < dims; d++)
                    next[a][d] += shadow * x[d];
            }
        }
        for (int a = 0; a < 2 && round < AXIS_ROUNDS; a++)
            memcpy(axis[a], next[a], dims * sizeof *x);
    }
    for (int a = 0; a < 2; a++)
        snprintf(axes->names[a], sizeof axes->names[a],
                 "%s principal axis (%.0f %% of the variance)", a == 0 ? "first" : "second",
                 all > 0 ? 100 * along[a] / all : 0);
}

/* Two columns, if there are two or they were asked for, else principal axes. */
static bool kmeans_choose_axes(const struct kmeans *kmeans, const struct plot_sample *sample,
                               struct plot_axes *axes, struct failure *failure) {
    const uint32_t dims = kmeans->points.dims;
    *axes = (struct plot_axes){.unit = 1, .columns = {0, 1}};
    if (dims > 2 && !kmeans->options->plot_columns) {
        axes->first = malloc(6 * dims * sizeof *axes->first);
        if (!axes->first)
            return failure_set(failure, EXIT_RUN, "out of memory for the plots");
        axes->second = axes->first + dims;
        axes->middle = axes->first + 5 * (size_t)dims;
        kmeans_find_axes(sample, dims, axes);
        return true;
    }
    if (kmeans->options->plot_columns)
        kmeans_parse_columns(kmeans->options->plot_columns, axes->columns, failure);
    for (int a = 0; a < 2; a++)
        snprintf(axes->names[a], sizeof axes->names[a], "column %" PRIu32, axes->columns[a]);
    if (dims == 1)
        snprintf(axes->names[1], sizeof axes->names[1], "cluster");
    return true;
}

/* x in the units of the run, of cluster j. */
static void kmeans_put_scattered(const struct kmeans *kmeans, const struct plot_axes *axes,
                                 const double *x, int32_t j, struct plot_lines *lines) {
    const struct kmeans_points *points = &kmeans->points;
    double at[2] = {0, 0};
    char text[2][NUMBER_TEXT_BYTES];
    for (uint32_t d = 0; axes->first && d < points->dims; d++) {
        const double offset = (x[d] - axes->middle[d]) / axes->unit;
        at[0] += offset * axes->first[d];
        at[1] += offset * axes->second[d];
    }
    for (int a = 0; a < 2; a++) {
        const uint32_t d = axes->columns[a];
        at[a] *= axes->unit;
        if (!axes->first)
            at[a] = points->dims == 1 && a == 1 ? j
                    : points->exponents         ? ldexp(x[d], -points->exponents[d])
                                                : x[d];
        number_text(at[a], text[a]);
    }
    kmeans_put_line(lines, "%s,%s,%" PRId32 ",%u", text[0], text[1], j,
                    kmeans_plot_colour(kmeans, (uint32_t)j));
}

static bool kmeans_plot_scatter(const struct kmeans *kmeans, const struct plot_sample *sample,
                                struct failure *failure) {
    const uint32_t dims = kmeans->points.dims;
    struct plot_lines lines = {0};
    struct plot_axes axes;
    struct plait_kmeans_result result;
    char settings[512];
    if (!kmeans_choose_axes(kmeans, sample, &axes, failure))
        return false;
    plait_kmeans_get_result(kmeans->work, &result);
    kmeans_put_line(&lines, "x,y,cluster,colour,centroid\n");
    for (int i = 0; i < sample->count; i++) {
        kmeans_put_scattered(kmeans, &axes, sample->values + (size_t)i * dims, sample->labels[i],
                             &lines);
        kmeans_put_line(&lines, ",0\n");
    }
    for (uint32_t j = 0; j < kmeans->high && j < CENTROIDS_DRAWN; j++) {
        kmeans_put_scattered(kmeans, &axes, result.centroids + (size_t)j * dims, (int32_t)j,
                             &lines);
        kmeans_put_line(&lines, ",1\n");
    }
    snprintf(settings, sizeof settings, "set xlabel '%s'\nset ylabel '%s'\n" PLOT_GRID,
             axes.names[0], axes.names[1]);
    if (dims == 1) { /* clusters are whole numbers, and none is drawn on the frame */
        const size_t length = strlen(settings);
        snprintf(settings + length, sizeof settings - length, "set yrange [-0.5:%.1f]\n%s",
                 kmeans->high - 0.5, kmeans->high <= CLUSTERS_TICKED ? "set ytics 1\n" : "");
    }
    free(axes.first);
    return kmeans_put_plot(
        kmeans, KMEANS_PLOT_CLUSTERS, &lines, settings,
        "data skip 1 using (column(5)==0?column(1):1/0):2:4 with points pointtype 7 pointsize 0.5 linecolor rgb variable, "
        "data skip 1 using (column(5)==1?column(1):1/0):2 with points pointtype 7 pointsize 1.5 linecolor rgb 'white', "
        "data skip 1 using (column(5)==1?column(1):1/0):2 with points pointtype 2 pointsize 1 linewidth 2 linecolor rgb 'black'",
        failure);
}

/* -- silhouettes of one number of clusters ------------------------------------------------------
 */

struct knife {
    double silhouette;
    int32_t cluster;
};

/* Clusters in order, in each the highest first. */
static int kmeans_compare_knives(const void *a, const void *b) {
    const struct knife *x = a, *y = b;
    return x->cluster != y->cluster
               ? (x->cluster > y->cluster) - (x->cluster < y->cluster)
               : (x->silhouette < y->silhouette) - (x->silhouette > y->silhouette);
}

static bool kmeans_plot_knives(const struct kmeans *kmeans, const struct plot_sample *sample,
                               double mean, struct failure *failure) {
    struct plot_lines lines = {0};
    double silhouettes[SILHOUETTE_POINTS];
    struct knife knives[SILHOUETTE_POINTS];
    char settings[512];
    if (!kmeans_find_silhouettes(kmeans, sample, kmeans->high, silhouettes, failure))
        return false;
    for (int i = 0; i < sample->count; i++)
        knives[i] = (struct knife){silhouettes[i], sample->labels[i]};
    qsort(knives, (size_t)sample->count, sizeof *knives, kmeans_compare_knives);
    kmeans_put_line(&lines, "place,silhouette,cluster,colour\n");
    for (int i = 0; i < sample->count; i++) {
        char text[NUMBER_TEXT_BYTES];
        number_text(knives[i].silhouette, text);
        kmeans_put_line(&lines, "%d,%s,%" PRId32 ",%u\n", i, text, knives[i].cluster,
                        kmeans_plot_colour(kmeans, (uint32_t)knives[i].cluster));
    }
    snprintf(
        settings, sizeof settings,
        "set xlabel 'points of a sample, by cluster'\nset ylabel 'silhouette (mean %.3f)'\nset xrange [-1:%d]\nset yrange [*<0:1]\nset style fill solid\n" PLOT_GRID
        "mean = %.17g\n",
        mean, sample->count, mean);
    return kmeans_put_plot(
        kmeans, KMEANS_PLOT_SILHOUETTES, &lines, settings,
        "data skip 1 using 1:2:(1):4 with boxes linecolor rgb variable, mean with lines dashtype 2 linewidth 1.5 linecolor rgb 'black'",
        failure);
}

/* -- curves -------------------------------------------------------------------------------------
 */

static void kmeans_range_settings(char settings[512], const char *x, const char *y, double low,
                                  double high, const char *more) {
    snprintf(settings, 512,
             "set xlabel '%s'\nset ylabel '%s'\n%s%sset xrange [%.6g:%.6g]\n" PLOT_GRID, x, y, more,
             high - low < 25 ? "set xtics 1\n" : "", low, high);
}

static bool kmeans_plot_steps(const struct kmeans *kmeans, struct failure *failure) {
    const uint32_t steps = kmeans->outcomes[0].steps < KMEANS_STEPS_LISTED
                               ? kmeans->outcomes[0].steps
                               : KMEANS_STEPS_LISTED;
    struct plot_lines lines = {0};
    char settings[512], text[NUMBER_TEXT_BYTES];
    kmeans_put_line(&lines, "iteration,inertia,changed\n");
    if (kmeans->outcomes[0].has_start_inertia) {
        number_text(kmeans->outcomes[0].start_inertia, text);
        kmeans_put_line(&lines, "0,%s,0\n", text);
    }
    for (uint32_t s = 0; s < steps; s++)
        if (kmeans->best_steps[s].has_inertia) {
            number_text(kmeans->best_steps[s].inertia, text);
            kmeans_put_line(&lines, "%" PRIu32 ",%s,%" PRIu64 "\n", s + 1, text,
                            kmeans->best_steps[s].changed);
        }
    kmeans_range_settings(settings, "iteration", "inertia", -0.5, steps + 0.5, "");
    return kmeans_put_plot(kmeans, KMEANS_PLOT_STEPS, &lines, settings,
                           "data skip 1 using 1:2 " PLOT_LINE, failure);
}

static bool kmeans_plot_elbow(const struct kmeans *kmeans, struct failure *failure) {
    struct plot_lines lines = {0};
    char settings[512], text[NUMBER_TEXT_BYTES];
    kmeans_put_line(&lines, "k,inertia\n");
    for (uint32_t k = 0; k <= kmeans->high - kmeans->low; k++) {
        number_text(kmeans->outcomes[k].inertia.value, text);
        kmeans_put_line(&lines, "%" PRIu32 ",%s\n", kmeans->outcomes[k].clusters, text);
    }
    kmeans_range_settings(settings, "clusters", "inertia", kmeans->low - 0.5, kmeans->high + 0.5,
                          "set yrange [0:*]\n");
    return kmeans_put_plot(kmeans, KMEANS_PLOT_ELBOW, &lines, settings,
                           "data skip 1 using 1:2 " PLOT_LINE, failure);
}

static bool kmeans_plot_silhouettes(const struct kmeans *kmeans, struct failure *failure) {
    struct plot_lines lines = {0};
    char settings[512], text[NUMBER_TEXT_BYTES];
    kmeans_put_line(&lines, "k,silhouette\n");
    for (uint32_t k = 0; k <= kmeans->high - kmeans->low; k++)
        if (kmeans->outcomes[k].has_silhouette) {
            number_text(kmeans->outcomes[k].silhouette, text);
            kmeans_put_line(&lines, "%" PRIu32 ",%s\n", kmeans->outcomes[k].clusters, text);
        }
    kmeans_range_settings(settings, "clusters", "mean silhouette", kmeans->low - 0.5,
                          kmeans->high + 0.5, "");
    return kmeans_put_plot(kmeans, KMEANS_PLOT_SILHOUETTE, &lines, settings,
                           "data skip 1 using 1:2 " PLOT_LINE, failure);
}

/* -- all ----------------------------------------------------------------------------------------
 */

static bool kmeans_plot_single(struct kmeans *kmeans, struct failure *failure) {
    struct plot_sample sample = {0}, some = {0};
    const bool root = session_is_root(kmeans->run->session);
    bool good = kmeans_take_plot_sample(kmeans, SCATTERED_POINTS, &sample, failure) &&
                (kmeans_all_points(kmeans) <= SILHOUETTE_POINTS ||
                 kmeans_take_plot_sample(kmeans, SILHOUETTE_POINTS, &some, failure));
    if (good && root)
        good = kmeans_plot_scatter(kmeans, &sample, failure) &&
               kmeans_plot_knives(kmeans, some.count > 0 ? &some : &sample,
                                  kmeans->outcomes[0].silhouette, failure) &&
               (kmeans->outcomes[0].steps == 0 || kmeans_plot_steps(kmeans, failure));
    kmeans_free_plot_sample(&sample);
    kmeans_free_plot_sample(&some);
    return good;
}

bool kmeans_plot_write(struct kmeans *kmeans, struct failure *failure) {
    const bool root = session_is_root(kmeans->run->session);
    if (root)
        gnuplot_make_directory(kmeans->options->plot, failure);
    if (!agree(kmeans->run->session, failure))
        return false;
    if (kmeans->low == kmeans->high)
        kmeans_plot_single(kmeans, failure);
    else if (root && kmeans_plot_elbow(kmeans, failure))
        kmeans_plot_silhouettes(kmeans, failure);
    return agree(kmeans->run->session, failure);
}
