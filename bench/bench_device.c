/* SPDX-License-Identifier: MIT
 * How fast the devices of this machine are: darts, escape counts and labels of k-means against the
 * fastest path on all cores, in turns in one run, and escape counts and labels in percent of the
 * fused operations of doubles and floats that the device was measured to do. Known answers come
 * first; exit status 1 if one is wrong, or if there is no device. A device that is a CPU is
 * measured too, for proof, not for speed.
 *
 *     ./dev bench device [--rounds N] */
#include "../arch/device_kind.h"
#include "bench.h"
#include "seahorse.h"

#include "plait/plait.h"

#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const double round_s = 0.05;

/* A step of the escape kernel is three fused operations and a sum, which take as many slots. */
enum { OPERATIONS_OF_A_STEP = 4 };

static struct plait_exec on_threads, on_device;

/* -- known answers ----------------------------------------------------------------------------- */

static uint64_t picture_fnv1a(enum plait_escape_kind kind) {
    const struct plait_escape e = plait_escape_default(kind);
    int32_t *counts = malloc((size_t)e.width * e.height * sizeof *counts);
    uint64_t *digests = malloc(e.height * sizeof *digests);
    if (!counts || !digests || plait_escape_rows(&e, &on_device, 0, e.height, counts) != PLAIT_OK)
        bench_die("no picture from", "the device");
    plait_digest_rows(&on_threads, counts, e.height, e.width, digests);
    const uint64_t fnv1a = plait_digest_picture(digests, e.height);
    free(counts);
    free(digests);
    return fnv1a;
}

static uint64_t hits_of(const struct plait_exec *exec, enum plait_generator generator,
                        uint64_t darts) {
    uint64_t hits = 0;
    const struct plait_darts_range range = {.generator = generator, .seed = 42, .count = darts};
    if (plait_darts_hits(&range, exec, &hits) != PLAIT_OK)
        bench_die("no hits from", "the device");
    return hits;
}

/* Those of tests/golden. */
static void check_known_answers(void) {
    if (picture_fnv1a(PLAIT_MANDELBROT) != UINT64_C(0xcc06575c1ed131fb) ||
        picture_fnv1a(PLAIT_JULIA) != UINT64_C(0x7977c2e50817ba97))
        bench_die("a wrong picture from", "the device");
    if (hits_of(&on_device, PLAIT_RXS64, 1 << 28) != 210834149 ||
        hits_of(&on_device, PLAIT_PCG32, 1 << 28) != 210821067)
        bench_die("wrong hits from", "the device");
    printf("known answers: two pictures and 2 x 2^28 darts are right\n");
}

/* -- contenders -------------------------------------------------------------------------------- */

struct task {
    const struct plait_exec *exec;
    enum plait_generator generator;
    uint64_t darts;
    struct plait_escape picture;
    int32_t *counts;
};

static void run_darts(void *context) {
    const struct task *task = context;
    (void)hits_of(task->exec, task->generator, task->darts);
}

static void run_rows(void *context) {
    const struct task *task = context;
    if (plait_escape_rows(&task->picture, task->exec, 0, task->picture.height, task->counts) !=
        PLAIT_OK)
        bench_die("no picture from", "a contender");
}

/* Darts that take about a round at that speed. */
static uint64_t darts_for(double darts_per_s) {
    uint64_t darts = 1 << 20;
    while ((double)darts < darts_per_s * round_s / 2 && darts < UINT64_C(1) << 34)
        darts *= 2;
    return darts;
}

/* The rates, that of the device in percent of what its units allow (0: not known), of `kind`. */
static void print_pair(const struct bench_contender *pair, const char *unit, double bound_rate,
                       const char *kind) {
    const double rates[2] = {bench_rate(&pair[0]), bench_rate(&pair[1])};
    for (int k = 0; k < 2; k++) {
        const char *doubt = bench_doubt(&pair[k]);
        printf("  %-26s %9.4g G %s/s%s%s%s", pair[k].name, rates[k] * 1e-9, unit,
               doubt ? "  (" : "", doubt ? doubt : "", doubt ? ")" : "");
        if (k == 0 && bound_rate > 0)
            printf("  %.0f %% of its fused %s", 100 * rates[0] / bound_rate, kind);
        printf("\n");
    }
    printf("  %-26s %9.3g times\n", "device over threads", rates[0] / rates[1]);
}

