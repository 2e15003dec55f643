/* SPDX-License-Identifier: MIT
 * Reference orbits by MPFR: every operation is rounded to the same number of bits, to nearest, in a
 * fixed order, so that the points are the same on every machine and with every version of MPFR. */
#include "picture/reference_orbit.h"

#ifdef PLAIT_HAVE_MPFR

#include "base/decimal.h"
#include "base/stop_signal.h"

#include <math.h>
#include <mpfr.h>
#include <stdlib.h>
#include <string.h>

enum {
    ZOOM_BITS = 128, /* of the zoom and of the width of the picture */
    DOUBLE_BITS = 53,
    SPARE_BITS = 96, /* that the orbit has beyond the size of a pixel */
    APART_MAX =
        1100, /* binary orders of magnitude between x and y, beyond which the smaller is 0 */
};

static const int64_t zoom_exponent_max = 100000; /* of a power of ten */
static const int pitch_exponent_max = 400;       /* of 2: squares of offsets must be doubles */
static const double coordinate_max = 64;

struct deep_reference {
    struct plait_escape escape;
    bool extended;
    mpfr_prec_t bits;
    int64_t decimals;
    mpfr_t pitch;         /* 53 bits */
    mpfr_t center[2];     /* of the picture */
    mpfr_t c[2];          /* of the orbit: the same for Mandelbrot */
    mpfr_t r2, four_r2;   /* r^2 and 4 r^2, exact */
    mpfr_t x, y;          /* Z_m */
    mpfr_t xx, yy, xy, s; /* of the step, rounded as all are */
};

/* Of this thread: exponents as large as MPFR has them, so that no number of a text becomes 0. */
static void deep_widen_exponents(void) {
    mpfr_set_emin(mpfr_get_emin_min());
    mpfr_set_emax(mpfr_get_emax_max());
}

/* Reads one number of a text that has been checked. */
static void deep_read(mpfr_t number, const char *text, size_t index) {
    const char *begin;
    const size_t length = decimal_piece(text, index, &begin);
    char *copy = strndup(begin, length);
    if (copy)
        mpfr_set_str(number, copy, 10, MPFR_RNDN);
    free(copy);
}

/* Whether both numbers of a text are nearer to 0 than coordinate_max: by the texts, before any
 * memory is taken for them. */
static bool deep_is_near(const char *text) {
    for (size_t k = 0; k < 2; k++) {
        const char *begin;
        const size_t length = decimal_piece(text, k, &begin);
        const struct decimal number = decimal_of(begin, length);
        mpfr_t value;
        bool near = number.exponent <= 2;
        if (!near)
            return false;
        mpfr_init2(value, 64);
        deep_read(value, text, k);
        mpfr_abs(value, value, MPFR_RNDN);
        near = mpfr_cmp_d(value, coordinate_max) < 0;
        mpfr_clear(value);
        if (!near)
            return false;
    }
    return true;
}

/* Sizes and limits that follow from the texts alone. */
static bool deep_check(const struct deep_texts *texts, struct failure *failure) {
    const struct decimal zoom = decimal_of(texts->zoom, strlen(texts->zoom));
    if (zoom.exponent > zoom_exponent_max)
        return failure_set(failure, EXIT_USAGE,
                           "--zoom is not below 1e100000, the limit of deep views: zoom out");
    if (!deep_is_near(texts->center))
        return failure_set(
            failure, EXIT_USAGE,
            "--center is 64 or more from 0, where a deep view has nothing to show: move towards 0");
    if (texts->c && !deep_is_near(texts->c))
        return failure_set(
            failure, EXIT_USAGE,
            "--c is 64 or more from 0, where a deep view has nothing to show: choose a smaller one");
    return true;
}

