/* SPDX-License-Identifier: MIT
 * Keeps smooth values on disk until they are complete, and makes files of them. */
#include "picture/value_files.h"

#include "base/atomic_file.h"
#include "files/npy_header.h"
#include "image/png_bands.h"
#include "image/png_workers.h"
#include "image/smooth_colour.h"
#include "image/writer.h"
#include "picture/keepers/keeper.h"
#include "plait/digest.h"
#include "ranks/agree.h"
#include "ranks/mpi_check.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* As for counts (keeper_disk.c), whose parts are as large. */
static const uint64_t thread_bytes = UINT64_C(4) << 20, part_bytes_max = UINT64_C(64) << 20;

struct value_file {
    const char *path;
    const struct writer_format *format;
    struct writer *writer;   /* .png */
    struct atomic_file copy; /* .npy, but for the first: that is the store */
};

static bool is_png(const struct value_file *file) {
    return writer_has_colours(file->format);
}

/* -- before the work --------------------------------------------------------------------------- */

static bool has_ending(const char *path, const char *ending) {
    const size_t length = strlen(path), bytes = strlen(ending);
    return length >= bytes && strcasecmp(path + length - bytes, ending) == 0;
}

bool value_files_begin(struct value_files *files, const struct option_texts *paths,
                       struct failure *failure) {
    if (paths->count == 0)
        return true;
    files->items = calloc(paths->count, sizeof *files->items);
    if (!files->items)
        return failure_set(failure, EXIT_RUN, "out of memory");
    for (size_t k = 0; k < paths->count; k++) {
        const char *path = paths->items[k];
        if (!has_ending(path, ".npy") && !has_ending(path, ".png"))
            return failure_set(
                failure, EXIT_USAGE,
                "no format of values for '%s': use an ending of .npy or .png (grey, 16 bits)",
                path);
        files->items[k].path = path;
        files->items[k].format = writer_format_find(path, failure);
        if (!files->items[k].format)
            return false;
        files->count++;
    }
    return true;
}

static uint64_t value_row_bytes(const struct value_files *files) {
    return (uint64_t)files->escape->width * sizeof(double);
}

static uint64_t value_offset(const struct value_files *files, uint32_t row) {
    return NPY_HEADER_BYTES + row * value_row_bytes(files);
}

/* The first file of values, which the store becomes; NULL: there is none. */
static struct value_file *value_target(const struct value_files *files) {
    for (size_t k = 0; k < files->count; k++)
        if (!is_png(&files->items[k]))
            return &files->items[k];
    return NULL;
}

bool value_files_reserve(struct value_files *files, const struct session *session,
                         const struct plait_escape *escape, const struct plait_exec *exec,
                         struct failure *failure) {
    files->session = session;
    files->escape = escape;
    files->exec = exec;
    files->range = plait_smooth_range_empty();
    const uint64_t wanted = thread_bytes * (uint64_t)exec->threads;
    const uint64_t rows =
        (wanted < part_bytes_max ? wanted : part_bytes_max) / value_row_bytes(files);
    files->rows = rows < 1 ? 1 : rows < escape->height ? (uint32_t)rows : escape->height;
    const size_t pixels = (size_t)files->rows * escape->width;
    files->values = malloc(pixels * sizeof *files->values);
    files->mirrored = malloc(pixels * sizeof *files->mirrored);
    files->plane = malloc(pixels * sizeof *files->plane);
    files->column = malloc(files->rows * sizeof *files->column);
    files->digests = calloc(escape->height, sizeof *files->digests);
    if (!files->values || !files->mirrored || !files->plane || !files->column || !files->digests)
        failure_set(failure, EXIT_RUN, "out of memory for smooth values");
    const struct value_file *target = value_target(files);
    return agree(session, failure) && store_begin(&files->store, session, "--values",
                                                  target ? target->path : files->items[0].path,
                                                  value_offset(files, escape->height), failure);
}

/* -- the work ---------------------------------------------------------------------------------- */

