/* SPDX-License-Identifier: MIT
 * The kernels as devices run them: OpenCL C 1.2, and CUDA with a header of defines. Every operation
 * that the contract (docs/determinism.md) fuses is a call of fma, and no expression has a product
 * and a sum of doubles, so that no compiler has anything to fuse by itself. Built without any flag
 * that relaxes arithmetic; PLAIT_DOUBLES is set where the device has numbers of 64 bits. */
#ifdef PLAIT_DOUBLES
#pragma OPENCL EXTENSION cl_khr_fp64 : enable
#endif
#pragma OPENCL FP_CONTRACT OFF

/* -- darts ------------------------------------------------------------------------------------- */

#define MULTIPLIER 6364136223846793005UL
#define INCREMENT 1442695040888963407UL

/* The state that n times the leap state -> multiplier * state + increment end at. */
ulong leap(ulong state, ulong n, ulong multiplier, ulong increment) {
    ulong all_multiplier = 1, all_increment = 0;
    for (; n > 0; n >>= 1) {
        if (n & 1) {
            all_multiplier *= multiplier;
            all_increment = all_increment * multiplier + increment;
        }
        increment *= multiplier + 1;
        multiplier *= multiplier;
    }
    return all_multiplier * state + all_increment;
}

/* Output of RXS-M-XS 64/64. */
ulong rxs(ulong state) {
    const ulong word = ((state >> ((state >> 59) + 5)) ^ state) * 12605985483714917081UL;
    return (word >> 43) ^ word;
}

/* Output of XSH-RR 64/32. */
uint rr(ulong state) {
    const uint word = (uint)(((state >> 18) ^ state) >> 27);
    const uint rotation = (uint)(state >> 59);
    return (word >> rotation) | (word << ((32 - rotation) & 31));
}

/* x^2 + y^2 < 2^96 for |x|, |y| < 2^48, in digits of 24 bits. */
uint is_inside_96(long x, long y) {
    const ulong mask = 0xffffffUL;
    const ulong a = (ulong)(x < 0 ? -x : x), b = (ulong)(y < 0 ? -y : y);
    const ulong a1 = a >> 24, a0 = a & mask, b1 = b >> 24, b0 = b & mask;
    const ulong middle = 2 * (a1 * a0 + b1 * b0) + ((a0 * a0 + b0 * b0) >> 24);
    return a1 * a1 + b1 * b1 + (middle >> 24) < (1UL << 48);
}

/* A dart by all its bits, the rest of which are drawn from out + key. */
uint refined(int v, int u, ulong out_and_key) {
    const ulong fine = rxs(out_and_key);
    return is_inside_96((long)v * (1L << 33) + 2 * (long)(fine & 0xffffffffUL) + 1,
                        (long)u * (1L << 33) + 2 * (long)(fine >> 32) + 1);
}

/* The cell of the dart decides, but for those that the circle goes through. */
uint rxs64_hit(uint half_output, ulong out, ulong key) {
    const int v = (int)(half_output << 16) >> 16, u = (int)half_output >> 16;
    const uint sum = (uint)(v * v) + (uint)(u * u);
    if (sum - 1073649197U < 1073834474U - 1073649197U)
        return refined(v, u, out + key);
    return sum < 1073649197U;
}

uint rxs64_hits(ulong state, uint draws) {
    uint hits = 0;
    for (uint k = 0; k < draws; k++) {
        const ulong out = rxs(state);
        hits += rxs64_hit((uint)out, out, 0xD1B54A32D192ED03UL);
        hits += rxs64_hit((uint)(out >> 32), out, 0x9E3779B97F4A7C15UL);
        state = MULTIPLIER * state + INCREMENT;
    }
    return hits;
}

uint pcg32_hits(ulong state, uint draws) {
    uint hits = 0;
    for (uint k = 0; k < draws; k++) {
        const long x = (int)rr(state);
        state = MULTIPLIER * state + INCREMENT;
        const long y = (int)rr(state);
        state = MULTIPLIER * state + INCREMENT;
        hits += (ulong)(x * x) + (ulong)(y * y) < (1UL << 62);
    }
    return hits;
}

