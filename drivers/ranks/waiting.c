/* SPDX-License-Identifier: MIT
 * Polls, and sleeps between. */
#include "ranks/waiting.h"

#include "ranks/mpi_check.h"

struct backoff backoff_begin(void) {
    return (struct backoff){{0, 5000}};
}

void backoff_wait(struct backoff *backoff) {
    nanosleep(&backoff->pause, NULL);
    if (backoff->pause.tv_nsec < 300000)
        backoff->pause.tv_nsec *= 2;
}

void wait_quietly(MPI_Request *request) {
    struct backoff backoff = backoff_begin();
    for (;;) {
        int done;
        MPI_CHECK(MPI_Test(request, &done, MPI_STATUS_IGNORE));
        if (done)
            return;
        backoff_wait(&backoff);
    }
}

void quiet_barrier(const struct session *session) {
    MPI_Request all;
    MPI_CHECK(MPI_Ibarrier(session->world, &all));
    wait_quietly(&all);
}
