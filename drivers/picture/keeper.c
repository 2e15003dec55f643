/* SPDX-License-Identifier: MIT
 * What the keepers have in common. */
#include "picture/keeper.h"

#include "plait/digest.h"
#include "plait/sample.h"
#include "ranks/mpi_check.h"

#include <inttypes.h>
#include <stdlib.h>

void keeper_measure(struct keeper *keeper, const struct kept_rows *rows, uint64_t *digests) {
    const struct plait_escape *escape = keeper->work->escape;
    const struct plait_exec *exec = keeper->work->exec;
    plait_digest_rows(exec, rows->counts, rows->count, escape->width, digests);
    const struct plait_escape_tally tally =
        plait_escape_count_steps(escape, exec, rows->counts, rows->count);
    keeper->tally.steps += tally.steps;
    keeper->tally.interior += tally.interior;
    colouring_measure(keeper->colouring, rows->counts, (size_t)rows->count * escape->width);
}

void keeper_gather_digests(struct keeper *keeper) {
    const struct session *session = keeper->work->session;
    MPI_CHECK(MPI_Reduce(session->rank == ROOT ? MPI_IN_PLACE : keeper->digests, keeper->digests,
                         (int)keeper->work->escape->height, MPI_UINT64_T, MPI_BOR, ROOT,
                         session->world));
}

void keeper_gather_sums(struct keeper *keeper) {
    const struct session *session = keeper->work->session;
    const struct plait_escape_tally own = keeper->tally;
    MPI_CHECK(MPI_Reduce(&own, &keeper->tally, 2, MPI_UINT64_T, MPI_SUM, ROOT, session->world));
    colouring_share(keeper->colouring, session);
}

void keeper_compare_exact(struct keeper *keeper, const struct kept_rows *rows) {
    const struct plait_escape *escape = keeper->work->escape;
    const uint64_t pixels = (uint64_t)escape->width * escape->height;
    const uint64_t begin = (uint64_t)rows->first * escape->width;
    const uint64_t end = begin + (uint64_t)rows->count * escape->width;
    struct exact_samples *exact = keeper->exact;
    for (uint64_t k = 0; exact && k < VERIFY_SAMPLES; k++) {
        const uint64_t pixel = plait_sample(pixels, k);
        if (pixel < begin || pixel >= end)
            continue;
        const int64_t apart = (int64_t)rows->counts[pixel - begin] - exact->expected[k];
        const uint64_t size = (uint64_t)(apart < 0 ? -apart : apart);
        exact->compared++;
        exact->equal += size == 0;
        exact->largest = size > exact->largest ? size : exact->largest;
    }
}

bool keeper_mismatch(const struct plait_escape_difference *difference, struct failure *failure) {
    return failure_set(failure, EXIT_RUN,
                       "verification failed: row %" PRIu32 ", column %" PRIu32 " has count %" PRId32
                       ", the reference says %" PRId32 ": please report this",
                       difference->row, difference->col, difference->got, difference->expected);
}

void keeper_close(struct keeper *keeper) {
    if (keeper->state)
        keeper->kind->release(keeper);
    keeper->state = NULL;
}

void keeper_end(struct keeper *keeper) {
    keeper_close(keeper);
    free(keeper->digests);
    *keeper = (struct keeper){0};
}
