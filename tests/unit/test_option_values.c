/* SPDX-License-Identifier: MIT
 * Values from command line, environment and defaults: precedence over all pairs, every way to write
 * an option, and the text of every error. */
#include "options/option_values.h"

#include "sample_options.h"
#include "suite.h"

enum { ARGUMENTS_MAX = 8 };

/* Fresh values, and what is reported about them. */
struct trial {
    struct option_values values;
    struct failure failure;
    char warnings[1024];
};

static void keep_warning(void *context, const char *line) {
    char *warnings = context;
    strcat(strcat(warnings, line), "\n");
}

static struct trial trial_of(const struct option_set *set) {
    struct trial trial = {.failure = {0}};
    if (!values_init(&trial.values, set, &trial.failure))
        CU_FAIL_FATAL("values_init");
    return trial;
}

static struct trial trial_begin(void) {
    return trial_of(&sample_set);
}

static bool parse(struct trial *trial, const char *const *arguments) {
    char *argv[ARGUMENTS_MAX];
    int argc = 0;
    for (; arguments[argc]; argc++)
        argv[argc] = (char *)arguments[argc];
    return values_parse_argv(&trial->values, argc, argv, &trial->failure);
}

static bool merge(struct trial *trial, const char *const *environment) {
    if (!values_merge_environment(&trial->values, (char *const *)environment, &trial->failure))
        return false;
    values_warn_unknown((char *const *)environment, sample_sets, SAMPLE_SETS, keep_warning,
                        trial->warnings);
    return true;
}

#define ARGUMENTS(...) ((const char *const[]){__VA_ARGS__, NULL})

/* Whether the arguments are refused with exactly that text. */
static bool refuses_for(const struct option_set *set, const char *const *arguments,
                        const char *expected) {
    struct trial trial = trial_of(set);
    const bool parsed = parse(&trial, arguments);
    const bool right = !parsed && trial.failure.exit_status == EXIT_USAGE &&
                       strcmp(trial.failure.text, expected) == 0;
    if (!right)
        printf("\n  got:      %s\n  expected: %s\n", parsed ? "no error" : trial.failure.text,
               expected);
    values_free(&trial.values);
    return right;
}

static bool refuses(const char *const *arguments, const char *expected) {
    return refuses_for(&sample_set, arguments, expected);
}

static bool refuses_environment(const char *const *environment, const char *expected) {
    struct trial trial = trial_begin();
    const bool right = !merge(&trial, environment) && trial.failure.exit_status == EXIT_USAGE &&
                       strcmp(trial.failure.text, expected) == 0;
    if (!right)
        printf("\n  got:      %s\n  expected: %s\n", trial.failure.text, expected);
    values_free(&trial.values);
    return right;
}

/* Whether the arguments leave that text in the option, as from the command line. */
static bool gives(const char *const *arguments, const char *name, const char *expected) {
    struct trial trial = trial_begin();
    const bool right = parse(&trial, arguments) &&
                       values_origin(&trial.values, name) == ORIGIN_COMMAND_LINE &&
                       strcmp(values_text(&trial.values, name), expected) == 0;
    values_free(&trial.values);
    return right;
}

static void test_defaults(void) {
    struct trial trial = trial_begin();
    struct sample sample = {.zoom = 77, .verify = true};
    CU_ASSERT(values_apply(&trial.values, &sample, &trial.failure));
    CU_ASSERT(sample.size.width == 1200 && sample.size.height == 800);
    CU_ASSERT(sample.region[0] == -2 && sample.region[3] == 1);
    CU_ASSERT(sample.zoom == 77); /* no value: left as it was */
    CU_ASSERT(sample.maxit == 127 && sample.darts == 1024 && sample.progress == 0);
    CU_ASSERT(!sample.verify && sample.smooth);
    CU_ASSERT(sample.common.threads == 0 && sample.common.json == NULL);
    CU_ASSERT_FATAL(sample.common.out.count == 1);
    CU_ASSERT_STRING_EQUAL(sample.common.out.items[0], "mandelbrot.png");
    CU_ASSERT(!values_has(&trial.values, "zoom") && values_has(&trial.values, "maxit"));
    CU_ASSERT(values_text(&trial.values, "json") == NULL);
    CU_ASSERT(values_origin(&trial.values, "region") == ORIGIN_DEFAULT);
    CU_ASSERT(!values_flag(&trial.values, "help") && values_flag(&trial.values, "smooth"));
    values_free(&trial.values);
    values_free(&trial.values);
}

