/* SPDX-License-Identifier: MIT
 * The files of plait kmeans. Labels come to rank 0 in the order of the rows, some at a time, and go
 * into the file of labels and into the picture. */
#include "kmeans/kmeans.h"

#include "base/atomic_file.h"
#include "base/number.h"
#include "files/npy_header.h"
#include "image/png_pixels.h"
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

static bool kmeans_write_centroids_csv(const struct kmeans *kmeans, struct atomic_file *file,
                                       struct failure *failure) {
    const uint32_t dims = kmeans->points.dims;
    for (uint64_t k = 0; k < (uint64_t)kmeans->high * dims; k++) {
        char text[NUMBER_TEXT_BYTES + 1];
        number_text(kmeans->written[k], text);
        strcat(text, (k + 1) % dims == 0 ? "\n" : ",");
        if (!atomic_file_write(file, text, strlen(text), failure))
            return false;
    }
    return true;
}

static bool kmeans_write_centroids_npy(const struct kmeans *kmeans, struct atomic_file *file,
                                       struct failure *failure) {
    char header[NPY_HEADER_BYTES];
    const uint64_t shape[2] = {kmeans->high, kmeans->points.dims};
    npy_header_make(NPY_FLOAT64, 2, shape, header);
    if (!atomic_file_write(file, header, sizeof header, failure))
        return false;
    return atomic_file_write(file, kmeans->written, shape[0] * shape[1] * sizeof(double), failure);
}

static bool kmeans_write_centroids(const struct kmeans *kmeans, struct failure *failure) {
    const char *path = kmeans->options->centroids;
    struct atomic_file file;
    if (!atomic_file_open(&file, path, failure))
        return false;
    if ((kmeans_name_ends(path, ".csv") ? kmeans_write_centroids_csv
                                        : kmeans_write_centroids_npy)(kmeans, &file, failure))
        return atomic_file_commit(&file, failure);
    atomic_file_abandon(&file);
    return false;
}

