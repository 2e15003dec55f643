/* SPDX-License-Identifier: MIT
 * Keeps what the colours of a picture depend on. */
#include "picture/colouring.h"

#include "ranks/mpi_check.h"

#include <stdlib.h>

void colouring_begin(struct colouring *colouring, enum colour_value value, bool smooth,
                     bool distance) {
    *colouring = (struct colouring){
        .value = value,
        .smooth = smooth,
        .distance = distance,
        .range = colour_range_empty(),
    };
}

bool colouring_load_palette(struct colouring *colouring, palette_load_fn *load, const char *palette,
                            struct failure *failure) {
    if (!load(palette, &colouring->palette, failure))
        return false;
    if (colouring->cycle > 0)
        colouring->palette = cyclic_palette(&colouring->palette);
    else if (colouring->smooth || colouring->equalised)
        colouring->palette = smooth_palette(&colouring->palette);
    return true;
}

bool colouring_begin_histogram(struct colouring *colouring, int32_t inside, int threads,
                               struct failure *failure) {
    colouring->inside = inside;
    if (count_histogram_begin(&colouring->histogram, inside, threads))
        colouring->levels = malloc(colouring->histogram.bins);
    return colouring->levels ||
           failure_set(failure, EXIT_RUN, "out of memory for the histogram of counts");
}

void colouring_end(struct colouring *colouring) {
    count_histogram_end(&colouring->histogram);
    free(colouring->levels);
    colouring->levels = NULL;
}

void colouring_begin_smooth(struct colouring *colouring, const struct plait_escape *escape,
                            uint32_t samples, const struct plait_exec *exec) {
    colouring->finder = smooth_finder_begin(escape, exec, colouring->distance);
    if (colouring->distance)
        distance_scale_fill(&colouring->distances, escape->width, escape->height, samples);
}

void colouring_measure(struct colouring *colouring, const int32_t *counts, size_t pixels) {
    colouring->range =
        colour_range_merge(colouring->range, colour_range_of(colouring->value, counts, pixels));
    if (!colouring->histogram.tables)
        return;
    const int64_t threads = colouring->histogram.threads;
#pragma omp parallel for num_threads((int)threads) schedule(static) if (threads > 1)
    for (int64_t thread = 0; thread < threads; thread++) {
        const size_t first = pixels * (size_t)thread / (size_t)threads;
        const size_t end = pixels * (size_t)(thread + 1) / (size_t)threads;
        count_histogram_add(&colouring->histogram, counts + first, end - first, (int)thread);
    }
}

static void colouring_share_histogram(struct count_histogram *histogram,
                                      const struct session *session) {
    uint64_t used = count_histogram_fold(histogram);
    MPI_CHECK(MPI_Allreduce(MPI_IN_PLACE, &used, 1, MPI_UINT64_T, MPI_MAX, session->world));
    MPI_CHECK(MPI_Allreduce(MPI_IN_PLACE, histogram->tables, (int)used, MPI_UINT64_T, MPI_SUM,
                            session->world));
}

void colouring_share(struct colouring *colouring, const struct session *session) {
    struct colour_range *range = &colouring->range;
    MPI_CHECK(MPI_Allreduce(MPI_IN_PLACE, &range->min, 1, MPI_INT32_T, MPI_MIN, session->world));
    MPI_CHECK(MPI_Allreduce(MPI_IN_PLACE, &range->max, 1, MPI_INT32_T, MPI_MAX, session->world));
    if (colouring->histogram.tables)
        colouring_share_histogram(&colouring->histogram, session);
}

void colouring_share_smooth(struct colouring *colouring, const struct session *session) {
    struct plait_smooth_range *range = &colouring->finder.range;
    if (colouring->distance) /* their scale does not depend on what is seen */
        return;
    if (session) {
        MPI_CHECK(
            MPI_Allreduce(MPI_IN_PLACE, &range->min, 1, MPI_INT64_T, MPI_MIN, session->world));
        MPI_CHECK(
            MPI_Allreduce(MPI_IN_PLACE, &range->max, 1, MPI_INT64_T, MPI_MAX, session->world));
    }
    smooth_scale_fill(&colouring->scale, range);
    smooth_scale_repeat(&colouring->scale, colouring->cycle);
}

struct colour colouring_of_counts(struct colouring *colouring) {
    if (colouring->levels) {
        count_histogram_fold(&colouring->histogram);
        count_levels_fill(&colouring->histogram, colouring->levels);
    }
    return (struct colour){
        .value = colouring->value,
        .range = colouring->range,
        .cycle = colouring->cycle,
        .levels = colouring->levels,
        .inside = colouring->inside,
    };
}

void colouring_indices(const struct colouring *colouring, const struct coloured_pixels *pixels,
                       uint8_t *indices, int threads) {
    if (colouring->distance)
        distance_indices(&colouring->distances, pixels->parts, pixels->count, indices, threads);
    else
        smooth_indices(&colouring->scale, pixels->counts, pixels->parts, pixels->count, indices,
                       threads);
}
