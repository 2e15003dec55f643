/* SPDX-License-Identifier: MIT
 * How fast the escape kernel is: per view and path in steps per second, in times the plain loop and
 * in percent of what the arithmetic units allow, all measured in turns in one run. Every picture is
 * checked before it is timed. */
#include "../arch/path.h"
#include "bench.h"
#include "escape_plain.h"
#include "escape_views.h"
#include "plait/plait.h"

#include <getopt.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SAMPLES = 2000, TWO_THREADS_VIEW = 2 };

static const double giga = 1e9;
static const double round_s = 0.01;

struct options {
    const char *path; /* NULL: all that this machine has */
    int view;         /* 1 .. VIEWS; 0: all */
    uint32_t rounds;
    bool brute, fast, peers;
    FILE *csv;
};

static void *allocate(size_t count, size_t size) {
    void *memory = calloc(count, size);
    if (!memory)
        bench_die("out of memory for", "counts");
    return memory;
}

/* -- what is timed ----------------------------------------------------------------------------- */

/* A picture, or every row_step-th row of it where the contender is slow, so that rounds are short.
 */
struct task {
    struct plait_escape escape;
    struct plait_exec exec; /* path NULL: the plain loop */
    uint32_t row_step;
    int32_t *counts; /* of the whole picture; rows in between are left alone */
};

static void run_task(void *context) {
    struct task *t = context;
    if (t->exec.path && t->row_step == 1) { /* mirror images too, where it is not brute */
        plait_escape_picture(&t->escape, &t->exec, t->counts);
        return;
    }
    for (uint32_t row = 0; row < t->escape.height; row += t->row_step) {
        int32_t *to = t->counts + (size_t)row * t->escape.width;
        if (t->exec.path)
            plait_escape_rows(&t->escape, &t->exec, row, 1, to);
        else
            escape_plain_row(&t->escape, row, to);
    }
}

/* Runs the task once, compares its rows with the right counts, returns the steps it makes. */
static double check_task(struct task *t, const char *name, const int32_t *right) {
    double steps = 0;
    run_task(t);
    for (uint32_t row = 0; row < t->escape.height; row += t->row_step) {
        const size_t at = (size_t)row * t->escape.width;
        if (memcmp(t->counts + at, right + at, t->escape.width * sizeof *right) != 0)
            bench_die("wrong counts from", name);
        for (uint32_t col = 0; col < t->escape.width; col++)
            steps += right[at + col];
    }
    return steps;
}

/* Right means: the best path's counts, sampled against the reference; every other contender must
 * then agree with them. */
static int32_t *right_counts(const struct plait_escape *escape) {
    struct plait_exec exec;
    struct plait_escape_difference first;
    int32_t *counts = allocate((size_t)escape->width * escape->height, sizeof *counts);
    plait_exec_init(&exec, NULL, 0);
    if (plait_escape_rows(escape, &exec, 0, escape->height, counts) != PLAIT_OK ||
        plait_escape_verify(escape, &exec, counts, SAMPLES, &first) != PLAIT_OK)
        bench_die("counts differ from the reference on path", plait_path_name(exec.path));
    return counts;
}

/* -- the bound --------------------------------------------------------------------------------- */

enum { BOUND_ROUNDS = 400000, DECISION_ROUNDS = 5 };

static void run_bound(void *context) {
    plait_bound_fn *const *function = context;
    (*function)(BOUND_ROUNDS);
}

static struct bench_contender bound_contender(const char *name, plait_bound_fn *const *function) {
    return (struct bench_contender){
        .name = name,
        .run = run_bound,
        .context = (void *)(uintptr_t)function,
        .work = (*function)(BOUND_ROUNDS),
    };
}

/* A step needs three multiply-adds, so a third of their rate bounds it. Where the same units also
 * add, the addition takes its turn: four operations of the mix then take as long as four
 * multiply-adds, and the mix is the bound. */
static struct bench_contender step_bound(const char *name, const struct plait_bound *b) {
    static struct bench_contender c[2];
    c[0] = bound_contender("fma", &b->fma);
    c[1] = bound_contender("mix", &b->mix);
    bench_run(c, 2, DECISION_ROUNDS, round_s);
    if (4 * bench_rate(&c[1]) < 1.05 * bench_rate(&c[0]))
        return bound_contender(name, &b->mix);
    struct bench_contender third = bound_contender(name, &b->fma);
    third.work /= 3;
    return third;
}

static void print_bounds(const struct options *o) {
    puts("what the arithmetic units do, one core (G lane operations/s; mix: G steps/s):");
    for (size_t k = 0; k < plait_path_count(); k++) {
        const struct plait_path *path = plait_path_at(k);
        const struct plait_bound *b = path->bound;
        if (!b || !plait_path_supported(path))
            continue;
        static struct bench_contender c[3];
        c[0] = bound_contender("fma", &b->fma);
        c[1] = bound_contender("add", &b->add);
        c[2] = bound_contender("mix", &b->mix);
        bench_run(c, 3, o->rounds, round_s);
        printf("  %-8s fma %7.2f   add %7.2f   mix %7.2f\n", path->name, bench_rate(&c[0]) / giga,
               bench_rate(&c[1]) / giga, bench_rate(&c[2]) / giga);
    }
}

