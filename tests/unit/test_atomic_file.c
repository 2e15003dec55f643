/* SPDX-License-Identifier: MIT
 * A file appears whole or not at all: what is at the target before, during and after each way of
 * ending, and what is said when it cannot be written. */
#include "base/atomic_file.h"
#include "scratch.h"
#include "suite.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static mode_t permissions(const char *path) {
    struct stat status;
    return stat(path, &status) == 0 ? status.st_mode & 07777 : 0;
}

static bool exists(const char *path) {
    struct stat status;
    return lstat(path, &status) == 0;
}

static void put(struct atomic_file *file, const char *text) {
    struct failure failure = {0};
    CU_ASSERT_TRUE(atomic_file_write(file, text, strlen(text), &failure));
}

/* The failure has that exit status, and its text quotes the path and has the words. */
static void assert_failure(const struct failure *failure, int exit_status, const char *path,
                           const char *words) {
    char quoted[1100];
    snprintf(quoted, sizeof quoted, "'%s'", path);
    CU_ASSERT_EQUAL(failure->exit_status, exit_status);
    CU_ASSERT_PTR_NOT_NULL(strstr(failure->text, quoted));
    CU_ASSERT_PTR_NOT_NULL(strstr(failure->text, words));
    if (!strstr(failure->text, words))
        printf("\n  expected \"%s\" in: %s\n", words, failure->text);
}

static void test_new_file_appears_at_commit(void) {
    const char *path = scratch_path("new.txt");
    struct failure failure = {0};
    struct atomic_file file;
    const mode_t mask = umask(027);
    CU_ASSERT_TRUE_FATAL(atomic_file_open(&file, path, &failure));
    put(&file, "whole\n");
    CU_ASSERT_FALSE(exists(path));
    /* Nothing to see while it is written, or one hidden file where it needs a name. */
    CU_ASSERT_EQUAL(scratch_entries(""), file.temporary ? 1 : 0);
    CU_ASSERT_TRUE(atomic_file_commit(&file, &failure));
    umask(mask);
    CU_ASSERT_TRUE(scratch_holds(path, "whole\n"));
    CU_ASSERT_EQUAL(permissions(path), 0640);
    CU_ASSERT_EQUAL(scratch_entries(""), 1);
    CU_ASSERT_EQUAL(failure.exit_status, EXIT_DONE);
    atomic_file_abandon(&file);
    CU_ASSERT_TRUE(exists(path));
}

static void test_same_target(void) {
    char plain[512], dotted[512], linked[512];
    snprintf(plain, sizeof plain, "%s", scratch_path("a.png"));
    snprintf(dotted, sizeof dotted, "%s", scratch_path("./a.png"));
    snprintf(linked, sizeof linked, "%s", scratch_path("link.png"));
    CU_ASSERT_TRUE(atomic_file_same_target(plain, plain));
    CU_ASSERT_TRUE(atomic_file_same_target(plain, dotted));
    CU_ASSERT_FALSE(atomic_file_same_target(plain, linked));
    CU_ASSERT_EQUAL_FATAL(symlink("a.png", linked), 0);
    CU_ASSERT_TRUE(atomic_file_same_target(plain, linked));
    CU_ASSERT_FALSE(atomic_file_same_target(plain, scratch_path("b.png")));
    CU_ASSERT_FALSE(atomic_file_same_target(plain, scratch_path("nowhere/a.png")));
}

static void test_commit_replaces_and_keeps_permissions(void) {
    const char *path = scratch_path("old.txt");
    struct failure failure = {0};
    struct atomic_file file;
    scratch_write(path, "old");
    CU_ASSERT_EQUAL_FATAL(chmod(path, 0606), 0);
    CU_ASSERT_TRUE_FATAL(atomic_file_open(&file, path, &failure));
    fputs("written to the stream", file.stream);
    CU_ASSERT_TRUE(scratch_holds(path, "old"));
    CU_ASSERT_TRUE(atomic_file_commit(&file, &failure));
    CU_ASSERT_TRUE(scratch_holds(path, "written to the stream"));
    CU_ASSERT_EQUAL(permissions(path), 0606);
    CU_ASSERT_EQUAL(scratch_entries(""), 1);
}

