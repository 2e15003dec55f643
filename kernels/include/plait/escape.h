/* SPDX-License-Identifier: MIT
 * Escape counts of the Mandelbrot set and of Julia sets.
 *
 * The count of a pixel is the number of steps z -> z*z + c made while |z| < r, at most maxit.
 * Mandelbrot: z starts at 0, c is the pixel, r is 2 unless a larger one is wanted. Julia: z starts
 * at the pixel, c is given. Every operation is an IEEE 754 double operation in a fixed order
 * (docs/determinism.md), so the counts are the same for any number of threads, any path and any
 * split into rows.
 *
 * Pictures are arrays of int32_t, [height][width], row 0 on top (largest imaginary part). */
#ifndef PLAIT_ESCAPE_H
#define PLAIT_ESCAPE_H

#include "plait/api.h"
#include "plait/exec.h"
#include "plait/status.h"

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define PLAIT_ESCAPE_SIDE_MAX 1048576u   /* pixels, width and height */
#define PLAIT_ESCAPE_VALUE_MAX 1e150     /* of coordinates, c and r: squares stay finite */
#define PLAIT_MANDELBROT_BAILOUT_MIN 2.0 /* below, points of the set leave the disc, too */
#define PLAIT_MANDELBROT_BAILOUT_MAX 1e10
#define PLAIT_ESCAPE_PIXELS_MAX (UINT64_C(1) << 34) /* pixels, width * height: 131072 x 131072 */

enum plait_escape_kind { PLAIT_MANDELBROT, PLAIT_JULIA };

struct plait_deep; /* plait/deep.h */

struct plait_escape {
    enum plait_escape_kind kind; /* PLAIT_MANDELBROT or PLAIT_JULIA */
    uint32_t width;              /* pixels, 1 .. PLAIT_ESCAPE_SIDE_MAX */
    uint32_t height;             /* pixels, 1 .. PLAIT_ESCAPE_SIDE_MAX; width * height at most
                                  * PLAIT_ESCAPE_PIXELS_MAX */
    double cx, cy;   /* the centre of the picture in the complex plane; finite, and no coordinate
                      * of the picture beyond PLAIT_ESCAPE_VALUE_MAX */
    double dx, dy;   /* distance of neighbouring pixels there, > 0; square pixels have dx == dy */
    int32_t maxit;   /* steps at most, 1 .. INT32_MAX; width * height * maxit below 2^64 */
    double bailout;  /* r. Mandelbrot: PLAIT_MANDELBROT_BAILOUT_MIN .. PLAIT_MANDELBROT_BAILOUT_MAX.
                      * Julia: 0 < r <= PLAIT_ESCAPE_VALUE_MAX */
    double cre, cim; /* Julia: c, |cre| and |cim| <= PLAIT_ESCAPE_VALUE_MAX; Mandelbrot: ignored */
    bool brute;      /* true: without the interior test, period detection and mirror images; the
                      * counts are the same, only the time differs */
    const struct plait_deep *deep; /* NULL: pixels are iterated directly. Else a finished deep
                                    * picture that was begun with this kind, size, maxit and
                                    * bailout, which must live as long as this; cx, cy, dx, dy, cre
                                    * and cim do not matter then, and a device is not used */
};

/* The picture of the report "MPI with Python": Mandelbrot 1200 x 800 of [-2,1] x [-1,1], maxit 127;
 * Julia c = 0.65i, 640 x 480 of [-2,2] x [-1.5,1.5], maxit 254, r = 3. Change what you like, then
 * call one of the two functions that set a view. */
PLAIT_API struct plait_escape plait_escape_default(enum plait_escape_kind kind);

/* Sets the view to [xmin, xmax] x [ymin, ymax], stretched over width x height, which must be set:
 * cx = (xmin + xmax) / 2, dx = (xmax - xmin) / width, likewise y. All four finite, min < max, else
 * PLAIT_E_ARGUMENT; otherwise what plait_escape_check returns. */
PLAIT_API enum plait_status plait_escape_set_region(struct plait_escape *escape, double xmin,
                                                    double xmax, double ymin, double ymax);

/* Sets the view to square pixels around (re, im): dx = dy = (3 / zoom) / width for Mandelbrot,
 * (4 / zoom) / width for Julia. zoom > 0, all finite, else PLAIT_E_ARGUMENT; otherwise what
 * plait_escape_check returns. */
PLAIT_API enum plait_status plait_escape_set_center(struct plait_escape *escape, double re,
                                                    double im, double zoom);

/* Checks every member against its range: PLAIT_OK, PLAIT_E_ARGUMENT, or PLAIT_E_UNRESOLVED where
 * plait_escape_resolution is not at least 1; that includes dx or dy of 0, where dividing a tiny
 * region ends. A deep picture resolves every view. */
PLAIT_API enum plait_status plait_escape_check(const struct plait_escape *escape);

