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
enum { LINE_BYTES_MAX = 1 << 20, QUOTED_BYTES = 40 };

bool csv_points_open(struct csv_points *points, const char *path, struct failure *failure) {
    struct stat status;
    *points = (struct csv_points){.path = path};
    if (stat(path, &status) != 0)
        return failure_set(failure, EXIT_USAGE, "cannot read '%s': %s", path, strerror(errno));
    if (!S_ISREG(status.st_mode))
        return failure_set(failure, EXIT_USAGE, "cannot read '%s': it is no regular file", path);
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
                       points->line_number, cause);
}

/* The next line without its end; false at the end of the file or with a failure. */
static bool csv_points_next_line(struct csv_points *points, struct failure *failure) {
    errno = 0;
    const ssize_t length = getline(&points->line, &points->line_bytes, points->stream);
    if (length < 0) {
        if (ferror(points->stream) || errno == ENOMEM)
            failure_set(failure, EXIT_RUN, "cannot read '%s': %s", points->path, strerror(errno));
        return false;
    }
    points->line_number++;
    if (length > LINE_BYTES_MAX)
        return csv_points_refuse_line(points, "is longer than 1 MiB: give numbers with commas",
                                      failure);
    if (strlen(points->line) != (size_t)length)
        return csv_points_refuse_line(points, "has a null character: give text", failure);
    points->line[strcspn(points->line, "\r\n")] = '\0';
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

static bool csv_points_refuse_field(const struct csv_points *points, const char *field,
                                    uint32_t column, struct failure *failure) {
    const int length = (int)strcspn(field, ",");
    return failure_set(failure, EXIT_USAGE,
                       "'%s', line %" PRIu64 ", column %" PRIu32
                       ": '%.*s' is no finite number: give decimal digits",
                       points->path, points->line_number, column + 1,
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
    bool header = points->row == 0 && points->dims == 0;
    while (csv_points_next_line(points, failure)) {
        const char *start = points->line + strspn(points->line, " \t");
        const char *bad;
        uint32_t count;
        if (*start == '#' || *start == '\0')
            continue;
        if (!csv_points_take_fields(points, values, dims_max, &count, &bad)) {
            if (header) {
                header = false;
                points->dims = 0;
                continue;
            }
            csv_points_refuse_field(points, bad, count, failure);
            return CSV_POINTS_BAD;
        }
        if (count > dims_max || (points->row > 0 && count != points->dims)) {
            failure_set(failure, EXIT_USAGE,
                        points->row > 0
                            ? "'%s', line %" PRIu64 " has %" PRIu32
                              " values, those before have %" PRIu32 ": give all points as many"
                            : "'%s', line %" PRIu64 " has %" PRIu32 " values: a point has %" PRIu32
                              " at most",
                        points->path, points->line_number, count,
                        points->row > 0 ? points->dims : dims_max);
            return CSV_POINTS_BAD;
        }
        points->dims = count;
        points->row++;
        return CSV_POINTS_ROW;
    }
    return failure->exit_status == EXIT_DONE ? CSV_POINTS_END : CSV_POINTS_BAD;
}