static bool value_store_rows(struct value_files *files, uint32_t first, uint32_t count,
                             const double *values, struct failure *failure) {
    /* Digests are of 32-bit words: twice as many as there are values. */
    plait_digest_rows(files->exec, (const int32_t *)(const void *)values, count,
                      2 * files->escape->width, files->digests + first);
    return store_write(&files->store, value_offset(files, first), values,
                       count * value_row_bytes(files), failure);
}

/* files->mirrored becomes the rows that mirror `count` rows from `first` on, which are at `values`.
 * The library mirrors 32-bit numbers: it gets the halves of the values, one after the other. Column
 * 0 may mirror nothing, and is found by its counts. */
static bool value_mirror(struct value_files *files, const struct valued_rows *rows,
                         const double *values, struct failure *failure) {
    const struct plait_escape *escape = files->escape;
    const size_t width = escape->width, pixels = rows->count * width;
    const uint32_t target = escape->height - rows->first - rows->count + 1;
    memcpy(files->plane, rows->counts, pixels * sizeof *files->plane);
    (void)plait_escape_mirror_rows(escape, files->exec, rows->first, rows->count, files->plane);
    struct plait_smooth_output column = {.values = files->column, .range = files->range};
    const enum plait_status status =
        plait_smooth_rows(escape, files->exec, (struct plait_row_range){target, rows->count}, 1,
                          files->plane, &column);
    if (status != PLAIT_OK)
        return failure_set(failure, EXIT_RUN, "smooth values: %s", plait_status_text(status));
    files->range = column.range;
    for (int half = 0; half < 2; half++) {
        const char *source = (const char *)values + half * sizeof(int32_t);
        char *image = (char *)files->mirrored + half * sizeof(int32_t);
        for (size_t k = 0; k < pixels; k++)
            memcpy(files->plane + k, source + k * sizeof(double), sizeof(int32_t));
        (void)plait_escape_mirror_rows(escape, files->exec, rows->first, rows->count, files->plane);
        for (size_t k = 0; k < pixels; k++)
            memcpy(image + k * sizeof(double), files->plane + k, sizeof(int32_t));
    }
    for (size_t i = 0; i < rows->count; i++)
        files->mirrored[i * width] = files->column[i];
    return true;
}

bool value_files_put(struct value_files *files, const struct valued_rows *rows,
                     struct failure *failure) {
    const struct plait_escape *escape = files->escape;
    const uint32_t images = escape->height - plait_escape_distinct_rows(escape);
    if (!value_store_rows(files, rows->first, rows->count, files->values, failure))
        return false;
    /* Rows 1 to `images` have an image. */
    const uint32_t begin = rows->first > 1 ? rows->first : 1;
    const uint32_t end =
        rows->first + rows->count < images + 1 ? rows->first + rows->count : images + 1;
    if (begin >= end)
        return true;
    const size_t skipped = (size_t)(begin - rows->first) * escape->width;
    const struct valued_rows some = {begin, end - begin, rows->counts + skipped};
    return value_mirror(files, &some, files->values + skipped, failure) &&
           value_store_rows(files, escape->height - end + 1, end - begin, files->mirrored, failure);
}

bool value_files_resume(struct value_files *files, const struct unit_set *resumed,
                        struct keeper *keeper, struct failure *failure) {
    for (size_t k = 0; k < resumed->count; k++) {
        uint32_t first = (uint32_t)resumed->items[k].first;
        const uint32_t end = first + (uint32_t)resumed->items[k].count;
        for (struct image_rows block; first < end; first += block.rows) {
            if (!keeper->kind->read(keeper, first, &block, failure))
                return false;
            const uint32_t most = end - first < files->rows ? end - first : files->rows;
            block.rows = block.rows < most ? block.rows : most;
            struct plait_smooth_output output = {.values = files->values, .range = files->range};
            const enum plait_status status = plait_smooth_rows(
                files->escape, files->exec, (struct plait_row_range){first, block.rows},
                files->escape->width, block.counts, &output);
            if (status != PLAIT_OK)
                return failure_set(failure, EXIT_RUN, "smooth values: %s",
                                   plait_status_text(status));
            files->range = output.range;
            const struct valued_rows rows = {first, block.rows, block.counts};
            if (!value_files_put(files, &rows, failure))
                return false;
        }
    }
    return true;
}

