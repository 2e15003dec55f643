/* SPDX-License-Identifier: MIT
 * Every path of the darts against the reference: random jobs, made-up outputs where a wrong sign or
 * a wrong bound would show, long strides, and cuts that mix the paths. */
#include "check.h"
#include "random_draw.h"

#include "../../arch/cpu.h"
#include "../../arch/darts_exact.h"
#include "../../arch/select.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* Outputs that are enough for a path to leave its shortest loop for the one with strides. */
enum { LONG_OUTPUTS = 9 << 15 };

static struct plait_darts_job job_at(uint64_t state, bool pcg32, bool odd, uint64_t count) {
    return (struct plait_darts_job){.pcg32 = pcg32, .odd = odd, .state = state, .count = count};
}

/* All paths that this machine has give `expected`, both with and without strides. */
static void check_paths(const struct plait_darts_job *job, uint64_t expected, const char *what) {
    size_t count;
    const struct plait_path *const *table = plait_select_table(&count);
    for (size_t k = 0; k < 2 * count; k++)
        if ((table[k / 2]->needs & ~plait_cpu_features()) == 0) {
            struct plait_darts_job way = *job;
            way.strides = k % 2;
            const uint64_t got = PLAIT_PATH_KERNEL(table[k / 2], darts_hits)(&way);
            check_that(got == expected, __FILE__, __LINE__,
                       "%s: %s %s, state %016" PRIx64 " odd %d count %" PRIu64 ": %" PRIu64
                       " hits, expected %" PRIu64,
                       what, table[k / 2]->name, job->pcg32 ? "pcg32" : "rxs64", job->state,
                       job->odd, job->count, got, expected);
        }
}

static void check_job(const struct plait_darts_job *job, const char *what) {
    check_paths(job, plait_darts_reference(job), what);
}

/* -- the bounds ------------------------------------------------------------------------------- */

/* Whether the dart of the cell (v, u) that lies farthest out (or nearest) hits. */
static bool corner_hits(int v, int u, bool pcg32, bool farthest) {
    const int64_t size = INT64_C(1) << (pcg32 ? 16 : 33);
    const int64_t low = pcg32 ? 0 : 1; /* rxs64's darts are at odd places */
    const int64_t x = v * size + ((v >= 0) == farthest ? size - 1 : low);
    const int64_t y = u * size + ((u >= 0) == farthest ? size - 1 : low);
    return pcg32 ? (uint64_t)(x * x) + (uint64_t)(y * y) < UINT64_C(1) << 62
                 : darts_is_inside_96(x, y);
}

/* What a walk along the circle found: cells judged wrongly, and that no closer bounds would do. */
struct walk {
    uint64_t wrong;
    bool near_is_tight, far_is_tight;
};

static void look_at_cell(int v, int u, bool pcg32, struct walk *walk) {
    const uint32_t sum = darts_sum_of_squares((uint32_t)v, (uint32_t)u);
    const bool all_hit = corner_hits(v, u, pcg32, true);
    const bool some_hit = corner_hits(v, u, pcg32, false);
    walk->wrong += sum < DARTS_NEAR && !all_hit;
    walk->wrong += sum >= DARTS_FAR && some_hit;
    walk->near_is_tight |= sum == DARTS_NEAR && !all_hit;
    walk->far_is_tight |= sum == DARTS_FAR - 1 && some_hit;
}

/* In every column of cells, those from well inside the circle to well outside; what is farther in
 * or out than a cell judged rightly is so as well. */
static struct walk walk_along_circle(bool pcg32) {
    struct walk walk = {0};
    for (int v = -32768; v <= 32767; v++) {
        const int inside = (1 << 30) - 400000 - v * v;
        const int first = inside > 0 ? (int)sqrt(inside) : 0;
        for (int u = first; u < first + 1200 && u <= 32768; u++) {
            look_at_cell(v, -u, pcg32, &walk);
            if (u < 32768)
                look_at_cell(v, u, pcg32, &walk);
        }
    }
    return walk;
}

static void test_bounds(void) {
    if (check_is_quick())
        return;
    const struct walk rxs64 = walk_along_circle(false), pcg32 = walk_along_circle(true);
    CHECK_INT(0, (int64_t)rxs64.wrong);
    CHECK_INT(0, (int64_t)pcg32.wrong);
    CHECK(rxs64.near_is_tight && rxs64.far_is_tight);
    CHECK(pcg32.near_is_tight && pcg32.far_is_tight);
}

