/* SPDX-License-Identifier: MIT
 * The reference of the smooth values: the contract of docs/determinism.md in plain C, pixel by
 * pixel. */
#include "../smooth.h"
#include "../smooth_value.h"

#include <math.h>

double plait_smooth_reference(const struct plait_escape_job *job, uint32_t row, uint32_t col,
                              int32_t count) {
    const double px = fma((double)col - job->half_width, job->dx, job->cx);
    const double py = fma(job->half_height - (double)row, job->dy, job->cy);
    const double cr = job->julia ? job->cre : px;
    const double ci = job->julia ? job->cim : py;
    double x = job->julia ? px : 0.0;
    double y = job->julia ? py : 0.0;
    double steps = 0;

    if (count == job->maxit)
        return INFINITY;
    while (steps < count ||
           (steps < (double)count + PLAIT_SMOOTH_STEPS && fma(x, x, y * y) < PLAIT_SMOOTH_FAR)) {
        const double next_x = fma(x, x, fma(-y, y, cr));
        y = fma(x + x, y, ci);
        x = next_x;
        steps++;
    }
    return plait_smooth_value(steps, x, y);
}
