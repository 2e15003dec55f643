/* SPDX-License-Identifier: MIT
 * The scalar path of the escape counts: plain C, one pixel after the other, for machines without
 * double vectors. Made without the bodies of the other paths, so that neither can hide the other's
 * mistake. */
#include "../escape.h"

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

/* The plain loop, with a look for cycles. Each state is a function of the one before (the sign of a
 * zero aside, which never reaches a test), so an orbit that comes to a saved state, inside all the
 * way, goes round for ever. States are saved after 8, 16, 32, ... steps (Brent). Escape is tested
 * first: c = -2 has a fixed point, z = 2, outside the disc. */
static int32_t count_until_cycle(const struct plait_escape_job *job, double x, double y, double cr,
                                 double ci) {
    double saved_x = NAN, saved_y = NAN; /* equal to nothing */
    int64_t save_at = 8;

    for (int32_t count = 0; count < job->maxit; count++) {
        if (!(fma(x, x, y * y) < job->bailout_squared))
            return count;
        if (x == saved_x && y == saved_y)
            break;
        if (count == save_at) {
            saved_x = x;
            saved_y = y;
            save_at *= 2;
        }
        const double next_x = fma(x, x, fma(-y, y, cr));
        y = fma(x + x, y, ci);
        x = next_x;
    }
    return job->maxit;
}

static int32_t count_pixel(const struct plait_escape_job *job, uint32_t row, uint32_t col) {
    if (!job->shortcuts)
        return plait_escape_reference(job, row, col);
    const double px = fma((double)col - job->half_width, job->dx, job->cx);
    const double py = fma(job->half_height - (double)row, job->dy, job->cy);
    if (job->julia)
        return count_until_cycle(job, px, py, job->cre, job->cim);
    return is_interior(px, py) ? job->maxit : count_until_cycle(job, 0, 0, px, py);
}

plait_escape_tile_fn plait_escape_tile_scalar;

void plait_escape_tile_scalar(const struct plait_escape_job *job,
                              const struct plait_escape_tile *tile, int32_t *counts,
                              size_t stride) {
    for (uint32_t i = 0; i < tile->rows; i++)
        for (uint32_t j = 0; j < tile->cols; j++)
            counts[i * stride + j] = count_pixel(job, tile->row + i, tile->col + j);
}
