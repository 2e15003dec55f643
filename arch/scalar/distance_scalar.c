/* SPDX-License-Identifier: MIT
 * The scalar path of the distances: as that of the counts (escape_scalar.c), with the derivative.
 */
#include "../distance.h"
#include "../distance_value.h"

#include <math.h>

/* The same as that of the counts. */
static bool distance_is_interior(double x, double y) {
    const double m = 0x1p-24;
    const double a = x - 0.25, b = x + 1, y2 = y * y;
    const double q = a * a + y2;
    return q * (q + a + m) + 0x1p-64 < 0.25 * y2 || b * b + y2 < 0.0625 - m;
}

static int32_t distance_pixel(const struct plait_escape_job *job, uint32_t row, uint32_t col,
                              double *value) {
    const double px = fma((double)col - job->half_width, job->dx, job->cx);
    const double py = fma(job->half_height - (double)row, job->dy, job->cy);
    const double cr = job->julia ? job->cre : px, ci = job->julia ? job->cim : py;
    const double one = job->julia ? 0 : 1;
    struct plait_distance_orbit o = {0};
    double saved_x = NAN, saved_y = NAN; /* equal to nothing */
    int64_t save_at = job->shortcuts ? 8 : INT64_MAX;
    int32_t count = 0;
    *value = INFINITY;
    if (job->shortcuts && !job->julia && distance_is_interior(px, py))
        return job->maxit;
    if (job->julia)
        o = (struct plait_distance_orbit){px, py, 1, 0};
    while (count < job->maxit && fma(o.x, o.x, o.y * o.y) < job->bailout_squared) {
        if (o.x == saved_x && o.y == saved_y) /* a cycle */
            return job->maxit;
        if (count == save_at) {
            saved_x = o.x;
            saved_y = o.y;
            save_at *= 2;
        }
        o = plait_distance_step(o, cr, ci, one);
        count++;
    }
    if (count < job->maxit)
        *value = plait_distance_finish(o, cr, ci, one, plait_distance_pitch(job->dx, job->dy));
    return count;
}

plait_escape_tile_fn plait_distance_tile_scalar;

void plait_distance_tile_scalar(const struct plait_escape_job *job,
                                const struct plait_escape_tile *tile,
                                const struct plait_escape_results *to) {
    for (uint32_t i = 0; i < tile->rows; i++)
        for (uint32_t j = 0; j < tile->cols; j++) {
            const size_t at = i * to->stride + j;
            to->counts[at] = distance_pixel(job, tile->row + i, tile->col + j, to->values + at);
        }
}
