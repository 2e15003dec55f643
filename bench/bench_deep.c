/* SPDX-License-Identifier: MIT
 * How fast deep pixels are: seconds of the pixels of a view on one thread, per path, in times the
 * plain loop of the same C; two threads; what the steps consist of; and the reference orbit next to
 * the bare loop in MPFR. Every picture is checked before it is timed. */
#define _POSIX_C_SOURCE 200809L
#include "../arch/path.h"
#include "bench.h"
#include "deep_plain.h"
#include "deep_tally.h"
#include "picture/deep/reference_orbit.h"
#include "plait/plait.h"

#include <getopt.h>
#include <math.h>
#include <mpfr.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct deep_tally deep_tally;

enum { SAMPLES = 100 };

struct options {
    const char *path; /* NULL: all that this machine has */
    const char *view; /* NULL: all */
    uint32_t rounds;
    bool peers;
};

static const double QUICK_S = 0.1;

static void *allocate(size_t count, size_t size) {
    void *memory = calloc(count, size);
    if (!memory)
        bench_die("out of memory for", "counts");
    return memory;
}

static void require(enum plait_status status, const char *what) {
    if (status != PLAIT_OK)
        bench_die(plait_status_text(status), what);
}

/* -- views ------------------------------------------------------------------------------------- */

/* Centres stand in tests/golden/deep.txt; zoom, size and maxit are of here. */
static const struct view {
    const char *name, *known, *zoom;
    uint32_t width, height;
    int32_t maxit;
    const char *what;
    double avx512_target, avx2_target; /* times the plain loop; 0: none */
    bool with_peers;                   /* they draw it, too */
} views[] = {
    {"seahorse15", "seahorse15", "1e15", 160, 120, 20000, "mostly single steps", 5.5, 2.5, true},
    {"misiurewicz50", "misiurewicz100", "1e50", 160, 120, 20000, "many skips", 3.5, 0, true},
    {"interior30", "minibrot30", "7e29", 160, 120, 50000, "around a minibrot, next to its nucleus",
     2, 0, false},
    {"interior31", "minibrot30", "3e32", 160, 120, 50000, "inside it", 2, 0, false},
    {"deep300", "deep300", "1e300", 120, 90, 100000, "extended", 1, 1, false},
    {"deep1000", "deep1000", "1e1000", 120, 90, 50000, "extended, on lines of symmetry", 1, 1,
     false},
    {"i900", "edge-i900", "1e900", 120, 90, 4000, "extended, a Misiurewicz point", 1, 1, false},
    {"julia100", "julia100", "1e100", 160, 120, 20000, "Julia", 0, 0, false},
    {"fixedpoint40", "fixedpoint40", "1e40", 160, 120, 3000, "Julia, a repelling fixed point", 0, 0,
     false},
    {"circle280", "edge-circle280", "1e280", 120, 90, 3000, "extended Julia", 1, 1, false},
};
enum { VIEWS = sizeof views / sizeof *views };

/* A view that is ready: its texts, and its tables. */
struct scene {
    const struct view *view;
    char *line, *center; /* of the known answers, and from it */
    struct deep_texts texts;
    struct plait_escape escape;
    struct plait_deep *tables;
    struct deep_reference *reference;
    int32_t *right; /* counts that others must have */
};

/* Reads the centre, and c of a Julia set: name W H ZOOM MAXIT KIND RE IM ... */
static void read_texts(struct scene *scene) {
    FILE *file = fopen(PLAIT_GOLDEN_DIR "/deep.txt", "r");
    size_t bytes = 0;
    char *words[8], *rest = NULL;
    if (!file)
        bench_die("cannot read", PLAIT_GOLDEN_DIR "/deep.txt");
    do {
        if (getline(&scene->line, &bytes, file) < 0)
            bench_die("no view of that name in the known answers:", scene->view->known);
        rest = scene->line;
        words[0] = strtok_r(rest, " \n", &rest);
    } while (!words[0] || strcmp(words[0], scene->view->known) != 0);
    fclose(file);
    for (size_t k = 1; k < 8; k++) {
        words[k] = strtok_r(rest, " \n", &rest);
        if (!words[k])
            bench_die("a short line for", scene->view->known);
    }
    const size_t length = strlen(words[6]) + strlen(words[7]) + 2;
    scene->center = allocate(length, 1);
    snprintf(scene->center, length, "%s,%s", words[6], words[7]);
    scene->texts = (struct deep_texts){.center = scene->center, .zoom = scene->view->zoom};
    scene->escape.bailout = 2;
    if (strcmp(words[5], "-") != 0) {
        char *comma = strrchr(words[5], ',');
        *comma = '\0';
        scene->texts.c = words[5];
        scene->escape.bailout = strtod(comma + 1, NULL);
        scene->escape.kind = PLAIT_JULIA;
    }
}

