/* SPDX-License-Identifier: MIT
 * Sends rows from the ranks that have computed them to rank 0. */
#ifndef PLAIT_DRIVERS_ROWS_GATHER_H
#define PLAIT_DRIVERS_ROWS_GATHER_H

#include "base/unit_set.h"
#include "ranks/session.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Which rows this rank has, of rows [0, total), each of which one rank has. */
struct rank_rows {
    const struct session *session;
    uint32_t total;
    bool blocks;            /* each rank has its block of them (base/decompose.h), and no other */
    struct unit_set pieces; /* of this rank; row numbers up to INT_MAX */
};

/* Collective. Moves rows of row_bytes each to their places on rank 0. content: on rank 0 the whole
 * [total][row_bytes], where its own rows are already in place; on other ranks their rows, one piece
 * after the other. */
void rows_gather(const struct rank_rows *rows, size_t row_bytes, void *content);

#endif
