/* SPDX-License-Identifier: MIT
 * The picture again, in one process: counts by libplait, checksum, colours, and the pixels of the
 * file against them. */
#include "cmd/rerun_check.h"

#include "cmd/picture_options.h"
#include "core/memory.h"
#include "image/colour.h"
#include "image/palette.h"
#include "image/reader_png.h"
#include "plait/digest.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct again {
    const char *path;
    struct picture_options options;
    struct plait_escape escape;
    int32_t *counts;   /* [height][width] */
    uint64_t *digests; /* [height] */
    uint64_t fnv1a;
};

/* The pixels of a file beside those that the counts give. */
struct comparison {
    const struct again *again;
    const struct palette *palette;
    struct colour_table colours;
    uint32_t width, height; /* of the file */
    uint64_t changed;       /* pixels */
    uint8_t indices[];      /* [width] of the picture */
};

static uint64_t pixels_of(const struct plait_escape *escape) {
    return (uint64_t)escape->width * escape->height;
}

static bool allocate(struct again *again, struct failure *failure) {
    const uint64_t bytes = pixels_of(&again->escape) * sizeof *again->counts;
    if (bytes <= SIZE_MAX / 2 && bytes <= memory_available_bytes()) {
        again->counts = malloc((size_t)bytes);
        again->digests = malloc(again->escape.height * sizeof *again->digests);
    }
    if (again->counts && again->digests)
        return true;
    return failure_set(failure, EXIT_USAGE,
                       "'%s' needs %.0f MiB to be computed again, more than there is: check it on "
                       "a larger machine",
                       again->path, (double)bytes / (1 << 20));
}

static bool compute(struct again *again, const struct plait_exec *exec, struct failure *failure) {
    const struct plait_escape *escape = &again->escape;
    const enum plait_status status = plait_escape_picture(escape, exec, again->counts);
    if (status != PLAIT_OK)
        return failure_set(failure, EXIT_RUN, "%s", plait_status_text(status));
    plait_digest_rows(exec, again->counts, escape->height, escape->width, again->digests);
    again->fnv1a = plait_digest_picture(again->digests, escape->height);
    return true;
}

static void compare_row(void *context, const struct png_content *content, uint32_t row,
                        const uint8_t *rgb) {
    struct comparison *comparison = context;
    const struct plait_escape *escape = &comparison->again->escape;
    comparison->width = content->width;
    comparison->height = content->height;
    if (content->width != escape->width || content->height != escape->height)
        return;
    colour_indices(&comparison->colours, comparison->again->counts + (size_t)row * escape->width,
                   escape->width, comparison->indices);
    for (size_t col = 0; col < escape->width; col++)
        comparison->changed +=
            memcmp(rgb + 3 * col, comparison->palette->rgb[comparison->indices[col]], 3) != 0;
}

static struct comparison *comparison_begin(const struct again *again) {
    const struct plait_escape *escape = &again->escape;
    const enum colour_value value =
        escape->kind == PLAIT_JULIA ? COLOUR_255_MINUS_COUNT : COLOUR_COUNT;
    const struct colour colour = {value,
                                  colour_range_of(value, again->counts, (size_t)pixels_of(escape))};
    struct comparison *comparison = calloc(1, sizeof *comparison + escape->width);
    if (comparison) {
        comparison->again = again;
        comparison->palette = &palette_viridis;
        colour_table_fill(&comparison->colours, &colour);
    }
    return comparison;
}

static void tell(const struct comparison *comparison) {
    const struct again *again = comparison->again;
    const struct plait_escape *escape = &again->escape;
    printf("%s: computed again with the same fnv1a %016" PRIx64, again->path, again->fnv1a);
    if (comparison->width != escape->width || comparison->height != escape->height)
        printf(", but the size was changed since, %" PRIu32 "x%" PRIu32 " instead of %" PRIu32
               "x%" PRIu32 "\n",
               comparison->width, comparison->height, escape->width, escape->height);
    else if (comparison->changed > 0)
        printf(", but %" PRIu64 " of %" PRIu64 " pixels were changed since\n", comparison->changed,
               pixels_of(escape));
    else
        printf(", and every pixel as it was drawn\n");
}

static bool compare_pixels(const struct again *again, struct failure *failure) {
    struct png_content content = {0};
    struct comparison *comparison = comparison_begin(again);
    if (!comparison)
        return failure_set(failure, EXIT_RUN, "out of memory");
    const bool compared = png_read(again->path, &content, compare_row, comparison, failure);
    if (compared)
        tell(comparison);
    png_content_free(&content);
    free(comparison);
    return compared;
}

static bool check(struct again *again, const struct origin *origin, const struct plait_exec *exec,
                  struct failure *failure) {
    if (!allocate(again, failure) || !compute(again, exec, failure))
        return false;
    if (again->fnv1a != origin->fnv1a)
        return failure_set(failure, EXIT_RUN,
                           "'%s' says fnv1a %016" PRIx64 ", but its parameters give %016" PRIx64
                           ": do not trust it, draw it again",
                           again->path, origin->fnv1a, again->fnv1a);
    return compare_pixels(again, failure);
}

bool rerun_check(const char *path, const struct origin *origin, enum plait_escape_kind kind,
                 const struct plait_exec *exec, struct failure *failure) {
    struct again again = {.path = path};
    const bool checked =
        values_apply(&origin->values, &again.options, failure) &&
        picture_of_options(&again.options, &origin->values, kind, &again.escape, failure) &&
        check(&again, origin, exec, failure);
    free(again.counts);
    free(again.digests);
    return checked;
}
