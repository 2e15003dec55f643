/* SPDX-License-Identifier: MIT
 * Numbers as users write them: the largest that fit, the smallest that do not, and what is no
 * number. */
#include "base/number.h"

#include "suite.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static bool count_is(const char *text, uint64_t expected) {
    uint64_t value = 99;
    return number_count(text, &value) == NULL && value == expected;
}

/* Whether text is refused, for that reason, with the value left alone. */
static bool count_refused(const char *text, const char *reason) {
    uint64_t value = 99;
    const char *error = number_count(text, &value);
    return error && strstr(error, reason) && value == 99;
}

static bool real_is(const char *text, double expected) {
    double value = 99;
    return number_real(text, &value) == NULL && value == expected;
}

static bool real_refused(const char *text, const char *reason) {
    double value = 99;
    const char *error = number_real(text, &value);
    return error && strstr(error, reason) && value == 99;
}

static void test_parts(void) {
    double value = 99;
    CU_ASSERT(number_part("5%", &value) == NULL && value == 0.05);
    CU_ASSERT(number_part("0.05", &value) == NULL && value == 0.05);
    CU_ASSERT(number_part("100%", &value) == NULL && value == 1);
    CU_ASSERT(number_part("1e-1%", &value) == NULL && value == 0.001);
    value = 99;
    CU_ASSERT(number_part("%", &value) != NULL && value == 99);
    CU_ASSERT(number_part("", &value) != NULL && value == 99);
    CU_ASSERT(number_part("5%%", &value) != NULL && value == 99);
    CU_ASSERT(number_part("five%", &value) != NULL && value == 99);
}

static void test_counts(void) {
    CU_ASSERT(count_is("0", 0));
    CU_ASSERT(count_is("10", 10));
    CU_ASSERT(count_is("007", 7));
    CU_ASSERT(count_is("4^12", 16777216));
    CU_ASSERT(count_is("2^20", 1048576));
    CU_ASSERT(count_is("1e9", 1000000000));
    CU_ASSERT(count_is("12E2", 1200));
    CU_ASSERT(count_is("7^0", 1));
    CU_ASSERT(count_is("7e0", 7));
    CU_ASSERT(count_is("0^0", 1));
    CU_ASSERT(count_is("0^5", 0));
}

static void test_counts_at_the_limit(void) {
    CU_ASSERT(count_is("18446744073709551615", UINT64_MAX));
    CU_ASSERT(count_refused("18446744073709551616", "is above"));
    CU_ASSERT(count_refused("18446744073709551620", "is above"));
    CU_ASSERT(count_refused("99999999999999999999999", "is above"));
    CU_ASSERT(count_is("1e19", UINT64_C(10000000000000000000)));
    CU_ASSERT(count_refused("1e20", "is above"));
    CU_ASSERT(count_refused("2e19", "is above"));
    CU_ASSERT(count_is("4^31", UINT64_C(1) << 62));
    CU_ASSERT(count_refused("4^32", "is above"));
    CU_ASSERT(count_is("2^63", UINT64_C(1) << 63));
    CU_ASSERT(count_refused("2^64", "is above"));
    /* Huge exponents neither take for ever nor overflow where nothing grows. */
    CU_ASSERT(count_refused("2^99999999999999999999999", "is above"));
    CU_ASSERT(count_is("1^99999999999999999999999", 1));
    CU_ASSERT(count_is("0e99999999999999999999999", 0));
}

static void test_no_counts(void) {
    static const char *const texts[] = {"",      "x",    " 5",    "5 ",   "5\n", "0x10", "1e-3",
                                        "1.5",   "1e",   "4^",    "^4",   "e9",  "+5",   "4^-2",
                                        "4^2^2", "1e3e", "10,0",  "nan",  "inf", "--5",  "-x",
                                        "1_000", "5k",   "4^1e1", "1e2^3"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        CU_ASSERT(count_refused(texts[i], "not a whole number"));
    CU_ASSERT(count_refused("-5", "is negative"));
    CU_ASSERT(count_refused("-0", "is negative"));
}

static void test_reals(void) {
    CU_ASSERT(real_is("0", 0));
    CU_ASSERT(real_is("-2", -2));
    CU_ASSERT(real_is("+2", 2));
    CU_ASSERT(real_is("-0.75", -0.75));
    CU_ASSERT(real_is(".5", 0.5));
    CU_ASSERT(real_is("5.", 5));
    CU_ASSERT(real_is("1e-3", 1e-3));
    CU_ASSERT(real_is("1.5E+3", 1500));
    CU_ASSERT(real_is("0.1", 0.1));
    CU_ASSERT(real_is("1.7976931348623157e308", 1.7976931348623157e308));
    CU_ASSERT(real_is("5e-324", 5e-324));
    CU_ASSERT(real_is("0e-999", 0));
}

static void test_no_reals(void) {
    static const char *const texts[] = {"",    ".",     "-",   "e5",   "1e",  "1e+",      " 1",
                                        "1 ",  "nan",   "inf", "-inf", "NaN", "infinity", "0x1p3",
                                        "1,5", "1.2.3", "--1", "1f",   "1/3"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        CU_ASSERT(real_refused(texts[i], "not a finite number"));
    CU_ASSERT(real_refused("1e309", "too large"));
    CU_ASSERT(real_refused("-1e309", "too large"));
    CU_ASSERT(real_refused("1e-400", "too small"));
    CU_ASSERT(real_refused("-1e-400", "too small"));
}

static bool writes(double value, const char *expected) {
    char text[NUMBER_TEXT_BYTES];
    number_text(value, text);
    return strcmp(text, expected) == 0 && strtod(text, NULL) == value;
}

/* 16 digits are not enough for 0.1 + 0.2, 17 are for every double. */
static void test_texts(void) {
    CU_ASSERT(writes(0, "0"));
    CU_ASSERT(writes(0.1, "0.1"));
    CU_ASSERT(writes(-2.5, "-2.5"));
    CU_ASSERT(writes(0.1 + 0.2, "0.30000000000000004"));
    CU_ASSERT(writes(3.14159265358979323846, "3.141592653589793"));
    CU_ASSERT(writes(1e300, "1e+300"));
    CU_ASSERT(writes(5e-324, "4.94065645841247e-324"));
    CU_ASSERT(writes(-1.7976931348623157e308, "-1.7976931348623157e+308"));
}

int main(void) {
    CU_TestInfo tests[] = {{"counts", test_counts},
                           {"parts", test_parts},
                           {"counts at the limit", test_counts_at_the_limit},
                           {"what is no count", test_no_counts},
                           {"reals", test_reals},
                           {"what is no real", test_no_reals},
                           {"texts", test_texts},
                           CU_TEST_INFO_NULL};
    return run_suite("number", tests);
}
