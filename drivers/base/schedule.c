/* SPDX-License-Identifier: MIT
 * The policies of the work queue. */
#include "base/schedule.h"

#include "base/decompose.h"

#include <math.h>
#include <stdlib.h>

const char *const schedule_names[] = {"block", "cyclic", "dynamic", "weighted", NULL};

/* Pieces that a rank gets of a cyclic schedule: enough to mix cheap and expensive regions. */
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

/* Dynamic: a piece has at most that many times the units that the rank has measured so far.
 * Pictures often begin with cheap rows. */
static const double growth = 8;

/* Dynamic: a piece lasts a millisecond at least, hundreds of times what asking for it costs. With
 * many ranks more, so that rank 0 is asked every quarter of a millisecond on average. */
static const double least_piece_s = 1e-3;
static const double ask_every_s = 0.25e-3;

/* Dynamic: and a hundredth of the time that the asking rank has been busy. What is lost at the end
 * stays small, and a reply may come late, as it does from a node that others use too. */
static const double least_part = 0.01;

static uint64_t schedule_least(uint64_t a, uint64_t b) {
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
        schedule->rank[r].next =
            schedule_least((uint64_t)r * cyclic_piece(schedule), schedule->total);
        schedule->rank[r].end = schedule->total;
    }
}

bool schedule_begin(struct schedule *schedule, enum schedule_kind kind, uint64_t total, int ranks) {
    *schedule = (struct schedule){
        .kind = kind,
        .total = total,
        .ranks = ranks,
        .least_s = fmax(ranks * ask_every_s, least_piece_s),
        .rank = calloc((size_t)ranks, sizeof *schedule->rank),
    };
    if (!schedule->rank ||
        (!schedule_is_fixed(schedule) && !speed_field_begin(&schedule->working, ranks))) {
        schedule_end(schedule);
        return false;
    }
    if (kind == SCHEDULE_CYCLIC)
        share_in_turn(schedule);
    else if (kind != SCHEDULE_DYNAMIC)
        share_evenly(schedule);
    return true;
}

void schedule_end(struct schedule *schedule) {
    free(schedule->rank);
    schedule->rank = NULL;
    speed_field_end(&schedule->working);
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
    const uint64_t before = schedule_least(rest, piece * (uint64_t)rank);
    return rounds * piece + schedule_least(rest - before, piece);
}

static struct piece fixed_next(struct schedule *schedule, int rank) {
    struct schedule_rank *r = &schedule->rank[rank];
    struct piece piece = {r->next, r->end - r->next};
    if (schedule->kind == SCHEDULE_CYCLIC) {
        const uint64_t size = cyclic_piece(schedule);
        piece.count = schedule_least(piece.count, size);
        r->next = schedule_least(r->next + size * (uint64_t)schedule->ranks, r->end);
    } else {
        r->next = r->end;
    }
    return piece;
}

static struct piece schedule_take(struct schedule *schedule, uint64_t count) {
    const struct piece piece = {schedule->next,
                                schedule_least(count, schedule->total - schedule->next)};
    schedule->next += piece.count;
    return piece;
}

/* A rank that is alone has nobody to share with. */
static uint64_t probe_size(const struct schedule *schedule) {
    if (schedule->ranks == 1)
        return schedule->total;
    const uint64_t size = schedule->total / ((uint64_t)schedule->ranks * PROBE);
    return size > 0 ? size : 1;
}

struct piece schedule_first(struct schedule *schedule, int rank) {
    if (schedule_is_fixed(schedule))
        return fixed_next(schedule, rank);
    schedule->next = schedule_least(probe_size(schedule) * (uint64_t)rank, schedule->total);
    return schedule_take(schedule, probe_size(schedule));
}

/* Units per second of late, 0 if not known. */
static double speed_of(const struct schedule_rank *r) {
    return r->fading_seconds > 0 ? r->fading_units / r->fading_seconds : 0;
}

/* Whether the others would be done with everything long before this rank with one unit: it would
 * make them wait. Half as much again leaves room for errors of measurement, so that ranks of one
 * speed never refuse each other; and whoever is fastest is never refused. */
