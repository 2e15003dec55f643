/* SPDX-License-Identifier: MIT
 * The scalar path of the escape counts: plain C, one pixel after the other, for machines without
 * double vectors. Made without the bodies of the other paths, so that neither can hide the other's
 * mistake. */
#include "../escape.h"
#include "../smooth_value.h"

#include <math.h>

/* True only inside the main cardioid or the disc of period 2, whose orbits never escape. The margin
 * m is larger than all rounding errors, so no pixel outside is taken; those it leaves out are
 * iterated. */
static bool is_interior(double x, double y) {
    const double m = 0x1p-24;
    const double a = x - 0.25, b = x + 1, y2 = y * y;
    const double q = a * a + y2;
    return q * (q + a + m) + 0x1p-64 < 0.25 * y2 || b * b + y2 < 0.0625 - m;
}

/* An orbit on its way. */
struct orbit {
    double x, y, cr, ci;
};

/* The plain loop, with a look for cycles. Each state is a function of the one before (the sign of a
 * zero aside, which never reaches a test), so an orbit that comes to a saved state, inside all the
 * way, goes round for ever. States are saved after 8, 16, 32, ... steps (Brent). Escape is tested
 * first: c = -2 has a fixed point, z = 2, outside the disc. An orbit that escapes is left where it
 * did. */
static int32_t count_steps(const struct plait_escape_job *job, struct orbit *orbit) {
    double x = orbit->x, y = orbit->y;
    double saved_x = NAN, saved_y = NAN; /* equal to nothing */
    int64_t save_at = job->shortcuts ? 8 : INT64_MAX;
    int32_t count = 0;

    while (count < job->maxit && fma(x, x, y * y) < job->bailout_squared) {
        if (x == saved_x && y == saved_y)
            return job->maxit;
        if (count == save_at) {
            saved_x = x;
            saved_y = y;
            save_at *= 2;
        }
        const double next_x = fma(x, x, fma(-y, y, orbit->cr));
        y = fma(x + x, y, orbit->ci);
        x = next_x;
        count++;
    }
    orbit->x = x;
    orbit->y = y;
    return count;
}

static int32_t count_pixel(const struct plait_escape_job *job, uint32_t row, uint32_t col,
                           double *value) {
    const double px = fma((double)col - job->half_width, job->dx, job->cx);
    const double py = fma(job->half_height - (double)row, job->dy, job->cy);
    struct orbit orbit =
        job->julia ? (struct orbit){px, py, job->cre, job->cim} : (struct orbit){0, 0, px, py};
    const bool interior = job->shortcuts && !job->julia && is_interior(px, py);
    const int32_t count = interior ? job->maxit : count_steps(job, &orbit);
    if (value)
        *value = count == job->maxit
                     ? (double)INFINITY
                     : plait_smooth_finish(count, orbit.x, orbit.y, orbit.cr, orbit.ci);
    return count;
}

plait_escape_tile_fn plait_escape_tile_scalar;

void plait_escape_tile_scalar(const struct plait_escape_job *job,
                              const struct plait_escape_tile *tile,
                              const struct plait_escape_results *to) {
    for (uint32_t i = 0; i < tile->rows; i++)
        for (uint32_t j = 0; j < tile->cols; j++) {
            const size_t at = i * to->stride + j;
            to->counts[at] =
                count_pixel(job, tile->row + i, tile->col + j, to->values ? to->values + at : NULL);
        }
}
