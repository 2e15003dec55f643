/* SPDX-License-Identifier: MIT
 * The file of a checkpoint: what was committed comes back, whatever else happened to the file; what
 * is damaged, foreign, of another run or in use is refused and left alone. */
#include "files/checkpoint.h"
#include "plait/digest.h"
#include "scratch.h"
#include "suite.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ROWS = 6, WIDTH = 3, ROW_BYTES = WIDTH * 4 };

/* Of a row, so that a wrong one shows. */
static int32_t count_at(uint64_t row, int column) {
    return (int32_t)(1000 * row + (uint64_t)column + 7);
}

static struct plait_exec exec_plain(void) {
    struct plait_exec exec;
    CU_ASSERT_EQUAL_FATAL(plait_exec_init(&exec, "scalar", 1), PLAIT_OK);
    return exec;
}

static struct checkpoint_parameters parameters_of(const char *maxit) {
    struct checkpoint_parameters parameters = {""};
    checkpoint_parameter(&parameters, "subcommand", "%s", "mandelbrot");
    checkpoint_parameter(&parameters, "size", "%dx%d", WIDTH, ROWS);
    checkpoint_parameter(&parameters, "maxit", "%s", maxit);
    return parameters;
}

static void make(struct checkpoint *checkpoint, const char *path) {
    struct failure failure = {0};
    const struct checkpoint_parameters parameters = parameters_of("127");
    *checkpoint = (struct checkpoint){0};
    CU_ASSERT_TRUE_FATAL(checkpoint_create(checkpoint, path, &parameters, &failure));
    checkpoint_set_interval(checkpoint, 0);
}

typedef bool write_fn(struct checkpoint *, uint64_t, uint64_t, uint64_t, const uint64_t *,
                      const void *, struct failure *);

static bool put(struct checkpoint *checkpoint, write_fn *write, uint64_t first, uint64_t count,
                struct failure *failure) {
    const struct plait_exec exec = exec_plain();
    int32_t rows[ROWS][WIDTH];
    uint64_t digests[ROWS];
    for (uint64_t r = 0; r < count; r++)
        for (int c = 0; c < WIDTH; c++)
            rows[r][c] = count_at(first + r, c);
    plait_digest_rows(&exec, rows[0], (uint32_t)count, WIDTH, digests);
    return write(checkpoint, first, count, ROW_BYTES, digests, rows, failure);
}

static void must_put(struct checkpoint *checkpoint, write_fn *write, uint64_t first,
                     uint64_t count) {
    struct failure failure = {0};
    CU_ASSERT_TRUE_FATAL(put(checkpoint, write, first, count, &failure));
}

static void must_commit(struct checkpoint *checkpoint) {
    struct failure failure = {0};
    CU_ASSERT_TRUE_FATAL(checkpoint_commit(checkpoint, &failure));
}

/* What a run with these parameters makes of the file: which rows it would go on from, a bit each,
 * or -1 if it is refused. Wrong counts are a failed test. */
static int rows_in(const char *path, const struct checkpoint_parameters *parameters,
                   struct failure *failure) {
    const struct plait_exec exec = exec_plain();
    struct checkpoint checkpoint;
    struct checkpoint_record record;
    bool found;
    uint64_t cursor = 0;
    int mask = 0;
    if (checkpoint_open(&checkpoint, path, parameters, &found, failure) && found)
        while (checkpoint_next(&checkpoint, &cursor, &record, failure)) {
            int32_t rows[ROWS][WIDTH];
            uint64_t digests[ROWS];
            if (record.row_bytes != ROW_BYTES || record.count > ROWS) {
                CU_FAIL("a record of another shape passes");
                break;
            }
            if (!checkpoint_read(&checkpoint, &record, &exec, rows, digests, failure))
                break;
            for (uint64_t r = 0; r < record.count; r++) {
                for (int c = 0; c < WIDTH; c++)
                    if (rows[r][c] != count_at(record.first + r, c))
                        CU_FAIL("wrong counts pass");
                mask |= 1 << (record.first + r);
            }
        }
    checkpoint_close(&checkpoint);
    return failure->exit_status == EXIT_DONE ? mask : -1;
}

static int good_rows_in(const char *path) {
    struct failure failure = {0};
    const struct checkpoint_parameters parameters = parameters_of("127");
    const int mask = rows_in(path, &parameters, &failure);
    if (failure.exit_status != EXIT_DONE)
        printf("\n  %s\n", failure.text);
    return mask;
}

