/* SPDX-License-Identifier: MIT
 * Configuration files: what they may hold, the line and text of every mistake, and that a dump
 * reads back to the same values. */
#include "options/config_file.h"

#include "sample_options.h"
#include "suite.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* The tests run in a directory of their own, where the file is always called so. */
#define FILE_NAME "run.ini"

/* Values with --config, nothing merged yet. */
static struct option_values values_with(const char *path) {
    const char *arguments[] = {"--config", path};
    struct option_values values;
    struct failure failure = {0};
    CU_ASSERT_FATAL(values_init(&values, &sample_set, &failure));
    CU_ASSERT_FATAL(values_parse_argv(&values, 2, (char *const *)arguments, &failure));
    return values;
}

static void test_no_file(void) {
    struct option_values values;
    struct failure failure = {0};
    CU_ASSERT_FATAL(values_init(&values, &sample_set, &failure));
    CU_ASSERT(config_file_merge(&values, sample_sets, SAMPLE_SETS, &failure));
    values_free(&values);
}

static void write_file(const char *content, size_t bytes) {
    FILE *file = fopen(FILE_NAME, "w");
    CU_ASSERT_FATAL(file != NULL);
    CU_ASSERT_FATAL(fwrite(content, 1, bytes, file) == bytes);
    CU_ASSERT_FATAL(fclose(file) == 0);
}

static bool merge_bytes(struct option_values *values, const char *content, size_t bytes,
                        struct failure *failure) {
    *failure = (struct failure){0};
    write_file(content, bytes);
    *values = values_with(FILE_NAME);
    return config_file_merge(values, sample_sets, SAMPLE_SETS, failure);
}

static bool refuses_bytes(const char *content, size_t bytes, const char *expected) {
    struct option_values values;
    struct failure failure;
    const bool merged = merge_bytes(&values, content, bytes, &failure);
    const bool right =
        !merged && failure.exit_status == EXIT_USAGE && strcmp(failure.text, expected) == 0;
    if (!right)
        printf("\n  got:      %s\n  expected: %s\n", merged ? "no error" : failure.text, expected);
    values_free(&values);
    return right;
}

static bool refuses(const char *content, const char *expected) {
    return refuses_bytes(content, strlen(content), expected);
}

/* Whether the file leaves that text in the option, as from a file. */
static bool gives(const char *content, const char *name, const char *expected) {
    struct option_values values;
    struct failure failure;
    bool right = merge_bytes(&values, content, strlen(content), &failure);
    if (!right)
        printf("\n  got: %s\n", failure.text);
    right = right && values_origin(&values, name) == ORIGIN_CONFIG &&
            strcmp(values_text(&values, name), expected) == 0;
    values_free(&values);
    return right;
}

static void test_forms(void) {
    CU_ASSERT(gives("[mandelbrot]\nmaxit = 500\n", "maxit", "500"));
    CU_ASSERT(gives("[mandelbrot]\nmaxit=500", "maxit", "500")); /* no final newline */
    CU_ASSERT(gives("[mandelbrot]\nmaxit: 500\n", "maxit", "500"));
    CU_ASSERT(gives("[mandelbrot]\r\nmaxit = 500\r\nverify = on\r\n", "maxit", "500"));
    CU_ASSERT(gives("\xef\xbb\xbf[mandelbrot]\nmaxit = 500\n", "maxit", "500"));
    CU_ASSERT(gives("\xef\xbb\xbf; comment\n[mandelbrot]\nmaxit = 500\n", "maxit", "500"));
    CU_ASSERT(gives("; c\n# c\n\n  \t\n [mandelbrot] ; c\nmaxit = 500 ; c\n", "maxit", "500"));
    CU_ASSERT(gives("[mandelbrot]\nverify = yes\n  maxit = 500\n", "maxit", "500"));
    CU_ASSERT(gives("[mandelbrot]\njson = a;b=c:d#e\n", "json", "a;b=c:d#e"));
    CU_ASSERT(gives("[mandelbrot]\n\tjson\t=\ta  b\t;c;\t;d\n", "json", "a  b"));
    CU_ASSERT(gives("[mandelbrot]\njson =;a\n", "json", ";a"));
    CU_ASSERT(gives("[mandelbrot]\njson =\t[a]\n", "json", "[a]"));
    CU_ASSERT(gives("[mandelbrot]\nregion = -2,1,-1,1\n", "region", "-2,1,-1,1"));
    CU_ASSERT(gives("[hello]\njson = x\n[mandelbrot]\njson = y\n", "json", "y"));
    CU_ASSERT(gives("[hallo]\njson = x\n[mandelbrot]\nsoft = no\n", "smooth", "no"));
    CU_ASSERT(
        gives("[mandelbrot]\njson = y\n[hello]\njson = x\n[mandelbrot]\nmaxit = 5\n", "json", "y"));
}

