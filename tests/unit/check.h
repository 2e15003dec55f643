/* SPDX-License-Identifier: MIT
 * What the unit tests share: checks that say what was expected, a seed that is set and printed, and
 * a main function. A test program fails when a check fails and also when it made none: a test that
 * runs nothing must not look like one that passed.
 *
 * The checks are counted by CUnit (check_cunit.c), or by check_plain.c where CUnit is not available
 * for the target, as when cross-compiling on Debian. */
#ifndef PLAIT_TESTS_CHECK_H
#define PLAIT_TESTS_CHECK_H

#include <stdbool.h>
#include <stdint.h>

struct check_test {
    const char *name;
    void (*run)(void);
};

/* Runs the tests, the list ending in one without a name, and returns the exit status of the
 * program. The seed is the first argument, else PLAIT_TEST_SEED, else 42; it is printed. */
int check_main(const char *suite, const struct check_test *tests, int argc, char **argv);

/* The seed of this run, for tests that draw. */
uint64_t check_seed(void);

/* Whether PLAIT_TEST_QUICK asks for small inputs: emulated machines are a hundred times slower. */
bool check_is_quick(void);

/* Records one check; a failure is printed and the test continues. Returns passed. */
bool check_that(bool passed, const char *file, int line, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

#define CHECK(condition) check_that((condition), __FILE__, __LINE__, "%s", #condition)
#define CHECK_INT(expected, got) check_int((expected), (got), #got, __FILE__, __LINE__)
#define CHECK_HEX(expected, got) check_hex((expected), (got), #got, __FILE__, __LINE__)
#define CHECK_TEXT(expected, got) check_text((expected), (got), #got, __FILE__, __LINE__)

bool check_int(int64_t expected, int64_t got, const char *what, const char *file, int line);
bool check_hex(uint64_t expected, uint64_t got, const char *what, const char *file, int line);
bool check_text(const char *expected, const char *got, const char *what, const char *file,
                int line);

/* The two functions that check_cunit.c and check_plain.c each provide. */
int check_run(const char *suite,
              const struct check_test *tests); /* returns the number of failures */
void check_record(bool passed, const char *text, const char *file, int line);

#endif
