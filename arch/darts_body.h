/* SPDX-License-Identifier: MIT
 * The dart kernel, written once for all instruction sets: groups of consecutive outputs pass
 * through the vectors, whole cells of the grid are judged at once, and only the rare dart near the
 * circle is looked at alone. Any order of the darts gives the same count.
 *
 * An including file brings the vocabulary ivec_<isa>.h and these words, which no other kernel
 * needs. From darts_vec_upper_halves on they see lanes of 32 bits.
 *
 *   darts_vec_random_xorshift(v)     (v >> 5 + (v >> 59)) ^ v, first half of RXS-M-XS
 *   darts_vec_xorshift43(v)          (v >> 43) ^ v, its last part
 *   darts_vec_xsh_rr(a, b)           XSH-RR outputs of the states a in the even lanes of
 *                                    32 bits, of b in the odd ones
 *   darts_vec_upper_halves(x, y)     upper half of x below, upper half of y above
 *   darts_vec_sum_of_squares(v)      of its halves, signed; at most 2^31
 *   darts_vec_doubtful_lanes(v, near, far)     bit k: lane k is in [near, far)
 *   struct darts_tally               counts lanes below near, and finds doubtful ones
 *   darts_tally_none()               nothing counted, no doubt
 *   darts_tally_sums(tally, sums, n, near)     counts those of n vectors
 *   darts_tally_take_doubt(tally, near, far)   whether one since the last call was doubtful
 *   darts_tally_below(tally)         how many were below, in all
 *
 * It also brings the name DARTS_HITS of the function it gets, and an enum of two numbers.
 * GROUP_VECS is the number of vectors in a group, a multiple of 4 that darts_tally_sums takes:
 * enough to hide latencies and to share the branch for doubtful darts, few enough for the
 * registers. STRIDES_ALWAYS is 1 where long ranges are gone through in strides, which replaces a
 * multiplication per vector by three additions, and 0 where that depends on the CPU: the job says
 * so. */
#include "darts_exact.h"

/* Output v + GROUP_VECS * l of a group is in lane l of its vector v: four vectors in a row hold
 * four successive outputs, two darts of pcg32. */
enum { GROUP_OUTPUTS = GROUP_VECS * IVEC_LANES };

/* Steps of STRIDE outputs need no multiplication. A leap of L = 2^15 steps multiplies by 1 + e and
 * adds c, where 2^17 divides e and 2^15 divides c (as the multiplier is 5 modulo 8 and the
 * increment odd). Successive differences of the states L apart are D1 = e s + c, D2 = e D1, D3 = e
 * D2, and D4 = e^4 s + e^3 c = 0 modulo 2^64: the states are a cubic polynomial, and three
 * additions give the next one. 2^14 would leave D4 = 2^62. */
enum { STRIDE = 1 << 15 };
/* Starting the differences costs four multiplications per vector, which fewer steps do not earn. */
enum { STRIDE_STEPS_MIN = 8, STRIDE_STEPS_MAX = 1 << 20 };

/* The sums of squares of a vector's cells: two darts per lane, the even one in the lower half. */
static inline ivec_t cells_rxs64(ivec_t state) {
    const ivec_t word = ivec_mul(darts_vec_random_xorshift(state), ivec_set1(pcg_rxs_multiplier));
    return darts_vec_sum_of_squares(darts_vec_xorshift43(word));
}

/* The same for four vectors: the dart of outputs 0 and 1 in the lower halves, of 2 and 3 above. */
static inline ivec_t cells_pcg32(const ivec_t state[4]) {
    const ivec_t x = darts_vec_xsh_rr(state[0], state[2]);
    const ivec_t y = darts_vec_xsh_rr(state[1], state[3]);
    return darts_vec_sum_of_squares(darts_vec_upper_halves(x, y));
}

