/* SPDX-License-Identifier: MIT
 * plait colour: pictures of counts that were computed before. The counts are read twice, for their
 * range and for their pixels, some rows at a time, so that memory does not grow with the picture.
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
    return files_begin(&recolouring->files, &options->out, FILES_OF_COLOURS, drawing->width,
                       drawing->height, failure) &&
           colouring_load_palette(&recolouring->colouring, palette_load, options->palette,
                                  failure) &&
           provenance_begin(&recolouring->provenance, run->values, failure) &&
           exec_choose_alone(&recolouring->exec, NULL, (int)options->run.threads, failure);
}

static bool colour_work(struct run *run, void *state, struct failure *failure) {
    struct recolouring *recolouring = state;
    const struct drawing *drawing = &recolouring->drawing;
    const size_t block =
        draw_block_rows(drawing->width, drawing->height, recolouring->exec.threads);
    (void)run;
    recolouring->counts = malloc(block * drawing->width * sizeof *recolouring->counts);
    recolouring->digests = malloc(drawing->height * sizeof *recolouring->digests);
    if (!recolouring->counts || !recolouring->digests)
        return failure_set(failure, EXIT_RUN, "out of memory");
    if (!draw_measure(drawing, recolouring->digests, failure))
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
    provenance_free(&recolouring->provenance);
    free(recolouring->counts);
    free(recolouring->digests);
}

const struct command cmd_colour = {
    .options = &colour_option_set,
    .options_bytes = sizeof(struct colour_options),
    .state_bytes = sizeof(struct recolouring),
    .prepare = colour_prepare,
    .work = colour_work,
    .print = colour_print,
    .free = colour_free,
    .local = true,
};
