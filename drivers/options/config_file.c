/* SPDX-License-Identifier: MIT
 * Reads and writes configuration files. inih takes lines apart; the reader below feeds it only
 * lines that it can keep whole, counts them, and checks section headings, which inih would not
 * report. */
#include "options/config_file.h"

#include "base/atomic_file.h"

#include <ini.h>

#include <ctype.h>
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#ifndef INI_MAX_LINE
#define INI_MAX_LINE 200
#endif

/* Longest line without its end: inih wants 3 bytes for that. */
enum { LINE_LENGTH_MAX = INI_MAX_LINE - 3, ORIGIN_COLUMN = 30 };

enum { WHERE_BYTES = 512 };

/* A file being read. */
struct reading {
    FILE *stream;
    const char *path;
    unsigned long line;      /* the current one, from 1 */
    char text[INI_MAX_LINE]; /* it, without blanks at its ends */
    size_t length;           /* of the line in the file; text has no more of it than fits */
    bool pending;            /* inih has been given a line that must turn out to be an entry */
    const struct option_set *const *sets;
    struct option_values *sections; /* values of every set, in their order */
    size_t set_count;
    struct option_values *section; /* the one that entries belong to, NULL before the first */
    struct failure mistake;        /* the first; reading stops there */
};

/* Describes a mistake in the current line; answers false. */
static bool refuse_line(struct reading *reading, const char *cause, const char *subject,
                        const char *mend) {
    return failure_set(&reading->mistake, EXIT_USAGE, "%s:%lu: %s%s%s%s", reading->path,
                       reading->line, cause, subject, *mend ? ": " : "", mend);
}

/* Keeps one byte of a line. Control characters are the mark of files that are no text. */
static bool keep_byte(struct reading *reading, int byte) {
    if ((byte < 0x20 && byte != '\t' && byte != '\r') || byte == 0x7f) {
        char code[16];
        snprintf(code, sizeof code, "0x%02x", (unsigned)byte);
        return refuse_line(reading, "holds the byte ", code, "give a text file in INI form");
    }
    if (reading->length < sizeof reading->text - 1)
        reading->text[reading->length] = (char)byte;
    reading->length++;
    return true;
}

/* Reads a line into reading->text. Answers false at the end of the file and for a mistake. */
static bool read_bytes(struct reading *reading) {
    int byte;
    reading->line++;
    reading->length = 0;
    while ((byte = getc(reading->stream)) != EOF && byte != '\n')
        if (!keep_byte(reading, byte))
            return false;
    if (ferror(reading->stream))
        return failure_set(&reading->mistake, EXIT_USAGE, "cannot read configuration file '%s': %s",
                           reading->path, strerror(errno));
    const size_t kept = sizeof reading->text - 1;
    reading->text[reading->length < kept ? reading->length : kept] = '\0';
    return byte == '\n' || reading->length > 0;
}

/* Removes byte order mark and indentation (to inih an indented line continues the one before),
 * blanks at the end and comments. */
static void trim_line(struct reading *reading) {
    static const char mark[] = "\xef\xbb\xbf";
    char *text = reading->text;
    if (reading->line == 1 && strncmp(text, mark, strlen(mark)) == 0)
        text += strlen(mark);
    text += strspn(text, " \t\r");
    if (*text == ';' || *text == '#') {
        *text = '\0';
        reading->length = 0; /* comments may be as long as they like */
    }
    memmove(reading->text, text, strlen(text) + 1);
    for (size_t n = strlen(reading->text); n > 0 && strchr(" \t\r", reading->text[n - 1]); n--)
        reading->text[n - 1] = '\0';
}

static bool is_blank_or_comment(const char *text) {
    text += strspn(text, " \t");
    return *text == '\0' || *text == ';' || *text == '#';
}

static bool refuse_section(struct reading *reading, const char *name) {
    char mend[128];
    struct suggestion near = suggestion_begin(name);
    for (size_t i = 0; i < reading->set_count; i++)
        suggestion_offer(&near, reading->sets[i]->command);
    const char *best = suggestion_best(&near);
    if (best)
        snprintf(mend, sizeof mend, "did you mean [%s]?", best);
    else
        snprintf(mend, sizeof mend, "sections are named as subcommands are, see plait --help");
    return failure_set(&reading->mistake, EXIT_USAGE, "%s:%lu: unknown section [%s]: %s",
                       reading->path, reading->line, name, mend);
}

