/* SPDX-License-Identifier: MIT
 * Points from .npy files by offset, and from CSV and PNG files, which have none, by reading them
 * twice: for their size, and for the rows of this rank. */
#include "kmeans/kmeans_points.h"

#include "base/decompose.h"
#include "files/reader_npy.h"
#include "image/reader_png.h"
#include "kmeans/csv_points.h"
#include "kmeans/kmeans_options.h"
#include "ranks/agree.h"
#include "ranks/mpi_check.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Numbers that are converted at a time. */
enum { CHUNK_ITEMS = 1 << 16, ITEM_BYTES_MAX = 8 };

/* -- .npy ---------------------------------------------------------------------------------------
 */

static bool kmeans_type_is_taken(enum npy_type type) {
    switch (type) {
    case NPY_INT16:
    case NPY_INT32:
    case NPY_INT64:
    case NPY_UINT8:
    case NPY_UINT16:
    case NPY_UINT32:
    case NPY_UINT64:
    case NPY_FLOAT32:
    case NPY_FLOAT64:
        return true;
    default:
        return false;
    }
}

/* What is in the file: rows and columns. */
static bool kmeans_check_array(const struct npy_header *header, const char *path, uint64_t *rows,
                               uint32_t *columns, struct failure *failure) {
    char shape[NPY_SHAPE_BYTES];
    npy_shape_text(header->dimensions, header->shape, shape);
    if (!kmeans_type_is_taken(header->type))
        return failure_set(failure, EXIT_USAGE,
                           "'%s' holds %s: save it as float64, float32 or integers of 8 to 64 bits",
                           path, npy_types[header->type].name);
    if (header->dimensions != 1 && header->dimensions != 2)
        return failure_set(failure, EXIT_USAGE, "'%s' has the shape %s: give a row for each point",
                           path, shape);
    if (header->fortran && header->dimensions == 2)
        return failure_set(failure, EXIT_USAGE,
                           "'%s' is stored column by column (Fortran order): save it in C order",
                           path);
    const uint64_t width = header->dimensions == 2 ? header->shape[1] : 1;
    if (header->shape[0] < 1 || header->shape[0] > PLAIT_KMEANS_POINTS_MAX || width < 1 ||
        width > PLAIT_KMEANS_DIMS_MAX)
        return failure_set(failure, EXIT_USAGE,
                           "'%s' has the shape %s: give 1 to 2^40 rows of 1 to %d columns", path,
                           shape, PLAIT_KMEANS_DIMS_MAX);
    *rows = header->shape[0];
    *columns = (uint32_t)width;
    return true;
}

#define CONVERT(type)                                        \
    for (size_t k = 0; k < count; k++) {                     \
        type item;                                           \
        memcpy(&item, items + k * sizeof item, sizeof item); \
        values[k] = (double)item;                            \
    }                                                        \
    break

static void kmeans_convert(enum npy_type type, const unsigned char *items, size_t count,
                           double *values) {
    switch (type) {
    case NPY_INT16:
        CONVERT(int16_t);
    case NPY_INT32:
        CONVERT(int32_t);
    case NPY_INT64:
        CONVERT(int64_t);
    case NPY_UINT8:
        CONVERT(uint8_t);
    case NPY_UINT16:
        CONVERT(uint16_t);
    case NPY_UINT32:
        CONVERT(uint32_t);
    case NPY_UINT64:
        CONVERT(uint64_t);
    case NPY_FLOAT32:
        CONVERT(float);
    default:
        CONVERT(double);
    }
}

/* Reads `count` items as doubles. Integers that no double equals are refused: the first of them is
 * number *beyond, else that is UINT64_MAX. */
static bool kmeans_read_items(struct npy_reader *reader, double *values, uint64_t count,
                              uint64_t *beyond, struct failure *failure) {
    const enum npy_type type = reader->header.type;
    unsigned char *items = malloc((size_t)CHUNK_ITEMS * ITEM_BYTES_MAX);
    bool read = items || failure_set(failure, EXIT_RUN, "out of memory");
    *beyond = UINT64_MAX;
    for (uint64_t first = 0; read && first < count; first += CHUNK_ITEMS) {
        const size_t some = count - first < CHUNK_ITEMS ? (size_t)(count - first) : CHUNK_ITEMS;
        read = npy_read(reader, items, some, failure);
        if (!read)
            break;
        kmeans_convert(type, items, some, values + first);
        for (size_t k = 0; (type == NPY_INT64 || type == NPY_UINT64) && k < some; k++) {
            int64_t whole;
            memcpy(&whole, items + k * sizeof whole, sizeof whole);
            const bool large = type == NPY_INT64
                                   ? whole > INT64_C(1) << 53 || whole < -(INT64_C(1) << 53)
                                   : (uint64_t)whole > UINT64_C(1) << 53;
            if (large && *beyond == UINT64_MAX)
                *beyond = first + k;
        }
    }
    free(items);
    return read;
}

