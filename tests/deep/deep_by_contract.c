/* SPDX-License-Identifier: MIT
 * Deep zoom as its contract says, written from that text alone by someone who had not seen Plait's
 * sources. As plain as it can be: one thread, one pixel after the other, each table searched from
 * its longest skip downwards, no test for repeated orbits, no mirror images, and no arithmetic
 * shared with Plait. Two lines of view_make differ from that text, which treated both kinds as
 * Mandelbrot is here. Where Z_m = 0 a Julia set's z becomes z^2, and no c is added: from about
 * 1e162 to 1e268 doubles lost it, and where c has as many digits as that takes, so did an orbit of
 * 96 - E bits. Counts were maxit, or all the same, where balls prove others
 * (golden/deep_certified_julia_*.txt).
 *
 * Plait's build makes it, and unit/test_deep_golden.c compares it with the kernel on views at
 * random.
 *
 *     cc -std=c11 -O2 -ffp-contract=off deep_by_contract.c -o deep_by_contract -lmpfr -lgmp -lm
 *     deep_by_contract [--counts] [--smooth] [--single] [FILE]
 *
 * reads views from FILE or standard input, one per line, `#` begins a comment:
 *
 *     NAME W H ZOOM MAXIT KIND RE IM [SUM MAXED CHECKSUM [SMOOTH]]
 *
 * KIND is R for Mandelbrot, - where that is 2, CRE,CIM,R for Julia;
 * and prints for each one line `NAME SUM MAXED CHECKSUM SMOOTH`: sum of the counts, pixels at
 * maxit, checksum of the picture (docs/determinism.md), and the same checksum of the fractions
 * floor(2^20 (v - count)) of the smooth values v, 0 for pixels at maxit. If the line of the view
 * has these, ` ok` or ` differs` follows, and the exit status is 1 if any differs. --counts prints
 * H lines of W counts after it, --smooth H lines of W fractions. --single takes no skips: every
 * step is a single one. */
#define _POSIX_C_SOURCE 200809L
#include <inttypes.h>
#include <math.h>
#include <mpfr.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- numbers (6.2)
 * ------------------------------------------------------------------------------------------------
 * Plain numbers are doubles, and their e is 0. Extended ones have the value (x + iy) 2^e and v 2^e.
 * `wide` says which kind an operation works on. */

#define ZERO_EXPONENT (-((int64_t)1 << 61))

struct complex {
    double x, y;
    int64_t e;
};
struct real {
    double v;
    int64_t e;
};

/* a 2^power; powers that leave no bit of a normal number are cut off so that they fit an int. */
static double scaled(double a, int64_t power) {
    return ldexp(a, power < -3000 ? -3000 : power > 3000 ? 3000 : (int)power);
}

static struct complex complex_normal(struct complex a, bool wide) {
    if (!wide)
        return (struct complex){a.x, a.y, 0};
    const double most = fmax(fabs(a.x), fabs(a.y));
    if (most == 0)
        return (struct complex){0, 0, ZERO_EXPONENT};
    const int shift = ilogb(most);
    return (struct complex){ldexp(a.x, -shift), ldexp(a.y, -shift), a.e + shift};
}

static struct real real_normal(struct real a, bool wide) {
    if (!wide)
        return (struct real){a.v, 0};
    if (a.v == 0)
        return (struct real){0, ZERO_EXPONENT};
    const int shift = ilogb(a.v);
    return (struct real){ldexp(a.v, -shift), a.e + shift};
}

static struct complex complex_of(double x, double y, bool wide) {
    return complex_normal((struct complex){x, y, 0}, wide);
}

static struct real real_of(double v, bool wide) {
    return real_normal((struct real){v, 0}, wide);
}

static struct complex mul(struct complex a, struct complex b, bool wide) {
    const struct complex c = {fma(a.x, b.x, -(a.y * b.y)), fma(a.x, b.y, a.y * b.x), a.e + b.e};
    return complex_normal(c, wide);
}