/* The colour of a cluster, grey or not, from 0 to `most`. */
static void kmeans_colour_of(const struct kmeans *kmeans, uint32_t j, uint16_t most,
                             uint16_t rgb[3]) {
    const uint32_t dims = kmeans->points.dims;
    const double unit = (kmeans->points.deep ? 65535.0 : 255.0) / most;
    for (uint32_t d = 0; d < 3; d++) {
        const double value = rint(kmeans->written[(size_t)j * dims + (dims == 3 ? d : 0)] / unit);
        rgb[d] = (uint16_t)(value < 0 ? 0 : value > most ? most : value);
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
        uint16_t rgb[3];
        char line[16];
        kmeans_colour_of(kmeans, order[j].cluster, UINT8_MAX, rgb);
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

/* Where labels go, on rank 0. A picture is one of a palette where that holds its colours: 256 of 8
 * bits at most, and no opacity. */
struct label_sink {
    const struct kmeans *kmeans;
    struct atomic_file file;
    struct palette palette;
    struct writer *writer;     /* of a picture with a palette */
    struct png_pixels *pixels; /* of another one */
    uint16_t (*colours)[3];    /* [high], for pixels */
    unsigned channels;
    uint8_t *indices; /* a row of the picture, filled so far: by the one */
    uint16_t *row;    /* or by the other */
    uint32_t filled;
};

static bool kmeans_sink_open_labels(struct label_sink *sink, struct failure *failure) {
    const struct kmeans_points *points = &sink->kmeans->points;
    const bool picture = points->source == KMEANS_FROM_PNG;
    const uint64_t shape[2] = {picture ? points->height : points->points, points->width};
    char header[NPY_HEADER_BYTES];
    npy_header_make(NPY_INT32, picture ? 2 : 1, shape, header);
    return atomic_file_open(&sink->file, sink->kmeans->options->labels, failure) &&
           atomic_file_write(&sink->file, header, sizeof header, failure);
}

static bool kmeans_sink_open_palette(struct label_sink *sink, struct failure *failure) {
    const struct kmeans_points *points = &sink->kmeans->points;
    const char *path = sink->kmeans->options->out;
    const struct image image = {
        .width = points->width, .height = points->height, .palette = &sink->palette};
    const struct writer_format *format = writer_format_find(path, failure);
    for (uint32_t j = 0; j < PALETTE_COLOURS; j++) {
        uint16_t rgb[3];
        kmeans_colour_of(sink->kmeans, j < sink->kmeans->high ? j : sink->kmeans->high - 1,
                         UINT8_MAX, rgb);
        for (int d = 0; d < 3; d++)
            sink->palette.rgb[j][d] = (uint8_t)rgb[d];
    }
    sink->indices = malloc(points->width);
    if (!sink->indices)
        return failure_set(failure, EXIT_RUN, "out of memory");
    sink->writer = format ? writer_open(format, path, &image, failure) : NULL;
    return sink->writer;
}

static bool kmeans_sink_open_pixels(struct label_sink *sink, struct failure *failure) {
    const struct kmeans *kmeans = sink->kmeans;
    const struct kmeans_points *points = &kmeans->points;
    const struct png_shape shape = {points->width, points->height, points->dims + points->alpha,
                                    points->deep};
    sink->channels = shape.channels;
    sink->colours = malloc(kmeans->high * sizeof *sink->colours);
    sink->row = malloc((size_t)points->width * shape.channels * sizeof *sink->row);
    if (!sink->colours || !sink->row)
        return failure_set(failure, EXIT_RUN, "out of memory");
    for (uint32_t j = 0; j < kmeans->high; j++)
        kmeans_colour_of(kmeans, j, points->deep ? UINT16_MAX : UINT8_MAX, sink->colours[j]);
    sink->pixels = png_pixels_open(kmeans->options->out, &shape, failure);
    return sink->pixels;
}

static bool kmeans_sink_open(struct label_sink *sink, struct failure *failure) {
    const struct kmeans *kmeans = sink->kmeans;
    const bool indexed =
        kmeans->high <= PALETTE_COLOURS && !kmeans->points.alpha && !kmeans->points.deep;
    if (kmeans->options->labels && !kmeans_sink_open_labels(sink, failure))
        return false;
    return !kmeans->options->out || (indexed ? kmeans_sink_open_palette(sink, failure)
                                             : kmeans_sink_open_pixels(sink, failure));
}

/* opacity: of the same pixels, where the picture has it. */
static bool kmeans_sink_take(struct label_sink *sink, const int32_t *labels,
                             const uint16_t *opacity, size_t count, struct failure *failure) {
    const struct kmeans_points *points = &sink->kmeans->points;
    if (sink->file.stream &&
        !atomic_file_write(&sink->file, labels, count * sizeof *labels, failure))
        return false;
    for (size_t k = 0; (sink->writer || sink->pixels) && k < count; k++) {
        const size_t column = sink->filled++;
        if (sink->writer) {
            sink->indices[column] = (uint8_t)labels[k];
        } else {
            uint16_t *pixel = sink->row + column * sink->channels;
            memcpy(pixel, sink->colours[labels[k]], points->dims * sizeof *pixel);
            if (points->alpha)
                pixel[points->dims] = opacity[k];
        }
        if (sink->filled < points->width)
            continue;
        const struct image_rows rows = {.indices = sink->indices, .rows = 1};
        sink->filled = 0;
        if (!(sink->writer ? writer_put(sink->writer, &rows, failure)
                           : png_pixels_put(sink->pixels, sink->row, failure)))
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
    if (sink->pixels && failure->exit_status == EXIT_DONE)
        png_pixels_close(sink->pixels, failure);
    else
        png_pixels_abandon(sink->pixels);
    free(sink->colours);
    free(sink->indices);
    free(sink->row);
}

/* Rank 0 receives to the end after a failure, too: the others wait until it has. */
static void kmeans_gather_labels(struct kmeans *kmeans, const struct plait_kmeans_result *result,
                                 struct label_sink *sink, struct failure *failure) {
    const struct session *session = kmeans->run->session;
    const struct kmeans_points *points = &kmeans->points;
    static int32_t chunk[CHUNK_LABELS];
    static uint16_t chunk_opacity[CHUNK_LABELS];
    for (int r = 0; r < session->size; r++) {
        const uint64_t share = points->shares[r];
        const bool own = r == session->rank;
        for (uint64_t first = 0; (own || session->rank == ROOT) && first < share;
             first += CHUNK_LABELS) {
            const int some = share - first < CHUNK_LABELS ? (int)(share - first) : CHUNK_LABELS;
            const int32_t *labels = own ? result->labels + first : chunk;
            const uint16_t *opacity = !points->alpha ? NULL
                                      : own          ? points->opacity + first
                                                     : chunk_opacity;
            if (own && session->rank != ROOT) {
                MPI_CHECK(MPI_Send(labels, some, MPI_INT32_T, ROOT, TAG_LABELS, session->world));
                if (opacity)
                    MPI_CHECK(
                        MPI_Send(opacity, some, MPI_UINT16_T, ROOT, TAG_LABELS, session->world));
                continue;
            }
            if (!own) {
                MPI_CHECK(MPI_Recv(chunk, some, MPI_INT32_T, r, TAG_LABELS, session->world,
                                   MPI_STATUS_IGNORE));
                if (opacity)
                    MPI_CHECK(MPI_Recv(chunk_opacity, some, MPI_UINT16_T, r, TAG_LABELS,
                                       session->world, MPI_STATUS_IGNORE));
            }
            if (failure->exit_status == EXIT_DONE)
                kmeans_sink_take(sink, labels, opacity, (size_t)some, failure);
        }
    }
}

/* -- all ----------------------------------------------------------------------------------------
 */

bool kmeans_write_files(struct kmeans *kmeans, struct failure *failure) {
    const struct kmeans_options *options = kmeans->options;
    const bool root = kmeans->run->session->rank == ROOT;
    struct plait_kmeans_result result;
    plait_kmeans_get_result(kmeans->work, &result);
    if (root && options->centroids)
        kmeans_write_centroids(kmeans, failure);
    if (root && options->palette_out && failure->exit_status == EXIT_DONE)
        kmeans_write_palette(kmeans, &result, failure);
    if (options->labels || options->out) {
        struct label_sink sink = {.kmeans = kmeans};
        if (root && failure->exit_status == EXIT_DONE)
            kmeans_sink_open(&sink, failure);
        kmeans_gather_labels(kmeans, &result, &sink, failure);
        if (root)
            kmeans_sink_close(&sink, failure);
    }
    return agree(kmeans->run->session, failure);
}
