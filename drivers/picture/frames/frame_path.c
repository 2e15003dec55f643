/* SPDX-License-Identifier: MIT
 * Powers and sums of decimals. */
#include "picture/frames/frame_path.h"

#include "base/decimal.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A number as m * 10^e. */
struct scaled {
    double m;
    int64_t e;
};

static const double ln_2 = 0.69314718055994531, ln_10 = 2.3025850929940457;

/* -- logarithms and powers, of basic operations alone: libraries differ in their last bits ------
 */

/* Of 1 <= m < 10: ln m = 2 artanh((m - 1) / (m + 1)). */
static double path_ln(double m) {
    int halvings = 0;
    for (; m > 1.5; m /= 2)
        halvings++;
    const double s = (m - 1) / (m + 1), square = s * s;
    double sum = 0;
    for (int n = 25; n >= 1; n -= 2)
        sum = sum * square + 1.0 / n;
    return 2 * s * sum + halvings * ln_2;
}

/* 10^x. */
static struct scaled path_power(double x) {
    const double whole = floor(x), part = (x - whole) * ln_10 / 16;
    double power = 1;
    for (int n = 16; n >= 1; n--)
        power = 1 + power * part / n;
    for (int k = 0; k < 4; k++)
        power *= power;
    return (struct scaled){power, (int64_t)whole};
}

/* By its first 17 digits. */
static struct scaled path_scaled(const char *text, size_t length) {
    enum { DIGITS = 17 };
    const struct decimal number = decimal_of(text, length);
    char digits[DIGITS + 4] = "", *to = digits;
    const char *from = number.first;
    for (size_t k = 0; k < DIGITS && k < number.digits; k++) {
        from += *from == '.';
        *to++ = *from++;
        if (k == 0)
            *to++ = '.';
    }
    *to = '\0';
    return (struct scaled){number.sign == 0 ? 0 : number.sign * strtod(digits, NULL),
                           number.exponent - 1};
}

/* log10 of a zoom. */
static double path_decades(const char *zoom) {
    const struct scaled z = path_scaled(zoom, strlen(zoom));
    return path_ln(z.m) / ln_10 + (double)z.e;
}

/* -- texts ------------------------------------------------------------------------------------- */

/* A plain number where it is short. */
static char *path_zoom_text(const struct scaled *zoom) {
    enum { BYTES = 64, PLAIN = 11 };
    char *text = malloc(BYTES);
    double m = zoom->m;
    if (text && zoom->e >= 0 && zoom->e <= PLAIN) {
        for (int64_t k = 0; k < zoom->e; k++)
            m *= 10;
        snprintf(text, BYTES, "%.12g", m);
    } else if (text) {
        snprintf(text, BYTES, "%.12ge%" PRId64, m, zoom->e);
    }
    return text;
}

/* Digits of a sum, of which digit k is worth 10^(low + k). */
struct path_sum {
    int8_t *digits;
    int64_t low;
    size_t count;
};

static void path_add(struct path_sum *sum, const struct decimal *number) {
    const char *from = number->first;
    for (size_t k = 0; k < number->digits; k++) {
        from += *from == '.';
        const int digit = *from++ - '0';
        const int64_t place = number->exponent - 1 - (int64_t)k - sum->low;
        if (place < 0)
            break;
        sum->digits[place] = (int8_t)(sum->digits[place] + number->sign * digit);
    }
}

/* Makes digits of 0 to 9, and returns the sign: that of the first digit, since the others, of two
 * numbers, cannot outweigh it. */
static int path_carry(struct path_sum *sum) {
    size_t first = sum->count;
    while (first > 0 && sum->digits[first - 1] == 0)
        first--;
    if (first == 0)
        return 0;
    const int sign = sum->digits[first - 1] < 0 ? -1 : 1;
    int carry = 0;
    for (size_t k = 0; k < sum->count; k++) {
        const int value = sign * sum->digits[k] + carry;
        const int digit = (value % 10 + 10) % 10;
        carry = (value - digit) / 10;
        sum->digits[k] = (int8_t)digit;
    }
    return sign;
}

/* Writes sign and digits: "-0.00125", or "-125e-1000" where there would be many zeros. */
static char *path_write(const struct path_sum *sum, int sign) {
    enum { ZEROS = 24, SPARE = 64 };
    char *text = malloc(sum->count + SPARE), *to = text;
    if (!text || sign == 0)
        return text ? strcpy(text, "0") : NULL;
    int64_t top = (int64_t)sum->count - 1 + sum->low, end = sum->low;
    while (sum->digits[top - sum->low] == 0)
        top--;
    while (sum->digits[end - sum->low] == 0)
        end++;
    if (sign < 0)
        *to++ = '-';
    if (top < -ZEROS || end > ZEROS) {
        for (int64_t place = top; place >= end; place--)
            *to++ = (char)('0' + sum->digits[place - sum->low]);
        sprintf(to, "e%" PRId64, end);
        return text;
    }
    for (int64_t place = top > 0 ? top : 0; place >= (end < 0 ? end : 0); place--) {
        if (place == -1)
            *to++ = '.';
        *to++ = place > top || place < end ? '0' : (char)('0' + sum->digits[place - sum->low]);
    }
    *to = '\0';
    return text;
}

