/* SPDX-License-Identifier: MIT
 * Text files: the ends of lines of all systems, what is no UTF-8, lines beyond the limit, and
 * pipes, which are read like files and never waited for in silence. */
#include "base/text_file.h"

#include "scratch.h"
#include "suite.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* The lines between '|', zeros as '0'; "!cause" at the end for a failure. */
static char *lines_of(struct text_file *file) {
    static char joined[512];
    struct failure failure = {0};
    size_t used = 0;
    for (unsigned long number = 1; text_file_line(file, &failure); number++) {
        CU_ASSERT_EQUAL(file->number, number);
        CU_ASSERT_EQUAL(file->text[file->length], '\0');
        for (size_t i = 0; i < file->length && used < sizeof joined - 2; i++)
            joined[used++] = file->text[i] ? file->text[i] : '0';
        joined[used++] = '|';
    }
    joined[used] = '\0';
    if (failure.exit_status != EXIT_DONE)
        snprintf(joined + used, sizeof joined - used, "!%s", failure.text);
    return joined;
}

static void check_text(const char *text, size_t bytes, const char *expected) {
    struct text_file file;
    text_file_take(&file, "list", "x", fmemopen((void *)text, bytes, "r"));
    CU_ASSERT_FATAL(file.stream != NULL);
    CU_ASSERT_STRING_EQUAL(lines_of(&file), expected);
    text_file_close(&file);
}

#define CHECK_TEXT(text, expected) check_text(text, sizeof text - 1, expected)

static void test_lines(void) {
    CHECK_TEXT("\n", "|");
    CHECK_TEXT("a\nb\n", "a|b|");
    CHECK_TEXT("a\n\nb", "a||b|");
    CHECK_TEXT("a\r\nb\r\n\r\n", "a|b||");
    CHECK_TEXT("a\rb\r\r\n", "a\rb\r|");
    CHECK_TEXT("a\r", "a|");
    CHECK_TEXT("a\0b\n\0", "a0b|0|");
    CHECK_TEXT("\xef\xbb\xbf"
               "a\n\xef\xbb\xbf",
               "a|\xef\xbb\xbf|");
    CHECK_TEXT("\xef\xbb\xbf\r\nb", "|b|");
}

static void test_wide_text(void) {
    static const char refused[] =
        "!cannot read list 'x': it is UTF-16 or UTF-32 text: save it as UTF-8";
    CHECK_TEXT("\xff\xfe"
               "a\0\n\0",
               refused);
    CHECK_TEXT("\xfe\xff\0a\0\n", refused);
    CHECK_TEXT("a\n\xff\xfe", "a|\xff\xfe|");
}

/* A line of `bytes` bytes, which is whole or cut, and the next one, which is whole. */
static void check_long_line(size_t bytes, bool cut) {
    char *text = malloc(bytes + 3);
    struct text_file file;
    struct failure failure = {0};
    CU_ASSERT_FATAL(text != NULL);
    memset(text, 'x', bytes);
    strcpy(text + bytes, "\ny");
    text_file_take(&file, "list", "x", fmemopen(text, bytes + 2, "r"));
    CU_ASSERT(text_file_line(&file, &failure) && file.cut == cut);
    CU_ASSERT_EQUAL(file.length, TEXT_LINE_BYTES_MAX);
    CU_ASSERT(text_file_line(&file, &failure) && !file.cut);
    CU_ASSERT_EQUAL(file.number, 2);
    CU_ASSERT_STRING_EQUAL(file.text, "y");
    CU_ASSERT(!text_file_line(&file, &failure));
    CU_ASSERT_EQUAL(failure.exit_status, EXIT_DONE);
    text_file_close(&file);
    free(text);
}

static void test_long_lines(void) {
    check_long_line(TEXT_LINE_BYTES_MAX, false);
    check_long_line(TEXT_LINE_BYTES_MAX + 1, true);
    check_long_line(TEXT_LINE_BYTES_MAX + 5, true);
}

static void check_path(const char *path, enum text_pipe pipe, const char *expected) {
    struct text_file file;
    struct failure failure = {0};
    if (text_file_open(&file, "list", path, pipe, &failure)) {
        CU_ASSERT_STRING_EQUAL(lines_of(&file), expected);
    } else {
        CU_ASSERT_EQUAL(failure.exit_status, EXIT_USAGE);
        CU_ASSERT(strstr(failure.text, expected) != NULL);
        if (!strstr(failure.text, expected))
            printf("\n  got: %s\n", failure.text);
    }
    text_file_close(&file);
}

