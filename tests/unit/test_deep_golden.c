/* SPDX-License-Identifier: MIT
 * Known answers of deep views, from the texts of their centres to counts and smooth values; counts
 * that are proved; and views at random, which a program of the contract computes at the same time.
 */
#include "picture/deep/reference_orbit.h"

#include "check.h"
#include "plait/plait.h"
#include "random_draw.h"
#include "scratch.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct golden {
    const char *name, *zoom;
    char *center, *c;
    struct plait_escape escape;
    int64_t sum, interior;
    uint64_t fnv1a;
    bool has_smooth;
    uint64_t smooth; /* checksum of the parts of smooth values, 0 for pixels at maxit */
};

/* Whether the KIND of a line is that of a Julia set, CRE,CIM,R. For Mandelbrot it is R, or - for 2.
 */
static bool is_julia(const char *kind) {
    return strchr(kind, ',') != NULL;
}

/* name W H ZOOM MAXIT KIND RE IM sum maxed checksum [checksum]; cuts up the line, which must stay.
 */
static bool parse(char *line, struct golden *golden) {
    struct plait_escape *e = &golden->escape;
    char *words[12], *rest = line;
    size_t count = 0;
    for (char *word; count < 12 && (word = strtok_r(rest, " \n", &rest));)
        words[count++] = word;
    if (count < 11)
        return false;
    *golden = (struct golden){.name = words[0], .zoom = words[3]};
    *e = (struct plait_escape){
        .kind = is_julia(words[5]) ? PLAIT_JULIA : PLAIT_MANDELBROT,
        .width = (uint32_t)strtoul(words[1], NULL, 10),
        .height = (uint32_t)strtoul(words[2], NULL, 10),
        .maxit = (int32_t)strtol(words[4], NULL, 10),
        .bailout = strcmp(words[5], "-") == 0 ? 2 : strtod(words[5], NULL),
    };
    if (e->kind == PLAIT_JULIA) {
        char *comma = strrchr(words[5], ',');
        e->bailout = strtod(comma + 1, NULL);
        *comma = '\0';
        golden->c = words[5];
    }
    const size_t bytes = strlen(words[6]) + strlen(words[7]) + 2;
    golden->center = malloc(bytes);
    if (golden->center)
        snprintf(golden->center, bytes, "%s,%s", words[6], words[7]);
    golden->sum = strtoll(words[8], NULL, 10);
    golden->interior = strtoll(words[9], NULL, 10);
    golden->fnv1a = strtoull(words[10], NULL, 16);
    golden->has_smooth = count == 12;
    golden->smooth = count == 12 ? strtoull(words[11], NULL, 16) : 0;
    return golden->center != NULL;
}

static struct plait_deep *make_tables(struct deep_reference *reference,
                                      const struct plait_escape *escape,
                                      const struct plait_deep_view *view) {
    struct plait_deep *deep = NULL;
    CHECK_INT(PLAIT_OK, plait_deep_begin(escape, view, &deep));
    for (int kind = 0; kind <= (escape->kind == PLAIT_JULIA); kind++) {
        deep_reference_start(reference, (enum plait_deep_orbit_kind)kind);
        for (bool last = false; !last;) {
            struct plait_deep_point point;
            deep_reference_next(reference, &point);
            if (!CHECK_INT(PLAIT_OK,
                           plait_deep_add(deep, (enum plait_deep_orbit_kind)kind, &point, &last)))
                break;
        }
    }
    CHECK_INT(PLAIT_OK, plait_deep_finish(deep));
    return deep;
}

static uint64_t checksum(const struct plait_escape *e, const struct plait_exec *exec,
                         const int32_t *pixels, uint64_t *digests) {
    plait_digest_rows(exec, pixels, e->height, e->width, digests);
    return plait_digest_picture(digests, e->height);
}