static struct complex add(struct complex a, struct complex b, bool wide) {
    if (wide) {
        if (a.e < b.e) {
            const struct complex other = a;
            a = b;
            b = other;
        }
        const int64_t down = a.e - b.e;
        if (down > 1000)
            return a;
        b.x = scaled(b.x, -down);
        b.y = scaled(b.y, -down);
    }
    return complex_normal((struct complex){a.x + b.x, a.y + b.y, a.e}, wide);
}

static struct complex twice(struct complex a, bool wide) {
    return complex_normal((struct complex){2 * a.x, 2 * a.y, a.e}, wide);
}

static struct real sup(struct complex a, bool wide) {
    return real_normal((struct real){fmax(fabs(a.x), fabs(a.y)), a.e}, wide);
}

static struct real one(struct complex a, bool wide) {
    return real_normal((struct real){fabs(a.x) + fabs(a.y), a.e}, wide);
}

static struct real product(struct real a, struct real b, bool wide) {
    return real_normal((struct real){a.v * b.v, a.e + b.e}, wide);
}

static struct real quotient(struct real a, struct real b, bool wide) {
    return real_normal((struct real){a.v / b.v, a.e - b.e}, wide);
}

static struct real sum(struct real a, struct real b, bool wide) {
    if (!wide)
        return (struct real){a.v + b.v, 0};
    if (a.e < b.e) {
        const struct real other = a;
        a = b;
        b = other;
    }
    const int64_t down = a.e - b.e;
    return real_normal((struct real){a.v + (down > 1000 ? 0 : scaled(b.v, -down)), a.e}, wide);
}

static struct real difference(struct real a, struct real b, bool wide) {
    return sum(a, (struct real){-b.v, b.e}, wide);
}

static bool less(struct real a, struct real b, bool wide) {
    return wide && a.v > 0 && b.v > 0 && a.e != b.e ? a.e < b.e : a.v < b.v;
}

static struct real least(struct real a, struct real b, bool wide) {
    return less(b, a, wide) ? b : a;
}

/* From MPFR: a component to 53 bits, the complex number then to its common exponent. */
static struct real real_from(mpfr_srcptr a, bool wide) {
    if (!wide)
        return (struct real){mpfr_get_d(a, MPFR_RNDN), 0};
    long e = 0;
    const double v = mpfr_get_d_2exp(&e, a, MPFR_RNDN);
    return real_normal((struct real){v, e}, true);
}

static struct complex complex_from(mpfr_srcptr re, mpfr_srcptr im, bool wide) {
    const struct real x = real_from(re, wide), y = real_from(im, wide);
    if (!wide)
        return (struct complex){x.v, y.v, 0};
    const int64_t e = x.e > y.e ? x.e : y.e;
    return complex_normal((struct complex){x.e < e - 1100 ? 0 : scaled(x.v, x.e - e),
                                           y.e < e - 1100 ? 0 : scaled(y.v, y.e - e), e},
                          true);
}

static struct complex to_doubles(struct complex a) {
    return (struct complex){scaled(a.x, a.e), scaled(a.y, a.e), 0};
}

/* --- a view (6.1), its orbits (6.3) and their skips (6.4)
 * ---------------------------------------------------------- */

struct node {
    int64_t m, l;
    struct complex a, b;
    struct real r; /* nothing where l = 1: a single step is always valid */
};

struct level {
    struct node *nodes;
    int64_t count;
};

struct orbit {
    int64_t n;          /* N */
    struct complex *z;  /* Z_0 ... Z_N, of the view's kind */
    struct complex *zd; /* the same as doubles */
    struct real *s;
    double *sd;
    struct level levels[80];
    int level_count;
};

struct view {
    int64_t w, h, maxit;
    bool julia, wide;
    double r;
    mpfr_t re, im, cre, cim;
    long precision;
    struct real d, rad;
    struct orbit first, critical; /* Mandelbrot has the one, critical */
};

