/* SPDX-License-Identifier: MIT
 * Lines of shell words: what has been split is written as words again, and split to the same. */
#include "fuzz.h"
#include "options/shell_words.h"

#include <stdlib.h>
#include <string.h>

static void check_again(const struct shell_words *words) {
    struct failure failure = {0};
    struct shell_words again;
    char *line = NULL;
    size_t bytes;
    FILE *stream = open_memstream(&line, &bytes);
    REQUIRE(stream != NULL);
    for (size_t k = 0; k < words->count; k++) {
        fputs(k > 0 ? " " : "", stream);
        shell_word_write(words->items[k], stream);
    }
    fclose(stream);
    REQUIRE(shell_words_split(&again, line, &failure));
    REQUIRE(again.count == words->count);
    for (size_t k = 0; k < words->count; k++)
        REQUIRE(strcmp(again.items[k], words->items[k]) == 0);
    shell_words_free(&again);
    free(line);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct failure failure = {0};
    struct shell_words words;
    char *line = malloc(size + 1);
    REQUIRE(line != NULL);
    if (size > 0)
        memcpy(line, data, size);
    line[size] = '\0';
    const bool split = shell_words_split(&words, line, &failure);
    fuzz_check_failure(split, &failure);
    if (split)
        check_again(&words);
    shell_words_free(&words);
    free(line);
    return 0;
}
