/* SPDX-License-Identifier: MIT
 * Laws of scaling, fitted to measured times by least squares (cminpack) on the logarithm of time,
 * since timing errors grow with the time. Every sample is a point of the fit. */
#ifndef PLAIT_DRIVERS_STUDY_FIT_H
#define PLAIT_DRIVERS_STUDY_FIT_H

#include "study/statistics.h"

enum law {
    LAW_AMDAHL,    /* T(p) = T1 (s + (1 - s) / p): the same work on more cores */
    LAW_GUSTAFSON, /* T(p) = T1 p / (p - s (p - 1)): work that grows with the cores */
    LAW_USL, /* T(p) = T1 (1 + s (p - 1) + k p (p - 1)) / p: Gunther's Universal Scalability Law */
    LAWS
};

enum { FIT_PARAMETERS_MAX = 3 };

extern const char *const law_names[LAWS];
/* "seconds on one core", "serial share", ...; NULL where the law has no such parameter. */
extern const char *const law_parameters[LAWS][FIT_PARAMETERS_MAX];

struct fit {
    const char *refusal; /* why there is no fit, or NULL */
    double values[FIT_PARAMETERS_MAX];
    /* 95 %, by Student's t and the linearised covariance; not known where the law misses the
     * points: noise then does not say how wrong the parameters are. */
    struct interval intervals[FIT_PARAMETERS_MAX];
    double from, to;  /* cores that it was fitted on: it holds there at most */
    double deviation; /* largest distance of the points of one number of cores, as a part */
    double
        probability; /* of a misfit as large by noise alone (F test of lack of fit); NAN: unknown */
};

/* A misfit less likely than this is none of noise. */
#define FIT_MISFIT 0.01

/* Fits a law to count samples, cores[k] >= 1 and seconds[k] > 0. A fit needs one more different
 * number of cores than the law has parameters: through as many points any law goes. */
void fit_law(enum law law, const double *cores, const double *seconds, size_t count,
             struct fit *fit);

/* What the fitted law says for that many cores. */
double fit_seconds(enum law law, const struct fit *fit, double cores);

#endif
