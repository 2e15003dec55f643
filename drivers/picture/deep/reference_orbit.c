/* SPDX-License-Identifier: MIT
 * Reference orbits by MPFR: every operation is rounded to the same number of bits, to nearest, in a
 * fixed order, so that the points are the same on every machine and with every version of MPFR. */
#include "picture/deep/reference_orbit.h"

#ifdef PLAIT_HAVE_MPFR

#include "base/decimal.h"
#include "base/stop_signal.h"

#include <math.h>
#include <mpfr.h>
#include <omp.h>
#include <sched.h>
#include <stdalign.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    ZOOM_BITS = 128, /* of the zoom and of the width of the picture */
    DOUBLE_BITS = 53,
    SPARE_BITS = 96,    /* that the orbit has beyond the size of a pixel */
    SHARED_BITS = 2000, /* from so many on products take longer than two threads to meet */
    LINE_BYTES = 64,    /* of the caches */
    APART_MAX =
        1100, /* binary orders of magnitude between x and y, beyond which the smaller is 0 */
};

static const int64_t zoom_exponent_max = 100000; /* of a power of ten */
static const int pitch_exponent_max = 400;       /* of 2: squares of offsets must be doubles */
static const double coordinate_max = 64;

/* x^2, y^2 and xy of a step, none of which needs another. */
enum { PRODUCT_XX, PRODUCT_YY, PRODUCT_XY, PRODUCTS };

enum product_state { PRODUCT_MADE, PRODUCT_OFFERED, PRODUCT_TAKEN };

/* On a line of its own, so that threads do not take it from each other. */
struct deep_product {
    alignas(LINE_BYTES) atomic_int state; /* of one that is given away: enum product_state */
    mpfr_t value;
};

struct deep_reference {
    struct deep_product products[PRODUCTS];
    atomic_bool over; /* helping threads end */
    int helpers;      /* threads that make products now */
    struct plait_escape escape;
    bool extended;
    mpfr_prec_t bits;
    int64_t decimals;
    mpfr_t pitch;       /* 53 bits */
    mpfr_t center[2];   /* of the picture */
    mpfr_t c[2];        /* of the orbit: the same for Mandelbrot */
    mpfr_t r2, four_r2; /* r^2 and 4 r^2, exact */
    mpfr_t x, y;        /* Z_m */
    mpfr_t s, next_x;   /* of the step, rounded as all are */
};

/* Of this thread: exponents as large as MPFR has them, so that no number of a text becomes 0. */
static void deep_widen_exponents(void) {
    mpfr_set_emin(mpfr_get_emin_min());
    mpfr_set_emax(mpfr_get_emax_max());
}

/* Reads one number of a text that has been checked, up to the comma after it. */
static void deep_read(mpfr_t number, const char *text, size_t index) {
    const char *begin;
    (void)decimal_piece(text, index, &begin);
    mpfr_strtofr(number, begin, NULL, 10, MPFR_RNDN);
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
    struct deep_reference *made = aligned_alloc(LINE_BYTES, sizeof *made);
    if (!made)
        return failure_set(failure, EXIT_RUN, "out of memory");
    memset(made, 0, sizeof *made);
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
                made->y, made->s, made->next_x, (mpfr_ptr)NULL);
    for (int k = 0; k < PRODUCTS; k++)
        mpfr_init2(made->products[k].value, made->bits);
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

/* -- products on several threads --------------------------------------------------------------- */

/* Which thread makes a product: 0 is the one that makes the steps. */
static int deep_maker(const struct deep_reference *reference, int product) {
    if (product == PRODUCT_XX || reference->helpers == 0)
        return 0;
    return product == PRODUCT_XY ? 1 : reference->helpers == 2 ? 2 : 0;
}

