/* SPDX-License-Identifier: MIT
 * Reads one row of an option table: parses a text by it, names it, checks that it is sound. Nothing
 * here knows where a text comes from but by the words that it gets to blame. */
#include "options/option.h"

#include "base/decimal.h"
#include "base/number.h"
#include "base/suggest.h"

#include <ctype.h>
#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { NAME_LENGTH_MAX = 32 };

const struct option option_standard[OPTION_STANDARD_COUNT] = {
    {.name = "help",
     .letter = 'h',
     .kind = OPTION_FLAG,
     .scope = OPTION_COMMAND_LINE,
     .help = "print this and exit",
     .offset = OPTION_NO_MEMBER},
    {.name = "version",
     .kind = OPTION_FLAG,
     .scope = OPTION_COMMAND_LINE,
     .help = "print the version and exit",
     .offset = OPTION_NO_MEMBER},
    {.name = "config",
     .kind = OPTION_TEXT,
     .scope = OPTION_NOT_IN_FILE,
     .argument = "FILE",
     .help = "read options from an INI file with a section per subcommand",
     .reads = true,
     .offset = OPTION_NO_MEMBER},
    {.name = "dump-config",
     .kind = OPTION_FLAG,
     .scope = OPTION_COMMAND_LINE,
     .help = "print the effective options and their origins as such a file and exit",
     .offset = OPTION_NO_MEMBER},
};

const char *option_set_verb(const struct option_set *set, const char *family) {
    const size_t bytes = strlen(family);
    return strncmp(set->command, family, bytes) == 0 && set->command[bytes] == ' '
               ? set->command + bytes + 1
               : NULL;
}

const char *option_set_name(const struct option_set *set, char link,
                            char name[OPTION_COMMAND_BYTES]) {
    snprintf(name, OPTION_COMMAND_BYTES, "%s", set->command);
    for (char *c = name; *c; c++)
        *c = *c == ' ' ? link : *c;
    return name;
}

size_t option_count(const struct option_set *set) {
    size_t count = 0;
    for (size_t t = 0; t < set->table_count; t++)
        count += set->tables[t].count;
    return count;
}

const struct option *option_at(const struct option_set *set, size_t index, size_t *base) {
    const struct option_table *table = set->tables;
    for (; index >= table->count; table++)
        index -= table->count;
    if (base)
        *base = table->base;
    return &table->options[index];
}

const struct option *option_find(const struct option_set *set, const char *name, size_t *index) {
    const size_t count = option_count(set);
    for (size_t i = 0; i < count; i++) {
        const struct option *option = option_at(set, i, NULL);
        if (strcmp(option->name, name) != 0)
            continue;
        if (index)
            *index = i;
        return option;
    }
    return NULL;
}

const struct option *option_find_given(const struct option_set *set, const char *name,
                                       size_t *index) {
    const size_t count = option_count(set);
    for (size_t i = 0; i < count; i++) {
        const struct option *option = option_at(set, i, NULL);
        if (option->scope == OPTION_ARGUMENT ||
            (strcmp(option->name, name) != 0 &&
             !(option->alias && strcmp(option->alias, name) == 0)))
            continue;
        if (index)
            *index = i;
        return option;
    }
    return NULL;
}

bool option_set_is_called(const struct option_set *set, const char *name) {
    return strcmp(set->command, name) == 0 || (set->alias && strcmp(set->alias, name) == 0);
}

void option_offer(const struct option_set *set, enum option_scope widest,
                  struct suggestion *suggestion) {
    const size_t count = option_count(set);
    for (size_t i = 0; i < count; i++) {
        const struct option *option = option_at(set, i, NULL);
        if (option->scope <= widest)
            suggestion_offer(suggestion, option->name);
    }
}

void option_variable(const struct option *option, char variable[OPTION_VARIABLE_BYTES]) {
    option_variable_of(option->name, variable);
}

