/* SPDX-License-Identifier: MIT
 * Writes and reads fields of CSV. */
#include "base/csv.h"

#include <string.h>

void csv_put(FILE *stream, const char *field) {
    if (!strpbrk(field, ",\"\r\n")) {
        fputs(field, stream);
        return;
    }
    fputc('"', stream);
    for (; *field; field++) {
        if (*field == '"')
            fputc('"', stream);
        fputc(*field, stream);
    }
    fputc('"', stream);
}

/* Removes the quotes of the field that begins with one at *at; *at is then what stands behind it.
 * The text moves to the front by at least the first quote, so its end does not reach there. */
static bool unquote(char **at) {
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
        if (*at == '"' ? !unquote(&at) : (at += strcspn(at, ",\""), *at == '"'))
            return 0;
        if (*at != ',' && *at != '\0')
            return 0;
        const bool last = *at == '\0';
        *at++ = '\0';
        if (last)
            return count;
    }
}
