/* SPDX-License-Identifier: MIT
 * The policies of the work queue. */
#include "core/schedule.h"

#include "core/decompose.h"

#include <stdlib.h>

const char *const schedule_names[] = {"block", "cyclic", "dynamic", "weighted", NULL};

/* Pieces that a rank gets of a cyclic schedule: enough to mix cheap and dear regions. */
enum { CYCLIC_PIECES = 64 };

/* Dynamic: the first pieces are this fraction of an even share. Nothing is known then, and a rank
 * that is ten times slower than the others must still be done with it before they are done with
 * all the rest. */
enum { PROBE = 64 };

/* Dynamic: a piece is this fraction of what is left for the rank, in proportion to its speed:
 * guided self-scheduling (Polychronopoulos and Kuck, 1987) with weights (Hummel et al., 1996). A
 * region may be about that many times dearer than the rest before whoever got it makes the others
 * wait; and threads, which wait for each other at the end of a piece, still get pieces worth it. */
static const double parts = 8;

/* Dynamic: a piece lasts a millisecond at least, hundreds of times what asking for it costs. With
 * many ranks more, so that rank 0 is asked every quarter of a millisecond on average. */
static const double least_piece_s = 1e-3;
static const double ask_every_s = 0.25e-3;

static uint64_t least(uint64_t a, uint64_t b) {
    return a < b ? a : b;
}

static uint64_t cyclic_piece(const struct schedule *schedule) {
    const uint64_t piece = schedule->total / ((uint64_t)schedule->ranks * CYCLIC_PIECES);
    return piece > 0 ? piece : 1;
}

static void share_evenly(struct schedule *schedule) {
    uint64_t first = 0;
    for (int r = 0; r < schedule->ranks; r++) {
        schedule->rank[r].next = first;
        first += decompose_block(schedule->total, (uint64_t)schedule->ranks, (uint64_t)r);
        schedule->rank[r].end = first;
    }
}

static void share_in_turn(struct schedule *schedule) {
    for (int r = 0; r < schedule->ranks; r++) {
        schedule->rank[r].next = least((uint64_t)r * cyclic_piece(schedule), schedule->total);
        schedule->rank[r].end = schedule->total;
    }
}

bool schedule_begin(struct schedule *schedule, enum schedule_kind kind, uint64_t total, int ranks) {
    *schedule = (struct schedule){
        .kind = kind,
        .total = total,
        .ranks = ranks,
        .least_s = ranks * ask_every_s > least_piece_s ? ranks * ask_every_s : least_piece_s,
        .rank = calloc((size_t)ranks, sizeof *schedule->rank),
    };
    if (!schedule->rank)
        return false;
    if (kind == SCHEDULE_CYCLIC)
        share_in_turn(schedule);
    else if (kind != SCHEDULE_DYNAMIC)
        share_evenly(schedule);
    return true;
}

void schedule_end(struct schedule *schedule) {
    free(schedule->rank);
    schedule->rank = NULL;
}

static double slowest_of(const double *speeds, int ranks) {
    double slowest = 0;
    for (int r = 0; r < ranks; r++)
        if (speeds[r] > 0 && (slowest == 0 || speeds[r] < slowest))
            slowest = speeds[r];
    return slowest > 0 ? slowest : 1;
}

void schedule_weigh(struct schedule *schedule, const double *speeds) {
    const double slowest = slowest_of(speeds, schedule->ranks);
    double sum = 0, before = 0;
    for (int r = 0; r < schedule->ranks; r++)
        sum += speeds[r] > 0 ? speeds[r] : slowest;
    uint64_t first = 0;
    for (int r = 0; r < schedule->ranks; r++) {
        before += speeds[r] > 0 ? speeds[r] : slowest;
        uint64_t end = (uint64_t)((double)schedule->total * (before / sum));
        if (end > schedule->total || r == schedule->ranks - 1)
            end = schedule->total;
        schedule->rank[r].next = first;
        schedule->rank[r].end = end;
        first = end;
    }
}

bool schedule_is_fixed(const struct schedule *schedule) {
    return schedule->kind != SCHEDULE_DYNAMIC;
}

uint64_t schedule_share(const struct schedule *schedule, int rank) {
    const struct schedule_rank *r = &schedule->rank[rank];
    const uint64_t ranks = (uint64_t)schedule->ranks;
    if (schedule->kind == SCHEDULE_DYNAMIC)
        return decompose_block(schedule->total, ranks, (uint64_t)rank);
    if (schedule->kind != SCHEDULE_CYCLIC)
        return r->end - r->next;
    const uint64_t piece = cyclic_piece(schedule);
    const uint64_t rounds = schedule->total / (piece * ranks);
    const uint64_t rest = schedule->total % (piece * ranks);
    const uint64_t before = least(rest, piece * (uint64_t)rank);
    return rounds * piece + least(rest - before, piece);
}

