/* SPDX-License-Identifier: MIT
 * Block decomposition: covers, disjoint, even; also with more parts than units.
 */
#include "base/decompose.h"
#include "check.h"

static void covers_evenly(void) {
    const uint32_t units[] = {0, 1, 2, 7, 401, 800, 1048576};
    const uint32_t parts[] = {1, 2, 3, 7, 64, 1000};
    for (int u = 0; u < 7; u++) {
        for (int p = 0; p < 6; p++) {
            uint64_t sum = 0;
            uint64_t most = 0, least = UINT64_MAX;
            for (uint32_t k = 0; k < parts[p]; k++) {
                const uint64_t share = decompose_block(units[u], parts[p], k);
                sum += share;
                most = share > most ? share : most;
                least = share < least ? share : least;
            }
            CHECK_INT(units[u], (int64_t)sum);
            CHECK(most - least <= 1);
        }
    }
}

static void remainder_goes_first(void) {
    CHECK_INT(3, decompose_block(7, 3, 0));
    CHECK_INT(2, decompose_block(7, 3, 1));
    CHECK_INT(2, decompose_block(7, 3, 2));
    CHECK_INT(1, decompose_block(1, 7, 0));
    CHECK_INT(0, decompose_block(1, 7, 6));
}

int main(int argc, char **argv) {
    static const struct check_test tests[] = {
        {"covers evenly", covers_evenly},
        {"remainder goes first", remainder_goes_first},
        {0},
    };
    return check_main("decompose", tests, argc, argv);
}
