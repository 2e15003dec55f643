/* SPDX-License-Identifier: MIT
 * What the machine's units allow: how the loops count their work, what follows from their rates,
 * and that every path with loops has a limit. How high it is depends on the machine and is not
 * tested. */
#include "check.h"

#include "../../arch/path.h"
#include "../../kernels/limit_rates.h"
#include "plait/exec.h"
#include "plait/limit.h"

#include <math.h>
#include <stddef.h>

static void test_steps(void) {
    /* Units apart: three multiply-adds limit a step. Units that do both: the mix does. */
    CHECK(limit_of_steps(12, 4) == 4);
    CHECK(limit_of_steps(12, 5) == 4);
    CHECK(limit_of_steps(12, 3) == 3);
    CHECK(limit_of_steps(12, 3.14) == 3.14);
    CHECK(limit_of_steps(12, 3.16) == 4);
}

static void test_work(void) {
    for (size_t k = 0; k < plait_path_count(); k++) {
        const struct plait_path *path = plait_path_at(k);
        const struct plait_bound *bound = path->bound;
        if (!bound || !plait_path_supported(path))
            continue;
        CHECK(bound->mix(10) == 10 * 3 * path->lanes);
        CHECK(bound->fma(10) == 10 * 9 * path->lanes);
        CHECK(bound->add(10) == 10 * 9 * path->lanes);
        CHECK(bound->integer_add(10) == 10 * 4 * 12);
        CHECK(bound->dart_operations[0] > 0 &&
              bound->dart_operations[0] < bound->dart_operations[1]);
    }
}

static void test_every_path(void) {
    static const enum plait_work works[] = {PLAIT_WORK_STEPS, PLAIT_WORK_DARTS_RXS64,
                                            PLAIT_WORK_DARTS_PCG32};
    for (size_t k = 0; k < plait_path_count(); k++)
        for (int w = 0; w < 3; w++)
            for (int threads = 1; threads <= 3; threads += 2) {
                const struct plait_path *path = plait_path_at(k);
                const struct plait_exec exec = {.path = path, .threads = threads};
                double per_second = NAN;
                if (!plait_path_supported(path))
                    continue;
                CHECK_INT(PLAIT_OK, plait_limit_measure(&exec, works[w], &per_second));
                CHECK(path->bound ? per_second > 1e3 && isfinite(per_second) : per_second == 0);
            }
}

static void test_arguments(void) {
    double per_second = 7;
    struct plait_exec exec;
    CHECK_INT(PLAIT_OK, plait_exec_init(&exec, NULL, 1));
    CHECK_INT(PLAIT_E_ARGUMENT, plait_limit_measure(&exec, (enum plait_work)3, &per_second));
    CHECK_INT(PLAIT_E_ARGUMENT, plait_limit_measure(&exec, PLAIT_WORK_STEPS, NULL));
    exec.threads = 0;
    CHECK_INT(PLAIT_E_ARGUMENT, plait_limit_measure(&exec, PLAIT_WORK_STEPS, &per_second));
    CHECK(per_second == 7);
}

int main(int argc, char **argv) {
    static const struct check_test tests[] = {
        {"steps", test_steps},
        {"work of the loops", test_work},
        {"every path", test_every_path},
        {"arguments", test_arguments},
        {0},
    };
    return check_main("limit", tests, argc, argv);
}