static void test_lists(void) {
    static const char content[] = "[mandelbrot]\nout = a.png\nout = b.npy,c d.ppm ,\te.png ; f\n";
    struct option_values values;
    struct failure failure;
    struct sample sample = {.maxit = 0};
    CU_ASSERT(merge_bytes(&values, content, strlen(content), &failure));
    CU_ASSERT(values_apply(&values, &sample, &failure));
    CU_ASSERT_FATAL(sample.common.out.count == 4);
    CU_ASSERT_STRING_EQUAL(sample.common.out.items[1], "b.npy");
    CU_ASSERT_STRING_EQUAL(sample.common.out.items[2], "c d.ppm");
    CU_ASSERT_STRING_EQUAL(sample.common.out.items[3], "e.png");
    values_free(&values);
    CU_ASSERT(refuses("[mandelbrot]\nout = a.png,\n", "run.ini:2: out: the value is empty"));
    CU_ASSERT(refuses("[mandelbrot]\nout = a.png, ,b\n", "run.ini:2: out: the value is empty"));
    CU_ASSERT(gives("[mandelbrot]\njson = a, b\n", "json", "a, b")); /* no list */
}

static void test_precedence(void) {
    static const char *const environment[] = {"PLAIT_MAXIT=22", "PLAIT_ZOOM=2", NULL};
    static const char *const arguments[] = {"--maxit", "33"};
    static const char content[] =
        "[mandelbrot]\nmaxit = 11\nzoom = 1\ndarts = 1\nout = a.png\nout = b.png\n";
    struct option_values values;
    struct failure failure = {0};
    write_file(content, strlen(content));
    values = values_with(FILE_NAME);
    CU_ASSERT(values_parse_argv(&values, 2, (char *const *)arguments, &failure));
    CU_ASSERT(values_merge_environment(&values, (char *const *)environment, &failure));
    CU_ASSERT(config_file_merge(&values, sample_sets, SAMPLE_SETS, &failure));
    CU_ASSERT_STRING_EQUAL(values_text(&values, "maxit"), "33");
    CU_ASSERT_STRING_EQUAL(values_text(&values, "zoom"), "2");
    CU_ASSERT_STRING_EQUAL(values_text(&values, "darts"), "1");
    CU_ASSERT(values_origin(&values, "zoom") == ORIGIN_ENVIRONMENT);
    CU_ASSERT(values_origin(&values, "darts") == ORIGIN_CONFIG);
    CU_ASSERT(values_origin(&values, "size") == ORIGIN_DEFAULT);
    values_free(&values);
}

