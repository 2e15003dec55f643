/* SPDX-License-Identifier: MIT
 * Deep counts and smooth values. A path defines DEEP_TILE, the function's name, and includes this
 * file; with DEEP_VECS and the words that deep_vectors.h names, pixels go through vectors while
 * their z is plain. All else is plain C, of which the compiler makes the path's instructions: a
 * fused multiply-add in hardware matters most.
 *
 * In an extended view z is mostly small at first, and plain after that: pixels change between two
 * kinds of steps as z does. */
#include "deep.h"
#include "smooth_value.h"

#include <stddef.h>

/* What the work consists of: counted by bench_deep in a copy of its own, nowhere else. */
#ifndef DEEP_TALLY
#define DEEP_TALLY(what, number) ((void)0)
#endif

/* A pixel on its way. */
struct deep_pixel {
    const struct plait_deep_job *job;
    const struct plait_deep_orbit *orbit;
    struct plait_deep_extended c;
    struct plait_deep_plain plain_c; /* the same in doubles */
    uint32_t n, m;                   /* steps that were made, and the place on the orbit */
    struct plait_deep_plain z;       /* while z is plain */
    struct plait_deep_extended extended_z;
    bool done;    /* n is the count */
    bool escaped; /* before maxit */

    /* An orbit that is rebased to a z that it has been rebased to before repeats itself. One of
     * these is kept: the 1st, 2nd, 4th, 8th ... that there were. */
    uint64_t rebases, kept_at;
    bool kept_plain;
    struct plait_deep_plain kept;
    struct plait_deep_extended kept_extended;
};

/* Where the orbit continues after a rebase to a plain z. */
static inline void deep_rebase_plain(struct deep_pixel *pixel, struct plait_deep_plain w) {
    pixel->z = w;
    pixel->m = 0;
    pixel->orbit = &pixel->job->critical;
    DEEP_TALLY(rebases, 1);
    if (!pixel->job->shortcuts)
        return;
    if (pixel->kept_plain && pixel->kept.x == w.x && pixel->kept.y == w.y) {
        pixel->n = (uint32_t)pixel->job->maxit;
        pixel->done = true;
    }
    if (++pixel->rebases == pixel->kept_at) {
        pixel->kept_at *= 2;
        pixel->kept_plain = true;
        pixel->kept = w;
    }
}

static inline void deep_rebase_extended(struct deep_pixel *pixel, struct plait_deep_extended w) {
    pixel->extended_z = w;
    pixel->m = 0;
    pixel->orbit = &pixel->job->critical;
    DEEP_TALLY(rebases, 1);
    if (!pixel->job->shortcuts)
        return;
    if (!pixel->kept_plain && pixel->rebases > 0 && pixel->kept_extended.e == w.e &&
        pixel->kept_extended.x == w.x && pixel->kept_extended.y == w.y) {
        pixel->n = (uint32_t)pixel->job->maxit;
        pixel->done = true;
    }
    if (++pixel->rebases == pixel->kept_at) {
        pixel->kept_at *= 2;
        pixel->kept_plain = false;
        pixel->kept_extended = w;
    }
}

/* The longest skip from place m of an extended view that is valid, or NULL. */
static inline const struct plait_deep_extended_node *
deep_longest_skip(const struct plait_deep_orbit *orbit, uint32_t m, struct plait_deep_real sup) {
    const struct plait_deep_extended_node *nodes = orbit->extended_nodes, *node = NULL;
    for (uint32_t k = orbit->nodes[m];
         k != PLAIT_DEEP_NONE && plait_extended_less(sup, nodes[k].radius); k = nodes[k].longer)
        node = &nodes[k];
    return node;
}