/* Hits among the darts of a vector (rxs64) or of four (pcg32) that their cell does not decide. */
static uint64_t refine_cells(const ivec_t *state, ivec_t cells, bool pcg32) {
    uint64_t hits = 0;
    uint64_t lanes[2][IVEC_LANES];
    ivec_store(lanes[0], state[0]);
    ivec_store(lanes[1], state[pcg32 ? 2 : 0]);
    unsigned doubtful = darts_vec_doubtful_lanes(cells, DARTS_NEAR, DARTS_FAR);
    for (; doubtful != 0; doubtful &= doubtful - 1) {
        const int k = __builtin_ctz(doubtful);
        const uint64_t s = lanes[k % 2][k / 2];
        hits += pcg32 ? darts_hit_pcg32(s) : darts_refined_rxs64(pcg_rxs_m_xs(s), k % 2);
    }
    return hits;
}

/* Out of line, so that the hot loop keeps its registers; one group in hundred comes here. */
static __attribute__((noinline, cold)) uint64_t refine_group(const ivec_t state[GROUP_VECS],
                                                             bool pcg32) {
    uint64_t hits = 0;
    if (pcg32)
        for (int v = 0; v < GROUP_VECS; v += 4)
            hits += refine_cells(state + v, cells_pcg32(state + v), true);
    else
        for (int v = 0; v < GROUP_VECS; v++)
            hits += refine_cells(state + v, cells_rxs64(state[v]), false);
    return hits;
}

/* From here on, functions are always inlined: each generator must get loops of its own. */
static inline __attribute__((always_inline)) uint64_t
count_group(struct darts_tally *tally, const ivec_t state[GROUP_VECS], bool pcg32) {
    ivec_t cells[GROUP_VECS];
    const int vecs = pcg32 ? GROUP_VECS / 4 : GROUP_VECS;
    for (int v = 0; v < vecs; v++)
        cells[v] = pcg32 ? cells_pcg32(state + 4 * v) : cells_rxs64(state[v]);
    darts_tally_sums(tally, cells, vecs, DARTS_NEAR);
    if (__builtin_expect(!darts_tally_take_doubt(tally, DARTS_NEAR, DARTS_FAR), 1))
        return 0;
    ivec_t copy[GROUP_VECS]; /* the original would have to live in memory */
    for (int v = 0; v < GROUP_VECS; v++)
        copy[v] = state[v];
    return refine_group(copy, pcg32);
}

static inline void load_group(ivec_t group[GROUP_VECS], uint64_t state) {
    uint64_t lanes[GROUP_VECS][IVEC_LANES];
    for (int k = 0; k < GROUP_OUTPUTS; k++) {
        lanes[k % GROUP_VECS][k / GROUP_VECS] = state;
        state = pcg_step(state);
    }
    for (int v = 0; v < GROUP_VECS; v++)
        group[v] = ivec_load(lanes[v]);
}

static inline ivec_t leap_vec(struct pcg_leap leap, ivec_t state) {
    return ivec_add(ivec_mul(state, ivec_set1(leap.multiplier)), ivec_set1(leap.increment));
}

/* Hits among the darts of groups * GROUP_OUTPUTS outputs: all vectors leap over the group. */
static inline __attribute__((always_inline)) uint64_t hits_of_groups(uint64_t state,
                                                                     uint64_t groups, bool pcg32) {
    const struct pcg_leap leap = pcg_leap_of(GROUP_OUTPUTS);
    struct darts_tally tally = darts_tally_none();
    uint64_t refined = 0;
    ivec_t s[GROUP_VECS];
    load_group(s, state);
    for (uint64_t g = 0; g < groups; g++) {
        refined += count_group(&tally, s, pcg32);
        for (int v = 0; v < GROUP_VECS; v++)
            s[v] = leap_vec(leap, s[v]);
    }
    return refined + darts_tally_below(&tally);
}

