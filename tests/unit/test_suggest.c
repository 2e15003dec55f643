/* SPDX-License-Identifier: MIT
 * Suggestions: near words are found, far ones are not, prefixes count. */
#include "base/suggest.h"

#include "suite.h"

#include <string.h>

static const char *const words[] = {"maxit", "region",     "center", "zoom",
                                    "size",  "mandelbrot", "julia"};

static bool suggests(const char *word, const char *expected) {
    const char *best = suggest(word, words, sizeof words / sizeof *words);
    if (!expected || !best)
        return best == expected;
    return strcmp(best, expected) == 0;
}

static void test_near(void) {
    CU_ASSERT(suggests("maxit", "maxit"));
    CU_ASSERT(suggests("maxitt", "maxit"));
    CU_ASSERT(suggests("mxit", "maxit"));
    CU_ASSERT(suggests("maxut", "maxit"));
    CU_ASSERT(suggests("amxit", "maxit"));
    CU_ASSERT(suggests("mandlebrot", "mandelbrot"));
    CU_ASSERT(suggests("centre", "center"));
    CU_ASSERT(suggests("SIZE", "size"));
    CU_ASSERT(suggests("juila", "julia"));
}

static void test_prefix(void) {
    CU_ASSERT(suggests("max", "maxit"));
    CU_ASSERT(suggests("mandel", "mandelbrot"));
    CU_ASSERT(suggests("z", "zoom"));
    CU_ASSERT(suggests("ma", NULL)); /* maxit and mandelbrot */
}

static void test_same_word_twice_is_one(void) {
    struct suggestion search = suggestion_begin("max");
    suggestion_offer(&search, "maxit");
    suggestion_offer(&search, "maxit");
    CU_ASSERT(suggestion_best(&search) != NULL);
}

static void test_far(void) {
    CU_ASSERT(suggests("", NULL));
    CU_ASSERT(suggests("frobnicate", NULL));
    CU_ASSERT(suggests("q", NULL));
    CU_ASSERT(suggests("xyzzy", NULL));
    CU_ASSERT(
        suggests("a-word-that-goes-on-and-on-and-on-and-on-and-on-and-on-and-on-and-on", NULL));
    CU_ASSERT(suggest("maxit", words, 0) == NULL);
}

static void test_a_swap_is_one_edit(void) {
    /* Three letters allow one edit; without swaps this would be two. */
    static const char *const formats[] = {"png"};
    CU_ASSERT(suggest("pgn", formats, 1) != NULL);
    CU_ASSERT(suggest("ppp", formats, 1) == NULL);
}

int main(void) {
    CU_TestInfo tests[] = {{"near words", test_near},
                           {"prefixes", test_prefix},
                           {"one word offered twice", test_same_word_twice_is_one},
                           {"far words", test_far},
                           {"swaps", test_a_swap_is_one_edit},
                           CU_TEST_INFO_NULL};
    return run_suite("suggest", tests);
}
