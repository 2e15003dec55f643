/* SPDX-License-Identifier: MIT
 * What the keepers have in common. */
#include "picture/keepers/keeper.h"

#include "plait/digest.h"
#include "plait/sample.h"
#include "ranks/mpi_check.h"

#include <inttypes.h>
#include <omp.h>
#include <stdlib.h>

/* Three passes over the counts, by blocks that stay in the second cache between them. */
enum { MEASURED_COUNTS = 1 << 16, DIGEST_ROWS = 8 /* that plait_digest_rows takes at once */ };

static uint32_t measured_rows(uint32_t width) {
    const uint32_t rows = MEASURED_COUNTS / width / DIGEST_ROWS * DIGEST_ROWS;
    return rows > 0 ? rows : DIGEST_ROWS;
}

void keeper_measure(struct keeper *keeper, const struct kept_rows *rows, uint64_t *digests) {
    const struct plait_escape *escape = keeper->work->escape;
    const uint32_t most = measured_rows(escape->width);
    struct colouring *colouring = keeper->colouring;
    struct plait_exec alone = *keeper->work->exec;
    alone.threads = 1;
#pragma omp parallel for num_threads(keeper->work->exec->threads) schedule(static)
    for (int64_t first = 0; first < rows->count; first += most) {
        const int64_t left = rows->count - first;
        const uint32_t count = left < most ? (uint32_t)left : most;
        const int32_t *counts = rows->counts + (size_t)first * escape->width;
        plait_digest_rows(&alone, counts, count, escape->width, digests + first);
        const struct plait_escape_tally tally =
            plait_escape_count_steps(escape, &alone, counts, count);
        const size_t pixels = (size_t)count * escape->width;
        const struct colour_range range = colour_range_of(colouring->value, counts, pixels);
        if (colouring->histogram.tables)
            count_histogram_add(&colouring->histogram, counts, pixels, omp_get_thread_num());
#pragma omp critical(keeper_measure)
        {
            keeper->tally.steps += tally.steps;
            keeper->tally.interior += tally.interior;
            colouring->range = colour_range_merge(colouring->range, range);
        }
    }
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
