/* SPDX-License-Identifier: MIT
 * Block decomposition of the rows of a picture, as the report has it: each rank owns one run of
 * rows, lengths differ by at most one, and rank 0 gathers them. */
#ifndef PLAIT_DRIVERS_BLOCK_H
#define PLAIT_DRIVERS_BLOCK_H

#include "ranks/session.h"

#include <stddef.h>
#include <stdint.h>

/* Rows [first, first + rows) of this rank. */
struct block {
    uint32_t first, rows;
};

/* Collective. This rank's block of `rows` rows; its first row comes from a scan of the row counts
 * (MPI-3.1, 5.11.1). */
struct block block_share(const struct session *session, uint32_t rows);

/* Collective. Gathers the blocks of a picture of `rows` rows, `row_bytes` each, on rank 0. mine:
 * this rank's rows. all: on rank 0 the picture [rows][row_bytes], of which its own rows, where mine
 * must point to, are already in place; ignored on other ranks. */
void block_gather(const struct session *session, uint32_t rows, size_t row_bytes, const void *mine,
                  void *all);

#endif
