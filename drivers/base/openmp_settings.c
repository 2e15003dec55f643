/* SPDX-License-Identifier: MIT
 * Reads OpenMP's environment variables as its libraries do. */
#include "base/openmp_settings.h"

#include "plait/exec.h"

#include <ctype.h>
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const char *after_spaces(const char *text) {
    while (isspace((unsigned char)*text))
        text++;
    return text;
}

/* A whole number at *text, which moves past it and the spaces around it. False if there is none,
 * or it is too large for any machine. */
static bool read_whole(const char **text, unsigned long *value) {
    char *end;
    const char *digits = after_spaces(*text);
    if (!isdigit((unsigned char)*(*digits == '+' ? digits + 1 : digits)))
        return false;
    errno = 0;
    *value = strtoul(digits, &end, 10);
    *text = after_spaces(end);
    return errno == 0;
}

int openmp_threads_of_text(const char *text) {
    unsigned long first = 0, value;
    for (bool is_first = true;; is_first = false) {
        if (!read_whole(&text, &value) || value < 1)
            return 0;
        if (is_first)
            first = value;
        if (*text == '\0')
            return first <= PLAIT_THREADS_MAX ? (int)first : 0;
        if (*text++ != ',')
            return 0;
    }
}

int openmp_threads(const char **refused) {
    const char *text = getenv("OMP_NUM_THREADS");
    *refused = NULL;
    if (!text || *after_spaces(text) == '\0')
        return 0;
    const int threads = openmp_threads_of_text(text);
    if (threads == 0)
        *refused = text;
    return threads;
}

bool openmp_is_dynamic(void) {
    const char *text = getenv("OMP_DYNAMIC");
    if (!text)
        return false;
    text = after_spaces(text);
    return strncasecmp(text, "true", 4) == 0 && *after_spaces(text + 4) == '\0';
}

bool openmp_binds(void) {
    static const char *const names[] = {"OMP_PLACES", "OMP_PROC_BIND", "GOMP_CPU_AFFINITY",
                                        "KMP_AFFINITY", "KMP_HW_SUBSET"};
    for (size_t k = 0; k < sizeof names / sizeof *names; k++)
        if (getenv(names[k]))
            return true;
    return false;
}

size_t openmp_stack_of_text(const char *text) {
    static const char units[] = "bkmg"; /* each 2^10 of the one before */
    unsigned long value;
    if (!read_whole(&text, &value))
        return 0;
    const char *unit = strchr(units, *text ? tolower((unsigned char)*text) : 'k');
    if (!unit || (*text && *after_spaces(text + 1) != '\0'))
        return 0;
    const int shift = 10 * (int)(unit - units);
    return value <= SIZE_MAX >> shift ? (size_t)value << shift : 0;
}

size_t openmp_stack_bytes(void) {
    /* libomp, which clang links, prefers its own variable, and libgomp OpenMP's. */
#ifdef __clang__
    static const char *const names[] = {"KMP_STACKSIZE", "OMP_STACKSIZE"};
    const size_t otherwise = (size_t)4 << 20;
#else
    static const char *const names[] = {"OMP_STACKSIZE", "GOMP_STACKSIZE"};
    const size_t otherwise = 0;
#endif
    for (size_t k = 0; k < sizeof names / sizeof *names; k++) {
        const char *text = getenv(names[k]);
        const size_t bytes = text ? openmp_stack_of_text(text) : 0;
        if (bytes > 0)
            return bytes;
    }
    return otherwise;
}
