/* SPDX-License-Identifier: MIT
 * One row at a time: every kind parses what it should, refuses the rest with its range, and unsound
 * tables are found. */
#include "options/option.h"

#include "sample_options.h"
#include "suite.h"

#include <math.h>

/* Whether the option of that name takes the text. */
static bool takes(const char *name, const char *text, void *member) {
    struct failure failure = {0};
    return option_parse(option_find(&sample_set, name, NULL), "--x", text, member, &failure) &&
           failure.exit_status == EXIT_DONE;
}

/* Whether it is refused as wrong usage with exactly that text. */
static bool refuses(const char *name, const char *text, const char *expected) {
    struct failure failure = {0};
    const bool parsed =
        option_parse(option_find(&sample_set, name, NULL), "--x", text, NULL, &failure);
    if (!parsed && failure.exit_status == EXIT_USAGE && strcmp(failure.text, expected) == 0)
        return true;
    printf("\n  got:      %s\n  expected: %s\n", parsed ? "no error" : failure.text, expected);
    return false;
}

static void test_count(void) {
    uint64_t value = 0;
    CU_ASSERT(takes("maxit", "1", &value) && value == 1);
    CU_ASSERT(takes("maxit", "2147483647", &value) && value == INT32_MAX);
    CU_ASSERT(takes("maxit", "2^10", &value) && value == 1024);
    CU_ASSERT(takes("darts", "18446744073709551615", &value) && value == UINT64_MAX);
    CU_ASSERT(takes("darts", "0", &value) && value == 0);
    CU_ASSERT(refuses("maxit", "0", "--x: '0' is below 1"));
    CU_ASSERT(refuses("maxit", "2^31", "--x: '2^31' is above 2147483647"));
    CU_ASSERT(refuses("maxit", "-1", "--x: '-1' is negative"));
    CU_ASSERT(refuses("maxit", "ten", "--x: 'ten' is not a whole number such as 10, 4^12 or 1e9"));
    CU_ASSERT(
        refuses("darts", "4^32", "--x: '4^32' is above 18446744073709551615, the largest count"));
    CU_ASSERT(refuses("maxit", "", "--x: the value is empty"));
}

static void test_real(void) {
    double value = 0;
    CU_ASSERT(takes("zoom", "0.5", &value) && value == 0.5);
    CU_ASSERT(takes("zoom", "1e15", &value) && value == 1e15);
    CU_ASSERT(refuses("zoom", "0", "--x: '0' is not above 0: give a positive number"));
    CU_ASSERT(refuses("zoom", "-0", "--x: '-0' is not above 0: give a positive number"));
    CU_ASSERT(refuses("zoom", "-3", "--x: '-3' is not above 0: give a positive number"));
    CU_ASSERT(refuses("zoom", "2e15", "--x: '2e15' is above 1e+15"));
    CU_ASSERT(refuses("zoom", "nan", "--x: 'nan' is not a finite number such as -0.75 or 1e-3"));
    CU_ASSERT(refuses("zoom", "1e999", "--x: '1e999' is too large for a double"));

    struct failure failure = {0};
    const struct option low = {.kind = OPTION_REAL, .real_min = 1, .real_max = INFINITY};
    CU_ASSERT(option_parse(&low, "--x", "1", &value, &failure) && value == 1);
    CU_ASSERT(!option_parse(&low, "--x", "0.5", &value, &failure) && value == 1);
}

static void test_reals(void) {
    double r[4] = {0};
    CU_ASSERT(takes("region", "-2,1,-1.5,1e-3", r) && r[0] == -2 && r[1] == 1 && r[2] == -1.5 &&
              r[3] == 1e-3);
    CU_ASSERT(refuses("region", "-2,1,-1",
                      "--x: '-2,1,-1' has 3 of 4 numbers: give XMIN,XMAX,YMIN,YMAX"));
    CU_ASSERT(refuses("region", "1,2,3,4,5",
                      "--x: '1,2,3,4,5' has 5 of 4 numbers: give XMIN,XMAX,YMIN,YMAX"));
    CU_ASSERT(refuses("region", "1,2,,4", "--x: '' is not a finite number such as -0.75 or 1e-3"));
    CU_ASSERT(refuses("region", "1,2,3,", "--x: '' is not a finite number such as -0.75 or 1e-3"));
    CU_ASSERT(takes("region", "1, 2,  3,4", r) && r[1] == 2 && r[2] == 3);
    CU_ASSERT(
        refuses("region", "1 ,2,3,4", "--x: '1 ' is not a finite number such as -0.75 or 1e-3"));
    CU_ASSERT(
        refuses("region", "nan,1,2,3", "--x: 'nan' is not a finite number such as -0.75 or 1e-3"));
    CU_ASSERT(
        refuses("region", "0,inf,2,3", "--x: 'inf' is not a finite number such as -0.75 or 1e-3"));
}

