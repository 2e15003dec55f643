/* SPDX-License-Identifier: MIT
 * What a result records of its origin: the texts to the letter, that they read back, and that texts
 * of strangers are refused. */
#include "picture/provenance.h"

#include "plait/version.h"
#include "suite.h"

#include <stdlib.h>
#include <string.h>

struct sample {
    struct option_size size;
    double zoom, region[4];
    const char *point;
    const char *palette, *file;
    bool smooth;
    uint64_t threads;
};

#define MEMBER(name) offsetof(struct sample, name)

static const char *const region_rivals[] = {"zoom", NULL};
static const char *const zoom_rivals[] = {"region", NULL};

static const struct option rows[] = {
    {.name = "file",
     .kind = OPTION_TEXT,
     .scope = OPTION_ARGUMENT,
     .argument = "FILE",
     .help = "what to read",
     .offset = MEMBER(file),
     .defines = true},
    {.name = "size",
     .kind = OPTION_SIZE,
     .argument = "WxH",
     .help = "size",
     .default_value = "30x20",
     .min = 1,
     .offset = MEMBER(size),
     .defines = true},
    {.name = "region",
     .kind = OPTION_REALS,
     .argument = "A,B,C,D",
     .help = "view",
     .default_value = "-2,1,-1,1",
     .reals = 4,
     .rivals = region_rivals,
     .offset = MEMBER(region),
     .defines = true},
    {.name = "zoom",
     .kind = OPTION_REAL,
     .argument = "Z",
     .help = "view, too",
     .rivals = zoom_rivals,
     .offset = MEMBER(zoom),
     .defines = true},
    {.name = "palette",
     .kind = OPTION_TEXT,
     .argument = "NAME",
     .help = "colours",
     .default_value = "viridis",
     .offset = MEMBER(palette),
     .defines = true},
    {.name = "smooth",
     .kind = OPTION_FLAG,
     .help = "smooth colours",
     .offset = MEMBER(smooth),
     .defines = true},
    {.name = "threads",
     .kind = OPTION_COUNT,
     .argument = "N",
     .help = "threads",
     .default_value = "1",
     .offset = MEMBER(threads)},
    {.name = "point",
     .kind = OPTION_REALS,
     .argument = "RE,IM",
     .help = "a point with all its digits",
     .default_value = "0,0.65",
     .reals = 2,
     .exact = true,
     .offset = MEMBER(point),
     .defines = true,
     .later = true},
};

static const struct option_table argument_table[] = {{rows, sizeof rows / sizeof *rows, 0},
                                                     OPTION_STANDARD_TABLE};
static const struct option_table plain_table[] = {{rows + 1, sizeof rows / sizeof *rows - 1, 0},
                                                  OPTION_STANDARD_TABLE};
static const struct option_set colour_set = {
    .command = "colour", .summary = "colour", .tables = argument_table, .table_count = 2};
static const struct option_set draw_set = {
    .command = "draw", .summary = "draw", .tables = plain_table, .table_count = 2};
static const struct option_set *const sets[] = {&draw_set, &colour_set};

enum { ARGUMENTS_MAX = 16 };
#define GIVEN(...) ((const char *const[]){__VA_ARGS__, NULL})

static struct option_values given(const struct option_set *set, const char *const *arguments) {
    struct option_values values;
    struct failure failure = {0};
    char *argv[ARGUMENTS_MAX];
    int argc = 0;
    for (; arguments[argc]; argc++)
        argv[argc] = (char *)(uintptr_t)arguments[argc];
    CU_ASSERT_FATAL(values_init(&values, set, &failure));
    CU_ASSERT_FATAL(values_parse_argv(&values, argc, argv, &failure));
    return values;
}

static bool read_texts(struct origin *origin, const struct named_text *texts, size_t count,
                       struct failure *failure) {
    const struct provenance_source source = {
        .path = "x.png", .texts = texts, .text_count = count, .sets = sets, .set_count = 2};
    return provenance_read(origin, &source, failure);
}

/* Checks command and parameters of the values, and that they read back. */
static void check_texts(struct option_values values, const char *command, const char *parameters) {
    struct provenance provenance;
    const struct named_text *texts = provenance.texts;
    struct failure failure = {0};
    CU_ASSERT_FATAL(provenance_begin(&provenance, &values, &failure));
    provenance_seal(&provenance, UINT64_C(0x0123456789abcdef));
    CU_ASSERT_STRING_EQUAL(texts[0].name, "Software");
    CU_ASSERT_STRING_EQUAL(texts[0].text, "Plait");
    CU_ASSERT_STRING_EQUAL(texts[1].name, "plait-command");
    CU_ASSERT_STRING_EQUAL(texts[1].text, command);
    CU_ASSERT_STRING_EQUAL(texts[2].name, "plait-parameters");
    CU_ASSERT_STRING_EQUAL(texts[2].text, parameters);
    CU_ASSERT_STRING_EQUAL(texts[3].name, "plait-version");
    CU_ASSERT_STRING_EQUAL(texts[3].text, PLAIT_VERSION);
    CU_ASSERT_STRING_EQUAL(texts[4].name, "plait-fnv1a");
    CU_ASSERT_STRING_EQUAL(texts[4].text, "0123456789abcdef");

    struct origin origin;
    CU_ASSERT(read_texts(&origin, texts, PROVENANCE_TEXTS, &failure));
    CU_ASSERT_STRING_EQUAL(failure.text, "");
    CU_ASSERT_STRING_EQUAL(origin.command, command);
    CU_ASSERT_EQUAL(origin.fnv1a, UINT64_C(0x0123456789abcdef));
    CU_ASSERT_PTR_EQUAL(origin.values.set, values.set);
    values_free(&origin.values);
    provenance_free(&provenance);
    values_free(&values);
}