static int64_t path_least(int64_t a, int64_t b) {
    return a < b ? a : b;
}

/* a + b without the digits below 10^floor; NULL without memory. Exponents are below some hundreds.
 */
static char *path_sum_text(const struct decimal *a, const struct decimal *b, int64_t floor_place) {
    int64_t high = floor_place, low = high;
    bool any = false;
    for (int k = 0; k < 2; k++) {
        const struct decimal *number = k == 0 ? a : b;
        if (number->sign == 0)
            continue;
        const int64_t last = number->exponent - (int64_t)number->digits;
        low = any ? path_least(low, last) : last;
        high = number->exponent > high ? number->exponent : high;
        any = true;
    }
    low = low < floor_place ? floor_place : path_least(low, high);
    struct path_sum sum = {.low = low, .count = (size_t)(high - low) + 2};
    sum.digits = calloc(sum.count, sizeof *sum.digits);
    if (!sum.digits)
        return NULL;
    path_add(&sum, a);
    path_add(&sum, b);
    const int sign = path_carry(&sum);
    char *text = path_write(&sum, sign);
    free(sum.digits);
    return text;
}

/* -- points ------------------------------------------------------------------------------------ */

/* from + (to - from) * part of one number of two pairs; NULL without memory. */
static char *path_number(const char *from, const char *to, size_t index, const struct scaled *part,
                         int64_t floor_place) {
    enum { OFFSET_BYTES = 64 };
    const char *ends[2];
    struct decimal numbers[2];
    for (int k = 0; k < 2; k++) {
        const size_t length = decimal_piece(k == 0 ? from : to, index, &ends[k]);
        numbers[k] = decimal_of(ends[k], length);
    }
    struct decimal minus = numbers[0];
    minus.sign = -minus.sign;
    char *apart = path_sum_text(&numbers[1], &minus, floor_place);
    if (!apart)
        return NULL;
    const struct scaled whole = path_scaled(apart, strlen(apart));
    char offset[OFFSET_BYTES];
    snprintf(offset, sizeof offset, "%.16fe%" PRId64, whole.m * part->m, whole.e + part->e);
    free(apart);
    const struct decimal step = decimal_of(offset, strlen(offset));
    return path_sum_text(&numbers[0], &step, floor_place);
}

/* The same of both: "RE,IM". */
static char *path_point(const char *from, const char *to, const struct scaled *part,
                        int64_t floor_place) {
    char *re = path_number(from, to, 0, part, floor_place);
    char *im = path_number(from, to, 1, part, floor_place);
    const size_t bytes = re && im ? strlen(re) + strlen(im) + 2 : 0;
    char *point = bytes > 0 ? malloc(bytes) : NULL;
    if (point)
        snprintf(point, bytes, "%s,%s", re, im);
    free(re);
    free(im);
    return point;
}

bool frame_path_find(const struct frame_path *path, uint32_t frame, struct frame_place *place,
                     struct failure *failure) {
    enum { SPARE_DIGITS = 40 };
    const bool last = frame + 1 == path->frames;
    const double t = (double)frame / (path->frames - 1);
    const double begin = path_decades(path->zoom[0]), end = path_decades(path->zoom[1]);
    const double span = end - begin, deepest = fmax(fmax(begin, end), 0);
    /* A Julia set next to 0 needs twice as many digits as its pixels are deep. */
    const int64_t floor_place = -2 * (int64_t)deepest - SPARE_DIGITS;
    *place = (struct frame_place){0};
    if (frame == 0 || last || path->zoom[0] == path->zoom[1]) {
        place->zoom = strdup(path->zoom[last]);
    } else {
        const struct scaled zoom = path_power(begin + t * span);
        place->zoom = path_zoom_text(&zoom);
    }
    if (frame == 0 || last || path->center[0] == path->center[1]) {
        place->center = strdup(path->center[last]);
    } else {
        /* How far it still is, as a part of the way, to the end that is deeper. */
        const bool inwards = span >= 0;
        struct scaled part = path_power(inwards ? -t * span : (1 - t) * span);
        part.m *= inwards ? 1 - t : t;
        place->center =
            path_point(path->center[inwards], path->center[!inwards], &part, floor_place);
    }
    if (path->c[0] && (frame == 0 || last || path->c[0] == path->c[1])) {
        place->c = strdup(path->c[last]);
    } else if (path->c[0]) {
        const struct scaled part = {t, 0};
        place->c = path_point(path->c[0], path->c[1], &part, floor_place);
    }
    return (place->zoom && place->center && (place->c || !path->c[0])) ||
           failure_set(failure, EXIT_RUN, "out of memory");
}

void frame_place_free(struct frame_place *place) {
    free(place->zoom);
    free(place->center);
    free(place->c);
    *place = (struct frame_place){0};
}
