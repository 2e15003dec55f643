/* SPDX-License-Identifier: MIT
 * The darts of the report's study by the kernel alone, on one thread: prints seconds and all hits.
 * For bench/pi_ranks.sh. */
#include "bench.h"

#include "plait/plait.h"

#include <inttypes.h>
#include <stdio.h>

enum { RUNS = 64 };

int main(void) {
    struct plait_exec exec;
    uint64_t all = 0;
    if (plait_exec_init(&exec, NULL, 1) != PLAIT_OK)
        bench_die("no path", "to run on");
    const uint64_t start_ns = bench_now_ns();
    for (uint64_t darts = UINT64_C(1) << 10; darts <= UINT64_C(1) << 28; darts *= 4)
        for (uint64_t run = 0; run < RUNS; run++) {
            uint64_t hits = 0;
            const struct plait_darts_range range = {
                .generator = PLAIT_RXS64, .seed = 42, .run = run, .count = darts};
            if (plait_darts_hits(&range, &exec, &hits) != PLAIT_OK)
                bench_die("the kernel refuses", "the darts of the study");
            all += hits;
        }
    printf("%.6f %" PRIu64 "\n", (double)(bench_now_ns() - start_ns) * 1e-9, all);
    return 0;
}