/* Computes the orbits and hands them to the tables. */
static void make_orbits(struct scene *scene, struct plait_deep *tables) {
    const int kinds = scene->escape.kind == PLAIT_JULIA ? 2 : 1;
    for (int k = 0; k < kinds; k++) {
        const enum plait_deep_orbit_kind kind = (enum plait_deep_orbit_kind)k;
        deep_reference_start(scene->reference, kind);
        for (bool last = false; !last;) {
            struct plait_deep_point point;
            deep_reference_next(scene->reference, &point);
            require(plait_deep_add(tables, kind, &point, &last), scene->view->name);
        }
    }
}

static void open_scene(struct scene *scene, const struct view *view) {
    struct plait_deep_view place;
    struct failure failure = {0};
    *scene = (struct scene){.view = view};
    read_texts(scene);
    scene->escape.width = view->width;
    scene->escape.height = view->height;
    scene->escape.maxit = view->maxit;
    if (!deep_reference_begin(&scene->reference, &scene->escape, &scene->texts, &place, &failure))
        bench_die("no reference orbit for", view->name);
    require(plait_deep_begin(&scene->escape, &place, &scene->tables), view->name);
    make_orbits(scene, scene->tables);
    require(plait_deep_finish(scene->tables), view->name);
    scene->escape.deep = scene->tables;
    scene->right = allocate((size_t)view->width * view->height, sizeof *scene->right);
}

static void close_scene(struct scene *scene) {
    plait_deep_free(scene->tables);
    deep_reference_free(scene->reference);
    free(scene->line);
    free(scene->center);
    free(scene->right);
}

/* -- contenders -------------------------------------------------------------------------------- */

enum { CONTENDERS_MAX = 8 };

struct contender {
    char name[32];
    struct plait_path path; /* a copy, in which the plain loop stands for the function */
    int threads;
    double cpu_s, wall_s; /* the quietest round */
};

