/* SPDX-License-Identifier: MIT
 * The choice of the path, for every machine that can be made up from the feature bits, and that a
 * path which this machine must have was not quietly left out. */
#include "check.h"

#include "../../arch/cpu.h"
#include "../../arch/select.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What each path needs, written down a second time: the first is under test. Plainest first. */
static const struct {
    const char *name;
    uint32_t needs;
} known[] = {
    {"scalar", 0},
    {"avx2", PLAIT_CPU_AVX2 | PLAIT_CPU_FMA},
    {"avx512", PLAIT_CPU_AVX2 | PLAIT_CPU_FMA | PLAIT_CPU_AVX512F | PLAIT_CPU_AVX512BW |
                   PLAIT_CPU_AVX512DQ | PLAIT_CPU_AVX512VL},
    {"neon", PLAIT_CPU_NEON},
};

enum { KNOWN = sizeof known / sizeof known[0], EVERY_BIT = 2 * PLAIT_CPU_NEON - 1 };

static bool is_compiled(const char *name) {
    size_t count;
    const struct plait_path *const *table = plait_select_table(&count);
    for (size_t k = 0; k < count; k++)
        if (strcmp(table[k]->name, name) == 0)
            return true;
    return false;
}

static void test_table(void) {
    size_t count, position = 0;
    const struct plait_path *const *table = plait_select_table(&count);
    CHECK(count >= 1);
    CHECK_TEXT("scalar", table[0]->name);
    for (size_t k = 0; k < count; k++) {
        while (position < KNOWN && strcmp(known[position].name, table[k]->name) != 0)
            position++;
        if (!check_that(position < KNOWN, __FILE__, __LINE__, "path %s is known and in its place",
                        table[k]->name))
            return;
        CHECK_HEX(known[position].needs, table[k]->needs);
        CHECK(table[k]->escape_tile != NULL && table[k]->darts_hits != NULL);
        CHECK(table[k]->lanes >= 1);
    }
}

static void test_best_of_every_machine(void) {
    for (uint32_t cpu = 0; cpu <= EVERY_BIT; cpu++) {
        const char *expected = NULL;
        for (size_t k = 0; k < KNOWN; k++)
            if ((known[k].needs & cpu) == known[k].needs && is_compiled(known[k].name))
                expected = known[k].name;
        CHECK_TEXT(expected, plait_select_best(cpu)->name);
    }
}

static void test_find_on_every_machine(void) {
    for (uint32_t cpu = 0; cpu <= EVERY_BIT; cpu++)
        for (size_t k = 0; k < KNOWN; k++) {
            const struct plait_path *path = NULL;
            const enum plait_select_result got = plait_select_find(known[k].name, cpu, &path);
            if (!is_compiled(known[k].name))
                CHECK_INT(PLAIT_SELECT_UNKNOWN, got);
            else if ((known[k].needs & cpu) != known[k].needs)
                CHECK_INT(PLAIT_SELECT_UNSUPPORTED, got);
            else if (CHECK_INT(PLAIT_SELECT_OK, got))
                CHECK_TEXT(known[k].name, path->name);
            CHECK((path != NULL) == (got == PLAIT_SELECT_OK));
        }
}

static void test_names_are_exact(void) {
    static const char *const wrong[] = {"",      " ",   "Scalar", "scalar ",
                                        "scala", "avx", "avx22",  "sse9"};
    for (size_t k = 0; k < sizeof wrong / sizeof *wrong; k++) {
        const struct plait_path *path = NULL;
        CHECK_INT(PLAIT_SELECT_UNKNOWN, plait_select_find(wrong[k], EVERY_BIT, &path));
        CHECK(path == NULL);
    }
}

/* One bit less than a path needs is not enough, whichever bit it is. */
static void test_every_bit_counts(void) {
    for (size_t k = 0; k < KNOWN; k++)
        for (uint32_t bit = 1; bit <= EVERY_BIT; bit *= 2) {
            const struct plait_path *path = NULL;
            if ((known[k].needs & bit) && is_compiled(known[k].name))
                CHECK_INT(PLAIT_SELECT_UNSUPPORTED,
                          plait_select_find(known[k].name, EVERY_BIT & ~bit, &path));
        }
}

/* PLAIT_REQUIRE_PATHS="scalar avx2": whoever knows the machine names what must run on it. */
static void test_required_paths(void) {
    char names[256];
    const char *required = getenv("PLAIT_REQUIRE_PATHS");
    const uint32_t cpu = plait_cpu_features();
    snprintf(names, sizeof names, "%s", required ? required : "scalar");
    for (char *rest = names, *name; (name = strtok_r(rest, " ", &rest));) {
        const struct plait_path *path;
        check_that(plait_select_find(name, cpu, &path) == PLAIT_SELECT_OK, __FILE__, __LINE__,
                   "path %s, required here, is compiled and supported", name);
    }
}

int main(int argc, char **argv) {
    static const struct check_test tests[] = {
        {"table", test_table},
        {"best of every machine", test_best_of_every_machine},
        {"find on every machine", test_find_on_every_machine},
        {"names are exact", test_names_are_exact},
        {"every bit counts", test_every_bit_counts},
        {"required paths", test_required_paths},
        {0},
    };
    return check_main("select", tests, argc, argv);
}
