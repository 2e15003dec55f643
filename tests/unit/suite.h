/* SPDX-License-Identifier: MIT
 * Runs the tests of one program. The exit status comes from the failed checks, not from CUnit's own
 * errors alone, and a program that ran no check at all fails. */
#ifndef PLAIT_TESTS_SUITE_H
#define PLAIT_TESTS_SUITE_H

#include <CUnit/Basic.h>

/* A test and its name; a list of them ends with CU_TEST_INFO_NULL. Before and after each test run
 * set_up and tear_down, or NULL: nothing. A test that did not run is a failure, too. */
static inline int run_suite_between(const char *name, CU_SetUpFunc set_up,
                                    CU_TearDownFunc tear_down, CU_TestInfo *tests) {
    CU_SuiteInfo suites[] = {{name, NULL, NULL, set_up, tear_down, tests}, CU_SUITE_INFO_NULL};
    unsigned expected = 0;
    while (tests[expected].pName)
        expected++;
    if (CU_initialize_registry() != CUE_SUCCESS || CU_register_suites(suites) != CUE_SUCCESS)
        return 1;
    CU_basic_set_mode(CU_BRM_NORMAL);
    const CU_ErrorCode error = CU_basic_run_tests();
    const unsigned failures = CU_get_number_of_failures();
    const unsigned checks = CU_get_number_of_asserts();
    const unsigned tests_run = CU_get_number_of_tests_run();
    CU_cleanup_registry();
    return error != CUE_SUCCESS || failures > 0 || checks == 0 || tests_run != expected;
}

static inline int run_suite(const char *name, CU_TestInfo *tests) {
    return run_suite_between(name, NULL, NULL, tests);
}

#endif
