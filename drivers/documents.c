/* SPDX-License-Identifier: MIT
 * Writes the manual pages and the bash completion of the command, from the option tables of all
 * subcommands. The build runs it:
 *
 *     plait_documents MAN1_DIRECTORY COMPLETION_FILE COMPLETION_SCRIPT
 *
 * The completion file is the tables and the script after them. The same sources give the same
 * files: the date of the pages is that of SOURCE_DATE_EPOCH, and without it there is none. */
#include "options/completion.h"
#include "options/manual.h"
#include "plait/version.h"
#include "subcommands.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { PATH_BYTES = 4096, DATE_BYTES = 64 };

static void give_up(const char *path) {
    fprintf(stderr, "plait_documents: %s: %s\n", path, strerror(errno));
    exit(EXIT_FAILURE);
}

static FILE *open_file(const char *path, const char *mode) {
    FILE *stream = fopen(path, mode);
    if (!stream)
        give_up(path);
    return stream;
}

static void close_file(FILE *stream, const char *path) {
    const bool failed = ferror(stream) != 0;
    if (fclose(stream) != 0 || failed)
        give_up(path);
}

/* "2026-11-23" of the seconds since 1970 in SOURCE_DATE_EPOCH, "" without it. */
static void find_date(char date[DATE_BYTES]) {
    const char *text = getenv("SOURCE_DATE_EPOCH");
    char *end = NULL;
    struct tm day;
    date[0] = '\0';
    if (!text || !*text)
        return;
    const time_t seconds = (time_t)strtoll(text, &end, 10);
    if (*end != '\0' || !gmtime_r(&seconds, &day)) {
        fprintf(stderr, "plait_documents: SOURCE_DATE_EPOCH is no time: '%s'\n", text);
        exit(EXIT_FAILURE);
    }
    strftime(date, DATE_BYTES, "%Y-%m-%d", &day);
}

/* The page of one set; of NULL, the overview. */
static void write_page(const struct manual *manual, const struct option_set *set,
                       const char *directory) {
    char path[PATH_BYTES], name[OPTION_COMMAND_BYTES];
    snprintf(path, sizeof path, "%s/plait%s%s.1", directory, set ? "-" : "",
             set ? option_set_name(set, '-', name) : "");
    FILE *stream = open_file(path, "w");
    if (set)
        manual_command(manual, set, stream);
    else
        manual_overview(manual, stream);
    close_file(stream, path);
}

static void write_manual(const struct option_set *const *sets, size_t count,
                         const char *directory) {
    char date[DATE_BYTES];
    find_date(date);
    const struct manual manual = {plait_version(), date, sets, count};
    write_page(&manual, NULL, directory);
    for (size_t k = 0; k < count; k++)
        write_page(&manual, sets[k], directory);
}

static void copy(const char *path, FILE *to) {
    FILE *from = open_file(path, "r");
    int byte;
    while ((byte = getc(from)) != EOF)
        putc(byte, to);
    close_file(from, path);
}

static void write_completion(const struct option_set *const *sets, size_t count, const char *path,
                             const char *script) {
    FILE *stream = open_file(path, "w");
    fputs("# bash completion of plait: tables made from its options, then what uses them.\n",
          stream);
    completion_tables(sets, count, stream);
    fputc('\n', stream);
    copy(script, stream);
    close_file(stream, path);
}

int main(int argc, char **argv) {
    if (argc != 4) {
        fputs("usage: plait_documents MAN1_DIRECTORY COMPLETION_FILE COMPLETION_SCRIPT\n", stderr);
        return EXIT_FAILURE;
    }
    write_manual(option_sets, command_count, argv[1]);
    write_completion(option_sets, command_count, argv[2], argv[3]);
    return EXIT_SUCCESS;
}