static void compare(const struct golden *golden, const struct plait_exec *exec) {
    const struct plait_escape *e = &golden->escape;
    const size_t pixels = (size_t)e->width * e->height;
    struct plait_smooth_output output = {.parts = malloc(pixels * sizeof *output.parts),
                                         .range = plait_smooth_range_empty()};
    int32_t *counts = malloc(pixels * sizeof *counts);
    uint64_t *digests = malloc(e->height * sizeof *digests);
    if (!CHECK(counts && digests && output.parts))
        return;
    CHECK_INT(PLAIT_OK, plait_escape_picture(e, exec, counts));
    const struct plait_escape_tally tally = plait_escape_count_steps(e, exec, counts, e->height);
    check_that(checksum(e, exec, counts, digests) == golden->fnv1a, __FILE__, __LINE__,
               "counts of %s on path %s", golden->name, plait_path_name(exec->path));
    CHECK_INT(golden->sum, (int64_t)tally.steps);
    CHECK_INT(golden->interior, (int64_t)tally.interior);
    if (golden->has_smooth) {
        const struct plait_row_range all = {0, e->height};
        CHECK_INT(PLAIT_OK, plait_smooth_compute(e, exec, all, counts, &output));
        for (size_t k = 0; k < pixels; k++)
            output.parts[k] = counts[k] == e->maxit ? 0 : output.parts[k];
        check_that(checksum(e, exec, output.parts, digests) == golden->smooth, __FILE__, __LINE__,
                   "smooth values of %s on path %s", golden->name, plait_path_name(exec->path));
    }
    free(output.parts);
    free(counts);
    free(digests);
}

/* Of views that emulated machines compute, too. */
enum { QUICK_STEPS = 50000 };

/* A view and its answers, of a line that parse cuts up. Returns a bit that says whether it is a
 * Julia set and whether it is extended. */
static unsigned compare_line(char *line, const struct plait_exec *exec) {
    unsigned kind = 0;
    struct golden golden;
    struct deep_reference *reference;
    struct plait_deep_view view;
    struct failure failure = {0};
    if (!CHECK(parse(line, &golden)))
        return kind;
    if (check_is_quick() && golden.sum > QUICK_STEPS) {
        free(golden.center);
        return kind;
    }
    const struct deep_texts texts = {golden.center, golden.zoom, golden.c};
    if (CHECK(deep_reference_begin(&reference, &golden.escape, &texts, &view, &failure))) {
        struct plait_deep *deep = make_tables(reference, &golden.escape, &view);
        golden.escape.deep = deep;
        compare(&golden, exec);
        kind = 1U << (2 * (golden.c != NULL) + plait_deep_is_extended(deep));
        plait_deep_free(deep);
    }
    deep_reference_free(reference);
    free(golden.center);
    return kind;
}

/* Views and answers of a file. */
static void compare_file(const char *path, int expected_lines) {
    FILE *file = fopen(path, "r");
    char *line = NULL;
    size_t bytes = 0;
    int lines = 0;
    if (!CHECK(file != NULL))
        return;
    while (getline(&line, &bytes, file) > 0) {
        struct plait_exec exec;
        if (line[0] == '#')
            continue;
        lines++;
        CHECK_INT(PLAIT_OK, plait_exec_init(&exec, NULL, 2));
        compare_line(line, &exec);
    }
    free(line);
    fclose(file);
    CHECK_INT(expected_lines, lines);
}

/* Of two programs that share nothing with this one. */
static void test_known_answers(void) {
    compare_file(PLAIT_GOLDEN_DIR "/deep.txt", 22);
    compare_file(PLAIT_GOLDEN_DIR "/deep_contract.txt", 88);
}

/* Counts that ball arithmetic has proved to be those of the pixels (tests/deep/deep_certified.py):
 * how many the contract does not give, which is a property of the contract. */