/* The carries of the comparison with 2^96, near the circle and far from it. */
static void test_inside_96(void) {
    const int64_t r = INT64_C(1) << 48;
    CHECK(darts_is_inside_96(0, 0));
    CHECK(darts_is_inside_96(r - 1, 0) && darts_is_inside_96(0, 1 - r));
    CHECK(!darts_is_inside_96(r, 0) && !darts_is_inside_96(0, -r));
    CHECK(!darts_is_inside_96(r - 1, r - 1) && !darts_is_inside_96(-r, -r));
    /* (r - 1)^2 + y^2 < r^2 exactly while y^2 < 2 r - 1; 23726566^2 < 2^49 - 1 < 23726567^2 */
    CHECK(darts_is_inside_96(r - 1, 23726566) && !darts_is_inside_96(r - 1, 23726567));
    CHECK(darts_is_inside_96(-23726566, 1 - r) && !darts_is_inside_96(23726567, r - 1));
    /* 0.6 and 0.8 of r, rounded down and up: 168884986026393.6 and 225179981368524.8 */
    CHECK(darts_is_inside_96(168884986026393, 225179981368524));
    CHECK(!darts_is_inside_96(168884986026394, 225179981368525));
}

/* -- made-up outputs -------------------------------------------------------------------------- */

static uint64_t undo_xorshift(uint64_t word, unsigned shift) {
    uint64_t state = word;
    for (unsigned known = shift; known < 64; known += shift)
        state = word ^ (state >> shift);
    return state;
}

/* The state whose RXS-M-XS output is `out`: the output function is a permutation. */
static uint64_t state_of_rxs64(uint64_t out) {
    uint64_t inverse =
        pcg_rxs_multiplier; /* Newton's iteration doubles the right bits: 3, 6, ... */
    for (int k = 0; k < 5; k++)
        inverse *= 2 - pcg_rxs_multiplier * inverse;
    const uint64_t word = undo_xorshift(out, 43) * inverse;
    return undo_xorshift(word, (unsigned)(word >> 59) + 5);
}

/* A state whose XSH-RR output is `out`, one of 2^32. */
static uint64_t state_of_pcg32(uint32_t out, uint64_t *random) {
    const uint64_t choice = random_draw(random);
    const unsigned rotation = (unsigned)(choice >> 59);
    const uint32_t word = rotation == 0 ? out : out << rotation | out >> (32 - rotation);
    const uint64_t low = choice & ((UINT64_C(1) << 27) - 1);
    return undo_xorshift((uint64_t)rotation << 59 | (uint64_t)word << 27 | low, 18);
}

/* A state of a dart of pcg32 in the cell (v, u): x by choice, the upper half of y by trying. */
static uint64_t state_of_pcg32_cell(int v, int u, uint64_t *random) {
    for (;;) {
        const uint32_t x = (uint32_t)v << 16 | (uint32_t)(random_draw(random) & 0xffff);
        const uint64_t state = state_of_pcg32(x, random);
        if (pcg_xsh_rr(pcg_step(state)) >> 16 == ((uint32_t)u & 0xffff))
            return state;
    }
}

static void test_made_up_states(void) {
    uint64_t random = check_seed();
    for (int k = 0; k < 1000; k++) {
        const uint64_t out = random_draw(&random);
        CHECK_HEX(out, pcg_rxs_m_xs(state_of_rxs64(out)));
        CHECK_HEX((uint32_t)out, pcg_xsh_rr(state_of_pcg32((uint32_t)out, &random)));
    }
}

/* The job of `count` darts, the dart at `state` standing `before` outputs after the first. */
static void check_placed(uint64_t state, bool pcg32, uint64_t before, uint64_t count,
                         const char *what) {
    const uint64_t first = pcg_leap_from(pcg_leap_of(0 - before), state);
    const struct plait_darts_job job = job_at(first, pcg32, false, count);
    check_job(&job, what);
}

/* Darts of the cell (v, u), both halves of an output, in all lanes and places of a vector loop. */
static void check_cell(int v, int u, uint64_t *random) {
    const uint32_t cell = ((uint32_t)u & 0xffff) << 16 | ((uint32_t)v & 0xffff);
    const uint64_t places =
        check_is_quick() ? 16 : 96; /* at least two groups of the vectors there */
    for (uint64_t before = 0; before < places; before++) {
        const uint64_t low = random_draw(random) << 32 | cell;
        const uint64_t high = random_draw(random) >> 32 | (uint64_t)cell << 32;
        check_placed(state_of_rxs64(low), false, before, 260, "cell, even");
        check_placed(state_of_rxs64(high), false, before, 260, "cell, odd");
    }
    for (uint64_t before = 0; before < (check_is_quick() ? 1 : 48); before++)
        check_placed(state_of_pcg32_cell(v, u, random), true,
                     2 * (check_is_quick() ? random_draw(random) % 8 : before), 130, "cell");
}

