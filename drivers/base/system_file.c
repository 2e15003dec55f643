/* SPDX-License-Identifier: MIT
 * Reads small files of /proc and /sys. */
#define _GNU_SOURCE /* versionsort */
#include "base/system_file.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SYSTEM_PATH_BYTES = 4096 };

static FILE *system_open(const char *root, const char *path, va_list arguments) {
    char full[SYSTEM_PATH_BYTES];
    const size_t used = (size_t)snprintf(full, sizeof full, "%s", root);
    if (used >= sizeof full ||
        vsnprintf(full + used, sizeof full - used, path, arguments) >= (int)(sizeof full - used)) {
        errno = ENAMETOOLONG;
        return NULL;
    }
    return fopen(full, "re");
}

static enum system_read system_read_text(const char *root, char *text, size_t bytes,
                                         const char *path, va_list arguments) {
    FILE *stream = system_open(root, path, arguments);
    text[0] = '\0';
    if (!stream)
        return errno == EACCES || errno == EPERM ? SYSTEM_DENIED : SYSTEM_ABSENT;
    errno = 0;
    size_t length = fread(text, 1, bytes - 1, stream);
    const int error = ferror(stream) ? errno : 0; /* of a link that is down EINVAL, for instance */
    fclose(stream);
    while (length > 0 && (text[length - 1] == '\0' || isspace((unsigned char)text[length - 1])))
        length--;
    text[length] = '\0';
    for (size_t k = 0; k < length; k++)
        if (text[k] != '\n' && text[k] != '\t' && (text[k] < ' ' || text[k] > '~'))
            text[k] = '?';
    if (error != 0)
        text[0] = '\0';
    return error == EACCES || error == EPERM ? SYSTEM_DENIED
           : text[0]                         ? SYSTEM_READ
                                             : SYSTEM_ABSENT;
}

enum system_read system_text(const char *root, char *text, size_t bytes, const char *path, ...) {
    va_list arguments;
    va_start(arguments, path);
    const enum system_read read = system_read_text(root, text, bytes, path, arguments);
    va_end(arguments);
    return read;
}

enum system_read system_number(const char *root, double *value, const char *path, ...) {
    char text[64], *end;
    va_list arguments;
    va_start(arguments, path);
    const enum system_read read = system_read_text(root, text, sizeof text, path, arguments);
    va_end(arguments);
    *value = strtod(text, &end);
    if (read == SYSTEM_READ && end > text)
        return SYSTEM_READ;
    *value = NAN;
    return read == SYSTEM_READ ? SYSTEM_ABSENT : read;
}

static int system_is_visible(const struct dirent *entry) {
    return entry->d_name[0] != '.';
}

size_t system_names(const char *root, const char *directory, char ***names) {
    char full[SYSTEM_PATH_BYTES];
    struct dirent **entries = NULL;
    size_t count = 0;
    *names = NULL;
    if (snprintf(full, sizeof full, "%s%s", root, directory) >= (int)sizeof full)
        return 0;
    const int found = scandir(full, &entries, system_is_visible, versionsort);
    if (found > 0)
        *names = calloc((size_t)found, sizeof **names);
    for (int k = 0; k < found; k++) {
        char *name = *names ? strdup(entries[k]->d_name) : NULL;
        if (name)
            (*names)[count++] = name;
        free(entries[k]);
    }
    free(entries);
    return count;
}

void system_names_free(char **names, size_t count) {
    for (size_t k = 0; k < count; k++)
        free(names[k]);
    free(names);
}

void system_field(const char *root, const char *path, const char *key, long *place, char *text,
                  size_t bytes) {
    char full[SYSTEM_PATH_BYTES], *line = NULL;
    size_t capacity = 0;
    text[0] = '\0';
    if (snprintf(full, sizeof full, "%s%s", root, path) >= (int)sizeof full)
        return;
    FILE *stream = fopen(full, "re");
    if (!stream)
        return;
    /* Files of /proc have no size to seek by, but they can be read from where they were left. */
    const bool placed = *place == 0 || fseek(stream, *place, SEEK_SET) == 0;
    while (placed && !text[0] && getline(&line, &capacity, stream) > 0) {
        char *value = strchr(line, ':');
        if (!value || strncmp(line, key, strlen(key)) != 0 ||
            (size_t)(value - line) != strlen(key) + strspn(line + strlen(key), " \t"))
            continue;
        value += 1 + strspn(value + 1, " \t");
        value[strcspn(value, "\n")] = '\0';
        snprintf(text, bytes, "%s", value);
    }
    *place = ftell(stream);
    free(line);
    fclose(stream);
}

void system_list(const char *list, void (*visit)(void *context, int number), void *context) {
    enum { NUMBER_MAX = 1 << 20 };
    for (const char *at = list; isdigit((unsigned char)*at);) {
        char *end;
        const long first = strtol(at, &end, 10);
        long last = first;
        if (*end == '-')
            last = strtol(end + 1, &end, 10);
        if (first > last || last > NUMBER_MAX)
            return;
        for (long number = first; number <= last; number++)
            visit(context, (int)number);
        at = *end == ',' ? end + 1 : end;
    }
}
