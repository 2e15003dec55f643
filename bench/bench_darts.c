/* SPDX-License-Identifier: MIT
 * How fast the dart kernel is: per generator and path in darts per second and cycles per dart, in
 * times a baseline and in percent of what the vector units allow (docs/performance-darts.md), all
 * measured in turns in one run. Every contender's hits are checked before it is timed. */
#include "../arch/cpu.h"
#include "../arch/path.h"
#include "../arch/select.h"
#include "bench.h"
#include "darts_baseline.h"

#include "plait/plait.h"

#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DARTS = 1 << 22, CHECKED_DARTS = 1 << 20, STEPS = 1 << 22, BOUND_ROUNDS = 1 << 16 };

static const double round_s = 0.002;
static const char *const generator_names[] = {"rxs64", "pcg32"};

struct options {
    const char *path;      /* NULL: all that this machine has */
    const char *generator; /* NULL: both */
    uint32_t rounds;
    bool peers;
    FILE *csv;
};

/* -- contenders -------------------------------------------------------------------------------- */

/* What takes turns: paths, the bounds of paths, the baseline, and a clock of cycles. */
struct task {
    enum plait_generator generator;
    struct plait_exec exec;
    bool other_way; /* strides where this CPU multiplies, and the other way round */
    plait_bound_fn *bound;
    uint64_t hits;
};

/* From the start of run 0 of seed 42, in one job. */
static uint64_t hits_of_job(const struct task *t, uint64_t darts) {
    const struct plait_darts_job job = {
        .pcg32 = t->generator == PLAIT_PCG32,
        .state = plait_pcg_run(42, 0),
        .count = darts,
        .strides = plait_cpu_prefers_strides(plait_cpu_features()) != t->other_way,
    };
    return PLAIT_PATH_KERNEL(t->exec.path, darts_hits)(&job);
}

static uint64_t hits_of(const struct task *t, uint64_t darts) {
    uint64_t hits = 0;
    if (t->other_way)
        return hits_of_job(t, darts);
    const struct plait_darts_range range = {.generator = t->generator, .seed = 42, .count = darts};
    if (plait_darts_hits(&range, &t->exec, &hits) != PLAIT_OK)
        bench_die("a path refuses", "to run");
    return hits;
}

static void run_path(void *context) {
    struct task *t = context;
    t->hits = hits_of(t, DARTS);
}

static void run_bound(void *context) {
    const struct task *t = context;
    t->bound(BOUND_ROUNDS);
}

/* Additions that wait for each other: one per cycle on every processor. */
static void run_clock(void *context) {
    uint64_t sum = 0;
    (void)context;
    for (int k = 0; k < STEPS; k += 16)
#pragma GCC unroll 16
        for (int step = 0; step < 16; step++) {
            sum += 3;
            __asm__ volatile("" : "+r"(sum));
        }
}

#ifdef PLAIT_HAVE_BASELINE
enum { HAVE_BASELINE = 1 };
static void run_baseline(void *context) {
    struct task *t = context;
    t->hits = darts_baseline(42, DARTS / 8);
}
static uint64_t baseline_hits(uint64_t darts) {
    return darts_baseline(42, darts);
}
#else
enum { HAVE_BASELINE = 0 };
static void run_baseline(void *context) {
    (void)context;
}
static uint64_t baseline_hits(uint64_t darts) {
    (void)darts;
    return 0;
}
#endif

/* -- results ----------------------------------------------------------------------------------- */

/* Hits of the first 2^20 darts of seed 42, as in tests/golden/darts.txt. */
static const uint64_t right_hits[] = {823668, 823747};

static void check_hits(const struct task *t, const char *name) {
    if (hits_of(t, CHECKED_DARTS) != right_hits[t->generator])
        bench_die("wrong hits from path", name);
}

/* In doubles a dart on the edge may fall to the other side. */
static void check_baseline(void) {
    const uint64_t hits = baseline_hits(CHECKED_DARTS);
    if (HAVE_BASELINE && hits - right_hits[PLAIT_PCG32] + 2 > 4)
        bench_die("wrong hits from", "the baseline");
}

