/* SPDX-License-Identifier: MIT
 * Prints help from the option tables. Every word goes through one function that wraps lines. */
#include "options/option_help.h"

#include <string.h>

enum { LINE_COLUMNS = 80, TEXT_COLUMN = 26 };

/* Where the next word goes: lines after the first begin at indent. */
struct page {
    FILE *stream;
    size_t column;
    size_t indent;
};

static void page_break(struct page *page) {
    fputc('\n', page->stream);
    page->column = 0;
}

static void page_word(struct page *page, const char *word, size_t length) {
    if (page->column > page->indent && page->column + 1 + length > LINE_COLUMNS)
        page_break(page);
    if (page->column < page->indent)
        page->column +=
            (size_t)fprintf(page->stream, "%*s", (int)(page->indent - page->column), "");
    else if (page->column > page->indent)
        page->column += (size_t)fprintf(page->stream, " ");
    fwrite(word, 1, length, page->stream);
    page->column += length;
}

/* Words of text, wrapped; a line break in it stays. */
static void page_text(struct page *page, const char *text) {
    while (*text) {
        const size_t length = strcspn(text, " \n");
        if (length > 0)
            page_word(page, text, length);
        text += length;
        if (*text == '\n')
            page_break(page);
        if (*text)
            text++;
    }
}

static void page_paragraph(struct page *page, const char *text) {
    page->indent = 0;
    page_text(page, text);
    page_break(page);
}

/* The left column; a text that reaches into the right one gets a line of its own. */
static void print_spelling(struct page *page, const struct option *option) {
    const char letter[] = {'-', option->letter, ',', ' ', '\0'};
    const char *alias = option->letter ? letter : "";
    const int length =
        option->scope == OPTION_ARGUMENT
            ? fprintf(page->stream, "  %s", option->argument)
            : fprintf(page->stream, "  %s--%s%s%s%s", alias,
                      option_is_negatable(option) ? "[no-]" : "", option->name,
                      option->argument ? " " : "", option->argument ? option->argument : "");
    page->column = length > 0 ? (size_t)length : 0;
    page->indent = TEXT_COLUMN;
    if (page->column + 2 > TEXT_COLUMN)
        page_break(page);
}

/* Appends a fact to those that are there. */
static void add_fact(char facts[OPTION_FACTS_BYTES], const char *name, const char *value) {
    const size_t used = strlen(facts);
    snprintf(facts + used, OPTION_FACTS_BYTES - used, "%s%s%s", used ? "; " : "", name, value);
}

const char *option_facts(const struct option *option, char facts[OPTION_FACTS_BYTES]) {
    char range[512];
    facts[0] = '\0';
    const char *value = option->default_text ? option->default_text : option_default(option);
    if (option->scope >= OPTION_COMMAND_LINE)
        value = NULL;
    option_range(option, range, sizeof range);
    if (*range)
        add_fact(facts, range, "");
    if (value)
        add_fact(facts, "default: ", value);
    if (option->kind == OPTION_TEXTS)
        add_fact(facts, "may be given again", "");
    if (option->alias)
        add_fact(facts, "may be spelt ", option->alias);
    if (option->variable) {
        char variables[2 * OPTION_VARIABLE_BYTES];
        option_variable(option, variables);
        strcat(variables, ", else ");
        strncat(variables, option->variable, sizeof variables - strlen(variables) - 1);
        add_fact(facts, "environment: ", variables);
    }
    return facts;
}

static void print_facts(struct page *page, const struct option *option) {
    char facts[OPTION_FACTS_BYTES], bracketed[sizeof facts + 2];
    if (!*option_facts(option, facts))
        return;
    snprintf(bracketed, sizeof bracketed, "(%s)", facts);
    page_text(page, bracketed);
}

/* The first option that has an environment variable. */
static const struct option *find_example(const struct option_set *set) {
    const size_t count = option_count(set);
    for (size_t i = 0; i < count; i++)
        if (option_at(set, i, NULL)->scope < OPTION_COMMAND_LINE)
            return option_at(set, i, NULL);
    return NULL;
}

