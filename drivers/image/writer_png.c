/* SPDX-License-Identifier: MIT
 * PNG: one byte a pixel and the palette in the file, which is the same picture as RGB from a third
 * of the bytes. Means of several samples are colours of their own, and so RGB. Threads encode the
 * pixels, band by band; libpng writes the rest of the file, and its chunks. */
#include "image/format.h"
#include "image/png_guard.h"
#include "image/png_workers.h"

#include <errno.h>
#include <png.h>
#include <stdlib.h>
#include <string.h>

enum { TEXT_PLAIN_MAX = 1024 };

enum { ADLER_BYTES = 4 };

struct png {
    struct png_guard guard;
    png_infop info;
    struct writer *writer;
    struct failure *failure;
    struct png_workers workers;
    struct png_job *jobs; /* [png_workers_batch] */
    uint8_t *carry;       /* indices of the rows that are there of a band that is not complete */
    uint32_t carried;     /* how many rows of samples these are */
    uint32_t band;        /* the first that is not written */
    uint32_t adler;       /* of the bands before it */
    const struct png_chunk *chunk; /* to write in this step */
};

static bool has_palette(const struct png *png) {
    return image_samples(&png->writer->image) == 1 && !png->writer->image.deep_grey;
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
    const int type = image->deep_grey   ? PNG_COLOR_TYPE_GRAY
                     : has_palette(png) ? PNG_COLOR_TYPE_PALETTE
                                        : PNG_COLOR_TYPE_RGB;
    png_set_IHDR(png->guard.png, png->info, image->width, image->height, image->deep_grey ? 16 : 8,
                 type, PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    if (has_palette(png))
        set_palette(png);
    for (size_t k = 0; k < image->text_count; k++)
        set_text(png, &image->texts[k]);
    png_write_info(png->guard.png, png->info);
    png_write_chunk(png->guard.png, (png_const_bytep) "IDAT", png_stream_begin, PNG_STREAM_BYTES);
}

static void write_chunk(void *context) {
    struct png *png = context;
    png_write_chunk(png->guard.png, (png_const_bytep) "IDAT", png->chunk->bytes, png->chunk->size);
}

/* IEND as a chunk like others: png_write_end wants to have written the pixels itself. */
static void write_end(void *context) {
    struct png *png = context;
    uint8_t last[PNG_STREAM_BYTES + ADLER_BYTES];
    memcpy(last, png_stream_end, PNG_STREAM_BYTES);
    png_save_uint_32(last + PNG_STREAM_BYTES, png->adler);
    png_write_chunk(png->guard.png, (png_const_bytep) "IDAT", last, sizeof last);
    png_write_chunk(png->guard.png, (png_const_bytep) "IEND", NULL, 0);
}

static bool writer_png_begin(struct writer *writer, struct failure *failure) {
    struct png *png = writer->state = calloc(1, sizeof *png);
    bool ready = false;
    if (png) {
        png->writer = writer;
        png->adler = 1;
        png->guard.png = png_create_write_struct(PNG_LIBPNG_VER_STRING, &png->guard,
                                                 png_guard_error, png_guard_warning);
        png->info = png->guard.png ? png_create_info_struct(png->guard.png) : NULL;
        ready = png->info && png_workers_begin(&png->workers, &writer->image);
    }
    if (ready) {
        const size_t samples = image_samples(&writer->image);
        png->jobs = malloc(png_workers_batch(&png->workers) * sizeof *png->jobs);
        png->carry = malloc(png->workers.bands.rows * samples * writer->image.width * samples);
    }
    if (!ready || !png->jobs || !png->carry)
        return atomic_file_failed(&writer->file, ENOMEM, failure);
    return png_run(png, write_header, failure);
}

/* Rows of samples of the band that is `ahead` of the one to be written next. */
static uint32_t band_samples(const struct png *png, size_t ahead) {
    return png_band_rows(&png->workers.bands, png->band + (uint32_t)ahead) *
           image_samples(&png->writer->image);
}

/* Keeps rows of a band that is not complete. */
static void carry_rows(struct png *png, const struct image_rows *rows) {
    const size_t columns = (size_t)png->writer->image.width * image_samples(&png->writer->image);
    uint8_t *carry = png->carry + png->carried * columns;
    if (rows->indices)
        memcpy(carry, rows->indices, rows->rows * columns);
    else
        png_workers_indices(&png->workers, rows, carry);
    png->carried += rows->rows;
}

/* Writes the chunks of the jobs in their order, and frees them. */
static bool write_chunks(struct png *png, size_t count, struct failure *failure) {
    bool written = true;
    for (size_t k = 0; k < count; k++) {
        png->chunk = &png->jobs[k].chunk;
        written = written && png_run(png, write_chunk, failure);
        png->adler =
            png_adler_add(png->adler, &png->workers.bands, png->band + (uint32_t)k, png->chunk);
        free(png->jobs[k].chunk.bytes);
    }
    png->band += (uint32_t)count;
    return written;
}

static struct image_rows some_rows(const struct png *png, const struct image_rows *rows,
                                   uint32_t first, uint32_t count) {
    const size_t columns = (size_t)png->writer->image.width * image_samples(&png->writer->image);
    return (struct image_rows){
        .counts = rows->counts ? rows->counts + first * columns : NULL,
        .indices = rows->indices ? rows->indices + first * columns : NULL,
        .rows = count,
    };
}

/* A batch is the band that these rows complete, if some of its rows have come before, and bands
 * that lie in them. */
static bool writer_png_write_rows(struct writer *writer, const struct image_rows *rows,
                                  struct failure *failure) {
    struct png *png = writer->state;
    const size_t most = png_workers_batch(&png->workers);
    for (uint32_t done = 0; done < rows->rows;) {
        size_t jobs = 0;
        uint32_t whole = band_samples(png, 0);
        if (png->carried > 0 || rows->rows - done < whole) {
            const uint32_t left = rows->rows - done, missing = whole - png->carried;
            const struct image_rows some =
                some_rows(png, rows, done, left < missing ? left : missing);
            carry_rows(png, &some);
            done += some.rows;
            if (png->carried < whole)
                break;
            png->jobs[jobs++] = (struct png_job){
                .band = png->band,
                .rows = {.indices = png->carry, .rows = whole},
            };
            png->carried = 0;
        }
        for (; jobs < most && done < rows->rows; done += whole) {
            whole = band_samples(png, jobs);
            if (rows->rows - done < whole)
                break;
            png->jobs[jobs] = (struct png_job){
                .band = png->band + (uint32_t)jobs,
                .rows = some_rows(png, rows, done, whole),
            };
            jobs++;
        }
        if (!png_workers_run(&png->workers, png->jobs, jobs))
            return atomic_file_failed(&writer->file, ENOMEM, failure);
        if (!write_chunks(png, jobs, failure))
            return false;
    }
    return true;
}

static bool writer_png_write_band(struct writer *writer, const struct png_chunk *chunk,
                                  struct failure *failure) {
    struct png *png = writer->state;
    png->chunk = chunk;
    png->adler = png_adler_add(png->adler, &png->workers.bands, png->band++, chunk);
    return png_run(png, write_chunk, failure);
}

static bool writer_png_finish(struct writer *writer, struct failure *failure) {
    return png_run(writer->state, write_end, failure);
}

static void writer_png_release(struct writer *writer) {
    struct png *png = writer->state;
    if (!png)
        return;
    png_destroy_write_struct(&png->guard.png, &png->info);
    png_workers_end(&png->workers);
    free(png->jobs);
    free(png->carry);
    free(png);
}

const struct writer_format writer_png = {
    .name = "png",
    .ending = ".png",
    .has_colours = true,
    .begin = writer_png_begin,
    .rows = writer_png_write_rows,
    .band = writer_png_write_band,
    .finish = writer_png_finish,
    .release = writer_png_release,
};
