/* SPDX-License-Identifier: MIT
 * The policies of the work queue: every unit once, whatever the costs, the ranks and the order of
 * their questions; and ranks of different speed finish together. */
#include "base/schedule.h"
#include "check.h"
#include "queue_simulation.h"
#include "schedule_walk.h"

#include <math.h>
#include <stdlib.h>

static const char *name_of(enum schedule_kind kind) {
    return schedule_names[kind];
}

/* xorshift64* (Vigna, 2016). */
static uint64_t draw(uint64_t *state) {
    *state ^= *state >> 12;
    *state ^= *state << 25;
    *state ^= *state >> 27;
    return *state * UINT64_C(2685821657736338717);
}

static double draw_unit(uint64_t *state) {
    return ((double)(draw(state) >> 11) + 0.5) * 0x1p-53;
}

static uint64_t seeded(void) {
    return check_seed() * UINT64_C(0x9E3779B97F4A7C15) + 1;
}

enum { UNITS_MAX = 3000, RANKS_MAX = 40 };

/* Records a piece; returns whether none of its units had been handed out. */
static bool note(unsigned char *seen, uint64_t total, struct piece piece) {
    if (piece.first > total || piece.count > total - piece.first)
        return false;
    for (uint64_t u = piece.first; u < piece.first + piece.count; u++)
        if (seen[u]++)
            return false;
    return true;
}

/* Ranks ask in random order and report random costs, until none gets anything. */
static void check_covers(enum schedule_kind kind, uint64_t total, int ranks, bool hinted,
                         uint64_t *random) {
    static unsigned char seen[UNITS_MAX];
    struct schedule schedule;
    double speeds[RANKS_MAX], busy_s[RANKS_MAX] = {0};
    uint64_t units[RANKS_MAX] = {0}, last[RANKS_MAX] = {0}, handed = 0;
    bool disjoint = true, rising = true, working[RANKS_MAX];
    int left = ranks;

    for (uint64_t u = 0; u < total; u++)
        seen[u] = 0;
    if (!check_that(schedule_begin(&schedule, kind, total, ranks), __FILE__, __LINE__, "begin"))
        return;
    for (int r = 0; r < ranks; r++)
        speeds[r] = exp(6 * draw_unit(random) - 3);
    if (kind == SCHEDULE_WEIGHTED)
        schedule_weigh(&schedule, speeds);
    if (hinted)
        schedule_hint(&schedule, speeds);
    for (int r = 0; r < ranks; r++) {
        const struct piece piece = schedule_first(&schedule, r);
        disjoint &= note(seen, total, piece);
        units[r] = handed = piece.count;
        last[r] = piece.first;
        working[r] = true;
    }
    /* A unit handed out twice, or one that is not there, may be the first of endlessly many. */
    while (left > 0 && disjoint) {
        const int r = (int)(draw(random) % (uint64_t)ranks);
        if (!working[r])
            continue;
        busy_s[r] += -log(draw_unit(random)) * 1e-4 / speeds[r] * (double)(handed + 1);
        schedule_tell(&schedule, r, units[r], busy_s[r]);
        const struct piece piece = schedule_next(&schedule, r, UINT64_MAX);
        disjoint &= note(seen, total, piece);
        rising &= piece.count == 0 || piece.first >= last[r];
        units[r] += handed = piece.count;
        last[r] = piece.count > 0 ? piece.first : last[r];
        working[r] = piece.count > 0;
        left -= !working[r];
    }
    handed = 0;
    for (uint64_t u = 0; u < total; u++)
        handed += seen[u];
    check_that(disjoint && handed == total, __FILE__, __LINE__,
               "%s, %d units, %d ranks: every unit once", name_of(kind), (int)total, ranks);
    check_that(rising, __FILE__, __LINE__, "%s: pieces of a rank rise", name_of(kind));
    schedule_end(&schedule);
}

static void covers(void) {
    static const uint64_t totals[] = {0, 1, 2, 7, 64, 401, 800, UNITS_MAX};
    static const int ranks[] = {1, 2, 3, 7, RANKS_MAX};
    uint64_t random = seeded();
    for (int kind = 0; schedule_names[kind]; kind++)
        for (size_t t = 0; t < sizeof totals / sizeof *totals; t++)
            for (size_t r = 0; r < sizeof ranks / sizeof *ranks; r++)
                for (int again = 0; again < 5; again++)
                    check_covers((enum schedule_kind)kind, totals[t], ranks[r], again % 2 == 1,
                                 &random);
}