static void test_mistakes(void) {
    CU_ASSERT(refuses("[mandelbrot]\n\nmaxit = 0\n", "run.ini:3: maxit: '0' is below 1"));
    CU_ASSERT(refuses("[mandelbrot]\nmaxit =\n", "run.ini:2: maxit: the value is empty"));
    CU_ASSERT(refuses("[mandelbrot]\nmaxit = ; 5\n", "run.ini:2: maxit: the value is empty"));
    CU_ASSERT(refuses("[mandlebrot]\nmaxit = 5\n",
                      "run.ini:1: unknown section [mandlebrot] (did you mean [mandelbrot]?): "
                      "sections are named as subcommands are, see plait --help"));
    CU_ASSERT(refuses("[mandelbrot]\n[mandlebrot]\n",
                      "run.ini:2: unknown section [mandlebrot] (did you mean [mandelbrot]?): "
                      "sections are named as subcommands are, see plait --help"));
    CU_ASSERT(refuses("[x]\n", "run.ini:1: unknown section [x]: sections are named as subcommands "
                               "are, see plait --help"));
    CU_ASSERT(refuses("[]\n", "run.ini:1: unknown section []: sections are named as subcommands "
                              "are, see plait --help"));
    CU_ASSERT(refuses("[mandelbrot\nmaxit = 5\n",
                      "run.ini:1: a section must be one [name], not [mandelbrot"));
    CU_ASSERT(refuses("[mandelbrot] maxit = 5\n",
                      "run.ini:1: a section must be one [name], not [mandelbrot] maxit = 5"));
    CU_ASSERT(refuses("maxit = 5\n", "run.ini:1: a key stands before the first section: maxit: "
                                     "begin with the subcommand's [section]"));
    CU_ASSERT(refuses("[mandelbrot]\nmaxitt = 5\n",
                      "run.ini:2: unknown key 'maxitt' in [mandelbrot] (did you mean 'maxit'?): "
                      "see plait mandelbrot --help"));
    CU_ASSERT(refuses("[mandelbrot]\nfrobnicate = 5\n",
                      "run.ini:2: unknown key 'frobnicate' in [mandelbrot]: see plait mandelbrot "
                      "--help"));
    CU_ASSERT(refuses("[mandelbrot]\n= 5\n", "run.ini:2: unknown key '' in [mandelbrot]: see plait "
                                             "mandelbrot --help"));
    CU_ASSERT(refuses("[mandelbrot]\nmaxit 500\n",
                      "run.ini:2: 'maxit 500' is neither 'key = value' nor [section] nor comment"));
    CU_ASSERT(refuses("[mandelbrot]\nmaxit 500",
                      "run.ini:2: 'maxit 500' is neither 'key = value' nor [section] nor comment"));
    CU_ASSERT(refuses("[mandelbrot]\nmaxit 500\nzoom = -1\n",
                      "run.ini:2: 'maxit 500' is neither 'key = value' nor [section] nor comment"));
    CU_ASSERT(refuses("[mandelbrot]\nmaxit ; = 500\n",
                      "run.ini:2: 'maxit ; = 500' is neither 'key = value' nor [section] nor "
                      "comment"));
    CU_ASSERT(refuses("[mandelbrot]\nzoom = 2,5\n", "run.ini:2: zoom: '2,5' is not a finite number "
                                                    "such as -0.75 or 1e-3"));
    CU_ASSERT(refuses("[mandelbrot]\nmaxit = 5\n\nmaxit = 7\n",
                      "run.ini:4: maxit: given twice, '5' (run.ini:2) and '7': keep one of them"));
    CU_ASSERT(refuses("[mandelbrot]\nmaxit = 5\n[hello]\n[mandelbrot]\nmaxit = 7\n",
                      "run.ini:5: maxit: given twice, '5' (run.ini:2) and '7': keep one of them"));
    CU_ASSERT(refuses("[mandelbrot]\nsoft = no\nsmooth = yes\n",
                      "run.ini:3: smooth: given twice, 'no' (run.ini:2) and 'yes': keep one of "
                      "them"));
    CU_ASSERT(refuses("[mandelbrot]\nconfig = x\n",
                      "run.ini:2: 'config' has no place in a file: give --config"));
    CU_ASSERT(refuses("[mandelbrot]\nhelp = yes\n",
                      "run.ini:2: 'help' has no place in a file: give --help"));
    CU_ASSERT(refuses("[mandelbrot]\nout = a.png\nout = bad.gif\n",
                      "run.ini:3: out: 'bad.gif' has an unknown ending"));
}

/* Sections of other subcommands are held to their own tables. */
static void test_other_sections(void) {
    CU_ASSERT(refuses("[hello]\nthreads = 0\n", "run.ini:2: threads: '0' is below 1"));
    CU_ASSERT(refuses("[hello]\nmaxit = 5\n",
                      "run.ini:2: unknown key 'maxit' in [hello]: see plait hello --help"));
}

static void test_long_lines(void) {
    static char content[1010000];
    /* "json = " and 999,993 letters are a million bytes, the longest line. */
    snprintf(content, sizeof content, "[mandelbrot]\njson = %0999993d\n", 7);
    struct option_values values;
    struct failure failure;
    CU_ASSERT(merge_bytes(&values, content, strlen(content), &failure));
    CU_ASSERT(strlen(values_text(&values, "json")) == 999993);
    values_free(&values);

    static const char mistake[] = "run.ini:2: the line is too long for a configuration file: give "
                                  "this value as option or environment variable";
    snprintf(content, sizeof content, "[mandelbrot]\njson = %0999994d\nmaxit = 5\n", 7);
    CU_ASSERT(refuses(content, mistake));
    snprintf(content, sizeof content, "[mandelbrot]\njson = %01001000d", 7);
    CU_ASSERT(refuses(content, mistake));
    snprintf(content, sizeof content, "[mandelbrot]\n  ; %01001000d\nmaxit = 5\n", 7);
    CU_ASSERT(gives(content, "maxit", "5"));
}

