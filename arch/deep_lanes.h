/* SPDX-License-Identifier: MIT
 * The lanes of deep_vectors.h: what is known of their pixels, and where these come from and go. */

enum { DEEP_LANES = DEEP_VECS * VEC_LANES };

/* Pixels side by side. */
struct deep_lanes {
    double zx[DEEP_LANES], zy[DEEP_LANES]; /* z, or where it is too small for doubles, times 2^ze */
    double cx[DEEP_LANES], cy[DEEP_LANES]; /* c in doubles */
    uint64_t n[DEEP_LANES];                /* steps that were made */
    union {                                /* the place on the orbit */
        const struct plait_deep_place *place[DEEP_LANES];
        const double *columns[DEEP_LANES];
        uint64_t address[DEEP_LANES];
    } at;
    const struct plait_deep_orbit *orbit[DEEP_LANES];
    /* As in struct deep_pixel; NaN where no plain z is kept. */
    double kept_x[DEEP_LANES], kept_y[DEEP_LANES], rebases[DEEP_LANES], kept_at[DEEP_LANES];
    size_t index[DEEP_LANES];  /* of the pixel in the tile */
    unsigned awake[DEEP_VECS]; /* lanes that have a pixel */

    /* Extended views. */
    unsigned tiny[DEEP_VECS]; /* lanes whose z is too small for doubles */
    uint64_t ze[DEEP_LANES];
    double wide_cx[DEEP_LANES], wide_cy[DEEP_LANES]; /* c is that times 2^wide_ce */
    uint64_t wide_ce[DEEP_LANES];
    struct deep_pixel pixel[DEEP_LANES]; /* what is not above */
};

/* A tile on its way. */
struct deep_tile {
    const struct plait_deep_job *job;
    const struct plait_escape_tile *tile;
    const struct plait_escape_results *to;
    size_t next, pixels; /* the next pixel, and how many there are */
};

static inline bool deep_has_lane(const unsigned set[DEEP_VECS], int k) {
    return set[k / VEC_LANES] >> k % VEC_LANES & 1;
}

static inline void deep_set_lane(unsigned set[DEEP_VECS], int k, bool in) {
    const unsigned bit = 1U << k % VEC_LANES;
    set[k / VEC_LANES] = in ? set[k / VEC_LANES] | bit : set[k / VEC_LANES] & ~bit;
}

/* Puts a pixel into a lane, but for its c, or gets it from there. */
static void deep_put_pixel(struct deep_lanes *lanes, int k, const struct deep_pixel *pixel,
                           bool plain) {
    lanes->zx[k] = plain ? pixel->z.x : pixel->extended_z.x;
    lanes->zy[k] = plain ? pixel->z.y : pixel->extended_z.y;
    lanes->ze[k] = plain ? 0 : (uint64_t)pixel->extended_z.e;
    deep_set_lane(lanes->tiny, k, !plain);
    lanes->n[k] = pixel->n;
    lanes->at.place[k] = pixel->orbit->places + pixel->m;
    lanes->orbit[k] = pixel->orbit;
    lanes->kept_x[k] = pixel->kept_plain ? pixel->kept.x : (double)NAN;
    lanes->kept_y[k] = pixel->kept_plain ? pixel->kept.y : (double)NAN;
    lanes->rebases[k] = (double)pixel->rebases;
    lanes->kept_at[k] = (double)pixel->kept_at;
}

static void deep_get_pixel(const struct deep_lanes *lanes, int k, struct deep_pixel *pixel) {
    pixel->z = (struct plait_deep_plain){lanes->zx[k], lanes->zy[k]};
    pixel->extended_z =
        (struct plait_deep_extended){lanes->zx[k], lanes->zy[k], (int64_t)lanes->ze[k]};
    pixel->n = (uint32_t)lanes->n[k];
    pixel->m = (uint32_t)(lanes->at.place[k] - lanes->orbit[k]->places);
    pixel->orbit = lanes->orbit[k];
    pixel->kept_plain = lanes->kept_x[k] == lanes->kept_x[k];
    pixel->kept = (struct plait_deep_plain){lanes->kept_x[k], lanes->kept_y[k]};
    pixel->rebases = (uint64_t)lanes->rebases[k];
    pixel->kept_at = (uint64_t)lanes->kept_at[k];
}