static void *at_least(void *memory, size_t bytes) {
    memory = realloc(memory, bytes);
    if (!memory) {
        fputs("deep_by_contract: out of memory\n", stderr);
        exit(1);
    }
    return memory;
}

static void orbit_keep(struct orbit *orbit, int64_t m, mpfr_srcptr x, mpfr_srcptr y, mpfr_srcptr s,
                       const struct view *view) {
    if ((m & (m - 1)) == 0) {
        const size_t places = m ? 2 * (size_t)m : 1;
        orbit->z = at_least(orbit->z, places * sizeof *orbit->z);
        orbit->zd = at_least(orbit->zd, places * sizeof *orbit->zd);
        orbit->s = at_least(orbit->s, places * sizeof *orbit->s);
        orbit->sd = at_least(orbit->sd, places * sizeof *orbit->sd);
    }
    mpfr_t bits;
    mpfr_init2(bits, view->precision);
    mpfr_sub_d(bits, s, view->r * view->r, MPFR_RNDN);
    orbit->z[m] = complex_from(x, y, view->wide);
    orbit->zd[m] = complex_from(x, y, false);
    orbit->s[m] = real_from(bits, view->wide);
    orbit->sd[m] = mpfr_get_d(bits, MPFR_RNDN);
    mpfr_clear(bits);
}

static void orbit_make(struct orbit *orbit, const struct view *view, mpfr_srcptr x0, mpfr_srcptr y0,
                       mpfr_srcptr cx, mpfr_srcptr cy) {
    const bool wide = view->wide;
    mpfr_t x, y, xx, yy, xy, s;
    mpfr_inits2(view->precision, x, y, xx, yy, xy, s, (mpfr_ptr)0);
    mpfr_set(x, x0, MPFR_RNDN);
    mpfr_set(y, y0, MPFR_RNDN);
    struct complex derivative = complex_of(0, 0, wide);
    for (int64_t m = 0;; m++) {
        mpfr_sqr(xx, x, MPFR_RNDN);
        mpfr_sqr(yy, y, MPFR_RNDN);
        mpfr_mul(xy, x, y, MPFR_RNDN);
        mpfr_add(s, xx, yy, MPFR_RNDN);
        orbit_keep(orbit, m, x, y, s, view);
        const struct complex z = orbit->z[m];
        orbit->n = m;
        if (m >= 1 && (mpfr_cmp_d(s, 4 * view->r * view->r) >= 0 || m == view->maxit ||
                       (!view->julia &&
                        less(sup(z, wide), product(sup(derivative, wide), view->d, wide), wide))))
            break;
        derivative = add(mul(twice(z, wide), derivative, wide), complex_of(1, 0, wide), wide);
        mpfr_sub(x, xx, yy, MPFR_RNDN);
        mpfr_add(x, x, cx, MPFR_RNDN);
        mpfr_mul_2ui(y, xy, 1, MPFR_RNDN);
        mpfr_add(y, y, cy, MPFR_RNDN);
    }
    mpfr_clears(x, y, xx, yy, xy, s, (mpfr_ptr)0);
}

