/* SPDX-License-Identifier: MIT
 * Levels of speeds. */
#include "base/speed_levels.h"

#include <math.h>

bool speed_levels_find(double *speeds, int ranks, double spread) {
    bool known = true;
    for (int r = 0; r < ranks; r++)
        known = known && speeds[r] > 0 && isfinite(speeds[r]);
    for (int r = 0; r < ranks && !known; r++)
        speeds[r] = 1;
    for (int levels = 0;; levels++) { /* those in a level are negative until all are */
        double fastest = 0, sum = 0;
        int count = 0;
        for (int r = 0; r < ranks; r++)
            fastest = fmax(fastest, speeds[r]);
        if (fastest <= 0) {
            for (int r = 0; r < ranks; r++)
                speeds[r] = -speeds[r];
            return levels <= 1;
        }
        const double least = fastest * (1 - spread);
        for (int r = 0; r < ranks; r++)
            if (speeds[r] >= least) {
                sum += speeds[r] / fastest; /* which does not overflow */
                count++;
            }
        for (int r = 0; r < ranks; r++)
            if (speeds[r] >= least)
                speeds[r] = -(fastest * (sum / count));
    }
}
