/* SPDX-License-Identifier: MIT
 * Maps counts to palette indices in integers, so that every machine draws the same picture. */
#include "image/colour.h"

#include "image/count_histogram.h"

int32_t colour_value(enum colour_value value, int32_t count) {
    if (value == COLOUR_COUNT)
        return count;
    return count < 254 ? 255 - count : 1;
}

struct colour_range colour_range_empty(void) {
    return (struct colour_range){.min = INT32_MAX, .max = INT32_MIN};
}

struct colour_range colour_range_of(enum colour_value value, const int32_t *counts, size_t pixels) {
    struct colour_range range = colour_range_empty();
    if (pixels == 0)
        return range;
    for (size_t k = 0; k < pixels; k++) {
        range.min = counts[k] < range.min ? counts[k] : range.min;
        range.max = counts[k] > range.max ? counts[k] : range.max;
    }
    /* Both mappings are monotone, so the ends of the counts give the ends of the values. */
    const int32_t a = colour_value(value, range.min);
    const int32_t b = colour_value(value, range.max);
    return (struct colour_range){.min = a < b ? a : b, .max = a < b ? b : a};
}

struct colour_range colour_range_merge(struct colour_range a, struct colour_range b) {
    return (struct colour_range){.min = a.min < b.min ? a.min : b.min,
                                 .max = a.max > b.max ? a.max : b.max};
}

/* min(255, floor(256 * offset / span)) with offset = value - min, 0 <= offset <= span < 2^31.
 *
 * matplotlib computes floor(256 * fl(offset / span)) in doubles. That is the same: an exact k/256
 * comes out exactly, and a quotient below k/256 is at least 1/(256 * span) below it, which is
 * relatively more than 1/(256 * span) > 2^-39. Rounding moves it by 2^-53 at most, so never up to
 * k/256; the multiplication by 256 is exact. */
static uint8_t colour_index_of(uint32_t offset, uint32_t span) {
    if (span == 0)
        return 0;
    const uint64_t index = (uint64_t)offset * 256 / span;
    return index > 255 ? 255 : (uint8_t)index;
}

void colour_table_fill(struct colour_table *table, const struct colour *colour) {
    const struct colour_range *range = &colour->range;
    table->colour = *colour;
    table->value = colour->value;
    table->min = range->min;
    table->span = range->min < range->max ? (uint32_t)range->max - (uint32_t)range->min : 0;
    if (table->span > COLOUR_TABLE_SPAN_MAX)
        return;
    for (uint32_t offset = 0; offset <= table->span; offset++)
        table->index[offset] = colour_index_of(offset, table->span);
}

static uint32_t offset_of(const struct colour_table *table, int32_t count) {
    const int32_t value = colour_value(table->value, count);
    const uint32_t offset = value > table->min ? (uint32_t)value - (uint32_t)table->min : 0;
    return offset < table->span ? offset : table->span;
}

/* floor(255 * (count mod cycle) / cycle). */
static uint8_t cyclic_index(const struct colour *colour, int32_t count) {
    return (uint8_t)((uint64_t)((uint32_t)count % colour->cycle) * COLOUR_INSIDE / colour->cycle);
}

void colour_indices(const struct colour_table *table, const int32_t *counts, size_t pixels,
                    uint8_t *indices) {
    const struct colour *colour = &table->colour;
    if (colour->cycle > 0 || colour->levels)
        for (size_t k = 0; k < pixels; k++)
            indices[k] = counts[k] >= colour->inside ? COLOUR_INSIDE
                         : colour->cycle > 0         ? cyclic_index(colour, counts[k])
                                                     : colour->levels[count_bin(counts[k])];
    else if (table->span <= COLOUR_TABLE_SPAN_MAX)
        for (size_t k = 0; k < pixels; k++)
            indices[k] = table->index[offset_of(table, counts[k])];
    else
        for (size_t k = 0; k < pixels; k++)
            indices[k] = colour_index_of(offset_of(table, counts[k]), table->span);
}
