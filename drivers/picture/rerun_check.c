/* SPDX-License-Identifier: MIT
 * The picture again, in one process: counts by libplait, checksum, colours, and the pixels of the
 * file against them. */
#include "picture/rerun_check.h"

#include "base/memory.h"
#include "image/palette_file.h"
#include "image/reader_png.h"
#include "image/shade.h"
#include "picture/deep/deep_picture.h"
#include "picture/draw.h"
#include "picture/picture_options.h"
#include "plait/digest.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A picture that is computed again. */
struct again {
    const struct rerun_job *job;
    struct picture_options options;
    struct picture_request request;
    struct plait_escape escape;
    struct deep_picture deep;
    int32_t *counts;   /* [height][width] */
    uint64_t *digests; /* [height] */
    int32_t *parts;    /* of smooth colours, [height][width], or NULL */
    uint8_t *indices;  /* likewise */
    struct colouring colouring;
    struct rows_in_memory rows;
    struct drawing drawing;
};

static size_t rerun_pixels(const struct again *again) {
    return (size_t)again->escape.width * again->escape.height;
}

static bool rerun_allocate(struct again *again, struct failure *failure) {
    /* Smooth colours need a part and an index for each count. */
    const uint64_t each = again->colouring.smooth ? 9 : sizeof *again->counts;
    const uint64_t bytes = (uint64_t)again->escape.width * again->escape.height * each;
    if (bytes <= SIZE_MAX / 2 && bytes <= memory_available_bytes()) {
        again->counts = malloc(rerun_pixels(again) * sizeof *again->counts);
        again->digests = malloc(again->escape.height * sizeof *again->digests);
        if (again->colouring.smooth) {
            again->parts = malloc(rerun_pixels(again) * sizeof *again->parts);
            again->indices = malloc(rerun_pixels(again) * sizeof *again->indices);
        }
    }
    if (again->counts && again->digests &&
        (!again->colouring.smooth || (again->parts && again->indices)))
        return true;
    return failure_set(
        failure, EXIT_USAGE,
        "'%s' needs %.0f MiB to be computed again, more than is available: check it on a larger machine",
        again->job->path, (double)bytes / (1 << 20));
}

static bool rerun_show_rows(void *context, uint64_t done, uint64_t total) {
    progress_display_update(context, done, total);
    return true;
}

/* Counts, and smooth values or distances, which take much less time with them than after them. */
static enum plait_status rerun_picture(struct again *again, const struct plait_exec *exec) {
    const struct plait_escape *escape = &again->escape;
    struct colouring *colouring = &again->colouring;
    if (!colouring->smooth)
        return plait_escape_picture(escape, exec, again->counts);
    colouring_begin_smooth(colouring, escape, (uint32_t)again->options.samples, &again->job->exec);
    return smooth_compute(&colouring->finder, exec, (struct plait_row_range){0, escape->height},
                          again->counts, again->parts);
}

static bool rerun_compute(struct again *again, struct failure *failure) {
    const struct rerun_job *job = again->job;
    struct progress_display display = progress_display_begin(job->command, job->progress);
    struct plait_exec exec = job->exec;
    exec.progress = rerun_show_rows;
    exec.progress_context = &display;
    const enum plait_status status = rerun_picture(again, &exec);
    if (status == PLAIT_OK) /* the last tiles may have been those of other threads */
        progress_display_update(&display, again->escape.height, again->escape.height);
    progress_display_end(&display);
    return status == PLAIT_OK || failure_set(failure, EXIT_RUN, "%s", plait_status_text(status));
}