static void test_spellings(void) {
    CU_ASSERT(gives(ARGUMENTS("--maxit", "500"), "maxit", "500"));
    CU_ASSERT(gives(ARGUMENTS("--maxit=500"), "maxit", "500"));
    CU_ASSERT(gives(ARGUMENTS("--region", "-2,1,-1,1"), "region", "-2,1,-1,1"));
    CU_ASSERT(gives(ARGUMENTS("--region=-2,1,-1,1"), "region", "-2,1,-1,1"));
    CU_ASSERT(gives(ARGUMENTS("--json=a=b"), "json", "a=b"));
    CU_ASSERT(gives(ARGUMENTS("--json=--odd"), "json", "--odd"));
    CU_ASSERT(gives(ARGUMENTS("--json", "-"), "json", "-"));
    CU_ASSERT(gives(ARGUMENTS("--verify"), "verify", "yes"));
    CU_ASSERT(gives(ARGUMENTS("--no-smooth"), "smooth", "no"));
    CU_ASSERT(gives(ARGUMENTS("--no-verify", "--maxit", "3"), "maxit", "3"));
    CU_ASSERT(gives(ARGUMENTS("--verify", "--maxit=3"), "verify", "yes"));
    CU_ASSERT(gives(ARGUMENTS("-h"), "help", "yes"));
    CU_ASSERT(gives(ARGUMENTS("--help"), "help", "yes"));
    CU_ASSERT(gives(ARGUMENTS("--dump-config"), "dump-config", "yes"));
}

static void test_apply(void) {
    struct trial trial = trial_begin();
    struct sample sample = {.maxit = 0};
    CU_ASSERT(parse(&trial, ARGUMENTS("--zoom=2.5", "--out", "a.png", "--out=b.npy", "--verify",
                                      "--json", "x.json")));
    CU_ASSERT(values_apply(&trial.values, &sample, &trial.failure));
    CU_ASSERT(sample.zoom == 2.5 && sample.verify && sample.maxit == 127);
    CU_ASSERT_FATAL(sample.common.out.count == 2);
    CU_ASSERT_STRING_EQUAL(sample.common.out.items[0], "a.png");
    CU_ASSERT_STRING_EQUAL(sample.common.out.items[1], "b.npy");
    CU_ASSERT_STRING_EQUAL(sample.common.json, "x.json");
    CU_ASSERT(values_origin(&trial.values, "out") == ORIGIN_COMMAND_LINE);
    values_free(&trial.values);
}

static void check_places(const char *const *arguments, int action, size_t files, const char *last) {
    struct trial trial = trial_of(&sample_merge_set);
    struct sample_merge merge = {.action = -1};
    CU_ASSERT(parse(&trial, arguments));
    CU_ASSERT(values_apply(&trial.values, &merge, &trial.failure));
    CU_ASSERT(merge.action == action);
    CU_ASSERT_FATAL(merge.files.count == files);
    CU_ASSERT_STRING_EQUAL(merge.files.items[files - 1], last);
    values_free(&trial.values);
}

/* Arguments go by their places, wherever the options stand. */
static void test_places(void) {
    check_places(ARGUMENTS("merge", "a.log"), 0, 1, "a.log");
    check_places(ARGUMENTS("split", "a", "--config", "x.ini", "b", "-"), 1, 3, "-");
    check_places(ARGUMENTS("--config=x.ini", "merge", "--", "a", "--odd"), 0, 2, "--odd");

    const struct option_set *set = &sample_merge_set;
    CU_ASSERT(
        refuses_for(set, ARGUMENTS("merg", "a"),
                    "ACTION: 'merg' is unknown (did you mean 'merge'?): give merge or split"));
    CU_ASSERT(refuses_for(set, ARGUMENTS("merge", ""), "FILE: the value is empty"));
    CU_ASSERT(
        refuses_for(set, (const char *const[]){NULL}, "ACTION is missing: see plait logs --help"));
    CU_ASSERT(refuses_for(set, ARGUMENTS("merge", "--config", "x"),
                          "FILE is missing: see plait logs --help"));
    CU_ASSERT(refuses_for(set, ARGUMENTS("--files", "a"),
                          "unknown option '--files': see plait logs --help"));
    CU_ASSERT(refuses(ARGUMENTS("--", "a"), "unexpected argument 'a': options begin with --, see "
                                            "plait mandelbrot --help"));

    struct trial trial = trial_of(set);
    CU_ASSERT(parse(&trial, ARGUMENTS("--help")));
    CU_ASSERT(merge(&trial, ARGUMENTS("PLAIT_FILES=a")));
    CU_ASSERT(!values_has(&trial.values, "files"));
    CU_ASSERT(strstr(trial.warnings, "PLAIT_FILES is ignored: no option has that name") != NULL);
    values_free(&trial.values);
}

