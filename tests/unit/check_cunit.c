/* SPDX-License-Identifier: MIT
 * The checks counted by CUnit. */
#include "check.h"

#include <CUnit/Basic.h>
#include <stdlib.h>

/* CUnit keeps the text of a failure, so check_record may give it a buffer of its caller. */
void check_record(bool passed, const char *text, const char *file, int line) {
    CU_assertImplementation(passed, (unsigned)line, text, file, "", CU_FALSE);
}

static CU_ErrorCode run_registry(const char *name, const struct check_test *tests) {
    CU_pSuite suite = CU_add_suite(name, NULL, NULL);
    for (; suite && tests->name; tests++)
        if (!CU_add_test(suite, tests->name, tests->run))
            break;
    if (CU_get_error() != CUE_SUCCESS)
        return CU_get_error();
    CU_basic_set_mode(CU_BRM_VERBOSE);
    return CU_basic_run_tests();
}

int check_run(const char *suite, const struct check_test *tests) {
    if (CU_initialize_registry() != CUE_SUCCESS)
        abort();
    /* CUnit's run returns its own errors; failed checks are counted separately. */
    const CU_ErrorCode error = run_registry(suite, tests);
    const int failures = (int)CU_get_number_of_failures() + (error != CUE_SUCCESS);
    CU_cleanup_registry();
    return failures;
}