/* -- one view ---------------------------------------------------------------------------------- */

struct entry {
    char name[48];
    const char *path; /* NULL: the plain loop */
    bool brute;
    int threads;
    struct task task;
};

struct field {
    struct entry entries[BENCH_CONTENDERS_MAX];
    struct bench_contender contenders[BENCH_CONTENDERS_MAX];
    size_t count;
};

static void add_entry(struct field *f, const struct plait_escape *escape, const char *path,
                      bool brute, int threads, const int32_t *right) {
    if (f->count == BENCH_CONTENDERS_MAX)
        bench_die("too many contenders with", path);
    struct entry *e = &f->entries[f->count];
    *e = (struct entry){.path = path, .brute = brute, .threads = threads};
    snprintf(e->name, sizeof e->name, "%s%s%s", path ? path : "plain loop",
             !path   ? ""
             : brute ? " brute"
                     : " fast",
             threads > 1 ? " 2 threads" : "");
    e->task = (struct task){.escape = *escape, .row_step = 1};
    e->task.escape.brute = brute;
    e->task.counts = allocate((size_t)escape->width * escape->height, sizeof *right);
    if (path)
        plait_exec_init(&e->task.exec, path, threads);
    /* The slow ones take a part of the picture, spread over all of it. */
    if (!path || (strcmp(path, "scalar") == 0 && brute))
        e->task.row_step = escape->maxit > 500 ? 32 : 4;

    f->contenders[f->count] = (struct bench_contender){
        .name = e->name,
        .run = run_task,
        .context = &e->task,
        .work = check_task(&e->task, e->name, right),
    };
    f->count++;
}

static void add_bounds(struct field *f, const struct options *o) {
    for (size_t k = 0; k < plait_path_count(); k++) {
        const struct plait_path *path = plait_path_at(k);
        if (!path->bound || !plait_path_supported(path) ||
            (o->path && strcmp(o->path, path->name) != 0))
            continue;
        struct entry *e = &f->entries[f->count];
        *e = (struct entry){.threads = 1};
        snprintf(e->name, sizeof e->name, "bound of %s", path->name);
        f->contenders[f->count++] = step_bound(e->name, path->bound);
    }
}

static const struct bench_contender *find(const struct field *f, const char *name) {
    for (size_t k = 0; k < f->count; k++)
        if (strcmp(f->contenders[k].name, name) == 0)
            return &f->contenders[k];
    return NULL;
}

static void print_line(const struct options *o, int view, const struct field *f, size_t k) {
    const struct bench_contender *c = &f->contenders[k], *plain = find(f, "plain loop");
    const struct entry *e = &f->entries[k];
    char name[64];
    snprintf(name, sizeof name, "bound of %s", e->path ? e->path : "");
    const struct bench_contender *bound = find(f, name);
    snprintf(name, sizeof name, "%s brute", e->path ? e->path : "");
    const struct bench_contender *brute = find(f, name);
    const double rate = bench_rate(c), times = rate / bench_rate(plain);

    printf("  %-24s %9.3f G steps/s %8.1f x plain", c->name, rate / giga, times);
    if (bound && e->brute)
        printf(" %5.1f %% of bound", 100 * rate / e->threads / bench_rate(bound));
    else if (brute && brute != c)
        printf(" %6.1f x brute  ", rate / bench_rate(brute));
    else
        printf("                ");
    printf("  spread %4.1f %%\n", 100 * c->spread);
    if (bench_doubt(c))
        printf("      do not trust this figure: %s\n", bench_doubt(c));
    else if (bench_doubt(plain) || (bound && e->brute && bench_doubt(bound)))
        printf("      do not trust the ratios: what they are to is doubtful\n");
    if (o->csv)
        fprintf(o->csv, "%d,%s,%d,%.6g,%.6g,%.6g,%.6g\n", view, c->name, e->threads, rate / giga,
                times, bound && e->brute ? rate / e->threads / bench_rate(bound) : NAN, c->spread);
}

/* Lines "name<TAB>G steps/s" from the programs in peers/. */
static void print_peers(int view, const struct bench_contender *plain) {
    char line[256], name[200];
    double rate;
    snprintf(line, sizeof line, "'%s' '%s' %d", PLAIT_PEERS, PLAIT_PEERS_WORK, view);
    FILE *peers = popen(line, "r");
    if (!peers)
        bench_die("cannot run", PLAIT_PEERS);
    while (fgets(line, sizeof line, peers))
        if (sscanf(line, "%199[^\t]\t%lf", name, &rate) == 2)
            printf("  %-24s %9.3f G steps/s %8.2f x plain\n", name, rate,
                   rate * giga / bench_rate(plain));
    if (pclose(peers) != 0)
        printf("  (not all peers could run)\n");
}

