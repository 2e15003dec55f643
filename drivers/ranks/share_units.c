/* SPDX-License-Identifier: MIT
 * Sets of units on all ranks. */
#include "ranks/share_units.h"

#include "ranks/agree.h"
#include "ranks/mpi_check.h"

#include <stdlib.h>

enum { PIECE_WORDS = sizeof(struct piece) / sizeof(uint64_t) };

bool share_units(const struct session *session, struct unit_set *set, struct failure *failure) {
    uint64_t count = set->count;
    MPI_CHECK(MPI_Bcast(&count, 1, MPI_UINT64_T, ROOT, session->world));
    if (!session_is_root(session)) {
        set->items = malloc(count * sizeof *set->items + 1);
        set->count = set->capacity = set->items ? count : 0;
        if (!set->items)
            failure_set(failure, EXIT_RUN, "out of memory");
    }
    if (!agree(session, failure))
        return false;
    MPI_CHECK(MPI_Bcast(set->items, (int)count * PIECE_WORDS, MPI_UINT64_T, ROOT, session->world));
    return true;
}
