/* SPDX-License-Identifier: MIT
 * What must be on the disk before what: the calls that make files last, in their order, and what
 * becomes of each that fails. The linker puts the functions below in front of those of the C
 * library
 * (--wrap), so that a disk is at hand that fails when a test asks for it. */
#include "base/atomic_file.h"
#include "files/checkpoint.h"
#include "plait/digest.h"
#include "scratch.h"
#include "suite.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The names of the calls so far, each followed by a space. */
static char calls[512];
/* The call that is to fail with EIO, its name and how many of that name go well before; NULL: none.
 */
static const char *failing;
static int good_before;

static void begin_log(const char *failing_call, int good) {
    calls[0] = '\0';
    failing = failing_call;
    good_before = good;
}

/* Notes a call; whether it is to fail, with errno. */
static bool note_call(const char *name) {
    strcat(calls, name);
    strcat(calls, " ");
    CU_ASSERT_FATAL(strlen(calls) + 32 < sizeof calls);
    if (!failing || strcmp(failing, name) != 0 || good_before-- > 0)
        return false;
    failing = NULL;
    errno = EIO;
    return true;
}

int __real_fsync(int descriptor);
int __wrap_fsync(int descriptor);
int __real_fdatasync(int descriptor);
int __wrap_fdatasync(int descriptor);
int __real_fclose(FILE *stream);
int __wrap_fclose(FILE *stream);
int __real_rename(const char *from, const char *to);
int __wrap_rename(const char *from, const char *to);
ssize_t __real_pwrite(int descriptor, const void *data, size_t bytes, off_t offset);
ssize_t __wrap_pwrite(int descriptor, const void *data, size_t bytes, off_t offset);
ssize_t __wrap_pwrite64(int descriptor, const void *data, size_t bytes, off_t offset);

int __wrap_fsync(int descriptor) {
    return note_call("fsync") ? -1 : __real_fsync(descriptor);
}

int __wrap_fdatasync(int descriptor) {
    return note_call("fdatasync") ? -1 : __real_fdatasync(descriptor);
}

/* A stream whose close fails is gone all the same. */
int __wrap_fclose(FILE *stream) {
    const bool fails = note_call("fclose");
    const int outcome = __real_fclose(stream);
    if (fails)
        errno = EIO;
    return fails ? EOF : outcome;
}

int __wrap_rename(const char *from, const char *to) {
    return note_call("rename") ? -1 : __real_rename(from, to);
}

/* A commit record goes to the second or the third page, and nothing else does. */
ssize_t __wrap_pwrite(int descriptor, const void *data, size_t bytes, off_t offset) {
    const bool commit = offset == 4096 || offset == 8192;
    if (note_call(commit ? "commit" : "write"))
        return -1;
    return __real_pwrite(descriptor, data, bytes, offset);
}

/* The call of programs whose offsets have 64 bits on all machines. */
ssize_t __wrap_pwrite64(int descriptor, const void *data, size_t bytes, off_t offset) {
    return __wrap_pwrite(descriptor, data, bytes, offset);
}

static bool commit_file(bool is_new, struct failure *failure) {
    struct atomic_file file;
    CU_ASSERT_TRUE_FATAL(atomic_file_open(&file, scratch_path("a.txt"), failure));
    CU_ASSERT_TRUE(atomic_file_write(&file, "new", 3, failure));
    calls[0] = '\0';
    return is_new ? atomic_file_commit_new(&file, failure) : atomic_file_commit(&file, failure);
}

static void test_order_of_an_atomic_file(void) {
    struct failure failure = {0};
    for (int is_new = 1; is_new >= 0; is_new--) {
        begin_log(NULL, 0);
        CU_ASSERT_TRUE(commit_file(is_new, &failure));
        /* The last one is of the directory. */
        CU_ASSERT_STRING_EQUAL(calls,
                               is_new ? "fsync fclose fsync " : "fsync fclose rename fsync ");
        CU_ASSERT_TRUE(scratch_holds(scratch_path("a.txt"), "new"));
    }
}

static void check_failed_commit(bool is_new, const char *call, const char *expected_calls) {
    struct failure failure = {0};
    if (is_new)
        unlink(scratch_path("a.txt"));
    else
        scratch_write(scratch_path("a.txt"), "old");
    begin_log(call, 0);
    CU_ASSERT_FALSE(commit_file(is_new, &failure));
    CU_ASSERT_STRING_EQUAL(calls, expected_calls);
    CU_ASSERT_EQUAL(failure.exit_status, EXIT_RUN);
    CU_ASSERT_PTR_NOT_NULL(strstr(failure.text, strerror(EIO)));
    CU_ASSERT_EQUAL(scratch_entries(""), is_new ? 0 : 1);
    CU_ASSERT_TRUE(is_new || scratch_holds(scratch_path("a.txt"), "old"));
}

static void test_atomic_file_that_fails(void) {
    check_failed_commit(false, "fsync", "fsync fclose ");
    check_failed_commit(false, "fclose", "fsync fclose ");
    check_failed_commit(false, "rename", "fsync fclose rename ");
    check_failed_commit(true, "fsync", "fsync fclose ");
    check_failed_commit(true, "fclose", "fsync fclose ");
}