/* What a rank is promised is what it gets. */
static void fixed_shares_are_exact(void) {
    static const enum schedule_kind kinds[] = {SCHEDULE_BLOCK, SCHEDULE_CYCLIC, SCHEDULE_WEIGHTED};
    static const uint64_t totals[] = {0, 1, 6, 7, 449, 450, 12345};
    const double speeds[] = {1, 3, 0.1, 2, 2, 0, 7};
    for (int k = 0; k < 3; k++)
        for (int t = 0; t < 7; t++) {
            struct schedule schedule;
            CHECK(schedule_begin(&schedule, kinds[k], totals[t], 7));
            CHECK(schedule_is_fixed(&schedule));
            if (kinds[k] == SCHEDULE_WEIGHTED)
                schedule_weigh(&schedule, speeds);
            uint64_t sum = 0;
            for (int r = 0; r < 7; r++) {
                const uint64_t promised = schedule_share(&schedule, r);
                uint64_t got = 0;
                for (struct piece piece = schedule_first(&schedule, r);
                     piece.count > 0 && got <= totals[t];
                     piece = schedule_next(&schedule, r, UINT64_MAX))
                    got += piece.count;
                CHECK_INT((int64_t)promised, (int64_t)got);
                sum += got;
            }
            CHECK_INT((int64_t)totals[t], (int64_t)sum);
            schedule_end(&schedule);
        }
}

/* Block is the decomposition of drivers/picture/block.c: lengths differ by one, the longer ones
 * first.
 */
static void block_is_even(void) {
    struct schedule schedule;
    CHECK(schedule_begin(&schedule, SCHEDULE_BLOCK, 10, 4));
    static const struct piece expected[] = {{0, 3}, {3, 3}, {6, 2}, {8, 2}};
    for (int r = 0; r < 4; r++) {
        const struct piece piece = schedule_first(&schedule, r);
        CHECK_INT((int64_t)expected[r].first, (int64_t)piece.first);
        CHECK_INT((int64_t)expected[r].count, (int64_t)piece.count);
    }
    schedule_end(&schedule);
}

static void weighted_follows_speed(void) {
    struct schedule schedule;
    const double speeds[] = {4, 1, 0, 3}; /* 0: counts as the slowest, 1 */
    CHECK(schedule_begin(&schedule, SCHEDULE_WEIGHTED, 900, 4));
    schedule_weigh(&schedule, speeds);
    static const int64_t expected[] = {400, 100, 100, 300};
    for (int r = 0; r < 4; r++)
        CHECK_INT(expected[r], (int64_t)schedule_share(&schedule, r));
    const double none[] = {0, 0, 0, NAN};
    schedule_weigh(&schedule, none);
    for (int r = 0; r < 4; r++)
        CHECK_INT(225, (int64_t)schedule_share(&schedule, r));
    schedule_end(&schedule);
}

static void begin_dynamic(struct schedule *schedule, uint64_t total, int ranks) {
    CHECK(schedule_begin(schedule, SCHEDULE_DYNAMIC, total, ranks));
    CHECK(!schedule_is_fixed(schedule));
    for (int r = 0; r < ranks; r++)
        (void)schedule_first(schedule, r);
}

/* Pieces in proportion to speed, and ever smaller. */
static void dynamic_sizes(void) {
    struct schedule schedule;
    begin_dynamic(&schedule, 100000, 2);
    schedule_tell(&schedule, 0, 2000, 4);
    schedule_tell(&schedule, 1, 2000, 1);
    const struct piece slow = schedule_next(&schedule, 0, UINT64_MAX);
    const struct piece fast = schedule_next(&schedule, 1, UINT64_MAX);
    const double ratio = (double)fast.count / (double)slow.count;
    CHECK(ratio > 3.5 && ratio < 4.5);
    CHECK(fast.count <=
          100000 / 2 / 4); /* never a share so large that the other waits for its end */
    const struct piece then = schedule_next(&schedule, 1, UINT64_MAX);
    CHECK(then.count < fast.count && then.count > 0);
    CHECK_INT(5, (int64_t)schedule_next(&schedule, 1, 5).count);
    CHECK_INT(0, (int64_t)schedule_next(&schedule, 1, 0).count);
    schedule_end(&schedule);
}