static void test_junk(void) {
    CU_ASSERT(refuses_bytes("[mandelbrot]\nmaxit\0 = 5\n", 24,
                            "run.ini:2: holds the byte 0x00: give a text file in INI form"));
    CU_ASSERT(refuses("\x7f"
                      "ELF\x02\x01",
                      "run.ini:1: holds the byte 0x7f: give a text file in INI form"));
    CU_ASSERT(refuses("; \x1b[31m\n", "run.ini:1: holds the byte 0x1b: give a text file in INI "
                                      "form"));
    CU_ASSERT(refuses("[mandelbrot]\rmaxit = 5\r",
                      "run.ini:1: a carriage return stands within the line: end lines by line "
                      "feeds"));

    /* Bytes at random, mixed with what the grammar is made of: refused or taken, in one line. */
    static const char pieces[] = "[]=:;#\n\n\r \tmaxit[hello]\xef\xbb\xbf\x80\xff";
    uint64_t state = 42;
    size_t refused = 0;
    for (int round = 0; round < 2000; round++) {
        char content[300];
        struct option_values values;
        struct failure failure;
        for (size_t i = 0; i < sizeof content; i++) {
            state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
            content[i] = pieces[(state >> 33) % (sizeof pieces - 1)];
        }
        if (!merge_bytes(&values, content, sizeof content, &failure)) {
            refused++;
            CU_ASSERT(failure.exit_status == EXIT_USAGE);
            CU_ASSERT(strncmp(failure.text, "run.ini:", 8) == 0);
            CU_ASSERT(strchr(failure.text, '\n') == NULL);
        }
        values_free(&values);
    }
    CU_ASSERT(refused > 1000);
}

static bool refuses_path(const char *path, const char *expected) {
    struct failure failure = {0};
    struct option_values values = values_with(path);
    const bool right = !config_file_merge(&values, sample_sets, SAMPLE_SETS, &failure) &&
                       failure.exit_status == EXIT_USAGE && strcmp(failure.text, expected) == 0;
    if (!right)
        printf("\n  got: %s\n", failure.text);
    values_free(&values);
    return right;
}

/* As the shell's <(...) makes it; a pipe without a writer would make all ranks wait. */
static void test_pipes(void) {
    static const char content[] = "\xef\xbb\xbf[mandelbrot]\r\nmaxit\t= 500";
    char path[32];
    int ends[2];
    struct failure failure = {0};
    CU_ASSERT_FATAL(pipe(ends) == 0);
    CU_ASSERT(write(ends[1], content, sizeof content - 1) == sizeof content - 1);
    close(ends[1]);
    snprintf(path, sizeof path, "/dev/fd/%d", ends[0]);
    struct option_values values = values_with(path);
    CU_ASSERT(config_file_merge(&values, sample_sets, SAMPLE_SETS, &failure));
    CU_ASSERT_STRING_EQUAL(values_text(&values, "maxit"), "500");
    values_free(&values);
    close(ends[0]);
    CU_ASSERT(mkfifo("pipe", 0600) == 0);
    CU_ASSERT(refuses_path("pipe",
                           "cannot read configuration file 'pipe': it is a pipe that nobody "
                           "writes to: start its writer first"));
    unlink("pipe");
}

static void test_unreadable(void) {
    CU_ASSERT(refuses_path("missing.ini", "cannot read configuration file 'missing.ini': No such "
                                          "file or directory"));
    CU_ASSERT(refuses_path(".", "cannot read configuration file '.': Is a directory"));
    CU_ASSERT(refuses_path("run.ini/x", "cannot read configuration file 'run.ini/x': Not a "
                                        "directory"));
}

static char *dump_of(const struct option_values *values) {
    char *text = NULL;
    size_t bytes;
    struct failure failure = {0};
    FILE *stream = open_memstream(&text, &bytes);
    CU_ASSERT_FATAL(stream != NULL);
    CU_ASSERT(config_file_dump(values, stream, &failure));
    CU_ASSERT_STRING_EQUAL(failure.text, "");
    fclose(stream);
    return text;
}

static bool same_texts(const struct option_values *a, const struct option_values *b) {
    for (size_t i = 0; i < a->count; i++) {
        if (option_at(a->set, i, NULL)->scope != OPTION_ANYWHERE)
            continue;
        if (a->items[i].count != b->items[i].count)
            return false;
        for (size_t t = 0; t < a->items[i].count; t++)
            if (strcmp(a->items[i].texts[t], b->items[i].texts[t]) != 0)
                return false;
    }
    return true;
}