/* Items [0, items), items_per_run of each run; sums[runs * spread] are 0 before. */
__kernel void darts(int pcg32, ulong start, ulong run_multiplier, ulong run_increment,
                    ulong item_multiplier, ulong item_increment, uint draws, uint draws_per_item,
                    uint items_per_run, uint items, uint spread, __global uint *sums) {
    const uint item = (uint)get_global_id(0);
    if (item >= items)
        return;
    const uint run = item / items_per_run, part = item % items_per_run;
    const uint left = draws - part * draws_per_item;
    const uint mine = left < draws_per_item ? left : draws_per_item;
    ulong state = leap(start, run, run_multiplier, run_increment);
    state = leap(state, part, item_multiplier, item_increment);
    const uint hits = pcg32 ? pcg32_hits(state, mine) : rxs64_hits(state, mine);
    atomic_add(&sums[run * spread + part % spread], hits);
}

/* -- labels ------------------------------------------------------------------------------------ */

/* For the trial, and for benchmarks: as with doubles below. */
__kernel void float_arithmetic(uint n, __global const float *abc, __global float *results) {
    const uint k = (uint)get_global_id(0);
    if (k >= n)
        return;
    const float a = abc[3 * k], b = abc[3 * k + 1], c = abc[3 * k + 2];
    results[4 * k] = fma(a, b, c);
    results[4 * k + 1] = a * b;
    results[4 * k + 2] = a + b;
    results[4 * k + 3] = fma(-a, a, b);
}

__kernel void float_fused(uint steps, float factor, __global float *results) {
    const uint k = (uint)get_global_id(0);
    float a = k, b = a, c = a, d = a, e = a, f = a, g = a, h = a;
    for (uint s = 0; s < steps; s++) {
        a = fma(a, factor, 1.0f);
        b = fma(b, factor, 2.0f);
        c = fma(c, factor, 3.0f);
        d = fma(d, factor, 4.0f);
        e = fma(e, factor, 5.0f);
        f = fma(f, factor, 6.0f);
        g = fma(g, factor, 7.0f);
        h = fma(h, factor, 8.0f);
    }
    results[k] = ((a + b) + (c + d)) + ((e + f) + (g + h));
}

enum { POINTS = 32, CENTROIDS = 8, GROUP = 4 }; /* of a block, of a tile, blocks of an item */

/* Score s of centroid j of the tile: the best and the second best so far, of equal ones both. */
#define TAKE(s, j)                                       \
    {                                                    \
        const int4 less = s < best;                      \
        second = fmin(second, fmax(best, s));            \
        best = fmin(best, s);                            \
        label = select(label, (int4)(first + j), less);  \
    }

/* An item has a point of each block of a group of four, and one item writes what it reads: the
 * blocks of the last group that are not there are computed like the one before, and not written.
 * bests, seconds and found keep what is known from launch to launch. A score is h minus the fused
 * products in the order of the columns. */
__kernel void labels(uint dims, uint tile, uint tiles, int begins, int ends, float slope,
                     uint first_block, uint blocks, __global const float *points,
                     __global const float *squares, __global const float *centroids,
                     __global const float *heights, __global float *bests, __global float *seconds,
                     __global int *found, __global int *result) {
    const uint item = (uint)get_global_id(0);
    const uint lane = item % POINTS, block = item / POINTS * GROUP;
    if (block >= blocks)
        return;
    const uint last = blocks - 1;
    const uint4 mine = min((uint4)(block, block + 1, block + 2, block + 3), (uint4)(last));
    const uint4 place = mine * (uint)POINTS + lane;
    const ulong size = (ulong)dims * POINTS;
    __global const float *a0 = points + (first_block + mine.x) * size + lane;
    __global const float *a1 = points + (first_block + mine.y) * size + lane;
    __global const float *a2 = points + (first_block + mine.z) * size + lane;
    __global const float *a3 = points + (first_block + mine.w) * size + lane;
    float4 best = 3e38f, second = 3e38f;
    int4 label = 0;
    if (!begins) {
        best = (float4)(bests[place.x], bests[place.y], bests[place.z], bests[place.w]);
        second = (float4)(seconds[place.x], seconds[place.y], seconds[place.z], seconds[place.w]);
        label = (int4)(found[place.x], found[place.y], found[place.z], found[place.w]);
    }
    for (uint t = tile; t < tile + tiles; t++) {
        __global const float *b = centroids + (ulong)t * dims * CENTROIDS;
        const int first = (int)t * CENTROIDS;
        const float8 h = vload8(t, heights);
        float4 s0 = h.s0, s1 = h.s1, s2 = h.s2, s3 = h.s3;
        float4 s4 = h.s4, s5 = h.s5, s6 = h.s6, s7 = h.s7;
        for (uint d = 0; d < dims; d++) {
            const uint at = d * POINTS;
            const float4 x = -(float4)(a0[at], a1[at], a2[at], a3[at]);
            const float8 y = vload8(d, b);
            s0 = fma(x, (float4)(y.s0), s0);
            s1 = fma(x, (float4)(y.s1), s1);
            s2 = fma(x, (float4)(y.s2), s2);
            s3 = fma(x, (float4)(y.s3), s3);
            s4 = fma(x, (float4)(y.s4), s4);
            s5 = fma(x, (float4)(y.s5), s5);
            s6 = fma(x, (float4)(y.s6), s6);
            s7 = fma(x, (float4)(y.s7), s7);
        }
        TAKE(s0, 0)
        TAKE(s1, 1)
        TAKE(s2, 2)
        TAKE(s3, 3)
        TAKE(s4, 4)
        TAKE(s5, 5)
        TAKE(s6, 6)
        TAKE(s7, 7)
    }
    if (ends) {
        const ulong from = (ulong)first_block * POINTS;
        const float4 square = (float4)(squares[from + place.x], squares[from + place.y],
                                       squares[from + place.z], squares[from + place.w]);
        const float4 fives = square * 5.0f;
        const float4 fours = best * 4.0f;
        const float4 reach = (fives + fours) * slope;
        const float4 margin = reach + 0x1p-100f;
        label = select(~label, label, margin < second - best);
    }
    __global int *out = ends ? result : found;
    const float best_of[GROUP] = {best.x, best.y, best.z, best.w};
    const float second_of[GROUP] = {second.x, second.y, second.z, second.w};
    const int label_of[GROUP] = {label.x, label.y, label.z, label.w};
    for (uint k = 0; k < GROUP && block + k < blocks; k++) {
        const uint at = (block + k) * POINTS + lane;
        out[at] = label_of[k];
        if (!ends) {
            bests[at] = best_of[k];
            seconds[at] = second_of[k];
        }
    }
}