static void test_size(void) {
    struct option_size size = {0, 0};
    CU_ASSERT(takes("size", "1200x800", &size) && size.width == 1200 && size.height == 800);
    CU_ASSERT(takes("size", "1x32768", &size) && size.width == 1 && size.height == 32768);
    CU_ASSERT(takes("size", "2^10x1e3", &size) && size.width == 1024 && size.height == 1000);
    CU_ASSERT(refuses("size", "1200x",
                      "--x: '1200x' is not a width and a height: give WxH, such as 640x480"));
    CU_ASSERT(refuses("size", "x800",
                      "--x: 'x800' is not a width and a height: give WxH, such as 640x480"));
    CU_ASSERT(
        refuses("size", "x", "--x: 'x' is not a width and a height: give WxH, such as 640x480"));
    CU_ASSERT(refuses("size", "1200",
                      "--x: '1200' is not a width and a height: give WxH, such as 640x480"));
    CU_ASSERT(refuses("size", "1200x800x3",
                      "--x: '1200x800x3' is not a width and a height: give WxH, such as 640x480"));
    CU_ASSERT(refuses("size", "0x800", "--x: width '0' is below 1"));
    CU_ASSERT(refuses("size", "800x0", "--x: height '0' is below 1"));
    CU_ASSERT(refuses("size", "32769x1", "--x: width '32769' is above 32768"));
    CU_ASSERT(refuses("size", "-5x5", "--x: width '-5' is negative"));
    CU_ASSERT(refuses("size", "5x2^64", "--x: height '2^64' is above 32768"));
    CU_ASSERT(
        refuses("size", "5x 5", "--x: height ' 5' is not a whole number such as 10, 4^12 or 1e9"));
}

static void test_choice(void) {
    int value = -1;
    CU_ASSERT(takes("progress", "auto", &value) && value == 0);
    CU_ASSERT(takes("progress", "none", &value) && value == 3);
    CU_ASSERT(
        refuses("progress", "bars",
                "--x: 'bars' is unknown (did you mean 'bar'?): give auto, bar, lines or none"));
    CU_ASSERT(
        refuses("progress", "Auto",
                "--x: 'Auto' is unknown (did you mean 'auto'?): give auto, bar, lines or none"));
    CU_ASSERT(
        refuses("progress", "xyzzy", "--x: 'xyzzy' is unknown: give auto, bar, lines or none"));
}

static void test_flag(void) {
    static const char *const yes[] = {"yes", "true", "1", "on", "YES", "True"};
    static const char *const no[] = {"no", "false", "0", "off", "OFF"};
    for (size_t i = 0; i < sizeof yes / sizeof *yes; i++) {
        bool value = false;
        CU_ASSERT(takes("verify", yes[i], &value) && value);
    }
    for (size_t i = 0; i < sizeof no / sizeof *no; i++) {
        bool value = true;
        CU_ASSERT(takes("verify", no[i], &value) && !value);
    }
    CU_ASSERT(refuses("verify", "2", "--x: '2' is neither yes nor no"));
    CU_ASSERT(refuses("verify", "y", "--x: 'y' is neither yes nor no"));
    CU_ASSERT(refuses("verify", " yes", "--x: ' yes' is neither yes nor no"));
}

static void test_text(void) {
    const char *value = NULL;
    CU_ASSERT(takes("json", "a b", &value) && strcmp(value, "a b") == 0);
    CU_ASSERT(refuses("json", "", "--x: the value is empty"));
    CU_ASSERT(refuses("json", "a\nb", "--x: 'a?b' has a control character: leave it out"));
    CU_ASSERT(refuses("out", "a\tb.png", "--x: 'a?b.png' has a control character: leave it out"));
    CU_ASSERT(takes("out", "a.png", NULL));
    CU_ASSERT(refuses("out", "bad.gif", "--x: 'bad.gif' has an unknown ending"));
    CU_ASSERT(refuses("verify", "two\nlines", "--x: 'two?lines' is neither yes nor no"));
}

static bool range_is(const char *name, const char *expected) {
    char text[64];
    const int length = option_range(option_find(&sample_set, name, NULL), text, sizeof text);
    return strcmp(text, expected) == 0 && length == (int)strlen(expected);
}

static void test_range(void) {
    char text[8];
    CU_ASSERT(range_is("maxit", "1 to 2147483647"));
    CU_ASSERT(range_is("darts", ""));
    CU_ASSERT(range_is("size", "each side 1 to 32768"));
    CU_ASSERT(range_is("zoom", "above 0, at most 1e+15"));
    CU_ASSERT(range_is("progress", "auto, bar, lines or none"));
    CU_ASSERT(range_is("json", ""));
    CU_ASSERT(option_range(option_find(&sample_set, "progress", NULL), text, sizeof text) == 24);
    CU_ASSERT_STRING_EQUAL(text, "auto, b");
    CU_ASSERT(option_range(option_find(&sample_set, "progress", NULL), NULL, 0) == 24);
}

