/* SPDX-License-Identifier: MIT
 * Reads lists of colours and gradients. */
#include "image/palette_file.h"

#include "base/suggest.h"
#include "base/text_file.h"
#include "image/palette_gradient.h"

#include <ctype.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* What a line of a file is. */
enum palette_format {
    PALETTE_UNKNOWN,  /* as long as nothing but comments has been read */
    PALETTE_HEX,      /* rrggbb */
    PALETTE_DECIMAL,  /* three numbers, as Fractint has them */
    PALETTE_GIMP,     /* the same below a header */
    PALETTE_GRADIENT, /* a segment of a gradient of GIMP */
};

/* The colours of a file that is being read. */
struct colour_list {
    uint8_t (*rgb)[3];
    size_t count, capacity;
};

struct palette_reader {
    enum palette_format format;
    struct colour_list list;
    struct gradient gradient;
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

/* Parses three numbers from 0 to 255. What follows them is the name of the colour. */
static bool parse_decimal(const char *text, unsigned long *rgb) {
    *rgb = 0;
    for (int channel = 0; channel < 3; channel++) {
        text += strspn(text, " \t");
        const size_t digits = strspn(text, "0123456789");
        const unsigned long value = digits > 0 && digits <= 3 ? strtoul(text, NULL, 10) : 256;
        text += digits;
        if (value > 255 || (*text != '\0' && *text != ' ' && *text != '\t'))
            return false;
        *rgb = *rgb << 8 | value;
    }
    return true;
}

/* Whether a line has two numbers, of which the first is no colour rrggbb. */
static bool begins_with_numbers(const char *text) {
    static const char digits[] = "0123456789";
    text += strspn(text, " \t");
    const size_t first = strspn(text, digits), blanks = strspn(text + first, " \t");
    return first > 0 && first != 6 && blanks > 0 && strspn(text + first + blanks, digits) > 0;
}

/* Fractint's lists of colours have no header: their first line is recognised, also with a number
 * that is too large, so that the error says what a line has to be. */
static enum palette_format palette_format_of(const char *text) {
    if (strcmp(text, "GIMP Palette") == 0)
        return PALETTE_GIMP;
    if (strcmp(text, "GIMP Gradient") == 0)
        return PALETTE_GRADIENT;
    return begins_with_numbers(text) ? PALETTE_DECIMAL : PALETTE_HEX;
}

/* A line of the header of a GIMP palette, or a comment. */
static bool palette_is_remark(const char *text) {
    static const char *const keys[] = {"Name:", "Columns:", "Channels:", "#"};
    for (size_t k = 0; k < sizeof keys / sizeof *keys; k++)
        if (strncmp(text, keys[k], strlen(keys[k])) == 0)
            return true;
    return *text == '\0';
}

static bool check_bytes(const struct text_file *file, struct failure *failure) {
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
    return true;
}

static bool take_colour(struct palette_reader *reader, const struct text_file *file,
                        struct failure *failure) {
    const char *text = file->text + strspn(file->text, " \t");
    const bool is_hex = reader->format == PALETTE_HEX;
    struct colour_list *list = &reader->list;
    unsigned long rgb;
    if (file->cut || !(is_hex ? parse_colour(text, &rgb) : parse_decimal(text, &rgb)))
        return failure_set(failure, EXIT_USAGE, "%s:%lu: '%.40s' is not a colour: write %s",
                           file->path, file->number, text,
                           is_hex ? "rrggbb or #rrggbb" : "red, green and blue from 0 to 255");
    if (list->count == PALETTE_FILE_COLOURS_MAX)
        return failure_set(failure, EXIT_USAGE,
                           "%s:%lu: one colour too many: a palette has at most %d", file->path,
                           file->number, PALETTE_FILE_COLOURS_MAX);
    return add_colour(list, rgb) ||
           failure_set(failure, EXIT_RUN, "out of memory for the palette '%s'", file->path);
}

static bool take_line(struct palette_reader *reader, const struct text_file *file,
                      struct failure *failure) {
    const char *text = file->text + strspn(file->text, " \t");
    if (!check_bytes(file, failure))
        return false;
    if (!file->cut &&
        (ends_here(text) || (reader->format == PALETTE_GIMP && palette_is_remark(text))))
        return true;
    if (reader->format == PALETTE_UNKNOWN) {
        reader->format = palette_format_of(text);
        if (reader->format == PALETTE_GIMP || reader->format == PALETTE_GRADIENT)
            return true;
    }
    return reader->format == PALETTE_GRADIENT ? gradient_take_line(&reader->gradient, file, failure)
                                              : take_colour(reader, file, failure);
}

static bool read_lines(struct text_file *file, struct palette_reader *reader,
                       struct failure *failure) {
    while (text_file_line(file, failure))
        if (!take_line(reader, file, failure))
            return false;
    if (failure->exit_status != EXIT_DONE)
        return false;
    return reader->format == PALETTE_GRADIENT || reader->list.count >= 2 ||
           failure_set(failure, EXIT_USAGE, "%s: too few colours, %zu: a palette has 2 or more",
                       file->path, reader->list.count);
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
    struct palette_reader reader = {0};
    struct text_file file;
    /* Ranks wait for the one that reads: it must not wait for a pipe that nobody may write to. */
    bool read = text_file_open(&file, "the palette", path, TEXT_PIPE_REFUSED, failure) &&
                read_lines(&file, &reader, failure);
    palette->name = path;
    if (read && reader.format == PALETTE_GRADIENT)
        read = gradient_palette(&reader.gradient, path, palette, failure);
    else if (read)
        interpolate(&reader.list, palette);
    text_file_close(&file);
    free(reader.list.rgb);
    gradient_free(&reader.gradient);
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