static void compare_certified(const char *path, int differing) {
    FILE *file = fopen(path, "r");
    char *line = NULL;
    size_t bytes = 0;
    struct golden golden;
    struct plait_exec exec;
    struct deep_reference *reference = NULL;
    struct plait_deep_view view;
    struct failure failure = {0};
    if (!CHECK(file != NULL))
        return;
    do
        if (!CHECK(getline(&line, &bytes, file) > 0))
            break;
    while (line[0] == '#');
    char known[16384]; /* the words that other lines of known answers have at their end */
    snprintf(known, sizeof known, "%.*s 0 0 0", (int)strcspn(line, "\n"), line);
    if (!CHECK(parse(known, &golden)))
        return;
    const struct deep_texts texts = {golden.center, golden.zoom, golden.c};
    const size_t pixels = (size_t)golden.escape.width * golden.escape.height;
    int32_t *counts = malloc(pixels * sizeof *counts);
    CHECK_INT(PLAIT_OK, plait_exec_init(&exec, NULL, 2));
    if (CHECK(counts &&
              deep_reference_begin(&reference, &golden.escape, &texts, &view, &failure))) {
        struct plait_deep *deep = make_tables(reference, &golden.escape, &view);
        int wrong = 0, read = 0;
        golden.escape.deep = deep;
        CHECK_INT(PLAIT_OK, plait_escape_picture(&golden.escape, &exec, counts));
        for (size_t k = 0; k < pixels; k++) {
            const uint32_t row = (uint32_t)(k / golden.escape.width);
            const uint32_t col = (uint32_t)(k % golden.escape.width);
            int certified;
            read += fscanf(file, "%d", &certified) == 1;
            wrong += certified != counts[k];
            if (k % 83 == 0) /* what --verify-exact compares with */
                CHECK_INT(certified, deep_reference_count(reference, row, col));
        }
        CHECK_INT((int64_t)pixels, read);
        check_that(wrong == differing, __FILE__, __LINE__, "%s: %d of %zu counts differ, not %d",
                   golden.name, wrong, pixels, differing);
        plait_deep_free(deep);
    }
    deep_reference_free(reference);
    free(counts);
    free(golden.center);
    free(line);
    fclose(file);
}

static void test_certified_counts(void) {
    if (check_is_quick())
        return;
    compare_certified(PLAIT_GOLDEN_DIR "/deep_certified_seahorse15.txt", 0);
    compare_certified(PLAIT_GOLDEN_DIR "/deep_certified_misiurewicz50.txt", 1);
    compare_certified(PLAIT_GOLDEN_DIR "/deep_certified_deep300.txt", 0);
    compare_certified(PLAIT_GOLDEN_DIR "/deep_certified_deep1000.txt", 37);
    compare_certified(PLAIT_GOLDEN_DIR "/deep_certified_deep1000_aside.txt", 0);
    compare_certified(PLAIT_GOLDEN_DIR "/deep_certified_seahorse15_r1024.txt", 0);
    compare_certified(PLAIT_GOLDEN_DIR "/deep_certified_tip30_r3.txt", 0);
    compare_certified(PLAIT_GOLDEN_DIR "/deep_certified_dendrite400_r1e10.txt", 0);
    compare_certified(PLAIT_GOLDEN_DIR "/deep_certified_julia_origin.txt", 0);
    compare_certified(PLAIT_GOLDEN_DIR "/deep_certified_julia_preimage.txt", 0);
    compare_certified(PLAIT_GOLDEN_DIR "/deep_certified_julia_misiurewicz.txt", 0);
}

/* -- views at random --------------------------------------------------------------------------- */

enum { KNOWN_MAX = 200, RANDOM_VIEWS = 150 };

/* All lines of the two files of known answers that have no '#'. */
static size_t read_known_lines(char *lines[KNOWN_MAX]) {
    static const char *const paths[] = {PLAIT_GOLDEN_DIR "/deep.txt",
                                        PLAIT_GOLDEN_DIR "/deep_contract.txt"};
    size_t count = 0;
    for (size_t k = 0; k < 2; k++) {
        FILE *file = fopen(paths[k], "r");
        char *line = NULL;
        size_t bytes = 0;
        if (!CHECK(file != NULL))
            return 0;
        while (count < KNOWN_MAX && getline(&line, &bytes, file) > 0)
            if (line[0] != '#')
                lines[count++] = strdup(line);
        free(line);
        fclose(file);
    }
    return count;
}

