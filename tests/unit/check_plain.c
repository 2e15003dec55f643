/* SPDX-License-Identifier: MIT
 * The checks counted without CUnit, for targets that it is not packaged for. */
#include "check.h"

#include <stdio.h>

static int failures;

void check_record(bool passed, const char *text, const char *file, int line) {
    (void)text;
    (void)file;
    (void)line;
    failures += !passed;
}

int check_run(const char *suite, const struct check_test *tests) {
    for (; tests->name; tests++) {
        printf("%s: %s\n", suite, tests->name);
        fflush(stdout);
        tests->run();
    }
    return failures;
}
