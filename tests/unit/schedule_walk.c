/* SPDX-License-Identifier: MIT
 * The dynamic policy as it was first written: each question walks over all ranks. */
#include "schedule_walk.h"

#include <math.h>
#include <stdlib.h>

/* As in base/schedule.c, which explains them. */
enum { PROBE = 64 };
static const double parts = 8, growth = 8, least_part = 0.01;
static const double least_piece_s = 1e-3, ask_every_s = 0.25e-3;

bool walk_begin(struct walk *walk, uint64_t total, int ranks) {
    *walk = (struct walk){
        .total = total,
        .ranks = ranks,
        .least_s = fmax(ranks * ask_every_s, least_piece_s),
        .rank = calloc((size_t)ranks, sizeof *walk->rank),
    };
    return walk->rank != NULL;
}

void walk_end(struct walk *walk) {
    free(walk->rank);
}

static uint64_t walk_least(uint64_t a, uint64_t b) {
    return a < b ? a : b;
}

static struct piece walk_take(struct walk *walk, uint64_t count) {
    const struct piece piece = {walk->next, walk_least(count, walk->total - walk->next)};
    walk->next += piece.count;
    return piece;
}

/* A rank that is alone has nobody to share with. */
static uint64_t probe_size(const struct walk *walk) {
    if (walk->ranks == 1)
        return walk->total;
    const uint64_t size = walk->total / ((uint64_t)walk->ranks * PROBE);
    return size > 0 ? size : 1;
}

struct piece walk_first(struct walk *walk, int rank) {
    walk->next = walk_least(probe_size(walk) * (uint64_t)rank, walk->total);
    return walk_take(walk, probe_size(walk));
}

/* Units per second of late, 0 if not known. */
static double speed_of(const struct walk_rank *r) {
    return r->fading_seconds > 0 ? r->fading_units / r->fading_seconds : 0;
}

/* The ranks that still work, as the asking one sees them. */
struct field {
    double others;  /* sum of the speeds of the others */
    double fastest; /* of all */
    int known;      /* others whose speed is known */
    int unknown;    /* and is not */
};

static struct field look_around(const struct walk *walk, int rank) {
    struct field field = {0, speed_of(&walk->rank[rank]), 0, 0};
    for (int r = 0; r < walk->ranks; r++) {
        if (r == rank || walk->rank[r].ended)
            continue;
        const double speed = speed_of(&walk->rank[r]);
        field.known += speed > 0;
        field.unknown += speed == 0;
        field.others += speed;
        if (speed > field.fastest)
            field.fastest = speed;
    }
    return field;
}

/* Whether the others would be done with everything long before this rank with one unit: it would
 * make them wait. Half as much again leaves room for errors of measurement, so that ranks of one
 * speed never refuse each other; and whoever is fastest is never refused. */
static bool comes_too_late(const struct field *field, double own, uint64_t remaining) {
    if (field->known == 0 || field->unknown > 0)
        return false;
    const double last_unit_s = 1 / field->fastest;
    const double others_s = (double)remaining / field->others;
    return 1 / own > 1.5 * fmax(others_s, last_unit_s);
}

/* For a rank that has reported nothing yet, and may be slow: what takes the others as long as the
 * shortest piece, if that is little. */
static double cautious_size(const struct walk *walk, const struct field *field,
                            uint64_t remaining) {
    const double probe = (double)probe_size(walk);
    if (field->known == 0)
        return probe;
    const double shortest = field->others / field->known * walk->least_s;
    return fmax(probe, fmin(shortest, (double)remaining / walk->ranks / parts));
}

/* For a rank whose speed is known. However cheap units seem, it never gets more than its part of
 * what is left. */
static double guided_size(const struct walk *walk, const struct field *field, int rank,
                          uint64_t remaining) {
    const struct walk_rank *r = &walk->rank[rank];
    const double own = speed_of(r);
    const double all = own + field->others + own * field->unknown;
    const double part = (double)remaining * (own / all);
    const double shortest = own * fmax(walk->least_s, r->told_seconds * least_part);
    return fmin(fmax(part / parts, fmin(shortest, part)), growth * (double)r->told_units);
}

static uint64_t dynamic_size(const struct walk *walk, int rank) {
    const double own = speed_of(&walk->rank[rank]);
    const uint64_t remaining = walk->total - walk->next;
    const struct field field = look_around(walk, rank);
    if (own > 0 && comes_too_late(&field, own, remaining))
        return 0;
    const double size = own > 0 ? guided_size(walk, &field, rank, remaining)
                                : cautious_size(walk, &field, remaining);
    if (size >= (double)remaining)
        return remaining;
    return size >= 1 ? (uint64_t)size : 1;
}

struct piece walk_next(struct walk *walk, int rank, uint64_t room) {
    struct walk_rank *r = &walk->rank[rank];
    const uint64_t size = walk->next < walk->total ? walk_least(dynamic_size(walk, rank), room) : 0;
    r->ended = size == 0;
    return walk_take(walk, size);
}

void walk_tell(struct walk *walk, int rank, uint64_t units, double seconds) {
    struct walk_rank *r = &walk->rank[rank];
    if (units <= r->told_units || !(seconds > r->told_seconds))
        return;
    r->fading_units = r->fading_units / 2 + (double)(units - r->told_units);
    r->fading_seconds = r->fading_seconds / 2 + (seconds - r->told_seconds);
    r->told_units = units;
    r->told_seconds = seconds;
}
