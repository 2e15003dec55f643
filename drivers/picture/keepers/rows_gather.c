/* SPDX-License-Identifier: MIT
 * Gathers rows: blocks in one collective call, as the report "MPI with Python" does it,
 * scattered pieces as one message each. Lengths and displacements are in rows, of a datatype that
 * is one row long: in bytes or pixels they would overflow MPI's int. */
#include "picture/keepers/rows_gather.h"

#include "base/decompose.h"
#include "ranks/mpi_check.h"

#include <stdlib.h>

enum { TAG_PIECES = 10, TAG_ROWS = 11 };
enum { PIECE_WORDS = sizeof(struct piece) / sizeof(uint64_t) };

/* Too late to agree on a failure: the other ranks are in the middle of sending. */
static void *gather_require(void *memory) {
    if (!memory)
        mpi_check(MPI_ERR_NO_MEM, "rows_gather", __FILE__, __LINE__);
    return memory;
}

static void gather_blocks(const struct rank_rows *rows, MPI_Datatype row, void *content) {
    const struct session *session = rows->session;
    int *counts = NULL, *displacements = NULL;
    if (session_is_root(session)) {
        counts = gather_require(malloc(2 * (size_t)session->size * sizeof *counts));
        displacements = counts + session->size;
        for (int r = 0, next = 0; r < session->size; r++) {
            counts[r] = (int)decompose_block(rows->total, (uint64_t)session->size, (uint64_t)r);
            displacements[r] = next;
            next += counts[r];
        }
    }
    MPI_CHECK(MPI_Gatherv(session_is_root(session) ? MPI_IN_PLACE : content,
                          (int)unit_set_units(&rows->pieces), row, content, counts, displacements,
                          row, ROOT, session->world));
    free(counts);
}

static void gather_wait(MPI_Request *requests, size_t count) {
    MPI_CHECK(MPI_Waitall((int)count, requests, MPI_STATUSES_IGNORE));
    free(requests);
}

/* All sends are posted before the first is waited for: rank 0 then receives without a pause. */
static void gather_send_pieces(const struct rank_rows *rows, MPI_Datatype row, size_t row_bytes,
                               const char *mine) {
    const struct unit_set *pieces = &rows->pieces;
    MPI_Request *requests = gather_require(malloc(pieces->count * sizeof *requests + 1));
    MPI_CHECK(MPI_Send(pieces->items, (int)pieces->count * PIECE_WORDS, MPI_UINT64_T, ROOT,
                       TAG_PIECES, rows->session->world));
    for (size_t k = 0; k < pieces->count; k++) {
        MPI_CHECK(MPI_Isend(mine, (int)pieces->items[k].count, row, ROOT, TAG_ROWS,
                            rows->session->world, &requests[k]));
        mine += pieces->items[k].count * row_bytes;
    }
    gather_wait(requests, pieces->count);
}

/* Rank 0: the pieces of another rank. Rank after rank: they all arrive at the same network card. */
static void gather_receive_pieces(const struct session *session, int rank, MPI_Datatype row,
                                  size_t row_bytes, char *all) {
    MPI_Status status;
    int words;
    MPI_CHECK(MPI_Probe(rank, TAG_PIECES, session->world, &status));
    MPI_CHECK(MPI_Get_count(&status, MPI_UINT64_T, &words));
    const size_t count = (size_t)words / PIECE_WORDS;
    struct piece *pieces = gather_require(malloc(count * sizeof *pieces + 1));
    MPI_CHECK(
        MPI_Recv(pieces, words, MPI_UINT64_T, rank, TAG_PIECES, session->world, MPI_STATUS_IGNORE));
    MPI_Request *requests = gather_require(malloc(count * sizeof *requests + 1));
    for (size_t k = 0; k < count; k++)
        MPI_CHECK(MPI_Irecv(all + pieces[k].first * row_bytes, (int)pieces[k].count, row, rank,
                            TAG_ROWS, session->world, &requests[k]));
    gather_wait(requests, count);
    free(pieces);
}

void rows_gather(const struct rank_rows *rows, size_t row_bytes, void *content) {
    MPI_Datatype row;
    MPI_CHECK(MPI_Type_contiguous((int)row_bytes, MPI_BYTE, &row));
    MPI_CHECK(MPI_Type_commit(&row));
    if (rows->blocks)
        gather_blocks(rows, row, content);
    else if (!session_is_root(rows->session))
        gather_send_pieces(rows, row, row_bytes, content);
    else
        for (int r = 1; r < rows->session->size; r++)
            gather_receive_pieces(rows->session, r, row, row_bytes, content);
    MPI_CHECK(MPI_Type_free(&row));
}
