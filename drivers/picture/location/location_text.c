/* SPDX-License-Identifier: MIT
 * Readers of `Key: value` and of TOML. */
#include "picture/location/location_text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BARE_KEY "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-"
#define BLANKS " \t"
#define LINE_END "\r\n"

enum { NESTED_MAX = 32 }; /* arrays and tables in each other */

bool location_text_has_colons(const struct location_text *text) {
    const char *at = text->text;
    for (;;) {
        at += strspn(at, BLANKS LINE_END);
        if (*at != '#' && *at != ';')
            break;
        at += strcspn(at, LINE_END);
    }
    return at[strcspn(at, ":=[\r\n")] == ':';
}

bool location_text_read_colons(const struct location_text *text, struct failure *failure) {
    char key[LOCATION_KEY_BYTES];
    char *value = malloc(text->length + 1);
    if (!value)
        return failure_set(failure, EXIT_RUN, "out of memory for the location '%s'", text->name);
    bool good = true;
    unsigned long line = 1;
    for (const char *at = text->text; good && *at; line++) {
        at += strspn(at, BLANKS);
        const size_t length = strcspn(at, "\n"), colon = strcspn(at, ":\n");
        if (*at != '#' && *at != ';' && at[colon] == ':' && colon < sizeof key) {
            const char *from = at + colon + 1 + strspn(at + colon + 1, BLANKS);
            const char *end = at + length;
            while (end > from && strchr(BLANKS "\r", end[-1]))
                end--;
            memcpy(key, at, colon);
            key[colon] = '\0';
            const size_t bytes = end > from ? (size_t)(end - from) : 0;
            memcpy(value, from, bytes);
            value[bytes] = '\0';
            good = text->take(text->context, key, value, line, failure);
        }
        at += length + (at[length] == '\n');
    }
    free(value);
    return good;
}

/* A TOML text on the way. */
struct toml {
    const struct location_text *text;
    const char *at;
    unsigned long line;
    char *value; /* space for any value of the text */
    struct failure *failure;
};

static bool toml_refuse(const struct toml *toml, const char *why) {
    return failure_set(toml->failure, EXIT_USAGE, "%s:%lu: %s", toml->text->name, toml->line, why);
}

/* Moves past spaces and comments, and line ends where lines do not matter. */
static void toml_skip(struct toml *toml, bool lines) {
    for (;;) {
        toml->at += strspn(toml->at, BLANKS);
        if (*toml->at == '#')
            toml->at += strcspn(toml->at, "\n");
        if (*toml->at == '\r' && (toml->at[1] == '\n' || toml->at[1] == '\0'))
            toml->at++;
        if (*toml->at != '\n' || !lines)
            return;
        toml->at++;
        toml->line++;
    }
}

/* Reads a key, in parts or not, and puts it after that of its table, NULL at the top. A key that is
 * too long becomes "", and so do those below it. */
static bool toml_key(struct toml *toml, const char *table, char key[LOCATION_KEY_BYTES]) {
    size_t used = table ? strlen(table) : 0;
    bool fits = !table || *table;
    memcpy(key, table ? table : "", used);
    for (;;) {
        toml->at += strspn(toml->at, BLANKS);
        const char quote = *toml->at == '"' || *toml->at == '\'' ? *toml->at : '\0';
        toml->at += quote != '\0';
        const size_t length = quote == '"'    ? strcspn(toml->at, "\"\n")
                              : quote == '\'' ? strcspn(toml->at, "'\n")
                                              : strspn(toml->at, BARE_KEY);
        if (quote != '\0' ? toml->at[length] != quote : length == 0)
            return toml_refuse(
                toml,
                "a key is missing or is not whole: a location is written in lines such as zoom = \"1e50\"");
        fits = fits && used + (used > 0) + length < LOCATION_KEY_BYTES;
        if (fits) {
            if (used > 0)
                key[used++] = '.';
            memcpy(key + used, toml->at, length);
            used += length;
        }
        toml->at += length + (quote != '\0');
        toml->at += strspn(toml->at, BLANKS);
        if (*toml->at != '.')
            break;
        toml->at++;
    }
    key[fits ? used : 0] = '\0';
    return true;
}

/* Reads what follows a backslash in a string. Letters that no number has become '?'. */
static bool toml_escape(struct toml *toml, char **to) {
    static const char letters[] = "btnfr\"\\", meant[] = "\b\t\n\f\r\"\\";
    const char letter = *toml->at;
    const char *found = letter ? strchr(letters, letter) : NULL;
    if (found) {
        toml->at++;
        *(*to)++ = meant[found - letters];
        return true;
    }
    const size_t digits = letter == 'u' ? 4 : letter == 'U' ? 8 : 0;
    if (digits == 0 || strspn(toml->at + 1, "0123456789abcdefABCDEF") < digits)
        return toml_refuse(toml, "a string has a backslash with no meaning: write '...' around it");
    toml->at += 1 + digits;
    *(*to)++ = '?';
    return true;
}

