/* SPDX-License-Identifier: MIT
 * Logs of any content. The records that have been found, as lines of a log again, are all found
 * again, none is bad and none a repeat. */
#include "cluster/csv_log.h"
#include "fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Whether the log was read: UTF-16 is refused. */
static bool read_log(struct csv_log *log, const void *data, size_t size) {
    struct failure failure = {0};
    struct text_file file;
    const uint8_t *bytes = data;
    text_file_take(&file, "log", "x.log", fmemopen((void *)data, size, "r"));
    REQUIRE(file.stream != NULL);
    const bool read = csv_log_read(log, &file, &failure);
    fuzz_check_failure(read, &failure);
    REQUIRE(read || (size >= 2 && (bytes[0] ^ bytes[1]) == 1 && (bytes[0] | bytes[1]) == 0xff));
    text_file_close(&file);
    return read;
}

static void check_again(const struct csv_log *log) {
    struct csv_log again = {0};
    char *text = NULL;
    size_t bytes;
    FILE *stream = open_memstream(&text, &bytes);
    REQUIRE(stream != NULL);
    for (size_t k = 0; k < log->records.count; k++)
        fprintf(stream, "#%scsv,%s\n", k % 2 ? " " : "", log->records.items[k]);
    fclose(stream);
    if (bytes > 0)
        REQUIRE(read_log(&again, text, bytes));
    REQUIRE(again.bad.count == 0 && again.repeats == 0);
    REQUIRE(again.records.count == log->records.count);
    for (size_t k = 0; k < log->records.count; k++)
        REQUIRE(strcmp(again.records.items[k], log->records.items[k]) == 0);
    csv_log_free(&again);
    free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct csv_log log = {0};
    if (size == 0)
        return 0;
    read_log(&log, data, size);
    check_again(&log);
    csv_log_free(&log);
    return 0;
}
