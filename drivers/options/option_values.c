/* SPDX-License-Identifier: MIT
 * Collects the texts given for options, by precedence. Every text passes values_set, so that none
 * gets in unchecked; precedence is decided there and nowhere else. */
#include "options/option_values.h"

#include "base/suggest.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WHERE_BYTES = 512 };

static bool values_out_of_memory(struct failure *failure) {
    return failure_set(failure, EXIT_RUN, "out of memory");
}

static void clear_value(struct option_value *value) {
    for (size_t i = 0; i < value->count; i++) {
        free(value->texts[i]);
        free(value->places[i]);
    }
    free(value->texts);
    free(value->places);
    free(value->where);
    *value = (struct option_value){.origin = ORIGIN_DEFAULT};
}

static bool add_text(struct option_value *value, const char *where, const char *text,
                     struct failure *failure) {
    char **texts = realloc(value->texts, (value->count + 1) * sizeof *texts);
    if (texts)
        value->texts = texts;
    char **places = realloc(value->places, (value->count + 1) * sizeof *places);
    if (places)
        value->places = places;
    char *copy = strdup(text), *place = strdup(where);
    if (!texts || !places || !copy || !place) {
        free(copy);
        free(place);
        return values_out_of_memory(failure);
    }
    texts[value->count] = copy;
    places[value->count++] = place;
    return true;
}

static bool set_value(struct option_value *value, enum option_origin origin, const char *where,
                      const char *text, struct failure *failure) {
    clear_value(value);
    value->origin = origin;
    value->where = strdup(where);
    return value->where ? !text || add_text(value, where, text, failure)
                        : values_out_of_memory(failure);
}

bool values_init(struct option_values *values, const struct option_set *set,
                 struct failure *failure) {
    const size_t count = option_count(set);
    *values = (struct option_values){.set = set, .items = calloc(count + 1, sizeof *values->items)};
    if (!values->items)
        return values_out_of_memory(failure);
    values->count = count;
    for (size_t i = 0; i < count; i++) {
        const struct option *option = option_at(set, i, NULL);
        if (!set_value(&values->items[i], ORIGIN_DEFAULT, "default", option_default(option),
                       failure))
            return false;
    }
    return true;
}

void values_free(struct option_values *values) {
    for (size_t i = 0; i < values->count; i++)
        clear_value(&values->items[i]);
    free(values->items);
    *values = (struct option_values){.set = values->set};
}

/* What an error begins with: a file and line do not name the option, the other origins do. */
static void values_blame_text(const struct option *option, enum option_origin origin,
                              const char *where, char text[WHERE_BYTES]) {
    if (origin == ORIGIN_CONFIG || origin == ORIGIN_DEFAULT)
        snprintf(text, WHERE_BYTES, "%s: %s", where, option->name);
    else
        snprintf(text, WHERE_BYTES, "%s", where);
}

static bool refuse_twice(const struct option_value *value, const char *where, const char *text,
                         struct failure *failure) {
    if (value->origin != ORIGIN_COMMAND_LINE)
        return failure_set(failure, EXIT_USAGE,
                           "%s: given twice, '%s' (%s) and '%s': keep one of them", where,
                           value->texts[0], value->where, text);
    return failure_set(failure, EXIT_USAGE, "%s: given twice, '%s' and '%s': keep one of them",
                       where, value->texts[0], text);
}

bool values_set(struct option_values *values, size_t index, enum option_origin origin,
                const char *where, const char *text, struct failure *failure) {
    const struct option *option = option_at(values->set, index, NULL);
    struct option_value *value = &values->items[index];
    char blamed[WHERE_BYTES];

    values_blame_text(option, origin, where, blamed);
    if (!option_parse(option, blamed, text, NULL, failure))
        return false;
    if (value->origin > origin)
        return true;
    if (value->origin < origin || value->count == 0)
        return set_value(value, origin, where, text, failure);
    if (option->kind != OPTION_TEXTS)
        return refuse_twice(value, blamed, text, failure);
    return add_text(value, where, text, failure);
}

