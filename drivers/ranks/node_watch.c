/* SPDX-License-Identifier: MIT
 * The first rank of each node looks for all of them. */
#include "ranks/node_watch.h"

#include "base/clock.h"
#include "ranks/mpi_check.h"
#include "ranks/node_gather.h"

#include <string.h>
#include <sys/resource.h>

/* Processor time of this process so far. */
static double own_seconds(void) {
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
           1e-6 * (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
}

void node_watch_begin(struct node_watch *watch, const struct session *session) {
    struct machine_cpus mine;
    memset(watch, 0, sizeof *watch); /* what is between members is sent, too */
    machine_cpus_find(&mine);        /* not from OpenMP, whose environment is not checked yet */
    MPI_CHECK(MPI_Reduce(&mine, &watch->cpus, sizeof mine, MPI_BYTE, MPI_BOR, 0, session->node));
    if (session->node_rank == 0) {
        watch->record.rank = session->rank;
        struct machine_cpus online;
        machine_cpus_online(&online, "");
        machine_describe(&watch->record.machine, &online, "");
        machine_look(&watch->record.before, &watch->cpus, "");
    }
    watch->own_before = own_seconds();
    watch->begun_ns = clock_now_ns();
}

bool node_watch_end(struct node_watch *watch, const struct session *session,
                    struct machine_record **records, size_t *count, struct failure *failure) {
    const double own = own_seconds() - watch->own_before;
    watch->record.seconds = clock_seconds_since(watch->begun_ns);
    if (session->node_rank == 0)
        machine_look(&watch->record.after, &watch->cpus, "");
    MPI_CHECK(
        MPI_Reduce(&own, &watch->record.own_seconds, 1, MPI_DOUBLE, MPI_SUM, 0, session->node));
    void *all;
    const bool good =
        node_gather(session, &watch->record, sizeof watch->record, &all, count, failure);
    *records = all;
    return good;
}