bool value_files_settle(struct value_files *files, struct failure *failure) {
    const struct session *session = files->session;
    const bool root = session_is_root(session);
    struct plait_smooth_range *range = &files->range;
    if (root) {
        char header[NPY_HEADER_BYTES];
        const uint64_t shape[] = {files->escape->height, files->escape->width};
        npy_header_make(NPY_FLOAT64, 2, shape, header);
        store_write(&files->store, 0, header, sizeof header, failure);
    }
    if (!agree(session, failure))
        return false;
    MPI_CHECK(MPI_Allreduce(MPI_IN_PLACE, &range->min, 1, MPI_INT64_T, MPI_MIN, session->world));
    MPI_CHECK(MPI_Allreduce(MPI_IN_PLACE, &range->max, 1, MPI_INT64_T, MPI_MAX, session->world));
    MPI_CHECK(MPI_Reduce(root ? MPI_IN_PLACE : files->digests, files->digests,
                         (int)files->escape->height, MPI_UINT64_T, MPI_BOR, ROOT, session->world));
    return store_settle(&files->store, failure);
}

/* -- the files --------------------------------------------------------------------------------- */

enum { VALUE_TEXTS = PROVENANCE_TEXTS + 1, FORMULA_BYTES = 256 };

/* A text in a .png that gives its greys a meaning. MIN and MAX are exact. */
static void value_formula(const struct value_files *files, char text[FORMULA_BYTES]) {
    const struct plait_smooth_range *range = &files->range;
    const bool empty = range->min > range->max;
    const double min = empty ? 0 : (double)range->min / PLAIT_SMOOTH_UNIT;
    const double max = empty ? 0 : (double)range->max / PLAIT_SMOOTH_UNIT;
    snprintf(
        text, FORMULA_BYTES,
        "grey 0: does not escape, else 1 + floor(65535 h(value) / (h(max) + 2^-24)), h(v) = log2(1 + v - min) rounded down to 2^-24, min %.17g, max %.17g",
        min, max);
}

static bool value_open_files(struct value_files *files, const struct provenance *provenance,
                             struct failure *failure) {
    char formula[FORMULA_BYTES];
    struct named_text texts[VALUE_TEXTS];
    value_formula(files, formula);
    memcpy(texts, provenance->texts, sizeof provenance->texts);
    texts[PROVENANCE_TEXTS] = (struct named_text){PROVENANCE_VALUES, formula};
    const struct image image = {
        .width = files->escape->width,
        .height = files->escape->height,
        .deep_grey = true,
        .texts = texts,
        .text_count = VALUE_TEXTS,
        .threads = 1, /* bands come encoded */
    };
    for (size_t k = 0; k < files->count; k++) {
        struct value_file *file = &files->items[k];
        char header[NPY_HEADER_BYTES];
        if (is_png(file)) {
            file->writer = writer_open(file->format, file->path, &image, failure);
            if (!file->writer)
                return false;
        } else if (file != value_target(files)) {
            if (!atomic_file_open(&file->copy, file->path, failure) ||
                !store_read(&files->store, 0, header, sizeof header, failure) ||
                !atomic_file_write(&file->copy, header, sizeof header, failure))
                return false;
        }
    }
    return true;
}

