/* SPDX-License-Identifier: MIT
 * Prints help from the option tables. Every word goes through one function that wraps lines. */
#include "core/option_help.h"

#include <string.h>

enum { LINE_COLUMNS = 80, TEXT_COLUMN = 26, FACTS_BYTES = 1024 };

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
    const bool negatable = option->kind == OPTION_FLAG && option->scope != OPTION_COMMAND_LINE;
    const char *alias = strcmp(option->name, "help") == 0 ? "-h, " : "";
    const int length =
        fprintf(page->stream, "  %s--%s%s%s%s", alias, negatable ? "[no-]" : "", option->name,
                option->argument ? " " : "", option->argument ? option->argument : "");
    page->column = length > 0 ? (size_t)length : 0;
    page->indent = TEXT_COLUMN;
    if (page->column + 2 > TEXT_COLUMN)
        page_break(page);
}

/* Appends a fact to those that are there. */
static void add_fact(char facts[FACTS_BYTES], const char *name, const char *value) {
    const size_t used = strlen(facts);
    snprintf(facts + used, FACTS_BYTES - used, "%s%s%s", used ? "; " : "", name, value);
}

/* "(range; default: x; may be given again; environment: PLAIT_X, else Y)", as
 * far as there is any of it. */
static void print_facts(struct page *page, const struct option *option) {
    char range[512], facts[FACTS_BYTES] = "";
    const char *value = option->default_text ? option->default_text : option_default(option);
    if (option->scope == OPTION_COMMAND_LINE)
        value = NULL;
    option_range(option, range, sizeof range);
    if (*range)
        add_fact(facts, range, "");
    if (value)
        add_fact(facts, "default: ", value);
    if (option->kind == OPTION_TEXTS)
        add_fact(facts, "may be given again", "");
    if (option->variable) {
        char variables[2 * OPTION_VARIABLE_BYTES];
        option_variable(option, variables);
        strcat(variables, ", else ");
        strncat(variables, option->variable, sizeof variables - strlen(variables) - 1);
        add_fact(facts, "environment: ", variables);
    }
    if (!facts[0])
        return;
    char bracketed[sizeof facts + 2];
    snprintf(bracketed, sizeof bracketed, "(%s)", facts);
    page_text(page, bracketed);
}

/* The first option that has an environment variable. */
static const struct option *find_example(const struct option_set *set) {
    const size_t count = option_count(set);
    for (size_t i = 0; i < count; i++)
        if (option_at(set, i, NULL)->scope != OPTION_COMMAND_LINE)
            return option_at(set, i, NULL);
    return NULL;
}

static void print_origins(struct page *page, const struct option_set *set) {
    char variable[OPTION_VARIABLE_BYTES], text[512];
    const struct option *example = find_example(set);
    if (!example)
        return;
    option_variable(example, variable);
    snprintf(text, sizeof text,
             "An option given here goes before its environment variable (%s for --%s), that before "
             "section [%s] of the configuration file, that before the default. In the environment, "
             "what may be given again is a list with commas. Whole numbers may be written 4^12, "
             "2^20 or 1e9.",
             variable, example->name, set->command);
    page_break(page);
    page_paragraph(page, text);
}

void option_help(const struct option_set *set, FILE *stream) {
    struct page page = {.stream = stream};
    const size_t count = option_count(set);

    fprintf(stream, "usage: plait %s [options]\n\n", set->command);
    page_paragraph(&page, set->summary);
    if (set->details) {
        page_break(&page);
        page_paragraph(&page, set->details);
    }
    fprintf(stream, "\noptions:\n");
    for (size_t i = 0; i < count; i++) {
        const struct option *option = option_at(set, i, NULL);
        print_spelling(&page, option);
        page_text(&page, option->help);
        print_facts(&page, option);
        page_break(&page);
    }
    print_origins(&page, set);
}