static void deep_make(struct deep_reference *reference, int product) {
    mpfr_ptr value = reference->products[product].value;
    if (product == PRODUCT_XY)
        mpfr_mul(value, reference->x, reference->y, MPFR_RNDN);
    else
        mpfr_sqr(value, product == PRODUCT_XX ? reference->x : reference->y, MPFR_RNDN);
}

/* Whoever comes first makes a product that is given away: the thread that makes the steps waits
 * only for one that has begun. */
static bool deep_take(struct deep_product *product) {
    int offered = PRODUCT_OFFERED;
    return atomic_load_explicit(&product->state, memory_order_relaxed) == PRODUCT_OFFERED &&
           atomic_compare_exchange_strong(&product->state, &offered, PRODUCT_TAKEN);
}

/* Between two looks at what another thread does. */
static void deep_spin(unsigned *looks) {
    enum { LOOKS_BEFORE_YIELD = 2000 };
    if (++*looks % LOOKS_BEFORE_YIELD == 0)
        sched_yield();
#if defined __x86_64__ || defined __i386__
    else
        __builtin_ia32_pause();
#endif
}

/* A helping thread, until the steps are made. */
static void deep_help(struct deep_reference *reference, int thread) {
    struct deep_product *product = &reference->products[thread == 1 ? PRODUCT_XY : PRODUCT_YY];
    deep_widen_exponents();
    for (unsigned looks = 0; !atomic_load(&reference->over); deep_spin(&looks)) {
        if (!deep_take(product))
            continue;
        deep_make(reference, (int)(product - reference->products));
        atomic_store_explicit(&product->state, PRODUCT_MADE, memory_order_release);
        looks = 0;
    }
}

static void deep_offer_products(struct deep_reference *reference) {
    for (int k = 0; k < PRODUCTS; k++)
        if (deep_maker(reference, k) > 0)
            atomic_store_explicit(&reference->products[k].state, PRODUCT_OFFERED,
                                  memory_order_release);
}

static mpfr_ptr deep_product(struct deep_reference *reference, int k) {
    struct deep_product *product = &reference->products[k];
    unsigned looks = 0;
    if (deep_maker(reference, k) == 0 || deep_take(product))
        deep_make(reference, k);
    else
        while (atomic_load_explicit(&product->state, memory_order_acquire) != PRODUCT_MADE)
            deep_spin(&looks);
    return product->value;
}

bool deep_reference_may_share(const struct deep_reference *reference) {
    return reference->bits >= SHARED_BITS && deep_reference_takes_threads();
}

void deep_reference_share(struct deep_reference *reference, int threads, void (*work)(void *),
                          void *context) {
    atomic_store(&reference->over, false);
#pragma omp parallel num_threads(threads < PRODUCTS ? threads : PRODUCTS)
    if (omp_get_thread_num() > 0) {
        deep_help(reference, omp_get_thread_num());
    } else {
        reference->helpers = omp_get_num_threads() - 1;
        work(context);
        atomic_store(&reference->over, true);
    }
    reference->helpers = 0;
}

/* -- steps ------------------------------------------------------------------------------------- */

void deep_reference_next(struct deep_reference *reference, struct plait_deep_point *point) {
    struct deep_reference *r = reference;
    deep_offer_products(r);
    mpfr_ptr xx = deep_product(r, PRODUCT_XX), yy = deep_product(r, PRODUCT_YY);
    mpfr_add(r->s, xx, yy, MPFR_RNDN);
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
    mpfr_sub(r->next_x, xx, yy, MPFR_RNDN);
    mpfr_add(r->next_x, r->next_x, r->c[0], MPFR_RNDN);
    /* x is read until xy is there. */
    mpfr_ptr xy = deep_product(r, PRODUCT_XY);
    mpfr_swap(r->x, r->next_x);
    mpfr_mul_2ui(xy, xy, 1, MPFR_RNDN);
    mpfr_add(r->y, xy, r->c[1], MPFR_RNDN);
}

/* -- orbits that are kept ---------------------------------------------------------------------- */

