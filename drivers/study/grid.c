/* SPDX-License-Identifier: MIT
 * Lists of numbers, and their combinations. */
#include "study/grid.h"

#include "base/number.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { COUNT_MAX = 1000000000 };

/* -- lists of whole numbers ----------------------------------------------------------------------
 */

struct list_reader {
    struct counts *counts;
    const char *where;
    uint64_t most;
    struct failure *failure;
};

static bool grid_read_number(const struct list_reader *reader, const char *text, uint64_t *value) {
    if (strcmp(text, "max") == 0) {
        *value = reader->most;
        return true;
    }
    const char *why = number_count(text, value);
    if (why)
        return failure_set(reader->failure, EXIT_USAGE, "%s: '%s' %s", reader->where, text, why);
    return (*value > 0 && *value <= COUNT_MAX) ||
           failure_set(reader->failure, EXIT_USAGE, "%s: '%s' is out of range: give 1 to %d",
                       reader->where, text, COUNT_MAX);
}

static bool list_add(const struct list_reader *reader, uint64_t value) {
    struct counts *counts = reader->counts;
    size_t k = 0;
    while (k < counts->count && counts->items[k] < value)
        k++;
    if (k < counts->count && counts->items[k] == value)
        return true;
    if (counts->count == GRID_COUNTS_MAX)
        return failure_set(reader->failure, EXIT_USAGE, "%s: more than %d numbers", reader->where,
                           GRID_COUNTS_MAX);
    memmove(counts->items + k + 1, counts->items + k, (counts->count - k) * sizeof *counts->items);
    counts->items[k] = value;
    counts->count++;
    return true;
}

/* "A..B" or "A..B*F", its dots being zeros already. Powers of one base are a range of exponents. */
static bool read_range(const struct list_reader *reader, const char *from, char *to) {
    uint64_t first, last, factor = 1;
    char *star = strchr(to, '*');
    const char *from_power = strchr(from, '^'), *to_power = strchr(to, '^');
    if (star) {
        *star = '\0';
        if (!grid_read_number(reader, star + 1, &factor))
            return false;
        if (factor < 2)
            return failure_set(reader->failure, EXIT_USAGE,
                               "%s: the factor of a range must be 2 or more", reader->where);
    } else if (from_power && to_power && from_power - from == to_power - to &&
               strncmp(from, to, (size_t)(from_power - from)) == 0) {
        char base[32];
        snprintf(base, sizeof base, "%.*s", (int)(from_power - from), from);
        if (!grid_read_number(reader, base, &factor))
            return false;
    }
    if (!grid_read_number(reader, from, &first) || !grid_read_number(reader, to, &last))
        return false;
    if (first > last)
        return failure_set(reader->failure, EXIT_USAGE,
                           "%s: the range %" PRIu64 "..%" PRIu64 " has nothing in it",
                           reader->where, first, last);
    for (uint64_t value = first;;) {
        if (!list_add(reader, value))
            return false;
        if (factor > 1 ? value > last / factor : value == last)
            return true;
        value = factor > 1 ? value * factor : value + 1;
    }
}

bool counts_parse(struct counts *counts, const char *where, const char *text, uint64_t most,
                  struct failure *failure) {
    const struct list_reader reader = {counts, where, most, failure};
    char *copy = strdup(text), *rest = copy, *item;
    bool good = copy || study_out_of_memory(failure);
    counts->count = 0;
    while (good && (item = strsep(&rest, ","))) {
        char *dots = strstr(item, "..");
        uint64_t value;
        if (dots) {
            *dots = '\0';
            good = read_range(&reader, item, dots + 2);
        } else if (*item == '\0') {
            good = failure_set(failure, EXIT_USAGE, "%s: '%s' has an empty item", where, text);
        } else {
            good = grid_read_number(&reader, item, &value) && list_add(&reader, value);
        }
    }
    free(copy);
    return good;
}

/* -- points --------------------------------------------------------------------------------------
 */

static bool same_text(const char *a, const char *b) {
    return a == b || (a && b && strcmp(a, b) == 0);
}

uint64_t point_cores(const struct point *point) {
    return point->ranks * point->threads;
}

bool grid_same_setting(const struct grid *grid, size_t a, size_t b) {
    for (size_t k = 0; k < grid->names.count; k++)
        if (!same_text(grid->points[a].values[k], grid->points[b].values[k]))
            return false;
    return true;
}

