/* SPDX-License-Identifier: MIT
 * Help is made of the tables: every option stands in it, and no line is wider than 80 columns. */
#include "options/option_help.h"

#include "sample_options.h"
#include "suite.h"

#include <stdlib.h>

static char *help_of(const struct option_set *set) {
    char *text = NULL;
    size_t bytes;
    FILE *stream = open_memstream(&text, &bytes);
    option_help(set, stream);
    fclose(stream);
    return text;
}

static void test_lines(void) {
    char *text = help_of(&sample_set);
    static const char *const lines[] = {
        "usage: plait mandelbrot [options]\n\ndraw the Mandelbrot set\n\nThe picture",
        "  --size WxH              picture size in pixels (each side 1 to 32768; default:\n"
        "                          1200x800)\n",
        "  --region XMIN,XMAX,YMIN,YMAX\n"
        "                          part of the plane to draw (default: -2,1,-1,1)\n",
        "  --progress HOW          show progress (auto, bar, lines or none; default:\n             "
        "             auto)\n",
        "  --[no-]verify           recompute a sample by the reference (default: no)\n",
        "  --threads N             threads per rank (1 to 1024; default: all visible\n             "
        "             cores)\n",
        "  --out FILE              where to write, format by ending (default:\n"
        "                          mandelbrot.png; may be given again)\n",
        "  --darts N               darts (default: 4^5; environment: PLAIT_DARTS, else\n"
        "                          DARTS)\n",
        "  --json FILE             write the result as JSON\n",
        "  -h, --help              print this and exit\n",
        "  --[no-]smooth           smooth colours (default: yes; may be spelt soft)\n",
        "(PLAIT_SIZE for\n--size)",
        "[mandelbrot]",
        "\n\nSecond paragraph.\n",
    };
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        CU_ASSERT(strstr(text, lines[i]) != NULL);
        if (!strstr(text, lines[i]))
            printf("\n  lacks: %s", lines[i]);
    }
    free(text);
}

static void test_alias(void) {
    char *text = help_of(&sample_other_set);
    CU_ASSERT(strstr(text, "\n\nThe subcommand may be spelt hallo, too.\n\noptions:\n") != NULL);
    free(text);
}

static void test_arguments(void) {
    char *text = help_of(&sample_merge_set);
    static const char begin[] =
        "usage: plait logs [options] ACTION FILE...\n\nwork on logs\n\narguments:\n"
        "  ACTION                  what to do (merge or split)\n"
        "  FILE                    logs to read (may be given again)\n"
        "\noptions:\n  -h, --help ";
    CU_ASSERT(strncmp(text, begin, strlen(begin)) == 0);
    free(text);
}

static void test_shape(void) {
    for (size_t s = 0; s < SAMPLE_SETS; s++) {
        char *text = help_of(sample_sets[s]);
        size_t widest = 0, column = 0;
        bool blank_end = false;
        for (const char *c = text; *c; c++) {
            column = *c == '\n' ? 0 : column + 1;
            widest = column > widest ? column : widest;
            blank_end = blank_end || (*c == '\n' && c > text && c[-1] == ' ');
        }
        CU_ASSERT(widest > 60 && widest <= 80);
        CU_ASSERT(!blank_end);
        CU_ASSERT(column == 0);
        for (size_t i = 0; i < option_count(sample_sets[s]); i++) {
            const struct option *option = option_at(sample_sets[s], i, NULL);
            const bool placed = option->scope == OPTION_ARGUMENT;
            CU_ASSERT(strstr(text, placed ? option->argument : option->name) != NULL);
        }
        free(text);
    }
}

int main(void) {
    CU_TestInfo tests[] = {{"lines", test_lines},
                           {"arguments", test_arguments},
                           {"alias", test_alias},
                           {"shape", test_shape},
                           CU_TEST_INFO_NULL};
    return run_suite("option_help", tests);
}
