/* SPDX-License-Identifier: MIT
 * Reads lists of colours. */
#include "image/palette_file.h"

#include "base/suggest.h"

#include <ctype.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* The colours of a file that is being read. */
struct colour_list {
    uint8_t (*rgb)[3];
    size_t count, capacity;
};

static bool add_colour(struct colour_list *list, unsigned long rgb) {
    if (list->count == list->capacity) {
        const size_t capacity = list->capacity > 0 ? 2 * list->capacity : 256;
        uint8_t(*more)[3] = realloc(list->rgb, capacity * sizeof *more);
        if (!more)
            return false;
        list->rgb = more;
        list->capacity = capacity;
    }
    for (int channel = 0; channel < 3; channel++)
        list->rgb[list->count][channel] = (uint8_t)(rgb >> (16 - 8 * channel));
    list->count++;
    return true;
}

static const char *skip_blanks(const char *text) {
    return text + strspn(text, " \t\r\n");
}

/* Whether nothing but blanks or a comment is left of a line. */
static bool ends_here(const char *text) {
    text = skip_blanks(text);
    return *text == '\0' || (*text == '#' && (text[1] == '\0' || isspace((unsigned char)text[1])));
}

/* Parses a colour. What follows it is a blank, if anything. */
static bool parse_colour(const char *text, unsigned long *rgb) {
    text += *text == '#';
    if (strspn(text, "0123456789abcdefABCDEF") != 6)
        return false;
    *rgb = strtoul(text, NULL, 16);
    return (text[6] == '\0' || isspace((unsigned char)text[6])) && ends_here(text + 6);
}

/* Takes one line. bytes: its length, by which a zero in it shows. */
static bool take_line(struct colour_list *list, const char *line, size_t bytes, const char *path,
                      unsigned long number, struct failure *failure) {
    const char *text = skip_blanks(line);
    const bool is_text = strlen(line) == bytes;
    unsigned long rgb;
    if (is_text && ends_here(text))
        return true;
    if (!is_text || !parse_colour(text, &rgb)) {
        const size_t length = strcspn(text, "\r\n");
        return failure_set(failure, EXIT_USAGE,
                           "%s:%lu: '%.*s' is not a colour: write rrggbb or #rrggbb", path, number,
                           length < 40 ? (int)length : 40, text);
    }
    if (list->count == PALETTE_FILE_COLOURS_MAX)
        return failure_set(failure, EXIT_USAGE,
                           "%s:%lu: one colour too many: a palette has at most %d", path, number,
                           PALETTE_FILE_COLOURS_MAX);
    return add_colour(list, rgb) ||
           failure_set(failure, EXIT_RUN, "out of memory for the palette '%s'", path);
}

static bool read_lines(FILE *stream, const char *path, struct colour_list *list,
                       struct failure *failure) {
    char *line = NULL;
    size_t room = 0;
    unsigned long number = 0;
    ssize_t length;
    bool read = true;
    while (read && (errno = 0, length = getline(&line, &room, stream)) >= 0)
        read = take_line(list, line, (size_t)length, path, ++number, failure);
    if (read && errno != 0)
        read = failure_set(failure, EXIT_USAGE, "cannot read the palette '%s': %s", path,
                           strerror(errno));
    if (read && list->count < 2)
        read = failure_set(failure, EXIT_USAGE,
                           "%s:%lu: too few colours, %zu: a palette has 2 or more", path, number,
                           list->count);
    free(line);
    return read;
}

/* Index k lies at k / 255 of the way from the first colour to the last. */
static void interpolate(const struct colour_list *list, struct palette *palette) {
    enum { LAST = PALETTE_COLOURS - 1 };
    for (size_t k = 0; k < PALETTE_COLOURS; k++) {
        const size_t place = k * (list->count - 1); /* in 255ths */
        const size_t below = place / LAST, part = place % LAST;
        const size_t above = part > 0 ? below + 1 : below;
        for (int channel = 0; channel < 3; channel++)
            palette->rgb[k][channel] = (uint8_t)((list->rgb[below][channel] * (LAST - part) +
                                                  list->rgb[above][channel] * part + LAST / 2) /
                                                 LAST);
    }
}

/* Only regular files: one that waits for somebody to write into it would hang all ranks. */
static FILE *open_regular(const char *path, struct failure *failure) {
    struct stat about;
    FILE *stream = NULL;
    if (stat(path, &about) == 0 && !S_ISREG(about.st_mode))
        failure_set(failure, EXIT_USAGE, "cannot read the palette '%s': it is not a regular file",
                    path);
    else if (!(stream = fopen(path, "r")))
        failure_set(failure, EXIT_USAGE, "cannot read the palette '%s': %s", path, strerror(errno));
    return stream;
}

static bool read_file(const char *path, struct palette *palette, struct failure *failure) {
    struct colour_list list = {0};
    FILE *stream = open_regular(path, failure);
    if (!stream)
        return false;
    const bool read = read_lines(stream, path, &list, failure);
    if (read) {
        palette->name = path;
        interpolate(&list, palette);
    }
    fclose(stream);
    free(list.rgb);
    return read;
}

static bool is_file(const char *text) {
    struct stat about;
    return strpbrk(text, "/.") || stat(text, &about) == 0;
}

static bool refuse_unknown(const char *text, struct failure *failure) {
    struct suggestion near = suggestion_begin(text);
    char names[256] = "", hint[64] = "";
    for (size_t k = 0; palette_at(k); k++) {
        suggestion_offer(&near, palette_at(k)->name);
        strcat(names, k > 0 ? ", " : "");
        strcat(names, palette_at(k)->name);
    }
    if (suggestion_best(&near))
        snprintf(hint, sizeof hint, " (did you mean %s?)", suggestion_best(&near));
    return failure_set(failure, EXIT_USAGE,
                       "--palette: no palette '%s'%s: there are %s, or name a file of colours",
                       text, hint, names);
}

bool palette_load(const char *text, struct palette *palette, struct failure *failure) {
    const struct palette *known = palette_find(text);
    if (!known)
        return is_file(text) ? read_file(text, palette, failure) : refuse_unknown(text, failure);
    *palette = *known;
    return true;
}
