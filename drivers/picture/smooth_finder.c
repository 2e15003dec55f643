/* SPDX-License-Identifier: MIT
 * Finds smooth values and distances. */
#include "picture/smooth_finder.h"

/* Between two updates of the display: enough for all threads. */
enum { PIXELS_AT_ONCE = 1 << 20 };

struct smooth_finder smooth_finder_begin(const struct plait_escape *escape,
                                         const struct plait_exec *exec, bool distance) {
    return (struct smooth_finder){
        .escape = escape,
        .exec = exec,
        .distance = distance,
        .range = plait_smooth_range_empty(),
    };
}

enum plait_status smooth_compute(struct smooth_finder *finder, const struct plait_exec *exec,
                                 struct plait_row_range range, int32_t *counts, int32_t *parts) {
    struct plait_smooth_output output = {.parts = parts, .range = finder->range};
    if (finder->distance)
        return plait_distance_compute(finder->escape, exec, range, counts,
                                      &(struct plait_distance_output){.parts = parts});
    const enum plait_status status =
        plait_smooth_compute(finder->escape, exec, range, counts, &output);
    finder->range = output.range;
    return status;
}

bool smooth_find(struct smooth_finder *finder, const struct counted_rows *rows, uint32_t cols,
                 int32_t *parts, struct failure *failure) {
    const uint32_t width = finder->escape->width;
    const uint32_t most = width < PIXELS_AT_ONCE ? PIXELS_AT_ONCE / width : 1;
    for (uint32_t done = 0, some; done < rows->count; done += some) {
        struct plait_smooth_output output = {
            .parts = parts + (size_t)done * cols,
            .range = finder->range,
        };
        some = rows->count - done < most ? rows->count - done : most;
        const struct plait_row_range range = {rows->first + done, some};
        const int32_t *counts = rows->counts + (size_t)done * width;
        const enum plait_status status =
            finder->distance
                ? plait_distance_rows(finder->escape, finder->exec, range, cols, counts,
                                      &(struct plait_distance_output){.parts = output.parts})
                : plait_smooth_rows(finder->escape, finder->exec, range, cols, counts, &output);
        if (status != PLAIT_OK)
            return failure_set(failure, EXIT_RUN, "%s: %s",
                               finder->distance ? "distances" : "smooth colours",
                               plait_status_text(status));
        finder->range = output.range;
        finder->done += some;
        if (finder->display)
            progress_display_update(finder->display, finder->done, finder->total);
    }
    return true;
}
