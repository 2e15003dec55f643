/* SPDX-License-Identifier: MIT
 * Reads and writes configuration files. A line is a [section], "key = value" or "key: value", or
 * nothing; what follows a ';' after a space is a comment, and so is a line that begins with ';' or
 * '#'. */
#include "options/config_file.h"

#include "base/atomic_file.h"
#include "base/text_file.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Longest line without spaces at its ends and without its end: two of the longest decimals fit. */
enum { LINE_LENGTH_MAX = 1000000, ORIGIN_COLUMN = 30, WHERE_BYTES = 512 };

/* A file being read. */
struct reading {
    struct text_file file;
    const struct option_set *const *sets;
    struct option_values *sections; /* values of every set, in their order */
    size_t set_count;
    struct option_values *section; /* the one that entries belong to, NULL before the first */
    struct failure mistake;        /* the first; reading stops there */
};

/* Describes a mistake in the current line; returns false. */
static bool refuse_line(struct reading *reading, const char *cause, const char *subject,
                        const char *fix) {
    return failure_set(&reading->mistake, EXIT_USAGE, "%s:%lu: %s%s%s%s", reading->file.path,
                       reading->file.number, cause, subject, *fix ? ": " : "", fix);
}

/* Control characters are the mark of files that are no text. */
static bool check_bytes(struct reading *reading) {
    for (size_t i = 0; i < reading->file.length; i++) {
        const unsigned char byte = (unsigned char)reading->file.text[i];
        if ((byte >= 0x20 || byte == '\t' || byte == '\r') && byte != 0x7f)
            continue;
        char code[16];
        snprintf(code, sizeof code, "0x%02x", byte);
        return refuse_line(reading, "holds the byte ", code, "give a text file in INI form");
    }
    return true;
}

/* Removes spaces and tabs at both ends. */
static char *config_trim(char *text) {
    text += strspn(text, " \t\r");
    size_t length = strlen(text);
    while (length > 0 && strchr(" \t\r", text[length - 1]))
        length--;
    text[length] = '\0';
    return text;
}

static bool is_blank_or_comment(const char *text) {
    text += strspn(text, " \t");
    return *text == '\0' || *text == ';' || *text == '#';
}

static bool refuse_section(struct reading *reading, const char *name) {
    char fix[128] = "";
    struct suggestion near = suggestion_begin(name);
    for (size_t i = 0; i < reading->set_count; i++)
        suggestion_offer(&near, reading->sets[i]->command);
    const char *best = suggestion_best(&near);
    if (best)
        snprintf(fix, sizeof fix, " (did you mean [%s]?)", best);
    return failure_set(
        &reading->mistake, EXIT_USAGE,
        "%s:%lu: unknown section [%s]%s: sections are named as subcommands are, see plait --help",
        reading->file.path, reading->file.number, name, fix);
}

static bool enter_section(struct reading *reading, char *text) {
    char *end = strchr(text, ']');
    if (!end || !is_blank_or_comment(end + 1))
        return refuse_line(reading, "a section must be one [name], not ", text, "");
    *end = '\0';
    for (size_t i = 0; i < reading->set_count; i++) {
        if (option_set_is_called(reading->sets[i], text + 1)) {
            reading->section = &reading->sections[i];
            return true;
        }
    }
    return refuse_section(reading, text + 1);
}

static bool refuse_key(struct reading *reading, const char *key) {
    const struct option_set *set = reading->section->set;
    struct suggestion near = suggestion_begin(key);
    option_offer(set, OPTION_ANYWHERE, &near);
    const char *best = suggestion_best(&near);
    if (best)
        return failure_set(
            &reading->mistake, EXIT_USAGE,
            "%s:%lu: unknown key '%s' in [%s] (did you mean '%s'?): see plait %s --help",
            reading->file.path, reading->file.number, key, set->command, best, set->command);
    return failure_set(&reading->mistake, EXIT_USAGE,
                       "%s:%lu: unknown key '%s' in [%s]: see plait %s --help", reading->file.path,
                       reading->file.number, key, set->command, set->command);
}

static bool config_take_entry(struct reading *reading, const char *key, const char *text) {
    char where[WHERE_BYTES];
    size_t index;
    if (!reading->section)
        return refuse_line(reading, "a key stands before the first section: ", key,
                           "begin with the subcommand's [section]");
    const struct option *option = option_find_given(reading->section->set, key, &index);
    if (!option)
        return refuse_key(reading, key);
    if (option->scope != OPTION_ANYWHERE)
        return failure_set(&reading->mistake, EXIT_USAGE,
                           "%s:%lu: '%s' has no place in a file: give --%s", reading->file.path,
                           reading->file.number, key, key);
    snprintf(where, sizeof where, "%s:%lu", reading->file.path, reading->file.number);
    return values_set_list(reading->section, index, ORIGIN_CONFIG, where, text, &reading->mistake);
}

