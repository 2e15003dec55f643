/* SPDX-License-Identifier: MIT
 * Histograms of counts against counting one by one, equalised indices against their formula, and
 * colours that repeat. */
#include "check.h"
#include "image/count_histogram.h"
#include "image/smooth_colour.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

static uint64_t random_state;

static uint32_t random_below(uint32_t end) {
    random_state = random_state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)((random_state >> 33) % end);
}

/* Bins follow each other without a gap, and none is wider than a 2^17th of its counts. */
static void test_bins(void) {
    const int32_t exact = 1 << COUNT_BIN_BITS;
    for (int32_t count = 0; count < exact; count += 1 + count / 512)
        CHECK_INT(count, (int64_t)count_bin(count));
    CHECK_INT(exact - 1, (int64_t)count_bin(exact - 1));
    for (int bit = COUNT_BIN_BITS; bit < 31; bit++) {
        const int32_t power = (int32_t)(UINT32_C(1) << bit);
        const int32_t width = power >> (COUNT_BIN_BITS - 1);
        CHECK_INT((int64_t)count_bin(power), (int64_t)count_bin(power - 1) + 1);
        CHECK_INT((int64_t)count_bin(power), (int64_t)count_bin(power + width - 1));
        CHECK_INT((int64_t)count_bin(power) + 1, (int64_t)count_bin(power + width));
    }
    CHECK_INT(15 * (1 << (COUNT_BIN_BITS - 1)) - 1, (int64_t)count_bin(INT32_MAX));
}

/* floor(254 part / whole + 1/2), part among the counts up to this one but the least. */
static int expected_index(const int32_t *counts, size_t pixels, int32_t inside, int32_t count) {
    int32_t least = INT32_MAX;
    uint64_t part = 0, whole = 0;
    for (size_t k = 0; k < pixels; k++)
        least = counts[k] < least ? counts[k] : least;
    for (size_t k = 0; k < pixels; k++)
        if (counts[k] < inside && count_bin(counts[k]) > count_bin(least)) {
            whole++;
            part += count_bin(counts[k]) <= count_bin(count);
        }
    return whole == 0 ? 0 : (int)((254 * part + whole / 2) / whole);
}

/* The same indices for any cut into tables; those of colour_table are the same ones. */
static void check_indices(const int32_t *counts, size_t pixels, int32_t inside) {
    uint8_t *indices = malloc(pixels);
    struct colour_table *table = malloc(sizeof *table);
    for (int threads = 1; threads <= 3; threads++) {
        struct count_histogram histogram;
        CHECK(count_histogram_begin(&histogram, inside, threads));
        for (size_t first = 0, turn = 0; first < pixels; turn++) {
            const size_t left = pixels - first, some = 1 + random_below(40);
            count_histogram_add(&histogram, counts + first, some < left ? some : left,
                                (int)(turn % (size_t)threads));
            first += some < left ? some : left;
        }
        uint8_t *levels = malloc(histogram.bins);
        const size_t used = count_histogram_fold(&histogram);
        CHECK_INT((int64_t)used, (int64_t)count_histogram_fold(&histogram));
        for (size_t bin = used; bin < histogram.bins * (size_t)threads; bin++)
            if (histogram.tables[bin] != 0)
                CHECK_INT(-1, (int64_t)bin);
        count_levels_fill(&histogram, levels);
        const struct colour colour = {.levels = levels, .inside = inside};
        colour_table_fill(table, &colour);
        colour_indices(table, counts, pixels, indices);
        for (size_t k = 0; k < pixels; k++)
            if (counts[k] >= inside)
                CHECK_INT(COLOUR_INSIDE, indices[k]);
            else
                CHECK_INT(expected_index(counts, pixels, inside, counts[k]), indices[k]);
        free(levels);
        count_histogram_end(&histogram);
    }
    free(table);
    free(indices);
}

static void test_indices(void) {
    enum { PIXELS = 300 };
    int32_t counts[PIXELS];
    random_state = check_seed();
    /* The last count that escapes is in one bin with those that do not, from 2^18 on. */
    const int32_t ends[] = {1, 2, 7, 1000, 300001, 5000001, INT32_MAX};
    for (size_t k = 0; k < sizeof ends / sizeof *ends; k++) {
        for (size_t i = 0; i < PIXELS; i++) /* neighbours often have one count */
            counts[i] = i % 3 == 1   ? counts[i - 1]
                        : i % 7 == 0 ? ends[k] - (i % 2 == 0)
                                     : (int32_t)random_below((uint32_t)ends[k] + 1);
        check_indices(counts, PIXELS, ends[k]);
    }
    for (size_t i = 0; i < PIXELS; i++)
        counts[i] = 12;
    check_indices(counts, PIXELS, 100); /* one count */
    check_indices(counts, PIXELS, 12);  /* none escapes */
    counts[7] = 13;
    check_indices(counts, PIXELS, 100); /* two: the first and the last colour */
}