static double clock_s(clockid_t clock) {
    struct timespec now;
    clock_gettime(clock, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static void count_pixels(const struct scene *scene, const struct contender *c, int32_t *counts) {
    const struct plait_exec exec = {.path = &c->path, .threads = c->threads};
    require(plait_escape_rows(&scene->escape, &exec, 0, scene->escape.height, counts), c->name);
}

/* Counts of the first contender are compared with the reference, all others with those. */
static void check_contender(struct scene *scene, const struct contender *c, bool first) {
    const size_t pixels = (size_t)scene->escape.width * scene->escape.height;
    int32_t *counts = allocate(pixels, sizeof *counts);
    count_pixels(scene, c, counts);
    if (first) {
        const struct plait_exec exec = {.path = &c->path, .threads = 1};
        struct plait_escape_difference difference;
        require(plait_escape_verify(&scene->escape, &exec, counts, SAMPLES, &difference), c->name);
        memcpy(scene->right, counts, pixels * sizeof *counts);
    } else if (memcmp(counts, scene->right, pixels * sizeof *counts) != 0) {
        bench_die("wrong counts from", c->name);
    }
    free(counts);
}

/* Rounds in turns; the quietest one of each contender says how fast it is. A round of a quick view
 * is many. */
static void time_contenders(const struct scene *scene, struct contender *contenders, size_t count,
                            uint32_t rounds) {
    int32_t *counts = allocate((size_t)scene->escape.width * scene->escape.height, sizeof *counts);
    const double start = clock_s(CLOCK_MONOTONIC);
    count_pixels(scene, &contenders[0], counts);
    const double once = clock_s(CLOCK_MONOTONIC) - start;
    const double times = once < QUICK_S ? rounds * QUICK_S / once : rounds;
    for (uint32_t r = 0; r < times; r++)
        for (size_t k = 0; k < count; k++) {
            struct contender *c = &contenders[k];
            const double cpu = clock_s(CLOCK_PROCESS_CPUTIME_ID), wall = clock_s(CLOCK_MONOTONIC);
            count_pixels(scene, c, counts);
            c->wall_s = fmin(c->wall_s, clock_s(CLOCK_MONOTONIC) - wall);
            c->cpu_s = fmin(c->cpu_s, clock_s(CLOCK_PROCESS_CPUTIME_ID) - cpu);
        }
    free(counts);
}

static void add_contender(struct contender *contenders, size_t *count, const char *name,
                          const struct plait_path *path, int threads) {
    struct contender *c = &contenders[(*count)++];
    *c = (struct contender){
        .path = *path, .threads = threads, .cpu_s = INFINITY, .wall_s = INFINITY};
    snprintf(c->name, sizeof c->name, "%s%s", name, threads > 1 ? ", 2 threads" : "");
}

/* -- what the work consists of ----------------------------------------------------------------- */

#define row(name) plait_deep_tile_fn deep_tallied_tile_##name;
DEEP_PATHS
#undef row

static const struct {
    const char *name;
    plait_deep_tile_fn *tile;
} tallied[] = {
#define row(name) {#name, deep_tallied_tile_##name},
    DEEP_PATHS
#undef row
};

static double percent(uint64_t part, uint64_t whole) {
    return whole == 0 ? 0 : 100.0 * (double)part / (double)whole;
}

static void print_tally(struct scene *scene, const char *name) {
    for (size_t k = 0; k < sizeof tallied / sizeof *tallied; k++) {
        if (strcmp(tallied[k].name, name) != 0)
            continue;
        const struct contender c = {.path = {.name = name, .kernels.deep_tile = tallied[k].tile},
                                    .threads = 1};
        deep_tally = (struct deep_tally){0};
        check_contender(scene, &c, false);
        const struct deep_tally *t = &deep_tally;
        const uint64_t all = t->singles + t->extended_singles + t->skips; /* all that is computed */
        printf(
            "    %.1f %% of the steps by skips of %.1f; of %.3g M operations %.1f %% skips, %.1f %% extended single steps; %.3g M rebases\n",
            percent(t->skipped, t->skipped + t->followed + t->singles + t->extended_singles),
            t->skips == 0 ? 0 : (double)t->skipped / (double)t->skips, (double)all * 1e-6,
            percent(t->skips, all), percent(t->extended_singles, all), (double)t->rebases * 1e-6);
        if (t->settles > 0)
            printf(
                "    of the lanes in blocks %.1f %% rest; %.3g M vectors settled, %.2f lanes due in "
                "each\n",
                percent(t->rests, t->slots), (double)t->settles * 1e-6,
                (double)t->settled / (double)t->settles);
    }
}

/* -- the reference orbit ----------------------------------------------------------------------- */

/* One number of a text "RE,IM". */
static void read_part(mpfr_t number, const char *text, size_t part) {
    char *copy = strdup(text), *comma = copy ? strchr(copy, ',') : NULL;
    if (!comma)
        bench_die("out of memory for", "a centre");
    *comma = '\0';
    mpfr_set_str(number, part == 0 ? copy : comma + 1, 10, MPFR_RNDN);
    free(copy);
}

/* Seconds of the bare loop in MPFR: z alone, or also what a point is made of, S = |z|^2 - r^2 and
 * the three numbers rounded to doubles. */
static double time_bare_orbit(const struct scene *scene, uint64_t steps, bool points) {
    const mpfr_prec_t bits = (mpfr_prec_t)deep_reference_bits(scene->reference);
    const char *c = scene->texts.c ? scene->texts.c : scene->texts.center;
    mpfr_t x, y, cx, cy, xx, yy, xy, s, r2;
    mpfr_inits2(bits, x, y, cx, cy, xx, yy, xy, s, r2, (mpfr_ptr)NULL);
    mpfr_set_zero(x, 1);
    mpfr_set_zero(y, 1);
    if (scene->texts.c) {
        read_part(x, scene->texts.center, 0);
        read_part(y, scene->texts.center, 1);
    }
    read_part(cx, c, 0);
    read_part(cy, c, 1);
    const bool extended = plait_deep_is_extended(scene->tables);
    mpfr_set_d(r2, scene->escape.bailout, MPFR_RNDN);
    mpfr_sqr(r2, r2, MPFR_RNDN);
    volatile double point[3];
    long e;
    const double start = clock_s(CLOCK_PROCESS_CPUTIME_ID);
    for (uint64_t m = 0; m < steps; m++) {
        mpfr_sqr(xx, x, MPFR_RNDN);
        mpfr_sqr(yy, y, MPFR_RNDN);
        mpfr_mul(xy, x, y, MPFR_RNDN);
        mpfr_add(s, xx, yy, MPFR_RNDN);
        if (mpfr_cmp_ui(s, 1000) >= 0)
            bench_die("the bare orbit left the disc of", scene->view->name);
        if (points) {
            mpfr_sub(s, s, r2, MPFR_RNDN);
            point[0] = extended ? mpfr_get_d_2exp(&e, x, MPFR_RNDN) : mpfr_get_d(x, MPFR_RNDN);
            point[1] = extended ? mpfr_get_d_2exp(&e, y, MPFR_RNDN) : mpfr_get_d(y, MPFR_RNDN);
            point[2] = extended ? mpfr_get_d_2exp(&e, s, MPFR_RNDN) : mpfr_get_d(s, MPFR_RNDN);
        }
        mpfr_sub(xx, xx, yy, MPFR_RNDN);
        mpfr_add(x, xx, cx, MPFR_RNDN);
        mpfr_mul_2ui(xy, xy, 1, MPFR_RNDN);
        mpfr_add(y, xy, cy, MPFR_RNDN);
    }
    const double seconds = clock_s(CLOCK_PROCESS_CPUTIME_ID) - start;
    (void)point;
    mpfr_clears(x, y, cx, cy, xx, yy, xy, s, r2, (mpfr_ptr)NULL);
    return seconds;
}

/* Seconds of the first orbit as rank 0 computes it, with its place in the tables. */
static double time_orbit(const struct scene *scene, uint64_t *steps) {
    struct plait_deep_view place;
    struct deep_reference *reference;
    struct plait_deep *tables;
    struct failure failure = {0};
    struct plait_deep_point point;
    if (!deep_reference_begin(&reference, &scene->escape, &scene->texts, &place, &failure))
        bench_die("no reference orbit for", scene->view->name);
    require(plait_deep_begin(&scene->escape, &place, &tables), scene->view->name);
    deep_reference_start(reference, PLAIT_DEEP_FIRST);
    const double start = clock_s(CLOCK_PROCESS_CPUTIME_ID);
    *steps = 0;
    for (bool last = false; !last; ++*steps) {
        deep_reference_next(reference, &point);
        require(plait_deep_add(tables, PLAIT_DEEP_FIRST, &point, &last), scene->view->name);
    }
    const double seconds = clock_s(CLOCK_PROCESS_CPUTIME_ID) - start;
    plait_deep_free(tables);
    deep_reference_free(reference);
    return seconds;
}

static void print_orbit(const struct scene *scene, uint32_t rounds) {
    double orbit = INFINITY, bare = INFINITY, points = INFINITY;
    uint64_t steps = 0;
    for (uint32_t r = 0; r < 5 * rounds; r++) {
        orbit = fmin(orbit, time_orbit(scene, &steps));
        bare = fmin(bare, time_bare_orbit(scene, steps - 1, false));
        points = fmin(points, time_bare_orbit(scene, steps - 1, true));
    }
    printf(
        "  reference orbit of %llu bits: %.0f ns a step, %.2f x the bare loop in MPFR with S and "
        "roundings (target 1.1), %.2f x without\n",
        (unsigned long long)deep_reference_bits(scene->reference), 1e9 * orbit / (double)steps,
        orbit / points, orbit / bare);
}

/* -- one view ---------------------------------------------------------------------------------- */

static double target_of(const struct view *view, const char *path) {
    return strcmp(path, "avx512") == 0 ? view->avx512_target
           : strcmp(path, "avx2") == 0 ? view->avx2_target
                                       : 0;
}

static void print_times(const struct view *view, const struct contender *contenders, size_t count) {
    for (size_t k = 0; k < count; k++) {
        const struct contender *c = &contenders[k];
        printf("  %-20s %9.2f ms", c->name, 1e3 * (c->threads > 1 ? c->wall_s : c->cpu_s));
        if (c->threads > 1)
            printf("  %5.2f x one thread (target 1.9)", contenders[k - 1].wall_s / c->wall_s);
        else
            printf("  %5.2f x plain C", contenders[0].cpu_s / c->cpu_s);
        if (c->threads == 1 && target_of(view, c->path.name) > 0)
            printf(" (target %.1f)", target_of(view, c->path.name));
        printf("\n");
    }
}

/* Lines "name<TAB>seconds" from the program in peers/, on one thread next to the best path. */
static void print_peers(const struct scene *scene, uint32_t rounds, const struct contender *best) {
    const struct view *view = scene->view;
    const char *comma = strchr(scene->center, ',');
    const size_t bytes = strlen(scene->center) + 1000;
    char *line = allocate(bytes, 1), name[200];
    double seconds;
    snprintf(line, bytes, "'%s' '%s' '%.*s' '%s' %s %u %u %d %u", PLAIT_PEERS, PLAIT_PEERS_WORK,
             (int)(comma - scene->center), scene->center, comma + 1, view->zoom,
             (unsigned)view->width, (unsigned)view->height, (int)view->maxit, (unsigned)rounds);
    FILE *peers = popen(line, "r");
    if (!peers)
        bench_die("cannot run", PLAIT_PEERS);
    while (fgets(line, (int)bytes, peers))
        if (sscanf(line, "%199[^\t]\t%lf", name, &seconds) == 2)
            printf("  %-20s %9.2f ms  %5.1f times %s\n", name, 1e3 * seconds, seconds / best->cpu_s,
                   best->name);
    if (pclose(peers) != 0)
        printf("  (no peer could run)\n");
    free(line);
}

static void run_view(const struct options *o, const struct view *view) {
    struct contender contenders[CONTENDERS_MAX];
    struct plait_path plain = *plait_path_at(0);
    struct scene scene;
    size_t count = 0;
    open_scene(&scene, view);
    const struct plait_deep_size size = plait_deep_size_of(scene.tables);
    printf("%s: %ux%u, zoom %s, maxit %d: %s; %llu steps of reference, %llu skips\n", view->name,
           (unsigned)view->width, (unsigned)view->height, view->zoom, (int)view->maxit, view->what,
           (unsigned long long)size.steps, (unsigned long long)size.skips);
    plain.kernels.deep_tile = deep_plain_tile;
    add_contender(contenders, &count, "plain C", &plain, 1);
    const struct plait_path *best = NULL;
    for (size_t k = 0; k < plait_path_count(); k++) {
        const struct plait_path *path = plait_path_at(k);
        if (!plait_path_supported(path) || (o->path && strcmp(o->path, path->name) != 0))
            continue;
        add_contender(contenders, &count, path->name, path, 1);
        best = path;
    }
    if (plait_visible_cores() >= 2)
        add_contender(contenders, &count, best->name, best, 2);
    for (size_t k = 0; k < count; k++)
        check_contender(&scene, &contenders[k], k == 0);
    time_contenders(&scene, contenders, count, o->rounds);
    print_times(view, contenders, count);
    if (o->peers && view->with_peers)
        for (size_t k = count; k-- > 0;)
            if (contenders[k].threads == 1) {
                print_peers(&scene, o->rounds, &contenders[k]);
                break;
            }
    print_tally(&scene, best->name);
    print_orbit(&scene, o->rounds);
    fflush(stdout);
    close_scene(&scene);
}

/* -- the command line -------------------------------------------------------------------------- */

static void print_help(void) {
    puts(
        "bench_deep [--view NAME] [--path NAME] [--rounds N] [--peers]\n"
        "Times the pixels of deep views on one thread against a plain loop in C, two threads, and\n"
        "the reference orbit against the bare loop in MPFR; 7 rounds by default, of which the\n"
        "quietest counts, in seconds of processor time (two threads and what they are compared\n"
        "with: by the clock). --peers also runs the program in bench/peers (installs\n"
        "Fractalshades into a directory).\n"
        "Views:");
    for (size_t k = 0; k < VIEWS; k++)
        printf("  %s\n", views[k].name);
}

static struct options parse(int argc, char **argv) {
    static const struct option known[] = {
        {"view", required_argument, NULL, 'v'},   {"path", required_argument, NULL, 'p'},
        {"rounds", required_argument, NULL, 'r'}, {"peers", no_argument, NULL, 'P'},
        {"help", no_argument, NULL, 'h'},         {0},
    };
    struct options o = {.rounds = 7};
    struct plait_exec exec;
    char *end;
    for (int c; (c = getopt_long(argc, argv, "", known, NULL)) != -1;)
        switch (c) {
        case 'v':
            for (size_t k = 0; k < VIEWS; k++)
                if (strcmp(optarg, views[k].name) == 0)
                    o.view = views[k].name;
            if (!o.view)
                bench_misuse("no such view:", optarg);
            break;
        case 'p':
            if (plait_exec_init(&exec, optarg, 1) != PLAIT_OK)
                bench_misuse("this machine has no path", optarg);
            o.path = optarg;
            break;
        case 'r':
            o.rounds = (uint32_t)strtoul(optarg, &end, 10);
            if (*end || o.rounds < 1 || o.rounds > BENCH_ROUNDS_MAX)
                bench_misuse("out of range: --rounds", optarg);
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
    if (!deep_plain_is_supported())
        bench_die("the plain loop needs a CPU with", "FMA");
    const double load = bench_load();
    printf("compiled by %s; %u rounds\n", PLAIT_COMPILER, (unsigned)o.rounds);
    if (load > 0.5)
        printf("do not trust absolute figures: other programs load the machine (%.1f)\n", load);
    for (size_t k = 0; k < VIEWS; k++)
        if (!o.view || strcmp(o.view, views[k].name) == 0)
            run_view(&o, &views[k]);
    return 0;
}