/* -- one generator ----------------------------------------------------------------------------- */

struct field {
    struct bench_contender contenders[BENCH_CONTENDERS_MAX];
    struct task tasks[BENCH_CONTENDERS_MAX];
    size_t count;
};

static void add(struct field *f, const char *name, void (*run)(void *), struct task task,
                double work) {
    f->tasks[f->count] = task;
    f->contenders[f->count] = (struct bench_contender){
        .name = name, .run = run, .context = &f->tasks[f->count], .work = work};
    f->count++;
}

static void add_path(struct field *f, const struct plait_path *path,
                     enum plait_generator generator) {
    const char *name = plait_path_name(path);
    const struct task task = {.generator = generator, .exec = {.path = path, .threads = 1}};
    const struct plait_bound *bound = path->bound;
    check_hits(&task, name);
    add(f, name, run_path, task, DARTS);
    if (bound)
        add(f, "bound", run_bound, (struct task){.bound = bound->integer_add},
            bound->integer_add(BOUND_ROUNDS) / bound->dart_operations[generator]);
}

/* What plait_cpu_prefers_strides has not chosen, so that its choice can be seen to be right. */
static void add_other_way(struct field *f, const struct plait_path *path,
                          enum plait_generator generator) {
    static const char *const names[] = {"strides", "multiply"};
    const struct task task = {
        .generator = generator, .exec = {.path = path, .threads = 1}, .other_way = true};
    const char *name = names[plait_cpu_prefers_strides(plait_cpu_features())];
    check_hits(&task, name);
    add(f, name, run_path, task, DARTS);
}

/* By the fastest round, which other programs disturbed least. */
static double best_rate(const struct bench_contender *c) {
    return c->work / c->round_s[0];
}

static void print_path(const struct options *o, enum plait_generator generator,
                       const struct bench_contender *c, const struct bench_contender *bound,
                       double cycles_a_second, const struct bench_contender *baseline) {
    const double rate = bench_rate(c);
    const double times = baseline ? rate / bench_rate(baseline) : 0;
    const double best = baseline ? best_rate(c) / best_rate(baseline) : 0;
    const double percent = bound ? 100 * rate / bench_rate(bound) : 0;
    printf("  %-8s %9.0f Mdarts/s %7.3f cycles a dart", c->name, rate / 1e6,
           cycles_a_second / rate);
    if (baseline)
        printf(" %6.2f x baseline (%.2f by the fastest rounds)", times, best);
    if (bound)
        printf(" %5.1f %% of bound", percent);
    printf("   spread %4.1f %%\n", 100 * c->spread);
    if (bench_doubt(c))
        printf("      do not trust this figure: %s\n", bench_doubt(c));
    if (o->csv)
        fprintf(o->csv, "%s,%s,%.6g,%.4g,%.4g,%.4g,%.4g,%.4g\n", generator_names[generator],
                c->name, rate / 1e6, cycles_a_second / rate, times, best, percent, c->spread);
}

/* Lines "name<TAB>Mdarts/s" from the programs in peers/. */
static void print_peers(double baseline) {
    char line[512], name[200];
    double rate;
    snprintf(line, sizeof line, "'%s' '%s'", PLAIT_PEERS, PLAIT_PEERS_WORK);
    FILE *peers = popen(line, "r");
    if (!peers)
        bench_die("cannot run", PLAIT_PEERS);
    while (fgets(line, sizeof line, peers))
        if (sscanf(line, "%199[^\t]\t%lf", name, &rate) == 2)
            printf("  %-28s %9.1f Mdarts/s %6.3f x baseline\n", name, rate,
                   baseline > 0 ? rate * 1e6 / baseline : 0);
    if (pclose(peers) != 0)
        printf("  (not all peers could run)\n");
}

