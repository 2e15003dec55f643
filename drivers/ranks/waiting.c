/* SPDX-License-Identifier: MIT
 * Waits asleep. */
#include "ranks/waiting.h"

#include "ranks/mpi_check.h"

struct patience patience_begin(void) {
    return (struct patience){{0, 5000}};
}

void patience_wait(struct patience *patience) {
    nanosleep(&patience->pause, NULL);
    if (patience->pause.tv_nsec < 300000)
        patience->pause.tv_nsec *= 2;
}

void wait_quietly(MPI_Request *request) {
    struct patience patience = patience_begin();
    for (;;) {
        int done;
        MPI_CHECK(MPI_Test(request, &done, MPI_STATUS_IGNORE));
        if (done)
            return;
        patience_wait(&patience);
    }
}

void quiet_barrier(const struct session *session) {
    MPI_Request all;
    MPI_CHECK(MPI_Ibarrier(session->world, &all));
    wait_quietly(&all);
}