static bool enter_section(struct reading *reading) {
    char name[sizeof reading->text];
    const char *end = strchr(reading->text, ']');
    if (!end || !is_blank_or_comment(end + 1))
        return refuse_line(reading, "a section must be one [name], not ", reading->text, "");
    snprintf(name, sizeof name, "%.*s", (int)(end - reading->text) - 1, reading->text + 1);
    for (size_t i = 0; i < reading->set_count; i++) {
        if (strcmp(reading->sets[i]->command, name) == 0) {
            reading->section = &reading->sections[i];
            return true;
        }
    }
    return refuse_section(reading, name);
}

/* Reads and checks a line, as far as that goes before inih takes it apart. */
static bool take_line(struct reading *reading, size_t room) {
    if (!read_bytes(reading))
        return false;
    trim_line(reading);
    if (reading->length > LINE_LENGTH_MAX || strlen(reading->text) + 2 > room)
        return refuse_line(reading, "the line is too long for a configuration file", "",
                           "give this value as option or environment variable");
    if (strchr(reading->text, '\r'))
        return refuse_line(reading, "a carriage return stands within the line", "",
                           "end lines by line feeds");
    if (reading->text[0] == '[')
        return enter_section(reading);
    reading->pending = reading->text[0] != '\0';
    return true;
}

static bool refuse_pending(struct reading *reading) {
    return failure_set(&reading->mistake, EXIT_USAGE,
                       "%s:%lu: '%s' is neither 'key = value' nor [section] nor comment",
                       reading->path, reading->line, reading->text);
}

/* inih's reader, as fgets is one. */
static char *next_line(char *buffer, int bytes, void *context) {
    struct reading *reading = context;
    if (reading->pending)
        refuse_pending(reading);
    if (reading->mistake.exit_status != EXIT_DONE || !take_line(reading, (size_t)bytes))
        return NULL;
    snprintf(buffer, (size_t)bytes, "%s\n", reading->text);
    return buffer;
}

static bool refuse_key(struct reading *reading, const char *key) {
    const struct option_set *set = reading->section->set;
    struct suggestion near = suggestion_begin(key);
    option_offer(set, OPTION_ANYWHERE, &near);
    const char *best = suggestion_best(&near);
    if (best)
        return failure_set(&reading->mistake, EXIT_USAGE,
                           "%s:%lu: unknown key '%s' in [%s] (did you mean '%s'?): see plait %s "
                           "--help",
                           reading->path, reading->line, key, set->command, best, set->command);
    return failure_set(&reading->mistake, EXIT_USAGE,
                       "%s:%lu: unknown key '%s' in [%s]: see plait %s --help", reading->path,
                       reading->line, key, set->command, set->command);
}

static bool take_entry(struct reading *reading, const char *key, const char *text) {
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
                           "%s:%lu: '%s' has no place in a file: give --%s", reading->path,
                           reading->line, key, key);
    snprintf(where, sizeof where, "%s:%lu", reading->path, reading->line);
    return values_set(reading->section, index, ORIGIN_CONFIG, where, text, &reading->mistake);
}

/* inih's handler of "key = value". Sections are enter_section's business. */
static int take_pair(void *context, const char *section, const char *key, const char *text) {
    struct reading *reading = context;
    (void)section;
    reading->pending = false;
    return take_entry(reading, key, text ? text : "");
}

/* Reads the file into reading->sections. */
static bool read_sections(struct reading *reading, struct failure *failure) {
    struct failure *mistake = &reading->mistake;
    bool good = true;
    for (size_t i = 0; good && i < reading->set_count; i++)
        good = values_init(&reading->sections[i], reading->sets[i], mistake);
    if (good && ini_parse_stream(next_line, reading, take_pair, reading) == -2)
        failure_set(mistake, EXIT_RUN, "out of memory");
    if (mistake->exit_status == EXIT_DONE && reading->pending)
        refuse_pending(reading);
    if (mistake->exit_status != EXIT_DONE)
        return failure_set(failure, mistake->exit_status, "%s", mistake->text);
    return true;
}

/* Takes what the file says over into the values; it has been checked already. */
static bool take_over(struct option_values *values, const struct option_values *section,
                      struct failure *failure) {
    for (size_t i = 0; i < section->count; i++) {
        const struct option_value *value = &section->items[i];
        for (size_t t = 0; value->origin == ORIGIN_CONFIG && t < value->count; t++)
            if (!values_set(values, i, ORIGIN_CONFIG, value->where, value->texts[t], failure))
                return false;
    }
    return true;
}

