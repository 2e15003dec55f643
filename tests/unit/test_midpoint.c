/* SPDX-License-Identifier: MIT
 * The midpoint rule is rounded once: known answers to the last bit, and double-double arithmetic
 * against what is known exactly. */
#include "messages/midpoint.h"

#include "base/number.h"
#include "check.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

static double integral(uint64_t intervals) {
    static struct double_double parts[MIDPOINT_BLOCKS_MAX];
    const int blocks = midpoint_blocks(intervals);
    for (int b = blocks - 1; b >= 0; b--) /* in another order than they are added */
        parts[b] = midpoint_block(intervals, b);
    return midpoint_total(parts, blocks);
}

static void known_answers(void) {
    FILE *file = fopen(PLAIT_GOLDEN_DIR "/midpoint.txt", "r");
    char line[256], expected[NUMBER_TEXT_BYTES], got[NUMBER_TEXT_BYTES];
    uint64_t intervals;
    int lines = 0;
    if (!CHECK(file != NULL))
        return;
    while (fgets(line, sizeof line, file)) {
        if (sscanf(line, "%" SCNu64 " %31s", &intervals, expected) != 2)
            continue;
        number_text(integral(intervals), got);
        CHECK_TEXT(expected, got);
        lines++;
    }
    fclose(file);
    CHECK(lines >= 10);
}

/* One block per interval, up to the maximum. 4097 intervals show that each is covered once. */
static void blocks(void) {
    CHECK(midpoint_blocks(1) == 1);
    CHECK(midpoint_blocks(4095) == 4095);
    CHECK(midpoint_blocks(4096) == 4096);
    CHECK(midpoint_blocks((uint64_t)1 << 40) == 4096);
}

static bool is(struct double_double value, double high, double low) {
    return value.high == high && value.low == low;
}

static void arithmetic(void) {
    const double tiny = 0x1p-60;
    const struct double_double third =
        dd_divide((struct double_double){1, 0}, (struct double_double){3, 0});
    CHECK(is(dd_two_sum(1, tiny), 1, tiny));
    CHECK(is(dd_two_sum(tiny, 1), 1, tiny));
    /* (2^30 + 1)^2 = 2^60 + 2^31 + 1, which no double holds. */
    CHECK(is(dd_two_product(0x1p30 + 1, 0x1p30 + 1), 0x1p60 + 0x1p31, 1));
    CHECK(
        is(dd_add((struct double_double){1, tiny}, (struct double_double){-1, tiny}), 2 * tiny, 0));
    /* 1/3 in binary is 0.010101...: the rest after the first double is a third of its last bit. */
    CHECK(third.high == 1.0 / 3.0);
    CHECK(fabs(third.low - 0x1p-54 / 3) <= 0x1p-106);
    const struct double_double one = dd_scale(third, 3);
    CHECK(one.high == 1 && fabs(one.low) <= 0x1p-103);
    /* Half an ulp of what is added is lost in a double, and not here. */
    struct double_double sum = {1, 0};
    for (int k = 0; k < 1024; k++)
        sum = dd_add(sum, (struct double_double){0x1p-63, 0});
    CHECK(is(sum, 1, 0x1p-53));
}

int main(int argc, char **argv) {
    static const struct check_test tests[] = {
        {"known answers", known_answers}, {"blocks", blocks}, {"arithmetic", arithmetic}, {0}};
    return check_main("midpoint", tests, argc, argv);
}
