/* SPDX-License-Identifier: MIT
 * Reads StopWatch lines and keeps each once. A record is kept as the line it will be written as, so
 * that lines which differ in nothing but their quotes are one. */
#include "cluster/csv_log.h"

#include "base/csv.h"
#include "base/number.h"
#include "base/stopwatch.h"

#include <ctype.h>
#include <errno.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>

enum { COLUMN_TIMER = 0, COLUMN_TIME = 2, COLUMN_SUM = 3, COLUMN_START = 4, REASON_BYTES = 256 };

/* A line of a log. */
struct line {
    const char *name; /* of the log */
    unsigned long number;
    char *text;
    size_t length;
};

static bool out_of_memory(struct failure *failure) {
    return failure_set(failure, EXIT_RUN, "out of memory for logs: merge fewer at a time");
}

/* Takes over the text. */
static bool append(struct csv_log_list *list, char *text) {
    if (list->count == list->capacity) {
        const size_t capacity = list->capacity ? 2 * list->capacity : 64;
        char **items = realloc(list->items, capacity * sizeof *items);
        if (!items)
            return false;
        list->items = items;
        list->capacity = capacity;
    }
    list->items[list->count++] = text;
    return true;
}

/* What stands behind "# csv" or "#csv" in a line that begins so: its columns, or NULL. A line that
 * ends there has lost them. */
static char *find_columns(char *text) {
    if (text[0] != '#')
        return NULL;
    text += text[1] == ' ' ? 2 : 1;
    if (strncmp(text, "csv", 3) != 0 || (text[3] != ',' && text[3] != '\0'))
        return NULL;
    return text + 3 + (text[3] == ',');
}

/* "2026-11-23 13:19:11", with anything behind it. */
static bool is_time(const char *text) {
    static const char form[] = "dddd-dd-dd dd:dd:dd";
    for (size_t i = 0; form[i]; i++) {
        const bool fits = form[i] == 'd'   ? isdigit((unsigned char)text[i]) != 0
                          : form[i] == ' ' ? text[i] == ' ' || text[i] == 'T'
                                           : text[i] == form[i];
        if (!fits)
            return false;
    }
    return true;
}

static bool is_duration(const char *text) {
    double seconds;
    return !number_real(text, &seconds) && seconds >= 0;
}

/* The first byte that no field may have, or 0. */
static int find_control(const struct line *line) {
    for (size_t i = 0; i < line->length; i++) {
        const unsigned char byte = (unsigned char)line->text[i];
        if (byte < 0x20 || byte == 0x7f)
            return byte == 0 ? 0x100 : byte;
    }
    return 0;
}

/* Why a line that has been taken apart is no record, "" if it is one. */
static void judge(char *const *fields, size_t count, char reason[REASON_BYTES]) {
    reason[0] = '\0';
    if (count == 0)
        snprintf(reason, REASON_BYTES, "has quotes that are not in pairs around a whole column");
    else if (count != STOPWATCH_COLUMNS)
        snprintf(reason, REASON_BYTES, "has %zu column%s, not %d", count, count == 1 ? "" : "s",
                 STOPWATCH_COLUMNS);
    else if (fields[COLUMN_TIMER][0] == '\0')
        snprintf(reason, REASON_BYTES, "names no timer");
    else if (!is_duration(fields[COLUMN_TIME]))
        snprintf(reason, REASON_BYTES, "time '%.40s' is not in seconds", fields[COLUMN_TIME]);
    else if (!is_duration(fields[COLUMN_SUM]))
        snprintf(reason, REASON_BYTES, "sum '%.40s' is not in seconds", fields[COLUMN_SUM]);
    else if (!is_time(fields[COLUMN_START]))
        snprintf(reason, REASON_BYTES, "start '%.40s' is no time such as 2026-11-23 13:19:11",
                 fields[COLUMN_START]);
}

