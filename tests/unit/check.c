/* SPDX-License-Identifier: MIT
 * The part of the checks that does not depend on what counts them. */
#include "check.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint64_t seed = 42;
static unsigned long checks;

uint64_t check_seed(void) {
    return seed;
}

bool check_is_quick(void) {
    const char *quick = getenv("PLAIT_TEST_QUICK");
    return quick && strcmp(quick, "1") == 0;
}

bool check_that(bool passed, const char *file, int line, const char *format, ...) {
    char text[512];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);

    checks++;
    if (!passed)
        fprintf(stderr, "%s:%d: failed: %s\n", file, line, text);
    check_record(passed, text, file, line);
    return passed;
}

bool check_int(int64_t expected, int64_t got, const char *what, const char *file, int line) {
    return check_that(expected == got, file, line, "%s is %" PRId64 ", expected %" PRId64, what,
                      got, expected);
}

bool check_hex(uint64_t expected, uint64_t got, const char *what, const char *file, int line) {
    return check_that(expected == got, file, line, "%s is %016" PRIx64 ", expected %016" PRIx64,
                      what, got, expected);
}

bool check_text(const char *expected, const char *got, const char *what, const char *file,
                int line) {
    return check_that(got && strcmp(expected, got) == 0, file, line, "%s is '%s', expected '%s'",
                      what, got ? got : "(null)", expected);
}

/* A seed that is not a number would silently test something else. */
static bool set_seed(const char *text) {
    char *end;
    if (!text)
        return true;
    seed = strtoull(text, &end, 0);
    return *text && !*end;
}

int check_main(const char *suite, const struct check_test *tests, int argc, char **argv) {
    if (!set_seed(argc > 1 ? argv[1] : getenv("PLAIT_TEST_SEED"))) {
        fprintf(stderr, "%s: the seed is not a number\n", suite);
        return 2;
    }
    printf("%s: seed %" PRIu64 "%s\n", suite, seed, check_is_quick() ? ", small inputs" : "");
    fflush(stdout);

    const int failures = check_run(suite, tests);
    printf("%s: %lu checks, %d failed\n", suite, checks, failures);
    if (checks == 0)
        fprintf(stderr, "%s: no check was made\n", suite);
    return failures > 0 || checks == 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
