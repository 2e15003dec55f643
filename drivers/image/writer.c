/* SPDX-License-Identifier: MIT
 * Picks the format, keeps count of the rows, and sees that a file is whole before it appears. */
#include "image/writer.h"

#include "image/format.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const struct writer_format *const formats[] = {
    &writer_png, &writer_npy, &writer_ppm, &writer_pdf, &writer_null,
};

enum { FORMATS = sizeof formats / sizeof *formats };

static bool matches(const struct writer_format *format, const char *path) {
    if (!format->ending)
        return strcmp(path, format->name) == 0;
    const size_t length = strlen(path), ending = strlen(format->ending);
    return length >= ending && strcasecmp(path + length - ending, format->ending) == 0;
}

static bool unknown_format(const char *path, bool coloured, struct failure *failure) {
    char endings[64] = "";
    for (size_t k = 0; k < FORMATS; k++)
        if (formats[k]->ending && (formats[k]->has_colours || !coloured)) {
            strcat(endings, " ");
            strcat(endings, formats[k]->ending);
        }
    return failure_set(failure, EXIT_USAGE, "%s '%s': use an ending of%s, or the name null",
                       coloured ? "no format of pictures for" : "cannot recognise the format of",
                       path, endings);
}

const struct writer_format *writer_format_find(const char *path, struct failure *failure) {
    for (size_t k = 0; k < FORMATS; k++)
        if (matches(formats[k], path))
            return formats[k];
    unknown_format(path, false, failure);
    return NULL;
}

const struct writer_format *writer_format_find_coloured(const char *path, struct failure *failure) {
    for (size_t k = 0; k < FORMATS; k++)
        if (matches(formats[k], path) && (formats[k]->has_colours || !formats[k]->ending))
            return formats[k];
    unknown_format(path, true, failure);
    return NULL;
}

bool writer_makes_file(const struct writer_format *format) {
    return format->ending != NULL;
}

bool writer_has_colours(const struct writer_format *format) {
    return format->has_colours;
}

uint64_t writer_row_bytes(const struct writer_format *format, uint32_t width) {
    return (uint64_t)format->pixel_bytes * width;
}

uint32_t image_samples(const struct image *image) {
    return image->samples > 0 ? image->samples : 1;
}

static uint32_t rows_of(const struct image *image) {
    return image->height * image_samples(image);
}

bool writer_check(const struct writer_format *format, const char *path, uint32_t width,
                  uint32_t height, struct failure *failure) {
    if (format->missing)
        return failure_set(failure, EXIT_USAGE,
                           "cannot write '%s', this build has no %s: rebuild with %s", path,
                           format->name, format->missing);
    if (format->side_max > 0 && (width > format->side_max || height > format->side_max))
        return failure_set(failure, EXIT_USAGE,
                           "'%s' cannot hold %" PRIu32 "x%" PRIu32
                           " pixels: %s takes at most %" PRIu32 " a side, png takes them all",
                           path, width, height, format->name, format->side_max);
    return true;
}

struct writer *writer_open(const struct writer_format *format, const char *path,
                           const struct image *image, struct failure *failure) {
    struct writer *writer = calloc(1, sizeof *writer);
    if (!writer) {
        failure_set(failure, EXIT_RUN, "cannot write '%s': not enough memory", path);
        return NULL;
    }
    writer->format = format;
    writer->image = *image;
    if ((!format->ending || atomic_file_open(&writer->file, path, failure)) &&
        (!format->begin || format->begin(writer, failure)))
        return writer;
    writer_abandon(writer);
    return NULL;
}

bool writer_put(struct writer *writer, const struct image_rows *rows, struct failure *failure) {
    if (rows->rows > rows_of(&writer->image) - writer->rows_written)
        return failure_set(failure, EXIT_RUN,
                           "a picture of %" PRIu32 " rows was given more of them",
                           rows_of(&writer->image));
    const struct writer_format *format = writer->format;
    if (rows->rows > 0 && format->rows && !format->rows(writer, rows, failure))
        return false;
    writer->rows_written += rows->rows;
    return true;
}

bool writer_takes_bands(const struct writer_format *format) {
    return format->band || !format->ending;
}

bool writer_band(struct writer *writer, const struct png_chunk *chunk, uint32_t rows,
                 struct failure *failure) {
    if (writer->format->band && !writer->format->band(writer, chunk, failure))
        return false;
    writer->rows_written += rows;
    return true;
}

bool writer_rows(struct writer *writer, const int32_t *counts, uint32_t rows,
                 struct failure *failure) {
    const struct image_rows some = {.counts = counts, .rows = rows};
    return writer_put(writer, &some, failure);
}

static bool has_all_rows(const struct writer *writer, struct failure *failure) {
    return writer->rows_written == rows_of(&writer->image) ||
           failure_set(failure, EXIT_RUN,
                       "a picture of %" PRIu32 " rows was given %" PRIu32 " of them",
                       rows_of(&writer->image), writer->rows_written);
}

bool writer_close(struct writer *writer, struct failure *failure) {
    const struct writer_format *format = writer->format;
    const bool closed = has_all_rows(writer, failure) &&
                        (!format->finish || format->finish(writer, failure)) &&
                        (!format->ending || atomic_file_commit(&writer->file, failure));
    writer_abandon(writer); /* after a commit only the memory is left to free */
    return closed;
}

void writer_abandon(struct writer *writer) {
    if (!writer)
        return;
    if (writer->format->release)
        writer->format->release(writer);
    atomic_file_abandon(&writer->file);
    free(writer);
}