/* Reads a string of any of the four kinds to toml->value. */
static bool toml_string(struct toml *toml) {
    const char quote = *toml->at;
    const bool many = toml->at[1] == quote && toml->at[2] == quote;
    const unsigned long line = toml->line;
    char *to = toml->value;
    toml->at += many ? 3 : 1;
    if (many && strncmp(toml->at, "\r\n", 2) == 0)
        toml->at++;
    if (many && *toml->at == '\n') {
        toml->at++;
        toml->line++;
    }
    for (;;) {
        const char c = *toml->at;
        if (c == '\0' || (c == '\n' && !many)) {
            toml->line = line; /* where it begins: what follows may be all of the file */
            return toml_refuse(
                toml, "a string does not end: close it with the quotes that it began with");
        }
        if (c == quote && !many) {
            toml->at++;
            break;
        }
        if (c == quote && toml->at[1] == quote && toml->at[2] == quote) {
            toml->at += 3;
            for (int k = 0; k < 2 && *toml->at == quote; k++, toml->at++)
                *to++ = quote;
            break;
        }
        toml->at++;
        toml->line += c == '\n';
        if (c != '\\' || quote == '\'') {
            *to++ = c;
            continue;
        }
        const char *after = toml->at + strspn(toml->at, BLANKS "\r");
        if (!many || *after != '\n') {
            if (!toml_escape(toml, &to))
                return false;
            continue;
        }
        for (toml->at = after; *toml->at && strchr(BLANKS LINE_END, *toml->at); toml->at++)
            toml->line += *toml->at == '\n';
    }
    *to = '\0';
    return true;
}

static bool toml_value(struct toml *toml, const char *key, int depth);

/* Reads `{ key = value, ... }`. */
static bool toml_table(struct toml *toml, const char *table, int depth) {
    char key[LOCATION_KEY_BYTES];
    toml->at++;
    toml_skip(toml, true);
    while (*toml->at != '}') {
        if (!toml_key(toml, table, key))
            return false;
        if (*toml->at != '=')
            return toml_refuse(
                toml, "a key has no value: a location is written in lines such as zoom = \"1e50\"");
        toml->at++;
        if (!toml_value(toml, key, depth))
            return false;
        toml_skip(toml, true);
        if (*toml->at == ',')
            toml->at++;
        else if (*toml->at != '}')
            return toml_refuse(toml, "an inline table does not end: close it with }");
        toml_skip(toml, true);
    }
    toml->at++;
    return true;
}

/* Reads `[ value, ... ]`. Tables in it have its key, other values a key that ends in "[]". */
static bool toml_array(struct toml *toml, const char *key, int depth) {
    char inside[LOCATION_KEY_BYTES];
    const bool fits = *key && strlen(key) + 2 < sizeof inside;
    snprintf(inside, sizeof inside, "%s", fits ? key : "");
    if (fits)
        strcat(inside, "[]");
    toml->value[0] = '\0';
    if (!toml->text->take(toml->text->context, key, toml->value, toml->line, toml->failure))
        return false;
    toml->at++;
    toml_skip(toml, true);
    while (*toml->at != ']') {
        if (!toml_value(toml, *toml->at == '{' ? key : inside, depth))
            return false;
        toml_skip(toml, true);
        if (*toml->at == ',')
            toml->at++;
        else if (*toml->at != ']')
            return toml_refuse(toml, "an array does not end: close it with ]");
        toml_skip(toml, true);
    }
    toml->at++;
    return true;
}

static bool toml_value(struct toml *toml, const char *key, int depth) {
    toml->at += strspn(toml->at, BLANKS);
    const unsigned long line = toml->line;
    if (*toml->at == '[' || *toml->at == '{') {
        if (depth == NESTED_MAX)
            return toml_refuse(
                toml, "more than 32 arrays and tables in each other: this is not a location");
        return *toml->at == '[' ? toml_array(toml, key, depth + 1)
                                : toml_table(toml, key, depth + 1);
    }
    if (*toml->at == '"' || *toml->at == '\'') {
        if (!toml_string(toml))
            return false;
    } else {
        const size_t length = strcspn(toml->at, BLANKS LINE_END ",]}#");
        char *to = toml->value;
        if (length == 0)
            return toml_refuse(
                toml, "a key has no value: a location is written in lines such as zoom = \"1e50\"");
        for (size_t k = 0; k < length; k++)
            if (toml->at[k] != '_')
                *to++ = toml->at[k];
        *to = '\0';
        toml->at += length;
    }
    return !*key || toml->text->take(toml->text->context, key, toml->value, line, toml->failure);
}

/* Reads all lines: tables and keys. */
static bool toml_lines(struct toml *toml) {
    char name[LOCATION_KEY_BYTES], key[LOCATION_KEY_BYTES];
    const char *table = NULL;
    for (toml_skip(toml, true); *toml->at; toml_skip(toml, true)) {
        if (*toml->at == '[') {
            const size_t brackets = toml->at[1] == '[' ? 2 : 1;
            toml->at += brackets;
            if (!toml_key(toml, NULL, name))
                return false;
            table = name;
            if (strspn(toml->at, "]") < brackets)
                return toml_refuse(toml, "the name of a table does not end: close it with ]");
            toml->at += brackets;
        } else {
            if (!toml_key(toml, table, key))
                return false;
            if (*toml->at != '=')
                return toml_refuse(
                    toml,
                    "a key has no value: a location is written in lines such as zoom = \"1e50\"");
            toml->at++;
            if (!toml_value(toml, key, 0))
                return false;
        }
        toml_skip(toml, false);
        if (*toml->at && *toml->at != '\n')
            return toml_refuse(
                toml,
                "something stands after a value: begin a new line, or put quotes around all of it");
    }
    return true;
}

bool location_text_read_toml(const struct location_text *text, struct failure *failure) {
    struct toml toml = {text, text->text, 1, malloc(text->length + 1), failure};
    if (!toml.value)
        return failure_set(failure, EXIT_RUN, "out of memory for the location '%s'", text->name);
    const bool read = toml_lines(&toml);
    free(toml.value);
    return read;
}
