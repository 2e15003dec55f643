/* SPDX-License-Identifier: MIT
 * Shares rows among ranks and gathers them. Counts and displacements are in rows, of a datatype
 * that is one row long: in bytes or pixels they would overflow MPI's int. */
#include "picture/block.h"

#include "base/decompose.h"
#include "ranks/mpi_check.h"

#include <stdlib.h>

static uint32_t rows_of(const struct session *session, uint32_t rows, int rank) {
    return (uint32_t)decompose_block(rows, (uint64_t)session->size, (uint64_t)rank);
}

struct block block_share(const struct session *session, uint32_t rows) {
    struct block block = {0, rows_of(session, rows, session->rank)};
    uint32_t end;
    MPI_CHECK(MPI_Scan(&block.rows, &end, 1, MPI_UINT32_T, MPI_SUM, session->world));
    block.first = end - block.rows;
    return block;
}

void block_gather(const struct session *session, uint32_t rows, size_t row_bytes, const void *mine,
                  void *all) {
    const int own = (int)rows_of(session, rows, session->rank);
    int *counts = NULL, *displacements = NULL;
    MPI_Datatype row;
    MPI_CHECK(MPI_Type_contiguous((int)row_bytes, MPI_BYTE, &row));
    MPI_CHECK(MPI_Type_commit(&row));

    if (session->rank == ROOT) {
        counts = malloc(2 * (size_t)session->size * sizeof *counts);
        if (!counts)
            mpi_check(MPI_ERR_NO_MEM, "block_gather", __FILE__, __LINE__);
        displacements = counts + session->size;
        for (int r = 0, next = 0; r < session->size; r++) {
            counts[r] = (int)rows_of(session, rows, r);
            displacements[r] = next;
            next += counts[r];
        }
    }
    MPI_CHECK(MPI_Gatherv(session->rank == ROOT ? MPI_IN_PLACE : mine, own, row, all, counts,
                          displacements, row, ROOT, session->world));
    free(counts);
    MPI_CHECK(MPI_Type_free(&row));
}