/* Some file systems cannot sync a directory. */
static void test_directory_that_cannot_be_synced(void) {
    struct failure failure = {0};
    begin_log("fsync", 1);
    CU_ASSERT_TRUE(commit_file(false, &failure));
    CU_ASSERT_PTR_NULL(failing);
    CU_ASSERT_TRUE(scratch_holds(scratch_path("a.txt"), "new"));
}

enum { WIDTH = 3, ROW_BYTES = WIDTH * 4 };

static struct checkpoint_parameters some_parameters(void) {
    struct checkpoint_parameters parameters = {""};
    checkpoint_parameter(&parameters, "subcommand", "mandelbrot");
    return parameters;
}

/* Opens a log that may be there. */
static bool open_log(struct checkpoint *checkpoint, const char *path,
                     const struct checkpoint_parameters *wanted, bool *found,
                     struct failure *failure) {
    return checkpoint_open(checkpoint, path, wanted, found, failure) &&
           (!*found || checkpoint_find_log(checkpoint, failure));
}

static bool append_row(struct checkpoint *checkpoint, uint64_t row, struct failure *failure) {
    const int32_t counts[WIDTH] = {1, 2, 3};
    struct plait_exec exec;
    uint64_t digest;
    CU_ASSERT_EQUAL_FATAL(plait_exec_init(&exec, "scalar", 1), PLAIT_OK);
    plait_digest_rows(&exec, counts, 1, WIDTH, &digest);
    const struct checkpoint_record record = {.first = row, .count = 1, .row_bytes = ROW_BYTES};
    return checkpoint_append(checkpoint, &record, &digest, counts, failure);
}

/* How many rows the file has for a run that finds it. */
static int rows_kept(void) {
    const struct checkpoint_parameters parameters = some_parameters();
    struct checkpoint checkpoint;
    struct checkpoint_record record;
    struct failure failure = {0};
    bool found;
    uint64_t cursor = 0;
    int rows = 0;
    CU_ASSERT_TRUE_FATAL(
        open_log(&checkpoint, scratch_path("a.ck"), &parameters, &found, &failure));
    while (checkpoint_next(&checkpoint, &cursor, &record, &failure))
        rows++;
    CU_ASSERT_EQUAL(failure.exit_status, EXIT_DONE);
    checkpoint_close(&checkpoint);
    return rows;
}

/* A file with one row, to which a second one is added; whether that succeeds. */
static bool commit_second_row(const char *failing_call, int good, struct failure *failure) {
    const struct checkpoint_parameters parameters = some_parameters();
    struct checkpoint checkpoint;
    bool found;
    begin_log(NULL, 0);
    unlink(scratch_path("a.ck"));
    CU_ASSERT_TRUE_FATAL(
        open_log(&checkpoint, scratch_path("a.ck"), &parameters, &found, failure) &&
        checkpoint_create_log(&checkpoint, failure));
    CU_ASSERT_TRUE_FATAL(append_row(&checkpoint, 0, failure) &&
                         checkpoint_commit(&checkpoint, failure));
    begin_log(failing_call, good);
    const bool committed =
        append_row(&checkpoint, 1, failure) && checkpoint_commit(&checkpoint, failure);
    checkpoint_close(&checkpoint);
    return committed;
}

static void test_order_of_a_checkpoint(void) {
    struct failure failure = {0};
    CU_ASSERT_TRUE(commit_second_row(NULL, 0, &failure));
    CU_ASSERT_STRING_EQUAL(calls, "write write fdatasync commit fdatasync ");
    CU_ASSERT_EQUAL(rows_kept(), 2);
}

static void check_failed_save(const char *call, int good, const char *expected_calls) {
    struct failure failure = {0};
    CU_ASSERT_FALSE(commit_second_row(call, good, &failure));
    CU_ASSERT_STRING_EQUAL(calls, expected_calls);
    CU_ASSERT_EQUAL(failure.exit_status, EXIT_RUN);
    CU_ASSERT_PTR_NOT_NULL(strstr(failure.text, strerror(EIO)));
    CU_ASSERT_PTR_NOT_NULL(strstr(failure.text, "what it has kept is good"));
}

static void test_checkpoint_that_fails(void) {
    check_failed_save("write", 1, "write write ");
    CU_ASSERT_EQUAL(rows_kept(), 1);
    check_failed_save("fdatasync", 0, "write write fdatasync ");
    CU_ASSERT_EQUAL(rows_kept(), 1);
    check_failed_save("commit", 0, "write write fdatasync commit ");
    CU_ASSERT_EQUAL(rows_kept(), 1);
    /* It is unknown whether the commit is on the disk; the rows that it refers to are. */
    check_failed_save("fdatasync", 1, "write write fdatasync commit fdatasync ");
    CU_ASSERT_TRUE(rows_kept() >= 1);
}

int main(void) {
    static CU_TestInfo tests[] = {
        {"order of an atomic file", test_order_of_an_atomic_file},
        {"atomic file that fails", test_atomic_file_that_fails},
        {"directory that cannot be synced", test_directory_that_cannot_be_synced},
        {"order of a checkpoint", test_order_of_a_checkpoint},
        {"checkpoint that fails", test_checkpoint_that_fails},
        CU_TEST_INFO_NULL,
    };
    return run_suite_between("sync_order", scratch_begin, scratch_end, tests);
}