static void test_wrong_options(void) {
    CU_ASSERT(refuses(ARGUMENTS("--maxitt", "5"), "unknown option '--maxitt' (did you mean "
                                                  "--maxit?): see plait mandelbrot --help"));
    CU_ASSERT(refuses(ARGUMENTS("--maxitt=5"), "unknown option '--maxitt' (did you mean --maxit?): "
                                               "see plait mandelbrot --help"));
    CU_ASSERT(refuses(ARGUMENTS("--max", "5"), "unknown option '--max' (did you mean --maxit?): "
                                               "see plait mandelbrot --help"));
    CU_ASSERT(refuses(ARGUMENTS("--frobnicate"),
                      "unknown option '--frobnicate': see plait mandelbrot --help"));
    CU_ASSERT(refuses(ARGUMENTS("--no-verfy"), "unknown option '--no-verfy' (did you mean "
                                               "--no-verify?): see plait mandelbrot --help"));
    CU_ASSERT(
        refuses(ARGUMENTS("--no-help"),
                "unknown option '--no-help' (did you mean --help?): see plait mandelbrot --help"));
    CU_ASSERT(refuses(ARGUMENTS("--no-maxit"), "unknown option '--no-maxit' (did you mean "
                                               "--maxit?): see plait mandelbrot --help"));
    CU_ASSERT(refuses(
        ARGUMENTS("--no-thread"),
        "unknown option '--no-thread' (did you mean --threads?): see plait mandelbrot --help"));
    CU_ASSERT(refuses(ARGUMENTS("-maxit", "5"), "unknown option '-maxit' (did you mean --maxit?): "
                                                "see plait mandelbrot --help"));
    CU_ASSERT(refuses(ARGUMENTS("-q"), "unknown option '-q': see plait mandelbrot --help"));
    CU_ASSERT(refuses(ARGUMENTS("-"), "unexpected argument '-': options begin with --, see plait "
                                      "mandelbrot --help"));
    CU_ASSERT(refuses(ARGUMENTS("--=5"), "unknown option '--': see plait mandelbrot --help"));
    CU_ASSERT(refuses(ARGUMENTS("picture.png"),
                      "unexpected argument 'picture.png': options begin with --, see plait "
                      "mandelbrot --help"));
    CU_ASSERT(refuses(ARGUMENTS(""), "unexpected argument '': options begin with --, see plait "
                                     "mandelbrot --help"));
    CU_ASSERT(refuses(ARGUMENTS("--verify", "yes"),
                      "unexpected argument 'yes': options begin with --, see plait mandelbrot "
                      "--help"));
}

static void test_wrong_values(void) {
    CU_ASSERT(refuses(ARGUMENTS("--maxit", "0"), "--maxit: '0' is below 1"));
    CU_ASSERT(refuses(ARGUMENTS("--maxit=-5"), "--maxit: '-5' is negative"));
    CU_ASSERT(refuses(ARGUMENTS("--maxit", "-5"), "--maxit: '-5' is negative"));
    CU_ASSERT(refuses(ARGUMENTS("--maxit="), "--maxit: the value is empty"));
    CU_ASSERT(refuses(ARGUMENTS("--maxit", ""), "--maxit: the value is empty"));
    CU_ASSERT(refuses(ARGUMENTS("--maxit"), "--maxit: the value is missing: give --maxit N"));
    CU_ASSERT(refuses(ARGUMENTS("--out", "--json", "x"),
                      "--out: the value is missing before '--json': give --out=--json if that is "
                      "the value"));
    CU_ASSERT(refuses(ARGUMENTS("--out", "bad.gif"), "--out: 'bad.gif' has an unknown ending"));
    CU_ASSERT(refuses(ARGUMENTS("--verify=yes"), "--verify: takes no value, but got 'yes'"));
    CU_ASSERT(refuses(ARGUMENTS("--no-verify=1"), "--no-verify: takes no value, but got '1'"));
    CU_ASSERT(refuses(ARGUMENTS("--maxit", "5", "--maxit=7"),
                      "--maxit: given twice, '5' and '7': keep one of them"));
    CU_ASSERT(refuses(ARGUMENTS("--verify", "--no-verify"),
                      "--no-verify: given twice, 'yes' and 'no': keep one of them"));
    CU_ASSERT(refuses(ARGUMENTS("--config", "a", "--config", "b"),
                      "--config: given twice, 'a' and 'b': keep one of them"));
}