static void test_commit_new_never_replaces(void) {
    const char *path = scratch_path("new.txt");
    struct failure failure = {0};
    struct atomic_file first, second;
    CU_ASSERT_TRUE_FATAL(atomic_file_open(&first, path, &failure));
    CU_ASSERT_TRUE_FATAL(atomic_file_open(&second, path, &failure));
    put(&first, "first");
    put(&second, "second");
    CU_ASSERT_TRUE(atomic_file_commit_new(&first, &failure));
    CU_ASSERT_EQUAL(failure.exit_status, EXIT_DONE);
    CU_ASSERT_FALSE(atomic_file_commit_new(&second, &failure));
    assert_failure(&failure, EXIT_RUN, path, strerror(EEXIST));
    CU_ASSERT_TRUE(scratch_holds(path, "first"));
    CU_ASSERT_EQUAL(scratch_entries(""), 1);
    CU_ASSERT_PTR_NULL(second.stream);
}

static void test_abandon_keeps_the_old_file(void) {
    const char *path = scratch_path("old.txt");
    struct failure failure = {0};
    struct atomic_file file = {0};
    atomic_file_abandon(&file);
    scratch_write(path, "old");
    CU_ASSERT_TRUE_FATAL(atomic_file_open(&file, path, &failure));
    put(&file, "new");
    atomic_file_abandon(&file);
    CU_ASSERT_TRUE(scratch_holds(path, "old"));
    CU_ASSERT_EQUAL(scratch_entries(""), 1);
    CU_ASSERT_PTR_NULL(file.stream);
    atomic_file_abandon(&file);
    CU_ASSERT_EQUAL(scratch_entries(""), 1);
}

/* Writes `bytes` bytes over an old file where only 1000 fit, by atomic_file_write or past it. */
static void write_too_much(size_t bytes, bool to_stream) {
    const char *path = scratch_path("old.txt");
    struct failure failure = {0}, later = {0};
    struct atomic_file file;
    char *data = calloc(1, bytes);
    scratch_write(path, "old");
    CU_ASSERT_TRUE_FATAL(atomic_file_open(&file, path, &failure));
    scratch_limit_files(1000);
    bool written = true;
    if (to_stream)
        fwrite(data, 1, bytes, file.stream);
    else
        written = atomic_file_write(&file, data, bytes, &failure);
    CU_ASSERT_FALSE(atomic_file_commit(&file, written ? &failure : &later));
    scratch_limit_files(0);
    assert_failure(&failure, EXIT_RUN, path, strerror(EFBIG));
    assert_failure(&failure, EXIT_RUN, path, "the earlier file is untouched");
    if (!written)
        assert_failure(&later, EXIT_RUN, path, strerror(EFBIG));
    CU_ASSERT_TRUE(scratch_holds(path, "old"));
    CU_ASSERT_EQUAL(scratch_entries(""), 1);
    free(data);
}

static void test_failed_write_keeps_the_old_file(void) {
    write_too_much(1001, false);    /* fits the stream's buffer: found by the flush */
    write_too_much(1 << 20, false); /* found by the write */
    write_too_much(1001, true);
    write_too_much(1 << 20, true);
}

static void test_failed_write_of_a_new_file_leaves_none(void) {
    const char *path = scratch_path("new.txt");
    struct failure failure = {0};
    struct atomic_file file;
    const char data[2000] = {0};
    CU_ASSERT_TRUE_FATAL(atomic_file_open(&file, path, &failure));
    scratch_limit_files(1000);
    atomic_file_write(&file, data, sizeof data, &failure);
    CU_ASSERT_FALSE(atomic_file_commit(&file, &failure));
    scratch_limit_files(0);
    assert_failure(&failure, EXIT_RUN, path, "nothing of it is left behind");
    CU_ASSERT_EQUAL(scratch_entries(""), 0);
}