/* A number to its last bit: sign, 0., hexadecimal digits, @ and the exponent of 16; or 0 with its
 * sign. Returns the end; NULL: out of memory. */
static char *deep_write_number(char *to, const mpfr_t number) {
    mpfr_exp_t exponent = 0;
    char *digits =
        mpfr_zero_p(number) ? NULL : mpfr_get_str(NULL, &exponent, 16, 0, number, MPFR_RNDN);
    const char *sign = mpfr_signbit(number) ? "-" : "";
    if (mpfr_zero_p(number))
        return to + sprintf(to, "%s0", sign);
    if (!digits)
        return NULL;
    to += sprintf(to, "%s0.%s@%ld", sign, digits + (*digits == '-'), (long)exponent);
    mpfr_free_str(digits);
    return to;
}

/* "X,Y", malloc'ed; NULL: out of memory. */
static char *deep_write_point(const mpfr_t x, const mpfr_t y) {
    enum { SPARE = 64 };
    const size_t bytes = 2 * ((size_t)mpfr_get_prec(x) / 4 + SPARE);
    char *text = malloc(bytes), *end = text ? deep_write_number(text, x) : NULL;
    if (end) {
        *end++ = ',';
        end = deep_write_number(end, y);
    }
    if (end)
        return text;
    free(text);
    return NULL;
}

char *deep_reference_rounded(const char *text, uint64_t bits) {
    mpfr_t x, y;
    deep_widen_exponents();
    mpfr_inits2((mpfr_prec_t)bits, x, y, (mpfr_ptr)NULL);
    deep_read(x, text, 0);
    deep_read(y, text, 1);
    char *rounded = deep_write_point(x, y);
    mpfr_clears(x, y, (mpfr_ptr)NULL);
    return rounded;
}

char *deep_reference_place(const struct deep_reference *reference) {
    return deep_write_point(reference->x, reference->y);
}

bool deep_reference_resume(struct deep_reference *reference, const char *place) {
    char *end;
    mpfr_strtofr(reference->x, place, &end, 16, MPFR_RNDN);
    if (end == place || *end != ',')
        return false;
    const char *second = end + 1;
    mpfr_strtofr(reference->y, second, &end, 16, MPFR_RNDN);
    return end != second && *end == '\0' && mpfr_number_p(reference->x) &&
           mpfr_number_p(reference->y);
}

bool deep_reference_is_extended(const struct deep_reference *reference) {
    return reference->extended;
}

bool deep_reference_shares(const struct deep_reference *a, const struct deep_reference *b) {
    bool same = a->bits == b->bits && a->extended == b->extended &&
                a->escape.kind == b->escape.kind && mpfr_equal_p(a->r2, b->r2);
    for (int k = 0; k < 2; k++)
        same = same && mpfr_equal_p(a->center[k], b->center[k]) && mpfr_equal_p(a->c[k], b->c[k]);
    return same;
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
                r->y, r->s, r->next_x, (mpfr_ptr)NULL);
    for (int k = 0; k < PRODUCTS; k++)
        mpfr_clear(r->products[k].value);
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

bool deep_reference_shares(const struct deep_reference *a, const struct deep_reference *b) {
    (void)a;
    (void)b;
    return false;
}

bool deep_reference_may_share(const struct deep_reference *reference) {
    (void)reference;
    return false;
}

void deep_reference_share(struct deep_reference *reference, int threads, void (*work)(void *),
                          void *context) {
    (void)reference;
    (void)threads;
    work(context);
}

char *deep_reference_rounded(const char *text, uint64_t bits) {
    (void)text;
    (void)bits;
    return NULL;
}

char *deep_reference_place(const struct deep_reference *reference) {
    (void)reference;
    return NULL;
}

bool deep_reference_resume(struct deep_reference *reference, const char *place) {
    (void)reference;
    (void)place;
    return false;
}

bool deep_reference_is_extended(const struct deep_reference *reference) {
    (void)reference;
    return false;
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
