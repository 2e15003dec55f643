/* SPDX-License-Identifier: MIT
 * Writes and reads fields of CSV. */
#include "base/csv.h"

#include <string.h>

void csv_put(FILE *stream, const char *field) {
    if (strpbrk(field, ",\"\r\n"))
        csv_put_quoted(stream, field);
    else
        fputs(field, stream);
}

void csv_put_quoted(FILE *stream, const char *field) {
    fputc('"', stream);
    for (; *field; field++) {
        if (*field == '"')
            fputc('"', stream);
        fputc(*field, stream);
    }
    fputc('"', stream);
}

/* Removes the quotes of the field that begins with one at *at; *at is then what stands after it.
 * The text moves to the front by at least the first quote, so its end does not reach there. */
static bool csv_unquote(char **at) {
    char *to = *at, *from = *at + 1;
    for (; *from; from++) {
        if (*from == '"' && from[1] != '"')
            break;
        from += *from == '"';
        *to++ = *from;
    }
    if (*from != '"')
        return false;
    *at = from + 1;
    *to = '\0';
    return true;
}

size_t csv_split(char *line, char **fields, size_t most) {
    size_t count = 0;
    for (char *at = line;;) {
        if (count < most)
            fields[count] = at;
        count++;
        if (*at == '"' ? !csv_unquote(&at) : (at += strcspn(at, ",\""), *at == '"'))
            return 0;
        if (*at != ',' && *at != '\0')
            return 0;
        const bool last = *at == '\0';
        *at++ = '\0';
        if (last)
            return count;
    }
}

/* What stands for a comma and for a quote that divide nothing, while a line is split. */
enum { HIDDEN_COMMA = 1, HIDDEN_QUOTE = 2, BRACKETS_MAX = 64 };

static void csv_hide_commas(char *from, const char *end) {
    for (; from < end; from++)
        *from = *from == ',' ? HIDDEN_COMMA : *from == '"' ? HIDDEN_QUOTE : *from;
}

static void csv_show_commas(char *field) {
    for (; *field; field++)
        *field = *field == HIDDEN_COMMA ? ',' : *field == HIDDEN_QUOTE ? '"' : *field;
}

/* The end of the string of Python that begins with the quote at text, NULL if it has none. */
static char *find_string_end(char *text) {
    for (char *at = text + 1; *at; at++) {
        if (*at == '\\' && at[1])
            at++;
        else if (*at == *text)
            return at;
    }
    return NULL;
}

/* The last quote of a quoted column. */
static char *find_column_end(char *text) {
    char *at = text + 1;
    while (*at && (*at != '"' || at[1] == '"'))
        at += *at == '"' ? 2 : 1;
    return *at ? at : at - 1;
}

/* Hides commas and quotes between brackets that are a pair. A bracket without its other half is a
 * character like any other. */
static void csv_hide_in_brackets(char *line, bool strings) {
    static const char opening[] = "([{", closing[] = ")]}";
    char *open[BRACKETS_MAX];
    size_t depth = 0;
    bool ends_single = strings, ends_double = strings; /* such a string has an end, for all known */
    for (char *at = line; *at; at++) {
        const char *kind;
        bool *ends = *at == '\'' ? &ends_single : &ends_double;
        if (depth == 0 && *at == '"' && (at == line || at[-1] == ',')) {
            at = find_column_end(at);
        } else if (depth > 0 && (*at == '\'' || *at == '"') && *ends) {
            char *end = find_string_end(at);
            *ends = end != NULL;
            at = end ? end : at;
        } else if (strchr(opening, *at)) {
            if (depth < BRACKETS_MAX)
                open[depth++] = at;
        } else if (depth > 0 && (kind = strchr(closing, *at)) != NULL &&
                   *open[depth - 1] == opening[kind - closing]) {
            csv_hide_commas(open[--depth], at);
        }
    }
}

size_t csv_split_brackets(char *line, char **fields, size_t most, bool strings) {
    csv_hide_in_brackets(line, strings);
    const size_t count = csv_split(line, fields, most);
    for (size_t k = 0; k < count && k < most; k++)
        csv_show_commas(fields[k]);
    return count;
}
