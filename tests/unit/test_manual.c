/* SPDX-License-Identifier: MIT
 * Manual pages: the sections, every option in its spellings, and no text that roff would take for
 * its own. That roff itself accepts it is for tests/cli/test_documents.sh. */
#include "options/manual.h"

#include "sample_options.h"
#include "suite.h"

#include <stdlib.h>

static const struct manual manual = {"1.2.3", "2026-11-23", sample_sets, SAMPLE_SETS};

/* The page of a set; of NULL, the overview. */
static char *page_of(const struct option_set *set) {
    char *text = NULL;
    size_t bytes;
    FILE *stream = open_memstream(&text, &bytes);
    if (set)
        manual_command(&manual, set, stream);
    else
        manual_overview(&manual, stream);
    fclose(stream);
    return text;
}

/* Whether the page has all of the pieces, in this order. */
static void check_pieces(const struct option_set *set, const char *const *pieces) {
    char *text = page_of(set);
    const char *rest = text;
    for (; *pieces; pieces++) {
        const char *found = strstr(rest, *pieces);
        CU_ASSERT(found != NULL);
        if (!found)
            printf("\n  lacks: %s", *pieces);
        else
            rest = found + strlen(*pieces);
    }
    free(text);
}

static void test_page(void) {
    static const char *const pieces[] = {
        ".TH PLAIT\\-MANDELBROT 1 \"2026\\-11\\-23\" \"Plait 1.2.3\" \"Plait Manual\"\n",
        ".SH NAME\nplait\\-mandelbrot \\- draw the Mandelbrot set\n",
        ".SH SYNOPSIS\n\\fBplait mandelbrot\\fR [\\fIoptions\\fR]\n",
        ".SH DESCRIPTION\nThe picture is",
        "\n.PP\nSecond paragraph.\n",
        ".SH OPTIONS\n",
        ".TP\n\\fB\\-\\-size\\fR \\fIWxH\\fR\nPicture size in pixels (each side 1 to 32768; "
        "default: "
        "1200x800).\nEnvironment: \\fBPLAIT_SIZE\\fR.\nConfiguration file: \\fBsize\\fR.\n",
        ".TP\n\\fB\\-\\-verify\\fR, \\fB\\-\\-no\\-verify\\fR\nRecompute",
        ".TP\n\\fB\\-h\\fR, \\fB\\-\\-help\\fR\nPrint this and exit.\n",
        "(PLAIT_SIZE for \\-\\-size)",
        "4\\(ha12",
        ".SH \"EXIT STATUS\"\n.TP\n.B 0\n",
        ".SH ENVIRONMENT\n.TP\n.B PLAIT_SIZE\nAs \\fB\\-\\-size\\fR.\n",
        ".B OMP_NUM_THREADS\n",
        ".SH FILES\n",
        "[\\fBmandelbrot\\fR]",
        ".SH \"SEE ALSO\"\n\\fBplait\\fR(1),\n\\fBplait\\-hello\\fR(1),\n",
        NULL,
    };
    check_pieces(&sample_set, pieces);
}

static void test_arguments(void) {
    static const char *const pieces[] = {
        "\\fBplait logs\\fR [\\fIoptions\\fR] \\fIACTION\\fR \\fIFILE\\fR...\n",
        ".SH ARGUMENTS\n.TP\n\\fIACTION\\fR\nWhat to do (merge or split).\n.TP\n\\fIFILE\\fR\n",
        ".SH OPTIONS\n",
        NULL,
    };
    check_pieces(&sample_merge_set, pieces);
}

static void test_overview(void) {
    static const char *const pieces[] = {
        ".TH PLAIT 1 ",
        ".SH NAME\nplait \\- ",
        ".TP\n\\fBplait\\-mandelbrot\\fR(1)\nDraw the Mandelbrot set.\n",
        ".SH \"SEE ALSO\"\n\\fBplait\\-mandelbrot\\fR(1),\n",
        NULL,
    };
    check_pieces(NULL, pieces);
}

/* A line of text that begins with '.' would be a request, a backslash begins an escape, quotes and
 * '-' would be printed as something else. */
static void test_escapes(void) {
    static const struct option rows[] = {
        {.name = "out",
         .kind = OPTION_TEXT,
         .argument = "A\\B",
         .help = "c:\\n and .TP \"x\" 'y' `z` ~",
         .offset = OPTION_NO_MEMBER,
         .scope = OPTION_COMMAND_LINE},
    };
    static const struct option_table tables[] = {{rows, 1, 0}};
    static const struct option_set set = {.command = "odd",
                                          .summary = "odd things",
                                          .details = ".SH ODD\n.br\n\n'tis -1",
                                          .tables = tables,
                                          .table_count = 1};
    static const char *const pieces[] = {
        ".SH DESCRIPTION\n\\&.SH ODD\n.br\n\\&.br\n.PP\n\\(aqtis \\-1\n",
        "\\fIA\\eB\\fR\n",
        "C:\\en and .TP \\(dqx\\(dq \\(aqy\\(aq \\(gaz\\(ga \\(ti.\n",
        NULL,
    };
    check_pieces(&set, pieces);
}

static void test_alias(void) {
    static const char *const pieces[] = {
        "\n.PP\nThe subcommand may be spelt hallo, too.\n",
        NULL,
    };
    check_pieces(&sample_other_set, pieces);
}

int main(void) {
    CU_TestInfo tests[] = {{"page", test_page},         {"arguments", test_arguments},
                           {"overview", test_overview}, {"escapes", test_escapes},
                           {"alias", test_alias},       CU_TEST_INFO_NULL};
    return run_suite("manual", tests);
}
