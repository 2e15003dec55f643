/* SPDX-License-Identifier: MIT
 * Writes a picture, row by row from the top, in the format that its file's name asks for. The file
 * appears when the last row is in it and the writer is closed, or not at all; a writer holds some
 * bands of rows in memory at most, of those that it is given at once. */
#ifndef PLAIT_DRIVERS_WRITER_H
#define PLAIT_DRIVERS_WRITER_H

#include "base/failure.h"
#include "base/named_text.h"
#include "image/colour.h"
#include "image/palette.h"

#include <stdbool.h>
#include <stdint.h>

/* A picture before its pixels. */
struct image {
    uint32_t width, height; /* pixels, 1 or more */
    uint32_t samples;       /* a pixel is samples x samples points that have counts, at most
                             * IMAGE_SAMPLES_MAX; 0 is 1 */
    struct colour colour;   /* not used by formats of counts (npy), nor where indices are given */
    const struct palette *palette;
    const struct named_text *texts; /* what the file is to say of itself, in UTF-8; names as PNG has
                                     * them; alive as long as the writer. Only png has room */
    size_t text_count;
    bool deep_grey; /* png: greys of 16 bits instead of colours, in bands (writer_band) only */
    int threads;    /* that encode it, where the format can use them; 0 is 1 */
};

enum { IMAGE_SAMPLES_MAX = 16 };

/* The samples of a pixel along each side, 1 or more. */
uint32_t image_samples(const struct image *image);

/* Some rows of samples, each image->width * image_samples long. */
struct image_rows {
    const int32_t *counts;
    const uint8_t *indices; /* into the palette; NULL: what image->colour makes of the counts */
    uint32_t rows;
};

/* A file format. Opaque, constant, alive as long as the program. */
struct writer_format;

struct writer;
struct png_chunk;

/* The format of a file by its ending, upper or lower case (.png .npy .ppm .pdf), or of the exact
 * name "null", which takes a picture and writes nothing. NULL with EXIT_USAGE for any other name.
 */
const struct writer_format *writer_format_find(const char *path, struct failure *failure);

/* The same of the formats that hold colours, and "null". */
const struct writer_format *writer_format_find_coloured(const char *path, struct failure *failure);

/* Whether the format writes a file at all; "null" does not. */
bool writer_makes_file(const struct writer_format *format);

/* Whether the format holds colours rather than counts. */
bool writer_has_colours(const struct writer_format *format);

/* Bytes of memory that the format needs for each row of pixels until the file is complete; 0 for
 * formats that are written row by row. */
uint64_t writer_row_bytes(const struct writer_format *format, uint32_t width);

/* Says before work begins whether this build and the format take a picture of width x height pixels
 * under the name `path`. EXIT_USAGE if not. Whether the file can be written is for files/outputs.h
 * to find out. */
bool writer_check(const struct writer_format *format, const char *path, uint32_t width,
                  uint32_t height, struct failure *failure);

/* Starts to write *image, which is copied, to `path`. NULL with EXIT_RUN on failure. The caller
 * owns the writer and ends it by writer_close or writer_abandon. */
struct writer *writer_open(const struct writer_format *format, const char *path,
                           const struct image *image, struct failure *failure);

/* Writes the next rows of samples below those written before. false with EXIT_RUN on failure, also
 * for more rows than the picture has; the writer can then only be abandoned (closing it fails and
 * does the same). */
bool writer_put(struct writer *writer, const struct image_rows *rows, struct failure *failure);

/* The same for counts alone, counts[rows][columns]. */
bool writer_rows(struct writer *writer, const int32_t *counts, uint32_t rows,
                 struct failure *failure);

/* Whether all ranks may encode a picture of the format: bands of rows as image/png_bands.h has
 * them, by whoever has their rows; or nothing is encoded. */
bool writer_takes_bands(const struct writer_format *format);

/* The same as writer_put for the next band, which has `rows` rows of samples and was encoded
 * elsewhere. All rows come so, or none. */
bool writer_band(struct writer *writer, const struct png_chunk *chunk, uint32_t rows,
                 struct failure *failure);

/* Puts the file in its place once all rows are written, as atomic_file_commit. false with EXIT_RUN
 * on failure, also if rows are missing; the file is then what it was before. Frees the writer in
 * both cases. */
bool writer_close(struct writer *writer, struct failure *failure);

/* Leaves the file what it was before and frees the writer. NULL is allowed. */
void writer_abandon(struct writer *writer);

#endif
