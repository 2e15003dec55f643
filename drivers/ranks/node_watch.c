/* SPDX-License-Identifier: MIT
 * The first rank of each node looks for all of them. */
#include "ranks/node_watch.h"

#include "base/clock.h"
#include "ranks/agree.h"
#include "ranks/mpi_check.h"

#include <stdlib.h>
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
    const int leads = session->node_rank == 0;
    watch->record.seconds = clock_seconds_since(watch->begun_ns);
    if (leads)
        machine_look(&watch->record.after, &watch->cpus, "");
    MPI_CHECK(
        MPI_Reduce(&own, &watch->record.own_seconds, 1, MPI_DOUBLE, MPI_SUM, 0, session->node));

    /* Every rank sends: its record or nothing. */
    const size_t ranks = session_is_root(session) ? (size_t)session->size : 0;
    int *counts = calloc(2 * ranks + 1, sizeof *counts), *places = counts ? counts + ranks : NULL;
    *records = NULL;
    *count = 0;
    if (!counts)
        failure_set(failure, EXIT_RUN, "out of memory");
    if (agree(session, failure)) {
        MPI_CHECK(MPI_Gather(&leads, 1, MPI_INT, counts, 1, MPI_INT, ROOT, session->world));
        for (size_t r = 0; r < ranks; r++) {
            places[r] = (int)*count;
            *count += (size_t)counts[r];
        }
        if (session_is_root(session) && !(*records = malloc(*count * sizeof **records)))
            failure_set(failure, EXIT_RUN, "out of memory");
    }
    const bool good = agree(session, failure);
    if (good) {
        MPI_Datatype type;
        MPI_CHECK(MPI_Type_contiguous(sizeof watch->record, MPI_BYTE, &type));
        MPI_CHECK(MPI_Type_commit(&type));
        MPI_CHECK(MPI_Gatherv(&watch->record, leads, type, *records, counts, places, type, ROOT,
                              session->world));
        MPI_CHECK(MPI_Type_free(&type));
    }
    free(counts);
    return good;
}
