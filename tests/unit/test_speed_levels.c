/* SPDX-License-Identifier: MIT
 * Levels of speeds: noise moves nothing, real differences stay, and shares by them cover all units
 * in the order of the ranks. */
#include "base/schedule.h"
#include "base/speed_levels.h"
#include "check.h"

#include <math.h>
#include <stdlib.h>

enum { RANKS_MAX = 64 };

static bool is_near(double a, double b) {
    return fabs(a - b) <= 1e-12 * fabs(b);
}

static void test_noise(void) {
    double one[] = {3}, noisy[] = {1.0, 0.92, 0.97, 0.901, 0.99}, edge[] = {100, 90};
    CHECK(speed_levels_find(one, 1, 0.1));
    CHECK(is_near(one[0], 3));
    CHECK(speed_levels_find(noisy, 5, 0.1));
    for (int r = 0; r < 5; r++)
        CHECK(is_near(noisy[r], (1.0 + 0.92 + 0.97 + 0.901 + 0.99) / 5));
    CHECK(speed_levels_find(edge, 2, 0.1));
    edge[0] = 100, edge[1] = 89.9;
    CHECK(!speed_levels_find(edge, 2, 0.1));
    CHECK(is_near(edge[0], 100) && is_near(edge[1], 89.9));
}

/* A slow rank among others whose noise is levelled; and large and small speeds. */
static void test_levels(void) {
    double speeds[] = {0.97, 0.5, 1.0, 0.53, 1.03, 7};
    CHECK(!speed_levels_find(speeds, 6, 0.1));
    CHECK(is_near(speeds[0], 1) && speeds[2] == speeds[0] && speeds[4] == speeds[0]);
    CHECK(is_near(speeds[1], 0.515) && speeds[3] == speeds[1]);
    CHECK(is_near(speeds[5], 7));
    double ends[] = {1e308, 1.5e308, 1.55e308, 1e-308};
    CHECK(!speed_levels_find(ends, 4, 0.1));
    CHECK(is_near(ends[1], 1.525e308) && ends[2] == ends[1] && is_near(ends[3], 1e-308));
}

static void test_unknown(void) {
    static const double bad[] = {0, -1, NAN, INFINITY};
    for (size_t k = 0; k < sizeof bad / sizeof *bad; k++) {
        double speeds[] = {5, bad[k], 1};
        CHECK(speed_levels_find(speeds, 3, 0.1));
        for (int r = 0; r < 3; r++)
            CHECK(speeds[r] == 1);
    }
}

/* As drivers/kmeans makes shares of them: all units, one rank's after the other's, empty shares and
 * more ranks than units among them. */
static void test_shares(void) {
    static const uint64_t totals[] = {1, 2, 5, 63, 1000, 999983, UINT64_C(1) << 40};
    static const double speeds_of[][RANKS_MAX] = {{1, 2}, {1, 1e-9, 1}, {1, 1000, 1, 1}, {0.3}};
    for (size_t t = 0; t < sizeof totals / sizeof *totals; t++)
        for (size_t s = 0; s < sizeof speeds_of / sizeof *speeds_of; s++)
            for (int ranks = 1; ranks <= RANKS_MAX; ranks += 7) {
                double speeds[RANKS_MAX], sum = 0;
                struct schedule schedule;
                for (int r = 0; r < ranks; r++)
                    speeds[r] = speeds_of[s][r] > 0 ? speeds_of[s][r] : 1 + r % 3;
                speed_levels_find(speeds, ranks, 0.1);
                for (int r = 0; r < ranks; r++)
                    sum += speeds[r];
                CHECK(schedule_begin(&schedule, SCHEDULE_WEIGHTED, totals[t], ranks));
                schedule_weigh(&schedule, speeds);
                uint64_t end = 0;
                for (int r = 0; r < ranks; r++) {
                    const uint64_t share = schedule_share(&schedule, r);
                    const struct piece piece = schedule_first(&schedule, r);
                    CHECK(piece.first == end && piece.count == share);
                    CHECK(fabs((double)share - (double)totals[t] * speeds[r] / sum) <=
                          1 + 1e-12 * (double)totals[t]);
                    end += share;
                }
                CHECK(end == totals[t]);
                schedule_end(&schedule);
            }
}

int main(int argc, char **argv) {
    static const struct check_test tests[] = {
        {"noise", test_noise},
        {"levels", test_levels},
        {"speeds that are not known", test_unknown},
        {"shares", test_shares},
        {0},
    };
    return check_main("speed_levels", tests, argc, argv);
}