/* Whether y joins g, the group so far; if so g becomes the two together. */
static bool node_join(struct node *g, const struct node *y, struct real low,
                      const struct orbit *orbit, const struct view *view) {
    const bool wide = view->wide;
    const struct complex z = orbit->z[y->m];
    const struct real zero = real_of(0, wide);
    if (less(sup(z, wide), product(low, real_of(0.125, wide), wide), wide))
        return false;
    const struct complex a = mul(twice(z, wide), g->a, wide), b = mul(twice(z, wide), g->b, wide);
    struct real minus_s = orbit->s[y->m];
    minus_s.v = -minus_s.v;
    const struct real bound = least(product(sup(z, wide), real_of(0x1p-53, wide), wide),
                                    quotient(minus_s, real_of(4 * view->r, wide), wide), wide);
    const struct real r1 = quotient(
        difference(bound, product(one(g->b, wide), view->rad, wide), wide), one(g->a, wide), wide);
    if (!less(zero, r1, wide))
        return false;
    struct real r = g->l > 1 ? least(g->r, r1, wide) : r1;
    if (y->l > 1) {
        const struct real r2 = quotient(
            difference(y->r, product(one(b, wide), view->rad, wide), wide), one(a, wide), wide);
        if (!less(zero, r2, wide))
            return false;
        r = least(r, r2, wide);
    }
    g->r = r;
    g->a = mul(y->a, a, wide);
    g->b = add(mul(y->a, b, wide), y->b, wide);
    g->l += y->l;
    return true;
}

static void orbit_make_skips(struct orbit *orbit, const struct view *view) {
    const bool wide = view->wide;
    struct level below = {at_least(NULL, (size_t)orbit->n * sizeof(struct node)), orbit->n};
    for (int64_t m = 0; m < orbit->n; m++)
        below.nodes[m] = (struct node){m, 1, complex_of(1, 0, wide),
                                       complex_of(view->julia ? 0 : 1, 0, wide), real_of(0, wide)};
    orbit->levels[0] = below;
    orbit->level_count = 1;
    while (below.count > 1) {
        struct level level = {at_least(NULL, (size_t)below.count * sizeof(struct node)), 0};
        for (int64_t next = 0; next < below.count;) {
            struct node g = below.nodes[next++];
            struct real low = sup(orbit->z[g.m], wide);
            for (int members = 1; members < 8 && next < below.count; members++) {
                const struct node *y = &below.nodes[next];
                if (!node_join(&g, y, low, orbit, view))
                    break;
                const struct real here = sup(orbit->z[y->m], wide);
                low = members == 1 ? here : least(low, here, wide);
                next++;
            }
            level.nodes[level.count++] = g;
        }
        if (level.count == below.count) {
            free(level.nodes);
            break;
        }
        orbit->levels[orbit->level_count++] = below = level;
    }
}

static void orbit_free(struct orbit *orbit) {
    for (int k = 0; k < orbit->level_count; k++)
        free(orbit->levels[k].nodes);
    free(orbit->z);
    free(orbit->zd);
    free(orbit->s);
    free(orbit->sd);
}

/* The node of a level that starts at m, or NULL. */
static const struct node *node_at(const struct level *level, int64_t m) {
    int64_t low = 0, high = level->count - 1;
    while (low < high) {
        const int64_t middle = (low + high + 1) / 2;
        if (level->nodes[middle].m <= m)
            low = middle;
        else
            high = middle - 1;
    }
    return level->nodes[low].m == m ? &level->nodes[low] : NULL;
}

static const struct node *longest_node(const struct orbit *orbit, int64_t m, struct real sup_q,
                                       bool wide) {
    for (int k = orbit->level_count - 1; k > 0; k--) {
        const struct node *node = node_at(&orbit->levels[k], m);
        if (node && node->l > 1 && less(sup_q, node->r, wide))
            return node;
    }
    return NULL;
}

static bool read_number(mpfr_ptr number, long precision, const char *text) {
    char *end;
    mpfr_init2(number, precision);
    mpfr_strtofr(number, text, &end, 10, MPFR_RNDN);
    return end != text && !*end && mpfr_number_p(number);
}