static bool merge_stream(struct option_values *values, const struct option_set *const *sets,
                         size_t set_count, const char *path, FILE *stream,
                         struct failure *failure) {
    struct option_values *sections = calloc(set_count + 1, sizeof *sections);
    if (!sections)
        return failure_set(failure, EXIT_RUN, "out of memory");
    struct reading reading = {
        .stream = stream, .path = path, .sets = sets, .sections = sections, .set_count = set_count};
    bool good = read_sections(&reading, failure);
    for (size_t i = 0; i < set_count; i++) {
        if (good && sets[i] == values->set)
            good = take_over(values, &sections[i], failure);
        values_free(&sections[i]);
    }
    free(sections);
    return good;
}

static bool merge_path(struct option_values *values, const struct option_set *const *sets,
                       size_t set_count, const char *path, struct failure *failure) {
    struct stat status;
    /* One that waits for somebody to write into it would hang all ranks. */
    if (stat(path, &status) == 0 && !S_ISREG(status.st_mode))
        return failure_set(failure, EXIT_USAGE, "cannot read configuration file '%s': it is %s",
                           path, S_ISDIR(status.st_mode) ? "a folder" : "not a regular file");
    FILE *stream = fopen(path, "r");
    if (!stream)
        return failure_set(failure, EXIT_USAGE, "cannot read configuration file '%s': %s", path,
                           strerror(errno));
    const bool good = merge_stream(values, sets, set_count, path, stream, failure);
    fclose(stream);
    return good;
}

bool config_file_merge_text(struct option_values *values, const char *name, const char *text,
                            struct failure *failure) {
    const struct option_set *set = values->set;
    if (text[0] == '\0')
        return true;
    /* The stream is only read, and fmemopen leaves what it reads alone. */
    FILE *stream = fmemopen((void *)(uintptr_t)text, strlen(text), "r");
    if (!stream)
        return failure_set(failure, EXIT_RUN, "out of memory");
    const bool merged = merge_stream(values, &set, 1, name, stream, failure);
    fclose(stream);
    return merged;
}

/* Whether no output would replace the file. */
static bool check_apart(const struct option_values *values, const char *path,
                        struct failure *failure) {
    for (size_t i = 0; i < values->count; i++) {
        const struct option_value *value = &values->items[i];
        for (size_t t = 0; option_at(values->set, i, NULL)->replaces && t < value->count; t++)
            if (!atomic_file_check_apart(value->texts[t], path, failure))
                return false;
    }
    return true;
}

bool config_file_merge(struct option_values *values, const struct option_set *const *sets,
                       size_t set_count, struct failure *failure) {
    const char *path =
        option_find(values->set, "config", NULL) ? values_text(values, "config") : NULL;
    return !path || (merge_path(values, sets, set_count, path, failure) &&
                     check_apart(values, path, failure));
}

/* Why a line "name = text" would not be read back as it is, or NULL. */
static const char *unwritable(const struct option *option, const char *text) {
    if (text[0] == ';' || isspace((unsigned char)text[0]) ||
        isspace((unsigned char)text[strlen(text) - 1]))
        return "begins or ends with a blank, or begins with ';'";
    for (const char *c = text; *c; c++) {
        if (isspace((unsigned char)*c) && c[1] == ';')
            return "holds a blank before ';', which begins a comment";
    }
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
                               "%s: '%s' cannot stand in a configuration file: it %s", value->where,
                               value->texts[t], reason);
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

static void write_entry(const struct option *option, const char *text, const char *where,
                        FILE *stream) {
    const int column = (int)(strlen(option->name) + strlen(" = ") + strlen(text));
    const int gap = column < ORIGIN_COLUMN ? ORIGIN_COLUMN - column : 1;
    /* An origin that would make the line too long goes above it: inih counts comments, too. */
    if ((size_t)(column + gap) + strlen("; ") + strlen(where) > LINE_LENGTH_MAX) {
        write_origin(where, stream);
        fprintf(stream, "%s = %s\n", option->name, text);
        return;
    }
    fprintf(stream, "%s = %s%*s", option->name, text, gap, "");
    write_origin(where, stream);
}

static bool all_written(FILE *stream, struct failure *failure) {
    if (fflush(stream) != 0 || ferror(stream))
        return failure_set(failure, EXIT_RUN, "cannot write the configuration: %s",
                           strerror(errno));
    return true;
}

/* Whether a file holds the option where it tells only what defines a result. */
static bool is_definition(const struct option *option) {
    return option->defines && option->scope == OPTION_ANYWHERE;
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
        if (!is_definition(option) || !values_counts(values, option->name))
            continue;
        for (size_t t = 0; t < value->count; t++)
            fprintf(stream, "%s = %s\n", option->name,
                    definition_text(values, option, value->texts[t]));
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
            write_entry(option, value->texts[t], value->where, stream);
    }
    return all_written(stream, failure);
}