/* Cheap units come in pieces of a millisecond, as soon as it is certain that they are cheap; and
 * never more than a fair share of what is left. */
static void dynamic_pieces_last(void) {
    struct schedule schedule;
    begin_dynamic(&schedule, 1280, 2); /* 10 units each */
    schedule_tell(&schedule, 0, 10, 10e-6);
    schedule_tell(&schedule, 1, 10, 10e-6);
    CHECK_INT(80, (int64_t)schedule_next(&schedule, 1, UINT64_MAX).count);
    schedule_tell(&schedule, 1, 90, 90e-6);
    CHECK_INT(590, (int64_t)schedule_next(&schedule, 1, UINT64_MAX).count);
    schedule_tell(&schedule, 1, 680, 680e-6);
    CHECK_INT(295, (int64_t)schedule_next(&schedule, 1, UINT64_MAX).count);
    schedule_end(&schedule);

    begin_dynamic(&schedule, 128000, 2); /* 1000 units each */
    schedule_tell(&schedule, 0, 1000, 1e-3 / 16);
    schedule_tell(&schedule, 1, 1000, 1e-3 / 12);
    schedule.next = 100000;
    CHECK_INT(8000, (int64_t)schedule_next(&schedule, 1, UINT64_MAX).count);
    schedule_tell(&schedule, 1, 9000, 9e-3 / 12);
    CHECK_INT(8571, (int64_t)schedule_next(&schedule, 1, UINT64_MAX).count);
    schedule_end(&schedule);
}

/* A rank that has reported nothing may be slow: it gets a probe again, or what takes the others a
 * millisecond. */
static void unknown_rank_gets_little(void) {
    struct schedule schedule;
    begin_dynamic(&schedule, 100000, 3); /* 520 units each */
    CHECK_INT(520, (int64_t)schedule_next(&schedule, 0, UINT64_MAX).count);
    schedule_tell(&schedule, 1, 520, 0.52);
    CHECK_INT(520, (int64_t)schedule_next(&schedule, 0, UINT64_MAX).count);
    schedule_tell(&schedule, 2, 520, 52e-6);
    CHECK_INT((100000 - 5 * 520) / 3 / 8, (int64_t)schedule_next(&schedule, 0, UINT64_MAX).count);
    schedule_end(&schedule);
}

/* A rank that needs longer for one unit than the others for all that is left gets nothing, unless
 * the others have left. */
static void slow_rank_is_spared(void) {
    struct schedule schedule;
    begin_dynamic(&schedule, 12, 3); /* 9 are left */
    schedule_tell(&schedule, 0, 1, 100);
    schedule_tell(&schedule, 1, 1, 1);
    schedule_tell(&schedule, 2, 1, 1);
    CHECK_INT(0, (int64_t)schedule_next(&schedule, 0, UINT64_MAX).count);
    CHECK_INT(1, (int64_t)schedule_next(&schedule, 1, UINT64_MAX).count);
    CHECK_INT(0, (int64_t)schedule_next(&schedule, 1, 0).count);
    CHECK_INT(0, (int64_t)schedule_next(&schedule, 2, 0).count);
    CHECK_INT(1, (int64_t)schedule_next(&schedule, 0, UINT64_MAX).count);
    schedule_end(&schedule);
}

/* Equal ranks never refuse each other, however little is left. */
static void equal_ranks_share_the_end(void) {
    struct schedule schedule;
    begin_dynamic(&schedule, 16, 8);
    for (int r = 0; r < 8; r++)
        schedule_tell(&schedule, r, 1, 1 + 0.05 * r);
    for (int r = 7; r >= 0; r--)
        CHECK_INT(1, (int64_t)schedule_next(&schedule, r, UINT64_MAX).count);
    CHECK_INT(0, (int64_t)schedule_next(&schedule, 0, UINT64_MAX).count);
    schedule_end(&schedule);
}

