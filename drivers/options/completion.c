/* SPDX-License-Identifier: MIT
 * Writes the option tables as bash functions. Names and choices are plain words by the rules of
 * option_set_check and need no quotes of their own. */
#include "options/completion.h"

#include <string.h>

/* A name of two words is one word of a case. */
static const char *quote_of(const struct option_set *set) {
    return strchr(set->command, ' ') ? "'" : "";
}

static void write_options(const struct option_set *set, FILE *stream) {
    const size_t count = option_count(set);
    const char *link = "";
    fprintf(stream, "    %s%s%s%s%s) words='", quote_of(set), set->command, quote_of(set),
            set->alias ? " | " : "", set->alias ? set->alias : "");
    for (size_t i = 0; i < count; i++) {
        const struct option *option = option_at(set, i, NULL);
        if (option->scope == OPTION_ARGUMENT)
            continue;
        fprintf(stream, "%s--%s", link, option->name);
        link = " ";
        if (option_is_negatable(option))
            fprintf(stream, " --no-%s", option->name);
    }
    fputs("' ;;\n", stream);
}

static void write_choices(const struct option *option, FILE *stream) {
    fputs(option->kind == OPTION_CHOICE ? "words" : "files or", stream);
    for (size_t i = 0; option->choices[i]; i++)
        fprintf(stream, " %s", option->choices[i]);
}

/* What a row says of its text. */
static const char *text_of(const struct option *option) {
    return option->plots || option->directory  ? "directories"
           : option->reads || option->replaces ? "files"
                                               : "text";
}

static void write_value(const struct option *option, FILE *stream) {
    switch (option->kind) {
    case OPTION_CHOICE:
        write_choices(option, stream);
        break;
    case OPTION_TEXT:
    case OPTION_TEXTS:
        if (option->choices)
            write_choices(option, stream);
        else
            fputs(text_of(option), stream);
        break;
    case OPTION_COUNT:
    case OPTION_REAL:
    case OPTION_REALS:
    case OPTION_SIZE:
        fputs("text", stream);
        break;
    case OPTION_FLAG:
        break;
    }
}

/* The patterns of a row: subcommand and option, in each spelling of both; or subcommand and place.
 */
static void write_patterns(const struct option_set *set, const struct option *option,
                           unsigned place, FILE *stream) {
    const char *const commands[] = {set->command, set->alias};
    const char *const names[] = {option->name, option->alias};
    const char *link = "    ";
    for (size_t k = 0; k < 2 && commands[k]; k++) {
        for (size_t i = 0; i < 2 && names[i]; i++) {
            if (option->scope != OPTION_ARGUMENT)
                fprintf(stream, "%s'%s --%s'", link, commands[k], names[i]);
            else if (option->kind == OPTION_TEXTS) /* all places that are left */
                fprintf(stream, "%s'%s '[1-9]*", link, commands[k]);
            else
                fprintf(stream, "%s'%s %u'", link, commands[k], place);
            link = " | ";
        }
    }
}

static void completion_write_values(const struct option_set *set, FILE *stream) {
    const size_t count = option_count(set);
    unsigned place = 0;
    for (size_t i = 0; i < count; i++) {
        const struct option *option = option_at(set, i, NULL);
        if (option->kind == OPTION_FLAG)
            continue;
        place += option->scope == OPTION_ARGUMENT;
        write_patterns(set, option, place, stream);
        fputs(") value='", stream);
        write_value(option, stream);
        fputs("' ;;\n", stream);
    }
}

/* The first word of each subcommand, once; sets of one family stand together. */
static bool begins_family(const struct option_set *const *sets, size_t k) {
    const size_t bytes = strcspn(sets[k]->command, " ");
    return k == 0 || strcspn(sets[k - 1]->command, " ") != bytes ||
           strncmp(sets[k]->command, sets[k - 1]->command, bytes) != 0;
}

static void write_verbs(const struct option_set *const *sets, size_t count, FILE *stream) {
    fputs("_plait_verbs() {\n    case $1 in\n", stream);
    for (size_t k = 0; k < count; k++) {
        const char *space = strchr(sets[k]->command, ' ');
        if (!space)
            continue;
        if (begins_family(sets, k))
            fprintf(stream, "    %.*s) words='", (int)(space - sets[k]->command), sets[k]->command);
        fputs(space + 1, stream);
        fputs(k + 1 == count || begins_family(sets, k + 1) ? "' ;;\n" : " ", stream);
    }
    fputs("    *) words='' ;;\n    esac\n}\n\n", stream);
}

void completion_tables(const struct option_set *const *sets, size_t count, FILE *stream) {
    fputs("_plait_subcommands='", stream);
    for (size_t k = 0; k < count; k++)
        if (begins_family(sets, k))
            fprintf(stream, "%.*s ", (int)strcspn(sets[k]->command, " "), sets[k]->command);
    fputs("help version'\n\n", stream);
    write_verbs(sets, count, stream);
    fputs("_plait_options() {\n    case $1 in\n", stream);
    for (size_t k = 0; k < count; k++)
        write_options(sets[k], stream);
    fputs("    *) words='' ;;\n    esac\n}\n\n_plait_value() {\n    case \"$1 $2\" in\n", stream);
    for (size_t k = 0; k < count; k++)
        completion_write_values(sets[k], stream);
    fputs("    *) value='' ;;\n    esac\n}\n", stream);
}
