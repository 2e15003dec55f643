/* SPDX-License-Identifier: MIT
 * Target and clock of pi. */
#include "pi/pi_limits.h"

#include "ranks/mpi_check.h"

bool limits_met(const struct session *session, double target_error,
                const struct pi_statistics *statistics) {
    int met = session->rank == ROOT && statistics->standard_error <= target_error;
    MPI_CHECK(MPI_Bcast(&met, 1, MPI_INT, ROOT, session->world));
    return met;
}

/* Rank 0: what the next part of a step is, `counted` darts of each run being done. */
static uint64_t next_part(const struct pi_counts *counts, const struct sweep_round *round,
                          double max_seconds, uint64_t counted) {
    const struct sweep *sweep = counts->work.sweep;
    double seconds = counted > 0 ? counts->seconds[round->first] : 0;
    double darts = (double)counted;
    for (int s = 0; s < round->first; s++) {
        seconds += counts->seconds[s];
        darts += (double)sweep->darts[s];
    }
    return sweep_part_in_time(sweep->runs, round->run_darts - counted, darts * (double)sweep->runs,
                              seconds, max_seconds);
}

bool limits_count(struct pi_counts *counts, const struct sweep_round *round, double max_seconds,
                  uint64_t *counted, struct failure *failure) {
    const struct session *session = counts->session;
    for (*counted = 0; *counted < round->run_darts;) {
        uint64_t part = 0;
        if (session->rank == ROOT)
            part = next_part(counts, round, max_seconds, *counted);
        MPI_CHECK(MPI_Bcast(&part, 1, MPI_UINT64_T, ROOT, session->world));
        if (part == 0)
            return true;
        const struct sweep_round next = sweep_round_part(round, *counted, part);
        if (!counts_round(counts, &next, failure))
            return false;
        *counted += part;
    }
    return true;
}
