/* SPDX-License-Identifier: MIT
 * PNG by libpng: one byte a pixel and the palette in the file, which is the same picture as RGB
 * from a third of the bytes. Means of several samples are colours of their own, and so RGB. */
#include "image/format.h"
#include "image/png_guard.h"
#include "image/shade.h"

#include <errno.h>
#include <png.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

/* Escape pictures are made of runs. Measured on five of them (1 to 15 million pixels, one of a deep
 * zoom), coding runs alone takes 0.24 to 0.38 of the time of zlib's level 6 for -10 to +21 per cent
 * of the bytes, and beats levels 1 to 3 in time on all and in size on most. Filters change the size
 * by -8 to +9 per cent, mostly upwards, and cost time. */
enum { COMPRESSION_LEVEL = 1, COMPRESSION_STRATEGY = Z_RLE };

/* Of RGB, where neighbours differ little. On three pictures it takes 0.22 to 0.37 of the bytes that
 * no filter does; the best of the others, which take more time, save another 4 per cent at most. */
enum { RGB_FILTER = PNG_FILTER_UP };

enum { CHUNK_BYTES = 1 << 17 }; /* of compressed data; libpng's 8 KiB make many small writes */

enum { TEXT_PLAIN_MAX = 1024 };

struct png {
    struct png_guard guard;
    png_infop info;
    struct writer *writer;
    const struct image_rows *rows; /* to write in this step */
    struct failure *failure;
    struct shade shade;
};

static bool has_palette(const struct png *png) {
    return image_samples(&png->writer->image) == 1;
}

static void writer_png_on_write(png_structp handle, png_bytep data, size_t bytes) {
    struct png *png = png_get_io_ptr(handle);
    if (!atomic_file_write(&png->writer->file, data, bytes, png->failure))
        png_error(handle, "cannot write");
}

/* The atomic file is flushed at its commit. */
static void on_flush(png_structp handle) {
    (void)handle;
}

static bool png_run(struct png *png, void (*step)(void *png), struct failure *failure) {
    png->failure = failure;
    /* A failed write has described itself, and failure_set keeps the first cause. */
    return png_guard_run(&png->guard, step, png) ||
           failure_set(failure, EXIT_RUN, "cannot write '%s': libpng: %s", png->writer->file.path,
                       png->guard.message);
}

/* Bytes of the UTF-8 character that begins here, 0 where none does (RFC 3629: not in more bytes
 * than it needs, no half of a pair of UTF-16, nothing beyond U+10FFFF). */
static int utf8_bytes(const uint8_t *c) {
    const int bytes = *c < 0x80   ? 1
                      : *c < 0xc2 ? 0
                      : *c < 0xe0 ? 2
                      : *c < 0xf0 ? 3
                      : *c < 0xf5 ? 4
                                  : 0;
    for (int k = 1; k < bytes; k++)
        if ((c[k] & 0xc0) != 0x80)
            return 0;
    if ((*c == 0xe0 && c[1] < 0xa0) || (*c == 0xed && c[1] > 0x9f) || (*c == 0xf0 && c[1] < 0x90) ||
        (*c == 0xf4 && c[1] > 0x8f))
        return 0;
    return bytes;
}

/* Whether the text is UTF-8 with characters beyond ASCII. */
static bool needs_utf8(const char *text) {
    bool beyond = false;
    for (const uint8_t *c = (const uint8_t *)text; *c;) {
        const int bytes = utf8_bytes(c);
        if (bytes == 0)
            return false;
        beyond = beyond || bytes > 1;
        c += bytes;
    }
    return beyond;
}

/* tEXt for what is Latin-1 or nothing known, iTXt for UTF-8; long texts are deflated, as the
 * standard recommends. */
static void set_text(struct png *png, const struct named_text *text) {
    const size_t length = strlen(text->text);
    const bool utf8 = needs_utf8(text->text), deflate = length > TEXT_PLAIN_MAX;
    png_text one = {
        .compression = utf8 ? (deflate ? PNG_ITXT_COMPRESSION_zTXt : PNG_ITXT_COMPRESSION_NONE)
                            : (deflate ? PNG_TEXT_COMPRESSION_zTXt : PNG_TEXT_COMPRESSION_NONE),
        .key = (png_charp)(uintptr_t)text->name, /* copied, not changed */
        .text = (png_charp)(uintptr_t)text->text,
        .text_length = length,
    };
    png_set_text(png->guard.png, png->info, &one, 1);
}

