/* SPDX-License-Identifier: MIT
 * Passes over the rows of a picture. */
#include "picture/draw.h"

#include "plait/digest.h"

#include <stdio.h>

/* Counts of a block. */
enum { THREAD_COUNTS = 1 << 20, THREADS_MAX = 16 };

uint32_t draw_block_rows(uint32_t width, uint32_t height, int threads) {
    const uint32_t most = THREAD_COUNTS * (uint32_t)(threads < THREADS_MAX ? threads : THREADS_MAX);
    const uint32_t rows = most / width;
    return rows < 1 ? 1 : rows < height ? rows : height;
}

bool rows_in_memory_read(void *rows, uint32_t first, struct image_rows *block,
                         struct failure *failure) {
    const struct rows_in_memory *memory = rows;
    const uint32_t most = draw_block_rows(memory->width, memory->height, THREADS_MAX);
    const uint32_t left = memory->height - first;
    const size_t at = (size_t)first * memory->width;
    (void)failure;
    *block = (struct image_rows){
        .counts = memory->counts + at,
        .indices = memory->indices ? memory->indices + at : NULL,
        .rows = left < most ? left : most,
    };
    return true;
}

/* What is done with each block. */
struct pass {
    const struct drawing *drawing;
    const char *phase;
    bool (*take)(struct pass *pass, uint32_t first, const struct image_rows *block,
                 struct failure *failure);
    uint64_t *digests;
    const struct picture_files *files;
};

/* Gives all rows to pass->take, from the top, and shows the progress. */
static bool draw_pass(struct pass *pass, struct failure *failure) {
    const struct drawing *drawing = pass->drawing;
    char label[64];
    snprintf(label, sizeof label, "%s, %s", drawing->command, pass->phase);
    struct progress_display display = progress_display_begin(label, drawing->progress);
    bool done = true;
    for (uint32_t first = 0; done && first < drawing->height;) {
        struct image_rows block;
        done = drawing->read(drawing->rows, first, &block, failure) &&
               pass->take(pass, first, &block, failure);
        if (done) {
            first += block.rows;
            progress_display_update(&display, first, drawing->height);
        }
    }
    progress_display_end(&display);
    return done;
}

static bool draw_measure_block(struct pass *pass, uint32_t first, const struct image_rows *block,
                               struct failure *failure) {
    const uint32_t width = pass->drawing->width;
    (void)failure;
    colouring_measure(pass->drawing->colouring, block->counts, (size_t)block->rows * width);
    plait_digest_rows(pass->drawing->exec, block->counts, block->rows, width,
                      pass->digests + first);
    return true;
}

bool draw_measure(const struct drawing *drawing, uint64_t *digests, struct failure *failure) {
    struct pass pass = {
        .drawing = drawing,
        .phase = "reading",
        .take = draw_measure_block,
        .digests = digests,
    };
    return draw_pass(&pass, failure);
}

struct image draw_image(const struct drawing *drawing) {
    const struct colouring *colouring = drawing->colouring;
    return (struct image){
        .width = drawing->width / drawing->samples,
        .height = drawing->height / drawing->samples,
        .samples = drawing->samples,
        .colour = colouring_of_counts(drawing->colouring),
        .palette = &colouring->palette,
        .texts = drawing->provenance ? drawing->provenance->texts : NULL,
        .text_count = drawing->provenance ? PROVENANCE_TEXTS : 0,
        .threads = drawing->exec->threads,
    };
}

static bool draw_write_block(struct pass *pass, uint32_t first, const struct image_rows *block,
                             struct failure *failure) {
    (void)first;
    return files_put(pass->files, block, failure);
}

bool draw_files(const struct drawing *drawing, struct picture_files *files,
                struct failure *failure) {
    const struct image image = draw_image(drawing);
    struct pass pass = {
        .drawing = drawing,
        .phase = "drawing",
        .take = draw_write_block,
        .files = files,
    };
    if (!files_are_made(files))
        return true;
    const bool written = files_open(files, &image, failure) && draw_pass(&pass, failure);
    return files_close(files, written, failure);
}
