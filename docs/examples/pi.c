/* SPDX-License-Identifier: MIT
 * Throws 2^30 darts in each of four runs and prints what they say of pi: the same digits on every
 * machine, path and number of threads.
 *
 *     cc pi.c $(pkg-config --cflags --libs plait) -o pi
 */
#include <inttypes.h>
#include <plait/plait.h>
#include <stdio.h>

int main(void) {
    const uint64_t darts = UINT64_C(1) << 30;
    enum { RUNS = 4 };
    struct plait_exec exec; /* the fastest path of this machine, a thread per core */
    enum plait_status status = plait_exec_init(&exec, NULL, 0);

    if (status == PLAIT_OK)
        status = plait_darts_check(PLAIT_RXS64, darts, RUNS);
    for (uint64_t run = 0; run < RUNS && status == PLAIT_OK; run++) {
        const struct plait_darts_range range = {
            .generator = PLAIT_RXS64, .seed = 42, .run = run, .count = darts};
        uint64_t hits = 0;
        status = plait_darts_hits(&range, &exec, &hits);
        if (status == PLAIT_OK)
            printf("run %" PRIu64 ": %" PRIu64 " hits, pi is about %.8f\n", run, hits,
                   4.0 * (double)hits / (double)darts);
    }
    if (status != PLAIT_OK)
        fprintf(stderr, "pi: %s\n", plait_status_text(status));
    return status != PLAIT_OK;
}
