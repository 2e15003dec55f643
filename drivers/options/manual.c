/* SPDX-License-Identifier: MIT
 * Writes manual pages. Macros and fonts are written as they are; every text of the tables goes
 * through put_text, which keeps roff from taking any of it as its own. */
#include "options/manual.h"

#include "options/option_help.h"

#include <ctype.h>
#include <string.h>

/* What roff would print otherwise than it stands: '-' becomes a hyphen, which cannot be copied into
 * a shell, quotes become typographic, a backslash begins an escape. */
static const char *escape_of(char c) {
    switch (c) {
    case '\\':
        return "\\e";
    case '-':
        return "\\-";
    case '\'':
        return "\\(aq";
    case '`':
        return "\\(ga";
    case '^':
        return "\\(ha";
    case '~':
        return "\\(ti";
    case '"': /* would end the argument of a macro */
        return "\\(dq";
    default:
        return NULL;
    }
}

static void put_character(FILE *stream, char c) {
    const char *escape = escape_of(c);
    if (escape)
        fputs(escape, stream);
    else
        fputc(c, stream);
}

/* Text within a line or at the begin of one, where a '.' would be a request. Its own line breaks
 * stay, and a blank line begins a paragraph. */
static void put_text(FILE *stream, const char *text) {
    bool at_start = true;
    for (; *text; text++) {
        if (strncmp(text, "\n\n", 2) == 0) {
            fputs("\n.PP\n", stream);
            text++;
        } else if (*text == '\n') {
            fputs("\n.br\n", stream);
        } else {
            if (at_start && *text == '.')
                fputs("\\&", stream);
            put_character(stream, *text);
        }
        at_start = *text == '\n';
    }
}

/* A text of a table, which has neither capital nor full stop, as a sentence; facts in brackets at
 * its end, "" for none. */
static void put_sentence(FILE *stream, const char *text, const char *facts) {
    put_character(stream, (char)toupper((unsigned char)text[0]));
    put_text(stream, text + 1);
    if (*facts) {
        fputs(" (", stream);
        put_text(stream, facts);
        fputc(')', stream);
    }
    fputc('.', stream);
}

static void put_paragraph(FILE *stream, const char *text) {
    fputs(".PP\n", stream);
    put_text(stream, text);
    fputc('\n', stream);
}

/* "plait-pi", also where it is an argument of a macro; "plait" for NULL. */
static void put_name(FILE *stream, const struct option_set *set) {
    fputs("plait", stream);
    if (set) {
        char name[OPTION_COMMAND_BYTES];
        fputs("\\-", stream);
        put_text(stream, option_set_name(set, '-', name));
    }
}

static void put_title(const struct manual *manual, const struct option_set *set, FILE *stream) {
    fputs(".\\\" SPDX-License-Identifier: MIT\n.\\\" Made from the option tables.\n.TH ", stream);
    fputs("PLAIT", stream);
    if (set) {
        fputs("\\-", stream);
        char name[OPTION_COMMAND_BYTES];
        for (const char *c = option_set_name(set, '-', name); *c; c++)
            put_character(stream, (char)toupper((unsigned char)*c));
    }
    fputs(" 1 \"", stream);
    put_text(stream, manual->date);
    fputs("\" \"Plait ", stream);
    put_text(stream, manual->version);
    fputs("\" \"Plait Manual\"\n.SH NAME\n", stream);
    put_name(stream, set);
    fputs(" \\- ", stream);
    put_text(stream, set ? set->summary : OPTION_HELP_PURPOSE);
    fputc('\n', stream);
}

/* "--size WxH", "--verify, --no-verify" or "FILE" in the fonts that manual pages have for them. */
static void put_spelling(FILE *stream, const struct option *option) {
    if (option->scope == OPTION_ARGUMENT) {
        fputs("\\fI", stream);
        put_text(stream, option->argument);
        fputs("\\fR\n", stream);
        return;
    }
    if (option->letter)
        fprintf(stream, "\\fB\\-%c\\fR, ", option->letter);
    fputs("\\fB\\-\\-", stream);
    put_text(stream, option->name);
    if (option_is_negatable(option)) {
        fputs("\\fR, \\fB\\-\\-no\\-", stream);
        put_text(stream, option->name);
    }
    if (option->argument) {
        fputs("\\fR \\fI", stream);
        put_text(stream, option->argument);
    }
    fputs("\\fR\n", stream);
}

