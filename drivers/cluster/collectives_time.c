/* SPDX-License-Identifier: MIT
 * Collective operations, timed. */
#include "cluster/collectives_time.h"

#include "base/clock.h"
#include "cluster/collectives_proof.h"
#include "ranks/agree.h"
#include "ranks/mpi_check.h"

#include <math.h>
#include <stdlib.h>

static bool timer_is_root(const struct collective_timer *timer) {
    return timer->session->rank == ROOT;
}

/* Of one rank: those of the warm-up go to the same place. */
static uint64_t timer_most(const struct collective_timer *timer) {
    return timer->repeat > timer->warmup ? timer->repeat : timer->warmup;
}

uint64_t collective_timer_samples(const struct collective_timer *timer) {
    return timer_most(timer) * (timer_is_root(timer) ? 2 : 1);
}

/* Makes `count` calls. */
static void timer_repeat(const struct collective_job *job, uint64_t count, uint64_t *samples_ns) {
    const enum collective_meeting meeting = job->operation->meeting;
    void (*const call)(const struct collective_job *) = job->operation->call;
    for (uint64_t k = 0; k < count; k++) {
        if (meeting == MEET_BEFORE)
            MPI_CHECK(MPI_Barrier(job->comm));
        const uint64_t start_ns = clock_now_ns();
        call(job);
        const uint64_t end_ns = clock_now_ns();
        if (meeting == MEET_AFTER)
            MPI_CHECK(MPI_Barrier(job->comm));
        samples_ns[k] = end_ns - start_ns;
    }
}

/* Nanoseconds per call with its barrier, on the rank where it takes longest; the same on all. */
static uint64_t timer_call_ns(const struct collective_timer *timer,
                              const struct collective_job *job, uint64_t count) {
    MPI_CHECK(MPI_Barrier(job->comm));
    const uint64_t start_ns = clock_now_ns();
    timer_repeat(job, count, timer->samples_ns);
    uint64_t call_ns = (clock_now_ns() - start_ns) / count + 1;
    MPI_CHECK(MPI_Allreduce(MPI_IN_PLACE, &call_ns, 1, MPI_UINT64_T, MPI_MAX, job->comm));
    return call_ns;
}

/* As many as fit into a time, at least one and at most `most`. */
static uint64_t timer_fitting(uint64_t limit_ns, uint64_t call_ns, uint64_t most) {
    const uint64_t fitting = limit_ns / call_ns;
    return fitting > most ? most : fitting > 0 ? fitting : 1;
}

/* Warms up and decides how often to repeat: the slowest rank decides for all. */
static uint64_t timer_plan(const struct collective_timer *timer, const struct collective_job *job) {
    uint64_t call_ns = timer_call_ns(timer, job, 1);
    if (timer->warmup > 1)
        call_ns = timer_call_ns(timer, job,
                                timer_fitting(timer->limit_ns / 10, call_ns, timer->warmup - 1));
    return timer_fitting(timer->limit_ns, call_ns, timer->repeat);
}

static int timer_compare(const void *a, const void *b) {
    const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

uint64_t collective_quantile(const uint64_t *ascending, uint64_t count, double q) {
    const double rank = ceil(q * (double)count);
    return ascending[rank < 1 ? 0 : (uint64_t)rank - 1];
}

/* Collective: from the samples of all ranks to the line of rank 0. */
static void timer_summarise(const struct collective_timer *timer, const struct collective_job *job,
                            uint64_t count, struct collective_line *line) {
    struct {
        double mean_ns;
        int rank;
    } mine = {0, timer->session->rank}, slowest = {0, 0};
    uint64_t *const slowest_ns = timer->samples_ns + timer_most(timer);
    double min_ns = 0, sum_ns = 0;
    for (uint64_t k = 0; k < count; k++)
        mine.mean_ns += (double)timer->samples_ns[k] / (double)count;
    MPI_CHECK(MPI_Reduce(&mine, &slowest, 1, MPI_DOUBLE_INT, MPI_MAXLOC, ROOT, job->comm));
    MPI_CHECK(MPI_Reduce(&mine.mean_ns, &min_ns, 1, MPI_DOUBLE, MPI_MIN, ROOT, job->comm));
    MPI_CHECK(MPI_Reduce(&mine.mean_ns, &sum_ns, 1, MPI_DOUBLE, MPI_SUM, ROOT, job->comm));
    MPI_CHECK(MPI_Reduce(timer->samples_ns, timer_is_root(timer) ? slowest_ns : NULL, (int)count,
                         MPI_UINT64_T, MPI_MAX, ROOT, job->comm));
    if (!timer_is_root(timer))
        return;
    qsort(slowest_ns, (size_t)count, sizeof *slowest_ns, timer_compare);
    *line = (struct collective_line){
        .bytes = job->bytes,
        .repetitions = count,
        .min_ns = min_ns,
        .mean_ns = sum_ns / job->ranks,
        .max_ns = slowest.mean_ns,
        .slowest = slowest.rank,
        .p50_ns = (double)collective_quantile(slowest_ns, count, 0.5),
        .p90_ns = (double)collective_quantile(slowest_ns, count, 0.9),
        .p99_ns = (double)collective_quantile(slowest_ns, count, 0.99),
        .worst_ns = (double)slowest_ns[count - 1],
    };
}

bool collective_time(const struct collective_timer *timer, struct collective_job *job,
                     struct collective_line *line, struct failure *failure) {
    collective_set_types(job);
    proof_fill(job);
    if (timer->verify) {
        if (job->operation->sized) {
            collective_run_once(job);
            proof_compare(job, failure);
        } else {
            proof_barrier(job, failure);
        }
        if (!agree(timer->session, failure))
            return false;
    }
    const uint64_t count = timer_plan(timer, job);
    MPI_CHECK(MPI_Barrier(job->comm));
    timer_repeat(job, count, timer->samples_ns);
    timer_summarise(timer, job, count, line);
    if (!timer->verify)
        return true;
    proof_compare(job, failure); /* what the last repetition has left */
    return agree(timer->session, failure);
}
