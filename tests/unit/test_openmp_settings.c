/* SPDX-License-Identifier: MIT
 * OpenMP's environment variables are read as OpenMP has them; what cannot be meant is returned.
 */
#define _GNU_SOURCE /* setenv */
#include "base/openmp_settings.h"

#include "suite.h"

#include <stdlib.h>
#include <string.h>

static void test_threads_of_text(void) {
    static const struct {
        const char *text;
        int threads;
    } cases[] = {
        {"1", 1},
        {"4096", 4096},
        {" 4 ", 4},
        {"4,2", 4},
        {"1,2,3", 1},
        {" 3 , 2", 3},
        {"+2", 2},
        {"4097", 0},
        {"2,4097", 2},
        {"0", 0},
        {"-1", 0},
        {"", 0},
        {"four", 0},
        {"4x", 0},
        {"4,", 0},
        {",4", 0},
        {"4,0", 0},
        {"4,x", 0},
        {"4 2", 0},
        {"1e2", 0},
        {"0x4", 0},
        {"18446744073709551617", 0},
        {"2,18446744073709551617", 0},
    };
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++)
        if (openmp_threads_of_text(cases[k].text) != cases[k].threads)
            CU_FAIL_FATAL("a text of OMP_NUM_THREADS was read wrongly");
    CU_PASS("all texts");
}

static void test_threads(void) {
    const char *refused = "left over";
    unsetenv("OMP_NUM_THREADS");
    CU_ASSERT_EQUAL(openmp_threads(&refused), 0);
    CU_ASSERT_PTR_NULL(refused);
    setenv("OMP_NUM_THREADS", " ", 1);
    CU_ASSERT_EQUAL(openmp_threads(&refused), 0);
    CU_ASSERT_PTR_NULL(refused);
    setenv("OMP_NUM_THREADS", "3,2", 1);
    CU_ASSERT_EQUAL(openmp_threads(&refused), 3);
    CU_ASSERT_PTR_NULL(refused);
    setenv("OMP_NUM_THREADS", "4097", 1);
    CU_ASSERT_EQUAL(openmp_threads(&refused), 0);
    CU_ASSERT_PTR_NOT_NULL_FATAL(refused);
    CU_ASSERT_STRING_EQUAL(refused, "4097");
}

static void test_dynamic(void) {
    static const char *const yes[] = {"true", "TRUE", " True "}, *const no[] = {"false", "1",
                                                                                "truer", ""};
    unsetenv("OMP_DYNAMIC");
    CU_ASSERT_FALSE(openmp_is_dynamic());
    for (size_t k = 0; k < sizeof yes / sizeof *yes; k++) {
        setenv("OMP_DYNAMIC", yes[k], 1);
        CU_ASSERT_TRUE(openmp_is_dynamic());
    }
    for (size_t k = 0; k < sizeof no / sizeof *no; k++) {
        setenv("OMP_DYNAMIC", no[k], 1);
        CU_ASSERT_FALSE(openmp_is_dynamic());
    }
}

static void test_binds(void) {
    static const char *const names[] = {"OMP_PLACES", "OMP_PROC_BIND", "GOMP_CPU_AFFINITY",
                                        "KMP_AFFINITY", "KMP_HW_SUBSET"};
    for (size_t k = 0; k < sizeof names / sizeof *names; k++)
        unsetenv(names[k]);
    CU_ASSERT_FALSE(openmp_binds());
    for (size_t k = 0; k < sizeof names / sizeof *names; k++) {
        setenv(names[k], "x", 1);
        CU_ASSERT_TRUE(openmp_binds());
        unsetenv(names[k]);
    }
}

static void test_stacks(void) {
    CU_ASSERT_EQUAL(openmp_stack_of_text("4000"), 4096000);
    CU_ASSERT_EQUAL(openmp_stack_of_text("64k"), 65536);
    CU_ASSERT_EQUAL(openmp_stack_of_text(" 512 K "), 524288);
    CU_ASSERT_EQUAL(openmp_stack_of_text("70000B"), 70000);
    CU_ASSERT_EQUAL(openmp_stack_of_text("16M"), (size_t)16 << 20);
    CU_ASSERT_EQUAL(openmp_stack_of_text("1g"), (size_t)1 << 30);
    CU_ASSERT_EQUAL(openmp_stack_of_text("1T"), 0);
    CU_ASSERT_EQUAL(openmp_stack_of_text("1kk"), 0);
    CU_ASSERT_EQUAL(openmp_stack_of_text("k"), 0);
    CU_ASSERT_EQUAL(openmp_stack_of_text(""), 0);
    CU_ASSERT_EQUAL(openmp_stack_of_text("-1"), 0);
    CU_ASSERT_EQUAL(openmp_stack_of_text("18446744073709551615M"), 0);
    setenv("OMP_STACKSIZE", "3M", 1);
    CU_ASSERT_EQUAL(openmp_stack_bytes(), (size_t)3 << 20);
    unsetenv("OMP_STACKSIZE");
    CU_ASSERT_NOT_EQUAL(openmp_stack_bytes(), (size_t)3 << 20);
}

int main(void) {
    CU_TestInfo tests[] = {
        {"threads of a text", test_threads_of_text},
        {"threads", test_threads},
        {"dynamic", test_dynamic},
        {"binds", test_binds},
        {"stacks", test_stacks},
        CU_TEST_INFO_NULL,
    };
    return run_suite("openmp_settings", tests);
}
