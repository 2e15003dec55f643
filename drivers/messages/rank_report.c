/* SPDX-License-Identifier: MIT
 * The lines, the file and the report of ranked values. */
#include "messages/rank_report.h"

#include "base/atomic_file.h"
#include "base/decompose.h"
#include "base/number.h"
#include "files/npy_header.h"
#include "ranks/agree.h"
#include "ranks/mpi_check.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TAG_POSITIONS = 52 };

static uint64_t rank_share(const struct rank *rank, int r) {
    return decompose_block(rank->values.total, (uint64_t)rank->run->session->size, (uint64_t)r);
}

/* Rank 0 receives everything, even after an error: the others block in their sends until then. */
static void rank_receive_positions(const struct rank *rank, int from, uint64_t *chunk,
                                   struct atomic_file *file, struct failure *failure) {
    const uint64_t share = rank_share(rank, from);
    for (uint64_t first = 0; first < share; first += RANK_CHUNK) {
        const size_t count = rank_chunk(share, first);
        if (from == ROOT)
            memcpy(chunk, rank->positions + first, count * sizeof *chunk);
        else
            MPI_CHECK(MPI_Recv(chunk, (int)count, MPI_UINT64_T, from, TAG_POSITIONS,
                               rank->run->session->world, MPI_STATUS_IGNORE));
        if (failure->exit_status == EXIT_DONE)
            atomic_file_write(file, chunk, count * sizeof *chunk, failure);
    }
}

static void rank_send_positions(const struct rank *rank) {
    for (uint64_t first = 0; first < rank->values.count; first += RANK_CHUNK)
        MPI_CHECK(MPI_Send(rank->positions + first, (int)rank_chunk(rank->values.count, first),
                           MPI_UINT64_T, ROOT, TAG_POSITIONS, rank->run->session->world));
}

/* Positions have the same bits as int64. */
static void rank_write_file(const struct rank *rank, uint64_t *chunk, struct failure *failure) {
    struct atomic_file file = {0};
    char header[NPY_HEADER_BYTES];
    npy_header_make(NPY_INT64, 1, &rank->values.total, header);
    if (atomic_file_open(&file, rank->options->out, failure))
        atomic_file_write(&file, header, sizeof header, failure);
    for (int r = 0; r < rank->run->session->size; r++)
        rank_receive_positions(rank, r, chunk, &file, failure);
    if (failure->exit_status == EXIT_DONE)
        atomic_file_commit(&file, failure);
    atomic_file_abandon(&file);
}

bool rank_write(const struct rank *rank, struct failure *failure) {
    uint64_t *chunk = NULL;
    if (rank->run->session->rank == ROOT) {
        chunk = malloc(RANK_CHUNK * sizeof *chunk);
        if (!chunk)
            failure_set(failure, EXIT_RUN, "out of memory for the file");
    }
    if (agree(rank->run->session, failure)) {
        if (chunk)
            rank_write_file(rank, chunk, failure);
        else
            rank_send_positions(rank);
    }
    free(chunk);
    return agree(rank->run->session, failure);
}

/* How many of the first `listed` values rank r has. */
static uint64_t rank_listed_share(const struct rank *rank, int r) {
    uint64_t before = 0;
    for (int k = 0; k < r; k++)
        before += rank_share(rank, k);
    const uint64_t left = before < rank->listed ? rank->listed - before : 0;
    return rank_share(rank, r) < left ? rank_share(rank, r) : left;
}

bool rank_gather_listed(struct rank *rank, struct failure *failure) {
    const struct session *session = rank->run->session;
    int *counts = NULL, *offsets = NULL; /* rank 0: of all ranks */
    rank->listed = rank->values.one_each || rank->values.total <= RANK_LIST_MAX ? rank->values.total
                                                                                : RANK_LIST_SHORT;
    if (session->rank == ROOT) {
        rank->listed_values = malloc((size_t)rank->listed * sizeof *rank->listed_values);
        rank->listed_positions = malloc((size_t)rank->listed * sizeof *rank->listed_positions);
        counts = malloc((size_t)session->size * sizeof *counts);
        offsets = malloc((size_t)session->size * sizeof *offsets);
        if (!rank->listed_values || !rank->listed_positions || !counts || !offsets)
            failure_set(failure, EXIT_RUN, "out of memory");
    }
    if (agree(session, failure)) {
        const int mine = (int)rank_listed_share(rank, session->rank);
        for (int r = 0, next = 0; counts && r < session->size; r++) {
            counts[r] = (int)rank_listed_share(rank, r);
            offsets[r] = next;
            next += counts[r];
        }
        MPI_CHECK(MPI_Gatherv(rank->positions, mine, MPI_UINT64_T, rank->listed_positions, counts,
                              offsets, MPI_UINT64_T, ROOT, session->world));
        MPI_CHECK(MPI_Gatherv(rank->values.values, mine, MPI_UINT64_T, rank->listed_values, counts,
                              offsets, MPI_UINT64_T, ROOT, session->world));
    }
    free(counts);
    free(offsets);
    return failure->exit_status == EXIT_DONE;
}

static void rank_print_value(const struct rank *rank, union rank_value value) {
    char text[NUMBER_TEXT_BYTES];
    if (!rank_is_real(rank->values.type)) {
        printf("%" PRId64, value.integer);
    } else if (isnan(value.real)) {
        printf("nan"); /* a NaN may have a sign, which means nothing */
    } else {
        number_text(value.real, text);
        printf("%s", text);
    }
}

bool rank_print(const struct run *run, void *state, struct failure *failure) {
    const struct rank *rank = state;
    (void)run;
    (void)failure;
    /* numpy's loadtxt skips lines that begin with a hash. */
    printf("# rank: %" PRIu64 " values, %s", rank->values.total, npy_types[rank->values.type].name);
    if (rank->drawn)
        printf(", seed %" PRIu64, rank->run->seed);
    printf("\n# %s value rank\n", rank->values.one_each ? "process" : "index");
    for (uint64_t k = 0; k < rank->listed; k++) {
        printf("%" PRIu64 " ", k);
        rank_print_value(rank, rank->listed_values[k]);
        printf(" %" PRIu64 "\n", rank->listed_positions[k]);
    }
    if (rank->listed < rank->values.total)
        printf("# and %" PRIu64 " more%s%s\n", rank->values.total - rank->listed,
               rank->options->out ? ", all in " : ": --out FILE.npy keeps all",
               rank->options->out ? rank->options->out : "");
    return true;
}

void rank_report(const struct run *run, const void *state, struct report *report) {
    const struct rank *rank = state;
    (void)run;
    report_count(report, "values", rank->values.total);
    report_text(report, "type", npy_types[rank->values.type].name);
    report_open_array(report, "positions");
    for (uint64_t k = 0; k < rank->listed; k++)
        report_count(report, NULL, rank->listed_positions[k]);
    report_close(report);
}
