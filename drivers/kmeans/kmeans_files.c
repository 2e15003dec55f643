/* SPDX-License-Identifier: MIT
 * The files of plait kmeans. Labels come to rank 0 in the order of the rows, some at a time, and go
 * into the file of labels and into the picture. */
#include "kmeans/kmeans.h"

#include "base/atomic_file.h"
#include "base/decompose.h"
#include "base/number.h"
#include "files/gnuplot.h"
#include "files/npy_header.h"
#include "image/writer.h"
#include "ranks/agree.h"
#include "ranks/mpi_check.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { TAG_LABELS = 61, CHUNK_LABELS = 1 << 18 };

/* -- centroids and colours ----------------------------------------------------------------------
 */

static bool kmeans_write_centroids_csv(const struct kmeans *kmeans, const double *centroids,
                                       struct atomic_file *file, struct failure *failure) {
    const uint32_t dims = kmeans->points.dims;
    for (uint64_t k = 0; k < (uint64_t)kmeans->high * dims; k++) {
        char text[NUMBER_TEXT_BYTES + 1];
        number_text(centroids[k] + 0.0, text);
        strcat(text, (k + 1) % dims == 0 ? "\n" : ",");
        if (!atomic_file_write(file, text, strlen(text), failure))
            return false;
    }
    return true;
}

static bool kmeans_write_centroids_npy(const struct kmeans *kmeans, const double *centroids,
                                       struct atomic_file *file, struct failure *failure) {
    char header[NPY_HEADER_BYTES];
    const uint64_t shape[2] = {kmeans->high, kmeans->points.dims};
    npy_header_make(NPY_FLOAT64, 2, shape, header);
    if (!atomic_file_write(file, header, sizeof header, failure))
        return false;
    for (uint64_t k = 0; k < shape[0] * shape[1]; k++) {
        const double value = centroids[k] + 0.0; /* -0 becomes 0 */
        if (!atomic_file_write(file, &value, sizeof value, failure))
            return false;
    }
    return true;
}

static bool kmeans_write_centroids(const struct kmeans *kmeans, const double *centroids,
                                   struct failure *failure) {
    const char *path = kmeans->options->centroids;
    struct atomic_file file;
    if (!atomic_file_open(&file, path, failure))
        return false;
    if ((kmeans_name_ends(path, ".csv") ? kmeans_write_centroids_csv : kmeans_write_centroids_npy)(
            kmeans, centroids, &file, failure))
        return atomic_file_commit(&file, failure);
    atomic_file_abandon(&file);
    return false;
}

/* The colour of a centroid, grey or not, with 8 bits. */
static void kmeans_colour_of(const struct kmeans *kmeans, const double *centroids, uint32_t j,
                             uint8_t rgb[3]) {
    const uint32_t dims = kmeans->points.dims;
    const double unit = kmeans->points.deep ? KMEANS_DEEP_UNIT : 1;
    for (uint32_t d = 0; d < 3; d++) {
        const double value = rint(centroids[(size_t)j * dims + (dims == 3 ? d : 0)] / unit);
        rgb[d] = (uint8_t)(value < 0 ? 0 : value > 255 ? 255 : value);
    }
}

struct ranked_cluster {
    uint64_t count;
    uint32_t cluster;
};

static int kmeans_compare_clusters(const void *a, const void *b) {
    const struct ranked_cluster *x = a, *y = b;
    return x->count != y->count ? (x->count < y->count) - (x->count > y->count)
                                : (x->cluster > y->cluster) - (x->cluster < y->cluster);
}

