/* SPDX-License-Identifier: MIT
 * Portable pixmap, binary (P6): three bytes a pixel after a line or two of text, for programs that
 * read nothing else. */
#include "image/format.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct ppm {
    struct colour_table colours;
    uint8_t *indices;  /* [width] */
    uint8_t (*rgb)[3]; /* [width] */
};

static bool begin(struct writer *writer, struct failure *failure) {
    const struct image *image = &writer->image;
    struct ppm *ppm = writer->state = calloc(1, sizeof *ppm);
    if (ppm) {
        ppm->indices = malloc(image->width);
        ppm->rgb = calloc(image->width, sizeof *ppm->rgb);
    }
    if (!ppm || !ppm->indices || !ppm->rgb)
        return atomic_file_failed(&writer->file, ENOMEM, failure);
    colour_table_fill(&ppm->colours, &image->colour);

    char header[64];
    const int length = snprintf(header, sizeof header, "P6\n%" PRIu32 " %" PRIu32 "\n255\n",
                                image->width, image->height);
    return atomic_file_write(&writer->file, header, (size_t)length, failure);
}

static bool write_rows(struct writer *writer, const int32_t *counts, uint32_t rows,
                       struct failure *failure) {
    struct ppm *ppm = writer->state;
    const size_t width = writer->image.width;
    for (uint32_t row = 0; row < rows; row++) {
        colour_indices(&ppm->colours, counts + row * width, width, ppm->indices);
        for (size_t col = 0; col < width; col++)
            memcpy(ppm->rgb[col], writer->image.palette->rgb[ppm->indices[col]], 3);
        if (!atomic_file_write(&writer->file, ppm->rgb, width * 3, failure))
            return false;
    }
    return true;
}

static void release(struct writer *writer) {
    struct ppm *ppm = writer->state;
    if (!ppm)
        return;
    free(ppm->indices);
    free(ppm->rgb);
    free(ppm);
}

const struct writer_format writer_ppm = {
    .name = "ppm",
    .ending = ".ppm",
    .begin = begin,
    .rows = write_rows,
    .release = release,
};
