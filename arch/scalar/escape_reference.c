/* SPDX-License-Identifier: MIT
 * The reference of the escape counts: the contract of docs/determinism.md in plain C. It is kept as
 * plain as possible and is never tuned; every path is tested against it, and it is tested against
 * known answers that this code did not produce. */
#include "../escape.h"

#include <float.h>
#include <math.h>

/* x87 and the like keep more bits than a double has, and round when they please. */
_Static_assert(FLT_RADIX == 2 && FLT_EVAL_METHOD == 0, "doubles must be rounded at every step");

int32_t plait_escape_reference(const struct plait_escape_job *job, uint32_t row, uint32_t col) {
    const double px = fma((double)col - job->half_width, job->dx, job->cx);
    const double py = fma(job->half_height - (double)row, job->dy, job->cy);
    const double cr = job->julia ? job->cre : px;
    const double ci = job->julia ? job->cim : py;
    double x = job->julia ? px : 0.0;
    double y = job->julia ? py : 0.0;
    int32_t count = 0;

    /* Written as "stay while inside": infinity and NaN compare false and so stay escaped. */
    while (count < job->maxit && fma(x, x, y * y) < job->bailout_squared) {
        const double next_x = fma(x, x, fma(-y, y, cr));
        y = fma(x + x, y, ci);
        x = next_x;
        count++;
    }
    return count;
}