bool deep_reference_begin(struct deep_reference **reference, const struct plait_escape *escape,
                          const struct deep_texts *texts, struct plait_deep_view *view,
                          struct failure *failure) {
    *reference = NULL;
    deep_widen_exponents();
    if (!deep_check(texts, failure))
        return false;
    struct deep_reference *made = calloc(1, sizeof *made);
    if (!made)
        return failure_set(failure, EXIT_RUN, "out of memory");
    made->escape = *escape;

    mpfr_t zoom, width;
    mpfr_inits2(ZOOM_BITS, zoom, width, (mpfr_ptr)NULL);
    mpfr_init2(made->pitch, DOUBLE_BITS);
    deep_read(zoom, texts->zoom, 0);
    mpfr_ui_div(width, escape->kind == PLAIT_JULIA ? 4 : 3, zoom, MPFR_RNDN);
    mpfr_div_ui(made->pitch, width, escape->width, MPFR_RNDN);
    mpfr_clears(zoom, width, (mpfr_ptr)NULL);
    if (!mpfr_number_p(made->pitch) || mpfr_get_exp(made->pitch) - 1 > pitch_exponent_max) {
        mpfr_clear(made->pitch);
        free(made);
        return failure_set(failure, EXIT_USAGE,
                           "--zoom reaches beyond 1e100, where there is nothing to see: zoom in");
    }

    const int64_t exponent = mpfr_get_exp(made->pitch) - 1;
    /* Julia: next to 0 what counts is the square of a pixel, and it is added to c. */
    const int64_t depth = escape->kind == PLAIT_JULIA ? 2 * exponent : exponent;
    const int64_t words = (SPARE_BITS - depth + 63) / 64; /* of a positive number, or less */
    made->bits = words > 2 ? (mpfr_prec_t)(64 * words) : 128;
    made->extended = exponent < plait_deep_plain_exponent(escape->kind);
    made->decimals = (int64_t)ceil(-(double)exponent * 0.30103);
    mpfr_inits2(made->bits, made->center[0], made->center[1], made->c[0], made->c[1], made->x,
                made->y, made->xx, made->yy, made->xy, made->s, (mpfr_ptr)NULL);
    /* Exact; MPFR is fastest where all numbers have the same bits. */
    mpfr_inits2(made->bits, made->r2, made->four_r2, (mpfr_ptr)NULL);
    for (size_t k = 0; k < 2; k++) {
        deep_read(made->center[k], texts->center, k);
        deep_read(made->c[k], texts->c ? texts->c : texts->center, k);
    }
    mpfr_set_d(made->r2, escape->bailout, MPFR_RNDN);
    mpfr_sqr(made->r2, made->r2, MPFR_RNDN);
    mpfr_mul_2ui(made->four_r2, made->r2, 2, MPFR_RNDN);

    mpfr_t mantissa;
    mpfr_init2(mantissa, DOUBLE_BITS);
    mpfr_div_2si(mantissa, made->pitch, (long)exponent, MPFR_RNDN);
    *view = (struct plait_deep_view){
        .pitch = mpfr_get_d(mantissa, MPFR_RNDN),
        .pitch_exponent = exponent,
        .re = mpfr_get_d(made->c[0], MPFR_RNDN),
        .im = mpfr_get_d(made->c[1], MPFR_RNDN),
        .mirrored_rows = mpfr_zero_p(made->center[1]) && (!texts->c || mpfr_zero_p(made->c[1])),
    };
    view->mirrored_point = texts->c && !view->mirrored_rows && mpfr_zero_p(made->center[0]) &&
                           mpfr_zero_p(made->center[1]);
    mpfr_clear(mantissa);
    *reference = made;
    return true;
}

/* -- the orbit --------------------------------------------------------------------------------- */

void deep_reference_start(struct deep_reference *reference, enum plait_deep_orbit_kind kind) {
    const bool at_center = kind == PLAIT_DEEP_FIRST && reference->escape.kind == PLAIT_JULIA;
    mpfr_set_zero(reference->x, 1);
    mpfr_set_zero(reference->y, 1);
    if (at_center) {
        mpfr_set(reference->x, reference->center[0], MPFR_RNDN);
        mpfr_set(reference->y, reference->center[1], MPFR_RNDN);
    }
}

/* A number as v * 2^exponent, 1 <= |v| < 2, v rounded once. */
static double deep_split(const mpfr_t number, int64_t *exponent) {
    long e = 0;
    if (mpfr_zero_p(number)) {
        *exponent = 0;
        return 0;
    }
    const double v = mpfr_get_d_2exp(&e, number, MPFR_RNDN); /* 0.5 <= |v| < 1 */
    *exponent = e - 1;
    return 2 * v;
}

void deep_reference_next(struct deep_reference *reference, struct plait_deep_point *point) {
    struct deep_reference *r = reference;
    mpfr_sqr(r->xx, r->x, MPFR_RNDN);
    mpfr_sqr(r->yy, r->y, MPFR_RNDN);
    mpfr_mul(r->xy, r->x, r->y, MPFR_RNDN);
    mpfr_add(r->s, r->xx, r->yy, MPFR_RNDN);
    *point = (struct plait_deep_point){.outside = mpfr_cmp(r->s, r->four_r2) >= 0};
    mpfr_sub(r->s, r->s, r->r2, MPFR_RNDN);
    if (r->extended) {
        int64_t ex, ey;
        point->x = deep_split(r->x, &ex);
        point->y = deep_split(r->y, &ey);
        const int64_t e = point->y == 0 || (point->x != 0 && ex > ey) ? ex : ey;
        if (ex != e)
            point->x = e - ex > APART_MAX ? 0 : ldexp(point->x, (int)(ex - e));
        if (ey != e)
            point->y = e - ey > APART_MAX ? 0 : ldexp(point->y, (int)(ey - e));
        point->exponent = e;
        point->s = deep_split(r->s, &point->s_exponent);
    } else {
        point->x = mpfr_get_d(r->x, MPFR_RNDN);
        point->y = mpfr_get_d(r->y, MPFR_RNDN);
        point->s = mpfr_get_d(r->s, MPFR_RNDN);
    }
    mpfr_sub(r->xx, r->xx, r->yy, MPFR_RNDN);
    mpfr_add(r->x, r->xx, r->c[0], MPFR_RNDN);
    mpfr_mul_2ui(r->xy, r->xy, 1, MPFR_RNDN);
    mpfr_add(r->y, r->xy, r->c[1], MPFR_RNDN);
}

