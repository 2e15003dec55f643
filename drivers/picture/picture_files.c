/* SPDX-License-Identifier: MIT
 * Opens, feeds and closes the writers of a picture. */
#include "picture/picture_files.h"

#include "base/clock.h"

#include <stdlib.h>

bool files_begin(struct picture_files *files, const struct option_texts *paths,
                 enum files_kind kind, uint32_t width, uint32_t height, struct failure *failure) {
    files->items = calloc(paths->count + 1, sizeof *files->items);
    if (!files->items)
        return failure_set(failure, EXIT_RUN, "out of memory");
    for (size_t k = 0; k < paths->count; k++) {
        struct picture_file *file = &files->items[k];
        file->path = paths->items[k];
        file->format = kind == FILES_OF_COLOURS ? writer_format_find_coloured(file->path, failure)
                                                : writer_format_find(file->path, failure);
        if (!file->format || !writer_check(file->format, file->path, width, height, failure))
            return false;
        files->count++;
    }
    return true;
}

bool files_are_made(const struct picture_files *files) {
    bool made = false;
    for (size_t k = 0; k < files->count; k++)
        made |= writer_makes_file(files->items[k].format);
    return made;
}

bool files_have_colours(const struct picture_files *files) {
    bool coloured = false;
    for (size_t k = 0; k < files->count; k++)
        coloured |= writer_has_colours(files->items[k].format);
    return coloured;
}

bool files_take_bands(const struct picture_files *files) {
    bool take = true;
    for (size_t k = 0; k < files->count; k++)
        take &= writer_takes_bands(files->items[k].format);
    return take;
}

uint64_t files_row_bytes(const struct picture_files *files, uint32_t width) {
    uint64_t bytes = 0;
    for (size_t k = 0; k < files->count; k++)
        bytes += writer_row_bytes(files->items[k].format, width);
    return bytes;
}

bool files_open(struct picture_files *files, const struct image *image, struct failure *failure) {
    for (size_t k = 0; k < files->count; k++) {
        struct picture_file *file = &files->items[k];
        if (file->commit)
            continue;
        file->writer = writer_open(file->format, file->path, image, failure);
        if (!file->writer)
            return false;
    }
    return true;
}

bool files_put(const struct picture_files *files, const struct image_rows *rows,
               struct failure *failure) {
    for (size_t k = 0; k < files->count; k++)
        if (files->items[k].writer && !writer_put(files->items[k].writer, rows, failure))
            return false;
    return true;
}

bool files_put_band(const struct picture_files *files, const struct png_chunk *chunk, uint32_t rows,
                    struct failure *failure) {
    for (size_t k = 0; k < files->count; k++)
        if (!writer_band(files->items[k].writer, chunk, rows, failure))
            return false;
    return true;
}

bool files_close(struct picture_files *files, bool written, struct failure *failure) {
    const uint64_t start_ns = clock_now_ns();
    for (size_t k = 0; k < files->count; k++) {
        struct picture_file *file = &files->items[k];
        struct writer *writer = file->writer;
        file->writer = NULL;
        if (!written)
            writer_abandon(writer);
        else if (file->commit)
            written = file->commit(file->commit_context, failure);
        else
            written = writer_close(writer, failure);
    }
    files->commit_seconds = clock_seconds_since(start_ns);
    return written;
}

void files_end(struct picture_files *files) {
    free(files->items);
    *files = (struct picture_files){0};
}