static void test_dump_reads_back(void) {
    char long_name[8180]; /* fits into a line, but not together with its origin */
    memset(long_name, 'n', sizeof long_name - 1);
    long_name[sizeof long_name - 1] = '\0';
    const char *arguments[] = {
        "--size",  "2^10x7", "--region=-2,1,-1,1", "--verify", "--json",
        long_name, "--out",  "a b;c #d.png",       "--out=;b", "--zoom=1e-3"};
    static const char *const environment[] = {"PLAIT_MAXIT=500", NULL};
    struct option_values values, again;
    struct failure failure = {0};
    CU_ASSERT_FATAL(values_init(&values, &sample_set, &failure));
    CU_ASSERT_FATAL(values_parse_argv(&values, 10, (char *const *)arguments, &failure));
    CU_ASSERT(values_merge_environment(&values, (char *const *)environment, &failure));
    char *text = dump_of(&values);
    CU_ASSERT(merge_bytes(&again, text, strlen(text), &failure));
    CU_ASSERT_STRING_EQUAL(failure.text, "");
    CU_ASSERT(same_texts(&values, &again));
    CU_ASSERT(values_origin(&again, "darts") == ORIGIN_CONFIG);
    values_free(&again);
    values_free(&values);
    free(text);
}

/* argument: of --json, or an option of its own. */
static bool dump_refuses(const char *json, const char *expected) {
    const char *arguments[] = {"--json", json};
    const bool whole = strncmp(json, "--", 2) == 0;
    struct option_values values;
    struct failure failure = {0};
    char *text = NULL;
    size_t bytes;
    FILE *stream = open_memstream(&text, &bytes);
    CU_ASSERT_FATAL(values_init(&values, &sample_set, &failure));
    CU_ASSERT_FATAL(
        values_parse_argv(&values, 2 - whole, (char *const *)arguments + whole, &failure));
    const bool right = !config_file_dump(&values, stream, &failure) &&
                       failure.exit_status == EXIT_USAGE && strstr(failure.text, expected);
    fclose(stream);
    const bool nothing = bytes == 0;
    values_free(&values);
    free(text);
    return right && nothing;
}

static void test_what_no_file_can_hold(void) {
    static char long_name[1000002];
    memset(long_name, 'n', sizeof long_name - 1);
    long_name[sizeof long_name - 1] = '\0';
    CU_ASSERT(dump_refuses("a ;b", "--json: 'a ;b' cannot stand in a configuration file: it holds "
                                   "a space before ';'"));
    CU_ASSERT(dump_refuses(" a", "begins or ends with a space"));
    CU_ASSERT(dump_refuses("a ", "begins or ends with a space"));
    CU_ASSERT(dump_refuses("--out=a,b", "--out: 'a,b' cannot stand in a configuration file: it "
                                        "holds a comma"));
    CU_ASSERT(dump_refuses(long_name, "too long for a line"));
}

static void test_dump_text(void) {
    const char *arguments[] = {"--maxit", "5", "--no-smooth"};
    static const char *const environment[] = {"PLAIT_ZOOM=2", NULL};
    static const char content[] = "[mandelbrot]\nout = a.png\nout = b.png\n";
    struct option_values values;
    struct failure failure;
    CU_ASSERT(merge_bytes(&values, content, strlen(content), &failure));
    CU_ASSERT(values_parse_argv(&values, 3, (char *const *)arguments, &failure));
    CU_ASSERT(values_merge_environment(&values, (char *const *)environment, &failure));
    char *text = dump_of(&values);
    CU_ASSERT_STRING_EQUAL(text, "[mandelbrot]\n"
                                 "size = 1200x800               ; default\n"
                                 "region = -2,1,-1,1            ; default\n"
                                 "zoom = 2                      ; PLAIT_ZOOM\n"
                                 "maxit = 5                     ; --maxit\n"
                                 "darts = 4^5                   ; default\n"
                                 "progress = auto               ; default\n"
                                 "verify = no                   ; default\n"
                                 "smooth = no                   ; --no-smooth\n"
                                 "; threads =\n"
                                 "out = a.png                   ; run.ini:2\n"
                                 "out = b.png                   ; run.ini:3\n"
                                 "; json =\n");
    values_free(&values);
    free(text);
}

int main(void) {
    char directory[] = "/tmp/plait-config-XXXXXX";
    if (!mkdtemp(directory) || chdir(directory) != 0)
        return 1;
    CU_TestInfo tests[] = {{"no file", test_no_file},
                           {"forms", test_forms},
                           {"lists", test_lists},
                           {"precedence", test_precedence},
                           {"mistakes", test_mistakes},
                           {"other sections", test_other_sections},
                           {"long lines", test_long_lines},
                           {"junk", test_junk},
                           {"unreadable files", test_unreadable},
                           {"pipes", test_pipes},
                           {"a dump reads back", test_dump_reads_back},
                           {"what no file can hold", test_what_no_file_can_hold},
                           {"the text of a dump", test_dump_text},
                           CU_TEST_INFO_NULL};
    const int status = run_suite("config_file", tests);
    unlink(FILE_NAME);
    if (chdir("/") == 0)
        rmdir(directory);
    return status;
}
