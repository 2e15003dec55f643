/* SPDX-License-Identifier: MIT
 * Computes points when the first frame asks for them. */
#include "picture/frames/frame_orbit.h"

#include "base/memory.h"

#include <inttypes.h>
#include <stdlib.h>

static const double BYTES_PER_MIB = 1048576;

/* Points grow by doubling, and so do the tables: whether the node has the memory for that, with all
 * its ranks. */
static bool frame_orbit_grow(struct frame_orbit *orbit, int kind, int node_ranks,
                             struct failure *failure) {
    enum { FIRST = 1024, LOOK_FROM = 1 << 20, TABLE_BYTES = 200 };
    const size_t capacity = orbit->capacity[kind] > 0 ? 2 * orbit->capacity[kind] : FIRST;
    const uint64_t needed =
        capacity * (uint64_t)(sizeof *orbit->points[kind] + TABLE_BYTES) * (uint64_t)node_ranks;
    if (orbit->count[kind] < orbit->capacity[kind])
        return true;
    if (capacity >= LOOK_FROM && needed > memory_available_bytes())
        return failure_set(
            failure, EXIT_RUN,
            "a reference orbit of %zu steps needs %.0f MiB more on this node, which has %.0f MiB free: choose a smaller --maxit, or start fewer ranks with more threads",
            orbit->count[kind], (double)needed / BYTES_PER_MIB,
            (double)memory_available_bytes() / BYTES_PER_MIB);
    struct plait_deep_point *points = realloc(orbit->points[kind], capacity * sizeof *points);
    if (!points)
        return failure_set(failure, EXIT_RUN, "out of memory for a reference orbit");
    orbit->points[kind] = points;
    orbit->capacity[kind] = capacity;
    return true;
}

/* Point k of an orbit, computed if it is the next one. */
static bool frame_orbit_point(struct frame_orbit *orbit, int kind, size_t k,
                              const struct frame_orbit_poll *poll, struct failure *failure) {
    enum { POINTS_PER_POLL = 256 };
    if (k < orbit->count[kind])
        return true;
    if (!frame_orbit_grow(orbit, kind, poll->node_ranks, failure))
        return false;
    if (k == 0)
        deep_reference_start(orbit->reference, (enum plait_deep_orbit_kind)kind);
    deep_reference_next(orbit->reference, &orbit->points[kind][orbit->count[kind]++]);
    return k % POINTS_PER_POLL > 0 || !poll->poll || poll->poll(poll->context, 0, 1);
}

bool frame_orbit_fill(struct frame_orbit *orbit, struct deep_picture *deep,
                      const struct frame_orbit_poll *poll, struct failure *failure) {
    const int kinds = deep->texts.c ? FRAME_ORBITS : 1;
    if (!orbit->reference || !deep_reference_shares(orbit->reference, deep->reference)) {
        frame_orbit_free(orbit);
        orbit->reference = deep->reference;
        deep->reference = NULL;
    }
    /* An orbit of a Julia set does not depend on the zoom: it has all its points after the first
     * frame, and the reference may go to the other one. */
    for (int kind = 0; kind < kinds; kind++) {
        bool last = false;
        for (size_t k = 0; !last; k++) {
            if (!frame_orbit_point(orbit, kind, k, poll, failure))
                return false;
            const enum plait_status status = plait_deep_add(
                deep->tables, (enum plait_deep_orbit_kind)kind, &orbit->points[kind][k], &last);
            if (status != PLAIT_OK)
                return failure_set(
                    failure, EXIT_RUN,
                    "the reference orbit, at %zu steps: %s: choose a smaller --maxit", k,
                    plait_status_text(status));
        }
    }
    const enum plait_status status = plait_deep_finish(deep->tables);
    deep->ready = status == PLAIT_OK;
    return deep->ready || failure_set(failure, EXIT_RUN, "the tables of the reference orbit: %s",
                                      plait_status_text(status));
}

void frame_orbit_free(struct frame_orbit *orbit) {
    deep_reference_free(orbit->reference);
    for (int kind = 0; kind < FRAME_ORBITS; kind++)
        free(orbit->points[kind]);
    *orbit = (struct frame_orbit){0};
}
