/* SPDX-License-Identifier: MIT
 * Least squares by cminpack's Levenberg-Marquardt. */
#include "study/fit.h"

#include <math.h>
#include <stdlib.h>

#include <cminpack.h>

const char *const law_names[LAWS] = {"Amdahl", "Gustafson", "Universal Scalability Law"};

const char *const law_parameters[LAWS][FIT_PARAMETERS_MAX] = {
    {"seconds on one core", "serial share"},
    {"seconds on one core", "serial share"},
    {"seconds on one core", "contention", "coherency"},
};

static int law_parameter_count(enum law law) {
    return law == LAW_USL ? 3 : 2;
}

/* Time over that of one core. */
static double law_factor(enum law law, const double *shares, double cores) {
    switch (law) {
    case LAW_AMDAHL:
        return shares[0] + (1 - shares[0]) / cores;
    case LAW_GUSTAFSON:
        return cores / (cores - shares[0] * (cores - 1));
    case LAW_USL:
        return (1 + shares[0] * (cores - 1) + shares[1] * cores * (cores - 1)) / cores;
    case LAWS:
        break;
    }
    return NAN;
}

double fit_seconds(enum law law, const struct fit *fit, double cores) {
    return fit->values[0] * law_factor(law, fit->values + 1, cores);
}

/* What cminpack's functions see. Parameter 0 is the logarithm of the seconds on one core. */
struct fit_problem {
    enum law law;
    const double *cores, *seconds;
};

static double problem_residual(const struct fit_problem *problem, const double *x, int k) {
    const double factor = law_factor(problem->law, x + 1, problem->cores[k]);
    /* A law that gives no time at all is as wrong as can be said by a finite number. */
    return factor > 1e-9 ? x[0] + log(factor) - log(problem->seconds[k]) : 1e3;
}

static int fit_residuals(void *context, int m, int n, const double *x, double *residuals,
                         int flag) {
    (void)n, (void)flag;
    for (int k = 0; k < m; k++)
        residuals[k] = problem_residual(context, x, k);
    return 0;
}

/* Means of the residuals at each number of cores: how far the law misses the points, and how much
 * of the sum of squares is scatter of samples at one point, which no law can explain. */
struct misfit {
    size_t points;
    double scatter, deviation;
};

/* The samples of one number of cores: their mean and the sum of squares about it, kept by Welford's
 * steps. */
struct core_group {
    double cores, count, mean, squares;
};

static struct misfit find_misfit(const double *cores, const double *residuals, size_t count,
                                 struct core_group *groups) {
    struct misfit misfit = {0};
    for (size_t k = 0; k < count; k++) {
        size_t g = 0;
        while (g < misfit.points && groups[g].cores != cores[k])
            g++;
        if (g == misfit.points)
            groups[misfit.points++] = (struct core_group){.cores = cores[k]};
        struct core_group *group = &groups[g];
        const double step = residuals[k] - group->mean;
        group->count++;
        group->mean += step / group->count;
        group->squares += step * (residuals[k] - group->mean);
    }
    for (size_t g = 0; g < misfit.points; g++) {
        misfit.scatter += groups[g].squares;
        misfit.deviation = fmax(misfit.deviation, fabs(expm1(groups[g].mean)));
    }
    return misfit;
}

static void find_intervals(struct fit *fit, int parameters, const double *x,
                           const double *covariance, double variance, double freedom) {
    const double t = statistics_student_two_sided(0.95, freedom);
    for (int k = 0; k < parameters; k++) {
        const double half = t * sqrt(variance * covariance[k * parameters + k]);
        if (!isfinite(half))
            continue;
        fit->intervals[k].known = true;
        fit->intervals[k].low = k == 0 ? exp(x[k] - half) : x[k] - half;
        fit->intervals[k].high = k == 0 ? exp(x[k] + half) : x[k] + half;
    }
}

/* The inverse of the information J'J of the parameters, by differences of the residuals around x:
 * three parameters at most, so Gauss and Jordan do. false if there is none. */
