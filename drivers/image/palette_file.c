/* SPDX-License-Identifier: MIT
 * Reads lists of colours. */
#include "image/palette_file.h"

#include "base/suggest.h"
#include "base/text_file.h"

#include <ctype.h>
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

/* Whether nothing but spaces or a comment is left of a line. */
static bool ends_here(const char *text) {
    text += strspn(text, " \t");
    return *text == '\0' || (*text == '#' && (text[1] == '\0' || isspace((unsigned char)text[1])));
}

/* Parses a colour. What follows it is a space or a tab, if anything. */
static bool parse_colour(const char *text, unsigned long *rgb) {
    text += *text == '#';
    if (strspn(text, "0123456789abcdefABCDEF") != 6)
        return false;
    *rgb = strtoul(text, NULL, 16);
    return (text[6] == '\0' || isspace((unsigned char)text[6])) && ends_here(text + 6);
}

static bool take_line(struct colour_list *list, const struct text_file *file,
                      struct failure *failure) {
    const char *text = file->text + strspn(file->text, " \t");
    unsigned long rgb;
    for (size_t i = 0; i < file->length; i++) {
        const unsigned char byte = (unsigned char)file->text[i];
        if (byte == '\r')
            return failure_set(
                failure, EXIT_USAGE,
                "%s:%lu: a carriage return stands within the line: end lines by line feeds",
                file->path, file->number);
        if ((byte < 0x20 && byte != '\t') || byte == 0x7f)
            return failure_set(
                failure, EXIT_USAGE,
                "%s:%lu: holds the byte 0x%02x: give a text file with a colour on each line",
                file->path, file->number, byte);
    }
    if (ends_here(text) && !file->cut)
        return true;
    if (file->cut || !parse_colour(text, &rgb))
        return failure_set(failure, EXIT_USAGE,
                           "%s:%lu: '%.40s' is not a colour: write rrggbb or #rrggbb", file->path,
                           file->number, text);
    if (list->count == PALETTE_FILE_COLOURS_MAX)
        return failure_set(failure, EXIT_USAGE,
                           "%s:%lu: one colour too many: a palette has at most %d", file->path,
                           file->number, PALETTE_FILE_COLOURS_MAX);
    return add_colour(list, rgb) ||
           failure_set(failure, EXIT_RUN, "out of memory for the palette '%s'", file->path);
}

static bool read_lines(struct text_file *file, struct colour_list *list, struct failure *failure) {
    while (text_file_line(file, failure))
        if (!take_line(list, file, failure))
            return false;
    if (failure->exit_status != EXIT_DONE)
        return false;
    return list->count >= 2 ||
           failure_set(failure, EXIT_USAGE, "%s: too few colours, %zu: a palette has 2 or more",
                       file->path, list->count);
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

static bool read_file(const char *path, struct palette *palette, struct failure *failure) {
    struct colour_list list = {0};
    struct text_file file;
    /* Ranks wait for the one that reads: it must not wait for a pipe that nobody may write to. */
    const bool read = text_file_open(&file, "the palette", path, TEXT_PIPE_REFUSED, failure) &&
                      read_lines(&file, &list, failure);
    if (read) {
        palette->name = path;
        interpolate(&list, palette);
    }
    text_file_close(&file);
    free(list.rgb);
    return read;
}

static bool is_file(const char *text) {
    struct stat about;
    return strpbrk(text, "/.") || stat(text, &about) == 0;
}

static bool palette_file_refuse_unknown(const char *text, struct failure *failure) {
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

bool palette_load_regular(const char *text, struct palette *palette, struct failure *failure) {
    struct stat about;
    if (!palette_find(text) && stat(text, &about) == 0 && !S_ISREG(about.st_mode))
        return failure_set(failure, EXIT_USAGE,
                           "cannot read the palette '%s': it is not a regular file", text);
    return palette_load(text, palette, failure);
}

bool palette_load(const char *text, struct palette *palette, struct failure *failure) {
    const struct palette *known = palette_find(text);
    if (!known)
        return is_file(text) ? read_file(text, palette, failure)
                             : palette_file_refuse_unknown(text, failure);
    *palette = *known;
    return true;
}