static void test_defaults(void) {
    check_texts(given(&draw_set, GIVEN(NULL)), "plait draw",
                "[draw]\nsize = 30x20\nregion = -2,1,-1,1\npalette = viridis\nsmooth = no\n");
}

/* What says how, not what, is left out; so is a view that does not count. */
static void test_given(void) {
    check_texts(given(&draw_set, GIVEN("--threads", "3", "--size", "8x8", "--zoom=8")),
                "plait draw --size 8x8 --zoom 8",
                "[draw]\nsize = 8x8\nzoom = 8\npalette = viridis\nsmooth = no\n");
    check_texts(given(&draw_set, GIVEN("--smooth", "--palette", "my own.txt")),
                "plait draw --palette 'my own.txt' --smooth",
                "[draw]\nsize = 30x20\nregion = -2,1,-1,1\npalette = my own.txt\nsmooth = yes\n");
    check_texts(given(&draw_set, GIVEN("--no-smooth", "--palette=--odd it's")),
                "plait draw '--palette=--odd it'\\''s'",
                "[draw]\nsize = 30x20\nregion = -2,1,-1,1\npalette = --odd it's\nsmooth = no\n");
}

/* A row that is newer than older results is not in them as by default; a digit more is no default.
 */
static void test_later_rows(void) {
    check_texts(given(&draw_set, GIVEN("--point", "-0, 6.50e-1")), "plait draw",
                "[draw]\nsize = 30x20\nregion = -2,1,-1,1\npalette = viridis\nsmooth = no\n");
    check_texts(given(&draw_set, GIVEN("--point", "0,0.65000000000000000000000000000000001")),
                "plait draw --point 0,0.65000000000000000000000000000000001",
                "[draw]\nsize = 30x20\nregion = -2,1,-1,1\npalette = viridis\nsmooth = no\npoint = "
                "0,0.65000000000000000000000000000000001\n");
}

/* What is given as it is by default leaves no trace, however it is written. */
static void test_given_defaults(void) {
    static const char defaults[] =
        "[draw]\nsize = 30x20\nregion = -2,1,-1,1\npalette = viridis\nsmooth = no\n";
    check_texts(given(&draw_set, GIVEN("--size", "30x20", "--region=-2,1,-1,1", "--palette",
                                       "viridis", "--no-smooth")),
                "plait draw", defaults);
    check_texts(given(&draw_set, GIVEN("--size", "3e1x20", "--region=-2.0, 1e0,-1,1")),
                "plait draw", defaults);
    check_texts(given(&draw_set, GIVEN("--size", "30x21", "--region=-2,1,-1,1.5")),
                "plait draw --size 30x21 --region -2,1,-1,1.5",
                "[draw]\nsize = 30x21\nregion = -2,1,-1,1.5\npalette = viridis\nsmooth = no\n");
}

/* Where a value was given does not show. */
static void test_sources(void) {
    char *environment[] = {(char[]){"PLAIT_SIZE=7x7"}, (char[]){"PLAIT_SMOOTH=on"}, NULL};
    struct option_values values = given(&draw_set, GIVEN("--palette", "grey"));
    struct failure failure = {0};
    CU_ASSERT_FATAL(values_merge_environment(&values, environment, &failure));
    check_texts(values, "plait draw --size 7x7 --palette grey --smooth",
                "[draw]\nsize = 7x7\nregion = -2,1,-1,1\npalette = grey\nsmooth = yes\n");
}

static void test_arguments(void) {
    static const char rest[] =
        "[colour]\nsize = 30x20\nregion = -2,1,-1,1\npalette = viridis\nsmooth = no\n";
    check_texts(given(&colour_set, GIVEN("a.npy")), "plait colour a.npy", rest);
    check_texts(given(&colour_set, GIVEN("--", "-a b.npy")), "plait colour './-a b.npy'", rest);
}

/* A value that no line of a file can hold is refused in time. */
static void test_unwritable(void) {
    struct option_values values = given(&draw_set, GIVEN("--palette", "a ;b"));
    struct provenance provenance;
    struct failure failure = {0};
    CU_ASSERT_FALSE(provenance_begin(&provenance, &values, &failure));
    CU_ASSERT_EQUAL(failure.exit_status, EXIT_USAGE);
    provenance_free(&provenance);
    values_free(&values);
}