static void test_failed_rename_leaves_nothing(void) {
    const char *path = scratch_path("taken");
    struct failure failure = {0};
    struct atomic_file file;
    CU_ASSERT_TRUE_FATAL(atomic_file_open(&file, path, &failure));
    put(&file, "new");
    CU_ASSERT_EQUAL_FATAL(mkdir(path, 0755), 0); /* a directory takes the name in the meantime */
    CU_ASSERT_FALSE(atomic_file_commit(&file, &failure));
    assert_failure(&failure, EXIT_RUN, path, strerror(EISDIR));
    CU_ASSERT_EQUAL(scratch_entries(""), 1);
    CU_ASSERT_EQUAL(scratch_entries("taken"), 0);
}

static void test_full_disk_is_named(void) {
    const char *path = scratch_path("x.txt");
    struct failure failure = {0};
    struct atomic_file file;
    CU_ASSERT_TRUE_FATAL(atomic_file_open(&file, path, &failure));
    CU_ASSERT_FALSE(atomic_file_failed(&file, ENOSPC, &failure));
    assert_failure(&failure, EXIT_RUN, path, "No space left on device: free some space");
    atomic_file_abandon(&file);
}

static void commit_text(const char *path, const char *text) {
    struct failure failure = {0};
    struct atomic_file file;
    CU_ASSERT_TRUE_FATAL(atomic_file_open(&file, path, &failure));
    put(&file, text);
    CU_ASSERT_TRUE(atomic_file_commit(&file, &failure));
}

/* Only root may write to /; others must at least get an error that names the right directory. */
static void test_name_in_the_root_directory(void) {
    const char *path = "/plait-test-of-a-name-in-the-root-directory";
    struct failure failure = {0};
    if (!atomic_file_check(path, &failure))
        assert_failure(&failure, EXIT_USAGE, path, "directory '/': ");
    CU_ASSERT_FALSE(exists(path));
}

/* What another process would do: open the shared name, write and read back. */
static void write_by_name(const struct atomic_file *file, const char *text) {
    char name[600], back[16] = "";
    CU_ASSERT_TRUE_FATAL(atomic_file_shared_name(file, name, sizeof name));
    CU_ASSERT_EQUAL(name[0], '/');
    FILE *other = fopen(name, "r+b");
    CU_ASSERT_PTR_NOT_NULL_FATAL(other);
    CU_ASSERT_TRUE(fputs(text, other) >= 0);
    fclose(other);
    CU_ASSERT_EQUAL(pread(fileno(file->stream), back, sizeof back - 1, 0), (ssize_t)strlen(text));
    CU_ASSERT_STRING_EQUAL(back, text);
    CU_ASSERT_FALSE(atomic_file_shared_name(file, name, 8));
}

static void test_shared_file(void) {
    const char *path = scratch_path("shared.txt");
    struct failure failure = {0};
    struct atomic_file file;
    for (int named = 0; named <= 1; named++) {
        scratch_write(path, "old");
        CU_ASSERT_TRUE_FATAL(atomic_file_open_shared(&file, path, named, &failure));
        CU_ASSERT_EQUAL(scratch_entries(""), file.temporary ? 2 : 1);
        CU_ASSERT_TRUE(file.temporary || !named);
        write_by_name(&file, "new\n");
        CU_ASSERT_TRUE(scratch_holds(path, "old"));
        CU_ASSERT_TRUE(atomic_file_commit(&file, &failure));
        CU_ASSERT_TRUE(scratch_holds(path, "new\n"));

        CU_ASSERT_TRUE_FATAL(atomic_file_open_shared(&file, path, named, &failure));
        write_by_name(&file, "lost\n");
        atomic_file_abandon(&file);
        CU_ASSERT_TRUE(scratch_holds(path, "new\n"));
        CU_ASSERT_EQUAL(scratch_entries(""), 1);
    }
}

