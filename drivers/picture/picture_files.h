/* SPDX-License-Identifier: MIT
 * The files of a picture: all are written at once, block by block from the top, and appear when the
 * last row is in all of them. */
#ifndef PLAIT_DRIVERS_PICTURE_FILES_H
#define PLAIT_DRIVERS_PICTURE_FILES_H

#include "base/failure.h"
#include "image/writer.h"
#include "options/option_values.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct picture_file {
    const char *path;
    const struct writer_format *format;
    struct writer *writer; /* while rows are written */
    /* Not NULL: there is no writer, the keeper of the rows puts the file in its place. */
    bool (*commit)(void *context, struct failure *failure);
    void *commit_context;
};

/* All zero: none. */
struct picture_files {
    struct picture_file *items; /* in the order in which they were asked for */
    size_t count;
    double commit_seconds; /* that the files took to be synced and get their names */
};

/* Which formats are allowed: all, or only those of colours, not of counts. */
enum files_kind { FILES_OF_PICTURE, FILES_OF_COLOURS };

/* On every rank: finds the formats of the paths, which stay where they are. EXIT_USAGE for names
 * without one, and for formats that do not take pictures of width x height pixels. Free with
 * files_end, also after a failure. */
bool files_begin(struct picture_files *files, const struct option_texts *paths,
                 enum files_kind kind, uint32_t width, uint32_t height, struct failure *failure);

/* Whether there is a file at all ("null" is none), and whether one holds colours. */
bool files_are_made(const struct picture_files *files);
bool files_have_colours(const struct picture_files *files);

/* Whether all take bands that any rank has encoded (writer_takes_bands). */
bool files_take_bands(const struct picture_files *files);

/* Bytes of memory for each row of `width` pixels until the files are complete. */
uint64_t files_row_bytes(const struct picture_files *files, uint32_t width);

/* Opens all, gives rows, or a band of `rows` rows, to all, and ends: puts all in their places if
 * the rows are written, else leaves all as they were before; false in both cases if the files are
 * not there. */
bool files_open(struct picture_files *files, const struct image *image, struct failure *failure);
bool files_put(const struct picture_files *files, const struct image_rows *rows,
               struct failure *failure);
bool files_put_band(const struct picture_files *files, const struct png_chunk *chunk, uint32_t rows,
                    struct failure *failure);
bool files_close(struct picture_files *files, bool written, struct failure *failure);

void files_end(struct picture_files *files);

#endif