/* Refuses what no point may have, of rows from `first` on. */
static bool kmeans_check_values(const char *path, const struct plait_kmeans_share *share,
                                uint32_t dims, uint64_t beyond, struct failure *failure) {
    uint64_t row;
    uint32_t column;
    if (beyond != UINT64_MAX)
        return failure_set(failure, EXIT_USAGE,
                           "'%s' has an integer beyond 2^53 in row %" PRIu64 ", column %" PRIu64
                           " (from 0): doubles do not hold it",
                           path, share->first + beyond / dims, beyond % dims);
    if (!plait_kmeans_find_bad(share, dims, &row, &column))
        return true;
    return failure_set(failure, EXIT_USAGE,
                       "'%s' has %g in row %" PRIu64 ", column %" PRIu32
                       " (from 0): values must be finite and at most 2^400",
                       path, share->values[row * dims + column], share->first + row, column);
}

static bool kmeans_measure_npy(struct kmeans_points *points, struct failure *failure) {
    struct npy_reader reader;
    const bool good =
        npy_open(&reader, points->path, failure) &&
        kmeans_check_array(&reader.header, points->path, &points->points, &points->dims, failure);
    npy_close(&reader);
    return good;
}

static bool kmeans_read_npy(struct kmeans_points *points, struct failure *failure) {
    struct npy_reader reader;
    uint64_t rows, beyond = UINT64_MAX;
    uint32_t dims;
    bool good = npy_open(&reader, points->path, failure) &&
                kmeans_check_array(&reader.header, points->path, &rows, &dims, failure);
    if (good && (rows != points->points || dims != points->dims))
        good = failure_set(failure, EXIT_RUN, "'%s' changed while it was read", points->path);
    good = good && npy_seek(&reader, points->share.first * dims, failure) &&
           kmeans_read_items(&reader, points->values, points->share.count * dims, &beyond, failure);
    npy_close(&reader);
    return good && kmeans_check_values(points->path, &points->share, points->dims, beyond, failure);
}

/* -- .csv ---------------------------------------------------------------------------------------
 */

/* Goes through the whole file; stores the rows of this rank where there is memory for them. */
static bool kmeans_go_through_csv(struct kmeans_points *points, uint64_t *rows, uint32_t *dims,
                                  struct failure *failure) {
    struct csv_points csv;
    double row[PLAIT_KMEANS_DIMS_MAX];
    enum csv_points_outcome outcome = CSV_POINTS_BAD;
    if (csv_points_open(&csv, points->path, failure))
        while ((outcome = csv_points_next(&csv, row, PLAIT_KMEANS_DIMS_MAX, failure)) ==
               CSV_POINTS_ROW) {
            const uint64_t at = csv.row - 1 - points->share.first;
            if (points->values && csv.row > points->share.first && at < points->share.count &&
                csv.dims == points->dims)
                memcpy(points->values + at * csv.dims, row, csv.dims * sizeof *row);
        }
    *rows = csv.row;
    *dims = csv.dims;
    csv_points_close(&csv);
    return outcome == CSV_POINTS_END;
}

static bool kmeans_measure_csv(struct kmeans_points *points, struct failure *failure) {
    if (!kmeans_go_through_csv(points, &points->points, &points->dims, failure))
        return false;
    return points->points > 0 ||
           failure_set(failure, EXIT_USAGE, "'%s' has no points: give a line of numbers for each",
                       points->path);
}

static bool kmeans_read_csv(struct kmeans_points *points, struct failure *failure) {
    uint64_t rows;
    uint32_t dims;
    if (!kmeans_go_through_csv(points, &rows, &dims, failure))
        return false;
    if (rows != points->points || dims != points->dims)
        return failure_set(failure, EXIT_RUN, "'%s' changed while it was read", points->path);
    return kmeans_check_values(points->path, &points->share, points->dims, UINT64_MAX, failure);
}

/* -- .png ---------------------------------------------------------------------------------------
 */

static bool kmeans_measure_png(struct kmeans_points *points, struct failure *failure) {
    struct png_content content;
    const bool read = png_read(points->path, &content, NULL, NULL, failure);
    points->width = content.width;
    points->height = content.height;
    points->points = (uint64_t)content.width * content.height;
    points->dims = content.grey ? 1 : 3;
    points->alpha = content.alpha;
    points->deep = content.bits > 8;
    png_content_free(&content);
    return read;
}

static void kmeans_take_png_row(void *context, const struct png_content *content, uint32_t row,
                                const uint16_t *rgb) {
    struct kmeans_points *points = context;
    const uint16_t unit = points->deep ? 1 : KMEANS_DEEP_UNIT; /* 8 bits have been spread */
    for (uint32_t column = 0; column < content->width && column < points->width; column++) {
        const uint64_t at = (uint64_t)row * points->width + column - points->share.first;
        if (at < points->share.count)
            for (uint32_t d = 0; d < points->dims; d++)
                points->values[at * points->dims + d] = rgb[3 * (size_t)column + d] / unit;
    }
}

static bool kmeans_read_png(struct kmeans_points *points, struct failure *failure) {
    struct png_content content;
    bool read = png_read16(points->path, &content, kmeans_take_png_row, points, failure);
    if (read && (content.width != points->width || content.height != points->height))
        read = failure_set(failure, EXIT_RUN, "'%s' changed while it was read", points->path);
    png_content_free(&content);
    return read;
}