/* Hits among a group and the `steps` - 1 groups that follow it in distances of STRIDE. */
static inline __attribute__((always_inline)) uint64_t
hits_along_stride(const ivec_t group[GROUP_VECS], struct pcg_leap stride, uint64_t steps,
                  bool pcg32) {
    const ivec_t e = ivec_set1(stride.multiplier - 1), c = ivec_set1(stride.increment);
    struct darts_tally tally = darts_tally_none();
    uint64_t refined = 0;
    ivec_t s[GROUP_VECS], d1[GROUP_VECS], d2[GROUP_VECS], d3[GROUP_VECS];
    for (int v = 0; v < GROUP_VECS; v++) {
        s[v] = group[v];
        d1[v] = ivec_add(ivec_mul(s[v], e), c);
        d2[v] = ivec_mul(d1[v], e);
        d3[v] = ivec_mul(d2[v], e);
    }
    for (uint64_t k = 0; k < steps; k++) {
        refined += count_group(&tally, s, pcg32);
        for (int v = 0; v < GROUP_VECS; v++) {
            s[v] = ivec_add(s[v], d1[v]);
            d1[v] = ivec_add(d1[v], d2[v]);
            d2[v] = ivec_add(d2[v], d3[v]);
        }
    }
    return refined + darts_tally_below(&tally);
}

/* Hits among the darts of steps * STRIDE outputs. */
static inline __attribute__((always_inline)) uint64_t hits_of_strides(uint64_t state,
                                                                      uint64_t steps, bool pcg32) {
    const struct pcg_leap stride = pcg_leap_of(STRIDE);
    const struct pcg_leap leap = pcg_leap_of(GROUP_OUTPUTS);
    uint64_t hits = 0;
    ivec_t group[GROUP_VECS];
    load_group(group, state);
    for (int k = 0; k < STRIDE; k += GROUP_OUTPUTS) {
        hits += hits_along_stride(group, stride, steps, pcg32);
        for (int v = 0; v < GROUP_VECS; v++)
            group[v] = leap_vec(leap, group[v]);
    }
    return hits;
}

/* Takes the whole strides, then the whole groups, off the outputs from *state on. */
static inline __attribute__((always_inline)) uint64_t
hits_of_vectors(uint64_t *state, uint64_t *outputs, bool pcg32, bool strides) {
    uint64_t hits = 0;
    while (strides && *outputs >= (uint64_t)STRIDE_STEPS_MIN * STRIDE) {
        const uint64_t left = *outputs / STRIDE;
        const uint64_t steps = left < STRIDE_STEPS_MAX ? left : STRIDE_STEPS_MAX;
        hits += hits_of_strides(*state, steps, pcg32);
        *state = pcg_leap_from(pcg_leap_of(steps * STRIDE), *state);
        *outputs -= steps * STRIDE;
    }
    const uint64_t groups = *outputs / GROUP_OUTPUTS;
    if (groups > 0) {
        hits += hits_of_groups(*state, groups, pcg32);
        *state = pcg_leap_from(pcg_leap_of(groups * GROUP_OUTPUTS), *state);
        *outputs -= groups * GROUP_OUTPUTS;
    }
    return hits;
}

plait_darts_hits_fn DARTS_HITS; /* declared where the path's table is, too */

uint64_t DARTS_HITS(const struct plait_darts_job *job) {
    struct plait_darts_job left = *job;
    const bool strides = STRIDES_ALWAYS || left.strides;
    uint64_t hits = 0;
    if (left.odd && left.count > 0)
        hits += darts_take_one(&left);
    if (left.pcg32) {
        uint64_t outputs = left.count * 2;
        hits += hits_of_vectors(&left.state, &outputs, true, strides);
        left.count = outputs / 2;
    } else {
        uint64_t outputs = left.count / 2;
        hits += hits_of_vectors(&left.state, &outputs, false, strides);
        left.count = outputs * 2 + left.count % 2;
    }
    while (left.count > 0)
        hits += darts_take_one(&left);
    return hits;
}
