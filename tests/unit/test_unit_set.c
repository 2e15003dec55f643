/* SPDX-License-Identifier: MIT
 * Sets of units against a plain array of marks, with random pieces. */
#include "base/unit_set.h"
#include "check.h"
#include "random_draw.h"

#include <string.h>

enum { TOTAL = 200 };

static void check_same(const struct unit_set *set, const bool marks[TOTAL]) {
    uint64_t units = 0, index = 0;
    for (int u = 0; u < TOTAL; u++)
        units += marks[u];
    CHECK_INT((int64_t)units, (int64_t)unit_set_units(set));
    for (int u = 0; u < TOTAL; u++) {
        if (!marks[u])
            continue;
        const struct piece piece = unit_set_from(set, index++);
        uint64_t length = 0;
        while (u + (int)length < TOTAL && marks[u + (int)length])
            length++;
        CHECK_INT(u, (int64_t)piece.first);
        CHECK_INT((int64_t)length, (int64_t)piece.count);
    }
    for (size_t k = 0; k + 1 < set->count; k++)
        CHECK(set->items[k].first + set->items[k].count < set->items[k + 1].first);
}

static void check_rest(const struct unit_set *set, const bool marks[TOTAL], uint64_t total) {
    struct unit_set rest;
    bool left[TOTAL] = {false};
    CHECK(unit_set_rest(set, total, &rest));
    for (uint64_t u = 0; u < total; u++)
        left[u] = !marks[u];
    check_same(&rest, left);
    unit_set_free(&rest);
}

static void test_random_pieces(void) {
    uint64_t state = check_seed();
    for (int round = 0; round < 200; round++) {
        struct unit_set set = {0};
        bool marks[TOTAL] = {false};
        for (int k = 0; k < 30; k++) {
            struct piece piece = {random_draw(&state) % TOTAL, random_draw(&state) % 20};
            if (piece.count > TOTAL - piece.first)
                piece.count = TOTAL - piece.first;
            CHECK(unit_set_add(&set, piece));
            memset(marks + piece.first, true, piece.count);
            check_same(&set, marks);
        }
        check_rest(&set, marks, TOTAL);
        check_rest(&set, marks, random_draw(&state) % TOTAL);
        unit_set_free(&set);
    }
}

static void test_empty_and_full(void) {
    struct unit_set set = {0}, rest;
    bool marks[TOTAL] = {false};
    CHECK(unit_set_add(&set, (struct piece){7, 0}));
    CHECK_INT(0, (int64_t)set.count);
    check_rest(&set, marks, TOTAL);
    CHECK(unit_set_rest(&set, 0, &rest));
    CHECK_INT(0, (int64_t)rest.count);
    CHECK(unit_set_add(&set, (struct piece){0, UINT64_MAX}));
    CHECK(unit_set_rest(&set, UINT64_MAX, &rest));
    CHECK_INT(0, (int64_t)rest.count);
    unit_set_free(&rest);
    unit_set_free(&set);
}

int main(int argc, char **argv) {
    static const struct check_test tests[] = {
        {"random pieces", test_random_pieces},
        {"empty and full", test_empty_and_full},
        {NULL, NULL},
    };
    return check_main("unit_set", tests, argc, argv);
}
