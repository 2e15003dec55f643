/* SPDX-License-Identifier: MIT
 * The reference orbits of deep frames, which are sequential work: frames on one centre share the
 * points of their orbits, as long as these are computed with the same precision, which changes by
 * 64 bits at a time. Each frame takes as many points as a picture of its own would, and so has the
 * same bits. Every rank computes the orbits of its frames for itself, while the others do. */
#ifndef PLAIT_DRIVERS_FRAME_ORBIT_H
#define PLAIT_DRIVERS_FRAME_ORBIT_H

#include "base/failure.h"
#include "picture/deep/deep_picture.h"
#include "plait/deep.h"
#include "plait/exec.h"

#include <stdbool.h>
#include <stddef.h>

enum { FRAME_ORBITS = 2 };

/* The points of one reference so far. All zero: none. */
struct frame_orbit {
    struct deep_reference *reference;
    struct plait_deep_point *points[FRAME_ORBITS];
    size_t count[FRAME_ORBITS], capacity[FRAME_ORBITS];
};

/* What is called meanwhile. */
struct frame_orbit_poll {
    plait_progress_fn *poll; /* false: stop */
    void *context;
    int node_ranks; /* that do the same in the memory of this node */
};

/* Gives the tables of a picture that has been begun (deep_picture_begin without a session) all
 * points, and finishes them. Takes over deep->reference where it is another one. false with
 * EXIT_RUN, or without a failure if poll said so. */
bool frame_orbit_fill(struct frame_orbit *orbit, struct deep_picture *deep,
                      const struct frame_orbit_poll *poll, struct failure *failure);

void frame_orbit_free(struct frame_orbit *orbit);

#endif