static void stop_ends_it(void) {
    struct schedule schedule;
    begin_dynamic(&schedule, 1000, 2);
    schedule_stop(&schedule);
    CHECK_INT(0, (int64_t)schedule_next(&schedule, 0, UINT64_MAX).count);
    CHECK_INT(0, (int64_t)schedule_next(&schedule, 1, UINT64_MAX).count);
    schedule_end(&schedule);
}

/* The busy time that a rank reports next, of three kinds: any speed; few speeds that stay as they
 * are, so that sums lie on the edge of a size; or nearly the same speed as all others. */
static double draw_busy_s(int kind, int rank, uint64_t units, double before_s, uint64_t *random) {
    static const double speeds[] = {0.1, 0.1, 0.3, 1};
    if (kind == 0)
        return before_s + exp(12 * draw_unit(random) - 8);
    if (kind == 1)
        return (double)units / speeds[rank % 4];
    return (double)units * (1 + 1e-9 * draw_unit(random));
}

/* Questions and reports in any order, of ranks that have ended too: each piece is the one that a
 * walk over all ranks comes to. Returns how many there were, and adds those that needed the walk.
 */
static uint64_t check_decisions(uint64_t total, int ranks, int kind, uint64_t *random,
                                uint64_t *walks) {
    struct schedule schedule;
    struct walk walk;
    uint64_t *units = calloc((size_t)ranks, sizeof *units), questions = 0;
    double *busy_s = calloc((size_t)ranks, sizeof *busy_s);
    bool equal = true;
    begin_dynamic(&schedule, total, ranks);
    if (!CHECK(walk_begin(&walk, total, ranks)) || !CHECK(units && busy_s))
        return 0;
    for (int r = 0; r < ranks; r++)
        units[r] = walk_first(&walk, r).count;
    /* Whoever asks when nothing is left ends; some more questions are asked then. */
    for (uint64_t after = 0; after < (uint64_t)ranks && equal; after += walk.next == total) {
        const int r = (int)(draw(random) % (uint64_t)ranks);
        if (draw(random) % 4 > 0) {
            busy_s[r] = draw_busy_s(kind, r, units[r], busy_s[r], random);
            schedule_tell(&schedule, r, units[r], busy_s[r]);
            walk_tell(&walk, r, units[r], busy_s[r]);
            if (draw(random) % 4 == 0) /* a report without a question */
                continue;
        }
        const uint64_t room = draw(random) % 8 == 0 ? draw(random) % 5 : UINT64_MAX;
        const struct piece got = schedule_next(&schedule, r, room),
                           expected = walk_next(&walk, r, room);
        equal = got.first == expected.first && got.count == expected.count;
        units[r] += got.count;
        questions++;
    }
    check_that(equal, __FILE__, __LINE__, "%d units, %d ranks, speeds %d: question %d", (int)total,
               ranks, kind, (int)questions);
    *walks += schedule.walks;
    schedule_end(&schedule);
    walk_end(&walk);
    free(units);
    free(busy_s);
    return questions;
}

static void decisions_are_those_of_a_walk(void) {
    static const int ranks[] = {1, 2, 3, 7, 8, 40, 64, 1000};
    uint64_t random = seeded(), questions[3] = {0}, walks[3] = {0};
    for (int kind = 0; kind < 3; kind++)
        for (size_t n = 0; n < sizeof ranks / sizeof *ranks; n++)
            for (int again = 0; again < (ranks[n] < 1000 ? 200 : 4); again++) {
                const uint64_t total = draw(&random) % (again % 2 ? 200 : 100000);
                questions[kind] += check_decisions(total, ranks[n], kind, &random, &walks[kind]);
            }
    CHECK(questions[0] > 10000 && questions[1] > 10000 && questions[2] > 10000);
    /* Speeds as they are measured need hardly any walk; those on the edge show that it is there. */
    check_that(walks[0] * 1000 < questions[0], __FILE__, __LINE__, "%d walks for %d questions",
               (int)walks[0], (int)questions[0]);
    check_that(walks[1] > 100, __FILE__, __LINE__, "%d walks for %d questions", (int)walks[1],
               (int)questions[1]);
}