static bool kmeans_write_palette(const struct kmeans *kmeans,
                                 const struct plait_kmeans_result *result,
                                 struct failure *failure) {
    struct ranked_cluster *order = malloc(kmeans->high * sizeof *order);
    struct atomic_file file;
    if (!order)
        return failure_set(failure, EXIT_RUN, "out of memory");
    for (uint32_t j = 0; j < kmeans->high; j++)
        order[j] = (struct ranked_cluster){result->counts[j], j};
    qsort(order, kmeans->high, sizeof *order, kmeans_compare_clusters);
    bool good = atomic_file_open(&file, kmeans->options->palette_out, failure);
    for (uint32_t j = 0; good && j < kmeans->high; j++) {
        uint8_t rgb[3];
        char line[8];
        kmeans_colour_of(kmeans, result->centroids, order[j].cluster, rgb);
        snprintf(line, sizeof line, "%02x%02x%02x\n", rgb[0], rgb[1], rgb[2]);
        good = atomic_file_write(&file, line, strlen(line), failure);
    }
    if (good)
        good = atomic_file_commit(&file, failure);
    else
        atomic_file_abandon(&file);
    free(order);
    return good;
}

/* -- labels and picture -------------------------------------------------------------------------
 */

/* Where labels go, on rank 0. */
struct label_sink {
    const struct kmeans *kmeans;
    struct atomic_file file;
    struct palette palette;
    struct writer *writer;
    uint8_t *row; /* of the picture, filled so far */
    uint32_t filled;
};

static bool kmeans_sink_open(struct label_sink *sink, const struct plait_kmeans_result *result,
                             struct failure *failure) {
    const struct kmeans_options *options = sink->kmeans->options;
    const struct kmeans_points *points = &sink->kmeans->points;
    if (options->labels) {
        const bool picture = points->source == KMEANS_FROM_PNG;
        const uint64_t shape[2] = {picture ? points->height : points->points, points->width};
        char header[NPY_HEADER_BYTES];
        npy_header_make(NPY_INT32, picture ? 2 : 1, shape, header);
        if (!atomic_file_open(&sink->file, options->labels, failure) ||
            !atomic_file_write(&sink->file, header, sizeof header, failure))
            return false;
    }
    if (options->out) {
        for (uint32_t j = 0; j < PALETTE_COLOURS; j++)
            kmeans_colour_of(sink->kmeans, result->centroids,
                             j < sink->kmeans->high ? j : sink->kmeans->high - 1,
                             sink->palette.rgb[j]);
        const struct image image = {
            .width = points->width, .height = points->height, .palette = &sink->palette};
        const struct writer_format *format = writer_format_find(options->out, failure);
        sink->row = malloc(points->width);
        if (!sink->row)
            return failure_set(failure, EXIT_RUN, "out of memory");
        sink->writer = format ? writer_open(format, options->out, &image, failure) : NULL;
    }
    return failure->exit_status == EXIT_DONE;
}

static bool kmeans_sink_take(struct label_sink *sink, const int32_t *labels, size_t count,
                             struct failure *failure) {
    const uint32_t width = sink->kmeans->points.width;
    if (sink->file.stream &&
        !atomic_file_write(&sink->file, labels, count * sizeof *labels, failure))
        return false;
    for (size_t k = 0; sink->writer && k < count; k++) {
        sink->row[sink->filled++] = (uint8_t)labels[k];
        if (sink->filled < width)
            continue;
        const struct image_rows rows = {.indices = sink->row, .rows = 1};
        sink->filled = 0;
        if (!writer_put(sink->writer, &rows, failure))
            return false;
    }
    return true;
}

static void kmeans_sink_close(struct label_sink *sink, struct failure *failure) {
    if (sink->file.stream && failure->exit_status == EXIT_DONE)
        atomic_file_commit(&sink->file, failure);
    atomic_file_abandon(&sink->file);
    if (sink->writer && failure->exit_status == EXIT_DONE)
        writer_close(sink->writer, failure);
    else
        writer_abandon(sink->writer);
    free(sink->row);
}