/* Whether b's point has every value that a's has. */
static bool has_values_of(const struct grid *a, const struct point *x, const struct grid *b,
                          const struct point *y) {
    for (size_t k = 0; k < a->names.count; k++) {
        const size_t other = texts_find(&b->names, a->names.items[k]);
        if (x->values[k] && (other == b->names.count || !same_text(x->values[k], y->values[other])))
            return false;
    }
    return true;
}

bool grid_same_point(const struct grid *a, size_t index, const struct grid *b, size_t other) {
    const struct point *x = &a->points[index], *y = &b->points[other];
    return x->ranks == y->ranks && x->threads == y->threads && has_values_of(a, x, b, y) &&
           has_values_of(b, y, a, x);
}

bool grid_name(struct grid *grid, const char *name, size_t *index, struct failure *failure) {
    *index = texts_find(&grid->names, name);
    if (*index < grid->names.count)
        return true;
    if (!texts_add(&grid->names, name, failure))
        return false;
    /* The points so far have no value for it. */
    for (size_t p = 0; p < grid->count; p++) {
        char **values = realloc(grid->points[p].values, grid->names.count * sizeof *values);
        if (!values)
            return study_out_of_memory(failure);
        values[*index] = NULL;
        grid->points[p].values = values;
    }
    return true;
}

bool grid_find(struct grid *grid, uint64_t ranks, uint64_t threads, char *const *values,
               size_t *index, struct failure *failure) {
    const size_t names = grid->names.count;
    for (*index = 0; *index < grid->count; ++*index) {
        const struct point *point = &grid->points[*index];
        size_t k = 0;
        if (point->ranks != ranks || point->threads != threads)
            continue;
        while (k < names && same_text(point->values[k], values[k]))
            k++;
        if (k == names)
            return true;
    }
    if (grid->count == GRID_POINTS_MAX)
        return failure_set(failure, EXIT_USAGE, "more than %d points", GRID_POINTS_MAX);
    if (grid->count == grid->capacity) {
        const size_t capacity = grid->capacity ? 2 * grid->capacity : 16;
        struct point *points = realloc(grid->points, capacity * sizeof *points);
        if (!points)
            return study_out_of_memory(failure);
        grid->points = points;
        grid->capacity = capacity;
    }
    struct point point = {ranks, threads, calloc(names + 1, sizeof *point.values)};
    bool good = point.values != NULL;
    for (size_t k = 0; good && k < names; k++)
        good = !values[k] || (point.values[k] = strdup(values[k]));
    grid->points[grid->count++] = point;
    return good || study_out_of_memory(failure);
}

bool grid_find_of(struct grid *grid, const struct grid *other, size_t point, size_t *index,
                  struct failure *failure) {
    size_t name;
    for (size_t k = 0; k < other->names.count; k++)
        if (!grid_name(grid, other->names.items[k], &name, failure))
            return false;
    char **values = calloc(grid->names.count + 1, sizeof *values);
    if (!values)
        return study_out_of_memory(failure);
    for (size_t k = 0; k < other->names.count; k++)
        values[texts_find(&grid->names, other->names.items[k])] = other->points[point].values[k];
    const bool good = grid_find(grid, other->points[point].ranks, other->points[point].threads,
                                values, index, failure);
    free(values);
    return good;
}

/* One setting taken apart: the index of its name, and its values. */
struct setting {
    size_t name;
    struct texts values;
};

static bool setting_parse(struct grid *grid, const char *text, struct setting *setting,
                          struct failure *failure) {
    const char *equals = strchr(text, '=');
    char name[64];
    if (!equals || equals == text || (size_t)(equals - text) >= sizeof name)
        return failure_set(failure, EXIT_USAGE, "--set: '%s' is not NAME=VALUE,VALUE...", text);
    snprintf(name, sizeof name, "%.*s", (int)(equals - text), text);
    if (strcmp(name, "ranks") == 0 || strcmp(name, "threads") == 0)
        return failure_set(failure, EXIT_USAGE, "--set: %s has an option of its own, --%s", name,
                           name);
    if (!grid_name(grid, name, &setting->name, failure))
        return false;
    for (const char *value = equals + 1;;) {
        const size_t bytes = strcspn(value, ",");
        if (bytes == 0)
            return failure_set(failure, EXIT_USAGE, "--set: '%s' has an empty value", text);
        if (!texts_add_part(&setting->values, value, bytes, failure))
            return false;
        if (!value[bytes])
            return true;
        value += bytes + 1;
    }
}

