/* SPDX-License-Identifier: MIT
 * Keeps timers and prints them. A row of the table and a line of CSV are the same texts, so both
 * are printed from one record of them. */
#include "base/stopwatch.h"

#include "base/clock.h"
#include "base/csv.h"

#include <inttypes.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

enum { SECOND_NS = 1000000000, TEXT_BYTES = 32, MESSAGE_BYTES = 128, TITLE_MARGIN = 2 };

/* One timer in words. */
struct record {
    char time[TEXT_BYTES], sum[TEXT_BYTES], start[TEXT_BYTES], message[MESSAGE_BYTES];
    const char *columns[STOPWATCH_COLUMNS];
};

static const char *const titles[STOPWATCH_COLUMNS] = {
    "Name", "Status", "Time", "Sum", "Start", "tag", "msg", "Node", "User", "OS", "Version",
};

void stopwatch_free(struct stopwatch *watch) {
    for (size_t k = 0; k < watch->count; k++)
        free(watch->timers[k].name);
    free(watch->timers);
    watch->timers = NULL;
    watch->count = watch->capacity = 0;
}

static struct stopwatch_timer *find(const struct stopwatch *watch, const char *name) {
    for (size_t k = 0; k < watch->count; k++)
        if (strcmp(watch->timers[k].name, name) == 0)
            return &watch->timers[k];
    return NULL;
}

const struct stopwatch_timer *stopwatch_find(const struct stopwatch *watch, const char *name) {
    return find(watch, name);
}

static bool stopwatch_grow(struct stopwatch *watch) {
    if (watch->count < watch->capacity)
        return true;
    const size_t capacity = watch->capacity ? 2 * watch->capacity : 8;
    struct stopwatch_timer *timers = realloc(watch->timers, capacity * sizeof *timers);
    if (!timers)
        return false;
    watch->timers = timers;
    watch->capacity = capacity;
    return true;
}

/* The timer of that name, made where there is none; NULL when memory is out. */
static struct stopwatch_timer *obtain(struct stopwatch *watch, const char *name) {
    struct stopwatch_timer *timer = find(watch, name);
    if (timer)
        return timer;
    char *copy = strdup(name);
    if (!copy || !stopwatch_grow(watch)) {
        free(copy);
        watch->broken = true;
        return NULL;
    }
    timer = &watch->timers[watch->count++];
    *timer = (struct stopwatch_timer){.name = copy};
    return timer;
}

void stopwatch_start(struct stopwatch *watch, const char *name) {
    struct stopwatch_timer *timer = obtain(watch, name);
    if (!timer)
        return;
    timer->running = true;
    timer->start_ns = clock_now_ns();
}

static void end_interval(struct stopwatch_timer *timer, uint64_t length_ns) {
    timer->running = false;
    timer->last_ns = length_ns;
    timer->sum_ns += length_ns;
    timer->count++;
}

void stopwatch_stop(struct stopwatch *watch, const char *name) {
    const uint64_t now_ns = clock_now_ns();
    struct stopwatch_timer *timer = find(watch, name);
    if (!timer && watch->broken)
        return;
    if (!timer || !timer->running)
        abort();
    end_interval(timer, now_ns - timer->start_ns);
}

void stopwatch_add(struct stopwatch *watch, const char *name, uint64_t start_ns, double seconds) {
    struct stopwatch_timer *timer = obtain(watch, name);
    if (!timer)
        return;
    timer->start_ns = start_ns;
    end_interval(timer, (uint64_t)(seconds * SECOND_NS + 0.5));
}

void stopwatch_status(struct stopwatch *watch, const char *name, const char *status) {
    struct stopwatch_timer *timer = obtain(watch, name);
    if (timer)
        timer->status = status;
}

/* A copy that fits a line. */
static void take_fact(char fact[STOPWATCH_FACT_BYTES], const char *text) {
    snprintf(fact, STOPWATCH_FACT_BYTES, "%s", text);
    for (char *c = fact; *c; c++)
        if ((unsigned char)*c < 0x20 || *c == 0x7f)
            *c = '?';
}

static void find_user(char fact[STOPWATCH_FACT_BYTES]) {
    const struct passwd *entry = getpwuid(getuid());
    if (entry)
        take_fact(fact, entry->pw_name);
    else /* containers often have none */
        snprintf(fact, STOPWATCH_FACT_BYTES, "%lu", (unsigned long)getuid());
}

void stopwatch_system_find(struct stopwatch_system *system) {
    struct utsname names;
    struct timespec now;
    *system = (struct stopwatch_system){.epoch_ns = 0};
    if (uname(&names) == 0) {
        take_fact(system->node, names.nodename);
        take_fact(system->system, names.sysname);
        take_fact(system->version, names.version);
    }
    find_user(system->user);
    clock_gettime(CLOCK_REALTIME, &now);
    system->epoch_ns =
        (int64_t)now.tv_sec * SECOND_NS + (int64_t)now.tv_nsec - (int64_t)clock_now_ns();
}