/* The sum of the others is as near as it says to that of a walk, after any changes. */
static void speeds_are_kept(void) {
    static const int ranks[] = {1, 2, 3, 5, 8, 33, 1000};
    uint64_t random = seeded();
    for (size_t n = 0; n < sizeof ranks / sizeof *ranks; n++) {
        struct speed_field field;
        if (!CHECK(speed_field_begin(&field, ranks[n])))
            return;
        for (int step = 0; step < 2000; step++) {
            const int changed = (int)(draw(&random) % (uint64_t)ranks[n]),
                      asking = (int)(draw(&random) % (uint64_t)ranks[n]);
            if (draw(&random) % 4 == 0)
                speed_field_leave(&field, changed);
            else
                speed_field_set(&field, changed,
                                draw(&random) % 5 ? exp(20 * draw_unit(&random) - 10) : 0);
            const struct speed_others others = speed_field_others(&field, asking);
            const double sum = speed_field_walk(&field, asking);
            double fastest = 0;
            int known = 0, unknown = 0;
            for (int r = 0; r < ranks[n]; r++) {
                if (r == asking)
                    continue;
                known += field.speed[r] > 0;
                unknown += field.speed[r] == 0;
                fastest = fmax(fastest, field.speed[r]);
            }
            if (!CHECK(fabs(others.sum - sum) <= others.sum * others.error) ||
                !CHECK(others.fastest == fastest) || !CHECK_INT(known, others.known) ||
                !CHECK_INT(unknown, others.unknown))
                return;
        }
        speed_field_end(&field);
    }
}

/* How costs may lie. */
static double cost_at(int shape, double x, uint64_t *random) {
    switch (shape) {
    case 0:
        return 1;
    case 1:
        return 0.1 + 2 * x;
    case 2:
        return 2.1 - 2 * x;
    case 3:
        return fabs(x - 0.5) < 0.1 ? 10 : 1;
    default:
        return -log(draw_unit(random));
    }
}

/* In simulated time, so that it does not depend on the machine: useful work over capacity. */
static void heterogeneous_ranks_end_together(void) {
    static const double fields[][7] = {
        {1, 1}, {1, 0.25}, {0.25, 1}, {1, 1, 0.25}, {1, 0.5, 0.25}, {1, 1, 1, 0.4, 0.4, 0.15, 0.15},
    };
    static const int ranks[] = {2, 2, 2, 3, 3, 7};
    uint64_t random = seeded();
    double unit_s[UNITS_MAX];
    for (int shape = 0; shape < 5; shape++) {
        for (int u = 0; u < UNITS_MAX; u++)
            unit_s[u] = 1e-3 * cost_at(shape, (double)u / UNITS_MAX, &random);
        for (int f = 0; f < 6; f++) {
            const struct simulation simulation = {.kind = SCHEDULE_DYNAMIC,
                                                  .units = UNITS_MAX,
                                                  .unit_s = unit_s,
                                                  .ranks = ranks[f],
                                                  .speeds = fields[f],
                                                  .message_s = 100e-6,
                                                  .serve_s = 10e-6};
            struct simulated result;
            CHECK(simulate(&simulation, &result));
            CHECK(result.once);
            /* A single expensive unit of the last shape may come last. */
            check_that(result.useful >= (shape == 4 ? 0.9 : 0.95), __FILE__, __LINE__,
                       "shape %d, field %d: %.3f of the capacity used", shape, f, result.useful);
            /* A message costs rank 0 what serve_s says. */
            CHECK((double)result.messages / 2 * simulation.serve_s < 0.01 * result.end_s);
        }
    }
}

/* Ranks with a GPU next to slow ones: hints give a slow rank 0 no piece that all wait for, and take
 * little from others: the most where one unit is an eighth of the time of a slow rank. */
