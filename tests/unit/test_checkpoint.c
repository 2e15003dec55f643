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

/* Opens a log that may be there. */
static bool open_log(struct checkpoint *checkpoint, const char *path,
                     const struct checkpoint_parameters *wanted, bool *found,
                     struct failure *failure) {
    return checkpoint_open(checkpoint, path, wanted, found, failure) &&
           (!*found || checkpoint_find_log(checkpoint, failure));
}

/* Of all runs of the tests: a checkpoint refers to it. */
static struct checkpoint_parameters usual;

static void make(struct checkpoint *checkpoint, const char *path) {
    struct failure failure = {0};
    bool found;
    usual = parameters_of("127");
    CU_ASSERT_TRUE_FATAL(open_log(checkpoint, path, &usual, &found, &failure));
    CU_ASSERT_FALSE_FATAL(found);
    CU_ASSERT_TRUE_FATAL(checkpoint_create_log(checkpoint, &failure));
    checkpoint_set_interval(checkpoint, 0);
}

static bool put(struct checkpoint *checkpoint, uint64_t first, uint64_t count,
                struct failure *failure) {
    const struct plait_exec exec = exec_plain();
    const struct checkpoint_record record = {
        .first = first, .count = count, .row_bytes = ROW_BYTES};
    int32_t rows[ROWS][WIDTH];
    uint64_t digests[ROWS];
    for (uint64_t r = 0; r < count; r++)
        for (int c = 0; c < WIDTH; c++)
            rows[r][c] = count_at(first + r, c);
    plait_digest_rows(&exec, rows[0], (uint32_t)count, WIDTH, digests);
    return checkpoint_append(checkpoint, &record, digests, rows, failure);
}

static void must_put(struct checkpoint *checkpoint, uint64_t first, uint64_t count) {
    struct failure failure = {0};
    CU_ASSERT_TRUE_FATAL(put(checkpoint, first, count, &failure));
}

static void must_commit(struct checkpoint *checkpoint) {
    struct failure failure = {0};
    CU_ASSERT_TRUE_FATAL(checkpoint_commit(checkpoint, &failure));
}

/* What a run with these parameters makes of the file: which rows it would resume from, a bit each,
 * or -1 if it is refused. Wrong counts are a failed test. */
static int rows_in(const char *path, const struct checkpoint_parameters *parameters,
                   struct failure *failure) {
    const struct plait_exec exec = exec_plain();
    struct checkpoint checkpoint;
    struct checkpoint_record record;
    bool found;
    uint64_t cursor = 0;
    int mask = 0;
    if (open_log(&checkpoint, path, parameters, &found, failure) && found)
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
    CU_ASSERT_TRUE_FATAL(open_log(&checkpoint, path, &parameters, &found, &failure));
    CU_ASSERT_TRUE(found);
    must_put(&checkpoint, 1, 2);
    must_put(&checkpoint, 5, 1);
    must_commit(&checkpoint);
    must_put(&checkpoint, 0, 1); /* as if killed before the commit */
    checkpoint_close(&checkpoint);
    CU_ASSERT_EQUAL(good_rows_in(path), 0x26);

    CU_ASSERT_TRUE_FATAL(open_log(&checkpoint, path, &parameters, &found, &failure));
    must_put(&checkpoint, 3, 2);
    must_commit(&checkpoint);
    CU_ASSERT_TRUE(checkpoint_remove(&checkpoint, &failure));
    checkpoint_close(&checkpoint);
    CU_ASSERT_EQUAL(scratch_entries(""), 0);
}

/* What a run finds in a whole that holds `words` words of this value: the value, or -1 if it is
 * refused. */
static int value_in(const char *path, size_t words, struct failure *failure) {
    struct checkpoint checkpoint;
    uint64_t *content = NULL;
    size_t count;
    bool found;
    int value = -1;
    usual = parameters_of("127");
    if (checkpoint_open(&checkpoint, path, &usual, &found, failure) && found &&
        checkpoint_read_whole(&checkpoint, &content, &count, failure)) {
        value = (int)content[0];
        CU_ASSERT_EQUAL(count, words + 1);
        for (size_t k = 0; k < words && k < count; k++)
            CU_ASSERT_EQUAL(content[k], content[0]);
    }
    free(content);
    checkpoint_close(&checkpoint);
    return value;
}

static bool rewrite(struct checkpoint *checkpoint, uint64_t value, size_t words,
                    struct failure *failure) {
    uint64_t content[64];
    for (size_t k = 0; k < words; k++)
        content[k] = value;
    return checkpoint_rewrite(checkpoint, content, words + 1, failure);
}