/* Refused with exit status 2 and these words, and untouched. */
static void refuse(const char *path, const struct checkpoint_parameters *parameters,
                   const char *words) {
    struct failure failure = {0};
    size_t before_bytes, after_bytes;
    uint8_t *before = scratch_read(path, &before_bytes);
    CU_ASSERT_EQUAL(rows_in(path, parameters, &failure), -1);
    CU_ASSERT_EQUAL(failure.exit_status, EXIT_USAGE);
    CU_ASSERT_PTR_NOT_NULL(strstr(failure.text, path));
    CU_ASSERT_PTR_NOT_NULL(strstr(failure.text, words));
    if (!strstr(failure.text, words))
        printf("\n  expected \"%s\" in: %s\n", words, failure.text);
    uint8_t *after = scratch_read(path, &after_bytes);
    CU_ASSERT_TRUE(before && after && before_bytes == after_bytes &&
                   memcmp(before, after, before_bytes) == 0);
    free(before);
    free(after);
}

static void test_committed_rows_come_back(void) {
    const char *path = scratch_path("a.ck");
    struct failure failure = {0};
    struct checkpoint checkpoint;
    make(&checkpoint, path);
    checkpoint_close(&checkpoint);
    CU_ASSERT_EQUAL(good_rows_in(path), 0);

    const struct checkpoint_parameters parameters = parameters_of("127");
    bool found;
    CU_ASSERT_TRUE_FATAL(checkpoint_open(&checkpoint, path, &parameters, &found, &failure));
    CU_ASSERT_TRUE(found);
    must_put(&checkpoint, checkpoint_append, 1, 2);
    must_put(&checkpoint, checkpoint_append, 5, 1);
    must_commit(&checkpoint);
    must_put(&checkpoint, checkpoint_append, 0, 1); /* as if killed before the commit */
    checkpoint_close(&checkpoint);
    CU_ASSERT_EQUAL(good_rows_in(path), 0x26);

    CU_ASSERT_TRUE_FATAL(checkpoint_open(&checkpoint, path, &parameters, &found, &failure));
    must_put(&checkpoint, checkpoint_append, 3, 2);
    must_commit(&checkpoint);
    CU_ASSERT_TRUE(checkpoint_remove(&checkpoint, &failure));
    checkpoint_close(&checkpoint);
    CU_ASSERT_EQUAL(scratch_entries(""), 0);
}

/* Content that is rewritten as a whole: the last one that was committed counts, and the file stays
 * small. */
static void test_replaced_content(void) {
    const char *path = scratch_path("a.ck");
    struct checkpoint checkpoint;
    struct stat status;
    make(&checkpoint, path);
    for (int k = 0; k < 50; k++) {
        must_put(&checkpoint, checkpoint_replace, 0, (uint64_t)(1 + k % ROWS));
        must_put(&checkpoint, checkpoint_replace, 0, (uint64_t)(1 + k % 4));
        must_commit(&checkpoint);
        must_put(&checkpoint, checkpoint_replace, 4, 2); /* not committed */
        checkpoint_close(&checkpoint);
        CU_ASSERT_EQUAL(good_rows_in(path), (1 << (1 + k % 4)) - 1);
        struct failure failure = {0};
        bool found;
        const struct checkpoint_parameters parameters = parameters_of("127");
        CU_ASSERT_TRUE_FATAL(checkpoint_open(&checkpoint, path, &parameters, &found, &failure));
    }
    checkpoint_close(&checkpoint);
    CU_ASSERT_TRUE(stat(path, &status) == 0 && status.st_size < 3 * 4096 + 5 * (ROWS * 20 + 40));
}

static void test_no_file_is_no_failure(void) {
    struct failure failure = {0};
    const struct checkpoint_parameters parameters = parameters_of("127");
    struct checkpoint checkpoint;
    bool found = true;
    CU_ASSERT_TRUE(
        checkpoint_open(&checkpoint, scratch_path("none.ck"), &parameters, &found, &failure));
    CU_ASSERT_FALSE(found);
    checkpoint_close(&checkpoint);
    CU_ASSERT_EQUAL(scratch_entries(""), 0);
}

static void test_foreign_files(void) {
    const struct checkpoint_parameters parameters = parameters_of("127");
    const char *path = scratch_path("notes.txt");
    scratch_write(path, "");
    refuse(path, &parameters, "is not a checkpoint of Plait");
    scratch_write(path, "my notes");
    refuse(path, &parameters, "is not a checkpoint of Plait");
    char *long_text = malloc(20001);
    memset(long_text, 'x', 20000);
    long_text[20000] = '\0';
    scratch_write(path, long_text);
    refuse(path, &parameters, "is not a checkpoint of Plait");
    free(long_text);
}

