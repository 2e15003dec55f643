/* SPDX-License-Identifier: MIT
 * Opens files and pipes, and reads lines. */
#include "base/text_file.h"

#include "base/warning.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Descriptors that this process was started with. */
static bool noted;
static bool inherited[1024];

void text_file_note_descriptors(void) {
    for (int number = 0; number < (int)sizeof inherited; number++)
        inherited[number] = fcntl(number, F_GETFD) >= 0;
    noted = true;
}

static bool is_inherited(int number) {
    return noted && number < (int)sizeof inherited ? inherited[number]
                                                   : fcntl(number, F_GETFD) >= 0;
}

static bool refuse_text_file(const struct text_file *file, const char *cause,
                             struct failure *failure) {
    return failure_set(failure, EXIT_USAGE, "cannot read %s '%s': %s", file->what, file->path,
                       cause);
}

/* The descriptor that a path such as /dev/stdin or /dev/fd/63 stands for, -1 for other paths. */
static int descriptor_of(const char *path) {
    static const char *const directories[] = {"/dev/fd/", "/proc/self/fd/"};
    if (strcmp(path, "/dev/stdin") == 0)
        return STDIN_FILENO;
    for (size_t k = 0; k < sizeof directories / sizeof *directories; k++) {
        const char *number = path + strlen(directories[k]);
        if (strncmp(path, directories[k], strlen(directories[k])) != 0)
            continue;
        const size_t digits = strspn(number, "0123456789");
        if (digits > 0 && digits < 10 && number[digits] == '\0')
            return atoi(number);
    }
    return -1;
}

static void announce_wait(const struct text_file *file, const char *how) {
    struct failure line = {0}; /* a path may hold anything, and this is to be one line */
    failure_set(&line, EXIT_USAGE, "waiting for %s '%s', %s", file->what, file->path, how);
    warning_print(line.text);
}

/* Whoever sits at a terminal learns what a pipe, a socket or the terminal itself is waited for. */
static void announce_silence(const struct text_file *file, int descriptor) {
    enum { PATIENCE_MS = 1000 };
    struct pollfd source = {.fd = descriptor, .events = POLLIN};
    if (!isatty(STDERR_FILENO))
        return;
    if (isatty(descriptor))
        announce_wait(file, "which is the terminal: end it with Ctrl-D");
    else if (poll(&source, 1, PATIENCE_MS) == 0)
        announce_wait(file, "a pipe that nothing has been written to so far");
}

/* Waits until something can be read, or the last writer has closed the pipe. */
static void await_bytes(int descriptor) {
    struct pollfd source = {.fd = descriptor, .events = POLLIN};
    while (poll(&source, 1, -1) < 0 && errno == EINTR)
        continue;
}

/* Opens a pipe that has a name. Without O_NONBLOCK open() itself would wait for a writer, and
 * nothing could be said. Such a descriptor reads nothing if there is no writer, and would block if
 * there is one that has not written yet. */