static void hints_help(void) {
    enum { HINT_UNITS = 8000 };
    static const struct {
        int ranks;
        double speeds[8];
        int units;
        double work_s, least_gain, least;
    } fields[] = {
        {4, {0.2, 50, 1, 1}, HINT_UNITS, 10, 0.25, 0.98},
        {4, {0.2, 50, 1, 1}, HINT_UNITS, 1, 0.25, 0.95},
        {2, {1, 50}, HINT_UNITS, 10, 0.03, 0.98},
        {8, {50, 50, 1, 1, 1, 1, 1, 1}, HINT_UNITS, 1, -0.02, 0.9},
        {8, {50, 50, 1, 1, 1, 1, 1, 1}, HINT_UNITS, 10, -0.02, 0.95},
        {8, {50, 50, 1, 1, 1, 1, 1, 1}, 800, 100, -0.08, 0.8},
        {4, {50, 1, 1, 1}, HINT_UNITS, 1, -0.02, 0.93},
        {4, {1, 1, 1, 1}, HINT_UNITS, 1, -0.01, 0.95},
    };
    static double unit_s[HINT_UNITS];
    uint64_t random = seeded();
    for (size_t f = 0; f < sizeof fields / sizeof *fields; f++) {
        const int units = fields[f].units;
        for (int u = 0; u < units; u++)
            unit_s[u] = fields[f].work_s / units * (0.7 + 0.6 * draw_unit(&random));
        struct simulation simulation = {.kind = SCHEDULE_DYNAMIC,
                                        .units = (uint64_t)units,
                                        .unit_s = unit_s,
                                        .ranks = fields[f].ranks,
                                        .speeds = fields[f].speeds,
                                        .message_s = 100e-6,
                                        .serve_s = 10e-6};
        struct simulated before, hinted;
        CHECK(simulate(&simulation, &before));
        simulation.hints = fields[f].speeds;
        CHECK(simulate(&simulation, &hinted));
        CHECK(before.once && hinted.once);
        check_that(hinted.useful >= fields[f].least &&
                       hinted.useful - before.useful >= fields[f].least_gain,
                   __FILE__, __LINE__, "field %zu: %.3f of the capacity used, hinted %.3f", f,
                   before.useful, hinted.useful);
    }
}

/* What makes no sense is no hint. */
static void hints_without_sense(void) {
    static const double zero[] = {1, 0, 1}, endless[] = {1, INFINITY, 1}, unknown[] = {1, NAN, 1};
    static const double *const all[] = {zero, endless, unknown};
    for (int k = 0; k < 3; k++) {
        struct schedule plain, hinted;
        begin_dynamic(&plain, 10000, 3);
        begin_dynamic(&hinted, 10000, 3);
        schedule_hint(&hinted, all[k]);
        for (int r = 0; r < 3; r++) {
            const struct piece a = schedule_first(&plain, r), b = schedule_first(&hinted, r);
            CHECK(a.first == b.first && a.count == b.count);
        }
        schedule_end(&plain);
        schedule_end(&hinted);
    }
}

static void small_jobs_need_few_messages(void) {
    double unit_s[400];
    for (int u = 0; u < 400; u++)
        unit_s[u] = 5e-6; /* 2 ms in total */
    const double speeds[] = {1, 1};
    const struct simulation simulation = {.kind = SCHEDULE_DYNAMIC,
                                          .units = 400,
                                          .unit_s = unit_s,
                                          .ranks = 2,
                                          .speeds = speeds,
                                          .message_s = 100e-6,
                                          .serve_s = 10e-6};
    struct simulated result;
    CHECK(simulate(&simulation, &result));
    CHECK(result.once && result.messages <= 10);
}

int main(int argc, char **argv) {
    static const struct check_test tests[] = {
        {"covers", covers},
        {"fixed shares are exact", fixed_shares_are_exact},
        {"block is even", block_is_even},
        {"weighted follows speed", weighted_follows_speed},
        {"dynamic sizes", dynamic_sizes},
        {"dynamic pieces last", dynamic_pieces_last},
        {"unknown rank gets little", unknown_rank_gets_little},
        {"slow rank is spared", slow_rank_is_spared},
        {"equal ranks share the end", equal_ranks_share_the_end},
        {"stop ends it", stop_ends_it},
        {"decisions are those of a walk", decisions_are_those_of_a_walk},
        {"speeds are kept", speeds_are_kept},
        {"heterogeneous ranks end together", heterogeneous_ranks_end_together},
        {"hints help", hints_help},
        {"hints without sense", hints_without_sense},
        {"small jobs need few messages", small_jobs_need_few_messages},
        {0},
    };
    return check_main("schedule", tests, argc, argv);
}