/* Writes a view around the centre of a known one, with another size, zoom, maxit and radius; at
 * times the centre is cut short, which makes it another one. */
static void draw_view(FILE *to, const char *known, int number, uint64_t *state) {
    char *line = strdup(known), *rest = line, *words[8];
    for (size_t k = 0; k < 8; k++)
        words[k] = strtok_r(rest, " \n", &rest);
    static char radii[][8] = {"-", "-", "-", "2.001", "3", "1024", "1e10"};
    const bool julia = is_julia(words[5]);
    if (!julia)
        words[5] = radii[random_draw(state) % (sizeof radii / sizeof *radii)];
    const char *exponent = strchr(words[3], 'e');
    /* Many of the Julia sets have centres that are exact at any depth. */
    const int depth = julia ? 300 : exponent ? atoi(exponent + 1) : 2;
    /* Where the view is so deep, every third is next to the limit of what is plain. */
    const int limit = julia ? 143 : 270;
    const bool near = depth >= limit && random_draw(state) % 3 == 0;
    const int zoom = near ? limit : 1 + (int)(random_draw(state) % (uint64_t)(depth + 2));
    for (size_t k = 6; k < 8; k++) {
        const size_t length = strlen(words[k]);
        if (length > 8 && !strchr(words[k], 'e') && random_draw(state) % 3 == 0)
            words[k][4 + random_draw(state) % (length - 4)] = '\0';
    }
    fprintf(to, "random-%d %d %d ", number, 1 + (int)(random_draw(state) % 13),
            1 + (int)(random_draw(state) % 9));
    fprintf(to, "%d.%04de%d ", 1 + (int)(random_draw(state) % 9), (int)(random_draw(state) % 10000),
            zoom);
    fprintf(to, "%d %s %s %s\n", 1 + (int)(random_draw(state) % 4000), words[5], words[6],
            words[7]);
    free(line);
}

static struct plait_exec draw_exec(uint64_t *state) {
    struct plait_exec exec = {.threads = 2};
    do
        exec.path = plait_path_at(random_draw(state) % plait_path_count());
    while (!plait_path_supported(exec.path));
    return exec;
}

/* The program of the contract reads a file of views and prints a line for each: its answers. */
static void test_random_views(void) {
    char *known[KNOWN_MAX], *view = NULL, *answer = NULL, command[1024];
    size_t view_bytes = 0, answer_bytes = 0;
    uint64_t state = check_seed();
    unsigned seen = 0;
    const size_t count = read_known_lines(known);
    scratch_begin();
    FILE *views = fopen(scratch_path("views"), "w+");
    for (int k = 0; CHECK(views != NULL && count > 0) && k < RANDOM_VIEWS; k++)
        draw_view(views, known[random_draw(&state) % count], k, &state);
    snprintf(command, sizeof command, "exec '%s' '%s'", DEEP_BY_CONTRACT, scratch_path("views"));
    FILE *answers = views && fflush(views) == 0 ? popen(command, "r") : NULL;
    if (CHECK(answers != NULL)) {
        rewind(views);
        for (int k = 0; k < RANDOM_VIEWS; k++) {
            const struct plait_exec exec = draw_exec(&state);
            if (!CHECK(getline(&view, &view_bytes, views) > 0 &&
                       getline(&answer, &answer_bytes, answers) > 0))
                break;
            /* As a line of known answers: the answers without the name follow the view. */
            const size_t bytes = strlen(view) + strlen(answer) + 1;
            char *line = malloc(bytes);
            snprintf(line, bytes, "%.*s%s", (int)strcspn(view, "\n"), view,
                     answer + strcspn(answer, " "));
            seen |= compare_line(line, &exec);
            free(line);
        }
        CHECK_INT(0, pclose(answers));
    }
    if (!check_is_quick())
        CHECK_HEX(15, seen); /* plain and extended ones of both kinds */
    if (views)
        fclose(views);
    scratch_end();
    for (size_t k = 0; k < count; k++)
        free(known[k]);
    free(view);
    free(answer);
}

