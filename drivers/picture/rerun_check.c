/* SPDX-License-Identifier: MIT
 * The picture again, in one process: counts by libplait, checksum, colours, and the pixels of the
 * file against them. */
#include "picture/rerun_check.h"

#include "base/memory.h"
#include "image/palette_file.h"
#include "image/reader_png.h"
#include "image/shade.h"
#include "image/smooth_colour.h"
#include "picture/picture_image.h"
#include "picture/picture_options.h"
#include "picture/picture_report.h"
#include "picture/picture_smooth.h"
#include "plait/digest.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct again {
    const char *path;
    struct picture_options options;
    struct picture picture; /* all but what is a matter of ranks */
};

/* The pixels of a file beside those that the counts give. */
struct comparison {
    const struct picture *picture;
    struct image image;
    struct shade shade;
    uint32_t width, height; /* of the file */
    uint64_t changed;       /* pixels */
};

static uint64_t pixels_of(const struct picture *picture) {
    return (uint64_t)picture->escape.width * picture->escape.height;
}

static bool allocate(struct again *again, struct failure *failure) {
    struct picture_rows *rows = &again->picture.rows;
    /* Of smooth colours there are a part and an index for each count. */
    const uint64_t each = again->options.colour == PICTURE_SMOOTH ? 9 : sizeof *rows->counts;
    const uint64_t bytes = pixels_of(&again->picture) * each;
    if (bytes <= SIZE_MAX / 2 && bytes <= memory_available_bytes()) {
        rows->counts = malloc((size_t)pixels_of(&again->picture) * sizeof *rows->counts);
        rows->digests = malloc(again->picture.escape.height * sizeof *rows->digests);
    }
    if (rows->counts && rows->digests)
        return true;
    return failure_set(failure, EXIT_USAGE,
                       "'%s' needs %.0f MiB to be computed again, more than there is: check it on "
                       "a larger machine",
                       again->path, (double)bytes / (1 << 20));
}

static bool compute(struct picture *picture, struct failure *failure) {
    const struct plait_escape *escape = &picture->escape;
    const struct picture_rows *rows = &picture->rows;
    const enum plait_status status = plait_escape_picture(escape, &picture->exec, rows->counts);
    if (status != PLAIT_OK)
        return failure_set(failure, EXIT_RUN, "%s", plait_status_text(status));
    plait_digest_rows(&picture->exec, rows->counts, escape->height, escape->width, rows->digests);
    picture->fnv1a = plait_digest_picture(rows->digests, escape->height);
    return true;
}

static void compare_row(void *context, const struct png_content *content, uint32_t row,
                        const uint8_t *rgb) {
    struct comparison *comparison = context;
    const struct image *image = &comparison->image;
    comparison->width = content->width;
    comparison->height = content->height;
    if (content->width != image->width || content->height != image->height)
        return;
    const struct picture *picture = comparison->picture;
    const uint32_t samples = image_samples(image);
    const size_t at = (size_t)row * samples * picture->escape.width;
    const struct image_rows rows = {picture->rows.counts + at,
                                    picture->indices ? picture->indices + at : NULL, samples};
    const uint8_t(*drawn)[3] = NULL;
    for (uint32_t k = 0; k < samples; k++)
        drawn = shade_rgb(&comparison->shade, &rows, k);
    for (size_t col = 0; col < image->width; col++)
        comparison->changed += memcmp(rgb + 3 * col, drawn[col], 3) != 0;
}

static void tell_counts(const struct again *again) {
    printf("%s: computed again with the same fnv1a %016" PRIx64, again->path, again->picture.fnv1a);
}

