/* SPDX-License-Identifier: MIT
 * Deep zooms: views far below what doubles resolve.
 *
 * One orbit of the picture's centre is computed in high precision, by the caller: this library sees
 * its points as doubles, with an exponent next to them where a view is beyond the exponents of
 * doubles. The orbits of pixels are small differences from it (perturbation), and where a reference
 * orbit is far from what matters, many of their steps are one linear function. docs/deep-zoom.md
 * has the arithmetic, to the bit: counts and smooth values are the same for any number of threads,
 * any path and any split into rows.
 *
 * A picture is made deep in this order: plait_deep_begin, all points by plait_deep_add,
 * plait_deep_finish, then escape.deep = the result, after which the functions of escape.h and
 * smooth.h take the picture as any other. */
#ifndef PLAIT_DEEP_H
#define PLAIT_DEEP_H

#include "plait/api.h"
#include "plait/escape.h"
#include "plait/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What is known of the view, next to the members of struct plait_escape that are not cx, cy, dx,
 * dy, cre and cim. */
struct plait_deep_view {
    double
        pitch; /* the distance of neighbouring pixels is pitch * 2^pitch_exponent, 1 <= pitch < 2 */
    int64_t pitch_exponent; /* -2^40 .. 400; below plait_deep_plain_exponent the view is extended */
    double re,
        im; /* c, to the nearest double: of the centre, or the constant of a Julia set; finite */
    bool mirrored_rows;  /* the real axis is in the middle, exactly; a Julia set's c is real, too */
    bool mirrored_point; /* Julia: 0 is the centre, exactly */
};

/* The least exponent of a view that is plain. Julia: where Z_m is 0 a difference becomes its
 * square, which doubles must hold; Mandelbrot adds c, far above the square where this is too small.
 */
static inline int64_t plait_deep_plain_exponent(enum plait_escape_kind kind) {
    return kind == PLAIT_JULIA ? -480 : -900;
}

/* Z_m of a reference orbit, x + iy, and s = |Z_m|^2 - r^2, rounded to doubles from more bits. Plain
 * views: the values themselves, exponents 0. Extended views: times 2^exponent, with 1 <= max(|x|,
 * |y|) < 2 and 1 <= |s| < 2; exponents of zeros do not matter. */
struct plait_deep_point {
    double x, y;
    int64_t exponent;
    double s;
    int64_t s_exponent;
    bool outside; /* |Z_m| >= 2 r: the orbit ends here */
};

/* Which orbit a point belongs to. Mandelbrot sets have the first one only: the centre is c, and Z_0
 * is 0. Julia sets have both: Z_0 is the centre of the picture, and Z_0 is 0. */
enum plait_deep_orbit_kind { PLAIT_DEEP_FIRST, PLAIT_DEEP_CRITICAL };

struct plait_deep;

/* Begins a deep picture: escape's kind, width, height, maxit and bailout are taken over and must
 * stay what they are. Returns PLAIT_OK and sets *deep, to be freed with plait_deep_free, or
 * PLAIT_E_ARGUMENT or PLAIT_E_MEMORY. */
PLAIT_API enum plait_status plait_deep_begin(const struct plait_escape *escape,
                                             const struct plait_deep_view *view,
                                             struct plait_deep **deep);

/* Whether the points must have exponents. */
PLAIT_API bool plait_deep_is_extended(const struct plait_deep *deep);

/* Adds Z_0, then Z_1 and so on. *last says that the orbit ends with this point: it is outside, it
 * is number maxit, or it is so near to 0 that the orbit would only repeat itself. Returns PLAIT_OK,
 * PLAIT_E_ARGUMENT for points after the last or an orbit that the picture has not, or
 * PLAIT_E_MEMORY. */
PLAIT_API enum plait_status plait_deep_add(struct plait_deep *deep, enum plait_deep_orbit_kind kind,
                                           const struct plait_deep_point *point, bool *last);

/* Makes the tables of all orbits, which must have ended. Returns PLAIT_OK, PLAIT_E_ARGUMENT for an
 * orbit that has not ended, or PLAIT_E_MEMORY. */
PLAIT_API enum plait_status plait_deep_finish(struct plait_deep *deep);

/* What a finished picture has. */
struct plait_deep_size {
    uint64_t steps; /* of all reference orbits */
    uint64_t skips; /* nodes of more than one step */
    uint64_t bytes; /* of memory */
};
PLAIT_API struct plait_deep_size plait_deep_size_of(const struct plait_deep *deep);

/* For processes that share memory, one of which has finished the tables: how many bytes they take,
 * on lines of 64, and moves them there, where they must stay until plait_deep_free; each array of
 * its own memory is freed when it has been moved. memory is aligned to 64 bytes. Another process
 * that has begun the same picture attaches what the first one has moved, instead of adding points
 * and finishing; nothing is written there. Returns PLAIT_OK, or PLAIT_E_ARGUMENT: the tables are
 * not finished, or finished already, or memory[bytes] are none of this picture. */
PLAIT_API size_t plait_deep_tables_bytes(const struct plait_deep *deep);
PLAIT_API enum plait_status plait_deep_move(struct plait_deep *deep, void *memory);
PLAIT_API enum plait_status plait_deep_attach(struct plait_deep *deep, const void *memory,
                                              size_t bytes);

/* NULL is allowed. */
PLAIT_API void plait_deep_free(struct plait_deep *deep);

#ifdef __cplusplus
}
#endif

#endif
