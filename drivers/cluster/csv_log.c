/* SPDX-License-Identifier: MIT
 * Reads StopWatch lines and keeps each once. A record is kept as the line it will be written as, so
 * that lines which differ in nothing but their quotes are one. */
#include "cluster/csv_log.h"

#include "base/csv.h"
#include "base/number.h"
#include "base/stopwatch.h"

#include <ctype.h>
#include <search.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { COLUMN_TIME = 2, COLUMN_SUM = 3, COLUMN_START = 4, REASON_BYTES = 256 };

/* Fields of a line that are kept: of the columns, and of numbers that decimal commas have cut. */
enum { FIELDS_MAX = STOPWATCH_COLUMNS + 4, LABEL_BYTES_MAX = 256, UNKNOWN = -1 };

static const char *const column_names[STOPWATCH_COLUMNS] = {
    "timer", "status",     "time", "sum",          "start",           "tag",
    "msg",   "uname.node", "user", "uname.system", "platform.version"};

/* A log being read. */
struct log_reading {
    struct csv_log *log;
    const struct text_file *file;
    int places[STOPWATCH_COLUMNS]; /* in the line, of each column of the table; UNKNOWN: none */
    size_t columns;                /* of the line; 0: the header could not be read */
    char *line;                    /* a copy that is taken apart */
};

static bool csv_log_out_of_memory(struct failure *failure) {
    return failure_set(failure, EXIT_RUN, "out of memory for logs: merge fewer at once");
}