static void run_view(const struct options *o, int view) {
    const struct plait_escape escape = escape_view(view);
    int32_t *right = right_counts(&escape);
    struct field *f = allocate(1, sizeof *f);
    const char *best = NULL;

    add_entry(f, &escape, NULL, true, 1, right);
    for (size_t k = 0; k < plait_path_count(); k++) {
        const struct plait_path *path = plait_path_at(k);
        const char *name = plait_path_name(path);
        if (!plait_path_supported(path) || (o->path && strcmp(o->path, name) != 0))
            continue;
        best = name;
        if (o->brute)
            add_entry(f, &escape, name, true, 1, right);
        if (o->fast)
            add_entry(f, &escape, name, false, 1, right);
    }
    if (view == TWO_THREADS_VIEW && plait_visible_cores() >= 2 && o->brute)
        add_entry(f, &escape, best, true, 2, right);
    add_bounds(f, o);
    bench_run(f->contenders, f->count, o->rounds, round_s);

    printf("view %d, %s\n", view, escape_view_names[view - 1]);
    for (size_t k = 0; k < f->count; k++)
        print_line(o, view, f, k);
    if (view == TWO_THREADS_VIEW && f->entries[0].task.counts) {
        char one[64], two[80];
        snprintf(one, sizeof one, "%s brute", best);
        snprintf(two, sizeof two, "%s 2 threads", one);
        if (find(f, one) && find(f, two))
            printf("  two threads: %.2f times one\n",
                   bench_rate(find(f, two)) / bench_rate(find(f, one)));
    }
    if (o->peers)
        print_peers(view, find(f, "plain loop"));
    for (size_t k = 0; k < f->count; k++)
        free(f->entries[k].task.counts);
    free(f);
    free(right);
    fflush(stdout);
}

/* -- the command line -------------------------------------------------------------------------- */

static void print_help(void) {
    puts("bench_escape [--path NAME] [--view 1..4] [--rounds N] [--interior fast|brute|both]\n"
         "             [--csv FILE] [--peers]\n"
         "Times the escape kernel, one thread, against a plain loop and the machine's bound: all "
         "paths\n"
         "and views, both interiors, 15 rounds by default.\n"
         "--peers also runs the programs in bench/peers (installs numba into a directory).");
}

static long number(const char *text, long low, long high, const char *option) {
    char *end;
    const long value = strtol(text, &end, 10);
    if (!*text || *end || value < low || value > high)
        bench_misuse("out of range:", option);
    return value;
}

static struct options parse(int argc, char **argv) {
    static const struct option known[] = {
        {"path", required_argument, NULL, 'p'},   {"view", required_argument, NULL, 'v'},
        {"rounds", required_argument, NULL, 'r'}, {"interior", required_argument, NULL, 'i'},
        {"csv", required_argument, NULL, 'c'},    {"peers", no_argument, NULL, 'P'},
        {"help", no_argument, NULL, 'h'},         {0},
    };
    struct options o = {.rounds = 15, .brute = true, .fast = true};
    struct plait_exec exec;
    for (int c; (c = getopt_long(argc, argv, "", known, NULL)) != -1;)
        switch (c) {
        case 'p':
            if (plait_exec_init(&exec, optarg, 1) != PLAIT_OK)
                bench_misuse("this machine has no path", optarg);
            o.path = optarg;
            break;
        case 'v':
            o.view = (int)number(optarg, 1, ESCAPE_VIEWS, "--view");
            break;
        case 'r':
            o.rounds = (uint32_t)number(optarg, 1, BENCH_ROUNDS_MAX, "--rounds");
            break;
        case 'i':
            o.brute = strcmp(optarg, "fast") != 0;
            o.fast = strcmp(optarg, "brute") != 0;
            if (o.brute && o.fast && strcmp(optarg, "both") != 0)
                bench_misuse("--interior takes fast, brute or both, not", optarg);
            break;
        case 'c':
            o.csv = fopen(optarg, "w");
            if (!o.csv)
                bench_die("cannot write", optarg);
            break;
        case 'P':
            o.peers = true;
            break;
        case 'h':
            print_help();
            exit(0);
        default:
            exit(2);
        }
    if (optind < argc)
        bench_misuse("no such argument:", argv[optind]);
    return o;
}

int main(int argc, char **argv) {
    const struct options o = parse(argc, argv);
    if (!escape_plain_is_supported())
        bench_die("the plain loop needs a CPU with", "FMA");
    const double load = bench_load();
    printf("compiled by %s; %u rounds\n", PLAIT_COMPILER, (unsigned)o.rounds);
    if (load > 0.5)
        printf("do not trust absolute figures: other programs load the machine (%.1f)\n", load);
    if (o.csv)
        fprintf(o.csv, "view,contender,threads,gsteps_per_s,times_plain,of_bound,spread\n");
    print_bounds(&o);
    for (int view = 1; view <= ESCAPE_VIEWS; view++)
        if (o.view == 0 || o.view == view)
            run_view(&o, view);
    if (o.csv)
        return fclose(o.csv) == 0 ? 0 : 1;
    return 0;
}