/* The last one counts, whatever its length, and the file is as long as its content. */
static void test_rewritten_content(void) {
    const char *path = scratch_path("a.ck");
    struct checkpoint checkpoint;
    struct failure failure = {0};
    struct stat status;
    bool found;
    for (uint64_t k = 1; k < 50; k++) {
        const size_t words = 1 + k * 7 % 50;
        usual = parameters_of("127");
        CU_ASSERT_TRUE_FATAL(checkpoint_open(&checkpoint, path, &usual, &found, &failure));
        CU_ASSERT_EQUAL(found, k > 1);
        CU_ASSERT_TRUE(rewrite(&checkpoint, 1000 + k, 50 - words, &failure));
        CU_ASSERT_TRUE(rewrite(&checkpoint, k, words, &failure));
        checkpoint_close(&checkpoint);
        CU_ASSERT_EQUAL(value_in(path, words, &failure), (int)k);
        CU_ASSERT_TRUE(stat(path, &status) == 0 && (size_t)status.st_size == 4096 + 8 * words + 8);
    }
    CU_ASSERT_EQUAL(scratch_entries(""), 1);
}

/* A run that is killed between the two names of its file leaves one, which the next save
 * replaces, and the end of the run removes. */
static void test_left_over(void) {
    const char *path = scratch_path("a.ck");
    struct checkpoint checkpoint;
    struct failure failure = {0};
    bool found;
    usual = parameters_of("127");
    CU_ASSERT_TRUE_FATAL(checkpoint_open(&checkpoint, path, &usual, &found, &failure));
    CU_ASSERT_TRUE(rewrite(&checkpoint, 1, 5, &failure));
    scratch_write(scratch_path(".plait-a.ck"), "left");
    CU_ASSERT_TRUE(rewrite(&checkpoint, 2, 5, &failure));
    CU_ASSERT_EQUAL(scratch_entries(""), 1);
    scratch_write(scratch_path(".plait-a.ck"), "left");
    CU_ASSERT_TRUE(checkpoint_remove(&checkpoint, &failure));
    checkpoint_close(&checkpoint);
    CU_ASSERT_EQUAL(scratch_entries(""), 0);
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
    refuse(path, &parameters, "whose c is the default, not 0,1");
    parameters = (struct checkpoint_parameters){""};
    checkpoint_parameter(&parameters, "subcommand", "mandelbrot");
    checkpoint_parameter(&parameters, "maxit", "127");
    refuse(path, &parameters, "whose size is 3x6, not the default");
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
    refuse(path, &parameters, "has format 3, this Plait knows 2");
    change_byte(path, 8, 1); /* as it was before a whole and a log were two things */
    refuse(path, &parameters, "has format 1, this Plait knows 2");
}

/* A run is looked at by another process: the lock of a process does not keep itself out. */
static void keep_out(struct checkpoint *checkpoint, const char *path) {
    const struct checkpoint_parameters parameters = parameters_of("127");
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
    /* One that has found no file before this one was made. */
    struct checkpoint second = {.path = strdup(path), .parameters = &parameters, .descriptor = -1};
    CU_ASSERT_FALSE(checkpoint_create_log(&second, &failure));
    CU_ASSERT_EQUAL(failure.exit_status, EXIT_RUN);
    checkpoint_close(&second);
    checkpoint_close(checkpoint);
    CU_ASSERT_EQUAL(scratch_entries(""), 1);
}

static void test_second_run_is_kept_out(void) {
    const char *path = scratch_path("a.ck");
    struct checkpoint checkpoint;
    struct failure failure = {0};
    bool found;
    make(&checkpoint, path);
    keep_out(&checkpoint, path);
    CU_ASSERT_EQUAL(good_rows_in(path), 0);
    unlink(path);
    /* A file that takes the place of another is locked as that was. */
    CU_ASSERT_TRUE_FATAL(checkpoint_open(&checkpoint, path, &usual, &found, &failure));
    CU_ASSERT_TRUE(rewrite(&checkpoint, 1, 3, &failure) && rewrite(&checkpoint, 2, 4, &failure));
    keep_out(&checkpoint, path);
    CU_ASSERT_EQUAL(value_in(path, 4, &failure), 2);
}

/* A file with rows 0 to 3 committed, 0 and 1 before the others; *bytes is its size. */
static uint8_t *sample(const char *path, size_t *bytes) {
    struct checkpoint checkpoint;
    make(&checkpoint, path);
    must_put(&checkpoint, 0, 2);
    must_commit(&checkpoint);
    must_put(&checkpoint, 2, 2);
    must_commit(&checkpoint);
    checkpoint_close(&checkpoint);
    uint8_t *content = scratch_read(path, bytes);
    CU_ASSERT_PTR_NOT_NULL_FATAL(content);
    return content;
}

/* What a run finds, one way or the other: the same after damage, or -1. */
typedef int look_fn(const char *path, struct failure *failure);

static int look_at_log(const char *path, struct failure *failure) {
    const struct checkpoint_parameters parameters = parameters_of("127");
    return rows_in(path, &parameters, failure);
}

static int look_at_whole(const char *path, struct failure *failure) {
    return value_in(path, 20, failure);
}

/* However the file is damaged, it is refused, or it is read without a wrong count; and most damage
 * is noticed. */