static void test_names(void) {
    char variable[OPTION_VARIABLE_BYTES];
    option_variable(option_find(&sample_set, "dump-config", NULL), variable);
    CU_ASSERT_STRING_EQUAL(variable, "PLAIT_DUMP_CONFIG");

    size_t index = 0, base = 1;
    CU_ASSERT(option_find(&sample_set, "out", &index) == option_at(&sample_set, index, &base));
    CU_ASSERT(base == offsetof(struct sample, common));
    CU_ASSERT(option_find(&sample_set, "ou", NULL) == NULL);
    CU_ASSERT(option_count(&sample_set) == 15);
}

/* Whether option_set_check finds that mistake in a set of these rows. */
static bool finds(const struct option *rows, size_t count, const char *mistake) {
    struct failure failure = {0};
    const struct option_table table = {rows, count, 0};
    const struct option_set set = {
        .command = "x", .summary = "x", .tables = &table, .table_count = 1};
    return !option_set_check(&set, &failure) && strstr(failure.text, mistake);
}

static bool finds_in_row(struct option row, const char *mistake) {
    return finds(&row, 1, mistake);
}

static void test_set_check(void) {
    struct failure failure = {0};
    CU_ASSERT(option_set_check(&sample_set, &failure));
    CU_ASSERT(option_set_check(&sample_other_set, &failure));
    CU_ASSERT(option_set_check(&sample_merge_set, &failure));
    CU_ASSERT_STRING_EQUAL(failure.text, "");

    const struct option good = {
        .name = "n", .kind = OPTION_COUNT, .argument = "N", .help = "count", .default_value = "5"};
    const struct option flag = {.name = "x", .kind = OPTION_FLAG, .help = "x", .offset = 64};
    struct option twin = good, row = good;
    twin.offset = 8;
    CU_ASSERT(finds((struct option[]){good, twin}, 2, "'n' is duplicate"));
    twin = good, twin.name = "m";
    CU_ASSERT(finds((struct option[]){good, twin}, 2, "share a member"));
    row.variable = "N", twin.variable = "N";
    CU_ASSERT(finds((struct option[]){row, twin}, 2, "share a variable"));
    twin.variable = NULL;
    twin = good, twin.name = "no-x";
    CU_ASSERT(finds((struct option[]){flag, twin}, 2, "hide each other"));

    twin = good, twin.name = "m", twin.alias = "n";
    CU_ASSERT(finds((struct option[]){good, twin}, 2, "'n' is duplicate"));
    row = good, row.alias = "m", row.offset = 8;
    CU_ASSERT(finds((struct option[]){row, twin}, 2, "'n' is duplicate"));
    twin.alias = "m", twin.name = "o";
    CU_ASSERT(finds((struct option[]){row, twin}, 2, "'m' is duplicate"));
    twin = good, twin.name = "y", twin.alias = "no-x";
    CU_ASSERT(finds((struct option[]){flag, twin}, 2, "hide each other"));
    row = good, row.alias = "n";
    CU_ASSERT(finds_in_row(row, "no good alias"));
    row.alias = "N";
    CU_ASSERT(finds_in_row(row, "no good alias"));
    row = good;

    row.letter = 'n'; /* of no flag */
    CU_ASSERT(finds_in_row(row, "no good letter"));
    row = flag, row.letter = 'X';
    CU_ASSERT(finds_in_row(row, "no good letter"));
    row.letter = 'x';
    twin = flag, twin.name = "y", twin.letter = 'x', twin.offset = 128;
    CU_ASSERT(finds((struct option[]){row, twin}, 2, "share a letter"));
    row = good;

    row.name = "Size";
    CU_ASSERT(finds_in_row(row, "no good name"));
    row.name = "a_b";
    CU_ASSERT(finds_in_row(row, "no good name"));
    row.name = "a-name-much-longer-than-anyone-types";
    CU_ASSERT(finds_in_row(row, "no good name"));
    row = good, row.help = NULL;
    CU_ASSERT(finds_in_row(row, "help text"));
    row = good, row.help = "count.";
    CU_ASSERT(finds_in_row(row, "help text"));
    row = good, row.argument = NULL;
    CU_ASSERT(finds_in_row(row, "argument"));
    row = good, row.default_value = "five";
    CU_ASSERT(finds_in_row(row, "'five'"));
    row = good, row.min = 6;
    CU_ASSERT(finds_in_row(row, "'5' is below 6"));
    row = good, row.min = 6, row.max = 5;
    CU_ASSERT(finds_in_row(row, "nothing is in"));
    row = good, row.kind = OPTION_REAL, row.real_min = 2, row.real_max = 1;
    CU_ASSERT(finds_in_row(row, "nothing is in"));
    row = good, row.kind = OPTION_REAL, row.real_min = 1;
    CU_ASSERT(finds_in_row(row, "nothing is in"));
    row = good, row.kind = OPTION_CHOICE;
    CU_ASSERT(finds_in_row(row, "needs choices"));
    row = good, row.kind = OPTION_REALS;
    CU_ASSERT(finds_in_row(row, "number of its reals"));
    row = good, row.exact = true;
    CU_ASSERT(finds_in_row(row, "cannot be exact"));
    row = good, row.kind = OPTION_REAL, row.exact = true, row.real_max = 7;
    CU_ASSERT(finds_in_row(row, "cannot be exact"));
    row = good, row.later = true;
    CU_ASSERT(finds_in_row(row, "no default to leave out"));
    row = good, row.offset = OPTION_NO_MEMBER;
    CU_ASSERT(finds_in_row(row, "needs a member"));
    row = flag, row.scope = OPTION_ARGUMENT;
    CU_ASSERT(finds_in_row(row, "cannot be a flag"));
    row = good, row.scope = OPTION_ARGUMENT;
    CU_ASSERT(finds_in_row(row, "must have no default"));
    row.default_value = NULL, row.kind = OPTION_TEXTS;
    twin = row, twin.name = "m", twin.offset = 32;
    CU_ASSERT(finds((struct option[]){row, twin}, 2, "leaves nothing"));
    row = good, row.variable = "PLAIT_N";
    CU_ASSERT(finds_in_row(row, "variable of another kind"));
    row = good, row.variable = "N", row.scope = OPTION_COMMAND_LINE;
    CU_ASSERT(finds_in_row(row, "variable of another kind"));
}