static bool add_bad(struct csv_log *log, const struct line *line, const char *reason,
                    struct failure *failure) {
    const char form[] = "%s:%lu: %s";
    const int length = snprintf(NULL, 0, form, line->name, line->number, reason);
    char *text = malloc((size_t)length + 1);
    if (!text)
        return out_of_memory(failure);
    snprintf(text, (size_t)length + 1, form, line->name, line->number, reason);
    if (append(&log->bad, text))
        return true;
    free(text);
    return out_of_memory(failure);
}

static char *record_of(char *const *fields) {
    char *record = NULL;
    size_t bytes;
    FILE *stream = open_memstream(&record, &bytes);
    if (!stream)
        return NULL;
    for (int c = 0; c < STOPWATCH_COLUMNS; c++) {
        if (c > 0)
            fputc(',', stream);
        csv_put(stream, fields[c]);
    }
    const bool failed = ferror(stream) != 0;
    if (fclose(stream) == 0 && !failed)
        return record;
    free(record);
    return NULL;
}

static int compare(const void *a, const void *b) {
    return strcmp(a, b);
}

/* Takes over the record, unless it has been there. */
static bool add_record(struct csv_log *log, char *record, struct failure *failure) {
    void *const *found = tsearch(record, &log->index, compare);
    const bool repeats = found && *found != record;
    if (found && !repeats && append(&log->records, record))
        return true;
    if (found && !repeats)
        tdelete(record, &log->index, compare);
    free(record);
    log->repeats += repeats;
    return repeats || out_of_memory(failure);
}

static bool take_line(struct csv_log *log, struct line *line, struct failure *failure) {
    char reason[REASON_BYTES], *fields[STOPWATCH_COLUMNS];
    char *columns = find_columns(line->text);
    /* Each log has a header, which is no record. */
    if (!columns || strcmp(columns, STOPWATCH_HEADER) == 0)
        return true;
    const int control = find_control(line);
    if (control) {
        snprintf(reason, sizeof reason, "holds the byte 0x%02x", (unsigned)control & 0xff);
        return add_bad(log, line, reason, failure);
    }
    judge(fields, csv_split(columns, fields, STOPWATCH_COLUMNS), reason);
    if (reason[0])
        return add_bad(log, line, reason, failure);
    char *record = record_of(fields);
    return record ? add_record(log, record, failure) : out_of_memory(failure);
}

/* Logs from other systems end their lines with a carriage return, too. */
static void trim_end(struct line *line) {
    if (line->length > 0 && line->text[line->length - 1] == '\n')
        line->length--;
    if (line->length > 0 && line->text[line->length - 1] == '\r')
        line->length--;
    line->text[line->length] = '\0';
}

bool csv_log_read(struct csv_log *log, FILE *stream, const char *name, struct failure *failure) {
    struct line line = {.name = name};
    size_t bytes = 0;
    bool good = true;
    ssize_t length = 0;
    while (good && (errno = 0, length = getline(&line.text, &bytes, stream)) >= 0) {
        line.number++;
        line.length = (size_t)length;
        trim_end(&line);
        good = take_line(log, &line, failure);
    }
    const int error_number = errno;
    free(line.text);
    if (good && error_number == ENOMEM)
        return out_of_memory(failure);
    if (good && ferror(stream))
        return failure_set(failure, EXIT_USAGE, "cannot read log '%s': %s: give a text file", name,
                           strerror(error_number));
    return good;
}

void csv_log_write(const struct csv_log *log, FILE *stream) {
    fputs(STOPWATCH_HEADER "\n", stream);
    for (size_t k = 0; k < log->records.count; k++)
        fprintf(stream, "%s\n", log->records.items[k]);
}

static void free_list(struct csv_log_list *list) {
    for (size_t k = 0; k < list->count; k++)
        free(list->items[k]);
    free(list->items);
}

void csv_log_free(struct csv_log *log) {
    for (size_t k = 0; k < log->records.count; k++)
        tdelete(log->records.items[k], &log->index, compare);
    free_list(&log->records);
    free_list(&log->bad);
    *log = (struct csv_log){.index = NULL};
}