/* One look and step of an extended view with z plain; returns whether it still is. */
static inline bool deep_step_plain(struct deep_pixel *pixel) {
    const struct plait_deep_orbit *orbit = pixel->orbit;
    const struct plait_deep_place *place = &orbit->places[pixel->m];
    const struct plait_deep_plain z = pixel->z;
    const struct plait_deep_plain w =
        plait_plain_add((struct plait_deep_plain){place->x, place->y}, z);
    const struct plait_deep_plain t = {place->x + w.x, place->y + w.y};
    struct plait_deep_plain next;
    if (!(fma(t.x, z.x, fma(t.y, z.y, place->s)) < 0)) {
        pixel->done = pixel->escaped = true;
        return true;
    }
    const bool rebase = pixel->m == orbit->steps || plait_plain_sup(w) < plait_plain_sup(z);
    if (rebase) {
        next = w;
    } else {
        const struct plait_deep_plain q = plait_plain_mul(t, z);
        if (plait_plain_sup(q) < place->radius) {
            const struct plait_deep_extended wide_q = plait_extended_of(q);
            const struct plait_deep_extended_node *node =
                deep_longest_skip(orbit, pixel->m, plait_extended_sup(wide_q));
            const struct plait_deep_extended skipped = plait_extended_add(
                plait_extended_mul(node->a, wide_q), plait_extended_mul(node->b, pixel->c));
            pixel->n += node->length;
            pixel->m += node->length;
            DEEP_TALLY(skips, 1);
            DEEP_TALLY(skipped, node->length);
            if (skipped.e < -256)
                pixel->extended_z = skipped;
            else
                pixel->z = plait_plain_of(skipped);
            return skipped.e >= -256;
        }
        next = plait_plain_add(q, pixel->plain_c);
        pixel->n++;
        pixel->m++;
        DEEP_TALLY(singles, 1);
    }
    const bool plain = plait_plain_sup(next) >= 0x1p-256;
    if (rebase && plain)
        deep_rebase_plain(pixel, next);
    else if (rebase)
        deep_rebase_extended(pixel, plait_extended_of(next));
    else if (plain)
        pixel->z = next;
    else
        pixel->extended_z = plait_extended_of(next);
    return plain;
}

/* z = 0 and c = 0: the pixel is on the reference orbit, and stays there until that ends or leaves
 * the disc. Returns whether it has made steps. */
static bool deep_follow_reference(struct deep_pixel *pixel) {
    const struct plait_deep_orbit *orbit = pixel->orbit;
    const uint32_t m = pixel->m, to_maxit = (uint32_t)pixel->job->maxit - pixel->n;
    const uint32_t end = to_maxit < orbit->steps - m ? m + to_maxit : orbit->steps;
    while (pixel->m < end && orbit->extended[pixel->m].s.v < 0)
        pixel->m++;
    pixel->n += pixel->m - m;
    DEEP_TALLY(followed, pixel->m - m);
    return pixel->m > m;
}

/* The same with z extended. */
static inline bool deep_step_extended(struct deep_pixel *pixel) {
    if (pixel->extended_z.e == PLAIT_DEEP_ZERO && pixel->c.e == PLAIT_DEEP_ZERO &&
        deep_follow_reference(pixel))
        return false;
    const struct plait_deep_orbit *orbit = pixel->orbit;
    const struct plait_deep_extended_place *place = &orbit->extended[pixel->m];
    const struct plait_deep_extended z = pixel->extended_z;
    const struct plait_deep_extended w = plait_extended_add(place->z, z);
    const struct plait_deep_extended t = plait_extended_add(place->z, w);
    const struct plait_deep_real product = plait_real_normal(fma(t.x, z.x, t.y * z.y), t.e + z.e);
    struct plait_deep_extended next;
    if (!(plait_extended_real_add(product, place->s).v < 0)) {
        pixel->done = pixel->escaped = true;
        return false;
    }
    if (pixel->m == orbit->steps ||
        plait_extended_less(plait_extended_sup(w), plait_extended_sup(z))) {
        if (w.e >= -256)
            deep_rebase_plain(pixel, plait_plain_of(w));
        else
            deep_rebase_extended(pixel, w);
        return w.e >= -256;
    }
    const struct plait_deep_extended q = plait_extended_mul(t, z);
    const struct plait_deep_extended_node *node =
        deep_longest_skip(orbit, pixel->m, plait_extended_sup(q));
    next = node ? plait_extended_add(plait_extended_mul(node->a, q),
                                     plait_extended_mul(node->b, pixel->c))
                : plait_extended_add(q, pixel->c);
    pixel->n += node ? node->length : 1;
    pixel->m += node ? node->length : 1;
    DEEP_TALLY(skips, node != NULL);
    DEEP_TALLY(skipped, node ? node->length : 0);
    DEEP_TALLY(extended_singles, node == NULL);
    if (next.e < -256)
        pixel->extended_z = next;
    else
        pixel->z = plait_plain_of(next);
    return next.e >= -256;
}

