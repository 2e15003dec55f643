/* SPDX-License-Identifier: MIT
 * The rows that a rank has computed, in pieces wherever the queue sent it, and their way to rank 0.
 */
#ifndef PLAIT_DRIVERS_PIECES_H
#define PLAIT_DRIVERS_PIECES_H

#include "base/schedule.h"
#include "ranks/session.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Pieces in the order they were added. Zero is an empty list; free with pieces_free. */
struct pieces {
    struct piece *items;
    size_t count, capacity;
};

/* Adds a piece, to the last one where it goes on from there. false without memory. */
bool pieces_add(struct pieces *pieces, struct piece piece);
void pieces_free(struct pieces *pieces);

/* The rows of all pieces together. */
uint64_t pieces_rows(const struct pieces *pieces);

/* Collective. Brings rows of `row_bytes` each to their places on rank 0. pieces: the rows of this
 * rank, row numbers up to INT_MAX. mine: their content, one piece behind the other. all: on rank 0
 * the whole, where its own rows are already in place; ignored on other ranks, as mine is on rank 0.
 */
void pieces_gather(const struct session *session, const struct pieces *pieces, size_t row_bytes,
                   const void *mine, void *all);

#endif
