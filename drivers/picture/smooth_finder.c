/* SPDX-License-Identifier: MIT
 * Finds smooth values. */
#include "picture/smooth_finder.h"

#include "plait/smooth.h"

#include <stdlib.h>

/* Pixels whose values are in memory at a time: enough for all threads. */
enum { PIXELS_AT_ONCE = 1 << 20 };

static uint32_t finder_rows_at_once(const struct smooth_finder *finder) {
    const uint32_t rows = PIXELS_AT_ONCE / finder->escape->width;
    return rows > 0 ? rows : 1;
}

bool smooth_finder_begin(struct smooth_finder *finder, const struct plait_escape *escape,
                         const struct plait_exec *exec) {
    *finder = (struct smooth_finder){
        .escape = escape,
        .exec = exec,
        .range = smooth_range_empty(),
    };
    finder->values =
        malloc((size_t)finder_rows_at_once(finder) * escape->width * sizeof *finder->values);
    return finder->values != NULL;
}

void smooth_finder_end(struct smooth_finder *finder) {
    free(finder->values);
    finder->values = NULL;
}

bool smooth_find(struct smooth_finder *finder, const struct counted_rows *rows, uint32_t cols,
                 int32_t *parts, struct failure *failure) {
    const size_t width = finder->escape->width;
    const uint32_t most = finder_rows_at_once(finder);
    for (uint32_t done = 0, some; done < rows->count; done += some) {
        const int32_t *counts = rows->counts + done * width;
        some = rows->count - done < most ? rows->count - done : most;
        const struct plait_row_range range = {rows->first + done, some};
        const enum plait_status status =
            plait_smooth_rows(finder->escape, finder->exec, range, cols, counts, finder->values);
        if (status != PLAIT_OK)
            return failure_set(failure, EXIT_RUN, "smooth colours: %s", plait_status_text(status));
        for (size_t i = 0; i < some; i++) {
            smooth_parts(counts + i * width, finder->values + i * cols, cols, parts);
            smooth_range_add(&finder->range, counts + i * width, parts, cols);
            parts += cols;
        }
        finder->done += some;
        if (finder->display)
            progress_display_update(finder->display, finder->done, finder->total);
    }
    return true;
}
