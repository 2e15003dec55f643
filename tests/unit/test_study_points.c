/* SPDX-License-Identifier: MIT
 * Lists of numbers, the points that they make, and command lines taken apart. */
#include "study/grid.h"
#include "study/texts.h"

#include "suite.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* The numbers of a list joined by spaces, or the failure's text. */
static const char *list_of(const char *text) {
    static char joined[1024];
    static struct counts counts;
    struct failure failure = {0};
    joined[0] = '\0';
    if (!counts_parse(&counts, "--ranks", text, 12, &failure)) {
        snprintf(joined, sizeof joined, "%s", failure.text);
        return joined;
    }
    for (size_t k = 0; k < counts.count; k++) {
        const size_t used = strlen(joined);
        snprintf(joined + used, sizeof joined - used, "%s%" PRIu64, k ? " " : "", counts.items[k]);
    }
    return joined;
}

static void test_lists(void) {
    CU_ASSERT_STRING_EQUAL(list_of("1,2,4,7"), "1 2 4 7");
    CU_ASSERT_STRING_EQUAL(list_of("7,1,4,4"), "1 4 7");
    CU_ASSERT_STRING_EQUAL(list_of("1,2..5"), "1 2 3 4 5");
    CU_ASSERT_STRING_EQUAL(list_of("max"), "12");
    CU_ASSERT_STRING_EQUAL(list_of("10..max"), "10 11 12");
    CU_ASSERT_STRING_EQUAL(list_of("1..max*2"), "1 2 4 8");
    CU_ASSERT_STRING_EQUAL(list_of("3..27*3"), "3 9 27");
    CU_ASSERT_STRING_EQUAL(list_of("2^0..2^4"), "1 2 4 8 16");
    CU_ASSERT_STRING_EQUAL(list_of("5..5"), "5");
    CU_ASSERT_STRING_EQUAL(list_of("1000000000..1000000000*2"), "1000000000");
    CU_ASSERT_PTR_NOT_NULL(strstr(list_of("0"), "out of range"));
    CU_ASSERT_PTR_NOT_NULL(strstr(list_of("1000000001"), "out of range"));
    CU_ASSERT_PTR_NOT_NULL(strstr(list_of(""), "empty item"));
    CU_ASSERT_PTR_NOT_NULL(strstr(list_of("1,"), "empty item"));
    CU_ASSERT_PTR_NOT_NULL(strstr(list_of("4..2"), "nothing in it"));
    CU_ASSERT_PTR_NOT_NULL(strstr(list_of("1..4*1"), "2 or more"));
    CU_ASSERT_PTR_NOT_NULL(strstr(list_of("1..2..3"), "2..3"));
    CU_ASSERT_PTR_NOT_NULL(strstr(list_of("1..100000"), "more than 4096"));
    CU_ASSERT_PTR_NOT_NULL(strstr(list_of("x"), "'x'"));
}

static bool add(struct grid *grid, const char *ranks, const char *const *settings, size_t count,
                bool zip) {
    static struct counts lists[2];
    struct failure failure = {0};
    counts_parse(&lists[0], "--ranks", ranks, 4, &failure);
    counts_parse(&lists[1], "--threads", "1", 4, &failure);
    const struct grid_axes axes = {&lists[0], &lists[1], settings, count, zip};
    return grid_add_axes(grid, &axes, &failure);
}

static void test_points(void) {
    static const char *const settings[] = {"a=1,2,3", "b=x,y,z"};
    struct grid grid = {0};
    struct failure failure = {0};
    char label[64];
    CU_ASSERT(add(&grid, "1,2", settings, 2, false));
    CU_ASSERT_EQUAL(grid.count, 18);
    grid_label(&grid, 17, label, sizeof label);
    CU_ASSERT_STRING_EQUAL(label, "ranks=2 threads=1 a=3 b=z");
    grid_setting(&grid, 17, label, sizeof label);
    CU_ASSERT_STRING_EQUAL(label, "a=3, b=z");
    CU_ASSERT(grid_same_setting(&grid, 16, 17));
    CU_ASSERT_FALSE(grid_same_setting(&grid, 15, 17));
    /* What is there already is not added again; a new name leaves the old points without it. */
    CU_ASSERT(add(&grid, "1,2", settings, 2, true));
    CU_ASSERT_EQUAL(grid.count, 18);
    size_t index;
    CU_ASSERT(grid_name(&grid, "c", &index, &failure) && index == 2);
    grid_label(&grid, 17, label, sizeof label);
    CU_ASSERT_STRING_EQUAL(label, "ranks=2 threads=1 a=3 b=z");
    char three[] = "3", z[] = "z", new[] = "new", *values[] = {three, z, NULL};
    CU_ASSERT(grid_find(&grid, 2, 1, values, &index, &failure) && index == 17);
    values[2] = new;
    CU_ASSERT(grid_find(&grid, 2, 1, values, &index, &failure) && index == 18);
    grid_free(&grid);

    CU_ASSERT(add(&grid, "1", settings, 2, true));
    CU_ASSERT_EQUAL(grid.count, 3);
    grid_label(&grid, 1, label, sizeof label);
    CU_ASSERT_STRING_EQUAL(label, "ranks=1 threads=1 a=2 b=y");
    grid_free(&grid);
    CU_ASSERT(add(&grid, "1..3", NULL, 0, false));
    CU_ASSERT_EQUAL(grid.count, 3);
    grid_free(&grid);
}

static void test_words(void) {
    struct texts words = {0};
    struct failure failure = {0};
    CU_ASSERT(texts_split(&words, "  srun -n {ranks}  'a b'\"c d\"e ''", &failure));
    CU_ASSERT_EQUAL_FATAL(words.count, 5);
    CU_ASSERT_STRING_EQUAL(words.items[0], "srun");
    CU_ASSERT_STRING_EQUAL(words.items[3], "a bc de");
    CU_ASSERT_STRING_EQUAL(words.items[4], "");
    CU_ASSERT_PTR_NULL(words.items[5]);
    CU_ASSERT_EQUAL(texts_find(&words, "-n"), 1);
    CU_ASSERT_EQUAL(texts_find(&words, "n"), 5);
    texts_free(&words);
    CU_ASSERT(texts_split(&words, " ", &failure) && words.count == 0);
    CU_ASSERT_FALSE(texts_split(&words, "a 'b", &failure));
    CU_ASSERT_EQUAL(failure.exit_status, EXIT_USAGE);
    texts_free(&words);
}

int main(void) {
    CU_TestInfo tests[] = {
        {"lists of numbers", test_lists},
        {"points", test_points},
        {"words of a line", test_words},
        CU_TEST_INFO_NULL,
    };
    return run_suite("study_points", tests);
}
