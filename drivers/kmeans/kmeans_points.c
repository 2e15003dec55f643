/* SPDX-License-Identifier: MIT
 * Points from .npy files by offset; from CSV files by the place of a line, which the ranks find
 * together; from PNG files, which have to be read from their beginning, by leaving out the pixels
 * of other ranks. */
#include "kmeans/kmeans_points.h"

#include "base/memory.h"
#include "files/reader_npy.h"
#include "image/reader_png.h"
#include "kmeans/kmeans_options.h"
#include "ranks/agree.h"
#include "ranks/message_buffer.h"
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
    case NPY_INT8:
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
    case NPY_INT8:
        CONVERT(int8_t);
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
                           " (from 0), which doubles do not hold: save floats or smaller integers",
                           path, share->first + beyond / dims, beyond % dims);
    if (!plait_kmeans_find_bad(share, dims, &row, &column))
        return true;
    return failure_set(failure, EXIT_USAGE,
                       "'%s' has %g in row %" PRIu64 ", column %" PRIu32
                       " (from 0): values must be finite and at most 2^400",
                       path, share->values[row * dims + column], share->first + row, column);
}

static bool kmeans_measure_npy(struct kmeans_points *points, const struct session *session,
                               struct failure *failure) {
    struct npy_reader reader;
    (void)session;
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

/* Rank 0: the place of the first point, and how many values it has. */
static bool kmeans_find_first_point(struct csv_points *csv, struct csv_place *first, uint32_t *dims,
                                    struct failure *failure) {
    double row[PLAIT_KMEANS_DIMS_MAX];
    const enum csv_points_outcome outcome =
        csv_points_next(csv, row, PLAIT_KMEANS_DIMS_MAX, failure);
    *first = csv->start;
    *dims = csv->dims;
    return outcome == CSV_POINTS_ROW ||
           (outcome == CSV_POINTS_END &&
            failure_set(failure, EXIT_USAGE, "'%s' has no points: give a line of numbers for each",
                        csv->path));
}

/* One rank alone reads all points at once, into memory that grows with them. */
static bool kmeans_read_whole_csv(struct kmeans_points *points, const struct session *session,
                                  struct csv_points *csv, struct failure *failure) {
    uint64_t most = 0;
    enum csv_points_outcome outcome = CSV_POINTS_ROW;
    while (outcome == CSV_POINTS_ROW) {
        if (csv->next.rows >= most) {
            const uint64_t more = most / 2 + 1024, row = points->dims * sizeof(double);
            double *values = NULL;
            if (!memory_check(session, more * row, "the points", failure))
                return false;
            if (most + more < SIZE_MAX / row)
                values = realloc(points->values, (size_t)((most + more) * row));
            if (!values)
                return failure_set(failure, EXIT_RUN, "out of memory for the points");
            points->values = values;
            most += more;
        }
        outcome = csv_points_next(csv, points->values + csv->next.rows * points->dims, points->dims,
                                  failure);
    }
    points->points = csv->next.rows;
    return outcome == CSV_POINTS_END;
}

/* Collective: each rank counts the points in its part of the bytes, and ranks then know how many
 * there are before it. */
static bool kmeans_count_csv(struct kmeans_points *points, const struct session *session,
                             struct csv_points *csv, struct failure *failure) {
    const uint64_t ranks = (uint64_t)session->size, rank = (uint64_t)session->rank;
    const uint64_t first = points->place.offset, bytes = csv->bytes - first;
    const uint64_t piece = bytes / ranks, begin = first + piece * rank;
    struct csv_part *part = &points->part;
    uint64_t *counts = calloc(2 * ranks, sizeof *counts);
    if (!counts)
        failure_set(failure, EXIT_RUN, "out of memory");
    else
        csv_points_count(csv, begin, rank + 1 == ranks ? csv->bytes : begin + piece, part, failure);
    const bool good = agree(session, failure);
    if (good) {
        const uint64_t mine[2] = {part->rows, part->lines};
        MPI_CHECK(MPI_Allgather(mine, 2, MPI_UINT64_T, counts, 2, MPI_UINT64_T, session->world));
        points->part_line = points->place.lines;
        for (uint64_t r = 0; r < ranks; r++) {
            points->points += counts[2 * r];
            points->part_row += r < rank ? counts[2 * r] : 0;
            points->part_line += r < rank ? counts[2 * r + 1] : 0;
        }
    }
    free(counts);
    return good;
}

/* Collective: whoever has counted the first row of a rank says where it is. */
static bool kmeans_place_csv(struct kmeans_points *points, const struct session *session,
                             struct failure *failure) {
    enum { NUMBERS = 3 };
    const uint64_t ranks = (uint64_t)session->size, rank = (uint64_t)session->rank;
    uint64_t *places = calloc(NUMBERS * ranks, sizeof *places);
    if (!places)
        failure_set(failure, EXIT_RUN, "out of memory");
    const bool good = agree(session, failure);
    if (good) {
        uint64_t share = 0; /* the first row of rank r */
        for (uint64_t r = 0; r < ranks; share += points->shares[r++])
            if (share >= points->part_row && share - points->part_row < points->part.rows) {
                const struct csv_place place =
                    csv_part_place(&points->part, share - points->part_row);
                places[NUMBERS * r] = place.offset;
                places[NUMBERS * r + 1] = points->part_line + place.lines;
                places[NUMBERS * r + 2] = points->part_row + place.rows;
            }
        MPI_CHECK(MPI_Allreduce(MPI_IN_PLACE, places, (int)(NUMBERS * ranks), MPI_UINT64_T, MPI_SUM,
                                session->world));
        points->place = (struct csv_place){places[NUMBERS * rank], places[NUMBERS * rank + 1],
                                           places[NUMBERS * rank + 2]};
    }
    csv_part_free(&points->part);
    free(places);
    return good;
}

/* Collective. */
static bool kmeans_measure_csv(struct kmeans_points *points, const struct session *session,
                               struct failure *failure) {
    struct csv_points csv;
    if (csv_points_open(&csv, points->path, failure) && session_is_root(session))
        kmeans_find_first_point(&csv, &points->place, &points->dims, failure);
    bool good = agree(session, failure);
    if (good) {
        uint64_t root[4] = {csv.bytes, points->place.offset, points->place.lines, points->dims};
        MPI_CHECK(MPI_Bcast(root, 4, MPI_UINT64_T, ROOT, session->world));
        points->place = (struct csv_place){root[1], root[2], 0};
        points->dims = (uint32_t)root[3];
        good =
            root[0] == csv.bytes || failure_set(failure, EXIT_USAGE,
                                                "'%s' has %" PRIu64 " bytes, rank 0's has %" PRIu64
                                                ": give all nodes the same file",
                                                points->path, csv.bytes, root[0]);
        good = agree(session, failure);
    }
    if (good && session->size > 1)
        good = kmeans_count_csv(points, session, &csv, failure);
    else if (good)
        good = csv_points_go(&csv, &points->place, points->dims, failure) &&
               kmeans_read_whole_csv(points, session, &csv, failure);
    csv_points_close(&csv);
    return good;
}

/* From the last place before the rows of this rank that is known. */
static bool kmeans_read_rows_of_csv(struct kmeans_points *points, struct failure *failure) {
    const struct plait_kmeans_share *share = &points->share;
    struct csv_points csv;
    double row[PLAIT_KMEANS_DIMS_MAX];
    uint64_t at = points->place.rows;
    if (share->count == 0)
        return true;
    bool good = csv_points_open(&csv, points->path, failure) &&
                csv_points_go(&csv, &points->place, points->dims, failure);
    for (; good && at < share->first + share->count; at++) {
        double *values =
            at < share->first ? row : points->values + (at - share->first) * points->dims;
        const enum csv_points_outcome outcome =
            csv_points_next(&csv, values, points->dims, failure);
        good = outcome == CSV_POINTS_ROW ||
               (outcome == CSV_POINTS_END &&
                failure_set(failure, EXIT_RUN, "'%s' changed while it was read", points->path));
    }
    csv_points_close(&csv);
    return good;
}

static bool kmeans_read_csv(struct kmeans_points *points, struct failure *failure) {
    return (points->is_read || kmeans_read_rows_of_csv(points, failure)) &&
           kmeans_check_values(points->path, &points->share, points->dims, UINT64_MAX, failure);
}

/* -- .png ---------------------------------------------------------------------------------------
 */

static bool kmeans_measure_png(struct kmeans_points *points, const struct session *session,
                               struct failure *failure) {
    struct png_content content;
    const bool read = png_look(points->path, &content, failure);
    (void)session;
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
                                const uint16_t *rgba) {
    struct kmeans_points *points = context;
    const uint16_t unit = points->deep ? 1 : KMEANS_DEEP_UNIT; /* 8 bits have been spread */
    for (uint32_t column = 0; column < content->width && column < points->width; column++) {
        const uint64_t at = (uint64_t)row * points->width + column - points->share.first;
        if (at >= points->share.count)
            continue;
        for (uint32_t d = 0; d < points->dims; d++)
            points->values[at * points->dims + d] = rgba[4 * (size_t)column + d] / unit;
        if (points->opacity)
            points->opacity[at] = rgba[4 * (size_t)column + 3] / unit;
    }
}

static bool kmeans_read_png(struct kmeans_points *points, struct failure *failure) {
    struct png_content content;
    if (points->alpha) {
        points->opacity = malloc((size_t)(points->share.count + 1) * sizeof *points->opacity);
        if (!points->opacity)
            return failure_set(failure, EXIT_RUN, "out of memory for the points");
    }
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
    static bool (*const measures[])(struct kmeans_points *, const struct session *,
                                    struct failure *) = {kmeans_measure_npy, kmeans_measure_csv,
                                                         kmeans_measure_png};
    *points = (struct kmeans_points){
        .path = path,
        .source = kmeans_name_ends(path, ".npy")   ? KMEANS_FROM_NPY
                  : kmeans_name_ends(path, ".csv") ? KMEANS_FROM_CSV
                                                   : KMEANS_FROM_PNG,
    };
    measures[points->source](points, session, failure);
    points->is_read = points->values;
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
    return agree(session, failure);
}

void kmeans_points_take_share(struct kmeans_points *points, const struct session *session) {
    points->share.first = 0;
    for (int r = 0; r < session->rank; r++)
        points->share.first += points->shares[r];
    points->share.count = points->shares[session->rank];
}

bool kmeans_points_place(struct kmeans_points *points, const struct session *session,
                         struct failure *failure) {
    return points->source != KMEANS_FROM_CSV || session->size == 1 ||
           kmeans_place_csv(points, session, failure);
}

bool kmeans_points_read(struct kmeans_points *points, struct failure *failure) {
    static bool (*const reads[])(struct kmeans_points *, struct failure *) = {
        kmeans_read_npy, kmeans_read_csv, kmeans_read_png};
    const uint64_t items = points->share.count * points->dims;
    if (!points->is_read && items < SIZE_MAX / sizeof(double) - 1)
        points->values = memory_in_large_pages((size_t)(items + 1) * sizeof *points->values);
    if (!points->values)
        return failure_set(failure, EXIT_RUN, "out of memory for the points");
    points->share.values = points->values;
    return reads[points->source](points, failure);
}

void kmeans_points_free(struct kmeans_points *points) {
    csv_part_free(&points->part);
    free(points->shares);
    free(points->values);
    free(points->weights);
    free(points->opacity);
    free(points->exponents);
    points->shares = NULL;
    points->values = NULL;
    points->weights = NULL;
    points->opacity = NULL;
    points->exponents = NULL;
}

/* -- weights ------------------------------------------------------------------------------------
 */

/* Whether a file of weights has one for each point: in a row or a column, or, of a picture, as
 * labels have them. */
static bool kmeans_check_weights_shape(const struct kmeans_points *points, const char *path,
                                       const struct npy_header *header, struct failure *failure) {
    char shape[NPY_SHAPE_BYTES];
    npy_shape_text(header->dimensions, header->shape, shape);
    if (!kmeans_type_is_taken(header->type))
        return failure_set(failure, EXIT_USAGE,
                           "'%s' holds %s: save weights as integers of 8 to 64 bits or as floats",
                           path, npy_types[header->type].name);
    const bool row = header->dimensions == 1 && header->shape[0] == points->points;
    const bool column =
        header->dimensions == 2 && header->shape[0] == points->points && header->shape[1] == 1;
    const bool picture = points->source == KMEANS_FROM_PNG && header->dimensions == 2 &&
                         !header->fortran && header->shape[0] == points->height &&
                         header->shape[1] == points->width;
    return row || column || picture ||
           failure_set(failure, EXIT_USAGE,
                       "'%s' has the shape %s: give a weight for each of the %" PRIu64 " points",
                       path, shape, points->points);
}

/* Those of the rows of this rank; *sum is theirs, at most PLAIT_KMEANS_POINTS_MAX. */
static bool kmeans_read_own_weights(struct kmeans_points *points, const char *path, uint64_t *sum,
                                    struct failure *failure) {
    const uint64_t count = points->share.count;
    struct npy_reader reader;
    uint64_t beyond;
    double *values = malloc((size_t)(count + 1) * sizeof *values);
    bool good = npy_open(&reader, path, failure) &&
                kmeans_check_weights_shape(points, path, &reader.header, failure) &&
                (values || failure_set(failure, EXIT_RUN, "out of memory for the weights")) &&
                npy_seek(&reader, points->share.first, failure) &&
                kmeans_read_items(&reader, values, count, &beyond, failure);
    npy_close(&reader);
    points->weights = (uint64_t *)(void *)values; /* each in the place of its double */
    *sum = 0;
    for (uint64_t i = 0; good && i < count; i++) {
        const double value = values[i];
        if (!(value >= 0 && value < INFINITY) || value != floor(value))
            return failure_set(failure, EXIT_USAGE,
                               "'%s' has %g at point %" PRIu64
                               " (from 0): weights are whole numbers, 0 or more",
                               path, value, points->share.first + i);
        const uint64_t weight = value <= (double)PLAIT_KMEANS_POINTS_MAX
                                    ? (uint64_t)value
                                    : PLAIT_KMEANS_POINTS_MAX + 1;
        memcpy(&points->weights[i], &weight, sizeof weight);
        *sum += weight;
        if (*sum > PLAIT_KMEANS_POINTS_MAX)
            return failure_set(failure, EXIT_USAGE,
                               "the weights in '%s' add up to more than 2^40: scale them down",
                               path);
    }
    return good;
}

bool kmeans_weights_read(struct kmeans_points *points, const struct session *session,
                         const char *path, struct failure *failure) {
    uint64_t sum = 0;
    kmeans_read_own_weights(points, path, &sum, failure);
    if (!agree(session, failure))
        return false;
    MPI_CHECK(MPI_Allreduce(MPI_IN_PLACE, &sum, 1, MPI_UINT64_T, MPI_SUM, session->world));
    points->weight = sum;
    points->share.weights = points->weights;
    if (sum == 0)
        return failure_set(failure, EXIT_USAGE, "all weights in '%s' are 0: no point would count",
                           path);
    return sum <= PLAIT_KMEANS_POINTS_MAX ||
           failure_set(failure, EXIT_USAGE,
                       "the weights in '%s' add up to more than 2^40: scale them down", path);
}

/* -- scales -------------------------------------------------------------------------------------
 */

bool kmeans_points_standardise(struct kmeans_points *points, const struct session *session,
                               struct failure *failure) {
    const uint32_t dims = points->dims;
    double *ends = malloc(2 * dims * sizeof *ends); /* largest values, and of the negative ones */
    points->exponents = calloc(dims, sizeof *points->exponents);
    if (!ends || !points->exponents)
        failure_set(failure, EXIT_RUN, "out of memory");
    if (!agree(session, failure)) {
        free(ends);
        return false;
    }
    for (uint32_t d = 0; d < 2 * dims; d++)
        ends[d] = -INFINITY;
    for (uint64_t i = 0; i < points->share.count; i++)
        for (uint32_t d = 0; d < dims && (!points->weights || points->weights[i] > 0); d++) {
            const double x = points->values[i * dims + d];
            ends[d] = x > ends[d] ? x : ends[d];
            ends[dims + d] = -x > ends[dims + d] ? -x : ends[dims + d];
        }
    MPI_CHECK(
        MPI_Allreduce(MPI_IN_PLACE, ends, (int)(2 * dims), MPI_DOUBLE, MPI_MAX, session->world));
    for (uint32_t d = 0; d < dims; d++) {
        const double range = ends[d] + ends[dims + d];
        int exponent = 1;
        if (range > 0)
            frexp(range, &exponent);
        points->exponents[d] = 1 - exponent;
    }
    free(ends);
    kmeans_points_scale(points, points->values, points->share.count);
    return true;
}

void kmeans_points_scale(const struct kmeans_points *points, double *values, uint64_t rows) {
    const uint32_t dims = points->dims;
    for (uint64_t i = 0; points->exponents && i < rows; i++)
        for (uint32_t d = 0; d < dims; d++)
            values[i * dims + d] = ldexp(values[i * dims + d], points->exponents[d]);
}

void kmeans_points_unscale(const struct kmeans_points *points, double *values, uint64_t rows) {
    const uint32_t dims = points->dims;
    for (uint64_t i = 0; i < rows; i++)
        for (uint32_t d = 0; d < dims; d++) {
            const int exponent = points->exponents ? -points->exponents[d] : 0;
            values[i * dims + d] = ldexp(values[i * dims + d], exponent) + 0.0; /* -0 becomes 0 */
        }
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
    if (good && rows > PLAIT_KMEANS_CLUSTERS_MAX)
        good = failure_set(failure, EXIT_USAGE, "'%s' has %" PRIu64 " centroids: give %d at most",
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
