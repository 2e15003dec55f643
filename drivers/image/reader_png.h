/* SPDX-License-Identifier: MIT
 * Reads a PNG of any kind, drawn by whomever: its texts, and its pixels as RGB. */
#ifndef PLAIT_DRIVERS_READER_PNG_H
#define PLAIT_DRIVERS_READER_PNG_H

#include "base/failure.h"
#include "base/named_text.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What a file holds. */
struct png_content {
    uint32_t width, height;
    unsigned bits;            /* of a colour in the file: 1 to 16 */
    bool grey;                /* the file has no colours */
    bool alpha;               /* pixels have an opacity, or one colour is transparent */
    struct named_text *texts; /* in UTF-8 */
    size_t text_count;
};

/* Takes row `row`, rgb[width][3]; rows come from the top. */
typedef void png_row_fn(void *context, const struct png_content *content, uint32_t row,
                        const uint8_t *rgb);

/* Reads the whole file, so that what is cut off shows, and gives its rows to `take` (NULL: to
 * nobody) with 8 bits a colour, palettes and grey resolved, opacity left out. content has its size
 * from the first row on; all texts are there at the end. EXIT_USAGE for a file that cannot be read,
 * is no PNG, or is damaged. Free with png_content_free, also after a failure. */
bool png_read(const char *path, struct png_content *content, png_row_fn *take, void *context,
              struct failure *failure);

/* Reads the header alone: content has its size and kind, but no texts. */
bool png_look(const char *path, struct png_content *content, struct failure *failure);

/* Takes row `row`, rgba[width][4] of 0 to 65535. */
typedef void png_row16_fn(void *context, const struct png_content *content, uint32_t row,
                          const uint16_t *rgba);

/* The same with opacity (65535 where there is none) and 16 bits a colour: 8 bits or fewer are
 * spread evenly, 255 is 65535. */
bool png_read16(const char *path, struct png_content *content, png_row16_fn *take, void *context,
                struct failure *failure);

void png_content_free(struct png_content *content);

#endif