/* Where else an option may be given, and by which name. A row with two variables has them among its
 * facts. */
static void put_other_names(FILE *stream, const struct option *option) {
    char variable[OPTION_VARIABLE_BYTES];
    if (option->scope <= OPTION_NOT_IN_FILE && !option->variable) {
        option_variable(option, variable);
        fputs("\nEnvironment: \\fB", stream);
        put_text(stream, variable);
        fputs("\\fR.", stream);
    }
    if (option->scope == OPTION_ANYWHERE) {
        fputs("\nConfiguration file: \\fB", stream);
        put_text(stream, option->name);
        fputs("\\fR.", stream);
    }
}

/* The rows that are arguments, or those that are not. */
static void put_rows(FILE *stream, const struct option_set *set, bool arguments) {
    const size_t count = option_count(set);
    char facts[OPTION_FACTS_BYTES];
    bool any = false;
    for (size_t i = 0; i < count; i++) {
        const struct option *option = option_at(set, i, NULL);
        if ((option->scope == OPTION_ARGUMENT) != arguments)
            continue;
        if (!any)
            fprintf(stream, ".SH %s\n", arguments ? "ARGUMENTS" : "OPTIONS");
        any = true;
        fputs(".TP\n", stream);
        put_spelling(stream, option);
        put_sentence(stream, option->help, option_facts(option, facts));
        put_other_names(stream, option);
        fputc('\n', stream);
    }
}

static void put_synopsis(FILE *stream, const struct option_set *set) {
    const size_t count = option_count(set);
    fputs("\\fBplait ", stream);
    put_text(stream, set->command);
    fputs("\\fR [\\fIoptions\\fR]", stream);
    for (size_t i = 0; i < count; i++) {
        const struct option *option = option_at(set, i, NULL);
        if (option->scope != OPTION_ARGUMENT)
            continue;
        fputs(option->optional ? " [\\fI" : " \\fI", stream);
        put_text(stream, option->argument);
        fputs(option->kind == OPTION_TEXTS ? "\\fR..." : "\\fR", stream);
        fputs(option->optional ? "]" : "", stream);
    }
    fputc('\n', stream);
}

static void put_exit_status(FILE *stream) {
    fputs(".SH \"EXIT STATUS\"\n"
          ".TP\n.B 0\nDone, and verified where that was asked.\n"
          ".TP\n.B 1\nFailed at run time, or a verification failed.\n"
          ".TP\n.B 2\nWrong usage or input; no file was touched.\n"
          ".TP\n.B 75\nStopped early, with a checkpoint kept.\n",
          stream);
    put_paragraph(
        stream,
        "An error is one line on standard error that begins with \"plait:\": the cause, then what fixes it.");
}

static void put_other_variable(FILE *stream, const struct option *option, const char *variable) {
    fputs(".TP\n.B ", stream);
    put_text(stream, option->variable);
    fputs("\nThe same, where ", stream);
    put_text(stream, variable);
    fputs(" is not set.\n", stream);
}

static void put_environment(FILE *stream, const struct option_set *set) {
    const size_t count = option_count(set);
    char variable[OPTION_VARIABLE_BYTES];
    fputs(".SH ENVIRONMENT\n", stream);
    for (size_t i = 0; i < count; i++) {
        const struct option *option = option_at(set, i, NULL);
        if (option->scope > OPTION_NOT_IN_FILE)
            continue;
        option_variable(option, variable);
        fputs(".TP\n.B ", stream);
        put_text(stream, variable);
        fputs("\nAs \\fB\\-\\-", stream);
        put_text(stream, option->name);
        fputs(option->kind == OPTION_FLAG ? "\\fR: yes or no.\n" : "\\fR.\n", stream);
        if (option->variable)
            put_other_variable(stream, option, variable);
    }
    if (option_find(set, "threads", NULL))
        fputs(".TP\n.B OMP_NUM_THREADS\nPart of the default of \\fB\\-\\-threads\\fR.\n", stream);
}