/* "12.000000345" */
static void write_seconds(uint64_t ns, char text[TEXT_BYTES]) {
    snprintf(text, TEXT_BYTES, "%" PRIu64 ".%09" PRIu64, ns / SECOND_NS, ns % SECOND_NS);
}

/* "2026-11-23 13:19:11.000000345" */
static void write_start(uint64_t start_ns, int64_t epoch_ns, char text[TEXT_BYTES]) {
    const int64_t ns = (int64_t)start_ns + epoch_ns;
    const time_t seconds = (time_t)(ns / SECOND_NS);
    struct tm day;
    gmtime_r(&seconds, &day);
    const size_t length = strftime(text, TEXT_BYTES, "%Y-%m-%d %H:%M:%S", &day);
    snprintf(text + length, TEXT_BYTES - length, ".%09d", (int)(ns % SECOND_NS));
}

static void write_message(const struct stopwatch *watch, uint64_t count, char text[MESSAGE_BYTES]) {
    const char *message = watch->message;
    if (count == 1)
        snprintf(text, MESSAGE_BYTES, "%s", message);
    else
        snprintf(text, MESSAGE_BYTES, "%s%scount=%" PRIu64, message, *message ? " " : "", count);
}

static void write_record(const struct stopwatch *watch, const struct stopwatch_timer *timer,
                         const struct stopwatch_system *system, struct record *record) {
    const char *status = timer->running ? "running" : "ok";
    write_seconds(timer->last_ns, record->time);
    write_seconds(timer->sum_ns, record->sum);
    write_start(timer->start_ns, system->epoch_ns, record->start);
    write_message(watch, timer->count, record->message);
    const char *const columns[STOPWATCH_COLUMNS] = {
        timer->name,     timer->status ? timer->status : status,
        record->time,    record->sum,
        record->start,   watch->tag ? watch->tag : "",
        record->message, system->node,
        system->user,    system->system,
        system->version,
    };
    memcpy(record->columns, columns, sizeof columns);
}

static bool is_number(int column) {
    return column == 2 || column == 3;
}

static void widen(int widths[STOPWATCH_COLUMNS], const char *const columns[STOPWATCH_COLUMNS],
                  int margin) {
    for (int c = 0; c < STOPWATCH_COLUMNS; c++) {
        const int width = (int)strlen(columns[c]) + margin;
        widths[c] = width > widths[c] ? width : widths[c];
    }
}

static void print_rule(const int widths[STOPWATCH_COLUMNS], char corner, FILE *stream) {
    for (int c = 0; c < STOPWATCH_COLUMNS; c++) {
        fputc(c == 0 ? corner : '+', stream);
        for (int k = 0; k < widths[c] + 2; k++)
            fputc('-', stream);
    }
    fprintf(stream, "%c\n", corner);
}

static void print_row(const int widths[STOPWATCH_COLUMNS],
                      const char *const columns[STOPWATCH_COLUMNS], FILE *stream) {
    for (int c = 0; c < STOPWATCH_COLUMNS; c++)
        fprintf(stream, "| %*s ", is_number(c) ? widths[c] : -widths[c], columns[c]);
    fputs("|\n", stream);
}

static void stopwatch_print_table(const struct record *records, size_t count, const char *comment,
                                  FILE *stream) {
    int widths[STOPWATCH_COLUMNS] = {0};
    widen(widths, titles, TITLE_MARGIN);
    for (size_t k = 0; k < count; k++)
        widen(widths, records[k].columns, 0);
    fputs(comment, stream);
    print_rule(widths, '+', stream);
    fputs(comment, stream);
    print_row(widths, titles, stream);
    fputs(comment, stream);
    print_rule(widths, '|', stream);
    for (size_t k = 0; k < count; k++) {
        fputs(comment, stream);
        print_row(widths, records[k].columns, stream);
    }
    fputs(comment, stream);
    print_rule(widths, '+', stream);
}

static void print_lines(const struct record *records, size_t count, FILE *stream) {
    fputs("# csv," STOPWATCH_HEADER "\n", stream);
    for (size_t k = 0; k < count; k++) {
        fputs("# csv", stream);
        for (int c = 0; c < STOPWATCH_COLUMNS; c++) {
            fputc(',', stream);
            csv_put(stream, records[k].columns[c]);
        }
        fputc('\n', stream);
    }
}

bool stopwatch_print(const struct stopwatch *watch, const struct stopwatch_system *system,
                     FILE *stream, struct failure *failure) {
    const char *comment = watch->comment ? watch->comment : "";
    struct record *records = watch->broken ? NULL : malloc((watch->count + 1) * sizeof *records);
    if (!records)
        return failure_set(failure, EXIT_RUN, "out of memory for timers");
    for (size_t k = 0; k < watch->count; k++)
        write_record(watch, &watch->timers[k], system, &records[k]);
    stopwatch_print_table(records, watch->count, comment, stream);
    fprintf(stream, "%s\n", *comment ? "#" : "");
    print_lines(records, watch->count, stream);
    free(records);
    return true;
}
