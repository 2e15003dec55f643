/* SPDX-License-Identifier: MIT
 * Looks at the folder of plots, draws them and warns of those that cannot be drawn. */
#include "run/plot_draw.h"

#include "base/warning.h"
#include "files/gnuplot.h"

bool plot_check(const char *folder, const char *const *names, int count, const char *other,
                struct failure *failure) {
    for (int p = 0; p < count; p++)
        if (!gnuplot_check(folder, names[p], other, failure))
            return false;
    return true;
}

void plot_draw(const char *folder, const char *const *names, int count, struct failure *failure) {
    for (int p = 0; p < count; p++) {
        const enum gnuplot_outcome outcome = gnuplot_draw(folder, names[p]);
        if (outcome == GNUPLOT_DONE)
            continue;
        if (outcome == GNUPLOT_FAILED) {
            failure_set(
                failure, EXIT_RUN,
                "gnuplot could not draw the plots in '%s': run the scripts there to see why",
                folder);
            return;
        }
        /* A failure's text is one clean line whatever the folder is called. */
        struct failure line = {0};
        failure_set(
            &line, EXIT_RUN,
            "the plots in '%s' are data and scripts only, there is no gnuplot: install it and run the scripts there",
            folder);
        warning_print(line.text);
        return;
    }
}
