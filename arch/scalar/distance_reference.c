/* SPDX-License-Identifier: MIT
 * The reference of the distances: the contract of docs/determinism.md in plain C, pixel by pixel,
 * one operation after the other. */
#include "../distance.h"
#include "../distance_value.h"

#include <math.h>

int32_t plait_distance_reference(const struct plait_escape_job *job, uint32_t row, uint32_t col,
                                 double *value) {
    const double px = fma((double)col - job->half_width, job->dx, job->cx);
    const double py = fma(job->half_height - (double)row, job->dy, job->cy);
    const double cr = job->julia ? job->cre : px;
    const double ci = job->julia ? job->cim : py;
    double x = job->julia ? px : 0.0, y = job->julia ? py : 0.0;
    double wx = job->julia ? 1.0 : 0.0, wy = 0.0;
    int32_t count = 0;
    int further = 0;

    for (;;) {
        const double square = fma(x, x, y * y);
        if (further == 0 && square < job->bailout_squared) {
            if (count == job->maxit) {
                *value = INFINITY;
                return count;
            }
            count++;
        } else if (further < PLAIT_SMOOTH_STEPS && square < PLAIT_SMOOTH_FAR &&
                   count < job->maxit) {
            further++;
        } else {
            break;
        }
        const double next_wx = fma(x + x, wx, fma(-(y + y), wy, job->julia ? 0.0 : 1.0));
        wy = fma(x + x, wy, (y + y) * wx);
        wx = next_wx;
        const double next_x = fma(x, x, fma(-y, y, cr));
        y = fma(x + x, y, ci);
        x = next_x;
    }
    *value = count == job->maxit ? (double)INFINITY
                                 : plait_distance_value((struct plait_distance_orbit){x, y, wx, wy},
                                                        plait_distance_pitch(job->dx, job->dy));
    return count;
}
