/* SPDX-License-Identifier: MIT
 * plait colour: pictures of counts that were computed before. The counts are read twice, for their
 * range and for their pixels, and for their histogram in between, some rows at a time, so that
 * memory does not grow with the picture.
 */
#include "base/exec_choice.h"
#include "base/standard_output.h"
#include "files/reader_npy.h"
#include "image/palette_file.h"
#include "picture/colour_options.h"
#include "picture/draw.h"
#include "plait/digest.h"
#include "plait/escape.h"
#include "run/command.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

/* A run from file to files. */
struct recolouring {
    struct npy_reader reader;
    struct picture_files files;
    struct colouring colouring;
    struct provenance provenance;
    struct plait_exec exec;
    struct drawing drawing;
    int32_t *counts;   /* of a block */
    uint64_t *digests; /* [height] */
    uint64_t fnv1a;
};

/* Whether the array is one of counts as mandelbrot and julia write them, or NumPy after them. */
static bool colour_check_header(const struct npy_header *header, const char *path,
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

/* A drawing's read. Counts are checked each time: the file may change while it is read. */
static bool colour_read_rows(void *rows, uint32_t first, struct image_rows *block,
                             struct failure *failure) {
    struct recolouring *recolouring = rows;
    const struct drawing *drawing = &recolouring->drawing;
    const uint32_t most = draw_block_rows(drawing->width, drawing->height, drawing->exec->threads);
    const uint32_t left = drawing->height - first;
    *block = (struct image_rows){recolouring->counts, NULL, left < most ? left : most};
    const size_t count = (size_t)block->rows * drawing->width;
    if ((first == 0 && !npy_rewind(&recolouring->reader, failure)) ||
        !npy_read(&recolouring->reader, recolouring->counts, count, failure))
        return false;
    for (size_t k = 0; k < count; k++)
        if (recolouring->counts[k] < 0)
            return failure_set(failure, EXIT_USAGE,
                               "'%s' has %" PRId32
                               " in row %zu, column %zu: counts are never negative",
                               recolouring->reader.path, recolouring->counts[k],
                               first + k / drawing->width, k % drawing->width);
    return true;
}

/* What excludes another option. */
static bool colour_begin(struct run *run, void *state, struct failure *failure) {
    const struct colour_options *options = run->options;
    const bool equalised = options->colour == COLOUR_BY_HISTOGRAM, cyclic = options->cycle > 0;
    char cycle[VALUES_TEXT_BYTES], colour[VALUES_TEXT_BYTES], other[VALUES_TEXT_BYTES];
    (void)state;
    values_blame(run->values, "cycle", cycle);
    values_blame(run->values, "colour", colour);
    if (cyclic && equalised)
        return failure_set(failure, EXIT_USAGE,
                           "%s and %s histogram exclude each other: give only one", cycle, colour);
    if (options->value == COLOUR_255_MINUS_COUNT && (cyclic || equalised))
        return failure_set(failure, EXIT_USAGE,
                           "%s 255-count and %s%s exclude each other: give only one",
                           values_blame(run->values, "value", other), cyclic ? cycle : colour,
                           cyclic ? "" : " histogram");
    return options->maxit == 0 || cyclic || equalised ||
           failure_set(
               failure, EXIT_USAGE,
               "%s is for --colour histogram and --cycle: give one of them, or leave it out",
               values_blame(run->values, "maxit", other));
}

static bool colour_prepare(struct run *run, void *state, struct failure *failure) {
    const struct colour_options *options = run->options;
    struct recolouring *recolouring = state;
    const struct npy_header *header = &recolouring->reader.header;
    if (!npy_open(&recolouring->reader, options->file, failure) ||
        !colour_check_header(header, options->file, failure))
        return false;
    recolouring->drawing = (struct drawing){
        .width = (uint32_t)header->shape[1],
        .height = (uint32_t)header->shape[0],
        .samples = 1,
        .read = colour_read_rows,
        .rows = recolouring,
        .colouring = &recolouring->colouring,
        .provenance = &recolouring->provenance,
        .exec = &recolouring->exec,
        .command = run->values->set->command,
        .progress = (enum progress_style)options->progress,
    };
    const struct drawing *drawing = &recolouring->drawing;
    colouring_begin(&recolouring->colouring, (enum colour_value)options->value, false, false);
    recolouring->colouring.equalised = options->colour == COLOUR_BY_HISTOGRAM;
    recolouring->colouring.cycle = (uint32_t)options->cycle;
    return files_begin(&recolouring->files, &options->out, FILES_OF_COLOURS, drawing->width,
                       drawing->height, failure) &&
           colouring_load_palette(&recolouring->colouring, palette_load, options->palette,
                                  failure) &&
           provenance_begin(&recolouring->provenance, run->values, failure) &&
           exec_choose_alone(&recolouring->exec, NULL, (int)options->run.threads, failure);
}

/* Which points do not escape, where that matters, when the counts have been read once; and their
 * histogram. */
static bool colour_find_inside(struct recolouring *recolouring, uint64_t maxit,
                               struct failure *failure) {
    struct colouring *colouring = &recolouring->colouring;
    const int32_t largest = colouring->range.max;
    if (maxit > 0 && (uint64_t)largest > maxit)
        return failure_set(failure, EXIT_USAGE,
                           "'%s' has the count %" PRId32 ", beyond --maxit %" PRIu64
                           ": give the steps that the counts were computed with",
                           recolouring->reader.path, largest, maxit);
    colouring->inside = maxit > 0 ? (int32_t)maxit : largest;
    return !colouring->equalised ||
           (colouring_begin_histogram(colouring, colouring->inside, recolouring->exec.threads,
                                      failure) &&
            draw_measure(&recolouring->drawing, recolouring->digests, failure));
}

static bool colour_work(struct run *run, void *state, struct failure *failure) {
    struct recolouring *recolouring = state;
    const struct drawing *drawing = &recolouring->drawing;
    const size_t block =
        draw_block_rows(drawing->width, drawing->height, recolouring->exec.threads);
    const struct colour_options *options = run->options;
    recolouring->counts = malloc(block * drawing->width * sizeof *recolouring->counts);
    recolouring->digests = malloc(drawing->height * sizeof *recolouring->digests);
    if (!recolouring->counts || !recolouring->digests)
        return failure_set(failure, EXIT_RUN, "out of memory");
    if (!draw_measure(drawing, recolouring->digests, failure) ||
        !colour_find_inside(recolouring, options->maxit, failure))
        return false;
    recolouring->fnv1a = plait_digest_picture(recolouring->digests, drawing->height);
    provenance_seal(&recolouring->provenance, recolouring->fnv1a);
    return draw_files(drawing, &recolouring->files, failure);
}

static bool colour_print(const struct run *run, void *state, struct failure *failure) {
    const struct colour_options *options = run->options;
    const struct recolouring *recolouring = state;
    (void)failure;
    printf("colour %" PRIu32 "x%" PRIu32 ", values %" PRId32 " to %" PRId32 ", fnv1a %016" PRIx64
           ": %s",
           recolouring->drawing.width, recolouring->drawing.height,
           recolouring->colouring.range.min, recolouring->colouring.range.max, recolouring->fnv1a,
           options->file);
    for (size_t k = 0; k < options->out.count; k++)
        printf("%s%s", k == 0 ? " -> " : ", ", options->out.items[k]);
    putchar('\n');
    return true;
}

static void colour_free(void *state) {
    struct recolouring *recolouring = state;
    npy_close(&recolouring->reader);
    files_end(&recolouring->files);
    colouring_end(&recolouring->colouring);
    provenance_free(&recolouring->provenance);
    free(recolouring->counts);
    free(recolouring->digests);
}

const struct command cmd_colour = {
    .options = &colour_option_set,
    .options_bytes = sizeof(struct colour_options),
    .state_bytes = sizeof(struct recolouring),
    .begin = colour_begin,
    .prepare = colour_prepare,
    .work = colour_work,
    .print = colour_print,
    .free = colour_free,
    .local = true,
};
