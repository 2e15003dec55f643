/* SPDX-License-Identifier: MIT
 * Quotes and splits. There is one way to write a word, so that a line can be checked by writing its
 * words again. */
#include "options/shell_words.h"

#include <stdlib.h>
#include <string.h>

static bool shell_words_out_of_memory(struct failure *failure) {
    return failure_set(failure, EXIT_RUN, "out of memory");
}

static bool is_plain(const char *word) {
    static const char plain[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_@%+=:,./-";
    /* zsh looks up a command for a word that begins with '='. */
    return word[0] != '\0' && word[0] != '=' && word[strspn(word, plain)] == '\0';
}

void shell_word_write(const char *word, FILE *stream) {
    if (is_plain(word)) {
        fputs(word, stream);
        return;
    }
    fputc('\'', stream);
    for (; *word; word++)
        if (*word == '\'')
            fputs("'\\''", stream);
        else
            fputc(*word, stream);
    fputc('\'', stream);
}

/* Appends the word that begins at line, without its quotes. Returns where it ends, or NULL. */
static const char *take_word(struct shell_words *words, const char *line, struct failure *failure) {
    char **items = realloc(words->items, (words->count + 1) * sizeof *items);
    char *word = items ? malloc(strlen(line) + 1) : NULL;
    if (items)
        words->items = items;
    if (!word) {
        shell_words_out_of_memory(failure);
        return NULL;
    }
    items[words->count++] = word;
    for (bool quoted = false; *line && (quoted || *line != ' '); line++) {
        if (*line == '\'')
            quoted = !quoted;
        else if (!quoted && *line == '\\' && line[1])
            *word++ = *++line;
        else
            *word++ = *line;
    }
    *word = '\0';
    return line;
}

static bool is_line_of(const struct shell_words *words, const char *line, struct failure *failure) {
    char *again = NULL;
    size_t bytes = 0;
    FILE *stream = open_memstream(&again, &bytes);
    if (!stream)
        return shell_words_out_of_memory(failure);
    for (size_t k = 0; k < words->count; k++) {
        if (k > 0)
            fputc(' ', stream);
        shell_word_write(words->items[k], stream);
    }
    if (fclose(stream) != 0) {
        free(again);
        return shell_words_out_of_memory(failure);
    }
    const bool same = strcmp(again, line) == 0;
    free(again);
    return same || failure_set(failure, EXIT_USAGE, "it is not quoted as plait quotes");
}

bool shell_words_split(struct shell_words *words, const char *line, struct failure *failure) {
    *words = (struct shell_words){0};
    for (const char *c = line; *c; c++)
        if ((unsigned char)*c < 0x20 || *c == 0x7f)
            return failure_set(failure, EXIT_USAGE, "it holds a control character");
    for (const char *rest = line; *rest;) {
        rest = take_word(words, rest, failure);
        if (!rest)
            return false;
        rest += *rest == ' ';
    }
    return is_line_of(words, line, failure);
}

void shell_words_free(struct shell_words *words) {
    for (size_t k = 0; k < words->count; k++)
        free(words->items[k]);
    free(words->items);
    *words = (struct shell_words){0};
}