void option_variable_of(const char *name, char variable[OPTION_VARIABLE_BYTES]) {
    snprintf(variable, OPTION_VARIABLE_BYTES, "PLAIT_%s", name);
    for (char *c = variable; *c; c++)
        *c = *c == '-' ? '_' : (char)toupper((unsigned char)*c);
}

bool option_is_negatable(const struct option *option) {
    return option->kind == OPTION_FLAG && option->scope < OPTION_COMMAND_LINE;
}

const char *option_default(const struct option *option) {
    if (!option->default_value && option->kind == OPTION_FLAG)
        return "no";
    return option->default_value;
}

static bool parse_flag(const char *where, const char *text, bool *value, struct failure *failure) {
    static const char *const words[] = {"no", "yes", "false", "true", "off", "on", "0", "1"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (strcasecmp(text, words[i]) == 0) {
            *value = i % 2 == 1;
            return true;
        }
    }
    return failure_set(failure, EXIT_USAGE, "%s: '%s' is neither yes nor no", where, text);
}

/* what: what the text is, with a space after it ("width "), or "". */
static bool parse_count(const struct option *option, const char *where, const char *what,
                        const char *text, uint64_t *value, struct failure *failure) {
    const char *reason = number_count(text, value);
    if (reason == number_too_large && option->max != 0)
        *value = UINT64_MAX; /* the limit of this option is the one to report */
    else if (reason)
        return failure_set(failure, EXIT_USAGE, "%s: %s'%s' %s", where, what, text, reason);
    if (*value < option->min)
        return failure_set(failure, EXIT_USAGE, "%s: %s'%s' is below %" PRIu64, where, what, text,
                           option->min);
    if (option->max != 0 && *value > option->max)
        return failure_set(failure, EXIT_USAGE, "%s: %s'%s' is above %" PRIu64, where, what, text,
                           option->max);
    return true;
}

static bool has_real_range(const struct option *option) {
    return option->real_min < option->real_max;
}

static bool parse_real(const struct option *option, const char *where, const char *text,
                       double *value, struct failure *failure) {
    const char *reason = number_real(text, value);
    if (reason)
        return failure_set(failure, EXIT_USAGE, "%s: '%s' %s", where, text, reason);
    if (option->positive && !(*value > 0))
        return failure_set(failure, EXIT_USAGE, "%s: '%s' is not above 0: give a positive number",
                           where, text);
    if (has_real_range(option) && *value < option->real_min)
        return failure_set(failure, EXIT_USAGE, "%s: '%s' is below %.15g", where, text,
                           option->real_min);
    if (has_real_range(option) && *value > option->real_max)
        return failure_set(failure, EXIT_USAGE, "%s: '%s' is above %.15g", where, text,
                           option->real_max);
    return true;
}

/* Checks each number of an exact text. An error quotes the beginning of a long one. */
static bool parse_exact(const struct option *option, const char *where, const char *text,
                        struct failure *failure) {
    enum { QUOTED = 60 };
    const size_t count = option->kind == OPTION_REALS ? option->reals : 1;
    for (size_t k = 0; k < count; k++) {
        const char *begin = text;
        const size_t length =
            option->kind == OPTION_REALS ? decimal_piece(text, k, &begin) : strlen(text);
        const char *more = length > QUOTED ? "..." : "";
        const int quoted = length > QUOTED ? QUOTED : (int)length;
        const char *reason = decimal_check(begin, length);
        if (reason)
            return failure_set(failure, EXIT_USAGE, "%s: '%.*s%s' %s", where, quoted, begin, more,
                               reason);
        if (option->positive && decimal_of(begin, length).sign <= 0)
            return failure_set(failure, EXIT_USAGE,
                               "%s: '%.*s%s' is not above 0: give a positive number", where, quoted,
                               begin, more);
    }
    return true;
}

/* Parses the pieces of a text that it may cut up. */
static bool parse_pieces(const struct option *option, const char *where, char *text,
                         double reals[OPTION_REALS_MAX], struct failure *failure) {
    for (size_t i = 0; i < option->reals; i++) {
        char *comma = strchr(text, ',');
        if (comma)
            *comma = '\0';
        if (!parse_real(option, where, text, &reals[i], failure))
            return false;
        if (comma)
            text = comma + 1 + strspn(comma + 1, " "); /* people write "-2, 1" */
    }
    return true;
}

