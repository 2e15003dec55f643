/* SPDX-License-Identifier: MIT
 * Lists of texts. */
#include "study/texts.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool texts_add_part(struct texts *texts, const char *text, size_t bytes, struct failure *failure) {
    if (texts->count + 1 >= texts->capacity) {
        const size_t capacity = texts->capacity ? 2 * texts->capacity : 8;
        char **items = realloc(texts->items, capacity * sizeof *items);
        if (!items)
            return study_out_of_memory(failure);
        texts->items = items;
        texts->capacity = capacity;
    }
    char *copy = strndup(text, bytes);
    if (!copy)
        return study_out_of_memory(failure);
    texts->items[texts->count++] = copy;
    texts->items[texts->count] = NULL;
    return true;
}

bool texts_add(struct texts *texts, const char *text, struct failure *failure) {
    return texts_add_part(texts, text, strlen(text), failure);
}

bool texts_add_all(struct texts *texts, const struct texts *other, struct failure *failure) {
    for (size_t k = 0; k < other->count; k++)
        if (!texts_add(texts, other->items[k], failure))
            return false;
    return true;
}

bool texts_equal(const struct texts *a, const struct texts *b) {
    if (a->count != b->count)
        return false;
    for (size_t k = 0; k < a->count; k++)
        if (strcmp(a->items[k], b->items[k]) != 0)
            return false;
    return true;
}

size_t texts_find(const struct texts *texts, const char *text) {
    size_t k = 0;
    while (k < texts->count && strcmp(texts->items[k], text) != 0)
        k++;
    return k;
}

bool texts_split(struct texts *texts, const char *line, struct failure *failure) {
    char *word = malloc(strlen(line) + 1);
    bool good = word || study_out_of_memory(failure);
    while (good && *(line += strspn(line, " \t"))) {
        size_t bytes = 0;
        while (good && *line && *line != ' ' && *line != '\t') {
            if (*line != '\'' && *line != '"') {
                word[bytes++] = *line++;
                continue;
            }
            const char *end = strchr(line + 1, *line);
            if (!end) {
                good = failure_set(failure, EXIT_USAGE, "a quote %c does not end", *line);
                break;
            }
            memcpy(word + bytes, line + 1, (size_t)(end - line - 1));
            bytes += (size_t)(end - line - 1);
            line = end + 1;
        }
        good = good && texts_add_part(texts, word, bytes, failure);
    }
    free(word);
    return good;
}

char *text_format(const char *format, ...) {
    char *text = NULL;
    va_list arguments;
    va_start(arguments, format);
    const int length = vasprintf(&text, format, arguments);
    va_end(arguments);
    return length < 0 ? NULL : text;
}

void texts_free(struct texts *texts) {
    for (size_t k = 0; k < texts->count; k++)
        free(texts->items[k]);
    free(texts->items);
    *texts = (struct texts){0};
}

bool study_out_of_memory(struct failure *failure) {
    return failure_set(failure, EXIT_RUN, "out of memory for the study");
}