const char *option_set_alias(const struct option_set *set, char text[OPTION_ALIAS_BYTES]) {
    text[0] = '\0';
    if (set->alias)
        snprintf(text, OPTION_ALIAS_BYTES, "The subcommand may be spelt %s, too.", set->alias);
    return text;
}

const char *option_origins(const struct option_set *set, char text[OPTION_ORIGINS_BYTES]) {
    char variable[OPTION_VARIABLE_BYTES];
    const struct option *example = find_example(set);
    text[0] = '\0';
    if (!example)
        return text;
    option_variable(example, variable);
    snprintf(
        text, OPTION_ORIGINS_BYTES,
        "An option given here goes before its environment variable (%s for --%s), that before section [%s] of the configuration file, that before the default. "
        "In environment and file, what may be given again is a list with commas. "
        "Whole numbers may be written 4^12, 2^20 or 1e9.",
        variable, example->name, set->command);
    return text;
}

static void print_origins(struct page *page, const struct option_set *set) {
    char text[OPTION_ORIGINS_BYTES];
    if (!*option_origins(set, text))
        return;
    page_break(page);
    page_paragraph(page, text);
}

/* Whether there is a row that is an argument, or one that is not. */
static bool has_rows(const struct option_set *set, bool arguments) {
    const size_t count = option_count(set);
    for (size_t i = 0; i < count; i++)
        if ((option_at(set, i, NULL)->scope == OPTION_ARGUMENT) == arguments)
            return true;
    return false;
}

static void option_help_print_usage(const struct option_set *set, FILE *stream) {
    const size_t count = option_count(set);
    fprintf(stream, "usage: plait %s [options]", set->command);
    for (size_t i = 0; i < count; i++) {
        const struct option *option = option_at(set, i, NULL);
        if (option->scope == OPTION_ARGUMENT)
            fprintf(stream, option->optional ? " [%s%s]" : " %s%s", option->argument,
                    option->kind == OPTION_TEXTS ? "..." : "");
    }
    fprintf(stream, "\n\n");
}

/* The rows that are arguments, or those that are not. */
static void print_rows(struct page *page, const struct option_set *set, bool arguments) {
    const size_t count = option_count(set);
    if (!has_rows(set, arguments))
        return;
    fprintf(page->stream, "\n%s:\n", arguments ? "arguments" : "options");
    for (size_t i = 0; i < count; i++) {
        const struct option *option = option_at(set, i, NULL);
        if ((option->scope == OPTION_ARGUMENT) != arguments)
            continue;
        print_spelling(page, option);
        page_text(page, option->help);
        print_facts(page, option);
        page_break(page);
    }
}

void option_help(const struct option_set *set, FILE *stream) {
    struct page page = {.stream = stream};
    char alias[OPTION_ALIAS_BYTES];

    option_help_print_usage(set, stream);
    page_paragraph(&page, set->summary);
    if (set->details) {
        page_break(&page);
        page_paragraph(&page, set->details);
    }
    if (*option_set_alias(set, alias)) {
        page_break(&page);
        page_paragraph(&page, alias);
    }
    print_rows(&page, set, true);
    print_rows(&page, set, false);
    print_origins(&page, set);
}

void option_help_all(const struct option_set *const *sets, size_t count, FILE *stream) {
    fputs("usage: plait SUBCOMMAND [options]\n"
          "       mpirun -np N plait SUBCOMMAND [options]\n\n" OPTION_HELP_PURPOSE ".\n\n",
          stream);
    for (size_t k = 0; k < count; k++)
        fprintf(stream, "  %-14s %s\n", sets[k]->command, sets[k]->summary);
    fputs("\n'plait help SUBCOMMAND' lists its options, 'plait --version' prints the version,\n"
          "with --verbose also features, libraries and licences.\n",
          stream);
}

void option_help_family(const struct option_set *const *sets, size_t count, const char *family,
                        FILE *stream) {
    fprintf(stream, "usage: plait %s SUBCOMMAND [options]\n\n", family);
    for (size_t k = 0; k < count; k++)
        if (option_set_verb(sets[k], family))
            fprintf(stream, "  %-14s %s\n", sets[k]->command, sets[k]->summary);
    fprintf(stream, "\n'plait %s SUBCOMMAND --help' lists its options.\n", family);
}
