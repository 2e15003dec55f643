/* SPDX-License-Identifier: MIT
 * Gathers scattered rows. Lengths and displacements are in rows, of a datatype that is one row
 * long: in bytes or pixels they would overflow MPI's int. A rank's rows are one message, however
 * many pieces they are. */
#include "picture/rows_gather.h"

#include "ranks/mpi_check.h"

#include <stdlib.h>

enum { TAG_PIECES = 10, TAG_ROWS = 11 };
enum { PIECE_WORDS = sizeof(struct piece) / sizeof(uint64_t) };

bool pieces_add(struct pieces *pieces, struct piece piece) {
    struct piece *last = pieces->count > 0 ? &pieces->items[pieces->count - 1] : NULL;
    if (last && last->first + last->count == piece.first) {
        last->count += piece.count;
        return true;
    }
    if (pieces->count == pieces->capacity) {
        const size_t capacity = pieces->capacity > 0 ? 2 * pieces->capacity : 64;
        struct piece *items = realloc(pieces->items, capacity * sizeof *items);
        if (!items)
            return false;
        pieces->items = items;
        pieces->capacity = capacity;
    }
    pieces->items[pieces->count++] = piece;
    return true;
}

uint64_t pieces_rows(const struct pieces *pieces) {
    uint64_t rows = 0;
    for (size_t k = 0; k < pieces->count; k++)
        rows += pieces->items[k].count;
    return rows;
}

void pieces_free(struct pieces *pieces) {
    free(pieces->items);
    *pieces = (struct pieces){0};
}

/* Too late to agree on a failure: the other ranks are in the middle of sending. */
static void *must_have(void *memory) {
    if (!memory)
        mpi_check(MPI_ERR_NO_MEM, "pieces_gather", __FILE__, __LINE__);
    return memory;
}

static void wait_for_all(MPI_Request *requests, size_t count) {
    MPI_CHECK(MPI_Waitall((int)count, requests, MPI_STATUSES_IGNORE));
    free(requests);
}

/* All pieces are on their way before the first is waited for: rank 0 then takes them in one go. */
static void send_rows(const struct session *session, const struct pieces *pieces, MPI_Datatype row,
                      size_t row_bytes, const char *mine) {
    MPI_Request *requests = must_have(malloc(pieces->count * sizeof *requests + 1));
    MPI_CHECK(MPI_Send(pieces->items, (int)pieces->count * PIECE_WORDS, MPI_UINT64_T, ROOT,
                       TAG_PIECES, session->world));
    for (size_t k = 0; k < pieces->count; k++) {
        MPI_CHECK(MPI_Isend(mine, (int)pieces->items[k].count, row, ROOT, TAG_ROWS, session->world,
                            &requests[k]));
        mine += pieces->items[k].count * row_bytes;
    }
    wait_for_all(requests, pieces->count);
}

/* Rank 0: which rows a rank has. */
static struct pieces receive_list(const struct session *session, int rank) {
    MPI_Status status;
    int words;
    MPI_CHECK(MPI_Probe(rank, TAG_PIECES, session->world, &status));
    MPI_CHECK(MPI_Get_count(&status, MPI_UINT64_T, &words));
    struct pieces pieces = {
        .items = must_have(malloc((size_t)words * sizeof(uint64_t) + 1)),
        .count = (size_t)words / PIECE_WORDS,
    };
    MPI_CHECK(MPI_Recv(pieces.items, words, MPI_UINT64_T, rank, TAG_PIECES, session->world,
                       MPI_STATUS_IGNORE));
    return pieces;
}

/* Rank after rank: they all end in the same network card. */
static void receive_rows(const struct session *session, int rank, MPI_Datatype row,
                         size_t row_bytes, char *all) {
    struct pieces pieces = receive_list(session, rank);
    MPI_Request *requests = must_have(malloc(pieces.count * sizeof *requests + 1));
    for (size_t k = 0; k < pieces.count; k++)
        MPI_CHECK(MPI_Irecv(all + pieces.items[k].first * row_bytes, (int)pieces.items[k].count,
                            row, rank, TAG_ROWS, session->world, &requests[k]));
    wait_for_all(requests, pieces.count);
    pieces_free(&pieces);
}

void pieces_gather(const struct session *session, const struct pieces *pieces, size_t row_bytes,
                   const void *mine, void *all) {
    MPI_Datatype row;
    MPI_CHECK(MPI_Type_contiguous((int)row_bytes, MPI_BYTE, &row));
    MPI_CHECK(MPI_Type_commit(&row));
    if (session->rank != ROOT)
        send_rows(session, pieces, row, row_bytes, mine);
    else
        for (int r = 1; r < session->size; r++)
            receive_rows(session, r, row, row_bytes, all);
    MPI_CHECK(MPI_Type_free(&row));
}