/* The end of a value: where a comment begins, or the end of the text. */
static char *find_value_end(char *text) {
    for (char *c = text; *c; c++)
        if (*c == ';' && c > text && isspace((unsigned char)c[-1]))
            return c;
    return text + strlen(text);
}

static bool config_take_line(struct reading *reading) {
    char *text = config_trim(reading->file.text);
    if (*text == '\0' || *text == ';' || *text == '#') /* comments may be as long as they like */
        return true;
    if (strlen(text) > LINE_LENGTH_MAX || reading->file.cut)
        return refuse_line(reading, "the line is too long for a configuration file", "",
                           "give this value as option or environment variable");
    if (strchr(text, '\r'))
        return refuse_line(reading, "a carriage return stands within the line", "",
                           "end lines by line feeds");
    if (*text == '[')
        return enter_section(reading, text);
    char *end = find_value_end(text);
    char *sign = strpbrk(text, "=:");
    if (!sign || sign > end)
        return failure_set(&reading->mistake, EXIT_USAGE,
                           "%s:%lu: '%s' is neither 'key = value' nor [section] nor comment",
                           reading->file.path, reading->file.number, text);
    *sign = '\0';
    *find_value_end(sign + 1) = '\0';
    return config_take_entry(reading, config_trim(text), config_trim(sign + 1));
}

/* Reads the file into reading->sections. */
static bool read_sections(struct reading *reading, struct failure *failure) {
    struct failure *mistake = &reading->mistake;
    bool good = true;
    for (size_t i = 0; good && i < reading->set_count; i++)
        good = values_init(&reading->sections[i], reading->sets[i], mistake);
    while (good && text_file_line(&reading->file, mistake))
        good = check_bytes(reading) && config_take_line(reading);
    return mistake->exit_status == EXIT_DONE ||
           failure_set(failure, mistake->exit_status, "%s", mistake->text);
}

/* Takes what the file says over into the values; it has been checked already. */
static bool config_take_over(struct option_values *values, const struct option_values *section,
                             struct failure *failure) {
    for (size_t i = 0; i < section->count; i++) {
        const struct option_value *value = &section->items[i];
        for (size_t t = 0; value->origin == ORIGIN_CONFIG && t < value->count; t++)
            if (!values_set(values, i, ORIGIN_CONFIG, value->places[t], value->texts[t], failure))
                return false;
    }
    return true;
}

static bool config_merge_file(struct option_values *values, const struct option_set *const *sets,
                              size_t set_count, const char *path, struct failure *failure) {
    struct reading reading = {.sets = sets, .set_count = set_count};
    /* Other ranks wait for this one: it must not wait for a pipe that may never be written to. */
    bool good =
        text_file_open(&reading.file, "configuration file", path, TEXT_PIPE_REFUSED, failure);
    reading.sections = calloc(set_count + 1, sizeof *reading.sections);
    if (!reading.sections)
        good = failure_set(failure, EXIT_RUN, "out of memory");
    good = good && read_sections(&reading, failure);
    for (size_t i = 0; reading.sections && i < set_count; i++) {
        if (good && sets[i] == values->set)
            good = config_take_over(values, &reading.sections[i], failure);
        values_free(&reading.sections[i]);
    }
    free(reading.sections);
    text_file_close(&reading.file);
    return good;
}

bool config_file_merge(struct option_values *values, const struct option_set *const *sets,
                       size_t set_count, struct failure *failure) {
    const char *path =
        option_find(values->set, "config", NULL) ? values_text(values, "config") : NULL;
    return !path || config_merge_file(values, sets, set_count, path, failure);
}

/* Why a line "name = text" would not be read back as it is, or NULL. */
static const char *unwritable(const struct option *option, const char *text) {
    if (isspace((unsigned char)text[0]) || isspace((unsigned char)text[strlen(text) - 1]))
        return "begins or ends with a space";
    for (const char *c = text; *c; c++)
        if (isspace((unsigned char)*c) && c[1] == ';')
            return "holds a space before ';', which begins a comment";
    if (option->kind == OPTION_TEXTS && strchr(text, ','))
        return "holds a comma, which separates the items of a list";
    if (strlen(option->name) + strlen(" = ") + strlen(text) > LINE_LENGTH_MAX)
        return "is too long for a line";
    return NULL;
}

