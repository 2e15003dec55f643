/* SPDX-License-Identifier: MIT
 * NumPy's array file, format 1.0: the counts themselves, int32 [height][width], uncoloured. They
 * are written as they lie in memory, and the header says in which byte order that is. */
#include "files/npy_header.h"
#include "image/format.h"

static bool writer_npy_begin(struct writer *writer, struct failure *failure) {
    char header[NPY_HEADER_BYTES];
    const uint64_t samples = image_samples(&writer->image);
    const uint64_t shape[] = {writer->image.height * samples, writer->image.width * samples};
    npy_header_make(NPY_INT32, 2, shape, header);
    return atomic_file_write(&writer->file, header, sizeof header, failure);
}

static bool writer_npy_write_rows(struct writer *writer, const struct image_rows *rows,
                                  struct failure *failure) {
    const size_t columns = (size_t)writer->image.width * image_samples(&writer->image);
    const size_t bytes = rows->rows * columns * sizeof *rows->counts;
    return atomic_file_write(&writer->file, rows->counts, bytes, failure);
}

const struct writer_format writer_npy = {
    .name = "npy",
    .ending = ".npy",
    .begin = writer_npy_begin,
    .rows = writer_npy_write_rows,
};