/* -- rows -------------------------------------------------------------------------------------- */

#ifdef PLAIT_DOUBLES

/* For the trial: every operation that counts depend on. */
__kernel void arithmetic(uint n, __global const double *abc, __global double *results) {
    const uint k = (uint)get_global_id(0);
    if (k >= n)
        return;
    const double a = abc[3 * k], b = abc[3 * k + 1], c = abc[3 * k + 2];
    results[4 * k] = fma(a, b, c);
    results[4 * k + 1] = a * b;
    results[4 * k + 2] = a + b;
    results[4 * k + 3] = fma(-a, a, b);
}

/* For benchmarks: as many fused operations as the device can do. */
__kernel void fused(uint steps, double factor, __global double *results) {
    const uint k = (uint)get_global_id(0);
    double a = k, b = a, c = a, d = a, e = a, f = a, g = a, h = a;
    for (uint s = 0; s < steps; s++) {
        a = fma(a, factor, 1.0);
        b = fma(b, factor, 2.0);
        c = fma(c, factor, 3.0);
        d = fma(d, factor, 4.0);
        e = fma(e, factor, 5.0);
        f = fma(f, factor, 6.0);
        g = fma(g, factor, 7.0);
        h = fma(h, factor, 8.0);
    }
    results[k] = ((a + b) + (c + d)) + ((e + f) + (g + h));
}

/* Members of a job as they lie in memory. */
enum { CX, CY, DX, DY, HALF_WIDTH, HALF_HEIGHT, CRE, CIM, BAILOUT_SQUARED, BLIND_MIN_CR };

enum { BLOCK = 8 };

#define STEP(x, y, cr, ci)                               \
    {                                                    \
        const double next_x = fma(x, x, fma(-y, y, cr)); \
        y = fma(x + x, y, ci);                           \
        x = next_x;                                      \
    }

int is_inside(double x, double y, double limit) {
    const double y2 = y * y;
    return fma(x, x, y2) < limit;
}

/* True only inside the main cardioid or the disc of period 2. The margin m is larger than all
 * rounding errors. */
int is_interior(double x, double y) {
    const double m = 0x1p-24, a = x - 0.25, b = x + 1.0;
    const double y2 = y * y;
    const double a2 = a * a;
    const double q = a2 + y2;
    const double qa = q + a;
    const double left = q * (qa + m);
    const double b2 = b * b;
    return left + 0x1p-64 < 0.25 * y2 || b2 + y2 < 0.0625 - m;
}

/* Takes an orbit from its step *count to step `last` at most. Returns whether it has ended: escaped
 * after *count steps, or *count is maxit. Where it is blind an escaped orbit never comes back, so a
 * block of steps is made before it is looked at, and made again with looks where that shows an
 * escape. With shortcuts an orbit that comes to a state it has had, inside, goes round for ever. */