static void test_files(void) {
    scratch_write(scratch_path("a"), "1\n2\n");
    check_path(scratch_path("a"), TEXT_PIPE_REFUSED, "1|2|");
    check_path("/dev/null", TEXT_PIPE_REFUSED, "");
    check_path(scratch_path("b"), TEXT_PIPE_REFUSED, "No such file");
    check_path(scratch_path(""), TEXT_PIPE_REFUSED, "Is a directory");
    check_path("/dev/fd/987", TEXT_PIPE_REFUSED, "no such descriptor");
    check_path("/dev/fd/x", TEXT_PIPE_REFUSED, "No such file");
}

/* As the shell's <(...) makes it; and a socket, which has no path to be opened by. */
static void test_descriptors(void) {
    char path[32];
    int ends[2];
    CU_ASSERT_FATAL(pipe(ends) == 0);
    CU_ASSERT_EQUAL(write(ends[1], "1\r\n2", 4), 4);
    close(ends[1]);
    snprintf(path, sizeof path, "/dev/fd/%d", ends[0]);
    check_path(path, TEXT_PIPE_REFUSED, "1|2|");
    check_path(path, TEXT_PIPE_REFUSED, ""); /* it has been read */
    close(ends[0]);
    CU_ASSERT_FATAL(socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0);
    CU_ASSERT_EQUAL(write(ends[1], "1\n2", 3), 3);
    close(ends[1]);
    snprintf(path, sizeof path, "/proc/self/fd/%d", ends[0]);
    check_path(path, TEXT_PIPE_REFUSED, "1|2|");
    close(ends[0]);
}

/* A process that writes into the pipe, once it has been opened for reading. */
static pid_t begin_writer(const char *path, const char *text) {
    const pid_t writer = fork();
    if (writer == 0) {
        const int end = open(path, O_WRONLY);
        _exit(end >= 0 && write(end, text, strlen(text)) == (ssize_t)strlen(text) ? 0 : 1);
    }
    return writer;
}

static void test_named_pipes(void) {
    const char *path = scratch_path("pipe");
    int status = -1;
    CU_ASSERT_FATAL(mkfifo(path, 0600) == 0);
    check_path(path, TEXT_PIPE_REFUSED, "it is a pipe that nobody writes to");
    for (int k = 0; k < 2; k++) {
        const pid_t writer = begin_writer(path, k == 0 ? "1\n2" : "");
        CU_ASSERT_FATAL(writer > 0);
        check_path(path, TEXT_PIPE_AWAITED, k == 0 ? "1|2|" : "");
        CU_ASSERT(waitpid(writer, &status, 0) == writer && status == 0);
    }
    /* Who has opened it, but not written yet, is a writer. */
    const int reader = open(path, O_RDONLY | O_NONBLOCK), end = open(path, O_WRONLY);
    CU_ASSERT_FATAL(reader >= 0 && end >= 0);
    const pid_t writer = begin_writer(path, "3\n");
    CU_ASSERT(waitpid(writer, &status, 0) == writer && status == 0);
    struct text_file file;
    struct failure failure = {0};
    CU_ASSERT_FATAL(text_file_open(&file, "list", path, TEXT_PIPE_REFUSED, &failure));
    close(end);
    close(reader);
    CU_ASSERT_STRING_EQUAL(lines_of(&file), "3|");
    text_file_close(&file);
}

/* What a library has opened since is no input of the user's. The last test: it stays noted. */
static void test_later_descriptors(void) {
    char path[32];
    int early[2], late[2];
    CU_ASSERT_FATAL(pipe(early) == 0);
    text_file_note_descriptors();
    CU_ASSERT_FATAL(pipe(late) == 0);
    CU_ASSERT_EQUAL(write(early[1], "1\n", 2), 2);
    CU_ASSERT_EQUAL(write(late[1], "2\n", 2), 2);
    close(early[1]);
    close(late[1]);
    snprintf(path, sizeof path, "/dev/fd/%d", late[0]);
    check_path(path, TEXT_PIPE_REFUSED, "this process has no such descriptor");
    snprintf(path, sizeof path, "/dev/fd/%d", early[0]);
    check_path(path, TEXT_PIPE_REFUSED, "1|");
    close(early[0]);
    close(late[0]);
}

int main(void) {
    CU_TestInfo tests[] = {
        {"lines", test_lines},
        {"wide text", test_wide_text},
        {"long lines", test_long_lines},
        {"files", test_files},
        {"descriptors", test_descriptors},
        {"named pipes", test_named_pipes},
        {"later descriptors", test_later_descriptors},
        CU_TEST_INFO_NULL,
    };
    return run_suite_between("text_file", scratch_begin, scratch_end, tests);
}