/* What is refused, and what views follow from texts. */
static void test_texts(void) {
    const struct plait_escape escape = {.width = 100, .height = 50, .maxit = 10, .bailout = 2};
    struct plait_escape julia = escape;
    struct deep_reference *reference;
    struct plait_deep_view view;
    static const struct {
        struct deep_texts texts;
        const char *reason;
    } bad[] = {
        {{"0,0", "1e100000", NULL}, "limit of deep views"},
        {{"0,0", "100e99998", NULL}, "limit of deep views"},
        {{"0,0", "1e99999999999999999999999", NULL}, "limit of deep views"},
        {{"64,0", "1e50", NULL}, "--center is 64 or more"},
        {{"0,-64.000", "1e50", NULL}, "--center is 64 or more"},
        {{"1e99999999999,0", "1e50", NULL}, "--center is 64 or more"},
        {{"0,0", "1e-300", NULL}, "--zoom reaches beyond"},
        {{"0,0", "1e-99999999999999999999", NULL}, "--zoom reaches beyond"},
        {{"0,0", "1e50", "64,0"}, "--c is 64 or more"},
    };
    for (size_t k = 0; k < sizeof bad / sizeof *bad; k++) {
        struct failure failure = {0};
        CHECK(!deep_reference_begin(&reference, &escape, &bad[k].texts, &view, &failure));
        check_that(strstr(failure.text, bad[k].reason) != NULL && failure.exit_status == EXIT_USAGE,
                   __FILE__, __LINE__, "'%s' has '%s'", failure.text, bad[k].reason);
        CHECK(reference == NULL);
    }
    static const struct {
        enum plait_escape_kind kind;
        struct deep_texts texts;
        bool rows, point;
        uint64_t bits;
    } good[] = {
        {PLAIT_MANDELBROT, {"-1,0", "1e20", NULL}, true, false, 192},
        {PLAIT_MANDELBROT, {"-1,-0.000e5", "1e20", NULL}, true, false, 192},
        {PLAIT_MANDELBROT, {"-1,1e-400", "1e20", NULL}, false, false, 192},
        {PLAIT_MANDELBROT, {"63.99999, -1e-9999999999", "1", NULL}, false, false, 128},
        {PLAIT_JULIA, {"0,0", "1e20", "-1,0"}, true, false, 256},
        {PLAIT_JULIA, {"0,0", "1e20", "-1,1e-500"}, false, true, 256},
        {PLAIT_JULIA, {"0.1,0", "1e20", "-1,0.1"}, false, false, 256},
        {PLAIT_MANDELBROT, {"0,1", "9.99e99999", NULL}, false, false, 332352},
        {PLAIT_JULIA, {"0,1", "9.99e99999", "-1,0"}, false, false, 664512},
        {PLAIT_JULIA, {"0,1", "1e3", "-1,0"}, false, false, 128},
    };
    julia.kind = PLAIT_JULIA;
    for (size_t k = 0; k < sizeof good / sizeof *good; k++) {
        struct failure failure = {0};
        CHECK(deep_reference_begin(&reference, good[k].kind == PLAIT_JULIA ? &julia : &escape,
                                   &good[k].texts, &view, &failure));
        check_that(view.mirrored_rows == good[k].rows && view.mirrored_point == good[k].point,
                   __FILE__, __LINE__, "symmetry of %s", good[k].texts.center);
        if (reference)
            CHECK_INT((int64_t)good[k].bits, (int64_t)deep_reference_bits(reference));
        CHECK(view.pitch >= 1 && view.pitch < 2);
        deep_reference_free(reference);
    }
}

/* -- the steps of an orbit --------------------------------------------------------------------- */

/* An orbit that is computed in parts, on some threads. */
struct steps {
    struct deep_reference *reference;
    struct plait_deep_point *points;
    int first, count;
};

static void make_steps(void *context) {
    struct steps *steps = context;
    for (int k = 0; k < steps->count; k++)
        deep_reference_next(steps->reference, &steps->points[steps->first + k]);
}

/* Points are the same on any number of threads, and from any point on from which an orbit is
 * continued; numbers come back from their texts to the last bit. */