static bool count_reals(const struct option *option, const char *where, const char *text,
                        struct failure *failure) {
    size_t count = 1;
    for (const char *c = text; *c; c++)
        count += *c == ',';
    return count == option->reals ||
           failure_set(failure, EXIT_USAGE, "%s: '%.200s%s' has %zu of %zu numbers: give %s", where,
                       text, strlen(text) > 200 ? "..." : "", count, option->reals,
                       option->argument);
}

static bool parse_reals(const struct option *option, const char *where, const char *text,
                        double reals[OPTION_REALS_MAX], struct failure *failure) {
    if (!count_reals(option, where, text, failure))
        return false;
    char *copy = strdup(text);
    if (!copy)
        return failure_set(failure, EXIT_RUN, "out of memory");
    const bool parsed = parse_pieces(option, where, copy, reals, failure);
    free(copy);
    return parsed;
}

static bool parse_size(const struct option *option, const char *where, const char *text,
                       struct option_size *size, struct failure *failure) {
    const char *cross = strchr(text, 'x');
    if (!cross || cross == text || cross[1] == '\0' || strchr(cross + 1, 'x'))
        return failure_set(failure, EXIT_USAGE,
                           "%s: '%s' is not a width and a height: give %s, such as 640x480", where,
                           text, option->argument);
    char *width = strndup(text, (size_t)(cross - text));
    if (!width)
        return failure_set(failure, EXIT_RUN, "out of memory");
    const bool parsed = parse_count(option, where, "width ", width, &size->width, failure) &&
                        parse_count(option, where, "height ", cross + 1, &size->height, failure);
    free(width);
    return parsed;
}

/* Appends like printf to text, which holds length of bytes; returns the new length, as long as it
 * would be with space enough. */
