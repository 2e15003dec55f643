/* SPDX-License-Identifier: MIT
 * "Did you mean": finds the known word that a mistyped one stands for. A suggestion is only ever
 * printed, never acted upon. */
#ifndef PLAIT_DRIVERS_SUGGEST_H
#define PLAIT_DRIVERS_SUGGEST_H

#include <stdbool.h>
#include <stddef.h>

/* A search under way. Start with suggestion_begin, offer every candidate, then ask for the best. */
struct suggestion {
    const char *word;
    const char *best;     /* nearest candidate so far, NULL if none is near */
    size_t distance;      /* edits from the word to it */
    const char *extended; /* first candidate that begins with the word */
    bool ambiguous;       /* more than one does */
};

/* Starts a search for word, which must outlive it. */
struct suggestion suggestion_begin(const char *word);

/* Offers one candidate, which must outlive the search. */
void suggestion_offer(struct suggestion *suggestion, const char *candidate);

/* The only candidate that begins with the word, else the one within a third of its length in
 * insertions, deletions, replacements and swaps of neighbours (first offered wins a tie; case does
 * not count), else NULL. */
const char *suggestion_best(const struct suggestion *suggestion);

/* The same for an array of count candidates. */
const char *suggest(const char *word, const char *const *candidates, size_t count);

#endif