/* Texts that are sound but for what is given. */
static const char *refusal(const char *command, const char *version, const char *checksum) {
    static struct failure failure;
    const struct named_text texts[] = {
        {"Title", "a picture"},
        {"plait-command", command ? command : "plait draw --size 8x8"},
        {"plait-parameters", "[draw]\nsize = 9x9\n"}, /* is not read */
        {"plait-version", version ? version : PLAIT_VERSION},
        {"plait-fnv1a", checksum ? checksum : "0000000000000000"},
    };
    struct origin origin;
    failure = (struct failure){0};
    const bool read = read_texts(&origin, texts, 5, &failure);
    CU_ASSERT_EQUAL(failure.exit_status, read ? EXIT_DONE : EXIT_USAGE);
    values_free(&origin.values);
    return failure.text;
}

#define REFUSED(expected, ...) check_refused(expected, refusal(__VA_ARGS__))

static void check_refused(const char *expected, const char *got) {
    CU_ASSERT(strstr(got, expected) != NULL);
    if (!strstr(got, expected))
        printf("\n  got:      %s\n  expected: %s\n", got, expected);
}

static void test_strangers(void) {
    CU_ASSERT_STRING_EQUAL(refusal(NULL, NULL, NULL), "");
    REFUSED("not quoted", "plait draw --size 8x8; rm x", NULL, NULL);
    REFUSED("control character", "plait draw --palette '\x1b'", NULL, NULL);
    REFUSED("no subcommand", "", NULL, NULL);
    REFUSED("no subcommand", "plait", NULL, NULL);
    REFUSED("no subcommand", "plait hello", NULL, NULL);
    REFUSED("no subcommand", "rm draw", NULL, NULL);
    REFUSED("'0' is below 1", "plait draw --size 0x8", NULL, NULL);
    REFUSED("unknown option '--new'", "plait draw --new 5", NULL, NULL);
    REFUSED("'threads' has no place", "plait draw --size 8x8 --threads 4", NULL, NULL);
    REFUSED("'config' has no place", "plait draw --size 8x8 --config x", NULL, NULL);
    static const char *const versions[] = {"",        "1",       "0.1",
                                           "0.1.0.0", "0.1.x",   "0.1.-1",
                                           "0..1",    "0.1.2^3", "0.1.99999999999999999999"};
    for (size_t k = 0; k < sizeof versions / sizeof *versions; k++)
        REFUSED("plait-version is no version", NULL, versions[k], NULL);
    REFUSED("'x.png' comes from Plait 99.0.0, and this is " PLAIT_VERSION, NULL, "99.0.0", NULL);
    REFUSED("comes from Plait", NULL, "0.1.1000", NULL);
    CU_ASSERT_STRING_EQUAL(refusal(NULL, "0.0.999", NULL), "");

    static const char *const checksums[] = {
        "", "0", "000000000000000g", "000000000000000A", "00000000000000000", "-000000000000001"};
    for (size_t k = 0; k < sizeof checksums / sizeof *checksums; k++)
        REFUSED("plait-fnv1a is no checksum", NULL, NULL, checksums[k]);
}

static void test_missing_texts(void) {
    const struct named_text texts[] = {{"Software", "Plait"}, {"plait-command", "plait draw"}};
    struct origin origin;
    struct failure none = {0}, some = {0};
    CU_ASSERT_FALSE(read_texts(&origin, texts, 1, &none));
    CU_ASSERT_EQUAL(none.exit_status, EXIT_USAGE);
    check_refused("'x.png' has no record of how it was made", none.text);
    CU_ASSERT_FALSE(read_texts(&origin, texts, 2, &some));
    CU_ASSERT_EQUAL(some.exit_status, EXIT_USAGE);
    check_refused("'x.png' has lost some", some.text);
}

/* The command says it all, with or without the parameters. */
static void test_lost_parameters(void) {
    const struct named_text texts[] = {{"plait-command", "plait draw --size 8x8"},
                                       {"plait-version", PLAIT_VERSION},
                                       {"plait-fnv1a", "0000000000000000"}};
    struct origin origin;
    struct failure failure = {0};
    CU_ASSERT(read_texts(&origin, texts, 3, &failure));
    CU_ASSERT_STRING_EQUAL(values_text(&origin.values, "size"), "8x8");
    values_free(&origin.values);
}

int main(void) {
    CU_TestInfo tests[] = {{"defaults", test_defaults},
                           {"given values", test_given},
                           {"later rows", test_later_rows},
                           {"given defaults", test_given_defaults},
                           {"sources", test_sources},
                           {"arguments", test_arguments},
                           {"unwritable values", test_unwritable},
                           {"texts of strangers", test_strangers},
                           {"missing texts", test_missing_texts},
                           {"lost parameters", test_lost_parameters},
                           CU_TEST_INFO_NULL};
    return run_suite("provenance", tests);
}
