/* SPDX-License-Identifier: MIT
 * Writes the files of a picture. */
#include "picture/picture_files.h"

#include "base/atomic_file.h"
#include "files/report.h"
#include "image/palette_file.h"
#include "image/smooth_colour.h"
#include "image/writer.h"
#include "picture/colouring.h"
#include "picture/memory_smooth.h"

bool files_check(struct picture *picture, struct failure *failure) {
    const struct picture_options *options = picture->options;
    const struct image image = picture_image(picture, colour_range_empty());
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
        if (!atomic_file_check_apart(path, json, failure) ||
            !atomic_file_check_apart(path, options->checkpoint, failure) ||
            !palette_check_apart(options->palette, path, failure))
            return false;
    }
    if (options->checkpoint && (!atomic_file_check(options->checkpoint, failure) ||
                                !atomic_file_check_apart(options->checkpoint, json, failure)))
        return false;
    if (!palette_check_apart(options->palette, json, failure) ||
        !palette_check_apart(options->palette, options->checkpoint, failure))
        return false;
    if (!palette_load(options->palette, &picture->palette, failure))
        return false;
    if (options->colour == PICTURE_SMOOTH)
        picture->palette = smooth_palette(&picture->palette);
    return true;
}

bool files_colour(struct picture *picture, struct failure *failure) {
    return !picture_is_smooth(picture) || smooth_colour(&picture->rows, &picture->indices, failure);
}

uint64_t files_row_bytes(const struct picture *picture) {
    const struct image image = picture_image(picture, colour_range_empty());
    uint64_t most = 0; /* one file after the other */
    for (size_t k = 0; k < picture->options->out.count && picture->session->rank == ROOT; k++) {
        struct failure ignored = {0};
        const uint64_t bytes = writer_row_bytes(
            writer_format_find(picture->options->out.items[k], &ignored), image.width);
        most = bytes > most ? bytes : most;
    }
    return most / image.samples +
           (picture_is_smooth(picture) ? smooth_row_bytes(picture->escape.width) : 0);
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
    const struct plait_escape *escape = &picture->escape;
    const struct image image =
        picture_image(picture, colour_range_of(picture_colour_value(picture), picture->rows.counts,
                                               (size_t)escape->width * escape->height));
    for (size_t k = 0; k < picture->options->out.count; k++)
        if (!write_one(picture, &image, picture->options->out.items[k], failure))
            return false;
    return true;
}
