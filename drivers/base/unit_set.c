/* SPDX-License-Identifier: MIT
 * Sets of units. */
#include "base/unit_set.h"

#include <stdlib.h>
#include <string.h>

static uint64_t end_of(struct piece piece) {
    return piece.first + piece.count;
}

static bool unit_set_grow(struct unit_set *set) {
    if (set->count < set->capacity)
        return true;
    const size_t capacity = set->capacity > 0 ? 2 * set->capacity : 16;
    struct piece *items = realloc(set->items, capacity * sizeof *items);
    if (!items)
        return false;
    set->items = items;
    set->capacity = capacity;
    return true;
}

bool unit_set_add(struct unit_set *set, struct piece piece) {
    if (piece.count == 0)
        return true;
    size_t from = set->count, to;
    while (from > 0 && end_of(set->items[from - 1]) >= piece.first)
        from--;
    /* Items [from, to) touch the piece and become one with it. */
    for (to = from; to < set->count && set->items[to].first <= end_of(piece); to++)
        ;
    if (to == from && !unit_set_grow(set))
        return false;
    if (to > from) {
        const uint64_t last = end_of(set->items[to - 1]);
        const uint64_t end = last > end_of(piece) ? last : end_of(piece);
        if (set->items[from].first < piece.first)
            piece.first = set->items[from].first;
        piece.count = end - piece.first;
    }
    memmove(set->items + from + 1, set->items + to, (set->count - to) * sizeof *set->items);
    set->items[from] = piece;
    set->count = set->count + 1 - (to - from);
    return true;
}

uint64_t unit_set_units(const struct unit_set *set) {
    uint64_t units = 0;
    for (size_t k = 0; k < set->count; k++)
        units += set->items[k].count;
    return units;
}

bool unit_set_rest(const struct unit_set *set, uint64_t total, struct unit_set *rest) {
    uint64_t next = 0;
    *rest = (struct unit_set){0};
    for (size_t k = 0; k < set->count && next < total; k++) {
        const uint64_t first = set->items[k].first < total ? set->items[k].first : total;
        if (!unit_set_add(rest, (struct piece){next, first - next}))
            return false;
        next = end_of(set->items[k]);
    }
    return next >= total || unit_set_add(rest, (struct piece){next, total - next});
}

struct piece unit_set_from(const struct unit_set *set, uint64_t index) {
    size_t k = 0;
    for (; index >= set->items[k].count; k++)
        index -= set->items[k].count;
    return (struct piece){set->items[k].first + index, set->items[k].count - index};
}

void unit_set_free(struct unit_set *set) {
    free(set->items);
    *set = (struct unit_set){0};
}
