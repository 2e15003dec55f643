/* SPDX-License-Identifier: MIT
 * Progress messages. A message is the number of units done since the last one; units_end added to
 * it marks a rank's last. Point-to-point and non-blocking: a kernel never waits for its progress.
 */
#include "comm/progress.h"

#include "comm/mpi_check.h"
#include "core/clock.h"

#include <time.h>

enum { TAG_PROGRESS = 7 };
static const uint64_t units_end = UINT64_C(1) << 63;
static const uint64_t tell_every_ns = UINT64_C(200000000);

/* Rank 0: takes in what has arrived and shows it. */
static void collect(struct progress *progress) {
    for (;;) {
        int arrived;
        MPI_Status status;
        MPI_CHECK(
            MPI_Iprobe(MPI_ANY_SOURCE, TAG_PROGRESS, progress->session->world, &arrived, &status));
        if (!arrived)
            break;
        uint64_t units;
        MPI_CHECK(MPI_Recv(&units, 1, MPI_UINT64_T, status.MPI_SOURCE, TAG_PROGRESS,
                           progress->session->world, MPI_STATUS_IGNORE));
        progress->finished += (units & units_end) != 0;
        progress->others += units & ~units_end;
    }
    progress_display_update(&progress->display, progress->mine + progress->others, progress->total);
}

/* Another rank: tells what is new, unless the message before is still under way. */
static void tell(struct progress *progress) {
    int sent;
    MPI_CHECK(MPI_Test(&progress->request, &sent, MPI_STATUS_IGNORE));
    if (!sent)
        return;
    progress->outbox = progress->mine - progress->told;
    progress->told = progress->mine;
    MPI_CHECK(MPI_Isend(&progress->outbox, 1, MPI_UINT64_T, ROOT, TAG_PROGRESS,
                        progress->session->world, &progress->request));
}

static bool on_progress(void *context, uint64_t done, uint64_t total) {
    struct progress *progress = context;
    (void)total; /* of this rank; what is shown is of all */
    progress->mine = done;
    if (progress->session->rank == ROOT) {
        if (progress_display_is_due(&progress->display))
            collect(progress);
    } else if (clock_now_ns() >= progress->next_ns) {
        progress->next_ns = clock_now_ns() + tell_every_ns;
        tell(progress);
    }
    return true;
}

void progress_begin(struct progress *progress, const struct session *session, const char *label,
                    enum progress_style style, uint64_t total, struct plait_exec *exec) {
    *progress = (struct progress){
        .session = session,
        .display = progress_display_begin(label, style),
        .total = total,
        .next_ns = clock_now_ns() + tell_every_ns,
        .request = MPI_REQUEST_NULL,
        .active = style != PROGRESS_NONE,
    };
    if (progress->active) {
        exec->progress = on_progress;
        exec->progress_context = progress;
    }
}

/* Sleeps between looks, longer each time: the ranks that still compute may share this core. */
static void wait_for_others(struct progress *progress) {
    struct timespec pause = {0, 10000};
    collect(progress);
    while (progress->finished < progress->session->size - 1) {
        nanosleep(&pause, NULL);
        if (pause.tv_nsec < 1000000)
            pause.tv_nsec *= 2;
        collect(progress);
    }
}

void progress_end(struct progress *progress, struct plait_exec *exec) {
    if (!progress->active)
        return;
    exec->progress = NULL;
    exec->progress_context = NULL;
    if (progress->session->rank == ROOT) {
        wait_for_others(progress);
        progress_display_end(&progress->display);
    } else {
        MPI_CHECK(MPI_Wait(&progress->request, MPI_STATUS_IGNORE));
        progress->outbox = (progress->mine - progress->told) | units_end;
        MPI_CHECK(MPI_Send(&progress->outbox, 1, MPI_UINT64_T, ROOT, TAG_PROGRESS,
                           progress->session->world));
    }
}