static bool comes_too_late(const struct speed_others *others, double own, uint64_t remaining) {
    if (others->known == 0 || others->unknown > 0)
        return false;
    const double last_unit_s = 1 / fmax(others->fastest, own);
    const double others_s = (double)remaining / others->sum;
    return 1 / own > 1.5 * fmax(others_s, last_unit_s);
}

/* For a rank that has reported nothing yet, and may be slow: what takes the others as long as the
 * shortest piece, if that is little. */
static double cautious_size(const struct schedule *schedule, const struct speed_others *others,
                            uint64_t remaining) {
    const double probe = (double)probe_size(schedule);
    if (others->known == 0)
        return probe;
    const double shortest = others->sum / others->known * schedule->least_s;
    return fmax(probe, fmin(shortest, (double)remaining / schedule->ranks / parts));
}

/* For a rank whose speed is known. However cheap units seem, it never gets more than its part of
 * what is left. */
static double guided_size(const struct schedule *schedule, const struct speed_others *others,
                          int rank, uint64_t remaining) {
    const struct schedule_rank *r = &schedule->rank[rank];
    const double own = speed_of(r);
    const double all = own + others->sum + own * others->unknown;
    const double part = (double)remaining * (own / all);
    const double shortest = own * fmax(schedule->least_s, r->told_seconds * least_part);
    return fmin(fmax(part / parts, fmin(shortest, part)), growth * (double)r->told_units);
}

static uint64_t size_among(const struct schedule *schedule, const struct speed_others *others,
                           int rank) {
    const double own = speed_of(&schedule->rank[rank]);
    const uint64_t remaining = schedule->total - schedule->next;
    if (own > 0 && comes_too_late(others, own, remaining))
        return 0;
    const double size = own > 0 ? guided_size(schedule, others, rank, remaining)
                                : cautious_size(schedule, others, remaining);
    if (size >= (double)remaining)
        return remaining;
    return size >= 1 ? (uint64_t)size : 1;
}

/* The size is that of the speeds added up in the order of the ranks, so that it does not depend on
 * how the sum is kept. Each step above rises or falls with the sum: if both ends of what the sum
 * may be come to one size, so does the sum. Else, which is rare, it is added up. */
static uint64_t dynamic_size(struct schedule *schedule, int rank) {
    const struct speed_others kept = speed_field_others(&schedule->working, rank);
    struct speed_others least = kept, most = kept;
    least.sum -= kept.sum * kept.error;
    most.sum += kept.sum * kept.error;
    const uint64_t size = size_among(schedule, &least, rank);
    if (size == size_among(schedule, &most, rank))
        return size;
    schedule->walks++;
    least.sum = speed_field_walk(&schedule->working, rank);
    return size_among(schedule, &least, rank);
}

struct piece schedule_next(struct schedule *schedule, int rank, uint64_t room) {
    if (schedule_is_fixed(schedule))
        return fixed_next(schedule, rank);
    const uint64_t size =
        schedule->next < schedule->total ? schedule_least(dynamic_size(schedule, rank), room) : 0;
    if (size == 0)
        speed_field_leave(&schedule->working, rank);
    else if (schedule->working.speed[rank] < 0) /* there is something for it after all */
        speed_field_set(&schedule->working, rank, speed_of(&schedule->rank[rank]));
    return schedule_take(schedule, size);
}

void schedule_tell(struct schedule *schedule, int rank, uint64_t units, double seconds) {
    struct schedule_rank *r = &schedule->rank[rank];
    if (units <= r->told_units || !(seconds > r->told_seconds))
        return;
    r->fading_units = r->fading_units / 2 + (double)(units - r->told_units);
    r->fading_seconds = r->fading_seconds / 2 + (seconds - r->told_seconds);
    r->told_units = units;
    r->told_seconds = seconds;
    if (!schedule_is_fixed(schedule) && schedule->working.speed[rank] >= 0)
        speed_field_set(&schedule->working, rank, speed_of(r));
}

void schedule_stop(struct schedule *schedule) {
    schedule->next = schedule->total;
}
