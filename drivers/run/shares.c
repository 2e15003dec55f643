/* SPDX-License-Identifier: MIT
 * The line about the shares of the ranks. */
#include "run/shares.h"

#include <math.h>
#include <stdio.h>

void shares_print(enum schedule_kind schedule, const struct queue_share *shares, int ranks,
                  double total) {
    enum { HANDFUL = 8 };
    const double percent = 100.0 / total;
    struct queue_share least = shares[0], most = shares[0];
    printf("%s schedule,", schedule_names[schedule]);
    for (int r = 0; r < ranks; r++) {
        const struct queue_share *share = &shares[r];
        if (ranks <= HANDFUL)
            printf("%s rank %d: %.0f %% in %.3g s", r > 0 ? "," : "", r,
                   (double)share->units * percent, share->busy_seconds);
        least.units = share->units < least.units ? share->units : least.units;
        most.units = share->units > most.units ? share->units : most.units;
        least.busy_seconds = fmin(least.busy_seconds, share->busy_seconds);
        most.busy_seconds = fmax(most.busy_seconds, share->busy_seconds);
    }
    if (ranks > HANDFUL)
        printf(" %d ranks: %.2g to %.2g %% in %.3g to %.3g s", ranks, (double)least.units * percent,
               (double)most.units * percent, least.busy_seconds, most.busy_seconds);
    putchar('\n');
}