bool values_set_list(struct option_values *values, size_t index, enum option_origin origin,
                     const char *where, const char *text, struct failure *failure) {
    static const char spaces[] = " \t";
    if (option_at(values->set, index, NULL)->kind != OPTION_TEXTS)
        return values_set(values, index, origin, where, text, failure);
    for (bool more = true; more;) {
        const size_t bytes = strcspn(text, ",");
        more = text[bytes] == ',';
        const char *begin = text + strspn(text, spaces), *end = text + bytes;
        text = end + more;
        while (end > begin && strchr(spaces, end[-1]))
            end--;
        char *item = strndup(begin, end > begin ? (size_t)(end - begin) : 0);
        if (!item)
            return values_out_of_memory(failure);
        const bool good = values_set(values, index, origin, where, item, failure);
        free(item);
        if (!good)
            return false;
    }
    return true;
}

static const char *find_near(const struct option_set *set, const char *name) {
    struct suggestion near = suggestion_begin(name);
    option_offer(set, OPTION_COMMAND_LINE, &near);
    return suggestion_best(&near);
}

/* An argument that names no option: its first length bytes are quoted, name is what may be
 * mistyped.
 */
static bool option_values_refuse_unknown(const struct option_values *values, const char *argument,
                                         int length, const char *name, struct failure *failure) {
    const struct option_set *set = values->set;
    const bool negated = strncmp(name, "no-", 3) == 0;
    const char *near = negated ? find_near(set, name + 3) : NULL;
    const char *prefix = near && option_is_negatable(option_find(set, near, NULL)) ? "no-" : "";
    if (!near)
        near = find_near(set, name);
    if (near)
        return failure_set(failure, EXIT_USAGE,
                           "unknown option '%.*s' (did you mean --%s%s?): see plait %s --help",
                           length, argument, prefix, near, set->command);
    return failure_set(failure, EXIT_USAGE, "unknown option '%.*s': see plait %s --help", length,
                       argument, set->command);
}

/* A value from the command line. */
static bool set_from_argument(struct option_values *values, size_t index, const char *where,
                              const char *text, struct failure *failure) {
    return values_set(values, index, ORIGIN_COMMAND_LINE, where, text, failure);
}

/* An argument that begins with '-'. */
struct dashed_argument {
    const char *given; /* as it stands on the command line */
    const char *name;  /* between "--" and "=" */
    const char *text;  /* after "=", or NULL */
    const char *next;  /* the argument after it, or NULL */
    bool took_next;    /* set if that is its value */
};

static bool parse_named(struct option_values *values, struct dashed_argument *argument,
                        struct failure *failure) {
    const char *name = argument->name, *text = argument->text, *next = argument->next;
    size_t index;
    char where[WHERE_BYTES];

    snprintf(where, sizeof where, "--%s", name);
    const struct option *option = option_find_given(values->set, name, &index);
    if (!option && strncmp(name, "no-", 3) == 0) {
        option = option_find_given(values->set, name + 3, &index);
        if (option && option_is_negatable(option) && !text)
            return set_from_argument(values, index, where, "no", failure);
        if (option && !option_is_negatable(option))
            option = NULL;
    }
    if (!option)
        return option_values_refuse_unknown(values, argument->given, (int)strlen(name) + 2, name,
                                            failure);
    if (option->kind == OPTION_FLAG)
        return text ? failure_set(failure, EXIT_USAGE, "%s: takes no value, but got '%s'", where,
                                  text)
                    : set_from_argument(values, index, where, "yes", failure);
    if (text)
        return set_from_argument(values, index, where, text, failure);
    if (!next)
        return failure_set(failure, EXIT_USAGE, "%s: the value is missing: give %s %s", where,
                           where, option->argument);
    /* "--out --json x" is a forgotten value much more often than a file called "--json". */
    if (strncmp(next, "--", 2) == 0)
        return failure_set(failure, EXIT_USAGE,
                           "%s: the value is missing before '%s': give %s=%s if that is the value",
                           where, next, where, next);
    argument->took_next = true;
    return set_from_argument(values, index, where, next, failure);
}