/* --smooth has another spelling, which means the same everywhere and shows nowhere. */
static void test_alias(void) {
    struct trial trial = trial_begin();
    CU_ASSERT(parse(&trial, ARGUMENTS("--no-soft")));
    CU_ASSERT_STRING_EQUAL(values_text(&trial.values, "smooth"), "no");
    CU_ASSERT_STRING_EQUAL(values_where(&trial.values, "smooth"), "--no-soft");
    values_free(&trial.values);
    trial = trial_begin();
    CU_ASSERT(merge(&trial, ARGUMENTS("PLAIT_SOFT=off")));
    CU_ASSERT_STRING_EQUAL(values_text(&trial.values, "smooth"), "off");
    CU_ASSERT_STRING_EQUAL(values_where(&trial.values, "smooth"), "PLAIT_SOFT");
    CU_ASSERT_STRING_EQUAL(trial.warnings, "");
    values_free(&trial.values);
    CU_ASSERT(refuses(ARGUMENTS("--smooth", "--no-soft"),
                      "--no-soft: given twice, 'yes' and 'no': keep one of them"));
    CU_ASSERT(refuses_environment(
        ARGUMENTS("PLAIT_SOFT=no", "PLAIT_SMOOTH=yes"),
        "PLAIT_SOFT: given twice, 'yes' (PLAIT_SMOOTH) and 'no': keep one of them"));
    CU_ASSERT(refuses(ARGUMENTS("--soft=yes"), "--soft: takes no value, but got 'yes'"));
    CU_ASSERT(option_set_is_called(&sample_other_set, "hallo"));
    CU_ASSERT(option_set_is_called(&sample_other_set, "hello"));
    CU_ASSERT_FALSE(option_set_is_called(&sample_set, "hallo"));
}

/* Errors about two options name both, and all that could set them. */
static void test_names_for_errors(void) {
    char text[VALUES_TEXT_BYTES];
    size_t index;
    struct trial trial = trial_begin();
    option_find(&sample_set, "zoom", &index);
    CU_ASSERT(values_set(&trial.values, index, ORIGIN_CONFIG, "run.ini:3", "6", &trial.failure));
    CU_ASSERT(parse(&trial, ARGUMENTS("--maxit", "5", "--verify")));
    CU_ASSERT(merge(&trial, ARGUMENTS("DARTS=7")));
    static const struct {
        const char *name, *blame, *description, *setters;
    } expected[] = {
        {"maxit", "--maxit", "--maxit 5", "--maxit or PLAIT_MAXIT"},
        {"darts", "DARTS", "--darts 7 (DARTS)", "--darts, PLAIT_DARTS or DARTS"},
        {"zoom", "run.ini:3: zoom", "--zoom 6 (run.ini:3)", "--zoom or PLAIT_ZOOM"},
        {"size", "default", "--size 1200x800 (default)", "--size or PLAIT_SIZE"},
        {"verify", "--verify", "--verify", "--verify or PLAIT_VERIFY"},
        {"json", "default", "--json (default)", "--json or PLAIT_JSON"},
    };
    for (size_t k = 0; k < sizeof expected / sizeof *expected; k++) {
        const char *name = expected[k].name;
        CU_ASSERT_STRING_EQUAL(values_blame(&trial.values, name, text), expected[k].blame);
        CU_ASSERT_STRING_EQUAL(values_describe(&trial.values, name, text), expected[k].description);
        CU_ASSERT_STRING_EQUAL(values_setters(&trial.values, name, text), expected[k].setters);
    }
    values_free(&trial.values);
}

