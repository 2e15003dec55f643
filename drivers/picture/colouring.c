/* SPDX-License-Identifier: MIT
 * Keeps what the colours of a picture depend on. */
#include "picture/colouring.h"

#include "ranks/mpi_check.h"

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
    if (colouring->smooth)
        colouring->palette = smooth_palette(&colouring->palette);
    return true;
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
}

void colouring_share(struct colouring *colouring, const struct session *session) {
    struct colour_range *range = &colouring->range;
    MPI_CHECK(MPI_Allreduce(MPI_IN_PLACE, &range->min, 1, MPI_INT32_T, MPI_MIN, session->world));
    MPI_CHECK(MPI_Allreduce(MPI_IN_PLACE, &range->max, 1, MPI_INT32_T, MPI_MAX, session->world));
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
}

void colouring_indices(const struct colouring *colouring, const struct coloured_pixels *pixels,
                       uint8_t *indices, int threads) {
    if (colouring->distance)
        distance_indices(&colouring->distances, pixels->parts, pixels->count, indices, threads);
    else
        smooth_indices(&colouring->scale, pixels->counts, pixels->parts, pixels->count, indices,
                       threads);
}
