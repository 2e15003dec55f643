/* SPDX-License-Identifier: MIT
 * The file of a reference orbit: what was stored comes back to the bit; a file with any byte
 * changed, cut off or added is refused, and so is what is none. */
#include "picture/deep/reference_file.h"

#include "check.h"
#include "scratch.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* `points` of the first orbit, and of a Julia set half as many of the second. */
static struct kept_reference reference_of(bool julia, bool extended, uint64_t points) {
    struct kept_reference kept = {
        .julia = julia,
        .extended = extended,
        .bits = 192,
        .bailout = julia ? 3 : 2,
        .center = strdup("-0.c@0,0.123456789abcdef@-12"),
        .c = strdup(julia ? "0,-0.1@1" : ""),
    };
    for (int k = 0; k <= julia; k++) {
        for (uint64_t m = 0; m < points >> k; m++) {
            const struct plait_deep_point point = {
                .x = 1 + 1 / (double)(m + 3),
                .y = m == 5 ? -0.0 : -1.5 / (double)(m + 1),
                .exponent = extended ? -(int64_t)m : 0,
                .s = -3.75 + (double)m * 0x1p-40,
                .s_exponent = extended ? (int64_t)m % 7 : 0,
                .outside = m % 1000 == 17,
            };
            CHECK(kept_orbit_add(&kept.orbits[k], &point));
        }
        kept.orbits[k].place = strdup(k == 0 ? "0.2@1,-0.33@0" : "0,0.1@-400");
    }
    return kept;
}

static bool points_are_equal(const struct plait_deep_point *a, const struct plait_deep_point *b) {
    return a->x == b->x && a->y == b->y && signbit(a->y) == signbit(b->y) &&
           a->exponent == b->exponent && a->s == b->s && a->s_exponent == b->s_exponent &&
           a->outside == b->outside;
}

static void test_round_trip(void) {
    static const uint64_t sizes[] = {2, 4095, 4096, 4097, 10000};
    for (int k = 0; k < 20; k++) {
        const bool julia = k % 2, extended = k / 2 % 2;
        const char *path = scratch_path("orbit");
        struct kept_reference kept = reference_of(julia, extended, sizes[k / 4]), back;
        struct failure failure = {0};
        bool found;
        CHECK(reference_file_store(&kept, path, &failure));
        CHECK(reference_file_load(&back, path, &found, &failure) && found);
        CHECK(back.julia == julia && back.extended == extended && back.bits == kept.bits);
        CHECK(back.bailout == kept.bailout);
        CHECK_TEXT(kept.center, back.center);
        CHECK_TEXT(kept.c, back.c);
        for (int o = 0; o < 2; o++) {
            const struct kept_orbit *a = &kept.orbits[o], *b = &back.orbits[o];
            uint64_t equal = 0;
            CHECK_INT((int64_t)a->count, (int64_t)b->count);
            for (uint64_t m = 0; m < a->count && m < b->count; m++)
                equal += points_are_equal(&a->points[m], &b->points[m]);
            CHECK_INT((int64_t)a->count, (int64_t)equal);
            CHECK((a->place == NULL) == (b->place == NULL));
            CHECK(!a->place || strcmp(a->place, b->place) == 0);
        }
        CHECK_INT(1, (int64_t)scratch_entries(""));
        kept_reference_free(&back);
        kept_reference_free(&kept);
    }
}

/* That the file is refused with a line that has the words, and nothing is found in it. */
static void refuse(const char *path, const char *words) {
    struct kept_reference back;
    struct failure failure = {0};
    bool found = false;
    CHECK(!reference_file_load(&back, path, &found, &failure) && found);
    CHECK_INT(EXIT_USAGE, failure.exit_status);
    check_that(strstr(failure.text, words) != NULL, __FILE__, __LINE__, "'%s' has '%s'",
               failure.text, words);
    kept_reference_free(&back);
}

static void write_bytes(const char *path, const uint8_t *content, size_t bytes) {
    FILE *file = fopen(path, "wb");
    CHECK(file && fwrite(content, 1, bytes, file) == bytes && fclose(file) == 0);
}

static void test_damage(void) {
    const char *path = scratch_path("orbit");
    struct kept_reference kept = reference_of(true, true, 6);
    struct failure failure = {0};
    size_t bytes = 0;
    CHECK(reference_file_store(&kept, path, &failure));
    kept_reference_free(&kept);
    uint8_t *content = scratch_read(path, &bytes);
    if (!CHECK(content != NULL && bytes > 100))
        return;
    for (size_t k = 0; k < bytes; k++) {
        content[k] ^= 1;
        write_bytes(path, content, bytes);
        refuse(path, k < 8    ? "is no reference orbit of Plait, and is left alone"
                     : k < 16 ? " has format "
                              : "is damaged (");
        content[k] ^= 1;
    }
    for (size_t k = 0; k < bytes; k++) {
        write_bytes(path, content, k);
        refuse(path, k < 16 ? "is no reference orbit" : "is damaged (cut short)");
    }
    uint8_t *longer = realloc(content, bytes + 1);
    if (CHECK(longer != NULL)) {
        longer[bytes] = 0;
        write_bytes(path, longer, bytes + 1);
        refuse(path, "is damaged (too long)");
    }
    free(longer ? longer : content);
}

static void test_other_files(void) {
    struct kept_reference back;
    struct failure failure = {0};
    bool found = true;
    CHECK(reference_file_load(&back, scratch_path("absent"), &found, &failure) && !found);
    kept_reference_free(&back);
    scratch_write(scratch_path("text"), "a letter to somebody, which is left alone\n");
    refuse(scratch_path("text"), "is left alone");
    scratch_write(scratch_path("empty"), "");
    refuse(scratch_path("empty"), "is left alone");
    CHECK(mkfifo(scratch_path("pipe"), 0600) == 0);
    refuse(scratch_path("pipe"), "is no regular file");
    refuse(scratch_path(""), "is no regular file");
}

/* A full disk leaves the earlier file. */
static void test_full_disk(void) {
    const char *path = scratch_path("orbit");
    struct kept_reference small = reference_of(false, false, 2),
                          large = reference_of(true, true, 5000), back;
    struct failure failure = {0};
    bool found;
    CHECK(reference_file_store(&small, path, &failure));
    scratch_limit_files(65536);
    CHECK(!reference_file_store(&large, path, &failure));
    scratch_limit_files(0);
    CHECK_INT(EXIT_RUN, failure.exit_status);
    CHECK(strstr(failure.text, "the earlier file is untouched") != NULL);
    failure = (struct failure){0};
    CHECK(reference_file_load(&back, path, &found, &failure) && found);
    CHECK_INT(2, (int64_t)back.orbits[0].count);
    CHECK_INT(1, (int64_t)scratch_entries(""));
    kept_reference_free(&back);
    kept_reference_free(&small);
    kept_reference_free(&large);
}

static void with_scratch(void (*test)(void)) {
    scratch_begin();
    test();
    scratch_end();
}

static void round_trip(void) {
    with_scratch(test_round_trip);
}

static void damage(void) {
    with_scratch(test_damage);
}

static void other_files(void) {
    with_scratch(test_other_files);
}

static void full_disk(void) {
    with_scratch(test_full_disk);
}

int main(int argc, char **argv) {
    static const struct check_test tests[] = {
        {"what is stored comes back", round_trip},
        {"damage", damage},
        {"other files", other_files},
        {"full disk", full_disk},
        {0},
    };
    return check_main("reference_file", tests, argc, argv);
}
