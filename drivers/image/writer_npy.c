/* SPDX-License-Identifier: MIT
 * NumPy's array file, format 1.0: the counts themselves, int32 [height][width], uncoloured. They
 * are written as they lie in memory, and the header says in which byte order that is. */
#include "image/npy.h"

#include "image/format.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { PREFIX_BYTES = 10 };

static char byte_order(void) {
    const uint16_t probe = 1;
    uint8_t first;
    memcpy(&first, &probe, 1);
    return first == 1 ? '<' : '>';
}

void npy_header(uint32_t width, uint32_t height, char header[NPY_HEADER_BYTES]) {
    char shape[NPY_HEADER_BYTES];
    memset(header, ' ', NPY_HEADER_BYTES);
    /* Magic, version 1.0, and the bytes that follow as a little-endian 16-bit number. */
    memcpy(header, "\x93NUMPY\x01\x00", 8);
    header[8] = NPY_HEADER_BYTES - PREFIX_BYTES;
    header[9] = 0;
    const int length =
        snprintf(shape, sizeof shape,
                 "{'descr': '%ci4', 'fortran_order': False, 'shape': (%" PRIu32 ", %" PRIu32 "), }",
                 byte_order(), height, width);
    memcpy(header + PREFIX_BYTES, shape, (size_t)length);
    header[NPY_HEADER_BYTES - 1] = '\n';
}

static bool begin(struct writer *writer, struct failure *failure) {
    char header[NPY_HEADER_BYTES];
    const uint32_t samples = image_samples(&writer->image);
    npy_header(writer->image.width * samples, writer->image.height * samples, header);
    return atomic_file_write(&writer->file, header, sizeof header, failure);
}

static bool write_rows(struct writer *writer, const struct image_rows *rows,
                       struct failure *failure) {
    const size_t columns = (size_t)writer->image.width * image_samples(&writer->image);
    const size_t bytes = rows->rows * columns * sizeof *rows->counts;
    return atomic_file_write(&writer->file, rows->counts, bytes, failure);
}

const struct writer_format writer_npy = {
    .name = "npy",
    .ending = ".npy",
    .begin = begin,
    .rows = write_rows,
};