static FILE *open_named_pipe(const struct text_file *file, enum text_pipe pipe,
                             struct failure *failure) {
    char byte;
    const int descriptor = open(file->path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    const ssize_t bytes = descriptor >= 0 ? read(descriptor, &byte, 1) : -1;
    if (bytes == 0 && pipe == TEXT_PIPE_AWAITED) {
        announce_wait(file, "a pipe that nobody writes to so far");
        await_bytes(descriptor);
    } else if (bytes == 0) {
        refuse_text_file(file, "it is a pipe that nobody writes to: start its writer first",
                         failure);
    } else if (bytes < 0 && descriptor >= 0 && errno == EAGAIN) {
        announce_silence(file, descriptor);
    } else if (bytes < 0) {
        refuse_text_file(file, strerror(errno), failure);
    }
    FILE *stream = NULL;
    if (failure->exit_status == EXIT_DONE && fcntl(descriptor, F_SETFL, O_RDONLY) == 0)
        stream = fdopen(descriptor, "r");
    if (stream && bytes == 1)
        ungetc((unsigned char)byte, stream);
    if (!stream && failure->exit_status == EXIT_DONE)
        refuse_text_file(file, strerror(errno), failure);
    if (!stream && descriptor >= 0)
        close(descriptor);
    return stream;
}

/* What one of this process's own descriptors reads from: sockets cannot be opened by their path. */
static FILE *open_own(const struct text_file *file, int number, struct failure *failure) {
    announce_silence(file, number);
    const int descriptor = fcntl(number, F_DUPFD_CLOEXEC, 0);
    FILE *stream = descriptor >= 0 ? fdopen(descriptor, "r") : NULL;
    if (!stream)
        refuse_text_file(file, strerror(errno), failure);
    if (!stream && descriptor >= 0)
        close(descriptor);
    return stream;
}

bool text_file_open(struct text_file *file, const char *what, const char *path, enum text_pipe pipe,
                    struct failure *failure) {
    struct stat about;
    const int number = descriptor_of(path);
    text_file_take(file, what, path, NULL);
    if (number > STDERR_FILENO && !is_inherited(number))
        return refuse_text_file(
            file,
            "this process has no such descriptor, launchers pass none on: give a file or /dev/stdin",
            failure);
    if (stat(path, &about) != 0)
        return refuse_text_file(file, strerror(errno), failure);
    if (S_ISDIR(about.st_mode))
        return refuse_text_file(file, strerror(EISDIR), failure);
    if (number >= 0 && !S_ISREG(about.st_mode))
        file->stream = open_own(file, number, failure);
    else if (S_ISFIFO(about.st_mode))
        file->stream = open_named_pipe(file, pipe, failure);
    else if (!(file->stream = fopen(path, "r")))
        refuse_text_file(file, strerror(errno), failure);
    return file->stream != NULL;
}

void text_file_standard_input(struct text_file *file, const char *what) {
    text_file_take(file, what, "standard input", stdin);
    announce_silence(file, STDIN_FILENO);
}

void text_file_take(struct text_file *file, const char *what, const char *name, FILE *stream) {
    *file = (struct text_file){.what = what, .path = name, .stream = stream};
}

static bool text_file_keep_byte(struct text_file *file, int byte) {
    if (file->length + 1 >= file->capacity) {
        const size_t capacity = file->capacity > 0 ? 2 * file->capacity : 256;
        char *text = realloc(file->text, capacity);
        if (!text)
            return false;
        file->text = text;
        file->capacity = capacity;
    }
    file->text[file->length++] = (char)byte;
    return true;
}

/* Reads up to the end of the line. A line that was cut loses the rest of it first. Returns whether
 * memory sufficed. */
static bool text_file_read_line(struct text_file *file, bool *ends) {
    int byte = 0;
    while (file->cut && (byte = getc(file->stream)) != EOF && byte != '\n')
        continue;
    *ends = byte == EOF;
    file->cut = false;
    file->length = 0;
    if (!text_file_keep_byte(file, 0)) /* so that there is a text */
        return false;
    file->length = 0;
    while (!*ends && !file->cut && (byte = getc(file->stream)) != '\n') {
        *ends = byte == EOF;
        file->cut = !*ends && file->length == TEXT_LINE_BYTES_MAX;
        if (!*ends && !file->cut && !text_file_keep_byte(file, byte))
            return false;
    }
    return true;
}

bool text_file_line(struct text_file *file, struct failure *failure) {
    bool ends;
    errno = 0;
    if (!text_file_read_line(file, &ends))
        return failure_set(failure, EXIT_RUN, "out of memory for a line of %s '%s'", file->what,
                           file->path);
    if (ferror(file->stream))
        return refuse_text_file(file, strerror(errno), failure);
    if (ends && file->length == 0)
        return false;
    file->text[file->length] = '\0';
    file->number++;
    if (file->number == 1 && file->length >= 2 &&
        (memcmp(file->text, "\xff\xfe", 2) == 0 || memcmp(file->text, "\xfe\xff", 2) == 0))
        return refuse_text_file(file, "it is UTF-16 or UTF-32 text: save it as UTF-8", failure);
    if (file->number == 1 && file->length >= 3 && memcmp(file->text, "\xef\xbb\xbf", 3) == 0) {
        memmove(file->text, file->text + 3, (file->length -= 3) + 1);
        file->windows = true;
    }
    if (file->length > 0 && file->text[file->length - 1] == '\r' && !file->cut) {
        file->text[--file->length] = '\0';
        file->windows = true;
    }
    return true;
}

void text_file_close(struct text_file *file) {
    if (file->stream && file->stream != stdin)
        fclose(file->stream);
    free(file->text);
    *file = (struct text_file){.what = file->what, .path = file->path};
}