static void test_other_parameters(void) {
    const char *path = scratch_path("a.ck");
    struct checkpoint checkpoint;
    struct checkpoint_parameters parameters = parameters_of("500");
    make(&checkpoint, path);
    checkpoint_close(&checkpoint);
    refuse(path, &parameters, "whose maxit is 127, not 500");
    parameters = parameters_of("12");
    refuse(path, &parameters, "whose maxit is 127, not 12");
    parameters = (struct checkpoint_parameters){""};
    checkpoint_parameter(&parameters, "subcommand", "julia");
    checkpoint_parameter(&parameters, "maxit", "500");
    refuse(path, &parameters, "whose subcommand is mandelbrot, not julia");
    parameters = parameters_of("127");
    checkpoint_parameter(&parameters, "c", "0,1");
    refuse(path, &parameters, "whose c is nothing, not 0,1");
}

static void change_byte(const char *path, size_t offset, uint8_t value) {
    const int descriptor = open(path, O_WRONLY);
    CU_ASSERT_EQUAL_FATAL(pwrite(descriptor, &value, 1, (off_t)offset), 1);
    close(descriptor);
}

static void test_other_format(void) {
    const char *path = scratch_path("a.ck");
    const struct checkpoint_parameters parameters = parameters_of("127");
    struct checkpoint checkpoint;
    make(&checkpoint, path);
    checkpoint_close(&checkpoint);
    change_byte(path, 8, CHECKPOINT_FORMAT + 1);
    refuse(path, &parameters, "has format 2, this Plait knows 1");
}

/* A run is looked at by another process: the lock of a process does not keep itself out. */
static void test_second_run_is_kept_out(void) {
    const char *path = scratch_path("a.ck");
    const struct checkpoint_parameters parameters = parameters_of("127");
    struct checkpoint checkpoint;
    make(&checkpoint, path);
    const pid_t child = fork();
    if (child == 0) {
        struct failure failure = {0};
        const int mask = rows_in(path, &parameters, &failure);
        _exit(mask == -1 && failure.exit_status == EXIT_USAGE &&
                      strstr(failure.text, "is in use by another run")
                  ? 0
                  : 1);
    }
    int status = 1;
    CU_ASSERT_TRUE(waitpid(child, &status, 0) == child && status == 0);
    struct failure failure = {0};
    struct checkpoint second = {0};
    CU_ASSERT_FALSE(checkpoint_create(&second, path, &parameters, &failure));
    CU_ASSERT_EQUAL(failure.exit_status, EXIT_RUN);
    checkpoint_close(&second);
    checkpoint_close(&checkpoint);
    CU_ASSERT_EQUAL(good_rows_in(path), 0);
    CU_ASSERT_EQUAL(scratch_entries(""), 1);
}

/* A file with rows 0 to 3 committed, 0 and 1 before the others; *bytes is its size. */
static uint8_t *sample(const char *path, write_fn *write, size_t *bytes) {
    struct checkpoint checkpoint;
    make(&checkpoint, path);
    must_put(&checkpoint, write, 0, 2);
    must_commit(&checkpoint);
    must_put(&checkpoint, write, 2, 2);
    must_commit(&checkpoint);
    checkpoint_close(&checkpoint);
    uint8_t *content = scratch_read(path, bytes);
    CU_ASSERT_PTR_NOT_NULL_FATAL(content);
    return content;
}

/* However the file is damaged, it is refused, or it is read without a wrong count; and most damage
 * is noticed. */
static void damage(write_fn *write) {
    const char *path = scratch_path("a.ck");
    const struct checkpoint_parameters parameters = parameters_of("127");
    size_t bytes;
    uint8_t *content = sample(path, write, &bytes);
    const int whole = good_rows_in(path);
    CU_ASSERT_EQUAL(whole, write == checkpoint_append ? 0xf : 0xc);
    size_t refused = 0, used = 0;
    for (size_t k = 0; k < bytes; k++) {
        const bool padding = content[k] == 0;
        for (int how = 0; how < 2; how++) {
            struct failure failure = {0};
            change_byte(path, k, (uint8_t)(content[k] ^ (how ? 0xff : 1 << k % 8)));
            refused += rows_in(path, &parameters, &failure) == -1;
            used += !padding;
            CU_ASSERT_TRUE(failure.exit_status == EXIT_DONE || failure.exit_status == EXIT_USAGE);
        }
        change_byte(path, k, content[k]);
    }
    CU_ASSERT_EQUAL(good_rows_in(path), whole);
    CU_ASSERT_TRUE(refused > used / 2);
    for (size_t k = bytes; k-- > 0;) {
        struct failure failure = {0};
        CU_ASSERT_EQUAL_FATAL(truncate(path, (off_t)k), 0);
        CU_ASSERT_EQUAL(rows_in(path, &parameters, &failure), -1);
    }
    free(content);
}