static void test_environment(void) {
    struct trial trial = trial_begin();
    struct sample sample = {.maxit = 0};
    CU_ASSERT(merge(&trial, ARGUMENTS("HOME=/", "PLAIT_MAXIT=4^3", "PLAIT_VERIFY=on",
                                      "PLAIT_OUT= a.png , b.npy,c d.ppm", "PLAIT_CONFIG=run.ini",
                                      "PLAIT_THREADS=2", "PLAIT_THREADS=9")));
    CU_ASSERT(values_apply(&trial.values, &sample, &trial.failure));
    CU_ASSERT(sample.maxit == 64 && sample.verify && sample.common.threads == 2);
    CU_ASSERT_FATAL(sample.common.out.count == 3);
    CU_ASSERT_STRING_EQUAL(sample.common.out.items[0], "a.png");
    CU_ASSERT_STRING_EQUAL(sample.common.out.items[1], "b.npy");
    CU_ASSERT_STRING_EQUAL(sample.common.out.items[2], "c d.ppm");
    CU_ASSERT(values_origin(&trial.values, "maxit") == ORIGIN_ENVIRONMENT);
    CU_ASSERT_STRING_EQUAL(values_text(&trial.values, "config"), "run.ini");
    CU_ASSERT_STRING_EQUAL(trial.warnings, "");
    values_free(&trial.values);

    CU_ASSERT(refuses_environment(ARGUMENTS("PLAIT_MAXIT=0"), "PLAIT_MAXIT: '0' is below 1"));
    CU_ASSERT(refuses_environment(ARGUMENTS("PLAIT_MAXIT="), "PLAIT_MAXIT: the value is empty"));
    CU_ASSERT(refuses_environment(ARGUMENTS("PLAIT_VERIFY=maybe"),
                                  "PLAIT_VERIFY: 'maybe' is neither yes nor no"));
    CU_ASSERT(refuses_environment(ARGUMENTS("PLAIT_OUT=a.png,"), "PLAIT_OUT: the value is empty"));
    CU_ASSERT(refuses_environment(ARGUMENTS("PLAIT_OUT=a.png,bad.gif"),
                                  "PLAIT_OUT: 'bad.gif' has an unknown ending"));
}

/* Of --darts, which has another environment variable, DARTS. */
static void check_darts(struct trial *trial, const char *text, const char *where) {
    CU_ASSERT_STRING_EQUAL(values_text(&trial->values, "darts"), text);
    CU_ASSERT_STRING_EQUAL(values_where(&trial->values, "darts"), where);
    CU_ASSERT_STRING_EQUAL(trial->warnings, "");
    values_free(&trial->values);
}

static void test_other_variable(void) {
    size_t index;
    struct trial trial = trial_begin();
    option_find(&sample_set, "darts", &index);
    CU_ASSERT(merge(&trial, ARGUMENTS("DARTS=7", "MAXIT=9", "THREADS=2")));
    CU_ASSERT(values_origin(&trial.values, "darts") == ORIGIN_ENVIRONMENT);
    CU_ASSERT(values_origin(&trial.values, "maxit") == ORIGIN_DEFAULT);
    check_darts(&trial, "7", "DARTS");

    trial = trial_begin();
    CU_ASSERT(merge(&trial, ARGUMENTS("DARTS=nonsense", "PLAIT_DARTS=8")));
    check_darts(&trial, "8", "PLAIT_DARTS");

    trial = trial_begin();
    CU_ASSERT(parse(&trial, ARGUMENTS("--darts", "9")));
    CU_ASSERT(merge(&trial, ARGUMENTS("DARTS=7")));
    check_darts(&trial, "9", "--darts");

    trial = trial_begin();
    CU_ASSERT(values_set(&trial.values, index, ORIGIN_CONFIG, "run.ini:3", "6", &trial.failure));
    CU_ASSERT(merge(&trial, ARGUMENTS("DARTS=7")));
    check_darts(&trial, "7", "DARTS");

    CU_ASSERT(refuses_environment(ARGUMENTS("DARTS=x"),
                                  "DARTS: 'x' is not a whole number such as 10, 4^12 or 1e9"));
    CU_ASSERT(refuses_environment(ARGUMENTS("DARTS="), "DARTS: the value is empty"));
}

static bool warns(const char *entry, const char *expected) {
    struct trial trial = trial_begin();
    const bool right = merge(&trial, ARGUMENTS(entry)) && strcmp(trial.warnings, expected) == 0;
    if (!right)
        printf("\n  got: %s", trial.warnings);
    values_free(&trial.values);
    return right;
}