/* Takes over the text. */
static bool csv_log_append(struct csv_log_list *list, char *text) {
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

/* The rest of a line after the label of its rank, which launchers put before each line when asked
 * to; the line itself if there is none.
 *     [1,0]<stdout>:          Open MPI 4 --tag-output; before that, a date with --timestamp-output
 *     [job@1,0]<stdout>:_     Open MPI 5 --output tag
 *     _0:_  or  0:            srun -l, flux run -l, poe
 *     [0]_                    MPICH and others -l, -prepend-rank */
static const char *skip_label(const char *line) {
    static const char digits[] = "0123456789";
    static const char *const streams[] = {"<stdout>:", "<stderr>:"};
    for (size_t k = 0; k < sizeof streams / sizeof *streams; k++) {
        const char *found = strstr(line, streams[k]);
        if (found && found - line < LABEL_BYTES_MAX) {
            found += strlen(streams[k]);
            return found + (*found == ' ');
        }
    }
    const char *number = line + strspn(line, " ");
    const bool bracketed = *number == '[';
    number += bracketed;
    const char *end = number + strspn(number, digits);
    if (end == number || *end != (bracketed ? ']' : ':'))
        return line;
    return end + 1 + (end[1] == ' ');
}

/* What stands after "# csv" or "#csv" in a line that begins so: its columns, or NULL. A line that
 * ends there has lost them. */
static const char *find_columns(const char *text) {
    if (text[0] != '#')
        return NULL;
    text += text[1] == ' ' ? 2 : 1;
    if (strncmp(text, "csv", 3) != 0 || (text[3] != ',' && text[3] != '\0'))
        return NULL;
    return text + 3 + (text[3] == ',');
}

/* "2026-11-23 13:19:11", with anything after it. */
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

/* Whether the text is digits, and may be a part of a number that a decimal comma has cut. */
static bool is_part(const char *text) {
    const size_t length = strspn(text, "0123456789");
    return length > 0 && text[length + strspn(text + length, "eE+-0123456789")] == '\0';
}

/* Time and sum as "0,5,1,25" instead of "0.5,1.25": three or four parts before the start. The first
 * part of the time, or NULL. */
static const char *find_decimal_comma(const struct log_reading *reading, char *const *fields,
                                      size_t count) {
    const int time = reading->places[COLUMN_TIME];
    if (reading->places[COLUMN_SUM] != time + 1 || reading->places[COLUMN_START] != time + 2)
        return NULL;
    for (size_t k = (size_t)time; k < count && k < FIELDS_MAX; k++) {
        if (is_time(fields[k]))
            return k - (size_t)time > 2 ? fields[time] : NULL;
        if (!is_part(fields[k]))
            return NULL;
    }
    return NULL;
}

static void judge_duration(const char *name, const char *text, char reason[REASON_BYTES]) {
    if (is_duration(text))
        return;
    const size_t whole = strspn(text, "0123456789");
    if (whole > 0 && text[whole] == ',' && is_part(text + whole + 1))
        snprintf(reason, REASON_BYTES, "%s '%.40s' has a decimal comma: write a point", name, text);
    else
        snprintf(reason, REASON_BYTES, "%s '%.40s' is not in seconds", name, text);
}

/* Why a line is no record, "" if it is one. fields: as they stand in it, values: by the columns of
 * the table. */
static void csv_log_judge(const struct log_reading *reading, char *const *fields, size_t count,
                          const char *const *values, char reason[REASON_BYTES]) {
    const char *cut = NULL;
    reason[0] = '\0';
    if (count == 0)
        snprintf(reason, REASON_BYTES, "has quotes that are not in pairs around a whole column");
    else if (count != reading->columns)
        cut = find_decimal_comma(reading, fields, count);
    if (cut)
        snprintf(reason, REASON_BYTES,
                 "time or sum has a decimal comma after '%.40s': write decimal points", cut);
    else if (count > 0 && count != reading->columns)
        snprintf(reason, REASON_BYTES, "has %zu column%s, not %zu", count, count == 1 ? "" : "s",
                 reading->columns);
    if (reason[0])
        return;
    if (values[0][0] == '\0')
        snprintf(reason, REASON_BYTES, "names no timer");
    if (!reason[0])
        judge_duration("time", values[COLUMN_TIME], reason);
    if (!reason[0])
        judge_duration("sum", values[COLUMN_SUM], reason);
    if (!reason[0] && !is_time(values[COLUMN_START]))
        snprintf(reason, REASON_BYTES, "start '%.40s' is no time such as 2026-11-23 13:19:11",
                 values[COLUMN_START]);
}

static bool add_bad(const struct log_reading *reading, const char *reason,
                    struct failure *failure) {
    const char form[] = "%s:%lu: %s";
    const struct text_file *file = reading->file;
    const int length = snprintf(NULL, 0, form, file->path, file->number, reason);
    char *text = malloc((size_t)length + 1);
    if (!text)
        return csv_log_out_of_memory(failure);
    snprintf(text, (size_t)length + 1, form, file->path, file->number, reason);
    if (csv_log_append(&reading->log->bad, text))
        return true;
    free(text);
    return csv_log_out_of_memory(failure);
}

static void csv_log_write_values(FILE *stream, const char *const *values, bool quoted) {
    for (int c = 0; c < STOPWATCH_COLUMNS; c++) {
        if (c > 0)
            fputc(',', stream);
        if (quoted)
            csv_put_quoted(stream, values[c]);
        else
            csv_put(stream, values[c]);
    }
}

/* Splits a copy of a text, which *copy holds afterwards. False if memory has run out. */
static bool split_copy(char **copy, const char *text, char **fields, bool strings, size_t *count) {
    char *line = realloc(*copy, strlen(text) + 1);
    if (!line)
        return false;
    *copy = strcpy(line, text);
    *count = csv_split_brackets(line, fields, FIELDS_MAX, strings);
    return true;
}

/* Whether a line that has been split holds these values. */
static bool csv_log_holds_values(char *const *fields, size_t count, const char *const *values) {
    bool same = count == STOPWATCH_COLUMNS;
    for (int c = 0; c < STOPWATCH_COLUMNS && same; c++)
        same = strcmp(fields[c], values[c]) == 0;
    return same;
}

/* The line of the table, NULL if memory has run out. Values between whose brackets other columns
 * stand ("(a" and "b)") must be in quotes, or they could not be distinguished from a tuple of
 * Python: what is read from the line must be what was written, also where the number of columns is
 * right by chance. */
static char *record_of(const char *const *values) {
    char *record = NULL, *copy = NULL, *fields[FIELDS_MAX];
    size_t bytes, columns = 0;
    bool good = false;
    for (int quoted = 0; quoted < 2 && !good; quoted++) {
        free(record);
        record = NULL;
        FILE *stream = open_memstream(&record, &bytes);
        if (!stream)
            break;
        csv_log_write_values(stream, values, quoted);
        const bool failed = ferror(stream) != 0;
        if (fclose(stream) != 0 || failed)
            break;
        if (!split_copy(&copy, record, fields, true, &columns))
            break;
        good = csv_log_holds_values(fields, columns, values);
    }
    free(copy);
    if (good)
        return record;
    free(record);
    return NULL;
}

static int compare_records(const void *a, const void *b) {
    return strcmp(a, b);
}

/* Takes over the record, unless there is an equal one. */
static bool add_record(struct csv_log *log, char *record, struct failure *failure) {
    void *const *found = tsearch(record, &log->index, compare_records);
    const bool repeats = found && *found != record;
    if (found && !repeats && csv_log_append(&log->records, record))
        return true;
    if (found && !repeats)
        tdelete(record, &log->index, compare_records);
    free(record);
    log->repeats += repeats;
    return repeats || csv_log_out_of_memory(failure);
}

/* The columns that a log has before its first header. */
static void set_all_columns(struct log_reading *reading) {
    for (int c = 0; c < STOPWATCH_COLUMNS; c++)
        reading->places[c] = c;
    reading->columns = STOPWATCH_COLUMNS;
}

/* Takes over the names of the columns. Why they cannot be, or "". */
static void csv_log_take_header(struct log_reading *reading, char *const *names, size_t count,
                                char reason[REASON_BYTES]) {
    reading->log->headers++;
    reading->columns = 0;
    reason[0] = '\0';
    for (int c = 0; c < STOPWATCH_COLUMNS; c++)
        reading->places[c] = UNKNOWN;
    for (size_t k = 0; k < count && k < FIELDS_MAX; k++) {
        int column = 0;
        while (column < STOPWATCH_COLUMNS && strcmp(column_names[column], names[k]) != 0)
            column++;
        if (column == STOPWATCH_COLUMNS || reading->places[column] != UNKNOWN) {
            snprintf(reason, REASON_BYTES, "the column '%.40s' %s", names[k],
                     column == STOPWATCH_COLUMNS ? "is none of StopWatch's" : "is duplicate");
            return;
        }
        reading->places[column] = (int)k;
    }
    for (int c = 0; c <= COLUMN_START; c++) {
        if (reading->places[c] == UNKNOWN) {
            snprintf(reason, REASON_BYTES, "the header lacks the column '%s'", column_names[c]);
            return;
        }
    }
    reading->columns = count;
}

/* Takes what stands after "# csv,", which holds no control characters. */
static bool take_columns(struct log_reading *reading, const char *text, struct failure *failure) {
    char reason[REASON_BYTES], *fields[FIELDS_MAX];
    const char *values[STOPWATCH_COLUMNS];
    size_t count = SIZE_MAX;
    /* An apostrophe of free text between brackets begins no string: then without strings. */
    for (int strings = 1; strings >= 0 && count != reading->columns; strings--)
        if (!split_copy(&reading->line, text, fields, strings, &count))
            return csv_log_out_of_memory(failure);
    if (count > 1 && strcmp(fields[0], column_names[0]) == 0 &&
        strcmp(fields[1], column_names[1]) == 0) {
        csv_log_take_header(reading, fields, count, reason);
        return !reason[0] || add_bad(reading, reason, failure);
    }
    if (reading->columns == 0)
        return add_bad(reading, "follows a header that cannot be read", failure);
    for (int c = 0; c < STOPWATCH_COLUMNS; c++) {
        const int place = reading->places[c];
        values[c] = place != UNKNOWN && (size_t)place < count ? fields[place] : "";
    }
    csv_log_judge(reading, fields, count, values, reason);
    if (reason[0])
        return add_bad(reading, reason, failure);
    char *record = record_of(values);
    return record ? add_record(reading->log, record, failure) : csv_log_out_of_memory(failure);
}

/* The first byte that no column may have, or -1. */
static int find_control(const char *text, size_t length) {
    for (size_t i = 0; i < length; i++)
        if ((unsigned char)text[i] < 0x20 || text[i] == 0x7f)
            return (unsigned char)text[i];
    return -1;
}

/* Takes a line, or what stands between carriage returns in one: progress displays go back to the
 * begin of their line, and systems of old ended lines so. */
static bool csv_log_take_text(struct log_reading *reading, const char *text, size_t length,
                              struct failure *failure) {
    char reason[REASON_BYTES];
    const char *columns = find_columns(text);
    if (!columns)
        columns = find_columns(skip_label(text));
    if (!columns)
        return true;
    const int control = find_control(text, length);
    if (control >= 0) {
        snprintf(reason, sizeof reason, "holds the byte 0x%02x", (unsigned)control);
        return add_bad(reading, reason, failure);
    }
    if (reading->file->cut)
        return add_bad(reading, "is longer than 1 MiB", failure);
    return take_columns(reading, columns, failure);
}

/* Whether "# csv" stands there in UTF-16, which some shells of Windows write, of either order. */
static bool holds_utf16(const char *text, size_t length) {
    static const char wide[] = "#\0 \0c\0s\0v";
    const char *const end = text + length;
    for (const char *at = text; (at = memchr(at, '#', (size_t)(end - at))) != NULL; at++)
        if ((size_t)(end - at) >= sizeof wide - 1 && memcmp(at, wide, sizeof wide - 1) == 0)
            return true;
    return false;
}

static bool csv_log_take_line(struct log_reading *reading, const struct text_file *file,
                              struct failure *failure) {
    char *text = file->text, *const end = file->text + file->length;
    if (holds_utf16(text, file->length))
        return add_bad(reading, "is UTF-16 text: convert the log to UTF-8", failure);
    for (bool good = true; good;) {
        char *rest = memchr(text, '\r', (size_t)(end - text));
        char *stop = rest ? rest : end;
        *stop = '\0';
        good = csv_log_take_text(reading, text, (size_t)(stop - text), failure);
        if (!rest)
            return good;
        text = rest + 1;
    }
    return false;
}

bool csv_log_read(struct csv_log *log, struct text_file *file, struct failure *failure) {
    struct log_reading reading = {.log = log, .file = file};
    set_all_columns(&reading);
    while (text_file_line(file, failure) && csv_log_take_line(&reading, file, failure))
        continue;
    free(reading.line);
    return failure->exit_status == EXIT_DONE;
}

void csv_log_write(const struct csv_log *log, FILE *stream) {
    fputs(STOPWATCH_HEADER "\n", stream);
    for (size_t k = 0; k < log->records.count; k++)
        fprintf(stream, "%s\n", log->records.items[k]);
}

static void csv_log_free_list(struct csv_log_list *list) {
    for (size_t k = 0; k < list->count; k++)
        free(list->items[k]);
    free(list->items);
}

void csv_log_free(struct csv_log *log) {
    for (size_t k = 0; k < log->records.count; k++)
        tdelete(log->records.items[k], &log->index, compare_records);
    csv_log_free_list(&log->records);
    csv_log_free_list(&log->bad);
    *log = (struct csv_log){.index = NULL};
}
