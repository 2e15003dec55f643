/* SPDX-License-Identifier: MIT
 * How fast k-means is: per case and path in milliseconds a step, and the filter in percent of what
 * the multiply-adds allow (docs/performance-kmeans.md), measured in turns. Labels are checked
 * before anything is timed: those of all paths are equal, and samples are the reference's. One
 * thread is timed by what it has of a processor, so that programs on the same cores count less.
 *
 * With --peers, bench/peers/kmeans_steps.py takes turns between this program (--once) and others
 * that do the same steps from the same start (--dump). */
#define _DEFAULT_SOURCE /* madvise */
#include "bench.h"

#include "../arch/path.h"
#include "plait/plait.h"

#include <getopt.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

enum {
    STEPS = 10,
    WHOLE_STEPS = 20,   /* of a run with its start; bench/peers/kmeans_steps.py has the same */
    FILTER_ROUNDS = 20, /* for each round of steps */
    BOUND_ROUNDS = 1 << 13
};

/* Groups of points, as many as clusters, that overlap a little. */
static const struct bench_case {
    const char *name;
    uint32_t points, dims, clusters;
    double sigma;
} cases[] = {
    {"1e6x3k16", 1000000, 3, 16, 0.1},     {"1e6x3k256", 1000000, 3, 256, 0.1},
    {"2e5x16k64", 200000, 16, 64, 0.2},    {"1e5x64k64", 100000, 64, 64, 0.3},
    {"5e4x128k256", 50000, 128, 256, 0.3},
};
enum { CASES = sizeof cases / sizeof *cases };

struct options {
    const char *path; /* NULL: all that this machine has */
    const struct bench_case *only;
    const char *dump;
    uint32_t rounds;
    int threads;
    bool peers, once, start, whole;
};

/* -- points -------------------------------------------------------------------------------------
 */

static double uniform(uint64_t output) {
    return (double)(output >> 11) * 0x1p-53;
}

/* Floats in doubles, so that peers that know floats only see the same points. */
static double *make_points(const struct bench_case *c) {
    const size_t values = (size_t)c->points * c->dims, page = (size_t)1 << 21;
    const size_t bytes = (values * sizeof(double) + page - 1) / page * page;
    double *points = aligned_alloc(page, bytes);
    double *centres = malloc((size_t)c->clusters * c->dims * sizeof *centres);
    if (!points || !centres)
        bench_die("not enough memory for", c->name);
#ifdef MADV_HUGEPAGE
    madvise(points, bytes, MADV_HUGEPAGE); /* as NumPy does for the peers */
#endif
    uint64_t state = plait_pcg_seed(7), output;
    for (uint32_t k = 0; k < c->clusters * c->dims; k++) {
        state = plait_pcg_outputs(PLAIT_RXS64, state, 1, &output);
        centres[k] = uniform(output);
    }
    for (uint32_t i = 0; i < c->points; i++) {
        state = plait_pcg_outputs(PLAIT_RXS64, state, 1, &output);
        const double *centre = centres + (size_t)(output >> 40) % c->clusters * c->dims;
        for (uint32_t d = 0; d < c->dims; d++) {
            state = plait_pcg_outputs(PLAIT_RXS64, state, 1, &output);
            const double noise = (double)((output & 0xffff) + (output >> 16 & 0xffff) +
                                          (output >> 32 & 0xffff) + (output >> 48)) *
                                     0x1p-16 -
                                 2;
            points[(size_t)i * c->dims + d] = (float)(centre[d] + c->sigma * noise);
        }
    }
    free(centres);
    return points;
}

/* -- runs ---------------------------------------------------------------------------------------
 */

/* A case on a path. */
struct task {
    const struct bench_case *c;
    struct plait_exec exec;
    struct plait_kmeans_run *run;
    const double *start;
};

static void run_steps(const struct task *t, int steps) {
    enum plait_status status = plait_kmeans_begin(t->run, t->start);
    for (int k = 0; k < steps && status == PLAIT_OK; k++)
        status = plait_kmeans_step(t->run);
    if (status != PLAIT_OK)
        bench_die(plait_status_text(status), t->c->name);
}

