/* SPDX-License-Identifier: MIT
 * Reads points from comma-separated values, a line at a time. */
#include "kmeans/csv_points.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* A line of 1024 numbers of 17 digits has some 25 KiB. */
enum { LINE_BYTES_MAX = 1 << 20, QUOTED_BYTES = 40, COUNT_BYTES = 1 << 18 };
/* Some programs begin a file of UTF-8 with it; it is no part of the first field. */
static const char byte_order_mark[] = "\xef\xbb\xbf";

bool csv_points_open(struct csv_points *points, const char *path, struct failure *failure) {
    struct stat status;
    *points = (struct csv_points){.path = path};
    if (stat(path, &status) != 0)
        return failure_set(failure, EXIT_USAGE, "cannot read '%s': %s", path, strerror(errno));
    if (!S_ISREG(status.st_mode))
        return failure_set(failure, EXIT_USAGE,
                           "cannot read '%s': it is no regular file: save the numbers to one first",
                           path);
    points->bytes = (uint64_t)status.st_size;
    points->stream = fopen(path, "rb");
    return points->stream ||
           failure_set(failure, EXIT_USAGE, "cannot read '%s': %s", path, strerror(errno));
}

void csv_points_close(struct csv_points *points) {
    if (points->stream)
        fclose(points->stream);
    free(points->line);
    *points = (struct csv_points){0};
}

static bool csv_points_refuse_line(const struct csv_points *points, const char *cause,
                                   struct failure *failure) {
    return failure_set(failure, EXIT_USAGE, "'%s', line %" PRIu64 " %s", points->path,
                       points->start.lines + 1, cause);
}

static bool csv_points_refuse_file(const struct csv_points *points, struct failure *failure) {
    return failure_set(failure, EXIT_RUN, "cannot read '%s': %s", points->path, strerror(errno));
}

/* What the first byte of a line that is no space says of it: whether it may have a point. */
static bool csv_points_counts(char first) {
    return first != '#' && first != '\n' && first != '\r';
}

/* The next line that is no comment and not empty, without its end; false at the end of the file or
 * with a failure. */
static bool csv_points_next_line(struct csv_points *points, struct failure *failure) {
    ssize_t length;
    size_t spaces;
    do {
        errno = 0;
        length = getline(&points->line, &points->line_bytes, points->stream);
        if (length < 0) {
            if (ferror(points->stream) || errno == ENOMEM)
                csv_points_refuse_file(points, failure);
            return false;
        }
        points->start = points->next;
        points->next.offset += (uint64_t)length;
        points->next.lines++;
        const size_t mark = strlen(byte_order_mark);
        if (points->start.offset == 0 && strncmp(points->line, byte_order_mark, mark) == 0) {
            length -= (ssize_t)mark;
            memmove(points->line, points->line + mark, (size_t)length + 1);
        }
        spaces = strspn(points->line, " \t");
    } while (spaces == (size_t)length || !csv_points_counts(points->line[spaces]));
    if (length > LINE_BYTES_MAX)
        return csv_points_refuse_line(points, "is longer than 1 MiB: give numbers with commas",
                                      failure);
    if (strlen(points->line) != (size_t)length)
        return csv_points_refuse_line(points, "has a null character: give text", failure);
    size_t end = (size_t)length;
    while (end > 0 && strchr("\r\n", points->line[end - 1]))
        end--;
    points->line[end] = '\0';
    if (strchr(points->line, '\r'))
        return csv_points_refuse_line(
            points, "has a carriage return inside: end each line by a newline", failure);
    return true;
}

/* Whether the text up to its end or a comma is a number, and where it ends. Not all that strtod
 * takes is one: hexadecimal digits, "inf" and "nan(...)" are left to those who see the reason. */
static bool csv_points_take_number(const char *text, double *value, const char **end) {
    char *after;
    text += strspn(text, " \t");
    const size_t length = strspn(text, "0123456789.eE+-");
    if (length == 0)
        return false;
    errno = 0;
    *value = strtod(text, &after);
    if (after != text + length || !isfinite(*value))
        return false;
    after += strspn(after, " \t");
    *end = after;
    return *after == ',' || *after == '\0';
}

/* What stands between the two numbers that a field begins with, as other programs write them, or
 * NULL. */
static const char *csv_points_separator(const char *field) {
    char *first, *second;
    strtod(field, &first);
    const char *next = first + strspn(first, " \t");
    if (first == field)
        return NULL;
    if (*next == ';')
        return "a semicolon";
    strtod(next, &second);
    if (next == first || second == next || !strchr("0123456789.+-", *next))
        return NULL;
    return memchr(first, '\t', (size_t)(next - first)) ? "a tab" : "a space";
}

/* Whether a line names the columns: none of its fields is a number, finite or not. A first point of
 * which one value is missing is none that may be left out unsaid. */
static bool csv_points_are_names(const char *line) {
    for (const char *field = line;; field++) {
        char *after;
        strtod(field, &after);
        if (after != field &&
            (strchr(",", after[strspn(after, " \t")]) || csv_points_separator(field)))
            return false;
        field += strcspn(field, ",");
        if (*field == '\0')
            return true;
    }
}

static bool csv_points_refuse_field(const struct csv_points *points, const char *field,
                                    uint32_t column, struct failure *failure) {
    const int length = (int)strcspn(field, ",");
    const char *separator = csv_points_separator(field);
    if (separator)
        return failure_set(
            failure, EXIT_USAGE,
            "'%s', line %" PRIu64
            " has %s between numbers: separate them by commas, and decimals by points",
            points->path, points->start.lines + 1, separator);
    return failure_set(failure, EXIT_USAGE,
                       "'%s', line %" PRIu64 ", column %" PRIu32
                       ": '%.*s' is no finite number: give decimal digits",
                       points->path, points->start.lines + 1, column + 1,
                       length < QUOTED_BYTES ? length : QUOTED_BYTES, field);
}