/* Encodes whole bands, each on one thread, and writes them in order. */
static bool value_put_bands(const struct value_files *files, const struct grey_scale *scale,
                            uint32_t first, uint32_t rows, struct failure *failure) {
    const size_t width = files->escape->width;
    const struct png_bands bands =
        png_bands_of(files->escape->width, files->escape->height, PNG_DEEP_GREY_BYTES);
    const uint32_t begin = first / bands.rows, count = (rows + bands.rows - 1) / bands.rows;
    struct png_chunk *chunks = calloc(count, sizeof *chunks);
    int failed = !chunks;
#pragma omp parallel num_threads(files->exec->threads) reduction(| : failed)
    {
        struct png_encoder encoder = {0};
        failed |= !png_encoder_begin(&encoder, &bands);
#pragma omp for schedule(dynamic, 1)
        for (uint32_t k = 0; k < count; k++) {
            const uint32_t height = png_band_rows(&bands, begin + k);
            for (uint32_t row = 0; !failed && row < height; row++)
                grey_scale_row(scale, files->values + (k * bands.rows + row) * width, width,
                               png_encoder_row(&encoder, row));
            failed = failed || !png_band_encode(&encoder, begin + k, &chunks[k]);
        }
        png_encoder_end(&encoder);
    }
    bool written = !failed || failure_set(failure, EXIT_RUN, "out of memory for smooth values");
    for (uint32_t k = 0; chunks && k < count; k++) {
        const uint32_t height = png_band_rows(&bands, begin + k);
        for (size_t f = 0; written && f < files->count; f++)
            written = !files->items[f].writer ||
                      writer_band(files->items[f].writer, &chunks[k], height, failure);
        free(chunks[k].bytes);
    }
    free(chunks);
    return written;
}

/* Rows of the store, as their owners wrote them. */
static bool value_read_rows(struct value_files *files, uint32_t first, uint32_t rows,
                            struct failure *failure) {
    uint64_t *digests = malloc(rows * sizeof *digests);
    if (!digests)
        return failure_set(failure, EXIT_RUN, "out of memory for smooth values");
    bool good = store_read(&files->store, value_offset(files, first), files->values,
                           rows * value_row_bytes(files), failure);
    if (good)
        plait_digest_rows(files->exec, (const int32_t *)(const void *)files->values, rows,
                          2 * files->escape->width, digests);
    for (uint32_t i = 0; good && i < rows; i++)
        good =
            digests[i] == files->digests[first + i] ||
            failure_set(
                failure, EXIT_RUN,
                "row %" PRIu32
                " of the values next to '%s' is not what its rank wrote there: choose another directory",
                first + i, files->store.target);
    free(digests);
    return good;
}

static bool value_put_all(struct value_files *files, struct progress_display *display,
                          struct failure *failure) {
    struct grey_scale scale;
    grey_scale_fill(&scale, &files->range);
    const uint32_t height = files->escape->height;
    const uint32_t band = png_bands_of(files->escape->width, height, PNG_DEEP_GREY_BYTES).rows;
    const uint32_t most = files->rows > band ? files->rows / band * band : files->rows;
    bool pictures = false;
    for (size_t k = 0; k < files->count; k++)
        pictures |= is_png(&files->items[k]);
    for (uint32_t first = 0, rows; first < height; first += rows) {
        rows = height - first < most ? height - first : most;
        if (!value_read_rows(files, first, rows, failure) ||
            (pictures && !value_put_bands(files, &scale, first, rows, failure)))
            return false;
        for (size_t k = 0; k < files->count; k++)
            if (files->items[k].copy.stream &&
                !atomic_file_write(&files->items[k].copy, files->values,
                                   rows * value_row_bytes(files), failure))
                return false;
        progress_display_update(display, first + rows, height);
    }
    return true;
}

bool value_files_write(struct value_files *files, const struct provenance *provenance,
                       struct progress_display *display, struct failure *failure) {
    bool written =
        value_open_files(files, provenance, failure) && value_put_all(files, display, failure);
    for (size_t k = 0; k < files->count; k++) {
        struct value_file *file = &files->items[k];
        struct writer *writer = file->writer;
        file->writer = NULL;
        if (!written)
            writer_abandon(writer);
        else if (writer)
            written = writer_close(writer, failure);
        else if (file->copy.stream)
            written = atomic_file_commit(&file->copy, failure);
        else
            written = store_commit(&files->store, failure);
    }
    return written;
}

void value_files_end(struct value_files *files) {
    for (size_t k = 0; k < files->count; k++)
        atomic_file_abandon(&files->items[k].copy);
    store_end(&files->store);
    free(files->items);
    free(files->values);
    free(files->mirrored);
    free(files->plane);
    free(files->column);
    free(files->digests);
    *files = (struct value_files){0};
}