/* True if the texts are numbers. `kind` is cut into its parts. */
static bool view_make(struct view *view, const char *zoom_text, char *kind, const char *re,
                      const char *im) {
    view->julia = strchr(kind, ',') != NULL;
    char *cim = NULL;
    view->r = strcmp(kind, "-") == 0 ? 2 : strtod(kind, NULL);
    if (view->julia) {
        cim = strchr(kind, ',');
        char *r = cim ? strchr(cim + 1, ',') : NULL;
        if (!r)
            return false;
        *cim++ = 0;
        *r++ = 0;
        view->r = strtod(r, NULL);
    }
    mpfr_t zoom, width, d;
    if (!read_number(zoom, 128, zoom_text))
        return false;
    mpfr_init2(width, 128);
    mpfr_init2(d, 53);
    mpfr_ui_div(width, view->julia ? 4 : 3, zoom, MPFR_RNDN);
    mpfr_div_ui(d, width, (unsigned long)view->w, MPFR_RNDN);
    const long e = mpfr_get_exp(d) - 1; /* MPFR's fractions are below 1 */
    view->wide = e < (view->julia ? -480 : -900);
    view->precision = 64 * ((96 - (view->julia ? 2 * e : e) + 63) / 64);
    if (e > 48 || view->precision < 128)
        view->precision = 128;
    view->d = real_from(d, view->wide);
    view->rad = product(real_of((double)(view->w > view->h ? view->w : view->h) / 2, view->wide),
                        view->d, view->wide);
    mpfr_clears(zoom, width, d, (mpfr_ptr)0);

    if (!read_number(view->re, view->precision, re) ||
        !read_number(view->im, view->precision, im) ||
        !read_number(view->cre, view->precision, view->julia ? kind : re) ||
        !read_number(view->cim, view->precision, view->julia ? cim : im))
        return false;
    mpfr_t zero;
    mpfr_init2(zero, view->precision);
    mpfr_set_zero(zero, 1);
    orbit_make(&view->critical, view, zero, zero, view->cre, view->cim);
    orbit_make_skips(&view->critical, view);
    if (view->julia) {
        orbit_make(&view->first, view, view->re, view->im, view->cre, view->cim);
        orbit_make_skips(&view->first, view);
    }
    mpfr_clear(zero);
    return true;
}

/* --- a pixel (6.5)
 * -------------------------------------------------------------------------------------------------
 */

struct look {
    int64_t count;
    struct complex w, c; /* doubles, at the look that ended the count */
};

/* z of an extended view is plain while it is at least 2^-256. */
static struct complex set_z(struct complex z, bool is_wide, bool *wide) {
    const struct complex normal = is_wide ? z : complex_normal(z, true);
    *wide = less(sup(normal, true), (struct real){1, -256}, true);
    return *wide ? normal : is_wide ? to_doubles(z) : z;
}

static struct look pixel(const struct view *view, int64_t i, int64_t j, bool single) {
    const bool extended = view->wide;
    const struct real x =
        product(real_of((double)j - (double)view->w / 2, extended), view->d, extended);
    const struct real y =
        product(real_of((double)view->h / 2 - (double)i, extended), view->d, extended);
    const int64_t e = x.e > y.e ? x.e : y.e;
    const struct complex offset =
        complex_normal((struct complex){scaled(x.v, x.e - e), scaled(y.v, y.e - e), e}, extended);
    struct complex z = view->julia ? offset : complex_of(0, 0, extended);
    const struct complex c = view->julia ? complex_of(0, 0, extended) : offset;
    const struct complex c_doubles = extended ? to_doubles(c) : c;
    const struct orbit *orbit = view->julia ? &view->first : &view->critical;
    bool wide = extended; /* of z */
    if (extended)
        z = set_z(z, true, &wide);
    for (int64_t n = 0, m = 0;;) {
        if (n >= view->maxit)
            return (struct look){view->maxit, {0, 0, 0}, {0, 0, 0}};
        const struct complex big = wide ? orbit->z[m] : orbit->zd[m];
        const struct complex w = add(big, z, wide), t = add(big, w, wide);
        bool inside;
        if (wide) {
            const struct real dot =
                real_normal((struct real){fma(t.x, z.x, t.y * z.y), t.e + z.e}, true);
            inside = sum(dot, orbit->s[m], true).v < 0;
        } else {
            inside = fma(t.x, z.x, fma(t.y, z.y, orbit->sd[m])) < 0;
        }
        if (!inside) {
            struct look look = {n, wide ? to_doubles(w) : w, {0, 0, 0}};
            look.c.x = mpfr_get_d(view->cre, MPFR_RNDN) + c_doubles.x;
            look.c.y = mpfr_get_d(view->cim, MPFR_RNDN) + c_doubles.y;
            return look;
        }
        if (m == orbit->n || less(sup(w, wide), sup(z, wide), wide)) {
            z = extended ? set_z(w, wide, &wide) : w;
            m = 0;
            orbit = &view->critical;
            continue;
        }
        const struct complex q = mul(t, z, wide);
        const struct complex q_table = extended && !wide ? complex_normal(q, true) : q;
        const struct node *node =
            single ? NULL : longest_node(orbit, m, sup(q_table, extended), extended);
        if (node) {
            z = add(mul(node->a, q_table, extended), mul(node->b, c, extended), extended);
            if (extended)
                z = set_z(z, true, &wide);
            n += node->l;
            m += node->l;
        } else {
            z = add(q, wide ? c : c_doubles, wide);
            if (extended)
                z = set_z(z, wide, &wide);
            n++;
            m++;
        }
    }
}