static void set_palette(struct png *png) {
    png_color colours[PALETTE_COLOURS];
    for (size_t k = 0; k < PALETTE_COLOURS; k++) {
        const uint8_t *rgb = png->writer->image.palette->rgb[k];
        colours[k] = (png_color){.red = rgb[0], .green = rgb[1], .blue = rgb[2]};
    }
    png_set_PLTE(png->guard.png, png->info, colours, PALETTE_COLOURS);
}

static void write_header(void *context) {
    struct png *png = context;
    const struct image *image = &png->writer->image;
    png_set_write_fn(png->guard.png, png, writer_png_on_write, on_flush);
    /* libpng's own limit of a million pixels a side is meant for readers of strange files. */
    png_set_user_limits(png->guard.png, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
    png_set_IHDR(png->guard.png, png->info, image->width, image->height, 8,
                 has_palette(png) ? PNG_COLOR_TYPE_PALETTE : PNG_COLOR_TYPE_RGB, PNG_INTERLACE_NONE,
                 PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    if (has_palette(png))
        set_palette(png);
    for (size_t k = 0; k < image->text_count; k++)
        set_text(png, &image->texts[k]);
    png_set_filter(png->guard.png, PNG_FILTER_TYPE_BASE,
                   has_palette(png) ? PNG_FILTER_NONE : RGB_FILTER);
    png_set_compression_level(png->guard.png, COMPRESSION_LEVEL);
    png_set_compression_strategy(png->guard.png, COMPRESSION_STRATEGY);
    png_set_compression_buffer_size(png->guard.png, CHUNK_BYTES);
    png_write_info(png->guard.png, png->info);
}

static void write_some_rows(void *context) {
    struct png *png = context;
    for (uint32_t row = 0; row < png->rows->rows; row++) {
        const uint8_t *bytes;
        if (has_palette(png)) {
            bytes = shade_indices(&png->shade, png->rows, row);
        } else {
            const uint8_t(*rgb)[3] = shade_rgb(&png->shade, png->rows, row);
            bytes = rgb ? rgb[0] : NULL;
        }
        if (bytes)
            png_write_row(png->guard.png, bytes);
    }
}

static void write_end(void *context) {
    struct png *png = context;
    png_write_end(png->guard.png, NULL);
}

static bool writer_png_begin(struct writer *writer, struct failure *failure) {
    struct png *png = writer->state = calloc(1, sizeof *png);
    bool ready = false;
    if (png) {
        png->writer = writer;
        ready = shade_begin(&png->shade, &writer->image);
        png->guard.png = png_create_write_struct(PNG_LIBPNG_VER_STRING, &png->guard,
                                                 png_guard_error, png_guard_warning);
        png->info = png->guard.png ? png_create_info_struct(png->guard.png) : NULL;
    }
    if (!ready || !png->info)
        return atomic_file_failed(&writer->file, ENOMEM, failure);
    return png_run(png, write_header, failure);
}

static bool writer_png_write_rows(struct writer *writer, const struct image_rows *rows,
                                  struct failure *failure) {
    struct png *png = writer->state;
    png->rows = rows;
    return png_run(png, write_some_rows, failure);
}

static bool writer_png_finish(struct writer *writer, struct failure *failure) {
    return png_run(writer->state, write_end, failure);
}

static void writer_png_release(struct writer *writer) {
    struct png *png = writer->state;
    if (!png)
        return;
    png_destroy_write_struct(&png->guard.png, &png->info);
    shade_end(&png->shade);
    free(png);
}

const struct writer_format writer_png = {
    .name = "png",
    .ending = ".png",
    .has_colours = true,
    .begin = writer_png_begin,
    .rows = writer_png_write_rows,
    .finish = writer_png_finish,
    .release = writer_png_release,
};