static int option_text_append(char *text, size_t bytes, int length, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

static int option_text_append(char *text, size_t bytes, int length, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    const size_t used = (size_t)length < bytes ? (size_t)length : bytes;
    const int added = vsnprintf(bytes ? text + used : NULL, bytes - used, format, arguments);
    va_end(arguments);
    return length + (added > 0 ? added : 0);
}

static int list_choices(const struct option *option, char *text, size_t bytes) {
    int length = 0;
    for (size_t i = 0; option->choices[i]; i++) {
        const char *link = i == 0 ? "" : option->choices[i + 1] ? ", " : " or ";
        length = option_text_append(text, bytes, length, "%s%s", link, option->choices[i]);
    }
    return length;
}

static bool parse_choice(const struct option *option, const char *where, const char *text,
                         int *value, struct failure *failure) {
    struct suggestion near = suggestion_begin(text);
    for (int i = 0; option->choices[i]; i++) {
        if (strcmp(option->choices[i], text) == 0) {
            *value = i;
            return true;
        }
        suggestion_offer(&near, option->choices[i]);
    }
    char choices[256];
    list_choices(option, choices, sizeof choices);
    const char *best = suggestion_best(&near);
    if (best)
        return failure_set(failure, EXIT_USAGE, "%s: '%s' is unknown (did you mean '%s'?): give %s",
                           where, text, best, choices);
    return failure_set(failure, EXIT_USAGE, "%s: '%s' is unknown: give %s", where, text, choices);
}

static bool check_text(const struct option *option, const char *where, const char *text,
                       struct failure *failure) {
    /* Results are lines: a name with a line break in it would break them, and terminals obey the
     * rest. */
    for (const char *c = text; *c; c++)
        if ((unsigned char)*c < 0x20 || *c == 0x7f)
            return failure_set(failure, EXIT_USAGE,
                               "%s: '%s' has a control character: leave it out", where, text);
    struct failure cause = {0};
    if (!option->check || option->check(text, &cause))
        return true;
    if (cause.exit_status == EXIT_DONE)
        return failure_set(failure, EXIT_USAGE, "%s: '%s' is refused", where, text);
    return failure_set(failure, cause.exit_status, "%s: %s", where, cause.text);
}

/* The member types, so that a text can be checked without a member. */
union option_member {
    bool flag;
    uint64_t count;
    double real;
    double reals[OPTION_REALS_MAX];
    struct option_size size;
    int choice;
    const char *text;
};

/* Parses into *parsed and says how many of its bytes are the member's. */
static bool parse_member(const struct option *option, const char *where, const char *text,
                         union option_member *parsed, size_t *bytes, struct failure *failure) {
    switch (option->kind) {
    case OPTION_FLAG:
        *bytes = sizeof parsed->flag;
        return parse_flag(where, text, &parsed->flag, failure);
    case OPTION_COUNT:
        *bytes = sizeof parsed->count;
        return parse_count(option, where, "", text, &parsed->count, failure);
    case OPTION_REAL:
        if (option->exact)
            break;
        *bytes = sizeof parsed->real;
        return parse_real(option, where, text, &parsed->real, failure);
    case OPTION_REALS:
        if (option->exact)
            break;
        *bytes = option->reals * sizeof *parsed->reals;
        return parse_reals(option, where, text, parsed->reals, failure);
    case OPTION_SIZE:
        *bytes = sizeof parsed->size;
        return parse_size(option, where, text, &parsed->size, failure);
    case OPTION_CHOICE:
        *bytes = sizeof parsed->choice;
        return parse_choice(option, where, text, &parsed->choice, failure);
    case OPTION_TEXT:
        *bytes = sizeof parsed->text;
        parsed->text = text;
        return check_text(option, where, text, failure);
    case OPTION_TEXTS:
        *bytes = 0;
        return check_text(option, where, text, failure);
    }
    /* Exact numbers. */
    *bytes = sizeof parsed->text;
    parsed->text = text;
    return (option->kind == OPTION_REAL || count_reals(option, where, text, failure)) &&
           parse_exact(option, where, text, failure);
}

bool option_parse(const struct option *option, const char *where, const char *text, void *member,
                  struct failure *failure) {
    union option_member parsed;
    size_t bytes = 0;
    if (text[0] == '\0')
        return failure_set(failure, EXIT_USAGE, "%s: the value is empty", where);
    if (!parse_member(option, where, text, &parsed, &bytes, failure))
        return false;
    if (member)
        memcpy(member, &parsed, bytes);
    return true;
}

/* Whether two texts that an exact row accepts are the same numbers. */
static bool is_same_exact(const struct option *option, const char *a, const char *b) {
    const size_t count = option->kind == OPTION_REALS ? option->reals : 1;
    for (size_t k = 0; k < count; k++) {
        const char *left, *right;
        const size_t left_bytes = decimal_piece(a, k, &left);
        const size_t right_bytes = decimal_piece(b, k, &right);
        const struct decimal one = decimal_of(left, left_bytes);
        const struct decimal other = decimal_of(right, right_bytes);
        if (!decimal_equal(&one, &other))
            return false;
    }
    return true;
}

bool option_is_default(const struct option *option, const char *text) {
    const char *standard = option_default(option);
    if (!standard || option->kind == OPTION_TEXT || option->kind == OPTION_TEXTS)
        return standard && strcmp(text, standard) == 0;
    if (option->exact)
        return is_same_exact(option, text, standard);
    union option_member a, b;
    size_t bytes = 0;
    struct failure ignored = {0};
    return parse_member(option, option->name, text, &a, &bytes, &ignored) &&
           parse_member(option, option->name, standard, &b, &bytes, &ignored) &&
           memcmp(&a, &b, bytes) == 0;
}

static int option_count_range(const struct option *option, char *text, size_t bytes) {
    const char *each = option->kind == OPTION_SIZE ? "each side " : "";
    if (option->max != 0 && option->max != UINT64_MAX)
        return option_text_append(text, bytes, 0, "%s%" PRIu64 " to %" PRIu64, each, option->min,
                                  option->max);
    if (option->min != 0)
        return option_text_append(text, bytes, 0, "%sat least %" PRIu64, each, option->min);
    return 0;
}

static int real_range(const struct option *option, char *text, size_t bytes) {
    int length = 0;
    if (option->positive)
        length = option_text_append(text, bytes, length, "above 0");
    if (!has_real_range(option))
        return length;
    if (length > 0)
        length = option_text_append(text, bytes, length, ", ");
    if (isinf(option->real_max))
        return option_text_append(text, bytes, length, "at least %g", option->real_min);
    if (option->positive || isinf(option->real_min))
        return option_text_append(text, bytes, length, "at most %g", option->real_max);
    return option_text_append(text, bytes, length, "%g to %g", option->real_min, option->real_max);
}

int option_range(const struct option *option, char *text, size_t bytes) {
    if (bytes > 0)
        text[0] = '\0';
    switch (option->kind) {
    case OPTION_COUNT:
    case OPTION_SIZE:
        return option_count_range(option, text, bytes);
    case OPTION_REAL:
    case OPTION_REALS:
        return real_range(option, text, bytes);
    case OPTION_CHOICE:
        return list_choices(option, text, bytes);
    case OPTION_FLAG:
    case OPTION_TEXT:
    case OPTION_TEXTS:
        break;
    }
    return 0;
}

static bool is_name(const char *name) {
    const size_t length = name ? strlen(name) : 0;
    return length > 0 && length <= NAME_LENGTH_MAX && islower((unsigned char)name[0]) &&
           name[length - 1] != '-' &&
           strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-") == length;
}

/* What a row lacks for its kind, or NULL. */
static const char *row_mistake(const struct option *option) {
    if (!option->help || !option->help[0] || option->help[strlen(option->help) - 1] == '.')
        return "needs a help text without a full stop";
    if ((option->argument != NULL) == (option->kind == OPTION_FLAG))
        return "needs an argument name, or is a flag and must have none";
    if (option->kind == OPTION_CHOICE && (!option->choices || !option->choices[0]))
        return "needs choices";
    if (option->kind == OPTION_REALS && (option->reals == 0 || option->reals > OPTION_REALS_MAX))
        return "needs the number of its reals";
    if (option->exact &&
        ((option->kind != OPTION_REAL && option->kind != OPTION_REALS) || has_real_range(option)))
        return "cannot be exact";
    if (option->later && !(option->defines && option_default(option)))
        return "has no default to leave out";
    if (option->max != 0 && option->min > option->max)
        return "has a range that nothing is in";
    if (!(option->real_min < option->real_max) && !(option->real_min == 0 && option->real_max == 0))
        return "has a range that nothing is in";
    if (option->positive && has_real_range(option) && option->real_min > 0)
        return "has two lower bounds";
    if (option->offset == OPTION_NO_MEMBER && option->scope == OPTION_ANYWHERE)
        return "needs a member";
    if (option->scope == OPTION_ARGUMENT && option->kind == OPTION_FLAG)
        return "is an argument and cannot be a flag";
    if (option->scope == OPTION_ARGUMENT && (option->default_value || option->default_text))
        return "is an argument and must have no default";
    if (option->optional && (option->scope != OPTION_ARGUMENT || option->kind != OPTION_TEXTS))
        return "cannot be optional";
    if (option->grows && option->kind != OPTION_COUNT && option->kind != OPTION_REAL &&
        option->kind != OPTION_SIZE)
        return "is nothing that grows";
    if (option->variable && (!option->variable[0] || option->scope == OPTION_COMMAND_LINE ||
                             strncmp(option->variable, "PLAIT_", strlen("PLAIT_")) == 0))
        return "needs a variable of another kind, or none";
    return NULL;
}

/* Whether name is "no-" and the name of the flag, which parses as its opposite. */
static bool is_negation(const char *name, const char *other, bool is_flag) {
    return is_flag && strncmp(name, "no-", 3) == 0 && strcmp(name + 3, other) == 0;
}

/* Whether no name of one row is one of the other's, or hides its --no-. */
static bool check_names(const struct option *a, const struct option *b, struct failure *failure) {
    const char *const of_a[] = {a->name, a->alias}, *const of_b[] = {b->name, b->alias};
    for (size_t i = 0; i < 2 && of_a[i]; i++) {
        for (size_t j = 0; j < 2 && of_b[j]; j++) {
            if (strcmp(of_a[i], of_b[j]) == 0)
                return failure_set(failure, EXIT_RUN, "option '%s' is duplicate", of_a[i]);
            if (is_negation(of_a[i], of_b[j], b->kind == OPTION_FLAG) ||
                is_negation(of_b[j], of_a[i], a->kind == OPTION_FLAG))
                return failure_set(failure, EXIT_RUN, "options '%s' and '%s' hide each other",
                                   of_a[i], of_b[j]);
        }
    }
    return true;
}

static bool option_check_pair(const struct option *a, size_t a_base, const struct option *b,
                              size_t b_base, struct failure *failure) {
    if (!check_names(a, b, failure))
        return false;
    if (a->letter && a->letter == b->letter)
        return failure_set(failure, EXIT_RUN, "options '%s' and '%s' share a letter", a->name,
                           b->name);
    if (a->scope == OPTION_ARGUMENT && a->kind == OPTION_TEXTS && b->scope == OPTION_ARGUMENT)
        return failure_set(failure, EXIT_RUN, "argument '%s' leaves nothing for '%s'", a->name,
                           b->name);
    if (a->variable && b->variable && strcmp(a->variable, b->variable) == 0)
        return failure_set(failure, EXIT_RUN, "options '%s' and '%s' share a variable", a->name,
                           b->name);
    if (a->offset != OPTION_NO_MEMBER && b->offset != OPTION_NO_MEMBER &&
        a_base + a->offset == b_base + b->offset)
        return failure_set(failure, EXIT_RUN, "options '%s' and '%s' share a member", a->name,
                           b->name);
    return true;
}

static bool check_row(const struct option *option, struct failure *failure) {
    if (!is_name(option->name))
        return failure_set(failure, EXIT_RUN, "option '%s' has no good name",
                           option->name ? option->name : "");
    if (option->alias && (!is_name(option->alias) || strcmp(option->alias, option->name) == 0 ||
                          option->scope == OPTION_ARGUMENT))
        return failure_set(failure, EXIT_RUN, "option '%s' has no good alias", option->name);
    if (option->letter && (option->letter < 'a' || option->letter > 'z' ||
                           option->kind != OPTION_FLAG || option->scope == OPTION_ARGUMENT))
        return failure_set(failure, EXIT_RUN, "option '%s' has no good letter", option->name);
    const char *mistake = row_mistake(option);
    if (mistake)
        return failure_set(failure, EXIT_RUN, "option '%s' %s", option->name, mistake);
    const char *text = option_default(option);
    return !text || option_parse(option, option->name, text, NULL, failure);
}

bool option_set_check(const struct option_set *set, struct failure *failure) {
    const size_t count = option_count(set);
    if (!set->command || !set->command[0] || strlen(set->command) > NAME_LENGTH_MAX ||
        strpbrk(set->command, "[];#\t") || !set->summary || !set->summary[0])
        return failure_set(failure, EXIT_RUN, "a command needs a short name and a summary");
    if (set->alias && (!is_name(set->alias) || strcmp(set->alias, set->command) == 0))
        return failure_set(failure, EXIT_RUN, "command '%s' has no good alias", set->command);
    for (size_t i = 0; i < count; i++) {
        size_t base;
        const struct option *option = option_at(set, i, &base);
        if (!check_row(option, failure))
            return false;
        for (size_t j = 0; j < i; j++) {
            size_t other_base;
            const struct option *other = option_at(set, j, &other_base);
            if (!option_check_pair(other, other_base, option, base, failure))
                return false;
        }
    }
    return true;
}