/* --- smooth values (6.6, and docs/determinism.md, "Colours")
 * ------------------------------------------------------- */

static double log2_series(double a) {
    int e;
    double f = frexp(a, &e);
    if (f < 0.70710678118654752440) {
        f *= 2;
        e--;
    }
    const double s = (f - 1) / (f + 1), square = s * s;
    double p = 0;
    for (int k = 8; k >= 0; k--) {
        mpfr_t term;
        mpfr_init2(term, 200);
        mpfr_const_log2(term, MPFR_RNDN);
        mpfr_mul_ui(term, term, (unsigned long)(2 * k + 1), MPFR_RNDN);
        mpfr_ui_div(term, 2, term, MPFR_RNDN);
        p = k == 8 ? mpfr_get_d(term, MPFR_RNDN) : fma(p, square, mpfr_get_d(term, MPFR_RNDN));
        mpfr_clear(term);
    }
    return fma(s, p, e);
}

static int64_t smooth_fraction(const struct look *look) {
    double x = look->w.x, y = look->w.y;
    int64_t n = look->count;
    for (int step = 0; step < 4 && fma(x, x, y * y) < 0x1p500; step++, n++) {
        const double next = fma(x, x, fma(-y, y, look->c.x));
        y = fma(x + x, y, look->c.y);
        x = next;
    }
    double square = fma(x, x, y * y), more = 0;
    if (square >= 0x1p500) {
        x *= 0x1p-512;
        y *= 0x1p-512;
        square = fma(x, x, y * y);
        more = 1024;
    } else if (square < 2) {
        square = 2; /* ln |z| = ln sqrt 2 */
    }
    const double half_ln2 = 0.34657359027997265471;
    const double v =
        (double)n + 1 - (log2_series(log2_series(square) + more) + log2_series(half_ln2));
    return (int64_t)floor(0x1p20 * (v - (double)look->count));
}

/* --- pictures
 * ------------------------------------------------------------------------------------------------------
 */

static uint64_t fnv1a(uint64_t hash, uint64_t number, int bytes) {
    for (int k = 0; k < bytes; k++)
        hash = (hash ^ (number >> 8 * k & 255)) * UINT64_C(0x100000001b3);
    return hash;
}

#define FNV_START UINT64_C(0xcbf29ce484222325)

struct wishes {
    bool counts, smooth, single;
};

static int64_t fraction_of(const struct look *look, const struct view *view) {
    return look->count == view->maxit ? 0 : smooth_fraction(look);
}