static void test_steps(void) {
    enum { STEPS = 3000, QUICK = 200 };
    const char *center = "-0.743643887037158704752191506114774,0.131825904205311970493132056385139";
    static const struct {
        enum plait_escape_kind kind;
        const char *zoom;
    } views[] = {{PLAIT_MANDELBROT, "1e20"}, {PLAIT_MANDELBROT, "1e700"}, {PLAIT_JULIA, "1e400"}};
    const int steps = check_is_quick() ? QUICK : STEPS;
    struct plait_deep_point *alone = calloc(STEPS, sizeof *alone);
    struct plait_deep_point *shared = calloc(STEPS, sizeof *shared);
    for (size_t v = 0; v < sizeof views / sizeof *views; v++) {
        struct plait_escape escape = {
            .kind = views[v].kind, .width = 100, .height = 50, .maxit = STEPS, .bailout = 2};
        const bool julia = escape.kind == PLAIT_JULIA;
        const struct deep_texts texts = {julia ? "0.05,0.01" : center, views[v].zoom,
                                         julia ? "-0.1,0.1" : NULL};
        struct deep_reference *reference, *second;
        struct plait_deep_view view;
        struct failure failure = {0};
        if (!CHECK(alone && shared &&
                   deep_reference_begin(&reference, &escape, &texts, &view, &failure) &&
                   deep_reference_begin(&second, &escape, &texts, &view, &failure)))
            return;
        CHECK(deep_reference_may_share(reference) == (v > 0 && deep_reference_takes_threads()));
        struct steps one = {reference, alone, 0, steps};
        deep_reference_start(reference, PLAIT_DEEP_FIRST);
        make_steps(&one);
        for (int threads = 1; threads <= 4 && deep_reference_takes_threads(); threads++) {
            /* In three parts, which begin where the one before has ended. */
            char *place = NULL;
            deep_reference_start(second, PLAIT_DEEP_FIRST);
            for (int part = 0; part < 3; part++) {
                const int first = steps * part / 3;
                struct steps some = {second, shared, first, steps * (part + 1) / 3 - first};
                if (place) {
                    deep_reference_start(second, julia ? PLAIT_DEEP_CRITICAL : PLAIT_DEEP_FIRST);
                    CHECK(deep_reference_resume(second, place));
                    free(place);
                }
                deep_reference_share(second, threads, make_steps, &some);
                place = deep_reference_place(second);
                CHECK(place != NULL);
            }
            free(place);
            check_that(memcmp(alone, shared, (size_t)steps * sizeof *alone) == 0, __FILE__,
                       __LINE__, "%d threads, zoom %s", threads, views[v].zoom);
            memset(shared, 0x55, STEPS * sizeof *shared);
        }
        char *rounded = deep_reference_rounded(center, 128), *again = deep_reference_place(second);
        CHECK(deep_reference_resume(second, again));
        CHECK(strlen(rounded) < 100 && strncmp(rounded, "-0.", 3) == 0);
        static const char *const bad[] = {"",    "0",   "0,",   ",0",      "0,0,",
                                          "x,0", "0,x", "0 ,0", "@nan@,0", "0,@inf@"};
        for (size_t k = 0; k < sizeof bad / sizeof *bad; k++)
            check_that(!deep_reference_resume(second, bad[k]), __FILE__, __LINE__, "'%s'", bad[k]);
        CHECK(deep_reference_resume(second, "-0,0"));
        char *zeros = deep_reference_place(second);
        CHECK_TEXT("-0,0", zeros);
        free(zeros);
        free(rounded);
        free(again);
        deep_reference_free(reference);
        deep_reference_free(second);
    }
    free(alone);
    free(shared);
}

int main(int argc, char **argv) {
    static const struct check_test tests[] = {
        {"known answers", test_known_answers},
        {"certified counts", test_certified_counts},
        {"views at random", test_random_views},
        {"texts", test_texts},
        {"steps", test_steps},
        {0},
    };
    return check_main("deep_golden", tests, argc, argv);
}
