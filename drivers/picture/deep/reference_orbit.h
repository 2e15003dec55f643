/* SPDX-License-Identifier: MIT
 * The orbit of a picture's centre in high precision, and what is known of the view from texts of
 * any length: the only place that knows MPFR. Without it (PLAIT_MPFR=OFF) a deep view is refused.
 */
#ifndef PLAIT_DRIVERS_REFERENCE_ORBIT_H
#define PLAIT_DRIVERS_REFERENCE_ORBIT_H

#include "base/failure.h"
#include "plait/deep.h"

#include <stdbool.h>
#include <stdint.h>

/* A view in texts that have been checked (base/decimal.h). The size and the bailout are escape's.
 */
struct deep_texts {
    const char *center; /* RE,IM */
    const char *zoom;
    const char *c; /* Julia: RE,IM; else NULL */
};

struct deep_reference;

/* Reads the texts and sets *view. EXIT_USAGE for what is beyond the limits of deep views. Free with
 * deep_reference_free, also after a failure, *reference is NULL then. */
bool deep_reference_begin(struct deep_reference **reference, const struct plait_escape *escape,
                          const struct deep_texts *texts, struct plait_deep_view *view,
                          struct failure *failure);

/* Goes to Z_0 of an orbit. */
void deep_reference_start(struct deep_reference *reference, enum plait_deep_orbit_kind kind);

/* Gives the point where the orbit is, and makes one step. */
void deep_reference_next(struct deep_reference *reference, struct plait_deep_point *point);

/* Whether the points of both are the same, as far as they go. */
bool deep_reference_shares(const struct deep_reference *a, const struct deep_reference *b);

/* Calls work(context), in which deep_reference_next is called, while other threads of OpenMP, up to
 * `threads` with this one, make products for it. The points are the same. Whether that can be, and
 * may pay: it needs a library that takes threads, and products that take longer than two threads
 * need to meet. */
bool deep_reference_may_share(const struct deep_reference *reference);
void deep_reference_share(struct deep_reference *reference, int threads, void (*work)(void *),
                          void *context);

/* Where the orbit is, to the last bit: "X,Y", hexadecimal, malloc'ed; NULL: out of memory. The
 * second one goes there; false: the text is none of the first one's. */
char *deep_reference_place(const struct deep_reference *reference);
bool deep_reference_resume(struct deep_reference *reference, const char *place);

/* The numbers RE,IM of a checked text, rounded to that many bits, in the same form. Orbits whose
 * numbers are the same so far are the same. */
char *deep_reference_rounded(const char *text, uint64_t bits);

/* Whether its points have exponents. */
bool deep_reference_is_extended(const struct deep_reference *reference);

/* How many bits it computes with, and how many decimals the texts must have for that to be of use.
 */
uint64_t deep_reference_bits(const struct deep_reference *reference);
uint64_t deep_reference_decimals(const struct deep_reference *reference);

/* Whether this MPFR may be called by several threads at once. */
bool deep_reference_takes_threads(void);

/* The count of a pixel by the direct iteration in that precision: what the deep kernel's should be.
 * After a signal to stop (base/stop_signal.h) it returns at once, whatever the count. */
int32_t deep_reference_count(const struct deep_reference *reference, uint32_t row, uint32_t col);

/* NULL is allowed. */
void deep_reference_free(struct deep_reference *reference);

#endif