/* How far a pixel of an extended view goes. */
enum deep_goal {
    DEEP_TO_THE_END,
    DEEP_TO_A_SINGLE_STEP, /* from a plain z to another, or the end */
    DEEP_ONCE,             /* a skip, a step or a rebase, or the end */
};

/* plain: whether z is, and what is returned as well. */
static bool deep_iterate_extended(struct deep_pixel *pixel, bool plain, enum deep_goal goal) {
    const uint32_t maxit = (uint32_t)pixel->job->maxit;
    for (bool there = false; !pixel->done && !there; there |= goal == DEEP_ONCE) {
        const uint32_t n = pixel->n;
        if (n >= maxit) {
            pixel->done = true;
        } else if (plain) {
            plain = deep_step_plain(pixel);
            there = goal == DEEP_TO_A_SINGLE_STEP && plain && pixel->n == n + 1;
        } else {
            plain = deep_step_extended(pixel);
        }
    }
    return plain;
}

static struct deep_pixel deep_begin_pixel(const struct plait_deep_job *job, uint32_t row,
                                          uint32_t col) {
    const struct plait_deep_extended zero = {0, 0, PLAIT_DEEP_ZERO};
    const struct plait_deep_extended offset =
        plait_extended_normal(((double)col - job->half_width) * job->pitch.v,
                              (job->half_height - (double)row) * job->pitch.v, job->pitch.e);
    const struct plait_deep_extended c = job->julia ? zero : offset;
    const struct plait_deep_extended z = job->julia ? offset : zero;
    return (struct deep_pixel){
        .job = job,
        .orbit = &job->first,
        .c = c,
        .plain_c = plait_plain_of(c),
        .z = plait_plain_of(z),
        .extended_z = z,
        .kept_at = 1,
    };
}

/* What has come of a pixel. */
struct deep_end {
    const struct plait_deep_place *place;
    struct plait_deep_plain z, c;
    uint32_t n;
    bool escaped; /* before maxit */
};

static void deep_write(const struct plait_deep_job *job, const struct deep_end *end,
                       const struct plait_escape_results *to, size_t at) {
    to->counts[at] = end->escaped ? (int32_t)end->n : job->maxit;
    if (to->values)
        to->values[at] = end->escaped ? plait_smooth_finish(end->n, end->place->x + end->z.x,
                                                            end->place->y + end->z.y,
                                                            job->re + end->c.x, job->im + end->c.y)
                                      : (double)INFINITY;
}

/* Of a pixel that is done; plain: whether z is. */
static struct deep_end deep_end_of(const struct deep_pixel *pixel, bool plain) {
    return (struct deep_end){
        .place = &pixel->orbit->places[pixel->m],
        .z = plain ? pixel->z : plait_plain_of(pixel->extended_z),
        .c = pixel->plain_c,
        .n = pixel->n,
        .escaped = pixel->escaped,
    };
}

#ifdef DEEP_VECS
#include "deep_vectors.h"
#else
#include "deep_single.h"
#endif

plait_deep_tile_fn DEEP_TILE; /* declared where the path's table is, too */

void DEEP_TILE(const struct plait_deep_job *job, const struct plait_escape_tile *tile,
               const struct plait_escape_results *to) {
    deep_iterate_tile(job, tile, to);
}
