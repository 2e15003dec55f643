/* SPDX-License-Identifier: MIT
 * The reference of the deep counts: the contract of docs/deep-zoom.md in plain C, one pixel, no
 * shortcut. It is kept as plain as possible and is never tuned; every path is tested against it,
 * and it is tested against known answers that this code did not produce. */
#include "../deep.h"
#include "../smooth_value.h"

#include <float.h>

_Static_assert(FLT_RADIX == 2 && FLT_EVAL_METHOD == 0, "doubles must be rounded at every step");

/* z, which is plain while it is not too small for that. */
struct reference_z {
    bool plain;
    struct plait_deep_plain p;
    struct plait_deep_extended e;
};

static struct reference_z reference_z_of_plain(struct plait_deep_plain p, bool extended_view) {
    if (!extended_view || plait_plain_sup(p) >= 0x1p-256)
        return (struct reference_z){.plain = true, .p = p};
    return (struct reference_z){.e = plait_extended_of(p)};
}

static struct reference_z reference_z_of_extended(struct plait_deep_extended e) {
    if (e.e >= -256)
        return (struct reference_z){.plain = true, .p = plait_plain_of(e)};
    return (struct reference_z){.e = e};
}

/* Where a step begins: what is looked at, and what the step is made of. */
struct reference_look {
    bool inside; /* |w| < r */
    bool nearer; /* sup(w) < sup(z) */
    struct reference_z w;
    struct reference_z q; /* (2 Z + z) z */
};

static struct reference_look reference_look_at(const struct plait_deep_job *job,
                                               const struct plait_deep_orbit *orbit, uint32_t m,
                                               const struct reference_z *z) {
    struct reference_look look;
    if (z->plain) {
        const struct plait_deep_place *place = &orbit->places[m];
        const struct plait_deep_plain big = {place->x, place->y};
        const struct plait_deep_plain w = plait_plain_add(big, z->p), t = plait_plain_add(big, w);
        look.inside = fma(t.x, z->p.x, fma(t.y, z->p.y, place->s)) < 0;
        look.nearer = plait_plain_sup(w) < plait_plain_sup(z->p);
        look.w = reference_z_of_plain(w, job->extended);
        look.q = (struct reference_z){.plain = true, .p = plait_plain_mul(t, z->p)};
        return look;
    }
    const struct plait_deep_extended_place *place = &orbit->extended[m];
    const struct plait_deep_extended w = plait_extended_add(place->z, z->e);
    const struct plait_deep_extended t = plait_extended_add(place->z, w);
    const struct plait_deep_real product =
        plait_real_normal(fma(t.x, z->e.x, t.y * z->e.y), t.e + z->e.e);
    look.inside = plait_extended_real_add(product, place->s).v < 0;
    look.nearer = plait_extended_less(plait_extended_sup(w), plait_extended_sup(z->e));
    look.w = reference_z_of_extended(w);
    look.q = (struct reference_z){.e = plait_extended_mul(t, z->e)};
    return look;
}

/* The longest valid skip from m on, or none: all are looked at. */
static uint32_t reference_skip(const struct plait_deep_job *job,
                               const struct plait_deep_orbit *orbit, uint32_t m,
                               const struct reference_z *q) {
    uint32_t longest = PLAIT_DEEP_NONE;
    if (!job->extended) {
        for (uint32_t k = orbit->nodes[m]; k != PLAIT_DEEP_NONE; k = orbit->plain_nodes[k].longer)
            if (plait_plain_sup(q->p) < orbit->plain_nodes[k].radius)
                longest = k;
        return longest;
    }
    const struct plait_deep_real sup =
        plait_extended_sup(q->plain ? plait_extended_of(q->p) : q->e);
    for (uint32_t k = orbit->nodes[m]; k != PLAIT_DEEP_NONE; k = orbit->extended_nodes[k].longer)
        if (plait_extended_less(sup, orbit->extended_nodes[k].radius))
            longest = k;
    return longest;
}

int32_t plait_deep_reference(const struct plait_deep_job *job, uint32_t row, uint32_t col,
                             double *value) {
    const struct plait_deep_extended offset =
        plait_extended_normal(((double)col - job->half_width) * job->pitch.v,
                              (job->half_height - (double)row) * job->pitch.v, job->pitch.e);
    const struct plait_deep_extended zero = {0, 0, PLAIT_DEEP_ZERO};
    const struct plait_deep_extended c = job->julia ? zero : offset;
    const struct plait_deep_plain plain_c = plait_plain_of(c);
    const struct plait_deep_orbit *orbit = &job->first;
    struct reference_z z =
        job->extended ? reference_z_of_extended(job->julia ? offset : zero)
                      : reference_z_of_plain(plait_plain_of(job->julia ? offset : zero), false);
    uint32_t n = 0, m = 0;
    if (value)
        *value = INFINITY;
    while (n < (uint32_t)job->maxit) {
        const struct reference_look look = reference_look_at(job, orbit, m, &z);
        if (!look.inside) {
            const struct plait_deep_plain end = z.plain ? z.p : plait_plain_of(z.e);
            if (value)
                *value =
                    plait_smooth_finish(n, orbit->places[m].x + end.x, orbit->places[m].y + end.y,
                                        job->re + plain_c.x, job->im + plain_c.y);
            return (int32_t)n;
        }
        if (m == orbit->steps || look.nearer) {
            z = look.w;
            m = 0;
            orbit = &job->critical;
            continue;
        }
        const uint32_t skip = reference_skip(job, orbit, m, &look.q);
        uint32_t length = 1;
        if (skip != PLAIT_DEEP_NONE && job->extended) {
            const struct plait_deep_extended_node *node = &orbit->extended_nodes[skip];
            const struct plait_deep_extended q =
                look.q.plain ? plait_extended_of(look.q.p) : look.q.e;
            z = reference_z_of_extended(
                plait_extended_add(plait_extended_mul(node->a, q), plait_extended_mul(node->b, c)));
            length = node->length;
        } else if (skip != PLAIT_DEEP_NONE) {
            const struct plait_deep_plain_node *node = &orbit->plain_nodes[skip];
            z.p = plait_plain_add(plait_plain_mul(node->a, look.q.p),
                                  plait_plain_mul(node->b, plain_c));
            length = node->length;
        } else if (look.q.plain) {
            z = reference_z_of_plain(plait_plain_add(look.q.p, plain_c), job->extended);
        } else {
            z = reference_z_of_extended(plait_extended_add(look.q.e, c));
        }
        n += length;
        m += length;
    }
    return job->maxit;
}