static void bench_darts(enum plait_generator generator, const char *name, uint32_t rounds) {
    struct task tasks[2] = {{.exec = &on_device}, {.exec = &on_threads}};
    struct bench_contender pair[2];
    for (int k = 0; k < 2; k++) {
        struct plait_exec exec = *tasks[k].exec;
        const uint64_t start_ns = bench_now_ns();
        (void)hits_of(&exec, generator, 1 << 24);
        tasks[k].generator = generator;
        tasks[k].darts = darts_for((1 << 24) / ((double)(bench_now_ns() - start_ns) * 1e-9));
        pair[k] = (struct bench_contender){.name = k == 0 ? "device" : "threads",
                                           .run = run_darts,
                                           .context = &tasks[k],
                                           .work = (double)tasks[k].darts};
    }
    bench_run(pair, 2, rounds, round_s);
    printf("darts, %s:\n", name);
    print_pair(pair, "darts", 0, "");
}

static void bench_rows(const struct plait_escape *picture, const char *name, double bound_rate,
                       uint32_t rounds) {
    struct task tasks[2];
    struct bench_contender pair[2];
    const size_t pixels = (size_t)picture->width * picture->height;
    uint64_t steps[2];
    for (int k = 0; k < 2; k++) {
        tasks[k] = (struct task){.exec = k == 0 ? &on_device : &on_threads,
                                 .picture = *picture,
                                 .counts = malloc(pixels * sizeof(int32_t))};
        if (!tasks[k].counts)
            bench_die("no memory for", name);
        run_rows(&tasks[k]);
        steps[k] =
            plait_escape_count_steps(picture, &on_threads, tasks[k].counts, picture->height).steps;
        pair[k] = (struct bench_contender){.name = k == 0 ? "device" : "threads",
                                           .run = run_rows,
                                           .context = &tasks[k],
                                           .work = (double)steps[k]};
    }
    if (memcmp(tasks[0].counts, tasks[1].counts, pixels * sizeof(int32_t)) != 0)
        bench_die("device and threads differ in", name);
    bench_run(pair, 2, rounds, round_s);
    printf("escape counts, %s, %" PRIu32 "x%" PRIu32 ", %.3g steps:\n", name, picture->width,
           picture->height, (double)steps[0]);
    print_pair(pair, "steps", bound_rate, "doubles");
    free(tasks[0].counts);
    free(tasks[1].counts);
}

/* -- k-means ----------------------------------------------------------------------------------- */

/* One run each, whose points the device keeps, as it does over the iterations of plait kmeans. */
struct label_task {
    struct plait_kmeans_run *run;
    const double *centroids;
    struct plait_exec exec;
};

static void run_labels(void *context) {
    const struct label_task *task = context;
    if (plait_kmeans_begin(task->run, task->centroids) != PLAIT_OK)
        bench_die("no labels from", "a contender");
}

/* Labels of points around centroids, sums of the host included; of the device alone what the trial
 * measures is the rate of its filter. */
static void bench_labels(uint32_t dims, uint32_t clusters, uint64_t points, double bound_rate,
                         double filter_rate, uint32_t rounds) {
    struct plait_kmeans kmeans = plait_kmeans_default(points, dims, clusters);
    double *values = malloc(points * dims * sizeof *values);
    struct label_task tasks[2] = {{.exec = on_device}, {.exec = on_threads}};
    struct bench_contender pair[2];
    struct plait_kmeans_result results[2];
    const double products = (double)points * dims * clusters;
    uint64_t state = 1;
    if (!values)
        bench_die("no memory for", "the points");
    for (uint64_t k = 0; k < points * dims; k++) {
        state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        values[k] = (double)(state >> 11) * 0x1p-53;
    }
    kmeans.bounds = PLAIT_KMEANS_BOUNDS_OFF;
    const struct plait_kmeans_share share = {.values = values, .count = points};
    for (int k = 0; k < 2; k++) {
        if (plait_kmeans_open(&kmeans, &share, NULL, &tasks[k].exec, NULL, &tasks[k].run) !=
            PLAIT_OK)
            bench_die("no k-means on", "a contender");
        tasks[k].centroids = values; /* the first points */
        run_labels(&tasks[k]);
        plait_kmeans_get_result(tasks[k].run, &results[k]);
        pair[k] = (struct bench_contender){.name = k == 0 ? "device" : "threads",
                                           .run = run_labels,
                                           .context = &tasks[k],
                                           .work = products};
    }
    if (memcmp(results[0].labels, results[1].labels, points * sizeof *results[0].labels) != 0)
        bench_die("device and threads differ in", "labels");
    bench_run(pair, 2, rounds, round_s);
    printf("labels and sums of k-means, %" PRIu64 " points, %" PRIu32 " columns, k %" PRIu32
           ", %.2g %% in doubt:\n",
           points, dims, clusters, 100 * (double)results[0].doubts / (double)points);
    print_pair(pair, "products", bound_rate, "floats");
    printf("  %-26s %9.4g G products/s", "the device's filter alone", filter_rate * 1e-9);
    if (bound_rate > 0)
        printf("  %.0f %% of its fused floats", 100 * filter_rate / bound_rate);
    printf("\n");
    for (int k = 0; k < 2; k++)
        plait_kmeans_close(tasks[k].run);
    free(values);
}

