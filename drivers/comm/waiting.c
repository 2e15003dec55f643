/* SPDX-License-Identifier: MIT
 * A barrier that sleeps. */
#include "comm/waiting.h"

#include "comm/mpi_check.h"

#include <time.h>

void wait_for_root(const struct session *session) {
    struct timespec pause = {0, 10000};
    MPI_Request request;
    int arrived = 0;
    MPI_CHECK(MPI_Ibarrier(session->world, &request));
    for (;;) {
        MPI_CHECK(MPI_Test(&request, &arrived, MPI_STATUS_IGNORE));
        if (arrived)
            return;
        nanosleep(&pause, NULL);
        if (pause.tv_nsec < 1000000)
            pause.tv_nsec *= 2;
    }
}
