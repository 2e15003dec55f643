/* SPDX-License-Identifier: MIT
 * plait colour: pictures of counts that were computed before. The counts are read twice, for their
 * range and for their pixels, some rows at a time, so that memory does not grow with the picture.
 */
#include "base/atomic_file.h"
#include "base/standard_output.h"
#include "files/reader_npy.h"
#include "image/palette_file.h"
#include "image/writer.h"
#include "picture/colour_options.h"
#include "picture/provenance.h"
#include "plait/digest.h"
#include "plait/escape.h"
#include "run/command.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Counts that are held at a time, but one row at least. */
enum { BAND_COUNTS = 1 << 20 };

/* A run from file to files. */
struct colouring {
    const struct colour_options *options;
    struct npy_reader reader;
    uint32_t width, height;
    uint32_t band;     /* rows */
    int32_t *counts;   /* [band][width] */
    uint64_t *digests; /* [height] */
    uint64_t fnv1a;
    struct plait_exec exec;
    struct palette palette;
    struct colour_range range;
    struct provenance provenance;
    struct writer **writers; /* [options->out.count]; NULL where there is none */
};

static bool check_outputs(const struct colouring *colouring, struct failure *failure) {
    const struct colour_options *options = colouring->options;
    for (size_t k = 0; k < options->out.count; k++) {
        const char *path = options->out.items[k];
        const struct writer_format *format = writer_format_find_coloured(path, failure);
        if (!format || !writer_check(format, path, colouring->width, colouring->height, failure))
            return false;
        if (!writer_makes_file(format))
            continue;
        for (size_t i = 0; i < k; i++)
            if (!atomic_file_check_apart(path, options->out.items[i], failure))
                return false;
        if (!atomic_file_check_apart(path, options->file, failure) ||
            !palette_check_apart(options->palette, path, failure))
            return false;
    }
    return true;
}

/* Whether the array is one of counts as mandelbrot and julia write them, or NumPy after them. */
static bool check_header(const struct npy_header *header, const char *path,
                         struct failure *failure) {
    char shape[NPY_SHAPE_BYTES];
    npy_shape_text(header->dimensions, header->shape, shape);
    if (header->type != NPY_INT32)
        return failure_set(failure, EXIT_USAGE, "'%s' holds %s: give counts, saved as int32", path,
                           npy_types[header->type].name);
    if (header->dimensions != 2)
        return failure_set(failure, EXIT_USAGE,
                           "'%s' has the shape %s: give counts of a picture, two dimensions", path,
                           shape);
    if (header->fortran)
        return failure_set(failure, EXIT_USAGE,
                           "'%s' is stored column by column (Fortran order): save it in C order",
                           path);
    for (int k = 0; k < 2; k++)
        if (header->shape[k] < 1 || header->shape[k] > PLAIT_ESCAPE_SIDE_MAX)
            return failure_set(failure, EXIT_USAGE,
                               "'%s' has %" PRIu64 " rows of %" PRIu64
                               " counts: a picture has 1 to %u of both",
                               path, header->shape[0], header->shape[1], PLAIT_ESCAPE_SIDE_MAX);
    return true;
}

static bool allocate(struct colouring *colouring, struct failure *failure) {
    const uint32_t rows = BAND_COUNTS / colouring->width;
    colouring->band = rows < 1 ? 1 : rows < colouring->height ? rows : colouring->height;
    colouring->counts =
        malloc((size_t)colouring->band * colouring->width * sizeof *colouring->counts);
    colouring->digests = malloc(colouring->height * sizeof *colouring->digests);
    colouring->writers = calloc(colouring->options->out.count, sizeof(struct writer *));
    return (colouring->counts && colouring->digests && colouring->writers) ||
           failure_set(failure, EXIT_RUN, "out of memory");
}

static bool begin(struct colouring *colouring, const struct option_values *values,
                  struct failure *failure) {
    const struct colour_options *options = colouring->options;
    const struct npy_header *header = &colouring->reader.header;
    if (!npy_open(&colouring->reader, options->file, failure) ||
        !check_header(header, options->file, failure))
        return false;
    colouring->height = (uint32_t)header->shape[0];
    colouring->width = (uint32_t)header->shape[1];
    if (!check_outputs(colouring, failure) ||
        !palette_load(options->palette, &colouring->palette, failure) ||
        !provenance_begin(&colouring->provenance, values, failure))
        return false;
    (void)plait_exec_init(&colouring->exec, NULL, 1); /* hashes rows, no more */
    return allocate(colouring, failure);
}

