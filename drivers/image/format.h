/* SPDX-License-Identifier: MIT
 * What a picture format has to do; for the files of image/ only. A format turns rows into bytes.
 * That the file is whole, the rows are as many as they should be and memory is freed is seen to in
 * writer.c. */
#ifndef PLAIT_DRIVERS_FORMAT_H
#define PLAIT_DRIVERS_FORMAT_H

#include "base/atomic_file.h"
#include "image/png_bands.h"
#include "image/writer.h"

/* A function that has nothing to do is NULL. */
struct writer_format {
    const char *name;
    const char *ending; /* of file names, in lower case; NULL: no file, chosen by the name itself */
    bool has_colours;
    uint32_t side_max;    /* pixels; 0: whatever a picture can have */
    uint32_t pixel_bytes; /* of memory until the file is complete */
    const char *missing;  /* the package that this build lacks for the format; NULL: none */

    /* Writes what stands before the rows; may allocate writer->state. A failure is described. */
    bool (*begin)(struct writer *writer, struct failure *failure);

    /* Writes one row of samples or more. */
    bool (*rows)(struct writer *writer, const struct image_rows *rows, struct failure *failure);

    /* Writes the next band of rows, encoded, instead. NULL: the format has no bands. */
    bool (*band)(struct writer *writer, const struct png_chunk *chunk, struct failure *failure);

    /* Writes what stands after the rows. */
    bool (*finish)(struct writer *writer, struct failure *failure);

    /* Frees writer->state, which is NULL if begin has not come that far. Called once. */
    void (*release)(struct writer *writer);
};

struct writer {
    const struct writer_format *format;
    struct image image;
    uint32_t rows_written;   /* of samples */
    struct atomic_file file; /* all zero for a format without a file */
    void *state;             /* the format's own */
};

extern const struct writer_format writer_null, writer_npy, writer_pdf, writer_png, writer_ppm;

#endif
