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

static uint64_t share_of(const struct rank *rank, int r) {
    return decompose_block(rank->values.in_all, (uint64_t)rank->run->session->size, (uint64_t)r);
}

/* Rank 0 receives to the end after an error, too: the others wait until it has. */
static void receive_positions(const struct rank *rank, int from, uint64_t *chunk,
                              struct atomic_file *file, struct failure *failure) {
    const uint64_t share = share_of(rank, from);
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

static void send_positions(const struct rank *rank) {
    for (uint64_t first = 0; first < rank->values.count; first += RANK_CHUNK)
        MPI_CHECK(MPI_Send(rank->positions + first, (int)rank_chunk(rank->values.count, first),
                           MPI_UINT64_T, ROOT, TAG_POSITIONS, rank->run->session->world));
}

/* A position is the same as int64. */
static void write_file(const struct rank *rank, uint64_t *chunk, struct failure *failure) {
    struct atomic_file file = {0};
    char header[NPY_HEADER_BYTES];
    npy_header_make(NPY_INT64, 1, &rank->values.in_all, header);
    if (atomic_file_open(&file, rank->options->out, failure))
        atomic_file_write(&file, header, sizeof header, failure);
    for (int r = 0; r < rank->run->session->size; r++)
        receive_positions(rank, r, chunk, &file, failure);
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
            write_file(rank, chunk, failure);
        else
            send_positions(rank);
    }
    free(chunk);
    return agree(rank->run->session, failure);
}

/* Those of the first `told` that this rank has. */
static uint64_t told_of(const struct rank *rank, int r) {
    uint64_t before = 0;
    for (int k = 0; k < r; k++)
        before += share_of(rank, k);
    const uint64_t left = before < rank->told ? rank->told - before : 0;
    return share_of(rank, r) < left ? share_of(rank, r) : left;
}

static void gather_told(struct rank *rank, int *counts, int *at) {
    const MPI_Comm world = rank->run->session->world;
    const int mine = (int)told_of(rank, rank->run->session->rank);
    for (int r = 0, next = 0; counts && r < rank->run->session->size; r++) {
        counts[r] = (int)told_of(rank, r);
        at[r] = next;
        next += counts[r];
    }
    MPI_CHECK(MPI_Gatherv(rank->positions, mine, MPI_UINT64_T, rank->told_positions, counts, at,
                          MPI_UINT64_T, ROOT, world));
    MPI_CHECK(MPI_Gatherv(rank->values.values, mine, MPI_UINT64_T, rank->told_values, counts, at,
                          MPI_UINT64_T, ROOT, world));
}

bool rank_gather_told(struct rank *rank, struct failure *failure) {
    const size_t ranks = (size_t)rank->run->session->size;
    int *counts = NULL;
    rank->told = rank->values.one_each || rank->values.in_all <= RANK_LIST_MAX ? rank->values.in_all
                                                                               : RANK_LIST_SHORT;
    if (rank->run->session->rank == ROOT) {
        rank->told_values = malloc((size_t)rank->told * sizeof *rank->told_values);
        rank->told_positions = malloc((size_t)rank->told * sizeof *rank->told_positions);
        counts = malloc(2 * ranks * sizeof *counts);
        if (!rank->told_values || !rank->told_positions || !counts)
            failure_set(failure, EXIT_RUN, "out of memory");
    }
    if (agree(rank->run->session, failure))
        gather_told(rank, counts, counts ? counts + ranks : NULL);
    free(counts);
    return failure->exit_status == EXIT_DONE;
}

static void print_value(const struct rank *rank, union rank_value value) {
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

/* What the values are, in a line that numpy's loadtxt leaves out. */
static void rank_report_print_head(const struct rank *rank) {
    printf("# rank: %" PRIu64 " values, %s", rank->values.in_all,
           npy_types[rank->values.type].name);
    if (rank->drawn)
        printf(", seed %" PRIu64, rank->run->seed);
    printf("\n# %s value rank\n", rank->values.one_each ? "process" : "index");
}

bool rank_print(const struct run *run, void *state, struct failure *failure) {
    const struct rank *rank = state;
    (void)run;
    (void)failure;
    rank_report_print_head(rank);
    for (uint64_t k = 0; k < rank->told; k++) {
        printf("%" PRIu64 " ", k);
        print_value(rank, rank->told_values[k]);
        printf(" %" PRIu64 "\n", rank->told_positions[k]);
    }
    if (rank->told < rank->values.in_all)
        printf("# and %" PRIu64 " more%s%s\n", rank->values.in_all - rank->told,
               rank->options->out ? ", all in " : ": --out FILE.npy keeps all",
               rank->options->out ? rank->options->out : "");
    return true;
}

void rank_report(const struct run *run, const void *state, struct report *report) {
    const struct rank *rank = state;
    (void)run;
    report_count(report, "values", rank->values.in_all);
    report_text(report, "type", npy_types[rank->values.type].name);
    report_open_array(report, "positions");
    for (uint64_t k = 0; k < rank->told; k++)
        report_count(report, NULL, rank->told_positions[k]);
    report_close(report);
}