static void test_unknown_variables(void) {
    CU_ASSERT(warns("PLAIT_MAXITT=5", "PLAIT_MAXITT is ignored: no option has that name (did you "
                                      "mean PLAIT_MAXIT?)\n"));
    CU_ASSERT(
        warns("PLAIT_FROBNICATE=5", "PLAIT_FROBNICATE is ignored: no option has that name\n"));
    CU_ASSERT(warns("PLAIT_=5", "PLAIT_ is ignored: no option has that name\n"));
    CU_ASSERT(warns("PLAIT_maxit=5",
                    "PLAIT_maxit is ignored: no option has that name (did you mean "
                    "PLAIT_MAXIT?)\n"));
    CU_ASSERT(
        warns("PLAIT_HELP=1", "PLAIT_HELP is ignored: --help is for the command line only\n"));
    CU_ASSERT(warns("PLAIT_A_NAME_THAT_GOES_ON_AND_ON_AND_ON_AND_ON_AND_ON_AND_ON_AND_ON_AND_ON=1",
                    "PLAIT_A_NAME_THAT_GOES_ON_AND_ON_AND_ON_AND_ON_AND_ON_AND_ON_AND_ON_AND_ON is "
                    "ignored: no option has that name\n"));
    CU_ASSERT(warns("PLAITED=1", ""));

    /* An option of another command is no mistake. */
    struct trial trial = {.failure = {0}};
    CU_ASSERT(values_init(&trial.values, &sample_other_set, &trial.failure));
    CU_ASSERT(merge(&trial, ARGUMENTS("PLAIT_MAXIT=0")));
    CU_ASSERT_STRING_EQUAL(trial.warnings, "");
    values_free(&trial.values);
}

/* Every pair of origins, in both orders of merging. */
static void test_precedence(void) {
    static const char *const texts[] = {"127", "11", "22", "33"};
    size_t index;
    option_find(&sample_set, "maxit", &index);
    for (int a = ORIGIN_CONFIG; a <= ORIGIN_COMMAND_LINE; a++) {
        for (int b = ORIGIN_CONFIG; b <= ORIGIN_COMMAND_LINE; b++) {
            struct trial trial = trial_begin();
            struct sample sample = {.maxit = 0};
            const int higher = a > b ? a : b;
            CU_ASSERT(values_set(&trial.values, index, (enum option_origin)a, "first", texts[a],
                                 &trial.failure));
            const bool set = values_set(&trial.values, index, (enum option_origin)b, "second",
                                        texts[b], &trial.failure);
            CU_ASSERT(set == (a != b));
            CU_ASSERT(values_apply(&trial.values, &sample, &trial.failure));
            CU_ASSERT(sample.maxit == (uint64_t)(11 * higher));
            CU_ASSERT((int)values_origin(&trial.values, "maxit") == higher);
            values_free(&trial.values);
        }
    }
}

/* A list from a higher origin replaces the lower one as a whole. */
static void test_lists_do_not_mix(void) {
    struct trial trial = trial_begin();
    struct sample sample = {.maxit = 0};
    CU_ASSERT(parse(&trial, ARGUMENTS("--out", "c.png")));
    CU_ASSERT(merge(&trial, ARGUMENTS("PLAIT_OUT=a.png,b.png")));
    CU_ASSERT(values_apply(&trial.values, &sample, &trial.failure));
    CU_ASSERT(sample.common.out.count == 1 && strcmp(sample.common.out.items[0], "c.png") == 0);
    values_free(&trial.values);
}

/* What an option has come to takes the place of its text, and nothing else changes. */
static void test_settle(void) {
    struct trial trial = trial_begin();
    CU_ASSERT(parse(&trial, ARGUMENTS("--maxit", "4^3")));
    CU_ASSERT(values_settle(&trial.values, "maxit", "64", &trial.failure));
    CU_ASSERT_STRING_EQUAL(values_text(&trial.values, "maxit"), "64");
    CU_ASSERT_STRING_EQUAL(values_where(&trial.values, "maxit"), "--maxit");
    CU_ASSERT_EQUAL(values_origin(&trial.values, "maxit"), ORIGIN_COMMAND_LINE);
    values_free(&trial.values);
}

int main(void) {
    CU_TestInfo tests[] = {{"defaults", test_defaults},
                           {"spellings", test_spellings},
                           {"places", test_places},
                           {"apply", test_apply},
                           {"wrong options", test_wrong_options},
                           {"wrong values", test_wrong_values},
                           {"alias", test_alias},
                           {"names for errors", test_names_for_errors},
                           {"environment", test_environment},
                           {"another variable", test_other_variable},
                           {"unknown variables", test_unknown_variables},
                           {"precedence", test_precedence},
                           {"lists do not mix", test_lists_do_not_mix},
                           {"settle", test_settle},
                           CU_TEST_INFO_NULL};
    return run_suite("option_values", tests);
}