/* -- all ----------------------------------------------------------------------------------------
 */

bool kmeans_points_measure(struct kmeans_points *points, const struct session *session,
                           const char *path, struct failure *failure) {
    static bool (*const measures[])(struct kmeans_points *, struct failure *) = {
        kmeans_measure_npy, kmeans_measure_csv, kmeans_measure_png};
    *points = (struct kmeans_points){
        .path = path,
        .source = kmeans_name_ends(path, ".npy")   ? KMEANS_FROM_NPY
                  : kmeans_name_ends(path, ".csv") ? KMEANS_FROM_CSV
                                                   : KMEANS_FROM_PNG,
    };
    measures[points->source](points, failure);
    if (!agree(session, failure))
        return false;
    /* Nodes may have files of their own. */
    uint64_t mine[2] = {points->points, points->dims}, root[2] = {mine[0], mine[1]};
    MPI_CHECK(MPI_Bcast(root, 2, MPI_UINT64_T, ROOT, session->world));
    if (mine[0] != root[0] || mine[1] != root[1])
        failure_set(failure, EXIT_USAGE,
                    "'%s' has %" PRIu64 " points of %" PRIu64 " values, rank 0's has %" PRIu64
                    " of %" PRIu64 ": give all nodes the same file",
                    path, mine[0], mine[1], root[0], root[1]);
    uint64_t first = 0;
    for (int r = 0; r < session->rank; r++)
        first += decompose_block(mine[0], (uint64_t)session->size, (uint64_t)r);
    points->share.first = first;
    points->share.count =
        decompose_block(mine[0], (uint64_t)session->size, (uint64_t)session->rank);
    if (points->share.count > PLAIT_KMEANS_SHARE_MAX)
        failure_set(failure, EXIT_USAGE,
                    "'%s' has %" PRIu64 " points for %d ranks: a rank takes 2^31, start more", path,
                    points->points, session->size);
    return agree(session, failure);
}

bool kmeans_points_read(struct kmeans_points *points, struct failure *failure) {
    static bool (*const reads[])(struct kmeans_points *, struct failure *) = {
        kmeans_read_npy, kmeans_read_csv, kmeans_read_png};
    const uint64_t items = points->share.count * points->dims;
    if (items < SIZE_MAX / sizeof(double) - 1)
        points->values = malloc((size_t)(items + 1) * sizeof *points->values);
    if (!points->values)
        return failure_set(failure, EXIT_RUN, "out of memory for the points");
    points->share.values = points->values;
    return reads[points->source](points, failure);
}

void kmeans_points_free(struct kmeans_points *points) {
    free(points->values);
    points->values = NULL;
}

/* -- centroids ----------------------------------------------------------------------------------
 */

/* Rank 0. */
static bool kmeans_read_centroids(const char *path, uint32_t dims, double **centroids,
                                  uint32_t *clusters, struct failure *failure) {
    struct npy_reader reader;
    uint64_t rows = 0, beyond = UINT64_MAX;
    uint32_t columns = 0;
    bool good = npy_open(&reader, path, failure) &&
                kmeans_check_array(&reader.header, path, &rows, &columns, failure);
    if (good && columns != dims)
        good = failure_set(failure, EXIT_USAGE,
                           "'%s' has centroids of %" PRIu32 " values for points of %" PRIu32
                           ": give as many",
                           path, columns, dims);
    if (good &&
        (rows > PLAIT_KMEANS_CLUSTERS_MAX || rows * dims > PLAIT_KMEANS_CENTROID_VALUES_MAX))
        good =
            failure_set(failure, EXIT_USAGE,
                        "'%s' has %" PRIu64 " centroids: give %d at most, and 2^26 values in all",
                        path, rows, PLAIT_KMEANS_CLUSTERS_MAX);
    if (good) {
        *clusters = (uint32_t)rows;
        *centroids = malloc(rows * dims * sizeof **centroids);
        good = (*centroids || failure_set(failure, EXIT_RUN, "out of memory for centroids")) &&
               kmeans_read_items(&reader, *centroids, rows * dims, &beyond, failure);
    }
    npy_close(&reader);
    const struct plait_kmeans_share share = {*centroids, 0, rows, NULL};
    return good && kmeans_check_values(path, &share, dims, beyond, failure);
}

bool kmeans_centroids_read(const struct session *session, const char *path, uint32_t dims,
                           double **centroids, uint32_t *clusters, struct failure *failure) {
    if (session->rank == ROOT)
        kmeans_read_centroids(path, dims, centroids, clusters, failure);
    if (!agree(session, failure))
        return false;
    MPI_CHECK(MPI_Bcast(clusters, 1, MPI_UINT32_T, ROOT, session->world));
    if (session->rank != ROOT)
        *centroids = malloc((size_t)*clusters * dims * sizeof **centroids);
    if (!*centroids)
        failure_set(failure, EXIT_RUN, "out of memory for centroids");
    if (!agree(session, failure))
        return false;
    MPI_CHECK(MPI_Bcast(*centroids, (int)(*clusters * dims), MPI_DOUBLE, ROOT, session->world));
    return true;
}