/* Range and checksum. */
static bool rerun_measure(struct again *again, struct failure *failure) {
    const struct rerun_job *job = again->job;
    again->rows = (struct rows_in_memory){
        .width = again->escape.width,
        .height = again->escape.height,
        .counts = again->counts,
    };
    again->drawing = (struct drawing){
        .width = again->escape.width,
        .height = again->escape.height,
        .samples = (uint32_t)again->options.samples,
        .read = rows_in_memory_read,
        .rows = &again->rows,
        .colouring = &again->colouring,
        .exec = &job->exec,
        .command = job->command,
        .progress = job->progress,
    };
    if (!draw_measure(&again->drawing, again->digests, failure))
        return false;
    const uint64_t fnv1a = plait_digest_picture(again->digests, again->escape.height);
    return fnv1a == job->origin->fnv1a ||
           failure_set(failure, EXIT_RUN,
                       "'%s' has fnv1a %016" PRIx64 ", but its parameters give %016" PRIx64
                       ": do not trust it, draw it again",
                       job->path, job->origin->fnv1a, fnv1a);
}

static void rerun_set_indices(struct again *again) {
    struct colouring *colouring = &again->colouring;
    colouring_share_smooth(colouring, NULL);
    const struct coloured_pixels pixels = {again->counts, again->parts, rerun_pixels(again)};
    colouring_indices(colouring, &pixels, again->indices, again->job->exec.threads);
}

/* The pixels of a file against those that the counts give. */
struct comparison {
    const struct again *again;
    struct rerun_result *result;
    struct image image;
    struct shade shade;
};

static void rerun_compare_row(void *context, const struct png_content *content, uint32_t row,
                              const uint8_t *rgb) {
    struct comparison *comparison = context;
    const struct image *image = &comparison->image;
    const struct again *again = comparison->again;
    comparison->result->file_width = content->width;
    comparison->result->file_height = content->height;
    if (content->width != image->width || content->height != image->height)
        return;
    const uint32_t samples = image_samples(image);
    const size_t at = (size_t)row * samples * again->escape.width;
    const struct image_rows rows = {again->counts + at, again->indices ? again->indices + at : NULL,
                                    samples};
    const uint8_t(*drawn)[3] = NULL;
    for (uint32_t k = 0; k < samples; k++)
        drawn = shade_rgb(&comparison->shade, &rows, k);
    for (size_t col = 0; col < image->width; col++)
        comparison->result->changed += memcmp(rgb + 3 * col, drawn[col], 3) != 0;
}

static bool rerun_compare_pixels(const struct again *again, struct rerun_result *result,
                                 struct failure *failure) {
    struct png_content content = {0};
    struct comparison *comparison = calloc(1, sizeof *comparison);
    if (!comparison)
        return failure_set(failure, EXIT_RUN, "out of memory");
    comparison->again = again;
    comparison->result = result;
    comparison->image = draw_image(&again->drawing);
    result->width = comparison->image.width;
    result->height = comparison->image.height;
    result->compared = (shade_begin(&comparison->shade, &comparison->image) ||
                        failure_set(failure, EXIT_RUN, "out of memory")) &&
                       png_read(again->job->path, &content, rerun_compare_row, comparison, failure);
    png_content_free(&content);
    shade_end(&comparison->shade);
    free(comparison);
    return result->compared;
}

/* The greys of a file against those that the values give. */
struct grey_comparison {
    const struct again *again;
    struct rerun_result *result;
    struct grey_scale scale;
    double *values; /* of a row */
    uint8_t *greys; /* of a row, two bytes each */
};

static void rerun_compare_greys(void *context, const struct png_content *content, uint32_t row,
                                const uint16_t *rgba) {
    struct grey_comparison *comparison = context;
    const struct again *again = comparison->again;
    const size_t width = again->escape.width;
    comparison->result->file_width = content->width;
    comparison->result->file_height = content->height;
    if (content->width != width || content->height != again->escape.height)
        return;
    for (size_t col = 0; col < width; col++) {
        const int32_t part = again->parts[row * width + col];
        const int64_t value = (int64_t)again->counts[row * width + col] * PLAIT_SMOOTH_UNIT + part;
        comparison->values[col] =
            part == PLAIT_SMOOTH_NEVER ? INFINITY : (double)value / PLAIT_SMOOTH_UNIT;
    }
    grey_scale_row(&comparison->scale, comparison->values, width, comparison->greys);
    for (size_t col = 0; col < width; col++) {
        const uint16_t grey =
            (uint16_t)(comparison->greys[2 * col] << 8 | comparison->greys[2 * col + 1]);
        const uint16_t *pixel = rgba + 4 * col;
        comparison->result->changed +=
            pixel[0] != grey || pixel[1] != grey || pixel[2] != grey || pixel[3] != UINT16_MAX;
    }
}