/* The row that an argument without -- belongs to: the first that has none yet, or that takes many.
 */
static const struct option *find_place(const struct option_values *values, size_t *index) {
    for (size_t i = 0; i < values->count; i++) {
        const struct option *option = option_at(values->set, i, NULL);
        if (option->scope != OPTION_ARGUMENT ||
            (values->items[i].count > 0 && option->kind != OPTION_TEXTS))
            continue;
        *index = i;
        return option;
    }
    return NULL;
}

static bool take_place(struct option_values *values, const char *argument,
                       struct failure *failure) {
    size_t index;
    const struct option *option = find_place(values, &index);
    if (!option)
        return failure_set(failure, EXIT_USAGE,
                           "unexpected argument '%s': options begin with --, see plait %s --help",
                           argument, values->set->command);
    return set_from_argument(values, index, option->argument, argument, failure);
}

/* Help is given whatever else is missing. */
static bool check_places(const struct option_values *values, struct failure *failure) {
    size_t index;
    const struct option *option = find_place(values, &index);
    if (!option || option->optional || values->items[index].count > 0 ||
        values_flag(values, "help") || values_flag(values, "version"))
        return true;
    return failure_set(failure, EXIT_USAGE, "%s is missing: see plait %s --help", option->argument,
                       values->set->command);
}

static bool parse_argument(struct option_values *values, const char *argument, const char *next,
                           bool *took_next, struct failure *failure) {
    struct dashed_argument dashed = {.given = argument, .next = next};
    if (argument[0] != '-' || argument[1] == '\0') /* "-" is a common name of standard input */
        return take_place(values, argument, failure);
    if (argument[1] != '-' && argument[2] == '\0') {
        const size_t count = option_count(values->set);
        for (size_t i = 0; i < count; i++)
            if (option_at(values->set, i, NULL)->letter == argument[1])
                return set_from_argument(values, i, argument, "yes", failure);
    }
    if (argument[1] != '-')
        return option_values_refuse_unknown(values, argument, (int)strlen(argument), argument + 1,
                                            failure);

    const char *equals = strchr(argument, '=');
    const size_t length = equals ? (size_t)(equals - argument) - 2 : strlen(argument) - 2;
    char *name = strndup(argument + 2, length);
    if (!name)
        return values_out_of_memory(failure);
    dashed.name = name;
    dashed.text = equals ? equals + 1 : NULL;
    const bool parsed = parse_named(values, &dashed, failure);
    *took_next = dashed.took_next;
    free(name);
    return parsed;
}

bool values_parse_argv(struct option_values *values, int argc, char *const *argv,
                       struct failure *failure) {
    bool options_ended = false;
    for (int i = 0; i < argc; i++) {
        bool took_next = false;
        const char *next = i + 1 < argc ? argv[i + 1] : NULL;
        if (!options_ended && strcmp(argv[i], "--") == 0) {
            options_ended = true;
            continue;
        }
        if (!(options_ended ? take_place(values, argv[i], failure)
                            : parse_argument(values, argv[i], next, &took_next, failure)))
            return false;
        i += took_next;
    }
    return check_places(values, failure);
}

static const char *find_variable(char *const *environment, const char *variable) {
    const size_t length = strlen(variable);
    for (; *environment; environment++)
        if (strncmp(*environment, variable, length) == 0 && (*environment)[length] == '=')
            return *environment + length + 1;
    return NULL;
}

static bool set_from_environment(struct option_values *values, char *const *environment,
                                 size_t index, struct failure *failure) {
    const struct option *option = option_at(values->set, index, NULL);
    const char *const names[] = {option->name, option->alias};
    bool found = false;
    if (option->scope >= OPTION_COMMAND_LINE)
        return true;
    for (size_t k = 0; k < sizeof names / sizeof *names && names[k]; k++) {
        char variable[OPTION_VARIABLE_BYTES];
        option_variable_of(names[k], variable);
        const char *text = find_variable(environment, variable);
        if (text && !values_set_list(values, index, ORIGIN_ENVIRONMENT, variable, text, failure))
            return false;
        found = found || text;
    }
    const char *other =
        option->variable && !found ? find_variable(environment, option->variable) : NULL;
    return !other ||
           values_set_list(values, index, ORIGIN_ENVIRONMENT, option->variable, other, failure);
}

