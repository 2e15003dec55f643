/* SPDX-License-Identifier: MIT
 * Decimal numbers of any length: what is one, which are equal, and how they are cut out of a list.
 */
#include "base/decimal.h"

#include "suite.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static bool accepts(const char *text) {
    return decimal_check(text, strlen(text)) == NULL;
}

/* Whether a text is, in its one form, that one. */
static bool is(const char *text, const char *form) {
    char written[128];
    const struct decimal number = decimal_of(text, strlen(text));
    decimal_write(&number, written, sizeof written);
    return strcmp(written, form) == 0;
}

static bool equal(const char *one, const char *other) {
    const struct decimal a = decimal_of(one, strlen(one)), b = decimal_of(other, strlen(other));
    return decimal_equal(&a, &b) && decimal_equal(&b, &a);
}

static void test_syntax(void) {
    static const char *const good[] = {"0",
                                       "-0",
                                       "+1",
                                       "1.",
                                       ".5",
                                       "-0.75",
                                       "1e5",
                                       "1E-5",
                                       "1e+05",
                                       "00.00",
                                       "1e999999999999999999999999",
                                       "-.5e-7"};
    static const char *const bad[] = {"",      "-",   "+",     ".",   "e5",  "1e",  "1e+",
                                      "1.2.3", "--1", "1e5.5", "0x1", "inf", "nan", " 1",
                                      "1 ",    "1,2", "1e5e5", "1-",  "-e1"};
    for (size_t k = 0; k < sizeof good / sizeof *good; k++)
        CU_ASSERT(accepts(good[k]));
    for (size_t k = 0; k < sizeof bad / sizeof *bad; k++)
        CU_ASSERT(!accepts(bad[k]));
}

static void test_values(void) {
    CU_ASSERT(is("0", "0") && is("-0.000e7", "0") && is(".0", "0"));
    CU_ASSERT(is("1", "1e0") && is("10", "1e1") && is("0.1", "1e-1") && is("-12.50", "-125e-1"));
    CU_ASSERT(is("0.00120300e2", "1203e-4") && is("1200.e-2", "12e0") && is("+.5", "5e-1"));
    CU_ASSERT(is("1e100000", "1e100000") &&
              is("123456789012345678901234567890e-30", "12345678901234567890123456789e-29"));
    CU_ASSERT(equal("0.5", "5e-1") && equal("1000", "1e3"));
    CU_ASSERT(equal("-0.650", "-.65") && equal("0", "-0") && equal("1.50e2", "150"));
    CU_ASSERT(!equal("0.5", "-0.5") && !equal("0.5", "0.51") && !equal("1", "10"));
    CU_ASSERT(!equal("0.65", "0.65000000000000000000000000000000000001"));
    CU_ASSERT(!equal("1e5", "1e6") && !equal("12", "13") && !equal("0", "1e-99999"));
}

static void test_exponents(void) {
    const char huge[] = "1e99999999999999999999999", tiny[] = "-1e-99999999999999999999999";
    CU_ASSERT(decimal_of(huge, strlen(huge)).exponent > INT64_C(1) << 59);
    CU_ASSERT(decimal_of(tiny, strlen(tiny)).exponent < -(INT64_C(1) << 59));
    CU_ASSERT(decimal_of(tiny, strlen(tiny)).sign == -1);
    CU_ASSERT(decimal_of("0.00123", 7).exponent == -2 && decimal_of("0.00123", 7).digits == 3);
}

static void test_length(void) {
    const size_t most = DECIMAL_BYTES_MAX;
    char *text = malloc(most + 2);
    if (!text)
        abort();
    memset(text, '7', most + 1);
    text[1] = '.';
    text[most + 1] = '\0';
    CU_ASSERT(decimal_check(text, most + 1) != NULL);
    CU_ASSERT(decimal_check(text, most) == NULL);
    CU_ASSERT(decimal_of(text, most).digits == most - 1);
    free(text);
}

static void test_pieces(void) {
    const char *begin;
    const char *const list = "-0.5,  1e3,.25";
    CU_ASSERT(decimal_piece(list, 0, &begin) == 4 && begin == list);
    CU_ASSERT(decimal_piece(list, 1, &begin) == 3 && strncmp(begin, "1e3", 3) == 0);
    CU_ASSERT(decimal_piece(list, 2, &begin) == 3 && strcmp(begin, ".25") == 0);
}

int main(void) {
    CU_TestInfo tests[] = {{"syntax", test_syntax},       {"values", test_values},
                           {"exponents", test_exponents}, {"length", test_length},
                           {"pieces", test_pieces},       CU_TEST_INFO_NULL};
    return run_suite("decimal", tests);
}
