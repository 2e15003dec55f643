/* SPDX-License-Identifier: MIT
 * The deep loop of the escape kernel with other numbers of vectors in flight and longest blocks
 * (arch/escape_body.h), brute, one thread: which of them a CPU wants on each view. All take turns
 * in one run, and each has to give the picture that the path gives. */
#include "../arch/path.h"
#include "bench.h"
#include "escape_scan_list.h" /* ESCAPE_SCAN_LIST(entry): entry(path, vectors, block) ... */
#include "escape_views.h"

#include "plait/plait.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DECLARATION(path, vectors, block) \
    plait_escape_tile_fn escape_scan_##path##_##vectors##_##block;
ESCAPE_SCAN_LIST(DECLARATION)

struct variant {
    const char *path;
    int vectors, block;
    plait_escape_tile_fn *tile;
};

#define ENTRY(path, vectors, block) \
    {#path, vectors, block, escape_scan_##path##_##vectors##_##block},
static const struct variant variants[] = {ESCAPE_SCAN_LIST(ENTRY)};
enum { VARIANTS = sizeof variants / sizeof variants[0] };

static const double round_s = 0.02;

/* A picture by one variant, NULL: by the path as it is. */
struct task {
    const struct variant *variant;
    const struct plait_escape *escape;
    struct plait_path path;
    int32_t *counts;
};

static void run_task(void *context) {
    struct task *t = context;
    const struct plait_exec exec = {.path = &t->path, .threads = 1};
    if (plait_escape_picture(t->escape, &exec, t->counts) != PLAIT_OK)
        bench_die("a path refuses", "to run");
}

static int32_t *picture_of(const struct plait_escape *escape) {
    int32_t *counts = malloc((size_t)escape->width * escape->height * sizeof *counts);
    if (!counts)
        bench_die("out of memory for", "counts");
    return counts;
}

/* Times of the fastest variant, each by its fastest round: 1.00 is the fastest. */
static void print_view(const struct task *tasks, const struct bench_contender *c, size_t count) {
    double fastest = c[0].round_s[0];
    for (size_t k = 1; k < count; k++)
        fastest = c[k].round_s[0] < fastest ? c[k].round_s[0] : fastest;
    int block = 0;
    for (size_t k = 1; k < count; k++) {
        if (tasks[k].variant->block != block && tasks[k].variant->vectors == 4)
            printf("%s%d", block == 0 ? "    blocks of " : ", ", tasks[k].variant->block);
        block = tasks[k].variant->block;
    }
    for (size_t k = 1; k < count; k++) {
        if (k == 1 || tasks[k].variant->vectors != tasks[k - 1].variant->vectors)
            printf("\n    %d vectors ", tasks[k].variant->vectors);
        printf(" %5.2f", fastest / c[k].round_s[0]);
    }
    printf("\n    as it is   %5.2f of the fastest%s\n", fastest / c[0].round_s[0],
           bench_doubt(&c[0]) ? " (doubtful: other programs load the machine)" : "");
    fflush(stdout);
}

static void scan_view(const struct plait_path *path, int view, uint32_t rounds) {
    static struct task tasks[BENCH_CONTENDERS_MAX];
    static struct bench_contender contenders[BENCH_CONTENDERS_MAX];
    struct plait_escape escape = escape_view(view);
    const size_t bytes = (size_t)escape.width * escape.height * sizeof(int32_t);
    size_t count = 0;
    escape.brute = true;
    int32_t *right = picture_of(&escape), *counts = picture_of(&escape);
    for (int v = -1; v < VARIANTS; v++) {
        if (v >= 0 && strcmp(variants[v].path, path->name) != 0)
            continue;
        struct task *t = &tasks[count];
        *t = (struct task){v < 0 ? NULL : &variants[v], &escape, *path, v < 0 ? right : counts};
        if (v >= 0)
            t->path.kernels.escape_tile = variants[v].tile;
        run_task(t);
        if (memcmp(right, t->counts, bytes) != 0)
            bench_die("wrong counts from a variant of", path->name);
        contenders[count++] =
            (struct bench_contender){.name = path->name, .run = run_task, .context = t, .work = 1};
    }
    bench_run(contenders, count, rounds, round_s);
    printf("  view %d, %s\n", view, escape_view_names[view - 1]);
    print_view(tasks, contenders, count);
    free(right);
    free(counts);
}

int main(int argc, char **argv) {
    const long rounds = argc > 1 ? strtol(argv[1], NULL, 10) : 11;
    if (argc > 2 || rounds < 5 || rounds > BENCH_ROUNDS_MAX)
        bench_misuse("rounds, 5 to 1000, and nothing else: not", argv[argc - 1]);
    if (bench_load() > 0.5)
        printf("do not trust this: other programs load the machine (%.1f)\n", bench_load());
    for (size_t k = 0; k < plait_path_count(); k++) {
        const struct plait_path *path = plait_path_at(k);
        if (strcmp(path->name, "scalar") == 0 || !plait_path_supported(path))
            continue;
        printf("%s\n", path->name);
        for (int view = 1; view <= ESCAPE_VIEWS; view++)
            scan_view(path, view, (uint32_t)rounds);
    }
    return 0;
}