static bool find_covariance(const struct fit_problem *problem, int count, int parameters,
                            const double *x, double *inverse) {
    double matrix[FIT_PARAMETERS_MAX][2 * FIT_PARAMETERS_MAX] = {{0}};
    for (int k = 0; k < count; k++) {
        double gradient[FIT_PARAMETERS_MAX];
        for (int p = 0; p < parameters; p++) {
            double above[FIT_PARAMETERS_MAX], below[FIT_PARAMETERS_MAX];
            const double step = 1e-6;
            for (int q = 0; q < parameters; q++)
                above[q] = below[q] = x[q];
            above[p] += step, below[p] -= step;
            gradient[p] =
                (problem_residual(problem, above, k) - problem_residual(problem, below, k)) /
                (2 * step);
        }
        for (int p = 0; p < parameters; p++)
            for (int q = 0; q < parameters; q++)
                matrix[p][q] += gradient[p] * gradient[q];
    }
    for (int p = 0; p < parameters; p++)
        matrix[p][parameters + p] = 1;
    for (int p = 0; p < parameters; p++) { /* positive definite: no pivots are needed */
        if (!(matrix[p][p] > 0))
            return false;
        const double pivot = matrix[p][p];
        for (int q = 0; q < 2 * parameters; q++)
            matrix[p][q] /= pivot;
        for (int r = 0; r < parameters; r++) {
            const double factor = matrix[r][p];
            for (int q = 0; r != p && q < 2 * parameters; q++)
                matrix[r][q] -= factor * matrix[p][q];
        }
    }
    for (int p = 0; p < parameters; p++)
        for (int q = 0; q < parameters; q++)
            inverse[p * parameters + q] = matrix[p][parameters + q];
    return true;
}

/* The least squares themselves: x is where they begin and end. false if they do not converge. */
static bool fit_solve(const struct fit_problem *problem, int samples, int parameters, double *x,
                      double *residuals) {
    const int work_count = samples * parameters + 5 * parameters + samples;
    int indices[FIT_PARAMETERS_MAX];
    double *work = calloc((size_t)work_count, sizeof *work);
    const int info = work ? lmdif1(fit_residuals, (void *)problem, samples, parameters, x,
                                   residuals, 1e-12, indices, work, work_count)
                          : 0;
    free(work);
    return info >= 1 && info != 5 && isfinite(x[0]) && isfinite(x[1]) && isfinite(x[2]);
}

void fit_law(enum law law, const double *cores, const double *seconds, size_t count,
             struct fit *fit) {
    *fit = (struct fit){.probability = NAN};
    const struct fit_problem problem = {law, cores, seconds};
    const int parameters = law_parameter_count(law), samples = (int)count;
    double *residuals = calloc(count + 1, sizeof *residuals);
    struct core_group *groups = calloc(count + 1, sizeof *groups);
    double x[FIT_PARAMETERS_MAX] = {0, 0.05, 0}; /* a small share that does not scale */
    if (!residuals || !groups)
        fit->refusal = "out of memory";
    else if (find_misfit(cores, residuals, count, groups).points < (size_t)parameters + 1)
        fit->refusal = law == LAW_USL ? "fewer than four numbers of cores"
                                      : "fewer than three numbers of cores";
    if (!fit->refusal) {
        size_t first = 0;
        fit->to = cores[0];
        for (size_t k = 1; k < count; k++) {
            first = cores[k] < cores[first] ? k : first;
            fit->to = fmax(fit->to, cores[k]);
        }
        fit->from = cores[first];
        x[0] = log(seconds[first] / law_factor(law, x + 1, cores[first]));
        if (!fit_solve(&problem, samples, parameters, x, residuals))
            fit->refusal = "least squares did not converge";
    }
    if (!fit->refusal) {
        double squares = 0, inverse[FIT_PARAMETERS_MAX * FIT_PARAMETERS_MAX];
        const struct misfit misfit = find_misfit(cores, residuals, count, groups);
        const double freedom = (double)(samples - parameters);
        const double inside = (double)(count - misfit.points), between = freedom - inside;
        for (size_t k = 0; k < count; k++)
            squares += residuals[k] * residuals[k];
        fit->values[0] = exp(x[0]), fit->values[1] = x[1], fit->values[2] = x[2];
        fit->deviation = misfit.deviation;
        if (inside > 0 && misfit.scatter > 0)
            fit->probability = statistics_f_above(fmax(0, squares - misfit.scatter) / between /
                                                      (misfit.scatter / inside),
                                                  between, inside);
        if (!(fit->probability < FIT_MISFIT) &&
            find_covariance(&problem, samples, parameters, x, inverse))
            find_intervals(fit, parameters, x, inverse, squares / freedom, freedom);
    }
    free(residuals);
    free(groups);
}
