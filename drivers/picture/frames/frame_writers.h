/* SPDX-License-Identifier: MIT
 * Threads that write frames while the others compute: a file is on the disk only after a wait, and
 * rank 0 has rows to compute and questions to reply to. They make no MPI calls. */
#ifndef PLAIT_DRIVERS_FRAME_WRITERS_H
#define PLAIT_DRIVERS_FRAME_WRITERS_H

#include "base/failure.h"

#include <stdbool.h>
#include <stdint.h>

/* A frame to write, and how that ended. */
struct frame_job {
    uint32_t frame;
    uint64_t fnv1a;
    double seconds;
    struct failure failure;
};

/* Writes the frame of a job on one of the threads. */
typedef void frame_write_fn(void *context, struct frame_job *job);

struct frame_writers;

/* Some threads, at most `threads`, 1 or more. NULL without memory or where no thread can be
 * started.
 */
struct frame_writers *frame_writers_begin(int threads, frame_write_fn *write, void *context);

/* How many jobs may be under way. */
uint32_t frame_writers_most(int threads);

/* Gives a job. false: as many are under way, and one has to be taken first. */
bool frame_writers_give(struct frame_writers *writers, uint32_t frame);

/* Takes a job that has ended; wait: until one has. false: none has; or, with wait, none is under
 * way. */
bool frame_writers_take(struct frame_writers *writers, bool wait, struct frame_job *job);

/* Ends the threads when they have done all jobs. NULL is allowed. */
void frame_writers_end(struct frame_writers *writers);

#endif
