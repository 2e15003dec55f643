/* SPDX-License-Identifier: MIT
 * Makes the ranks known to each other, and begins and ends their heartbeats together. */
#include "ranks/watchdog.h"

#include "base/heartbeat.h"
#include "ranks/agree.h"
#include "ranks/mpi_check.h"
#include "ranks/waiting.h"

#include <stdlib.h>
#include <string.h>

/* One at a time; of all ranks. NULL: there is none. */
static char (*hosts)[HOST_NAME_BYTES];

/* The first rank on another host than rank 0, which may be gone with all its ranks. */
static int watchdog_deputy(int size) {
    for (int r = 1; r < size; r++)
        if (strcmp(hosts[r], hosts[ROOT]) != 0)
            return r;
    return size > 1 ? 1 : ROOT;
}

static void watchdog_free(void) {
    heartbeat_end();
    free(hosts);
    hosts = NULL;
}

bool watchdog_begin(const struct session *session, double limit_s, struct failure *failure) {
    struct heartbeat_job job = {.rank = session->rank, .size = session->size, .limit_s = limit_s};
    char host[HOST_NAME_BYTES] = "";
    hosts = calloc((size_t)session->size, sizeof *hosts);
    if (!hosts)
        failure_set(failure, EXIT_RUN, "out of memory");
    else
        heartbeat_listen(&job.site, failure);
    if (!agree(session, failure)) {
        watchdog_free();
        return false;
    }

    host_name(host);
    MPI_CHECK(MPI_Allgather(host, HOST_NAME_BYTES, MPI_CHAR, hosts, HOST_NAME_BYTES, MPI_CHAR,
                            session->world));
    job.hosts = (const char(*)[HOST_NAME_BYTES])hosts;
    job.deputy = watchdog_deputy(session->size);
    job.deputy_site = job.site;
    MPI_CHECK(MPI_Bcast(&job.deputy_site, sizeof job.site, MPI_BYTE, job.deputy, session->world));
    MPI_CHECK(MPI_Bcast(&job.site, sizeof job.site, MPI_BYTE, ROOT, session->world));
    if (heartbeat_begin(&job, failure))
        heartbeat_connect(failure);
    const bool begun = agree(session, failure);
    if (!begun)
        watchdog_free();
    return begun;
}

/* After the barrier no rank waits for another one, but in MPI_Finalize. */
void watchdog_end(const struct session *session) {
    if (!hosts)
        return;
    quiet_barrier(session);
    watchdog_free();
}