/* floor(255 (count mod cycle) / cycle); for smooth values in their units. */
static void test_cycle(void) {
    const uint32_t cycles[] = {1, 2, 50, 255, 1000, INT32_MAX};
    struct colour_table *table = malloc(sizeof *table);
    struct smooth_scale *scale = malloc(sizeof *scale);
    const struct plait_smooth_range range = {0, 1};
    for (size_t c = 0; c < sizeof cycles / sizeof *cycles; c++)
        for (int k = 0; k < 1000; k++) {
            const int32_t inside = INT32_MAX - 1;
            const int32_t count = k == 0 ? 0 : (int32_t)(random_below(1u << (k % 30 + 1)));
            const struct colour colour = {.cycle = cycles[c], .inside = inside};
            uint8_t index;
            colour_table_fill(table, &colour);
            colour_indices(table, &count, 1, &index);
            CHECK_INT((int64_t)(count % (int64_t)cycles[c] * 255 / cycles[c]), index);

            const int32_t part = (int32_t)random_below(1u << 24) - (1 << 23);
            const int64_t units = (int64_t)cycles[c] * PLAIT_SMOOTH_UNIT;
            const int64_t value = (int64_t)count * PLAIT_SMOOTH_UNIT + part;
            const int64_t rest = (value % units + units) % units;
            smooth_scale_fill(scale, &range);
            smooth_scale_repeat(scale, cycles[c]);
            smooth_indices(scale, &count, &part, 1, &index, 1);
            CHECK_INT((int64_t)((double)rest * 255 / (double)units), index);
        }
    uint8_t index;
    const int32_t inside = 20, never = PLAIT_SMOOTH_NEVER;
    smooth_indices(scale, &inside, &never, 1, &index, 1);
    CHECK_INT(SMOOTH_INSIDE, index);
    const struct colour colour = {.cycle = 7, .inside = inside};
    colour_table_fill(table, &colour);
    colour_indices(table, &inside, 1, &index);
    CHECK_INT(COLOUR_INSIDE, index);
    free(scale);
    free(table);
}

/* The largest difference of a channel. */
static int step_between(const uint8_t a[3], const uint8_t b[3]) {
    int most = 0;
    for (int k = 0; k < 3; k++)
        most = abs(a[k] - b[k]) > most ? abs(a[k] - b[k]) : most;
    return most;
}

/* A palette whose ends differ goes there and back: both ends are reached, and no step is larger
 * than three of its own. */
static void test_there_and_back(void) {
    static const uint8_t black[3] = {0};
    const struct palette *palette;
    for (size_t p = 0; (palette = palette_at(p)); p++) {
        const struct palette cyclic = cyclic_palette(palette);
        int largest = 0, first = 0, last = 0;
        for (size_t k = 1; k < PALETTE_COLOURS; k++) {
            const int step = step_between(palette->rgb[k - 1], palette->rgb[k]);
            largest = step > largest ? step : largest;
        }
        for (size_t k = 0; k < SMOOTH_INSIDE; k++) {
            const uint8_t *next = cyclic.rgb[(k + 1) % SMOOTH_INSIDE];
            CHECK(step_between(cyclic.rgb[k], next) <= 3 * largest);
            CHECK(k == 0 || memcmp(cyclic.rgb[k], cyclic.rgb[SMOOTH_INSIDE - k], 3) == 0);
            first += memcmp(cyclic.rgb[k], palette->rgb[0], 3) == 0;
            last += memcmp(cyclic.rgb[k], palette->rgb[PALETTE_COLOURS - 1], 3) == 0;
        }
        CHECK(memcmp(cyclic.rgb[0], palette->rgb[0], 3) == 0);
        CHECK(first >= 1 && last >= 2);
        CHECK(memcmp(cyclic.rgb[SMOOTH_INSIDE], black, 3) == 0);
    }
}

static uint8_t triangle_wave(int k) {
    return (uint8_t)(k % 256 < 128 ? 2 * (k % 256) : 511 - 2 * (k % 256));
}

/* One that ends near where it begins is gone through from its first colour to its last. */
static void test_closed(void) {
    struct palette circle = {.name = "circle"};
    for (int k = 0; k < PALETTE_COLOURS; k++) {
        circle.rgb[k][0] = triangle_wave(k);
        circle.rgb[k][1] = triangle_wave(k + 64);
    }
    const struct palette closed = cyclic_palette(&circle);
    CHECK(memcmp(closed.rgb[0], circle.rgb[0], 3) == 0);
    CHECK(memcmp(closed.rgb[60], circle.rgb[60], 3) == 0);
    CHECK(memcmp(closed.rgb[254], circle.rgb[255], 3) == 0);
    CHECK(memcmp(closed.rgb[60], closed.rgb[SMOOTH_INSIDE - 60], 3) != 0);
    for (int k = 0; k < PALETTE_COLOURS; k++) /* the ends are 3 apart, neighbours 2 at most */
        circle.rgb[k][2] = (uint8_t)(k / 64);
    const struct palette open = cyclic_palette(&circle);
    CHECK(memcmp(open.rgb[60], open.rgb[SMOOTH_INSIDE - 60], 3) == 0);
}

int main(int argc, char **argv) {
    static const struct check_test tests[] = {
        {"bins", test_bins},
        {"equalised indices", test_indices},
        {"colours that repeat", test_cycle},
        {"there and back", test_there_and_back},
        {"a closed palette", test_closed},
        {0},
    };
    return check_main("count_histogram", tests, argc, argv);
}
