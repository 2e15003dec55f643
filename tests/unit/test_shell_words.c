/* SPDX-License-Identifier: MIT
 * Words for a shell: a shell reads back what was written, and what a shell would take for more than
 * words is refused. */
#include "options/shell_words.h"
#include "suite.h"

#include <stdlib.h>
#include <string.h>

/* A line of the words, to be freed. */
static char *line_of(const char *const *words, size_t count) {
    char *line = NULL;
    size_t bytes = 0;
    FILE *stream = open_memstream(&line, &bytes);
    CU_ASSERT_PTR_NOT_NULL_FATAL(stream);
    for (size_t k = 0; k < count; k++) {
        if (k > 0)
            fputc(' ', stream);
        shell_word_write(words[k], stream);
    }
    CU_ASSERT_FATAL(fclose(stream) == 0);
    return line;
}

static const char *const words[] = {
    "plait",
    "mandelbrot",
    "--region",
    "-2,1,-1,1",
    "2^20",
    "a b",
    "it's",
    "",
    "''",
    "\\",
    "\\'",
    "$HOME `id` $(id)",
    "a;b&c|d",
    "*?[x]~",
    "~",
    "=ls",
    "a=b",
    "#",
    "\xc3\xa9t\xc3\xa9",
    "!x",
    "{a,b}",
    "<in>out",
    "\"quoted\"",
    " ",
    "-",
    "--x=y z",
    "'",
    "\\\\",
    "\xff",
};
enum { WORDS = sizeof words / sizeof *words };

static void test_written_plainly(void) {
    char *line = line_of(words, 6);
    CU_ASSERT_STRING_EQUAL(line, "plait mandelbrot --region -2,1,-1,1 '2^20' 'a b'");
    free(line);
    static const char *const quote[] = {"it's", ""};
    line = line_of(quote, 2);
    CU_ASSERT_STRING_EQUAL(line, "'it'\\''s' ''");
    free(line);
}

/* The shell of the system prints its words, each ended by a line feed. */
static void test_a_shell_reads_the_same(void) {
    char *line = line_of(words, WORDS), command[2048], got[256];
    CU_ASSERT_FATAL(snprintf(command, sizeof command, "printf '%%s\\n' %s", line) <
                    (int)sizeof command);
    FILE *shell = popen(command, "r");
    CU_ASSERT_PTR_NOT_NULL_FATAL(shell);
    for (size_t k = 0; k < WORDS; k++) {
        CU_ASSERT_PTR_NOT_NULL_FATAL(fgets(got, sizeof got, shell));
        got[strcspn(got, "\n")] = '\0';
        CU_ASSERT_STRING_EQUAL(got, words[k]);
    }
    CU_ASSERT_EQUAL(pclose(shell), 0);
    free(line);
}

static void test_split_reads_the_same(void) {
    struct failure failure = {0};
    struct shell_words split;
    char *line = line_of(words, WORDS);
    CU_ASSERT_FATAL(shell_words_split(&split, line, &failure));
    CU_ASSERT_EQUAL_FATAL(split.count, WORDS);
    for (size_t k = 0; k < WORDS; k++)
        CU_ASSERT_STRING_EQUAL(split.items[k], words[k]);
    shell_words_free(&split);
    free(line);
    CU_ASSERT(shell_words_split(&split, "", &failure));
    CU_ASSERT_EQUAL(split.count, 0);
    shell_words_free(&split);
}

static void test_anything_else_is_refused(void) {
    static const char *const lines[] = {
        "plait x; id",  "plait $HOME",   "plait `id`",      "plait \"x\"", "plait 'x",
        "plait 'x''y'", "plait  x",      " plait",          "plait ",      "plait x&",
        "plait\tx",     "plait\nx",      "plait '\x1b[2J'", "plait \\x",   "plait 'x'",
        "plait x\\",    "plait a'b c'd", "plait x\x7f",
    };
    for (size_t k = 0; k < sizeof lines / sizeof *lines; k++) {
        struct failure failure = {0};
        struct shell_words split;
        CU_ASSERT_FALSE(shell_words_split(&split, lines[k], &failure));
        CU_ASSERT_EQUAL(failure.exit_status, EXIT_USAGE);
        if (failure.exit_status != EXIT_USAGE)
            printf("\n  accepted: %s\n", lines[k]);
        shell_words_free(&split);
    }
}

int main(void) {
    CU_TestInfo tests[] = {{"written plainly", test_written_plainly},
                           {"a shell reads the same", test_a_shell_reads_the_same},
                           {"split reads the same", test_split_reads_the_same},
                           {"anything else is refused", test_anything_else_is_refused},
                           CU_TEST_INFO_NULL};
    return run_suite("shell words", tests);
}
