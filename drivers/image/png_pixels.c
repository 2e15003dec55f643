/* SPDX-License-Identifier: MIT
 * Pixels to libpng. */
#include "image/png_pixels.h"

#include "base/atomic_file.h"
#include "image/png_guard.h"

#include <errno.h>
#include <png.h>
#include <stdlib.h>

struct png_pixels {
    struct png_guard guard;
    png_infop info;
    struct atomic_file file;
    struct png_shape shape;
    const uint16_t *values; /* of the row to write */
    uint8_t *row;           /* its bytes */
    struct failure *failure;
};

static void png_pixels_on_write(png_structp handle, png_bytep data, size_t bytes) {
    struct png_pixels *pixels = png_get_io_ptr(handle);
    if (!atomic_file_write(&pixels->file, data, bytes, pixels->failure))
        png_error(handle, "cannot write");
}

/* The atomic file is flushed at its commit. */
static void png_pixels_on_flush(png_structp handle) {
    (void)handle;
}

static bool png_pixels_run(struct png_pixels *pixels, void (*step)(void *pixels),
                           struct failure *failure) {
    pixels->failure = failure;
    /* A failed write has described itself, and failure_set keeps the first cause. */
    return png_guard_run(&pixels->guard, step, pixels) ||
           failure_set(failure, EXIT_RUN, "cannot write '%s': libpng: %s", pixels->file.path,
                       pixels->guard.message);
}

static void png_pixels_begin(void *context) {
    static const int types[] = {0, PNG_COLOR_TYPE_GRAY, PNG_COLOR_TYPE_GRAY_ALPHA,
                                PNG_COLOR_TYPE_RGB, PNG_COLOR_TYPE_RGB_ALPHA};
    struct png_pixels *pixels = context;
    png_structp png = pixels->guard.png;
    png_set_write_fn(png, pixels, png_pixels_on_write, png_pixels_on_flush);
    png_set_user_limits(png, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
    png_set_IHDR(png, pixels->info, pixels->shape.width, pixels->shape.height,
                 pixels->shape.deep ? 16 : 8, types[pixels->shape.channels], PNG_INTERLACE_NONE,
                 PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    png_set_filter(png, PNG_FILTER_TYPE_BASE, PNG_FILTER_UP);
    png_write_info(png, pixels->info);
}

static void png_pixels_write_row(void *context) {
    struct png_pixels *pixels = context;
    const size_t count = (size_t)pixels->shape.width * pixels->shape.channels;
    for (size_t k = 0; k < count; k++)
        if (pixels->shape.deep) {
            pixels->row[2 * k] = (uint8_t)(pixels->values[k] >> 8);
            pixels->row[2 * k + 1] = (uint8_t)pixels->values[k];
        } else
            pixels->row[k] = (uint8_t)pixels->values[k];
    png_write_row(pixels->guard.png, pixels->row);
}

static void png_pixels_end(void *context) {
    struct png_pixels *pixels = context;
    png_write_end(pixels->guard.png, NULL);
}

struct png_pixels *png_pixels_open(const char *path, const struct png_shape *shape,
                                   struct failure *failure) {
    struct png_pixels *pixels = calloc(1, sizeof *pixels);
    if (!pixels) {
        failure_set(failure, EXIT_RUN, "out of memory for '%s'", path);
        return NULL;
    }
    pixels->shape = *shape;
    pixels->row = malloc((size_t)shape->width * shape->channels * (shape->deep ? 2 : 1));
    bool good = atomic_file_open(&pixels->file, path, failure);
    if (good) {
        pixels->guard.png = png_create_write_struct(PNG_LIBPNG_VER_STRING, &pixels->guard,
                                                    png_guard_error, png_guard_warning);
        pixels->info = pixels->guard.png ? png_create_info_struct(pixels->guard.png) : NULL;
        good = pixels->info && pixels->row ? png_pixels_run(pixels, png_pixels_begin, failure)
                                           : atomic_file_failed(&pixels->file, ENOMEM, failure);
    }
    if (good)
        return pixels;
    png_pixels_abandon(pixels);
    return NULL;
}

bool png_pixels_put(struct png_pixels *pixels, const uint16_t *values, struct failure *failure) {
    pixels->values = values;
    return png_pixels_run(pixels, png_pixels_write_row, failure);
}

bool png_pixels_close(struct png_pixels *pixels, struct failure *failure) {
    const bool written = png_pixels_run(pixels, png_pixels_end, failure) &&
                         atomic_file_commit(&pixels->file, failure);
    png_pixels_abandon(pixels);
    return written;
}

void png_pixels_abandon(struct png_pixels *pixels) {
    if (!pixels)
        return;
    png_destroy_write_struct(&pixels->guard.png, &pixels->info);
    atomic_file_abandon(&pixels->file);
    free(pixels->row);
    free(pixels);
}
