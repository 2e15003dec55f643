/* SPDX-License-Identifier: MIT
 * From smooth values and distances to palette indices: the logarithmic scales against ones in
 * doubles. */
#include "check.h"
#include "image/distance_colour.h"
#include "image/smooth_colour.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static int index_of(const struct smooth_scale *scale, int64_t value) {
    const int32_t count = (int32_t)(value / PLAIT_SMOOTH_UNIT),
                  part = (int32_t)(value % PLAIT_SMOOTH_UNIT);
    uint8_t index;
    smooth_indices(scale, &count, &part, 1, &index, 1);
    return index;
}

/* floor(255 log2(1 + t) / log2(1 + T)), in doubles. */
static double index_in_doubles(int64_t offset, int64_t span) {
    const double units = PLAIT_SMOOTH_UNIT;
    return 255 * log2(1 + (double)offset / units) / log2(1 + (double)span / units);
}

static void check_scale(int64_t min, int64_t span) {
    const struct plait_smooth_range range = {min, min + span};
    struct smooth_scale scale;
    int last = 0;
    smooth_scale_fill(&scale, &range);
    CHECK_INT(0, index_of(&scale, min));
    CHECK_INT(254, index_of(&scale, min + span));
    for (int k = 0; k <= 4096; k++) {
        const int64_t offset = (int64_t)((double)span * pow(k / 4096.0, 4));
        const int index = index_of(&scale, min + offset);
        const double expected = index_in_doubles(offset, span);
        CHECK(index >= last);
        if (!(index <= expected + 1e-3 && (index >= floor(expected - 1e-3) || index == 254)))
            check_that(false, __FILE__, __LINE__, "offset %lld of %lld: %d, in doubles %g",
                       (long long)offset, (long long)span, index, expected);
        last = index;
    }
    /* The first value of each index, and the one before it, whatever is guessed. */
    for (int k = 0; k < SMOOTH_INSIDE; k++) {
        if (scale.first[k] == INT64_MAX)
            continue;
        CHECK(index_of(&scale, scale.first[k]) >= k);
        CHECK(k == 0 || scale.first[k] == min || index_of(&scale, scale.first[k] - 1) < k);
    }
}

static void test_scale(void) {
    check_scale(0, 100 * (int64_t)PLAIT_SMOOTH_UNIT);
    check_scale(7 * (int64_t)PLAIT_SMOOTH_UNIT / 3, 3 * (int64_t)PLAIT_SMOOTH_UNIT);
    check_scale(0, 5000 * (int64_t)PLAIT_SMOOTH_UNIT + 12345);
    check_scale(0, 2147483640 * (int64_t)PLAIT_SMOOTH_UNIT);
    check_scale(123, PLAIT_SMOOTH_UNIT / 16);
}

/* One value, two values, none. */
static void test_narrow_scales(void) {
    struct smooth_scale scale;
    smooth_scale_fill(&scale, &(struct plait_smooth_range){77, 77});
    CHECK_INT(0, index_of(&scale, 77));
    smooth_scale_fill(&scale, &(struct plait_smooth_range){77, 78});
    CHECK_INT(0, index_of(&scale, 77));
    CHECK(index_of(&scale, 78) > 100);

    const struct plait_smooth_range none = plait_smooth_range_empty();
    const int32_t count = 50, part = PLAIT_SMOOTH_NEVER;
    uint8_t index = 1;
    smooth_scale_fill(&scale, &none);
    smooth_indices(&scale, &count, &part, 1, &index, 1);
    CHECK_INT(SMOOTH_INSIDE, index);
}

static int grey_of(const struct grey_scale *scale, double value) {
    uint8_t bytes[2];
    grey_scale_row(scale, &value, 1, bytes);
    return bytes[0] << 8 | bytes[1];
}