static void damage(const char *path, const uint8_t *content, size_t bytes, look_fn *look) {
    struct failure none = {0};
    const int whole = look(path, &none);
    CU_ASSERT_TRUE(whole > 0);
    size_t refused = 0, used = 0;
    for (size_t k = 0; k < bytes; k++) {
        const bool padding = content[k] == 0;
        for (int how = 0; how < 2; how++) {
            struct failure failure = {0};
            change_byte(path, k, (uint8_t)(content[k] ^ (how ? 0xff : 1 << k % 8)));
            refused += look(path, &failure) == -1;
            used += !padding;
            CU_ASSERT_TRUE(failure.exit_status == EXIT_DONE || failure.exit_status == EXIT_USAGE);
        }
        change_byte(path, k, content[k]);
    }
    CU_ASSERT_EQUAL(look(path, &none), whole);
    CU_ASSERT_TRUE(refused > used / 2);
    for (size_t k = bytes; k-- > 0;) {
        struct failure failure = {0};
        CU_ASSERT_EQUAL_FATAL(truncate(path, (off_t)k), 0);
        CU_ASSERT_EQUAL(look(path, &failure), -1);
    }
}

static void test_damage_of_a_log(void) {
    size_t bytes;
    uint8_t *content = sample(scratch_path("a.ck"), &bytes);
    CU_ASSERT_EQUAL(good_rows_in(scratch_path("a.ck")), 0xf);
    damage(scratch_path("a.ck"), content, bytes, look_at_log);
    free(content);
}

static void test_damage_of_a_whole(void) {
    const char *path = scratch_path("a.ck");
    struct checkpoint checkpoint;
    struct failure failure = {0};
    bool found;
    size_t bytes;
    usual = parameters_of("127");
    CU_ASSERT_TRUE_FATAL(checkpoint_open(&checkpoint, path, &usual, &found, &failure));
    CU_ASSERT_TRUE(rewrite(&checkpoint, 0x77, 20, &failure));
    checkpoint_close(&checkpoint);
    uint8_t *content = scratch_read(path, &bytes);
    CU_ASSERT_PTR_NOT_NULL_FATAL(content);
    damage(path, content, bytes, look_at_whole);
    free(content);
}

/* A power failure in the middle of a commit corrupts the record that is being written. */
static void test_half_a_commit(void) {
    const char *path = scratch_path("a.ck");
    size_t bytes;
    uint8_t *content = sample(path, &bytes);
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
    must_put(&checkpoint, 0, 2);
    must_commit(&checkpoint);
    scratch_limit_files(3 * 4096 + 100);
    CU_ASSERT_FALSE(put(&checkpoint, 2, 2, &failure));
    scratch_limit_files(0);
    CU_ASSERT_EQUAL(failure.exit_status, EXIT_RUN);
    CU_ASSERT_PTR_NOT_NULL(strstr(failure.text, "what it has kept is good"));
    checkpoint_close(&checkpoint);
    CU_ASSERT_EQUAL(good_rows_in(path), 0x3);
}

/* What was written before stays, and nothing is left next to it. */
static void test_full_disk_of_a_whole(void) {
    const char *path = scratch_path("a.ck");
    struct checkpoint checkpoint;
    struct failure failure = {0};
    bool found;
    usual = parameters_of("127");
    CU_ASSERT_TRUE_FATAL(checkpoint_open(&checkpoint, path, &usual, &found, &failure));
    CU_ASSERT_TRUE(rewrite(&checkpoint, 1, 5, &failure));
    scratch_limit_files(4096 + 100);
    CU_ASSERT_FALSE(rewrite(&checkpoint, 2, 50, &failure));
    scratch_limit_files(0);
    CU_ASSERT_EQUAL(failure.exit_status, EXIT_RUN);
    CU_ASSERT_PTR_NOT_NULL(strstr(failure.text, "the earlier file is untouched"));
    keep_out(&checkpoint, path);
    failure = (struct failure){0};
    CU_ASSERT_EQUAL(value_in(path, 5, &failure), 1);
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
    must_put(&checkpoint, 0, 1);
    must_commit(&checkpoint);
    CU_ASSERT_TRUE(checkpoint_is_due(&checkpoint));
    checkpoint_set_interval(&checkpoint, 3600);
    CU_ASSERT_FALSE(checkpoint_is_due(&checkpoint));
    checkpoint_close(&checkpoint);
}

int main(void) {
    static CU_TestInfo tests[] = {
        {"committed rows come back", test_committed_rows_come_back},
        {"rewritten content", test_rewritten_content},
        {"left over", test_left_over},
        {"no file is no failure", test_no_file_is_no_failure},
        {"foreign files", test_foreign_files},
        {"other parameters", test_other_parameters},
        {"other format", test_other_format},
        {"second run is kept out", test_second_run_is_kept_out},
        {"damage of a log", test_damage_of_a_log},
        {"damage of a whole", test_damage_of_a_whole},
        {"half a commit", test_half_a_commit},
        {"full disk", test_full_disk},
        {"full disk of a whole", test_full_disk_of_a_whole},
        {"link and removal", test_link_and_removal},
        {"peek", test_peek},
        {"when it is time", test_when_it_is_time},
        CU_TEST_INFO_NULL,
    };
    return run_suite_between("checkpoint", scratch_begin, scratch_end, tests);
}
