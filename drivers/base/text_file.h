/* SPDX-License-Identifier: MIT
 * Text files line by line, as any system writes them: lines end with LF or CR LF, the last one also
 * with the file, and a byte order mark of UTF-8 is no part of the first. Pipes are read as files
 * are. What the bytes of a line may be is for the caller to say. */
#ifndef PLAIT_DRIVERS_TEXT_FILE_H
#define PLAIT_DRIVERS_TEXT_FILE_H

#include "base/failure.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* Longest line that is kept. */
enum { TEXT_LINE_BYTES_MAX = 1 << 20 };

/* What happens with a named pipe that no process has opened for writing. */
enum text_pipe {
    TEXT_PIPE_REFUSED, /* for files that other ranks wait for */
    TEXT_PIPE_AWAITED, /* with a line on standard error */
};

struct text_file {
    const char *what; /* "configuration file": errors say what could not be read */
    const char *path;
    FILE *stream;
    unsigned long number; /* of the line, from 1; 0 before the first */
    char *text;           /* the line without its end, with a zero after it; may hold zeros */
    size_t length;        /* of text */
    size_t capacity;
    bool cut;     /* the line is longer than TEXT_LINE_BYTES_MAX: text is its beginning */
    bool windows; /* a byte order mark or a CR has been left out so far */
};

/* First of all in main: notes which descriptors this process was started with. MPI opens others,
 * which /dev/fd/N must not read from. Without it all that are open count. */
void text_file_note_descriptors(void);

/* Opens a file, or a pipe, /dev/stdin and /dev/fd/N among them. A user at a terminal is notified of
 * a pipe that nothing comes from. EXIT_USAGE if it cannot be read or is a directory. what and path
 * must outlive *file; end with text_file_close, also after a failure. */
bool text_file_open(struct text_file *file, const char *what, const char *path, enum text_pipe pipe,
                    struct failure *failure);

/* The same for standard input, from where it has been read to. */
void text_file_standard_input(struct text_file *file, const char *what);

/* The same for a stream, which text_file_close closes unless it is standard input. */
void text_file_take(struct text_file *file, const char *what, const char *name, FILE *stream);

/* Reads the next line. False at the end of the file, and with *failure set for a file that cannot
 * be read (EXIT_USAGE; UTF-16 and UTF-32 are such) or memory that has run out (EXIT_RUN). */
bool text_file_line(struct text_file *file, struct failure *failure);

void text_file_close(struct text_file *file);

#endif
