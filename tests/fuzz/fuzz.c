/* SPDX-License-Identifier: MIT
 * What the fuzzers share. */
#include "fuzz.h"

#include "subcommands.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void fuzz_require(bool holds, const char *condition, const char *file, int line) {
    if (holds)
        return;
    fprintf(stderr, "%s:%d: required: %s\n", file, line, condition);
    abort();
}

void fuzz_check_failure(bool succeeded, const struct failure *failure) {
    REQUIRE(succeeded == (failure->exit_status == EXIT_DONE));
    REQUIRE(succeeded || failure->text[0] != '\0');
    for (const char *c = failure->text; *c; c++)
        REQUIRE((unsigned char)*c >= 0x20 && *c != 0x7f);
}

struct fuzz_lines fuzz_lines_of(const uint8_t *data, size_t size) {
    struct fuzz_lines lines = {malloc(size + 1), calloc(size + 2, sizeof *lines.items), 0};
    REQUIRE(lines.copy && lines.items);
    if (size > 0)
        memcpy(lines.copy, data, size);
    lines.copy[size] = '\0';
    for (char *line = lines.copy; line && line < lines.copy + size;) {
        char *end = memchr(line, '\n', (size_t)(lines.copy + size - line));
        if (end)
            *end = '\0';
        lines.items[lines.count++] = line;
        line = end ? end + 1 : NULL;
    }
    return lines;
}

void fuzz_lines_free(struct fuzz_lines *lines) {
    free(lines->copy);
    free(lines->items);
}

/* Without a name, so that no file remains. */
void fuzz_file(const void *data, size_t size, char path[FUZZ_PATH_BYTES]) {
    static FILE *file;
    if (!file)
        file = tmpfile();
    REQUIRE(file != NULL);
    rewind(file);
    REQUIRE(ftruncate(fileno(file), 0) == 0);
    REQUIRE(fwrite(data, 1, size, file) == size);
    REQUIRE(fflush(file) == 0);
    snprintf(path, FUZZ_PATH_BYTES, "/proc/self/fd/%d", fileno(file));
}

const struct option_set *fuzz_choose_set(const uint8_t **data, size_t *size) {
    const uint8_t *end = *size > 0 ? memchr(*data, '\n', *size) : NULL;
    const size_t length = end ? (size_t)(end - *data) : 0;
    size_t choice = length > 0 ? **data % command_count : 0;
    for (size_t k = 0; k < command_count; k++) {
        const char *name = option_sets[k]->command;
        if (strlen(name) == length && memcmp(name, *data, length) == 0)
            choice = k;
    }
    if (end) {
        *data += length + 1;
        *size -= length + 1;
    }
    return option_sets[choice];
}