/* How well doubles resolve the view: min(dx, dy) over 4 units in the last place of the largest
 * absolute coordinate of the view. Below 1 neighbouring pixels begin to fall together. */
PLAIT_API double plait_escape_resolution(const struct plait_escape *escape);

/* Rows [first, first + rows) of a picture. */
struct plait_row_range {
    uint32_t first; /* 0 .. height, row 0 on top */
    uint32_t rows;  /* 0 .. height - first */
};

/* Computes rows [first, first + rows) into counts[rows][width]. Rows may be 0; the range must lie
 * inside the picture. Returns PLAIT_OK, what plait_escape_check returns, PLAIT_E_ARGUMENT for the
 * range or exec, or PLAIT_E_INTERRUPTED. exec->progress gets rows. */
PLAIT_API enum plait_status plait_escape_rows(const struct plait_escape *escape,
                                              const struct plait_exec *exec, uint32_t first,
                                              uint32_t rows, int32_t *counts);

/* Some pictures repeat themselves: with the real axis in the middle, the lower half mirrors the
 * upper. Only rows [0, plait_escape_distinct_rows()) need to be computed, by plait_escape_rows in
 * any split; plait_escape_complete then fills the other rows of counts[height][width] from them.
 * Without such a symmetry, or with brute, that is every row, and there is nothing to complete. */
PLAIT_API uint32_t plait_escape_distinct_rows(const struct plait_escape *escape);
PLAIT_API enum plait_status plait_escape_complete(const struct plait_escape *escape,
                                                  const struct plait_exec *exec, int32_t *counts);

/* The same for a byte per pixel that follows from the orbit alone, such as the colour of a smooth
 * value: fills bytes[height][width]. A pixel without a mirror image, in column 0, is left as it is.
 */
PLAIT_API enum plait_status plait_escape_complete_bytes(const struct plait_escape *escape,
                                                        const struct plait_exec *exec,
                                                        uint8_t *bytes);

/* The same as plait_escape_complete for those who keep only some rows at a time: turns rows [first,
 * first + rows) of the picture, counts[rows][width], in place into the rows that mirror them, which
 * are [height - first
 * - rows + 1, height - first + 1), and in the order of the picture too. The rows that have such
 * images are 1 to height - plait_escape_distinct_rows(); a range that leaves them is
 * PLAIT_E_ARGUMENT. Rows may be 0. Returns what plait_escape_complete returns. */
PLAIT_API enum plait_status plait_escape_mirror_rows(const struct plait_escape *escape,
                                                     const struct plait_exec *exec, uint32_t first,
                                                     uint32_t rows, int32_t *counts);

/* The whole picture, counts[height][width], on the threads of exec: both steps above in one.
 * Returns what plait_escape_rows returns. */
PLAIT_API enum plait_status plait_escape_picture(const struct plait_escape *escape,
                                                 const struct plait_exec *exec, int32_t *counts);

/* The count of one pixel by the scalar reference, the plain loop that every path is measured
 * against. row < height, col < width; escape must pass plait_escape_check. */
PLAIT_API int32_t plait_escape_pixel(const struct plait_escape *escape, uint32_t row, uint32_t col);

/* Sums over pixels. */
struct plait_escape_tally {
    uint64_t steps;    /* sum of the counts, 0 .. pixels * maxit */
    uint64_t interior; /* pixels whose count is maxit, 0 .. pixels */
};

/* The sums over rows of the picture, counts[rows][width]. */
PLAIT_API struct plait_escape_tally plait_escape_count_steps(const struct plait_escape *escape,
                                                             const struct plait_exec *exec,
                                                             const int32_t *counts, uint32_t rows);

/* A pixel whose count differs from the reference. */
struct plait_escape_difference {
    uint32_t row;     /* of the picture, 0 .. height - 1 */
    uint32_t col;     /* 0 .. width - 1 */
    int32_t expected; /* the count of the reference, 0 .. maxit */
    int32_t got;      /* what was there instead, any number */
};

/* Recomputes `samples` pixels of the whole picture counts[height][width] by the reference. The
 * samples are spread over the picture in a fixed pseudo-random order. Returns PLAIT_OK,
 * PLAIT_E_MISMATCH with the first difference in that order in *first, or PLAIT_E_ARGUMENT. */
PLAIT_API enum plait_status plait_escape_verify(const struct plait_escape *escape,
                                                const struct plait_exec *exec,
                                                const int32_t *counts, uint32_t samples,
                                                struct plait_escape_difference *first);

/* Recomputes those of the same samples that lie in the range, counts[range.rows][width]: over any
 * split of the picture that is all of them. */
PLAIT_API enum plait_status plait_escape_verify_rows(const struct plait_escape *escape,
                                                     const struct plait_exec *exec,
                                                     struct plait_row_range range,
                                                     const int32_t *counts, uint32_t samples,
                                                     struct plait_escape_difference *first);

#ifdef __cplusplus
}
#endif

#endif
