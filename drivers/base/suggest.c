/* SPDX-License-Identifier: MIT
 * Finds the known word that a mistyped one stands for, by Damerau's distance in its restricted form
 * (optimal string alignment). Words beyond LENGTH_MAX get no suggestion. */
#include "base/suggest.h"

#include <string.h>
#include <strings.h>

enum { LENGTH_MAX = 63 };

static size_t suggest_least(size_t a, size_t b) {
    return a < b ? a : b;
}

static bool same(char a, char b) {
    return strncasecmp(&a, &b, 1) == 0;
}

/* Three rows of the table of distances between prefixes are enough: a swap looks two rows back. */
static size_t distance(const char *a, size_t a_length, const char *b, size_t b_length) {
    size_t rows[3][LENGTH_MAX + 1];
    for (size_t j = 0; j <= b_length; j++)
        rows[0][j] = j;
    for (size_t i = 1; i <= a_length; i++) {
        size_t *row = rows[i % 3];
        const size_t *above = rows[(i + 2) % 3];
        const size_t *two_above = rows[(i + 1) % 3];
        row[0] = i;
        for (size_t j = 1; j <= b_length; j++) {
            row[j] = suggest_least(suggest_least(above[j], row[j - 1]) + 1,
                                   above[j - 1] + (same(a[i - 1], b[j - 1]) ? 0 : 1));
            if (i > 1 && j > 1 && same(a[i - 1], b[j - 2]) && same(a[i - 2], b[j - 1]))
                row[j] = suggest_least(row[j], two_above[j - 2] + 1);
        }
    }
    return rows[a_length % 3][b_length];
}

struct suggestion suggestion_begin(const char *word) {
    return (struct suggestion){.word = word};
}

void suggestion_offer(struct suggestion *suggestion, const char *candidate) {
    const size_t length = strlen(suggestion->word);
    const size_t candidate_length = strlen(candidate);
    if (length == 0 || length > LENGTH_MAX || candidate_length > LENGTH_MAX)
        return;

    if (strncasecmp(candidate, suggestion->word, length) == 0) {
        if (!suggestion->extended)
            suggestion->extended = candidate;
        else if (strcmp(suggestion->extended, candidate) != 0)
            suggestion->ambiguous = true;
    }
    const size_t edits = distance(suggestion->word, length, candidate, candidate_length);
    /* A third, rounded up; but a word of which nothing is right resembles nothing. */
    if (edits > (length + 2) / 3 || edits >= candidate_length)
        return;
    if (!suggestion->best || edits < suggestion->distance) {
        suggestion->best = candidate;
        suggestion->distance = edits;
    }
}

const char *suggestion_best(const struct suggestion *suggestion) {
    if (suggestion->extended && !suggestion->ambiguous)
        return suggestion->extended;
    return suggestion->best;
}

const char *suggest(const char *word, const char *const *candidates, size_t count) {
    struct suggestion suggestion = suggestion_begin(word);
    for (size_t i = 0; i < count; i++)
        suggestion_offer(&suggestion, candidates[i]);
    return suggestion_best(&suggestion);
}