/* A lane that has no pixel; its place is read, and never used. */
static void deep_sleep(struct deep_lanes *lanes, int k, const struct plait_deep_job *job) {
    deep_set_lane(lanes->awake, k, false);
    deep_set_lane(lanes->tiny, k, false);
    lanes->orbit[k] = &job->first;
    lanes->at.place[k] = job->first.places;
}

/* Begins the next pixel of the tile in a lane. */
static void deep_begin_lane(struct deep_lanes *lanes, int k, struct deep_tile *work) {
    const struct plait_escape_tile *tile = work->tile;
    const size_t index = work->next++;
    const struct deep_pixel pixel =
        deep_begin_pixel(work->job, tile->row + (uint32_t)(index / tile->cols),
                         tile->col + (uint32_t)(index % tile->cols));
    lanes->index[k] = index;
    lanes->cx[k] = pixel.plain_c.x;
    lanes->cy[k] = pixel.plain_c.y;
    deep_set_lane(lanes->awake, k, true);
    deep_put_pixel(lanes, k, &pixel, !work->job->extended || pixel.extended_z.e >= -256);
    if (work->job->extended) {
        lanes->wide_cx[k] = pixel.c.x;
        lanes->wide_cy[k] = pixel.c.y;
        lanes->wide_ce[k] = (uint64_t)pixel.c.e;
        lanes->pixel[k] = pixel;
    }
}

/* Moves a pixel to a lane that has none. */
static void deep_move_lane(struct deep_lanes *to, int k, struct deep_lanes *from, int j,
                           const struct plait_deep_job *job) {
    to->zx[k] = from->zx[j];
    to->zy[k] = from->zy[j];
    to->cx[k] = from->cx[j];
    to->cy[k] = from->cy[j];
    to->n[k] = from->n[j];
    to->at.place[k] = from->at.place[j];
    to->orbit[k] = from->orbit[j];
    to->kept_x[k] = from->kept_x[j];
    to->kept_y[k] = from->kept_y[j];
    to->rebases[k] = from->rebases[j];
    to->kept_at[k] = from->kept_at[j];
    to->index[k] = from->index[j];
    deep_set_lane(to->awake, k, true);
    deep_set_lane(to->tiny, k, deep_has_lane(from->tiny, j));
    if (job->extended) {
        to->ze[k] = from->ze[j];
        to->wide_cx[k] = from->wide_cx[j];
        to->wide_cy[k] = from->wide_cy[j];
        to->wide_ce[k] = from->wide_ce[j];
        to->pixel[k] = from->pixel[j];
    }
    deep_sleep(from, j, job);
}

/* Writes what has come of the pixel of a lane. */
static void deep_write_lane(struct deep_lanes *lanes, int k, const struct deep_tile *work,
                            const struct deep_end *end) {
    const size_t row = lanes->index[k] / work->tile->cols, col = lanes->index[k] % work->tile->cols;
    deep_write(work->job, end, work->to, row * work->to->stride + col);
    deep_sleep(lanes, k, work->job);
}

/* The same where z is plain. */
static void deep_finish_lane(struct deep_lanes *lanes, int k, const struct deep_tile *work,
                             bool escaped) {
    const struct deep_end end = {
        .place = lanes->at.place[k],
        .z = {lanes->zx[k], lanes->zy[k]},
        .c = {lanes->cx[k], lanes->cy[k]},
        .n = (uint32_t)lanes->n[k],
        .escaped = escaped,
    };
    deep_write_lane(lanes, k, work, &end);
}