uint64_t deep_reference_bits(const struct deep_reference *reference) {
    return (uint64_t)reference->bits;
}

uint64_t deep_reference_decimals(const struct deep_reference *reference) {
    return reference->decimals > 0 ? (uint64_t)reference->decimals : 0;
}

bool deep_reference_takes_threads(void) {
    return mpfr_buildopt_tls_p() != 0;
}

int32_t deep_reference_count(const struct deep_reference *reference, uint32_t row, uint32_t col) {
    const struct deep_reference *r = reference;
    const bool julia = r->escape.kind == PLAIT_JULIA;
    mpfr_t x, y, cx, cy, xx, yy, s;
    int32_t count = 0;
    deep_widen_exponents();
    mpfr_inits2(r->bits, x, y, cx, cy, xx, yy, s, (mpfr_ptr)NULL);
    /* The same offsets as those of the kernel, which are exact in so many bits. */
    mpfr_mul_d(xx, r->pitch, (double)col - r->escape.width / 2.0, MPFR_RNDN);
    mpfr_prec_round(xx, DOUBLE_BITS, MPFR_RNDN);
    mpfr_mul_d(yy, r->pitch, r->escape.height / 2.0 - (double)row, MPFR_RNDN);
    mpfr_prec_round(yy, DOUBLE_BITS, MPFR_RNDN);
    mpfr_add(cx, r->center[0], xx, MPFR_RNDN);
    mpfr_add(cy, r->center[1], yy, MPFR_RNDN);
    mpfr_set_prec(xx, r->bits);
    mpfr_set_prec(yy, r->bits);
    mpfr_set_zero(x, 1);
    mpfr_set_zero(y, 1);
    if (julia) {
        mpfr_swap(x, cx);
        mpfr_swap(y, cy);
        mpfr_set(cx, r->c[0], MPFR_RNDN);
        mpfr_set(cy, r->c[1], MPFR_RNDN);
    }
    for (; count < r->escape.maxit; count++) {
        mpfr_sqr(xx, x, MPFR_RNDN);
        mpfr_sqr(yy, y, MPFR_RNDN);
        mpfr_add(s, xx, yy, MPFR_RNDN);
        if (mpfr_cmp(s, r->r2) >= 0 || stop_signal_seen())
            break;
        mpfr_mul(y, x, y, MPFR_RNDN);
        mpfr_mul_2ui(y, y, 1, MPFR_RNDN);
        mpfr_add(y, y, cy, MPFR_RNDN);
        mpfr_sub(xx, xx, yy, MPFR_RNDN);
        mpfr_add(x, xx, cx, MPFR_RNDN);
    }
    mpfr_clears(x, y, cx, cy, xx, yy, s, (mpfr_ptr)NULL);
    return count;
}

void deep_reference_free(struct deep_reference *reference) {
    if (!reference)
        return;
    struct deep_reference *r = reference;
    mpfr_clears(r->pitch, r->center[0], r->center[1], r->c[0], r->c[1], r->r2, r->four_r2, r->x,
                r->y, r->xx, r->yy, r->xy, r->s, (mpfr_ptr)NULL);
    free(r);
    mpfr_free_cache();
}

#else

bool deep_reference_begin(struct deep_reference **reference, const struct plait_escape *escape,
                          const struct deep_texts *texts, struct plait_deep_view *view,
                          struct failure *failure) {
    (void)escape;
    (void)texts;
    (void)view;
    *reference = NULL;
    return failure_set(
        failure, EXIT_USAGE,
        "this Plait was built without MPFR, which deep views need: build it with -DPLAIT_MPFR=ON, or zoom out");
}

void deep_reference_start(struct deep_reference *reference, enum plait_deep_orbit_kind kind) {
    (void)reference;
    (void)kind;
}

void deep_reference_next(struct deep_reference *reference, struct plait_deep_point *point) {
    (void)reference;
    *point = (struct plait_deep_point){.outside = true};
}

uint64_t deep_reference_bits(const struct deep_reference *reference) {
    (void)reference;
    return 0;
}

uint64_t deep_reference_decimals(const struct deep_reference *reference) {
    (void)reference;
    return 0;
}

bool deep_reference_takes_threads(void) {
    return false;
}

int32_t deep_reference_count(const struct deep_reference *reference, uint32_t row, uint32_t col) {
    (void)reference;
    (void)row;
    (void)col;
    return 0;
}

void deep_reference_free(struct deep_reference *reference) {
    (void)reference;
}

#endif
