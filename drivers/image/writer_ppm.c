/* SPDX-License-Identifier: MIT
 * Portable pixmap, binary (P6): three bytes a pixel after a line or two of text, for programs that
 * read nothing else. */
#include "image/format.h"
#include "image/shade.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

static bool writer_ppm_begin(struct writer *writer, struct failure *failure) {
    const struct image *image = &writer->image;
    struct shade *shade = writer->state = calloc(1, sizeof *shade);
    if (!shade || !shade_begin(shade, image))
        return atomic_file_failed(&writer->file, ENOMEM, failure);

    char header[64];
    const int length = snprintf(header, sizeof header, "P6\n%" PRIu32 " %" PRIu32 "\n255\n",
                                image->width, image->height);
    return atomic_file_write(&writer->file, header, (size_t)length, failure);
}

static bool writer_ppm_write_rows(struct writer *writer, const struct image_rows *rows,
                                  struct failure *failure) {
    for (uint32_t row = 0; row < rows->rows; row++) {
        const uint8_t(*rgb)[3] = shade_rgb(writer->state, rows, row);
        if (rgb &&
            !atomic_file_write(&writer->file, rgb, writer->image.width * sizeof *rgb, failure))
            return false;
    }
    return true;
}

static void writer_ppm_release(struct writer *writer) {
    if (writer->state)
        shade_end(writer->state);
    free(writer->state);
}

const struct writer_format writer_ppm = {
    .name = "ppm",
    .ending = ".ppm",
    .has_colours = true,
    .begin = writer_ppm_begin,
    .rows = writer_ppm_write_rows,
    .release = writer_ppm_release,
};