/* PLAIT_DUMP_CONFIG -> dump-config. name is empty if the variable's is too long for any option. */
static void option_name(const char *variable, size_t length, char name[OPTION_VARIABLE_BYTES]) {
    const size_t prefix = strlen("PLAIT_");
    name[0] = '\0';
    if (length - prefix >= OPTION_VARIABLE_BYTES)
        return;
    for (size_t i = prefix; i < length; i++)
        name[i - prefix] = variable[i] == '_' ? '-' : (char)tolower((unsigned char)variable[i]);
    name[length - prefix] = '\0';
}

/* A name in small letters spells no option: the variable has to be in capitals. */
static bool is_variable_of(const char *name, const char *variable, size_t length) {
    char expected[OPTION_VARIABLE_BYTES];
    option_variable_of(name, expected);
    return strlen(expected) == length && strncmp(expected, variable, length) == 0;
}

static void warn_unknown_variable(const char *entry, const struct option_set *const *sets,
                                  size_t set_count, void (*warn)(void *context, const char *line),
                                  void *context) {
    const size_t length = strcspn(entry, "=");
    char name[OPTION_VARIABLE_BYTES], variable[OPTION_VARIABLE_BYTES];
    struct failure line = {0}; /* warnings are to be one clean line as errors are */

    option_name(entry, length, name);
    struct suggestion near = suggestion_begin(name);
    for (size_t i = 0; i < set_count; i++) {
        const struct option *option = option_find_given(sets[i], name, NULL);
        const bool exact = option && is_variable_of(name, entry, length);
        if (exact && option->scope < OPTION_COMMAND_LINE)
            return;
        if (exact) {
            failure_set(&line, EXIT_USAGE, "%.*s is ignored: --%s is for the command line only",
                        (int)length, entry, option->name);
            warn(context, line.text);
            return;
        }
        option_offer(sets[i], OPTION_NOT_IN_FILE, &near);
    }
    const char *best = suggestion_best(&near);
    if (best) {
        option_variable_of(best, variable);
        failure_set(&line, EXIT_USAGE,
                    "%.*s is ignored: no option has that name (did you mean %s?)", (int)length,
                    entry, variable);
    } else {
        failure_set(&line, EXIT_USAGE, "%.*s is ignored: no option has that name", (int)length,
                    entry);
    }
    warn(context, line.text);
}

bool values_merge_environment(struct option_values *values, char *const *environment,
                              struct failure *failure) {
    for (size_t i = 0; i < values->count; i++)
        if (!set_from_environment(values, environment, i, failure))
            return false;
    return true;
}

void values_warn_unknown(char *const *environment, const struct option_set *const *sets,
                         size_t set_count, void (*warn)(void *context, const char *line),
                         void *context) {
    for (; *environment; environment++)
        if (strncmp(*environment, "PLAIT_", strlen("PLAIT_")) == 0)
            warn_unknown_variable(*environment, sets, set_count, warn, context);
}

/* A name that the set lacks is a mistake in the program that no user can fix. */
static const struct option_value *values_find(const struct option_values *values,
                                              const char *name) {
    size_t index;
    if (!option_find(values->set, name, &index))
        abort();
    return &values->items[index];
}

bool values_settle(struct option_values *values, const char *name, const char *text,
                   struct failure *failure) {
    char **settled = &values->items[values_find(values, name) - values->items].texts[0];
    char *copy = strdup(text);
    if (!copy)
        return values_out_of_memory(failure);
    free(*settled);
    *settled = copy;
    return true;
}