static bool check_writable(const struct option *option, const struct option_value *value,
                           struct failure *failure) {
    for (size_t t = 0; t < value->count; t++) {
        const char *reason = unwritable(option, value->texts[t]);
        if (reason)
            return failure_set(failure, EXIT_USAGE,
                               "%s: '%.200s' cannot stand in a configuration file: it %s",
                               value->places[t], value->texts[t], reason);
    }
    return true;
}

/* An origin may quote a file's name, which may hold anything. */
static void write_origin(const char *where, FILE *stream) {
    fputs("; ", stream);
    for (const char *c = where; *c; c++)
        fputc((unsigned char)*c < 0x20 || *c == 0x7f ? '?' : *c, stream);
    fputc('\n', stream);
}

/* A ';' right after the sign begins no comment. */
static const char *sign_before(const char *text) {
    return text[0] == ';' ? " =" : " = ";
}

static void write_entry(const struct option *option, const char *text, const char *where,
                        FILE *stream) {
    const int column = (int)(strlen(option->name) + strlen(" = ") + strlen(text));
    const int gap = column < ORIGIN_COLUMN ? ORIGIN_COLUMN - column : 1;
    /* An origin that would make the line too long goes above it: comments count, too. */
    if ((size_t)(column + gap) + strlen("; ") + strlen(where) > LINE_LENGTH_MAX) {
        write_origin(where, stream);
        fprintf(stream, "%s%s%s\n", option->name, sign_before(text), text);
        return;
    }
    fprintf(stream, "%s%s%s%*s", option->name, sign_before(text), text, gap, "");
    write_origin(where, stream);
}

static bool all_written(FILE *stream, struct failure *failure) {
    errno = 0;
    if (fflush(stream) == 0 && !ferror(stream))
        return true;
    const char *fix = atomic_file_fix(errno);
    return failure_set(failure, EXIT_RUN, "cannot write the configuration: %s%s",
                       errno ? strerror(errno) : "an earlier write failed",
                       *fix ? fix : ": redirect it to where it can be written");
}

/* Whether a file holds the option where it holds only what defines a result. */
static bool is_definition(const struct option *option) {
    return option->defines && option->scope == OPTION_ANYWHERE;
}

/* Whether a result says nothing of the value. */
static bool is_left_out(const struct option *option, const struct option_value *value) {
    return option->later && value->count == 1 && option_is_default(option, value->texts[0]);
}

/* Flags and what is as by default are written in one way, however they were given. */
static const char *definition_text(const struct option_values *values, const struct option *option,
                                   const char *text) {
    if (option->kind == OPTION_FLAG)
        return values_flag(values, option->name) ? "yes" : "no";
    return option_is_default(option, text) ? option_default(option) : text;
}

bool config_file_write_definition(const struct option_values *values, FILE *stream,
                                  struct failure *failure) {
    for (size_t i = 0; i < values->count; i++) {
        const struct option *option = option_at(values->set, i, NULL);
        if (is_definition(option) && !check_writable(option, &values->items[i], failure))
            return false;
    }
    fprintf(stream, "[%s]\n", values->set->command);
    for (size_t i = 0; i < values->count; i++) {
        const struct option *option = option_at(values->set, i, NULL);
        const struct option_value *value = &values->items[i];
        if (!is_definition(option) || !values_counts(values, option->name) ||
            is_left_out(option, value))
            continue;
        for (size_t t = 0; t < value->count; t++) {
            const char *text = definition_text(values, option, value->texts[t]);
            fprintf(stream, "%s%s%s\n", option->name, sign_before(text), text);
        }
    }
    return all_written(stream, failure);
}

bool config_file_dump(const struct option_values *values, FILE *stream, struct failure *failure) {
    for (size_t i = 0; i < values->count; i++) {
        const struct option *option = option_at(values->set, i, NULL);
        if (option->scope == OPTION_ANYWHERE && !check_writable(option, &values->items[i], failure))
            return false;
    }
    fprintf(stream, "[%s]\n", values->set->command);
    for (size_t i = 0; i < values->count; i++) {
        const struct option *option = option_at(values->set, i, NULL);
        const struct option_value *value = &values->items[i];
        if (option->scope != OPTION_ANYWHERE)
            continue;
        const bool counts = values_counts(values, option->name);
        if (!counts)
            fprintf(stream, "; %s =\n", option->name);
        for (size_t t = 0; counts && t < value->count; t++)
            write_entry(option, value->texts[t], value->places[t], stream);
    }
    return all_written(stream, failure);
}