static void test_shared_name_of_a_bare_name(void) {
    struct failure failure = {0};
    struct atomic_file file;
    char before[600];
    CU_ASSERT_PTR_NOT_NULL_FATAL(getcwd(before, sizeof before));
    CU_ASSERT_EQUAL_FATAL(chdir(scratch_path("")), 0);
    CU_ASSERT_TRUE_FATAL(atomic_file_open_shared(&file, "bare", true, &failure));
    write_by_name(&file, "text");
    atomic_file_abandon(&file);
    CU_ASSERT_EQUAL(chdir(before), 0);
    CU_ASSERT_EQUAL(scratch_entries(""), 0);
}

static void test_links_stay(void) {
    const char *real = scratch_path("sub/real.txt"), *link = scratch_path("link.txt");
    const char *second = scratch_path("second.txt");
    struct stat status;
    CU_ASSERT_EQUAL_FATAL(mkdir(scratch_path("sub"), 0755), 0);
    CU_ASSERT_EQUAL_FATAL(symlink("sub/real.txt", link), 0);
    CU_ASSERT_EQUAL_FATAL(symlink(link, second), 0); /* absolute, to a link */
    commit_text(link, "through a link that leads nowhere yet");
    CU_ASSERT_TRUE(scratch_holds(real, "through a link that leads nowhere yet"));
    commit_text(second, "through two links");
    CU_ASSERT_TRUE(scratch_holds(real, "through two links"));
    CU_ASSERT_TRUE(lstat(link, &status) == 0 && S_ISLNK(status.st_mode));
    CU_ASSERT_TRUE(lstat(second, &status) == 0 && S_ISLNK(status.st_mode));
    CU_ASSERT_TRUE(lstat(real, &status) == 0 && S_ISREG(status.st_mode));
    CU_ASSERT_EQUAL(scratch_entries(""), 3);
    CU_ASSERT_EQUAL(scratch_entries("sub"), 1);
}

static void test_bare_name_is_in_the_current_directory(void) {
    char before[1024];
    CU_ASSERT_PTR_NOT_NULL_FATAL(getcwd(before, sizeof before));
    CU_ASSERT_EQUAL_FATAL(chdir(scratch_path("")), 0);
    commit_text("bare.txt", "here");
    CU_ASSERT_EQUAL_FATAL(chdir(before), 0);
    CU_ASSERT_TRUE(scratch_holds(scratch_path("bare.txt"), "here"));
}

static void refuse(const char *path, const char *words) {
    struct failure failure = {0}, at_open = {0};
    struct atomic_file file;
    CU_ASSERT_FALSE(atomic_file_check(path, &failure));
    assert_failure(&failure, EXIT_USAGE, path, words);
    CU_ASSERT_FALSE(atomic_file_open(&file, path, &at_open));
    assert_failure(&at_open, EXIT_RUN, path, words);
    CU_ASSERT_PTR_NULL(file.stream);
}

static void test_check_says_what_is_wrong(void) {
    char long_name[300];
    memset(long_name, 'a', sizeof long_name - 1);
    long_name[sizeof long_name - 1] = '\0';
    scratch_write(scratch_path("file"), "old");
    CU_ASSERT_EQUAL_FATAL(mkdir(scratch_path("directory"), 0755), 0);
    CU_ASSERT_EQUAL_FATAL(symlink("loop", scratch_path("loop")), 0);
    CU_ASSERT_EQUAL_FATAL(symlink("/dev/null", scratch_path("device")), 0);
    CU_ASSERT_EQUAL_FATAL(mkfifo(scratch_path("pipe"), 0644), 0);
    const size_t entries = scratch_entries("");

    refuse("", "the name is empty: name a file");
    refuse(scratch_path("missing/x.png"), "there is no directory");
    refuse(scratch_path("file/x.png"), "is a file, not a directory");
    refuse(scratch_path("file/sub/x.png"), "is a file, not a directory");
    refuse(scratch_path("directory"), "it is a directory: add the name of a file");
    refuse(scratch_path("directory/"), "it names a directory");
    refuse(scratch_path("directory/.."), "it is a directory");
    refuse(scratch_path(long_name), strerror(ENAMETOOLONG));
    refuse(scratch_path("loop"), strerror(ELOOP));
    refuse(scratch_path("device"), "name a regular file");
    refuse(scratch_path("pipe"), "name a regular file");
    refuse("/dev/null", "name a regular file");
    CU_ASSERT_EQUAL(scratch_entries(""), entries);
    CU_ASSERT_EQUAL(scratch_entries("directory"), 0);
}

