/* SPDX-License-Identifier: MIT
 * Progress of all ranks together: each tells rank 0 now and then how far it is, rank 0 shows the
 * sum. */
#ifndef PLAIT_DRIVERS_PROGRESS_H
#define PLAIT_DRIVERS_PROGRESS_H

#include "comm/session.h"
#include "core/progress_display.h"
#include "plait/exec.h"

#include <stdint.h>

struct progress {
    const struct session *session;
    struct progress_display display; /* rank 0 */
    uint64_t total;                  /* units over all ranks */
    uint64_t mine;                   /* units that this rank has done */
    uint64_t others;                 /* rank 0: units that it knows the other ranks have done */
    int finished;                    /* rank 0: other ranks that have told their last */
    uint64_t told;                   /* other ranks: units told so far */
    uint64_t next_ns;                /* other ranks: when to tell again */
    uint64_t outbox;                 /* other ranks: the message that request sends */
    MPI_Request request;
    bool active;
};

/* Collective. Begins to show `total` units over all ranks and hooks into exec, which must stay
 * where it is until progress_end. With PROGRESS_NONE nothing is sent. */
void progress_begin(struct progress *progress, const struct session *session, const char *label,
                    enum progress_style style, uint64_t total, struct plait_exec *exec);

/* Collective, after this rank's work. Rank 0 goes on showing until all ranks are done. */
void progress_end(struct progress *progress, struct plait_exec *exec);

#endif