static void test_damage_of_a_journal(void) {
    damage(checkpoint_append);
}

static void test_damage_of_replaced_content(void) {
    damage(checkpoint_replace);
}

/* Power that goes in the middle of a commit spoils the record that is being written. */
static void test_half_a_commit(void) {
    const char *path = scratch_path("a.ck");
    size_t bytes;
    uint8_t *content = sample(path, checkpoint_append, &bytes);
    /* Sequence 3 is the last, so its record is the second. */
    change_byte(path, 8192 + 3, (uint8_t)~content[8192 + 3]);
    CU_ASSERT_EQUAL(good_rows_in(path), 0x3);
    change_byte(path, 4096 + 3, (uint8_t)~content[4096 + 3]);
    const struct checkpoint_parameters parameters = parameters_of("127");
    refuse(path, &parameters, "its commit records");
    free(content);
}

static void test_full_disk(void) {
    const char *path = scratch_path("a.ck");
    struct failure failure = {0};
    struct checkpoint checkpoint;
    make(&checkpoint, path);
    must_put(&checkpoint, checkpoint_append, 0, 2);
    must_commit(&checkpoint);
    scratch_limit_files(3 * 4096 + 100);
    CU_ASSERT_FALSE(put(&checkpoint, checkpoint_append, 2, 2, &failure));
    scratch_limit_files(0);
    CU_ASSERT_EQUAL(failure.exit_status, EXIT_RUN);
    CU_ASSERT_PTR_NOT_NULL(strstr(failure.text, "what it has kept is good"));
    checkpoint_close(&checkpoint);
    CU_ASSERT_EQUAL(good_rows_in(path), 0x3);
}

static void test_link_and_removal(void) {
    const char *path = scratch_path("a.ck"), *link = scratch_path("link.ck");
    struct failure failure = {0};
    struct checkpoint checkpoint;
    CU_ASSERT_EQUAL_FATAL(symlink("a.ck", link), 0);
    make(&checkpoint, link);
    CU_ASSERT_EQUAL(access(path, F_OK), 0);
    CU_ASSERT_TRUE(checkpoint_remove(&checkpoint, &failure));
    checkpoint_close(&checkpoint);
    CU_ASSERT_NOT_EQUAL(access(path, F_OK), 0);
    CU_ASSERT_EQUAL(scratch_entries(""), 1);
}

static void test_peek(void) {
    const char *path = scratch_path("a.ck");
    struct checkpoint checkpoint;
    char value[16] = "";
    CU_ASSERT_FALSE(checkpoint_peek(path, "maxit", value, sizeof value));
    make(&checkpoint, path);
    CU_ASSERT_TRUE(checkpoint_peek(path, "maxit", value, sizeof value));
    CU_ASSERT_STRING_EQUAL(value, "127");
    CU_ASSERT_FALSE(checkpoint_peek(path, "max", value, sizeof value));
    checkpoint_close(&checkpoint);
}

static void test_when_it_is_time(void) {
    struct checkpoint checkpoint;
    make(&checkpoint, scratch_path("a.ck"));
    CU_ASSERT_TRUE(checkpoint_is_due(&checkpoint));
    must_put(&checkpoint, checkpoint_append, 0, 1);
    must_commit(&checkpoint);
    CU_ASSERT_TRUE(checkpoint_is_due(&checkpoint));
    checkpoint_set_interval(&checkpoint, 3600);
    CU_ASSERT_FALSE(checkpoint_is_due(&checkpoint));
    checkpoint_close(&checkpoint);
}

int main(void) {
    static CU_TestInfo tests[] = {
        {"committed rows come back", test_committed_rows_come_back},
        {"replaced content", test_replaced_content},
        {"no file is no failure", test_no_file_is_no_failure},
        {"foreign files", test_foreign_files},
        {"other parameters", test_other_parameters},
        {"other format", test_other_format},
        {"second run is kept out", test_second_run_is_kept_out},
        {"damage of a journal", test_damage_of_a_journal},
        {"damage of replaced content", test_damage_of_replaced_content},
        {"half a commit", test_half_a_commit},
        {"full disk", test_full_disk},
        {"link and removal", test_link_and_removal},
        {"peek", test_peek},
        {"when it is time", test_when_it_is_time},
        CU_TEST_INFO_NULL,
    };
    return run_suite_between("checkpoint", scratch_begin, scratch_end, tests);
}