static void tell_pixels(const struct comparison *comparison) {
    const struct image *image = &comparison->image;
    if (comparison->width != image->width || comparison->height != image->height)
        printf(", but the size was changed since, %" PRIu32 "x%" PRIu32 " instead of %" PRIu32
               "x%" PRIu32 "\n",
               comparison->width, comparison->height, image->width, image->height);
    else if (comparison->changed > 0)
        printf(", but %" PRIu64 " of %" PRIu64 " pixels were changed since%s\n",
               comparison->changed, (uint64_t)image->width * image->height,
               palette_find(comparison->picture->options->palette)
                   ? ""
                   : ", or the palette file has changed");
    else
        printf(", and every pixel as it was drawn\n");
}

/* Smooth colours are made of more than the counts. */
static bool find_indices(struct picture *picture, struct failure *failure) {
    const struct plait_escape *escape = &picture->escape;
    const size_t pixels = (size_t)pixels_of(picture);
    struct smooth_finder finder = {0};
    struct smooth_scale scale;
    int32_t *parts = malloc(pixels * sizeof *parts);
    picture->indices = malloc(pixels);
    bool found = parts && picture->indices && smooth_finder_begin(&finder, escape, &picture->exec);
    if (!found)
        failure_set(failure, EXIT_RUN, "out of memory");
    found = found && smooth_find(&finder, 0, escape->height, escape->width, picture->rows.counts,
                                 parts, failure);
    if (found) {
        smooth_scale_fill(&scale, &finder.range);
        smooth_indices(&scale, picture->rows.counts, parts, pixels, picture->indices);
        picture->palette = smooth_palette(&picture->palette);
    }
    smooth_finder_end(&finder);
    free(parts);
    return found;
}

static bool compare_pixels(const struct again *again, struct failure *failure) {
    struct png_content content = {0};
    struct comparison *comparison = calloc(1, sizeof *comparison);
    if (!comparison)
        return failure_set(failure, EXIT_RUN, "out of memory");
    comparison->picture = &again->picture;
    comparison->image =
        picture_image(&again->picture, colour_range_of(picture_colour_value(&again->picture),
                                                       again->picture.rows.counts,
                                                       (size_t)pixels_of(&again->picture)));
    bool compared = shade_begin(&comparison->shade, &comparison->image) ||
                    failure_set(failure, EXIT_RUN, "out of memory");
    compared = compared && png_read(again->path, &content, compare_row, comparison, failure);
    if (compared) {
        tell_counts(again);
        tell_pixels(comparison);
    }
    png_content_free(&content);
    shade_end(&comparison->shade);
    free(comparison);
    return compared;
}

/* The checksum is right. A palette from a file may be gone, which is no fault of the picture. */
static bool tell(struct again *again, struct failure *failure) {
    struct failure missing = {0};
    if (palette_load_regular(again->options.palette, &again->picture.palette, &missing))
        return (again->options.colour != PICTURE_SMOOTH ||
                find_indices(&again->picture, failure)) &&
               compare_pixels(again, failure);
    tell_counts(again);
    printf("; its pixels are not compared: %s\n", missing.text);
    return true;
}

static bool check(struct again *again, uint64_t told, struct failure *failure) {
    if (!allocate(again, failure) || !compute(&again->picture, failure))
        return false;
    if (again->picture.fnv1a != told)
        return failure_set(failure, EXIT_RUN,
                           "'%s' says fnv1a %016" PRIx64 ", but its parameters give %016" PRIx64
                           ": do not trust it, draw it again",
                           again->path, told, again->picture.fnv1a);
    return tell(again, failure);
}

bool rerun_check(const char *path, const struct origin *origin, enum plait_escape_kind kind,
                 const struct plait_exec *exec, struct failure *failure) {
    struct again again = {.path = path, .picture = {.exec = *exec}};
    again.picture.options = &again.options;
    const bool checked =
        values_apply(&origin->values, &again.options, failure) &&
        picture_of_options(&again.options, &origin->values, kind, &again.picture.escape, failure) &&
        check(&again, origin->fnv1a, failure);
    free(again.picture.indices);
    free(again.picture.rows.counts);
    free(again.picture.rows.digests);
    return checked;
}