/* Reads the next rows, checked each time: the file may change while it is read. */
static bool read_rows(struct colouring *colouring, uint32_t first, uint32_t rows,
                      struct failure *failure) {
    const size_t count = (size_t)rows * colouring->width;
    if (!npy_read(&colouring->reader, colouring->counts, count, failure))
        return false;
    for (size_t k = 0; k < count; k++)
        if (colouring->counts[k] < 0)
            return failure_set(failure, EXIT_USAGE,
                               "'%s' has %" PRId32
                               " in row %zu, column %zu: counts are never negative",
                               colouring->options->file, colouring->counts[k],
                               first + k / colouring->width, k % colouring->width);
    return true;
}

/* Gives all rows to a step, band by band from the top. */
static bool for_bands(struct colouring *colouring,
                      bool (*step)(struct colouring *colouring, uint32_t first, uint32_t rows,
                                   struct failure *failure),
                      struct failure *failure) {
    for (uint32_t first = 0; first < colouring->height;) {
        const uint32_t left = colouring->height - first;
        const uint32_t rows = left < colouring->band ? left : colouring->band;
        if (!read_rows(colouring, first, rows, failure) || !step(colouring, first, rows, failure))
            return false;
        first += rows;
    }
    return true;
}

static bool measure_rows(struct colouring *colouring, uint32_t first, uint32_t rows,
                         struct failure *failure) {
    (void)failure;
    const struct colour_range range =
        colour_range_of((enum colour_value)colouring->options->value, colouring->counts,
                        (size_t)rows * colouring->width);
    colouring->range = colour_range_merge(colouring->range, range);
    plait_digest_rows(&colouring->exec, colouring->counts, rows, colouring->width,
                      colouring->digests + first);
    return true;
}

static bool measure(struct colouring *colouring, struct failure *failure) {
    colouring->range = colour_range_empty();
    if (!for_bands(colouring, measure_rows, failure))
        return false;
    colouring->fnv1a = plait_digest_picture(colouring->digests, colouring->height);
    return npy_rewind(&colouring->reader, failure);
}

static bool open_writers(struct colouring *colouring, struct failure *failure) {
    const struct option_texts *out = &colouring->options->out;
    const struct image image = {
        .width = colouring->width,
        .height = colouring->height,
        .colour = {(enum colour_value)colouring->options->value, colouring->range},
        .palette = &colouring->palette,
        .texts = colouring->provenance.texts,
        .text_count = PROVENANCE_TEXTS,
    };
    for (size_t k = 0; k < out->count; k++) {
        const struct writer_format *format = writer_format_find_coloured(out->items[k], failure);
        colouring->writers[k] = format ? writer_open(format, out->items[k], &image, failure) : NULL;
        if (!colouring->writers[k])
            return false;
    }
    return true;
}

static bool write_rows(struct colouring *colouring, uint32_t first, uint32_t rows,
                       struct failure *failure) {
    (void)first;
    for (size_t k = 0; k < colouring->options->out.count; k++)
        if (!writer_rows(colouring->writers[k], colouring->counts, rows, failure))
            return false;
    return true;
}

static bool write_files(struct colouring *colouring, struct failure *failure) {
    provenance_seal(&colouring->provenance, colouring->fnv1a);
    bool good = open_writers(colouring, failure) && for_bands(colouring, write_rows, failure);
    for (size_t k = 0; k < colouring->options->out.count; k++)
        if (good)
            good = writer_close(colouring->writers[k], failure);
        else
            writer_abandon(colouring->writers[k]);
    return good;
}

static bool tell(const struct colouring *colouring, struct failure *failure) {
    const struct colour_options *options = colouring->options;
    printf("colour %" PRIu32 "x%" PRIu32 ", values %" PRId32 " to %" PRId32 ", fnv1a %016" PRIx64
           ": %s",
           colouring->width, colouring->height, colouring->range.min, colouring->range.max,
           colouring->fnv1a, options->file);
    for (size_t k = 0; k < options->out.count; k++)
        printf("%s%s", k == 0 ? " -> " : ", ", options->out.items[k]);
    putchar('\n');
    return standard_output_flush(failure);
}

static void run(struct option_values *values, struct failure *failure) {
    struct colour_options options = {0};
    struct colouring colouring = {.options = &options};
    if (values_apply(values, &options, failure) && begin(&colouring, values, failure) &&
        measure(&colouring, failure) && write_files(&colouring, failure))
        tell(&colouring, failure);
    npy_close(&colouring.reader);
    provenance_free(&colouring.provenance);
    free(colouring.counts);
    free(colouring.digests);
    free(colouring.writers);
}

const struct command cmd_colour = {.options = &colour_option_set, .run_local = run, .local = true};
