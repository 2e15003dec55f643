/* SPDX-License-Identifier: MIT
 * PNG files of any size, in any pieces, on any threads, against libpng's reader. */
#include "fuzz.h"
#include "image/shade.h"
#include "image/writer.h"

#include <png.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The pixels of the file are those that a shade makes of the indices. */
static void require_pixels(const char *path, const struct image *image, const uint8_t *indices) {
    png_image reader = {.version = PNG_IMAGE_VERSION};
    REQUIRE(png_image_begin_read_from_file(&reader, path));
    REQUIRE(reader.width == image->width && reader.height == image->height);
    reader.format = PNG_FORMAT_RGB;
    const size_t row_bytes = (size_t)image->width * 3;
    uint8_t *pixels = malloc(row_bytes * image->height), *next = pixels;
    REQUIRE(pixels && png_image_finish_read(&reader, NULL, pixels, 0, NULL));
    REQUIRE(reader.warning_or_error == 0);
    const struct image_rows rows = {.indices = indices, .rows = image->height * image->samples};
    struct shade shade = {0};
    REQUIRE(shade_begin(&shade, image));
    for (uint32_t row = 0; row < rows.rows; row++) {
        const uint8_t(*rgb)[3] = shade_rgb(&shade, &rows, row);
        REQUIRE(!rgb || memcmp(rgb, next, row_bytes) == 0);
        next += rgb ? row_bytes : 0;
    }
    REQUIRE(next == pixels + row_bytes * image->height);
    shade_end(&shade);
    free(pixels);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    enum { HEAD = 6 };
    if (size <= HEAD)
        return 0;
    /* Wide ones have a row in each band. */
    const bool wide = data[0] & 1;
    struct image image = {
        .width = wide ? 131000 + data[1] : 1 + data[1],
        .height = wide ? 1 + data[2] % 3 : 1 + 3 * data[2],
        .samples = wide ? 1 : 1 + data[3] % 3,
        .palette = &palette_turbo,
        .threads = 1 + data[4] % 3,
    };
    const size_t columns = (size_t)image.width * image.samples;
    const uint32_t rows = image.height * image.samples, piece = 1 + data[5] % rows;
    uint8_t *indices = malloc(columns * rows);
    REQUIRE(indices);
    for (size_t k = 0; k < columns * rows; k++)
        indices[k] = data[HEAD + (data[0] & 2 ? k / 97 : k) % (size - HEAD)];

    char path[512];
    struct failure failure = {0};
    const char *directory = getenv("TMPDIR");
    snprintf(path, sizeof path, "%s/%d.png", directory ? directory : "/tmp", (int)getpid());
    struct writer *writer = writer_open(writer_format_find(path, &failure), path, &image, &failure);
    REQUIRE(writer);
    for (uint32_t first = 0; first < rows; first += piece) {
        const struct image_rows some = {
            .indices = indices + first * columns,
            .rows = rows - first < piece ? rows - first : piece,
        };
        REQUIRE(writer_put(writer, &some, &failure));
    }
    REQUIRE(writer_close(writer, &failure));
    require_pixels(path, &image, indices);
    REQUIRE(unlink(path) == 0);
    free(indices);
    return 0;
}
