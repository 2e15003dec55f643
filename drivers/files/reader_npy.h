/* SPDX-License-Identifier: MIT
 * Reads NumPy's array files, formats 1.0 to 3.0, of numbers of any plain type: the header first,
 * then items from the front in any portions, as often as is wanted. Nothing but the portions is
 * held in memory. */
#ifndef PLAIT_DRIVERS_READER_NPY_H
#define PLAIT_DRIVERS_READER_NPY_H

#include "base/failure.h"
#include "files/npy_header.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* All zero: none, which is safe to close. */
struct npy_reader {
    const char *path; /* the caller's */
    struct npy_header header;
    FILE *stream;
    long data; /* where the items begin */
};

/* Opens the file and reads its header. The file is known to be as long as the header says.
 * EXIT_USAGE for one that cannot be read, is no such file, is cut off, or holds no plain numbers
 * (texts, records, Python objects). On success end with npy_close; on failure *reader is all zero,
 * which npy_close allows, too. */
bool npy_open(struct npy_reader *reader, const char *path, struct failure *failure);

/* Reads the next `count` items, in this machine's byte order. EXIT_RUN if they are not there any
 * more. */
bool npy_read(struct npy_reader *reader, void *items, size_t count, struct failure *failure);

/* Goes to item number `item`, which is there. EXIT_RUN if that fails. */
bool npy_seek(struct npy_reader *reader, uint64_t item, struct failure *failure);

/* Goes back to the first item. */
bool npy_rewind(struct npy_reader *reader, struct failure *failure);

void npy_close(struct npy_reader *reader);

#endif