static void put_files(FILE *stream, const struct option_set *set) {
    fputs(
        ".SH FILES\n.TP\nThe file of \\fB\\-\\-config\\fR\nLines \\fIname\\fR = \\fIvalue\\fR in the section [\\fB",
        stream);
    put_text(stream, set->command);
    fputs(
        "\\fR]; \\fB\\-\\-dump\\-config\\fR prints such a file. Lines that begin with ; or # are comments.\n",
        stream);
    put_paragraph(stream, "Files that are written appear whole or not at all.");
}

/* The other pages. */
static void put_see_also(const struct manual *manual, const struct option_set *set, FILE *stream) {
    fputs(".SH \"SEE ALSO\"\n", stream);
    if (set)
        fputs("\\fBplait\\fR(1),\n", stream);
    for (size_t k = 0; k < manual->set_count; k++) {
        if (manual->sets[k] == set)
            continue;
        fputs("\\fB", stream);
        put_name(stream, manual->sets[k]);
        fputs("\\fR(1),\n", stream);
    }
    fputs("\\fBmpirun\\fR(1)\n", stream);
}

void manual_overview(const struct manual *manual, FILE *stream) {
    put_title(manual, NULL, stream);
    fputs(
        ".SH SYNOPSIS\n\\fBplait\\fR \\fISUBCOMMAND\\fR [\\fIoptions\\fR]\n.br\n"
        "\\fBmpirun \\-np\\fR \\fIN\\fR \\fBplait\\fR \\fISUBCOMMAND\\fR [\\fIoptions\\fR]\n.br\n"
        "\\fBplait help\\fR [\\fISUBCOMMAND\\fR]\n.br\n\\fBplait \\-\\-version\\fR [\\fB\\-\\-verbose\\fR]\n",
        stream);
    fputs(".SH DESCRIPTION\n", stream);
    put_text(
        stream,
        "Plait computes over MPI ranks on the nodes, OpenMP threads on the cores and SIMD lanes in a core. "
        "The same parameters give the same bits for any number of ranks and threads and on any SIMD path.\n\nResults go to standard output, everything else to standard error, from one rank.\n");
    fputs(".SH SUBCOMMANDS\n", stream);
    for (size_t k = 0; k < manual->set_count; k++) {
        fputs(".TP\n\\fB", stream);
        put_name(stream, manual->sets[k]);
        fputs("\\fR(1)\n", stream);
        put_sentence(stream, manual->sets[k]->summary, "");
        fputc('\n', stream);
    }
    put_exit_status(stream);
    fputs(".SH ENVIRONMENT\n.TP\n\\fBPLAIT_\\fR\\fIOPTION\\fR\n", stream);
    put_text(stream,
             "Every option that is not for the command line alone, in capitals, '-' as '_'.");
    fputs("\n.SH FILES\n.TP\nThe file of \\fB\\-\\-config\\fR\n", stream);
    put_text(stream, "An INI file with a section per subcommand.");
    fputc('\n', stream);
    put_see_also(manual, NULL, stream);
}

void manual_command(const struct manual *manual, const struct option_set *set, FILE *stream) {
    char origins[OPTION_ORIGINS_BYTES], alias[OPTION_ALIAS_BYTES];
    put_title(manual, set, stream);
    fputs(".SH SYNOPSIS\n", stream);
    put_synopsis(stream, set);
    fputs(".SH DESCRIPTION\n", stream);
    if (set->details)
        put_text(stream, set->details);
    else
        put_sentence(stream, set->summary, "");
    fputc('\n', stream);
    if (*option_set_alias(set, alias))
        put_paragraph(stream, alias);
    put_rows(stream, set, true);
    put_rows(stream, set, false);
    put_paragraph(stream, option_origins(set, origins));
    put_exit_status(stream);
    put_environment(stream, set);
    put_files(stream, set);
    put_see_also(manual, set, stream);
}