/* Exact numbers are kept as they are written, and may be longer and larger than doubles. */
static void test_exact(void) {
    static const struct option point = {.name = "p",
                                        .kind = OPTION_REALS,
                                        .argument = "RE,IM",
                                        .help = "h",
                                        .reals = 2,
                                        .exact = true,
                                        .default_value = "0,0.65"};
    static const struct option zoom = {.name = "z",
                                       .kind = OPTION_REAL,
                                       .argument = "Z",
                                       .help = "h",
                                       .positive = true,
                                       .exact = true};
    static const struct {
        const struct option *row;
        const char *text, *error;
    } cases[] = {
        {&point, "-1e-400, 0.12345678901234567890123456789", NULL},
        {&zoom, "1e100000", NULL},
        {&zoom, "0e5", "--x: '0e5' is not above 0: give a positive number"},
        {&zoom, "-1", "--x: '-1' is not above 0: give a positive number"},
        {&zoom, "1,2", "--x: '1,2' is not a finite number such as -0.75 or 1e-3"},
        {&point, "1", "--x: '1' has 1 of 2 numbers: give RE,IM"},
        {&point, "1,2,3", "--x: '1,2,3' has 3 of 2 numbers: give RE,IM"},
        {&point, "1,0x2", "--x: '0x2' is not a finite number such as -0.75 or 1e-3"},
        {&point, ",", "--x: '' is not a finite number such as -0.75 or 1e-3"},
        {&zoom, "1111111111111111111111111111111111111111111111111111111111111111111e",
         "--x: '111111111111111111111111111111111111111111111111111111111111...' is not a finite "
         "number such as -0.75 or 1e-3"},
    };
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        struct failure failure = {0};
        const char *member = NULL;
        const bool parsed = option_parse(cases[k].row, "--x", cases[k].text, &member, &failure);
        CU_ASSERT_EQUAL(parsed, cases[k].error == NULL);
        CU_ASSERT_STRING_EQUAL(failure.text, cases[k].error ? cases[k].error : "");
        CU_ASSERT_PTR_EQUAL(member, parsed ? cases[k].text : NULL);
    }
    CU_ASSERT(option_is_default(&point, "0, 65e-2") && option_is_default(&point, "0.0,0.650"));
    CU_ASSERT(!option_is_default(&point, "0,0.65000000000000000000000000000000000000001"));
}

int main(void) {
    CU_TestInfo tests[] = {{"count", test_count},
                           {"real", test_real},
                           {"reals", test_reals},
                           {"size", test_size},
                           {"choice", test_choice},
                           {"flag", test_flag},
                           {"text", test_text},
                           {"ranges in words", test_range},
                           {"exact", test_exact},
                           {"names", test_names},
                           {"unsound tables", test_set_check},
                           CU_TEST_INFO_NULL};
    return run_suite("option", tests);
}