static struct piece fixed_next(struct schedule *schedule, int rank) {
    struct schedule_rank *r = &schedule->rank[rank];
    struct piece piece = {r->next, r->end - r->next};
    if (schedule->kind == SCHEDULE_CYCLIC) {
        const uint64_t size = cyclic_piece(schedule);
        piece.count = least(piece.count, size);
        r->next = least(r->next + size * (uint64_t)schedule->ranks, r->end);
    } else {
        r->next = r->end;
    }
    return piece;
}

static struct piece take(struct schedule *schedule, uint64_t count) {
    const struct piece piece = {schedule->next, least(count, schedule->total - schedule->next)};
    schedule->next += piece.count;
    return piece;
}

/* Also for a rank that has told nothing yet. One that is alone has nobody to share with. */
static uint64_t probe_size(const struct schedule *schedule) {
    if (schedule->ranks == 1)
        return schedule->total;
    const uint64_t size = schedule->total / ((uint64_t)schedule->ranks * PROBE);
    return size > 0 ? size : 1;
}

struct piece schedule_first(struct schedule *schedule, int rank) {
    if (schedule_is_fixed(schedule))
        return fixed_next(schedule, rank);
    schedule->next = least(probe_size(schedule) * (uint64_t)rank, schedule->total);
    return take(schedule, probe_size(schedule));
}

/* Units per second of late, 0 if not known. */
static double speed_of(const struct schedule_rank *r) {
    return r->fading_seconds > 0 ? r->fading_units / r->fading_seconds : 0;
}

/* The ranks that still work, as the asking one sees them. */
struct field {
    double others;  /* sum of the speeds of the others */
    double fastest; /* of all */
    int unknown;    /* others whose speed is not known */
};

static struct field look_around(const struct schedule *schedule, int rank) {
    const double own = speed_of(&schedule->rank[rank]);
    struct field field = {0, own, 0};
    for (int r = 0; r < schedule->ranks; r++) {
        if (r == rank || schedule->rank[r].ended)
            continue;
        const double speed = speed_of(&schedule->rank[r]);
        field.unknown += speed == 0;
        field.others += speed > 0 ? speed : own;
        if (speed > field.fastest)
            field.fastest = speed;
    }
    return field;
}

/* Whether the others would be done with everything long before this rank with one unit: it would
 * make them wait. Half as much again leaves room for errors of measurement, so that ranks of one
 * speed never refuse each other; and whoever is fastest is never refused. */
static bool comes_too_late(const struct field *field, double own, uint64_t remaining) {
    const double one_unit_s = 1 / own;
    const double last_unit_s = 1 / field->fastest;
    const double others_s = field->others > 0 ? (double)remaining / field->others : one_unit_s;
    return field->unknown == 0 &&
           one_unit_s > 1.5 * (others_s > last_unit_s ? others_s : last_unit_s);
}

static uint64_t dynamic_size(const struct schedule *schedule, int rank) {
    const double own = speed_of(&schedule->rank[rank]);
    const uint64_t remaining = schedule->total - schedule->next;
    if (own == 0)
        return least(probe_size(schedule), remaining);
    const struct field field = look_around(schedule, rank);
    if (comes_too_late(&field, own, remaining))
        return 0;
    const double guided = (double)remaining * (own / (own + field.others)) / parts;
    const double shortest = own * schedule->least_s;
    const double size = guided > shortest ? guided : shortest;
    if (size >= (double)remaining)
        return remaining;
    return size >= 1 ? (uint64_t)size : 1;
}

struct piece schedule_next(struct schedule *schedule, int rank, uint64_t room) {
    if (schedule_is_fixed(schedule))
        return fixed_next(schedule, rank);
    struct schedule_rank *r = &schedule->rank[rank];
    r->ended = false;
    const uint64_t size =
        schedule->next < schedule->total ? least(dynamic_size(schedule, rank), room) : 0;
    r->ended = size == 0;
    return take(schedule, size);
}

void schedule_tell(struct schedule *schedule, int rank, uint64_t units, double seconds) {
    struct schedule_rank *r = &schedule->rank[rank];
    if (units <= r->told_units || !(seconds > r->told_seconds))
        return;
    r->fading_units = r->fading_units / 2 + (double)(units - r->told_units);
    r->fading_seconds = r->fading_seconds / 2 + (seconds - r->told_seconds);
    r->told_units = units;
    r->told_seconds = seconds;
}

void schedule_stop(struct schedule *schedule) {
    schedule->next = schedule->total;
}
