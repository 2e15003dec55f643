/* SPDX-License-Identifier: MIT
 * The one way from counts to a picture: rows are read from wherever they are kept, measured,
 * coloured, and given to the writers. */
#ifndef PLAIT_DRIVERS_DRAW_H
#define PLAIT_DRIVERS_DRAW_H

#include "base/failure.h"
#include "base/progress_display.h"
#include "image/writer.h"
#include "picture/colouring.h"
#include "picture/picture_files.h"
#include "picture/provenance.h"
#include "plait/exec.h"

#include <stdbool.h>
#include <stdint.h>

/* What is drawn, of rows that can be read repeatedly. */
struct drawing {
    uint32_t width, height; /* counts */
    uint32_t samples;       /* of a pixel, along each side */
    /* Reads rows from `first` on, one at least; block belongs to them until the next call. Where
     * colours are smooth the block has palette indices, once the scale is made. */
    bool (*read)(void *rows, uint32_t first, struct image_rows *block, struct failure *failure);
    void *rows;
    struct colouring *colouring;
    const struct provenance *provenance; /* the texts that files carry, sealed; NULL: none */
    const struct plait_exec *exec;       /* whose threads measure and encode */
    const char *command;                 /* shows the progress under its name */
    enum progress_style progress;
};

/* Reads all rows once: measures their colours, and hashes them into digests[height]. */
bool draw_measure(const struct drawing *drawing, uint64_t *digests, struct failure *failure);

/* Reads all rows once, when they have been measured, and writes the files. */
bool draw_files(const struct drawing *drawing, struct picture_files *files,
                struct failure *failure);

/* The image that writers take, when all rows have been measured. */
struct image draw_image(const struct drawing *drawing);

/* Rows that are in memory, for a drawing's read. */
struct rows_in_memory {
    uint32_t width, height;
    const int32_t *counts;  /* [height][width] */
    const uint8_t *indices; /* likewise; NULL: colours are not smooth */
};
bool rows_in_memory_read(void *rows, uint32_t first, struct image_rows *block,
                         struct failure *failure);

/* How many rows of counts make a block: 4 MiB for each thread, at most 64 MiB, or one row. */
uint32_t draw_block_rows(uint32_t width, uint32_t height, int threads);

#endif