int iterate(double *orbit_x, double *orbit_y, int *count, double cr, double ci, double limit,
            int blind, int shortcuts, int last, int maxit) {
    double x = *orbit_x, y = *orbit_y, saved_x = x, saved_y = y;
    int n = *count;
    uint save_at = (uint)n + 2 * BLOCK, gap = 2 * BLOCK;
    int ended = 0;
    while (n < last) {
        int inside = 0;
        if (blind && last - n >= BLOCK) {
            const double first_x = x, first_y = y;
            STEP(x, y, cr, ci)
            STEP(x, y, cr, ci)
            STEP(x, y, cr, ci)
            STEP(x, y, cr, ci)
            STEP(x, y, cr, ci)
            STEP(x, y, cr, ci)
            STEP(x, y, cr, ci)
            STEP(x, y, cr, ci)
            inside = is_inside(x, y, limit);
            x = inside ? x : first_x;
            y = inside ? y : first_y;
            n += inside ? BLOCK : 0;
        }
        for (int s = 0; !inside && s < BLOCK && n < last; s++) {
            if (!is_inside(x, y, limit)) {
                ended = 1;
                break;
            }
            STEP(x, y, cr, ci)
            n++;
        }
        if (ended)
            break;
        if (shortcuts) {
            if (x == saved_x && y == saved_y && is_inside(x, y, limit)) {
                n = maxit;
                break;
            }
            if ((uint)n >= save_at) {
                saved_x = x;
                saved_y = y;
                save_at = (uint)n + gap;
                gap *= 2;
            }
        }
    }
    *orbit_x = x;
    *orbit_y = y;
    *count = n;
    return ended || n == maxit;
}

/* Pixel number `pixel` of the batch, from the step that it has come to. One that has not ended goes
 * to the list, in any order. */
void advance(__global const double *job, int julia, int shortcuts, double px, double py, double x,
             double y, int count, int steps, int maxit, uint pixel, __global double *xs,
             __global double *ys, __global int *counts, __global uint *list,
             __global uint *pending) {
    const double cr = julia ? job[CRE] : px, ci = julia ? job[CIM] : py;
    const int last = maxit - count < steps ? maxit : count + steps;
    const int blind = cr >= job[BLIND_MIN_CR];
    const int ended = iterate(&x, &y, &count, cr, ci, job[BAILOUT_SQUARED], blind, shortcuts, last,
                              maxit);
    counts[pixel] = count;
    if (!ended) {
        xs[pixel] = x;
        ys[pixel] = y;
        list[atomic_inc(pending)] = pixel;
    }
}

double pixel_x(__global const double *job, uint col) {
    return fma((double)col - job[HALF_WIDTH], job[DX], job[CX]);
}

double pixel_y(__global const double *job, uint row) {
    return fma(job[HALF_HEIGHT] - (double)row, job[DY], job[CY]);
}

/* The first steps of all pixels of a batch. *pending is 0 before. */
__kernel void rows_begin(__global const double *job, int julia, int shortcuts, uint first,
                         uint width, uint begin, uint pixels, int steps, int maxit,
                         __global double *xs, __global double *ys, __global int *counts,
                         __global uint *list, __global uint *pending) {
    const uint pixel = (uint)get_global_id(0);
    if (pixel >= pixels)
        return;
    const double px = pixel_x(job, (begin + pixel) % width);
    const double py = pixel_y(job, first + (begin + pixel) / width);
    if (shortcuts && !julia && is_interior(px, py)) {
        counts[pixel] = maxit;
        return;
    }
    advance(job, julia, shortcuts, px, py, julia ? px : 0.0, julia ? py : 0.0, 0, steps, maxit,
            pixel, xs, ys, counts, list, pending);
}

/* More steps of the pixels [0, orbits) of the list `from`. *pending is 0 before. */
__kernel void rows_resume(__global const double *job, int julia, int shortcuts, uint first,
                          uint width, uint begin, uint orbits, int steps, int maxit,
                          __global double *xs, __global double *ys, __global int *counts,
                          __global uint *list, __global uint *pending, __global const uint *from) {
    const uint k = (uint)get_global_id(0);
    if (k >= orbits)
        return;
    const uint pixel = from[k];
    const double px = pixel_x(job, (begin + pixel) % width);
    const double py = pixel_y(job, first + (begin + pixel) / width);
    advance(job, julia, shortcuts, px, py, xs[pixel], ys[pixel], counts[pixel], steps, maxit, pixel,
            xs, ys, counts, list, pending);
}

#endif