static bool rerun_compare_values(const struct again *again, struct rerun_result *result,
                                 struct failure *failure) {
    struct png_content content = {0};
    struct grey_comparison comparison = {
        .again = again,
        .result = result,
        .values = malloc(again->escape.width * sizeof(double)),
        .greys = malloc(2 * (size_t)again->escape.width),
    };
    grey_scale_fill(&comparison.scale, &again->colouring.finder.range);
    result->width = again->escape.width;
    result->height = again->escape.height;
    result->named_palette = true; /* no palette has a part in it */
    result->compared =
        ((comparison.values && comparison.greys) ||
         failure_set(failure, EXIT_RUN, "out of memory")) &&
        png_read16(again->job->path, &content, rerun_compare_greys, &comparison, failure);
    png_content_free(&content);
    free(comparison.values);
    free(comparison.greys);
    return result->compared;
}

bool rerun_check(const struct rerun_job *job, struct rerun_result *result,
                 struct failure *failure) {
    struct again again = {.job = job};
    bool checked = values_apply(&job->origin->values, &again.options, failure) &&
                   picture_of_options(&again.options, &job->origin->values, job->kind,
                                      &again.request, failure);
    const struct deep_computing how = {
        .threads = job->exec.threads,
        .label = job->command,
        .style = job->progress,
    };
    again.escape = again.request.escape;
    if (checked)
        checked = deep_picture_begin(&again.deep, NULL, &again.request, &again.escape, failure) &&
                  deep_picture_compute(&again.deep, &how, failure);
    if (checked) {
        colouring_begin_picture(&again.colouring, &again.options, &job->origin->values, job->kind,
                                true);
        if (job->values) { /* whatever the colours were */
            again.colouring.smooth = true;
            again.colouring.distance = again.colouring.equalised = false;
        }
        checked = (!again.colouring.equalised ||
                   colouring_begin_histogram(&again.colouring, again.escape.maxit,
                                             job->exec.threads, failure)) &&
                  rerun_allocate(&again, failure) && rerun_compute(&again, failure) &&
                  rerun_measure(&again, failure);
    }
    result->named_palette = checked && palette_find(again.options.palette) != NULL;
    if (checked && job->values)
        checked = rerun_compare_values(&again, result, failure);
    else if (checked && colouring_load_palette(&again.colouring, palette_load_regular,
                                               again.options.palette, &result->missing)) {
        if (again.colouring.smooth)
            rerun_set_indices(&again);
        checked = rerun_compare_pixels(&again, result, failure);
    }
    colouring_end(&again.colouring);
    free(again.indices);
    free(again.parts);
    free(again.counts);
    free(again.digests);
    deep_picture_free(&again.deep);
    return checked;
}

void rerun_print(const struct rerun_job *job, const struct rerun_result *result) {
    printf("%s: computed again with the same fnv1a %016" PRIx64, job->path, job->origin->fnv1a);
    if (!result->compared)
        printf("; its pixels are not compared: %s\n", result->missing.text);
    else if (result->file_width != result->width || result->file_height != result->height)
        printf(", but the size was changed since, %" PRIu32 "x%" PRIu32 " instead of %" PRIu32
               "x%" PRIu32 "\n",
               result->file_width, result->file_height, result->width, result->height);
    else if (result->changed > 0)
        printf(", but %" PRIu64 " of %" PRIu64 " pixels were changed since%s\n", result->changed,
               (uint64_t)result->width * result->height,
               result->named_palette ? "" : ", or the palette file has changed");
    else
        printf(", and every pixel as it was drawn\n");
}
