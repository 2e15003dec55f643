/* SPDX-License-Identifier: MIT
 * NumPy files (.npy, format versions 1 to 3) that hold one row of numbers, read and written piece
 * by piece: they may be larger than the memory. Numbers in them are little-endian. */
#ifndef PLAIT_DRIVERS_NPY_ARRAY_H
#define PLAIT_DRIVERS_NPY_ARRAY_H

#include "core/failure.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum npy_type { NPY_INT32, NPY_INT64, NPY_FLOAT32, NPY_FLOAT64, NPY_TYPES };

/* "int32" ... */
extern const char *const npy_type_names[NPY_TYPES];

/* Bytes of one number. */
size_t npy_type_bytes(enum npy_type type);

/* A file that is read. All zero: none, which is safe to close. */
struct npy_array {
    FILE *stream; /* at the numbers that have not been read yet */
    enum npy_type type;
    uint64_t count; /* numbers in all, 1 at least */
};

/* Opens a file and reads its header. EXIT_USAGE for anything but a whole file with one dimension of
 * one of the types above and at least one number. */
bool npy_array_open(struct npy_array *array, const char *path, struct failure *failure);

/* Reads the next `count` numbers as they stand in the file. EXIT_RUN on failure. */
bool npy_array_read(struct npy_array *array, const char *path, unsigned char *bytes, size_t count,
                    struct failure *failure);
void npy_array_close(struct npy_array *array);

/* One number of the file: of an integer type as an integer, of the others as a double. */
int64_t npy_integer(enum npy_type type, const unsigned char *bytes);
double npy_real(enum npy_type type, const unsigned char *bytes);

/* The header of `count` int64 numbers, which must follow it. */
enum { NPY_HEADER_BYTES = 128 };
void npy_header_int64(uint64_t count, unsigned char header[NPY_HEADER_BYTES]);

/* A number as it stands in a file. */
void npy_put_int64(int64_t value, unsigned char bytes[8]);

#endif
