/* SPDX-License-Identifier: MIT
 * The header of NumPy's array files (.npy): what it says is read and written here and nowhere else.
 */
#ifndef PLAIT_DRIVERS_NPY_HEADER_H
#define PLAIT_DRIVERS_NPY_HEADER_H

#include "base/failure.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The plain numbers. */
enum npy_type {
    NPY_BOOL,
    NPY_INT8,
    NPY_INT16,
    NPY_INT32,
    NPY_INT64,
    NPY_UINT8,
    NPY_UINT16,
    NPY_UINT32,
    NPY_UINT64,
    NPY_FLOAT16,
    NPY_FLOAT32,
    NPY_FLOAT64,
    NPY_COMPLEX64,
    NPY_COMPLEX128,
    NPY_TYPES
};

/* In the order of enum npy_type. */
struct npy_type_row {
    const char *name; /* as NumPy calls it: "int32" */
    const char *code; /* as the header has it, after the byte order: "i4" */
    size_t bytes;     /* of one number */
};
extern const struct npy_type_row npy_types[NPY_TYPES];

enum { NPY_DIMENSIONS_MAX = 32 };

/* What a file holds. */
struct npy_header {
    enum npy_type type;
    bool swapped;      /* the items are not in this machine's byte order */
    bool fortran;      /* the first index runs fastest; without: the last */
    size_t dimensions; /* 0: one item */
    uint64_t shape[NPY_DIMENSIONS_MAX];
    uint64_t items; /* product of the shape; their bytes are INT64_MAX at most */
};

/* Reads the header's dictionary. EXIT_USAGE, with the file's name in the line, for one that is
 * damaged, holds no plain numbers (texts, records, Python objects) or has a shape that is too large
 * for any file. */
bool npy_header_parse(const char *dictionary, const char *path, struct npy_header *header,
                      struct failure *failure);

/* A shape as Python writes it: "()", "(5,)", "(3, 4)". */
enum { NPY_SHAPE_BYTES = 22 * NPY_DIMENSIONS_MAX + 3 };
void npy_shape_text(size_t dimensions, const uint64_t *shape, char text[NPY_SHAPE_BYTES]);

/* The format asks for data that starts at a multiple of 64; the longest shape fits into two.
 */
enum { NPY_HEADER_BYTES = 128 };

/* Makes all that stands before the items of a file, format 1.0: items in C order as they lie in the
 * memory of this machine. dimensions: 1 or 2. */
void npy_header_make(enum npy_type type, size_t dimensions, const uint64_t *shape,
                     char header[NPY_HEADER_BYTES]);

#endif
