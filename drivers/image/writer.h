/* SPDX-License-Identifier: MIT
 * Writes a picture, row by row from the top, in the format that its file's name asks for. The file
 * appears when the last row is in it and the writer is closed, or not at all; a writer holds a few
 * rows' worth of memory at most, whatever the height. */
#ifndef PLAIT_DRIVERS_WRITER_H
#define PLAIT_DRIVERS_WRITER_H

#include "core/failure.h"
#include "core/named_text.h"
#include "image/colour.h"
#include "image/palette.h"

#include <stdbool.h>
#include <stdint.h>

/* A picture before its pixels. */
struct image {
    uint32_t width, height; /* pixels, 1 or more */
    struct colour colour;   /* not used by formats of counts (npy) */
    const struct palette *palette;
    const struct named_text *texts; /* what the file is to say of itself, in UTF-8; names as PNG has
                                     * them; alive as long as the writer. Only png has room */
    size_t text_count;
};

/* A file format. Opaque, constant, alive as long as the program. */
struct writer_format;

struct writer;

/* The format of a file by its ending, upper or lower case (.png .npy .ppm), or of the exact name
 * "null", which takes a picture and writes nothing. NULL with EXIT_USAGE for any other name. */
const struct writer_format *writer_format_find(const char *path, struct failure *failure);

/* Whether the format writes a file at all; "null" does not. */
bool writer_makes_file(const struct writer_format *format);

/* Says before work begins whether `path` could be written in `format`, as atomic_file_check. */
bool writer_check(const struct writer_format *format, const char *path, struct failure *failure);

/* Starts to write *image, which is copied, to `path`. NULL with EXIT_RUN on failure. The caller
 * owns the writer and ends it by writer_close or writer_abandon. */
struct writer *writer_open(const struct writer_format *format, const char *path,
                           const struct image *image, struct failure *failure);

/* Writes the next `rows` rows, counts[rows][width], below those written before. false with EXIT_RUN
 * on failure, also for more rows than the picture has; the writer can then only be
 * abandoned (closing it fails and does the same). */
bool writer_rows(struct writer *writer, const int32_t *counts, uint32_t rows,
                 struct failure *failure);

/* Puts the file in its place once all rows are written, as atomic_file_commit. false with EXIT_RUN
 * on failure, also if rows are missing; the file is then what it was before. Frees the writer in
 * both cases. */
bool writer_close(struct writer *writer, struct failure *failure);

/* Leaves the file what it was before and frees the writer. NULL is allowed. */
void writer_abandon(struct writer *writer);

#endif