static void test_check_leaves_no_trace(void) {
    const char *path = scratch_path("old.txt");
    struct failure failure = {0};
    scratch_write(path, "old");
    CU_ASSERT_TRUE(atomic_file_check(path, &failure));
    CU_ASSERT_TRUE(atomic_file_check(scratch_path("new.txt"), &failure));
    CU_ASSERT_EQUAL(failure.exit_status, EXIT_DONE);
    CU_ASSERT_TRUE(scratch_holds(path, "old"));
    CU_ASSERT_EQUAL(scratch_entries(""), 1);
}

/* root may do anything, so as root these are tried as another user. */
static void test_check_knows_permissions(void) {
    const bool root = geteuid() == 0;
    CU_ASSERT_EQUAL_FATAL(mkdir(scratch_path("closed"), 0755), 0);
    CU_ASSERT_EQUAL_FATAL(chmod(scratch_path("closed"), 0555), 0);
    CU_ASSERT_EQUAL_FATAL(mkdir(scratch_path("open"), 0755), 0);
    CU_ASSERT_EQUAL_FATAL(chmod(scratch_path("open"), 01777), 0);
    scratch_write(scratch_path("open/read_only"), "old");
    CU_ASSERT_EQUAL_FATAL(chmod(scratch_path("open/read_only"), 0444), 0);
    scratch_write(scratch_path("open/others"), "old");
    CU_ASSERT_EQUAL_FATAL(chmod(scratch_path("open/others"), 0666), 0);

    if (root)
        CU_ASSERT_EQUAL_FATAL(seteuid(65534), 0);
    refuse(scratch_path("closed/x.txt"), strerror(EACCES));
    refuse(scratch_path("open/read_only"), strerror(EACCES));
    if (root)
        refuse(scratch_path("open/others"), "it belongs to another user");
    commit_text(scratch_path("open/mine"), "new");
    if (root)
        CU_ASSERT_EQUAL_FATAL(seteuid(0), 0);
    CU_ASSERT_EQUAL_FATAL(chmod(scratch_path("closed"), 0755), 0);
    CU_ASSERT_EQUAL(scratch_entries("open"), 3);
    CU_ASSERT_EQUAL(scratch_entries("closed"), 0);
}

int main(void) {
    static CU_TestInfo tests[] = {
        {"new file appears at commit", test_new_file_appears_at_commit},
        {"same target", test_same_target},
        {"commit replaces and keeps permissions", test_commit_replaces_and_keeps_permissions},
        {"commit new never replaces", test_commit_new_never_replaces},
        {"abandon keeps the old file", test_abandon_keeps_the_old_file},
        {"failed write keeps the old file", test_failed_write_keeps_the_old_file},
        {"failed write of a new file", test_failed_write_of_a_new_file_leaves_none},
        {"failed rename", test_failed_rename_leaves_nothing},
        {"full disk is named", test_full_disk_is_named},
        {"shared file", test_shared_file},
        {"shared name of a bare name", test_shared_name_of_a_bare_name},
        {"links stay", test_links_stay},
        {"bare name", test_bare_name_is_in_the_current_directory},
        {"name in the root directory", test_name_in_the_root_directory},
        {"check says what is wrong", test_check_says_what_is_wrong},
        {"check leaves no trace", test_check_leaves_no_trace},
        {"check knows permissions", test_check_knows_permissions},
        CU_TEST_INFO_NULL,
    };
    return run_suite_between("atomic_file", scratch_begin, scratch_end, tests);
}