/* Milliseconds: of processor time with one thread, else of the clock. */
static double now_ms(int threads) {
    struct timespec now;
    clock_gettime(threads == 1 ? CLOCK_PROCESS_CPUTIME_ID : CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec * 1e-6;
}

/* Milliseconds of a run of one step and of one of STEPS more. Their difference is the time of the
 * steps after the first one; the fastest of many is that of the fastest of each. */
struct times {
    double few, many;
};

static struct times time_steps(const struct task *t) {
    const double begin = now_ms(t->exec.threads);
    run_steps(t, 1);
    const double middle = now_ms(t->exec.threads);
    run_steps(t, STEPS + 1);
    return (struct times){middle - begin, now_ms(t->exec.threads) - middle};
}

/* The same, each step for itself: ms[k] becomes that of the one after k + 1 others if it is less.
 * Returns the mean. On a machine that others use, each step finds a quiet moment sooner than all of
 * them together. */
static double time_each_step(const struct task *t, double ms[STEPS]) {
    double sum = 0;
    run_steps(t, 1);
    for (int k = 0; k < STEPS; k++) {
        const double begin = now_ms(t->exec.threads);
        if (plait_kmeans_step(t->run) != PLAIT_OK)
            bench_die("cannot run", t->c->name);
        const double step = now_ms(t->exec.threads) - begin;
        ms[k] = fmin(ms[k], step);
        sum += step;
    }
    return sum / STEPS;
}

static struct task open_task(const struct bench_case *c, const struct plait_path *path, int threads,
                             const double *points, double *start) {
    struct task t = {.c = c, .exec = {.path = path, .threads = threads}, .start = start};
    const struct plait_kmeans kmeans = plait_kmeans_default(c->points, c->dims, c->clusters);
    const struct plait_kmeans_share share = {points, 0, c->points, NULL};
    enum plait_status status = plait_kmeans_open(&kmeans, &share, NULL, &t.exec, NULL, &t.run);
    if (status != PLAIT_OK)
        bench_die(plait_status_text(status), c->name);
    return t;
}

static uint64_t checked_labels(const struct task *t) {
    struct plait_kmeans_result result;
    run_steps(t, STEPS);
    plait_kmeans_get_result(t->run, &result);
    for (uint64_t i = 0; i < t->c->points; i += t->c->points / 200)
        if (plait_kmeans_reference(t->run, i) != result.labels[i])
            bench_die("wrong label from path", plait_path_name(t->exec.path));
    return plait_kmeans_checksum(t->run);
}

/* -- filter -------------------------------------------------------------------------------------
 */

/* Blocks and tiles of numbers: what the filter computes with them does not change its time. */
struct filter {
    const struct plait_kmeans_path *path;
    struct plait_kmeans_floats floats;
    float *a, *a2, *b, *h;
    int32_t *labels;
    uint32_t blocks;
    plait_bound_fn *bound; /* NULL: not known */
};

static void run_filter(const struct filter *f) {
    struct plait_kmeans_news news;
    for (uint32_t k = 0; k < f->blocks; k += PLAIT_KMEANS_SCAN) {
        const size_t first = (size_t)k * PLAIT_KMEANS_BLOCK;
        f->path->scan(&f->floats, f->a + first * f->floats.dims, f->a2 + first, f->labels + first,
                      PLAIT_KMEANS_SCAN, &news);
    }
}

static float *random_floats(size_t count) {
    float *values = aligned_alloc(64, (count * sizeof *values + 63) / 64 * 64);
    uint64_t state = 1, output;
    for (size_t k = 0; values && k < count; k++) {
        state = plait_pcg_outputs(PLAIT_RXS64, state, 1, &output);
        values[k] = (float)uniform(output) - 0.5f;
    }
    return values;
}

static struct filter make_filter(const struct bench_case *c, const struct plait_path *path) {
    struct filter f = {.path = PLAIT_PATH_KERNEL(path, kmeans)(), .blocks = 256};
    const uint32_t tiles = (c->clusters + PLAIT_KMEANS_TILE - 1) / PLAIT_KMEANS_TILE;
    f.a = random_floats((size_t)f.blocks * PLAIT_KMEANS_BLOCK * c->dims);
    f.a2 = random_floats((size_t)f.blocks * PLAIT_KMEANS_BLOCK);
    f.b = random_floats((size_t)tiles * PLAIT_KMEANS_TILE * c->dims);
    f.h = random_floats((size_t)tiles * PLAIT_KMEANS_TILE);
    f.labels = calloc((size_t)f.blocks * PLAIT_KMEANS_BLOCK, sizeof *f.labels);
    if (!f.a || !f.a2 || !f.b || !f.h || !f.labels)
        bench_die("not enough memory for", c->name);
    f.floats = (struct plait_kmeans_floats){c->dims, tiles, f.b, f.h, 1e-6f};
    return f;
}

/* Rounds of a millisecond or so in turns; the fastest of each says what the units can do. The bound
 * is that of multiply-adds of doubles: floats have twice the lanes. */
static void print_filter(const struct bench_case *c, const struct plait_path *path,
                         uint32_t rounds) {
    const double block_work = (double)PLAIT_KMEANS_BLOCK * c->clusters * c->dims;
    struct filter f = make_filter(c, path);
    f.bound = path->bound ? path->bound->fma : NULL;
    f.blocks = block_work < 1e5 ? f.blocks : f.blocks / 8;
    double fastest = INFINITY, fastest_bound = INFINITY;
    for (uint32_t r = 0; r < FILTER_ROUNDS * rounds; r++) {
        const double begin = now_ms(1);
        run_filter(&f);
        const double middle = now_ms(1);
        if (f.bound)
            f.bound(BOUND_ROUNDS);
        const double end = now_ms(1);
        fastest = fmin(fastest, middle - begin);
        fastest_bound = fmin(fastest_bound, end - middle);
    }
    const double rate = f.blocks * block_work / fastest * 1e-6;
    printf("; filter %6.1f G multiply-adds/s", rate);
    if (f.bound)
        printf(", %4.1f %% of bound",
               100 * rate / (2 * f.bound(1) * BOUND_ROUNDS / fastest_bound * 1e-6));
    free(f.a);
    free(f.a2);
    free(f.b);
    free(f.h);
    free(f.labels);
}

/* -- one case -----------------------------------------------------------------------------------
 */

static int compare(const void *a, const void *b) {
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void run_case(const struct options *o, const struct bench_case *c) {
    double *points = make_points(c);
    uint64_t labels = 0;
    printf("%s\n", c->name);
    for (size_t k = 0; k < plait_path_count(); k++) {
        const struct plait_path *path = plait_path_at(k);
        if (!plait_path_supported(path) || (o->path && strcmp(o->path, plait_path_name(path)) != 0))
            continue;
        double ms[BENCH_ROUNDS_MAX];
        struct plait_kmeans_result result;
        const struct task t = open_task(c, path, o->threads, points, points);
        const uint64_t checksum = checked_labels(&t);
        if (labels != 0 && checksum != labels)
            bench_die("other labels than the paths before from", plait_path_name(path));
        labels = checksum;
        double fastest[STEPS], sum = 0;
        for (int s = 0; s < STEPS; s++)
            fastest[s] = INFINITY;
        for (uint32_t r = 0; r < o->rounds; r++)
            ms[r] = time_each_step(&t, fastest);
        for (int s = 0; s < STEPS; s++)
            sum += fastest[s];
        qsort(ms, o->rounds, sizeof *ms, compare);
        plait_kmeans_get_result(t.run, &result);
        printf("  %-8s %8.2f ms a step (fastest %.2f, %.2f %% in doubt)", plait_path_name(path),
               ms[o->rounds / 2], sum / STEPS, 100.0 * (double)result.doubts / c->points);
        print_filter(c, path, o->rounds);
        printf("\n");
        fflush(stdout);
        plait_kmeans_close(t.run);
    }
    free(points);
}

/* What the peers' program asks for: figures, or the points and the start as raw floats. */
static void serve_peers(const struct options *o) {
    const struct bench_case *c = o->only;
    double *points = make_points(c);
    if (o->dump) {
        FILE *file = fopen(o->dump, "wb");
        if (!file)
            bench_die("cannot write", o->dump);
        for (size_t k = 0; k < (size_t)c->points * c->dims; k++) {
            const float value = (float)points[k];
            if (fwrite(&value, sizeof value, 1, file) != 1)
                bench_die("cannot write", o->dump);
        }
        if (fclose(file) != 0)
            bench_die("cannot write", o->dump);
        printf("%u %u %u\n", c->points, c->dims, c->clusters);
    } else {
        struct plait_exec exec;
        if (plait_exec_init(&exec, o->path, o->threads) != PLAIT_OK)
            bench_die("cannot run", c->name);
        const double open = now_ms(o->threads);
        struct task t = open_task(c, exec.path, o->threads, points, points);
        double *centroids = malloc((size_t)c->clusters * c->dims * sizeof *centroids);
        if (!centroids)
            bench_die("not enough memory for", c->name);
        const double begin = now_ms(o->threads);
        if ((o->start || o->whole) && plait_kmeans_start(t.run, 0, centroids) != PLAIT_OK)
            bench_die("no start for", c->name);
        t.start = centroids;
        if (o->whole)
            run_steps(&t, WHOLE_STEPS);
        const double end = now_ms(o->threads);
        t.start = points;
        if (o->whole || o->start)
            printf("%.4f\n", o->whole ? end - open : end - begin);
        else {
            const struct times times = time_steps(&t);
            printf("%.4f %.4f\n", times.few, times.many);
        }
        plait_kmeans_close(t.run);
        free(centroids);
    }
    free(points);
}

/* -- the command line ---------------------------------------------------------------------------
 */

static void print_help(void) {
    puts("bench_kmeans [--case NAME] [--path NAME] [--rounds N] [--threads N] [--peers]\n"
         "Times a step of k-means on one thread, and its filter against the machine's bound.\n"
         "--peers also runs the programs in bench/peers (installs them into a directory of its "
         "own).\n"
         "Cases:");
    for (int k = 0; k < CASES; k++)
        printf("  %s\n", cases[k].name);
}

static uint32_t number_of(const char *name, const char *text, long most) {
    char *end;
    const long value = strtol(text, &end, 10);
    if (!*text || *end || value < 1 || value > most)
        bench_misuse(name, text);
    return (uint32_t)value;
}

static struct options parse(int argc, char **argv) {
    static const struct option known[] = {
        {"case", required_argument, NULL, 'c'},
        {"path", required_argument, NULL, 'p'},
        {"rounds", required_argument, NULL, 'r'},
        {"threads", required_argument, NULL, 't'},
        {"peers", no_argument, NULL, 'P'},
        {"once", no_argument, NULL, 'o'},
        {"start", no_argument, NULL, 's'},
        {"whole", no_argument, NULL, 'w'},
        {"dump", required_argument, NULL, 'd'},
        {"help", no_argument, NULL, 'h'},
        {0},
    };
    struct options o = {.rounds = 7, .threads = 1};
    struct plait_exec exec;
    for (int c; (c = getopt_long(argc, argv, "", known, NULL)) != -1;)
        switch (c) {
        case 'c':
            for (int k = 0; k < CASES; k++)
                if (strcmp(optarg, cases[k].name) == 0)
                    o.only = &cases[k];
            if (!o.only)
                bench_misuse("no such case:", optarg);
            break;
        case 'p':
            if (plait_exec_init(&exec, optarg, 1) != PLAIT_OK)
                bench_misuse("this machine has no path", optarg);
            o.path = optarg;
            break;
        case 'r':
            o.rounds = number_of("out of range: --rounds", optarg, BENCH_ROUNDS_MAX);
            break;
        case 't':
            o.threads = (int)number_of("out of range: --threads", optarg, PLAIT_THREADS_MAX);
            break;
        case 'P':
            o.peers = true;
            break;
        case 'o':
            o.once = true;
            break;
        case 's':
            o.start = true;
            break;
        case 'w':
            o.whole = true;
            break;
        case 'd':
            o.dump = optarg;
            break;
        case 'h':
            print_help();
            exit(0);
        default:
            exit(2);
        }
    if (optind < argc)
        bench_misuse("no such argument:", argv[optind]);
    if ((o.once || o.dump) && !o.only)
        bench_misuse("needs --case:", o.once ? "--once" : "--dump");
    return o;
}

int main(int argc, char **argv) {
    const struct options o = parse(argc, argv);
    const double load = bench_load();
    if (o.once || o.dump) {
        serve_peers(&o);
        return 0;
    }
    printf("compiled by %s; %u rounds, threads %d\n", PLAIT_COMPILER, (unsigned)o.rounds,
           o.threads);
    if (load > 0.5)
        printf("do not trust absolute figures: other programs load the machine (%.1f)\n", load);
    for (int k = 0; k < CASES; k++)
        if (!o.only || o.only == &cases[k])
            run_case(&o, &cases[k]);
    fflush(stdout);
    if (o.peers) {
        char rounds[16];
        snprintf(rounds, sizeof rounds, "%u", (unsigned)o.rounds);
        execl(PLAIT_PEERS, PLAIT_PEERS, PLAIT_PEERS_WORK, argv[0], rounds, (char *)NULL);
        bench_die("cannot run", PLAIT_PEERS);
    }
    return 0;
}