/* The values of a line; false with *bad at the first field that is no number. */
static bool csv_points_take_fields(const struct csv_points *points, double *values,
                                   uint32_t dims_max, uint32_t *count, const char **bad) {
    const char *next = points->line;
    for (*count = 0;; (*count)++) {
        double value;
        *bad = next;
        if (!csv_points_take_number(next, &value, &next))
            return false;
        if (*count < dims_max)
            values[*count] = value;
        if (*next == '\0')
            break;
        next++;
    }
    (*count)++;
    return true;
}

enum csv_points_outcome csv_points_next(struct csv_points *points, double *values,
                                        uint32_t dims_max, struct failure *failure) {
    const bool known = points->dims > 0;
    bool header = !known;
    while (csv_points_next_line(points, failure)) {
        const char *bad;
        uint32_t count;
        if (!csv_points_take_fields(points, values, dims_max, &count, &bad)) {
            if (header && csv_points_are_names(points->line)) {
                header = false;
                continue;
            }
            csv_points_refuse_field(points, bad, count, failure);
            return CSV_POINTS_BAD;
        }
        if (count > dims_max || (known && count != points->dims)) {
            failure_set(failure, EXIT_USAGE,
                        known ? "'%s', line %" PRIu64 " has %" PRIu32
                                " values, those before have %" PRIu32 ": give all points as many"
                              : "'%s', line %" PRIu64 " has %" PRIu32
                                " values: a point has %" PRIu32 " at most",
                        points->path, points->start.lines + 1, count,
                        known ? points->dims : dims_max);
            return CSV_POINTS_BAD;
        }
        points->dims = count;
        points->next.rows++;
        return CSV_POINTS_ROW;
    }
    return failure->exit_status == EXIT_DONE ? CSV_POINTS_END : CSV_POINTS_BAD;
}

/* -- a part of a file ---------------------------------------------------------------------------
 */

static bool csv_points_seek(struct csv_points *points, uint64_t offset, struct failure *failure) {
    return fseeko(points->stream, (off_t)offset, SEEK_SET) == 0 ||
           csv_points_refuse_file(points, failure);
}

bool csv_points_go(struct csv_points *points, const struct csv_place *place, uint32_t dims,
                   struct failure *failure) {
    points->next = *place;
    points->dims = dims;
    return csv_points_seek(points, place->offset, failure);
}

static bool csv_part_mark(struct csv_part *part, uint64_t offset, struct failure *failure) {
    if ((part->mark_count & (part->mark_count - 1)) == 0) { /* 0 or full: a power of two */
        const size_t size = part->mark_count > 0 ? 2 * part->mark_count : 1;
        struct csv_place *marks = realloc(part->marks, size * sizeof *marks);
        if (!marks)
            return failure_set(failure, EXIT_RUN, "out of memory");
        part->marks = marks;
    }
    part->marks[part->mark_count++] = (struct csv_place){offset, part->lines, part->rows};
    return true;
}

bool csv_points_count(struct csv_points *points, uint64_t begin, uint64_t end,
                      struct csv_part *part, struct failure *failure) {
    char *bytes = malloc(COUNT_BYTES);
    /* Where in a line it is: in one that began before the part, in its spaces, or in its text. */
    enum { BEFORE, SPACES, TEXT } in = BEFORE;
    bool point = false;
    uint64_t offset = begin > 0 ? begin - 1 : 0; /* a line begins after the end of another */
    *part = (struct csv_part){.begin = {.offset = end}};
    if (begin == 0) {
        part->begin.offset = 0;
        in = SPACES;
    }
    bool good = (bytes || failure_set(failure, EXIT_RUN, "out of memory")) &&
                csv_points_seek(points, offset, failure);
    bool over = begin >= end;
    while (good && !over) {
        const size_t some = fread(bytes, 1, COUNT_BYTES, points->stream);
        if (some == 0 && ferror(points->stream))
            good = csv_points_refuse_file(points, failure);
        if (some == 0) { /* the last line may have no end */
            part->lines += in == TEXT;
            part->rows += in == TEXT && point;
            break;
        }
        for (size_t k = 0; good && !over && k < some;) {
            if (in == SPACES && (bytes[k] == ' ' || bytes[k] == '\t')) {
                k++;
                continue;
            }
            if (in == SPACES) {
                point = csv_points_counts(bytes[k]);
                in = TEXT;
            }
            const char *found = memchr(bytes + k, '\n', some - k);
            k = found ? (size_t)(found - bytes) + 1 : some;
            if (!found)
                continue;
            if (in == BEFORE)
                part->begin.offset = offset + k < end ? offset + k : end;
            part->lines += in == TEXT;
            part->rows += in == TEXT && point;
            if (in == TEXT && point && part->rows % CSV_MARK_ROWS == 0)
                good = csv_part_mark(part, offset + k, failure);
            in = SPACES;
            over = offset + k >= end;
        }
        offset += some;
    }
    free(bytes);
    return good;
}

struct csv_place csv_part_place(const struct csv_part *part, uint64_t row) {
    const uint64_t mark = row / CSV_MARK_ROWS;
    return mark > 0 ? part->marks[mark - 1] : part->begin;
}

void csv_part_free(struct csv_part *part) {
    free(part->marks);
    *part = (struct csv_part){0};
}