/* Adds a combination for all ranks and threads. choice[s] is the value taken of setting s. */
static bool add_choice(struct grid *grid, const struct grid_axes *axes,
                       const struct setting *settings, const size_t *choice,
                       struct failure *failure) {
    size_t index;
    char **values = calloc(grid->names.count + 1, sizeof *values);
    bool good = values || study_out_of_memory(failure);
    for (size_t s = 0; good && s < axes->setting_count; s++)
        values[settings[s].name] = settings[s].values.items[choice[s]];
    for (size_t r = 0; good && r < axes->ranks->count; r++)
        for (size_t t = 0; good && t < axes->threads->count; t++)
            good = grid_find(grid, axes->ranks->items[r], axes->threads->items[t], values, &index,
                             failure);
    free(values);
    return good;
}

/* Whether the axes have few enough points, which takes long to find one by one. */
static bool check_extent(const struct grid_axes *axes, const struct setting *settings,
                         struct failure *failure) {
    size_t points = axes->ranks->count * axes->threads->count; /* each at most GRID_COUNTS_MAX */
    for (size_t s = 0; s < axes->setting_count && points <= GRID_POINTS_MAX; s++)
        if (s == 0 || !axes->zip)
            points *= settings[s].values.count; /* as many as fit on a command line */
    return points <= GRID_POINTS_MAX ||
           failure_set(failure, EXIT_USAGE,
                       "more than %d points: give fewer values, or several studies",
                       GRID_POINTS_MAX);
}

bool grid_add_axes(struct grid *grid, const struct grid_axes *axes, struct failure *failure) {
    const size_t count = axes->setting_count;
    struct setting *settings = calloc(count + 1, sizeof *settings);
    size_t *choice = calloc(count + 1, sizeof *choice);
    bool good = (settings && choice) || study_out_of_memory(failure);
    for (size_t s = 0; good && s < count; s++) {
        good = setting_parse(grid, axes->settings[s], &settings[s], failure);
        for (size_t before = 0; good && before < s; before++)
            if (settings[before].name == settings[s].name)
                good = failure_set(failure, EXIT_USAGE, "--set: '%s' is given twice",
                                   grid->names.items[settings[s].name]);
        if (good && axes->zip && settings[s].values.count != settings[0].values.count)
            good = failure_set(
                failure, EXIT_USAGE,
                "--zip: lists of %zu and of %zu values cannot be walked through together",
                settings[0].values.count, settings[s].values.count);
    }
    good = good && check_extent(axes, settings, failure);
    for (bool more = good; more;) {
        good = add_choice(grid, axes, settings, choice, failure);
        more = false; /* the next combination: an odometer, or all wheels together */
        for (size_t s = count; good && s-- > 0 && (axes->zip || !more);) {
            more = ++choice[s] < settings[s].values.count;
            if (!more)
                choice[s] = 0;
        }
    }
    for (size_t s = 0; settings && s < count; s++)
        texts_free(&settings[s].values);
    free(settings);
    free(choice);
    return good;
}

/* -- words for a point ---------------------------------------------------------------------------
 */

static void append_settings(const struct grid *grid, size_t index, const char *link, char *text,
                            size_t bytes) {
    for (size_t k = 0; k < grid->names.count; k++) {
        const char *value = grid->points[index].values[k];
        const size_t used = strlen(text);
        if (value)
            snprintf(text + used, bytes - used, "%s%s=%s", used ? link : "", grid->names.items[k],
                     value);
    }
}

void grid_label(const struct grid *grid, size_t index, char *text, size_t bytes) {
    const struct point *point = &grid->points[index];
    snprintf(text, bytes, "ranks=%" PRIu64 " threads=%" PRIu64, point->ranks, point->threads);
    append_settings(grid, index, " ", text, bytes);
}

void grid_setting(const struct grid *grid, size_t index, char *text, size_t bytes) {
    text[0] = '\0';
    append_settings(grid, index, ", ", text, bytes);
}

void grid_free(struct grid *grid) {
    for (size_t p = 0; p < grid->count; p++) {
        for (size_t k = 0; grid->points[p].values && k < grid->names.count; k++)
            free(grid->points[p].values[k]);
        free(grid->points[p].values);
    }
    free(grid->points);
    texts_free(&grid->names);
    *grid = (struct grid){0};
}
