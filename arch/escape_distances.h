/* SPDX-License-Identifier: MIT
 * Distances of orbits that the escape kernel has ended, in the place of smooth values
 * (escape_values.h): plain C over the lanes, of which the compiler makes vectors. */
#ifndef PLAIT_ARCH_ESCAPE_DISTANCES_H
#define PLAIT_ARCH_ESCAPE_DISTANCES_H

#include "distance_value.h"
#include "escape.h"
#include "escape_steps.h"

#include <math.h>

/* The distances of a group whose lanes rest where they left the disc (run_tested): INFINITY in
 * those that have made maxit steps. Lanes that are still inside get junk. */
static inline void find_values(const struct group *g, const struct plait_escape_job *job,
                               double *values) {
    double x[GROUP_LANES], y[GROUP_LANES], cr[GROUP_LANES], ci[GROUP_LANES];
    double wx[GROUP_LANES], wy[GROUP_LANES], count[GROUP_LANES];
    const double pitch = plait_distance_pitch(job->dx, job->dy);
    const double one = job->julia ? 0.0 : 1.0, maxit = job->maxit;
    for (int v = 0; v < GROUP_VECS; v++) {
        const int at = v * VEC_LANES;
        vec_store(x + at, g->x[v]);
        vec_store(y + at, g->y[v]);
        vec_store(cr + at, g->cr[v]);
        vec_store(ci + at, g->ci[v]);
        vec_store(wx + at, g->wx[v]);
        vec_store(wy + at, g->wy[v]);
        vec_store(count + at, g->count[v]);
    }
    for (int k = 0; k < GROUP_LANES; k++) {
        const struct plait_distance_orbit orbit = {x[k], y[k], wx[k], wy[k]};
        const double value = plait_distance_finish(orbit, cr[k], ci[k], one, pitch);
        values[k] = count[k] < maxit ? value : (double)INFINITY;
    }
}

#endif