/* Returns the rate of the baseline, 0 without one. */
static double run_generator(const struct options *o, enum plait_generator generator) {
    static struct field field;
    struct field *f = &field;
    f->count = 0;
    add(f, "clock", run_clock, (struct task){0}, STEPS);
    if (HAVE_BASELINE)
        add(f, "baseline", run_baseline, (struct task){0}, DARTS / 8);
    const size_t first = f->count;
    for (size_t k = 0; k < plait_path_count(); k++) {
        const struct plait_path *path = plait_path_at(k);
        if (plait_path_supported(path) && (!o->path || strcmp(o->path, plait_path_name(path)) == 0))
            add_path(f, path, generator);
    }
    const struct plait_path *widest = plait_select_best(plait_cpu_features());
    if (!o->path && strcmp(widest->name, "avx512") == 0)
        add_other_way(f, widest, generator);
    bench_run(f->contenders, f->count, o->rounds, round_s);

    const double cycles = bench_rate(&f->contenders[0]);
    const struct bench_contender *baseline = HAVE_BASELINE ? &f->contenders[1] : NULL;
    printf("%s\n", generator_names[generator]);
    if (baseline)
        print_path(o, generator, baseline, NULL, cycles, baseline);
    for (size_t k = first; k < f->count; k++) {
        const bool bounded = k + 1 < f->count && strcmp(f->contenders[k + 1].name, "bound") == 0;
        print_path(o, generator, &f->contenders[k], bounded ? &f->contenders[k + 1] : NULL, cycles,
                   baseline);
        k += bounded;
    }
    return baseline ? bench_rate(baseline) : 0;
}

/* -- the command line -------------------------------------------------------------------------- */

static void print_help(void) {
    puts("bench_darts [--path NAME] [--generator rxs64|pcg32] [--rounds N] [--csv FILE] [--peers]\n"
         "Times the dart kernel, one thread, against a baseline and the machine's bound.\n"
         "--peers also runs the programs in bench/peers (installs numba into a directory).");
}

static uint32_t rounds_of(const char *text) {
    char *end;
    const long value = strtol(text, &end, 10);
    if (!*text || *end || value < 1 || value > BENCH_ROUNDS_MAX)
        bench_misuse("out of range: --rounds", text);
    return (uint32_t)value;
}

static struct options parse(int argc, char **argv) {
    static const struct option known[] = {
        {"path", required_argument, NULL, 'p'},
        {"generator", required_argument, NULL, 'g'},
        {"rounds", required_argument, NULL, 'r'},
        {"csv", required_argument, NULL, 'c'},
        {"peers", no_argument, NULL, 'P'},
        {"help", no_argument, NULL, 'h'},
        {0},
    };
    struct options o = {.rounds = 101};
    struct plait_exec exec;
    for (int c; (c = getopt_long(argc, argv, "", known, NULL)) != -1;)
        switch (c) {
        case 'p':
            if (plait_exec_init(&exec, optarg, 1) != PLAIT_OK)
                bench_misuse("this machine has no path", optarg);
            o.path = optarg;
            break;
        case 'g':
            if (strcmp(optarg, "rxs64") != 0 && strcmp(optarg, "pcg32") != 0)
                bench_misuse("--generator takes rxs64 or pcg32, not", optarg);
            o.generator = optarg;
            break;
        case 'r':
            o.rounds = rounds_of(optarg);
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
    const double load = bench_load();
    double baseline = 0;
    printf("compiled by %s; %u rounds\n", PLAIT_COMPILER, (unsigned)o.rounds);
    if (load > 0.5)
        printf("do not trust absolute figures: other programs load the machine (%.1f)\n", load);
    if (!HAVE_BASELINE)
        printf("no baseline: it needs a C++ compiler and libpcg-cpp-dev\n");
    if (o.csv)
        fprintf(o.csv, "generator,path,mdarts_per_s,cycles,times_baseline,times_baseline_fastest,"
                       "percent_of_bound,spread\n");
    check_baseline();
    for (int g = PLAIT_RXS64; g <= PLAIT_PCG32; g++)
        if (!o.generator || strcmp(o.generator, generator_names[g]) == 0)
            baseline = run_generator(&o, (enum plait_generator)g);
    if (o.peers)
        print_peers(baseline);
    return o.csv && fclose(o.csv) != 0;
}
