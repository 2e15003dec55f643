/* SPDX-License-Identifier: MIT
 * A file that all ranks write, each its own parts, and read: for results that no rank's memory
 * should have to hold. It is an output that is not complete yet, whose name it takes
 * in the end, or a scratch file next to one.
 *
 * Written by MPI-IO, but opened by each rank for itself: a rank whose disk fails reports that,
 * where in a collective call it would leave the others waiting. MPI-IO and not pwrite() because of
 * NFS, whose clients write whole pages where they think that they alone write the file: MPI-IO
 * takes the locks that keep two ranks from undoing each other's writes where their parts meet.
 *
 * On one node the file has no name while it is written, where the file system allows that: a run
 * that is killed leaves nothing on disk. For several nodes it needs one (base/atomic_file.h). */
#ifndef PLAIT_DRIVERS_STORE_H
#define PLAIT_DRIVERS_STORE_H

#include "base/atomic_file.h"
#include "base/failure.h"
#include "ranks/session.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* All zero: no store, which is safe to end. */
struct store {
    const struct session *session;
    const char *option;      /* that wants it, for messages: "--stream" */
    const char *target;      /* the output that it becomes or is next to, as the user named it */
    struct atomic_file file; /* rank 0 */
    MPI_File handle;
    bool open;
};

/* Collective, same arguments on all ranks. Makes a store of `bytes` bytes, of undefined content, in
 * the directory of the output `target`, which must live as long as the store, as `option` does.
 * Before any work it is a failure of all ranks (EXIT_USAGE) if the disk has no space for it, which
 * is reserved where the file system can, or if some rank does not see in that directory what rank 0
 * has written. Free with store_end, also after a failure. */
bool store_begin(struct store *store, const struct session *session, const char *option,
                 const char *target, uint64_t bytes, struct failure *failure);

/* Any rank, any part of the store that no other rank writes. A failure (EXIT_RUN) is this rank's.
 */
bool store_write(struct store *store, uint64_t offset, const void *data, size_t bytes,
                 struct failure *failure);

/* Collective, when all is written, or a part that is to be read: from here on each rank reads what
 * the others wrote. */
bool store_settle(struct store *store, struct failure *failure);

/* Any rank, after store_settle. */
bool store_read(struct store *store, uint64_t offset, void *data, size_t bytes,
                struct failure *failure);

/* Rank 0, after store_settle: the store becomes the output, as atomic_file_commit has it. */
bool store_commit(struct store *store, struct failure *failure);

/* Closes the store, and removes it unless it was committed. */
void store_end(struct store *store);

#endif