/* The same through the loop with strides. */
static void check_cell_far(int v, int u, uint64_t *random) {
    const uint32_t cell = ((uint32_t)u & 0xffff) << 16 | ((uint32_t)v & 0xffff);
    const uint64_t before = random_draw(random) % LONG_OUTPUTS;
    const uint64_t out = random_draw(random) << 32 | cell;
    check_placed(state_of_rxs64(out), false, before, 2 * LONG_OUTPUTS, "cell in a stride");
    check_placed(state_of_pcg32_cell(v, u, random), true, before & ~UINT64_C(1), LONG_OUTPUTS / 2,
                 "cell in a stride");
}

static void check_both(int v, int u, uint64_t *random) {
    check_cell(v, u, random);
    if (!check_is_quick())
        check_cell_far(v, u, random);
}

static void test_corner_cells(void) {
    static const int ends[] = {-32768, -32767, -1, 0, 1, 32767};
    uint64_t random = check_seed();
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
        for (size_t j = 0; j < sizeof ends / sizeof *ends; j++)
            check_both(ends[i], ends[j], &random);
}

/* Calls check_both for the cells of one sum of squares, at most `most`, spread over the quadrants,
 * and returns their number. */
static int check_sum(uint32_t sum, int most, uint64_t *random) {
    int found = 0;
    for (int v = 32767; v > 0 && found < most; v--) {
        const int64_t rest = (int64_t)sum - (int64_t)v * v;
        const int u = rest >= 0 ? (int)sqrt((double)rest) : 0;
        if (u > v || darts_sum_of_squares((uint32_t)v, (uint32_t)u) != sum)
            continue;
        const bool swap = found % 2, left = found / 2 % 2, down = found / 4 % 2;
        const int a = swap ? u : v, b = swap ? v : u;
        check_both(left ? -a : a, down ? -b : b, random);
        check_both(left ? a : -a, down ? b : -b, random);
        found++;
    }
    return found;
}

/* On both sides of both bounds: the largest sum of a cell below, the smallest from there on. */
static void test_cells_at_the_bounds(void) {
    static const uint32_t bounds[] = {DARTS_NEAR, DARTS_FAR, DARTS_NEAR + (1 << 16), 1 << 30};
    uint64_t random = check_seed();
    for (size_t k = 0; k < sizeof bounds / sizeof *bounds; k++) {
        uint32_t below = bounds[k] - 1, beyond = bounds[k];
        const int most = check_is_quick() ? 1 : 4;
        while (check_sum(below, most, &random) == 0)
            below--;
        while (check_sum(beyond, most, &random) == 0)
            beyond++;
    }
}

/* Darts that only the last of the doubtful sums decides: hits in a cell of sum FAR - 1, at its
 * inner corner, and misses in a cell of sum NEAR, at its outer corner. A million darts or more were
 * tried for each. The places in a group are such that the dart is the only doubtful one of its
 * group for some of them. */
static void test_darts_in_corners(void) {
    static const struct {
        uint64_t out; /* rxs64: the output; pcg32: the state of the first output */
        uint32_t sum;
        bool pcg32, odd, hits;
    } darts[] = {
        {UINT64_C(0x9f6e82baa6ada450), DARTS_FAR - 1, false, false, true},
        {UINT64_C(0xa6ada450465c5a6c), DARTS_FAR - 1, false, true, true},
        {UINT64_C(0x5a2d3b66a450a6ad), DARTS_FAR - 1, false, false, true},
        {UINT64_C(0xa450a6adbdf53bf8), DARTS_FAR - 1, false, true, true},
        {UINT64_C(0xdfe923c5b644fae0), DARTS_FAR - 1, true, false, true},
        {UINT64_C(0xd7f4e042c05e27d1), DARTS_FAR - 1, true, false, true},
        {UINT64_C(0x541162275cb35842), DARTS_NEAR, false, false, false},
        {UINT64_C(0x5cb358425d22645c), DARTS_NEAR, false, true, false},
        {UINT64_C(0x4a4f34fe58425cb3), DARTS_NEAR, false, false, false},
        {UINT64_C(0x58425cb346e8cd43), DARTS_NEAR, false, true, false},
        {UINT64_C(0xfd72f0a3448c3389), DARTS_NEAR, true, false, false},
    };
    for (size_t k = 0; k < sizeof darts / sizeof *darts; k++) {
        const bool pcg32 = darts[k].pcg32;
        const uint64_t out = darts[k].out, state = pcg32 ? out : state_of_rxs64(out);
        const uint32_t half = (uint32_t)(darts[k].odd ? out >> 32 : out);
        const uint32_t v = pcg32 ? pcg_xsh_rr(state) >> 16 : half;
        const uint32_t u = pcg32 ? pcg_xsh_rr(pcg_step(state)) >> 16 : half >> 16;
        const struct plait_darts_job one = job_at(state, pcg32, darts[k].odd, 1);
        CHECK_INT(darts[k].sum, darts_sum_of_squares(v, u));
        CHECK_INT(darts[k].hits, (int64_t)plait_darts_reference(&one));
        for (uint64_t before = 0; before < (check_is_quick() ? 16 : 96); before++) {
            check_placed(state, pcg32, pcg32 ? 2 * before : before, 260, "corner");
            if (!check_is_quick() && before % 32 == 0)
                check_placed(state, pcg32, 40000 + 2 * before, 2 * LONG_OUTPUTS,
                             "corner in a stride");
        }
    }
}