/* Prints the picture; false if it is not the one that the line expects. */
static bool picture(const char *name, const struct view *view, const struct wishes *wishes,
                    const char *expected) {
    const size_t pixels = (size_t)(view->w * view->h);
    struct look *looks = at_least(NULL, pixels * sizeof *looks);
    int64_t steps = 0, maxed = 0;
    uint64_t checksum = FNV_START, smooth = FNV_START;
    for (int64_t i = 0; i < view->h; i++) {
        uint64_t digest = FNV_START, smooth_digest = FNV_START;
        for (int64_t j = 0; j < view->w; j++) {
            const struct look look = looks[i * view->w + j] = pixel(view, i, j, wishes->single);
            steps += look.count;
            maxed += look.count == view->maxit;
            digest = fnv1a(digest, (uint64_t)look.count, 4);
            smooth_digest = fnv1a(smooth_digest, (uint64_t)fraction_of(&look, view), 4);
        }
        checksum = fnv1a(checksum, digest, 8);
        smooth = fnv1a(smooth, smooth_digest, 8);
    }
    char line[120];
    snprintf(line, sizeof line, "%" PRId64 " %" PRId64 " %016" PRIx64 " %016" PRIx64, steps, maxed,
             checksum, smooth);
    const bool ok = strncmp(line, expected, strlen(expected)) == 0;
    printf("%s %s%s\n", name, line, !*expected ? "" : ok ? " ok" : " differs");
    for (size_t k = 0; wishes->counts && k < pixels; k++)
        printf("%" PRId64 "%c", looks[k].count, (k + 1) % (size_t)view->w ? ' ' : '\n');
    for (size_t k = 0; wishes->smooth && k < pixels; k++)
        printf("%" PRId64 "%c", fraction_of(&looks[k], view),
               (k + 1) % (size_t)view->w ? ' ' : '\n');
    fflush(stdout);
    free(looks);
    return ok;
}

int main(int argc, char **argv) {
    struct wishes wishes = {0};
    FILE *file = stdin;
    for (int k = 1; k < argc; k++) {
        if (strcmp(argv[k], "--counts") == 0)
            wishes.counts = true;
        else if (strcmp(argv[k], "--smooth") == 0)
            wishes.smooth = true;
        else if (strcmp(argv[k], "--single") == 0)
            wishes.single = true;
        else if (!(file = fopen(argv[k], "r"))) {
            perror(argv[k]);
            return 2;
        }
    }
    mpfr_set_emin(mpfr_get_emin_min());
    mpfr_set_emax(mpfr_get_emax_max());
    char *line = NULL;
    size_t bytes = 0;
    bool all_ok = true;
    while (getline(&line, &bytes, file) > 0) {
        char *fields[12] = {0}, *rest = NULL;
        int count = 0;
        line[strcspn(line, "#\n")] = 0;
        for (char *field = strtok_r(line, " \t", &rest); field && count < 12;
             field = strtok_r(NULL, " \t", &rest))
            fields[count++] = field;
        if (count == 0)
            continue;
        struct view view = {0};
        if (count == 8 || count >= 11) {
            view.w = atoll(fields[1]);
            view.h = atoll(fields[2]);
            view.maxit = atoll(fields[4]);
        }
        if (view.w < 1 || view.h < 1 || view.maxit < 1 ||
            !view_make(&view, fields[3], fields[5], fields[6], fields[7])) {
            fprintf(stderr, "deep_by_contract: %s: not a view\n", fields[0]);
            return 2;
        }
        char expected[120] = "";
        if (count >= 11)
            snprintf(expected, sizeof expected, "%s %s %s%s%s", fields[8], fields[9], fields[10],
                     count > 11 ? " " : "", count > 11 ? fields[11] : "");
        all_ok &= picture(fields[0], &view, &wishes, expected);
        orbit_free(&view.critical);
        orbit_free(&view.first);
        mpfr_clears(view.re, view.im, view.cre, view.cim, (mpfr_ptr)0);
    }
    free(line);
    return all_ok ? 0 : 1;
}
