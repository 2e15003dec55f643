/* SPDX-License-Identifier: MIT
 * Deep pixels one by one, in plain C: a part of deep_body.h. */

/* Iterates a pixel of a plain view to its end. */
static void deep_iterate_plain(struct deep_pixel *pixel) {
    const uint32_t maxit = (uint32_t)pixel->job->maxit;
    const struct plait_deep_plain c = pixel->plain_c;
    while (!pixel->done) {
        const struct plait_deep_orbit *orbit = pixel->orbit;
        const struct plait_deep_place *places = orbit->places;
        const struct plait_deep_plain_node *nodes = orbit->plain_nodes;
        struct plait_deep_plain z = pixel->z, w = z;
        uint32_t n = pixel->n, m = pixel->m;
        bool rebase = false;
        while (!rebase) {
            if (n >= maxit) {
                pixel->done = true;
                break;
            }
            const struct plait_deep_place *place = &places[m];
            w = plait_plain_add((struct plait_deep_plain){place->x, place->y}, z);
            const struct plait_deep_plain t = {place->x + w.x, place->y + w.y};
            if (!(fma(t.x, z.x, fma(t.y, z.y, place->s)) < 0)) {
                pixel->done = pixel->escaped = true;
                break;
            }
            rebase = m == orbit->steps || plait_plain_sup(w) < plait_plain_sup(z);
            if (rebase)
                break;
            const struct plait_deep_plain q = plait_plain_mul(t, z);
            const double sup = plait_plain_sup(q);
            if (sup < place->radius) {
                const struct plait_deep_plain_node *node = &nodes[orbit->nodes[m]];
                for (uint32_t k = node->longer; k != PLAIT_DEEP_NONE && sup < nodes[k].radius;
                     k = nodes[k].longer)
                    node = &nodes[k];
                z = plait_plain_add(plait_plain_mul(node->a, q), plait_plain_mul(node->b, c));
                n += node->length;
                m += node->length;
                DEEP_TALLY(skips, 1);
                DEEP_TALLY(skipped, node->length);
            } else {
                z = plait_plain_add(q, c);
                n++;
                m++;
                DEEP_TALLY(singles, 1);
            }
        }
        pixel->z = z;
        pixel->n = n;
        pixel->m = m;
        if (rebase)
            deep_rebase_plain(pixel, w);
    }
}

static void deep_iterate_tile(const struct plait_deep_job *job,
                              const struct plait_escape_tile *tile,
                              const struct plait_escape_results *to) {
    for (uint32_t i = 0; i < tile->rows; i++)
        for (uint32_t j = 0; j < tile->cols; j++) {
            struct deep_pixel pixel = deep_begin_pixel(job, tile->row + i, tile->col + j);
            bool plain = true;
            if (job->extended)
                plain = deep_iterate_extended(&pixel, pixel.extended_z.e >= -256, DEEP_TO_THE_END);
            else
                deep_iterate_plain(&pixel);
            const struct deep_end end = deep_end_of(&pixel, plain);
            deep_write(job, &end, to, (size_t)i * to->stride + j);
        }
}
