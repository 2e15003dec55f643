/* SPDX-License-Identifier: MIT
 * Writes the files of a picture. */
#include "cmd/picture_files.h"

#include "cmd/picture_smooth.h"
#include "core/atomic_file.h"
#include "core/report.h"
#include "image/palette_file.h"
#include "image/smooth_colour.h"
#include "image/writer.h"

static struct image image_of(const struct picture *picture) {
    const uint32_t samples = (uint32_t)picture->options->samples;
    return (struct image){
        .width = picture->escape.width / samples,
        .height = picture->escape.height / samples,
        .samples = samples,
        .palette = &picture->palette,
    };
}

bool files_check(struct picture *picture, struct failure *failure) {
    const struct picture_options *options = picture->options;
    const struct image image = image_of(picture);
    const char *json = options->run.json;
    if (json && !report_check(json, failure))
        return false;
    for (size_t k = 0; k < options->out.count; k++) {
        const char *path = options->out.items[k];
        const struct writer_format *format = writer_format_find(path, failure);
        if (!format || !writer_check(format, path, image.width, image.height, failure))
            return false;
        if (!writer_makes_file(format))
            continue;
        for (size_t i = 0; i < k; i++)
            if (!atomic_file_check_apart(path, options->out.items[i], failure))
                return false;
        if (!atomic_file_check_apart(path, json, failure))
            return false;
    }
    if (!palette_load(options->palette, &picture->palette, failure))
        return false;
    if (options->colour == PICTURE_SMOOTH)
        picture->palette = smooth_palette(&picture->palette);
    return true;
}

static const struct writer_format *format_at(const struct picture *picture, size_t k) {
    struct failure ignored = {0};
    return writer_format_find(picture->options->out.items[k], &ignored);
}

/* The same on all ranks. */
static bool is_smooth(const struct picture *picture) {
    bool has_colours = false;
    for (size_t k = 0; k < picture->options->out.count; k++)
        has_colours |= writer_has_colours(format_at(picture, k));
    return has_colours && picture->options->colour == PICTURE_SMOOTH;
}

bool files_colour(struct picture *picture, struct failure *failure) {
    return !is_smooth(picture) || smooth_colour(&picture->rows, &picture->indices, failure);
}

uint64_t files_row_bytes(const struct picture *picture) {
    const struct image image = image_of(picture);
    uint64_t most = 0; /* one file after the other */
    for (size_t k = 0; k < picture->options->out.count && picture->session->rank == ROOT; k++) {
        const uint64_t bytes = writer_row_bytes(format_at(picture, k), image.width);
        most = bytes > most ? bytes : most;
    }
    return most / image.samples +
           (is_smooth(picture) ? smooth_row_bytes(picture->escape.width) : 0);
}

/* The range of values in the whole picture. */
static struct colour colour_of(const struct picture *picture) {
    const struct plait_escape *escape = &picture->escape;
    const enum colour_value value =
        escape->kind == PLAIT_JULIA ? COLOUR_255_MINUS_COUNT : COLOUR_COUNT;
    return (struct colour){value, colour_range_of(value, picture->rows.counts,
                                                  (size_t)escape->width * escape->height)};
}

static bool write_one(const struct picture *picture, const struct image *image, const char *path,
                      struct failure *failure) {
    const struct writer_format *format = writer_format_find(path, failure);
    if (!format)
        return false;
    struct writer *writer = writer_open(format, path, image, failure);
    if (!writer)
        return false;
    const struct image_rows rows = {picture->rows.counts, picture->indices, picture->escape.height};
    if (!writer_put(writer, &rows, failure)) {
        writer_abandon(writer);
        return false;
    }
    return writer_close(writer, failure);
}

bool files_write(const struct picture *picture, struct failure *failure) {
    struct image image = image_of(picture);
    image.colour = colour_of(picture);
    for (size_t k = 0; k < picture->options->out.count; k++)
        if (!write_one(picture, &image, picture->options->out.items[k], failure))
            return false;
    return true;
}