bool values_replace(struct option_values *values, const char *name, const char *text,
                    struct failure *failure) {
    char where[OPTION_VARIABLE_BYTES];
    size_t index = 0;
    (void)values_find(values, name); /* the set must have it */
    (void)option_find(values->set, name, &index);
    snprintf(where, sizeof where, "--%s", name);
    return set_value(&values->items[index], text ? ORIGIN_COMMAND_LINE : ORIGIN_DEFAULT, where,
                     text, failure);
}

enum option_origin values_origin(const struct option_values *values, const char *name) {
    return values_find(values, name)->origin;
}

const char *values_where(const struct option_values *values, const char *name) {
    return values_find(values, name)->where;
}

const char *values_blame(const struct option_values *values, const char *name,
                         char text[VALUES_TEXT_BYTES]) {
    const struct option_value *value = values_find(values, name);
    if (value->origin == ORIGIN_CONFIG)
        snprintf(text, VALUES_TEXT_BYTES, "%.200s: %s", value->where, name);
    else
        snprintf(text, VALUES_TEXT_BYTES, "%.200s", value->where);
    return text;
}

const char *values_describe(const struct option_values *values, const char *name,
                            char text[VALUES_TEXT_BYTES]) {
    const struct option_value *value = values_find(values, name);
    const bool shown =
        value->count > 0 && option_find(values->set, name, NULL)->kind != OPTION_FLAG;
    const bool elsewhere = value->origin != ORIGIN_COMMAND_LINE;
    snprintf(text, VALUES_TEXT_BYTES, "--%s%s%.60s%s%.100s%s", name, shown ? " " : "",
             shown ? value->texts[0] : "", elsewhere ? " (" : "", elsewhere ? value->where : "",
             elsewhere ? ")" : "");
    return text;
}

const char *values_setters(const struct option_values *values, const char *name,
                           char text[VALUES_TEXT_BYTES]) {
    const struct option *option = option_find(values->set, name, NULL);
    char variable[OPTION_VARIABLE_BYTES];
    option_variable(option, variable);
    snprintf(text, VALUES_TEXT_BYTES, "--%s%s%s%s%s", name, option->variable ? ", " : " or ",
             variable, option->variable ? " or " : "", option->variable ? option->variable : "");
    return text;
}

bool values_has(const struct option_values *values, const char *name) {
    return values_find(values, name)->count > 0;
}

bool values_counts(const struct option_values *values, const char *name) {
    const struct option_value *value = values_find(values, name);
    const char *const *rival = option_find(values->set, name, NULL)->rivals;
    for (; rival && *rival; rival++)
        if (values_has(values, *rival) && values_origin(values, *rival) > value->origin)
            return false;
    return value->count > 0;
}

const char *values_text(const struct option_values *values, const char *name) {
    const struct option_value *value = values_find(values, name);
    return value->count > 0 ? value->texts[0] : NULL;
}

bool values_flag(const struct option_values *values, const char *name) {
    size_t index;
    bool flag = false;
    const char *text = values_text(values, name);
    struct failure ignored = {0}; /* the text has been checked on its way in */
    const struct option *option = option_find(values->set, name, &index);
    if (option->kind != OPTION_FLAG)
        abort();
    if (text)
        option_parse(option, name, text, &flag, &ignored);
    return flag;
}

bool values_apply(const struct option_values *values, void *options, struct failure *failure) {
    for (size_t i = 0; i < values->count; i++) {
        size_t base;
        const struct option *option = option_at(values->set, i, &base);
        const struct option_value *value = &values->items[i];
        char blamed[WHERE_BYTES];
        if (option->offset == OPTION_NO_MEMBER || value->count == 0)
            continue;
        void *member = (char *)options + base + option->offset;
        values_blame_text(option, value->origin, value->where, blamed);
        if (option->kind == OPTION_TEXTS)
            *(struct option_texts *)member =
                (struct option_texts){(const char *const *)value->texts, value->count};
        else if (!option_parse(option, blamed, value->texts[0], member, failure))
            return false;
    }
    return true;
}
