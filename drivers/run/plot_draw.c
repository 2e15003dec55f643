/* SPDX-License-Identifier: MIT
 * Draws plots; what becomes of those that cannot be drawn. */
#include "run/plot_draw.h"

#include "base/warning.h"
#include "files/gnuplot.h"

void plot_draw(const char *directory, const char *const *names, struct failure *failure) {
    for (; *names; names++) {
        char cause[GNUPLOT_CAUSE_BYTES];
        const enum gnuplot_outcome outcome = gnuplot_draw(directory, *names, cause);
        if (outcome == GNUPLOT_DONE)
            continue;
        if (outcome == GNUPLOT_FAILED) {
            failure_set(
                failure, EXIT_RUN,
                "gnuplot could not draw the plots in '%.300s': %s: after a fix run the scripts there",
                directory, cause);
            return;
        }
        /* A failure's text is one clean line whatever the directory is called. */
        struct failure line = {0};
        failure_set(
            &line, EXIT_RUN,
            "the plots in '%s' are data and scripts only, there is no gnuplot: install it and run the scripts there",
            directory);
        warning_print(line.text);
        return;
    }
}