/* 1 + floor(65535 log2(1 + v - min) / log2(1 + max - min)) of 16 bits, 0 for infinity. */
static void test_greys(void) {
    const double ranges[][2] = {{0.25, 100}, {-3.5, 2147483000}, {1e6, 1e6 + 3}, {-1, -0.5}};
    for (size_t r = 0; r < sizeof ranges / sizeof *ranges; r++) {
        const double min = ranges[r][0], max = ranges[r][1], units = PLAIT_SMOOTH_UNIT;
        struct grey_scale scale;
        int last = 0;
        grey_scale_fill(
            &scale, &(struct plait_smooth_range){(int64_t)(min * units), (int64_t)(max * units)});
        CHECK_INT(1, grey_of(&scale, min));
        CHECK_INT(1, grey_of(&scale, min + 0.9 / units));
        CHECK_INT(65535, grey_of(&scale, max));
        CHECK_INT(0, grey_of(&scale, INFINITY));
        for (int k = 0; k <= 1000; k++) {
            const double value = min + (max - min) * pow(k / 1000.0, 3);
            const double expected = 1 + 65535 * log2(1 + value - min) / log2(1 + max - min);
            const int grey = grey_of(&scale, value);
            CHECK(grey >= last && fabs(grey + 0.5 - fmin(expected, 65535.5)) < 0.8);
            last = grey;
        }
    }
    struct grey_scale scale; /* one value; none */
    grey_scale_fill(&scale, &(struct plait_smooth_range){77, 77});
    CHECK_INT(1, grey_of(&scale, 77.0 / PLAIT_SMOOTH_UNIT));
    const struct plait_smooth_range none = plait_smooth_range_empty();
    grey_scale_fill(&scale, &none);
    CHECK_INT(0, grey_of(&scale, INFINITY));
}

/* floor(255 log2(1 + 4 d) / log2(1 + 4 D)) of a distance d in pixels, whose samples say it in units
 * of their own, D being a quarter of the mean side. */
static void check_distances(uint32_t width, uint32_t height, uint32_t samples) {
    struct distance_scale scale;
    const double most = (width + height) / 8.0;
    int last = 0;
    distance_scale_fill(&scale, width * samples, height * samples, samples);
    for (int k = 0; k <= 2000; k++) {
        const double pixels = 2 * most * pow(k / 2000.0, 3);
        const int32_t part = (int32_t)(pixels * PLAIT_DISTANCE_UNIT * samples);
        const double drawn = fmin(part / (double)PLAIT_DISTANCE_UNIT / samples, most);
        const double expected = 255 * log2(1 + 4 * drawn) / log2(1 + 4 * most);
        uint8_t index;
        distance_indices(&scale, &part, 1, &index, 1);
        CHECK(index >= last);
        if (!(index <= expected + 1e-3 && (index >= floor(expected - 1e-2) || index == 254)))
            check_that(false, __FILE__, __LINE__, "%g pixels of %g: %d, in doubles %g", drawn, most,
                       index, expected);
        last = index;
    }
    const int32_t ends[] = {0, INT32_MAX, PLAIT_DISTANCE_NEVER};
    uint8_t indices[3];
    distance_indices(&scale, ends, 3, indices, 2);
    CHECK_INT(0, indices[0]);
    CHECK_INT(254, indices[1]);
    CHECK_INT(SMOOTH_INSIDE, indices[2]);
}

static void test_distances(void) {
    check_distances(1200, 800, 1);
    check_distances(300, 201, 3);
    check_distances(5, 3, 16);
    check_distances(1, 1, 1);
    check_distances(32768, 32768, 1);
}

static void test_palette(void) {
    const struct palette palette = smooth_palette(&palette_turbo);
    CHECK(memcmp(palette.rgb[0], palette_turbo.rgb[0], 3) == 0);
    CHECK(memcmp(palette.rgb[126], palette_turbo.rgb[126], 3) == 0);
    CHECK(memcmp(palette.rgb[127], palette_turbo.rgb[128], 3) == 0);
    CHECK(memcmp(palette.rgb[254], palette_turbo.rgb[255], 3) == 0);
    CHECK(palette.rgb[255][0] == 0 && palette.rgb[255][1] == 0 && palette.rgb[255][2] == 0);
}

int main(int argc, char **argv) {
    static const struct check_test tests[] = {
        {"scale", test_scale},
        {"narrow scales", test_narrow_scales},
        {"distances", test_distances},
        {"palette", test_palette},
        {"greys of 16 bits", test_greys},
        {0},
    };
    return check_main("smooth_colour", tests, argc, argv);
}