/* Rank 0 receives to the end after a failure, too: the others wait until it has. */
static void kmeans_gather_labels(struct kmeans *kmeans, const struct plait_kmeans_result *result,
                                 struct label_sink *sink, struct failure *failure) {
    const struct session *session = kmeans->run->session;
    const uint64_t own = kmeans->points.share.count;
    if (session->rank != ROOT) {
        for (uint64_t first = 0; first < own; first += CHUNK_LABELS)
            MPI_CHECK(MPI_Send(result->labels + first,
                               (int)(own - first < CHUNK_LABELS ? own - first : CHUNK_LABELS),
                               MPI_INT32_T, ROOT, TAG_LABELS, session->world));
        return;
    }
    static int32_t chunk[CHUNK_LABELS];
    for (int r = 0; r < session->size; r++) {
        const uint64_t share =
            decompose_block(kmeans->points.points, (uint64_t)session->size, (uint64_t)r);
        for (uint64_t first = 0; first < share; first += CHUNK_LABELS) {
            const size_t some =
                share - first < CHUNK_LABELS ? (size_t)(share - first) : CHUNK_LABELS;
            if (r != ROOT)
                MPI_CHECK(MPI_Recv(chunk, (int)some, MPI_INT32_T, r, TAG_LABELS, session->world,
                                   MPI_STATUS_IGNORE));
            if (failure->exit_status == EXIT_DONE)
                kmeans_sink_take(sink, r == ROOT ? result->labels + first : chunk, some, failure);
        }
    }
}

/* -- all ----------------------------------------------------------------------------------------
 */

static bool kmeans_write_plot(const struct kmeans *kmeans, struct failure *failure) {
    const uint32_t count = kmeans->high - kmeans->low + 1;
    enum { LINE_BYTES = 64 };
    char settings[256];
    char *lines = malloc((size_t)(count + 1) * LINE_BYTES);
    if (!lines)
        return failure_set(failure, EXIT_RUN, "out of memory");
    size_t used = (size_t)sprintf(lines, "k,inertia\n");
    for (uint32_t k = 0; k < count; k++) {
        char text[NUMBER_TEXT_BYTES];
        number_text(kmeans->outcomes[k].inertia.value, text);
        used +=
            (size_t)sprintf(lines + used, "%" PRIu32 ",%s\n", kmeans->outcomes[k].clusters, text);
    }
    snprintf(
        settings, sizeof settings,
        "set xlabel 'clusters'\nset ylabel 'inertia'\nset yrange [0:*]\nset grid linetype 1 linewidth 0.5 linecolor rgb '#c8c8c8'\nset xrange [%.6g:%.6g]\nunset key\n",
        kmeans->low - 0.5, kmeans->high + 0.5);
    const bool written =
        gnuplot_make_directory(kmeans->options->plot, failure) &&
        gnuplot_write(
            kmeans->options->plot, kmeans_plots[KMEANS_PLOT_ELBOW], lines, settings,
            "data skip 1 using 1:2 with linespoints pointtype 7 pointsize 0.9 linewidth 1.5 linecolor rgb '#1f77b4'",
            failure);
    free(lines);
    return written;
}

bool kmeans_write_files(struct kmeans *kmeans, struct failure *failure) {
    const struct kmeans_options *options = kmeans->options;
    const bool root = kmeans->run->session->rank == ROOT;
    struct plait_kmeans_result result;
    plait_kmeans_get_result(kmeans->work, &result);
    if (root && options->centroids)
        kmeans_write_centroids(kmeans, result.centroids, failure);
    if (root && options->palette_out && failure->exit_status == EXIT_DONE)
        kmeans_write_palette(kmeans, &result, failure);
    if (root && options->plot && failure->exit_status == EXIT_DONE)
        kmeans_write_plot(kmeans, failure);
    if (options->labels || options->out) {
        struct label_sink sink = {.kmeans = kmeans};
        if (root && failure->exit_status == EXIT_DONE)
            kmeans_sink_open(&sink, &result, failure);
        kmeans_gather_labels(kmeans, &result, &sink, failure);
        if (root)
            kmeans_sink_close(&sink, failure);
    }
    return agree(kmeans->run->session, failure);
}