/* -- jobs and cuts ---------------------------------------------------------------------------- */

static void test_short_jobs(void) {
    uint64_t random = check_seed();
    for (uint64_t count = 0; count < (check_is_quick() ? 300 : 1500); count++) {
        const uint64_t state = random_draw(&random);
        const struct plait_darts_job pcg32 = job_at(state, true, false, count);
        const struct plait_darts_job even = job_at(state, false, false, count);
        const struct plait_darts_job odd = job_at(state, false, true, count);
        check_job(&pcg32, "short");
        check_job(&even, "short");
        check_job(&odd, "short");
    }
}

/* Counts a little below, at and above whole strides, for both generators. */
static void test_long_jobs(void) {
    uint64_t random = check_seed();
    for (int steps = 7; steps <= (check_is_quick() ? 8 : 21); steps++)
        for (int k = -1; k <= 1; k++) {
            const uint64_t outputs = (uint64_t)steps << 15;
            const uint64_t odd_ends = random_draw(&random) % 100 * (uint64_t)(k != 0);
            const uint64_t state = random_draw(&random);
            const struct plait_darts_job pcg32 =
                job_at(state, true, false, outputs / 2 + (uint64_t)k * odd_ends);
            const struct plait_darts_job rxs64 =
                job_at(state, false, k == 1, outputs * 2 + (uint64_t)k * odd_ends);
            check_job(&pcg32, "long");
            check_job(&rxs64, "long");
        }
}

static const struct plait_path *random_path(uint64_t *random) {
    size_t count;
    const struct plait_path *const *table = plait_select_table(&count);
    for (;;) {
        const struct plait_path *path = table[random_draw(random) % count];
        if ((path->needs & ~plait_cpu_features()) == 0)
            return path;
    }
}

/* The dart at which a job stands after its first `darts`. */
static struct plait_darts_job rest_of(struct plait_darts_job job, uint64_t darts) {
    const uint64_t outputs = job.pcg32 ? 2 * darts : (darts + job.odd) / 2;
    job.odd = !job.pcg32 && (darts + job.odd) % 2 != 0;
    job.state = pcg_leap_from(pcg_leap_of(outputs), job.state);
    job.count -= darts;
    return job;
}

static uint64_t hits_in_pieces(struct plait_darts_job job, uint64_t longest, uint64_t *random) {
    uint64_t hits = 0;
    while (job.count > 0) {
        const uint64_t draw = random_draw(random) % longest;
        struct plait_darts_job piece = job;
        piece.count = draw < job.count ? draw : job.count;
        hits += PLAIT_PATH_KERNEL(random_path(random), darts_hits)(&piece);
        job = rest_of(job, piece.count);
    }
    return hits;
}

static void test_cuts_mixing_paths(void) {
    const uint64_t darts = check_is_quick() ? 100001 : 3000001;
    uint64_t random = check_seed();
    for (int pcg32 = 0; pcg32 <= 1; pcg32++) {
        const struct plait_darts_job job = job_at(random_draw(&random), pcg32, !pcg32, darts);
        const uint64_t expected = plait_darts_reference(&job);
        for (uint64_t longest = 10; longest <= darts; longest *= 10)
            CHECK_INT((int64_t)expected, (int64_t)hits_in_pieces(job, longest, &random));
    }
}

int main(int argc, char **argv) {
    static const struct check_test tests[] = {
        {"bounds", test_bounds},
        {"inside 2^96", test_inside_96},
        {"made-up states", test_made_up_states},
        {"corner cells", test_corner_cells},
        {"cells at the bounds", test_cells_at_the_bounds},
        {"darts in corners", test_darts_in_corners},
        {"short jobs", test_short_jobs},
        {"long jobs", test_long_jobs},
        {"cuts mixing paths", test_cuts_mixing_paths},
        {0},
    };
    return check_main("darts_paths", tests, argc, argv);
}