/* Fused operations of doubles or floats per second: longer and longer until it takes a round, and
 * then the best of some, since what else the machine does only makes it less. */
static double fused_rate(struct plait_device *device, bool doubles) {
    const uint32_t items = 1 << 20;
    double seconds = 0, rate = 0;
    if (!device->kind->fused ||
        !device->kind->fused(device, doubles, items, 1)) /* compiles it, too */
        return 0;
    for (uint32_t steps = 1, long_ones = 0; long_ones < 5 && steps <= 1 << 20;) {
        const uint64_t start_ns = bench_now_ns();
        if (!device->kind->fused(device, doubles, items, steps))
            return 0;
        seconds = (double)(bench_now_ns() - start_ns) * 1e-9;
        const double reached = 8.0 * items * steps / seconds;
        rate = reached > rate ? reached : rate;
        long_ones += seconds >= round_s;
        steps *= seconds < round_s ? 4 : 1;
    }
    return rate;
}

static bool bench_one(size_t index, uint32_t rounds) {
    struct plait_device_info info;
    char why[PLAIT_DEVICE_WHY_BYTES];
    struct plait_device *device = plait_device_open(PLAIT_ALL_DEVICES, index, &info, why);
    printf("%sdevice %zu, %s, %s%s%s\n", index > 0 ? "\n" : "", index, info.name, info.driver,
           device ? "" : ", is not used: ", device ? "" : why);
    if (!device)
        return false;
    on_device.device = device;
    if (!info.gpu)
        printf("it is no GPU: this is for proof, not for speed\n");
    printf("against path %s, %d threads; load %.2f\n", plait_path_name(on_threads.path),
           on_threads.threads, bench_load());
    check_known_answers();
    bench_darts(PLAIT_RXS64, "rxs64", rounds);
    bench_darts(PLAIT_PCG32, "pcg32", rounds);
    if (plait_device_does(device, PLAIT_JOB_ROWS)) {
        const double fused = fused_rate(device, true);
        const double bound = info.gpu ? fused / OPERATIONS_OF_A_STEP : 0;
        /* Large enough to take a fast device some launches. */
        const uint32_t size = info.steps_per_s > 2e10 ? 4 : 1;
        const struct plait_escape edge = seahorse(size);
        struct plait_escape inside = plait_escape_default(PLAIT_MANDELBROT);
        inside.width = inside.height = 512 * size;
        inside.maxit = info.steps_per_s > 2e10 ? 50000 : 500;
        inside.brute = true;
        plait_escape_set_region(&inside, -0.3, 0.1, -0.2, 0.2);
        printf("fused operations of doubles: %.4g G/s\n", fused * 1e-9);
        bench_rows(&edge, "seahorses", bound, rounds);
        bench_rows(&inside, "nothing but long orbits", bound, rounds);
    }
    if (plait_device_does(device, PLAIT_JOB_LABELS)) {
        const double fused = fused_rate(device, false);
        const double bound =
            info.gpu ? fused : 0; /* others make vectors of one kernel, not of all */
        const bool fast = info.products_per_s > 1e11;
        printf("fused operations of floats: %.4g G/s\n", fused * 1e-9);
        bench_labels(3, 16, fast ? 1 << 23 : 1 << 18, bound, info.products_per_s, rounds);
        bench_labels(32, 128, fast ? 1 << 20 : 1 << 15, bound, info.products_per_s, rounds);
        bench_labels(128, 1024, fast ? 1 << 18 : 1 << 12, bound, info.products_per_s, rounds);
    }
    if (!plait_device_does(device, PLAIT_JOB_DARTS))
        bench_die("lost in the middle of the benchmark:", "the device");
    plait_device_close(device);
    on_device.device = NULL;
    return true;
}

int main(int argc, char **argv) {
    static const struct option options[] = {{"rounds", required_argument, NULL, 'r'}, {0}};
    uint32_t rounds = 7;
    for (int o; (o = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        char *end = NULL;
        const long number = o == 'r' ? strtol(optarg, &end, 10) : 0;
        if (number < 1 || number > BENCH_ROUNDS_MAX || *end)
            bench_misuse("usage: bench_device [--rounds N], N from 1 to", "1000");
        rounds = (uint32_t)number;
    }
    if (optind < argc)
        bench_misuse("one word too many:", argv[optind]);
    const size_t count = plait_device_count(PLAIT_ALL_DEVICES);
    plait_exec_init(&on_threads, NULL, 0);
    on_device = on_threads;
    bool able = false; /* a machine may have PoCL next to its card, one of which is refused */
    if (count == 0)
        bench_die("OpenCL finds", "no device here");
    for (size_t k = 0; k < count; k++)
        able |= bench_one(k, rounds);
    return !able;
}
