/* SPDX-License-Identifier: MIT
 * Sets up signals and looks at limits. What a handler writes is ready before: the text is the
 * writable global state that it needs. */
#include "base/process_limits.h"

#include "base/failure.h"

#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

/* Fewer files, and MPI_Init ends in lines of its own; a smaller stack, and a call may be one too
 * many. Both are a multiple of what was found to be needed: 14 files, 64 KiB. */
enum { FILES_MIN = 32, STACK_KIB_MIN = 256, BYTES_PER_KIB = 1024 };

/* How long another rank waits for the launcher to end it. */
enum { WAIT_SECONDS = 5 };

static bool waits;
static char last_words[FAILURE_TEXT_BYTES];
static size_t last_bytes;

/* Only what a handler may do. Other threads may get the signal again meanwhile. */
static void end_with_last_words(int signal) {
    static atomic_flag entered = ATOMIC_FLAG_INIT;
    (void)signal;
    if (atomic_flag_test_and_set(&entered))
        return;
    if (waits)
        sleep(WAIT_SECONDS);
    const ssize_t ignored = write(STDERR_FILENO, last_words, last_bytes);
    (void)ignored;
    _exit(EXIT_RUN);
}

/* format: of what there is and of what must be, in units. */
static void require(int resource, rlim_t minimum, rlim_t unit, const char *format) {
    struct rlimit limit;
    if (getrlimit(resource, &limit) != 0 || limit.rlim_cur / unit >= minimum)
        return;
    last_bytes =
        (size_t)snprintf(last_words, sizeof last_words, format,
                         (unsigned long long)(limit.rlim_cur / unit), (unsigned long long)minimum);
    end_with_last_words(0);
}

void process_limits_require_files(unsigned kib) {
    require(
        RLIMIT_FSIZE, kib, BYTES_PER_KIB,
        "plait: files may have %llu KiB only, and this MPI has files of its own: raise the limit (ulimit -f) to %llu or more\n");
}

uint64_t process_limits_file_bytes(void) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_FSIZE, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY)
        return UINT64_MAX;
    return limit.rlim_cur;
}

/* The soft limit of processor time warns, the hard one kills: between the two there must be time to
 * save. RLIM_INFINITY is larger than any limit. */
static rlim_t warn_in_time(void) {
    enum { PART = 20, MOST_SECONDS = 60 };
    struct rlimit limit;
    if (getrlimit(RLIMIT_CPU, &limit) != 0)
        return RLIM_INFINITY;
    rlim_t reserve = limit.rlim_max / PART;
    reserve = reserve < 1 ? 1 : reserve > MOST_SECONDS ? MOST_SECONDS : reserve;
    if (limit.rlim_max != RLIM_INFINITY && limit.rlim_max > reserve &&
        limit.rlim_cur > limit.rlim_max - reserve) {
        limit.rlim_cur = limit.rlim_max - reserve;
        (void)setrlimit(RLIMIT_CPU, &limit); /* if it cannot be, what was set stays */
    }
    return limit.rlim_cur;
}

/* Also where the caller of the program has it blocked, or ignored as files that grow too large: the
 * kernel kills soon after. */
static void watch_processor_time(void) {
    const struct sigaction action = {.sa_handler = end_with_last_words, .sa_flags = SA_RESTART};
    const rlim_t seconds = warn_in_time();
    sigset_t unblocked;
    if (seconds == RLIM_INFINITY)
        last_bytes = (size_t)snprintf(
            last_words, sizeof last_words,
            "plait: stopped by SIGXCPU, which says that the processor time is used up: allow more of it, or keep the work by --checkpoint\n");
    else
        last_bytes = (size_t)snprintf(
            last_words, sizeof last_words,
            "plait: the limit of processor time, %llu s, is reached: raise it (ulimit -t), or keep the work by --checkpoint\n",
            (unsigned long long)seconds);
    sigaction(SIGXCPU, &action, NULL);
    sigemptyset(&unblocked);
    sigaddset(&unblocked, SIGXCPU);
    sigprocmask(SIG_UNBLOCK, &unblocked, NULL);
}

void process_limits_begin(int rank) {
    const struct sigaction ignore = {.sa_handler = SIG_IGN};
    sigaction(SIGXFSZ, &ignore, NULL);
    sigaction(SIGPIPE, &ignore, NULL);
    waits = rank != 0;
    require(
        RLIMIT_NOFILE, FILES_MIN, 1,
        "plait: no more than %llu files may be open at a time: raise the limit (ulimit -n) to %llu or more\n");
    require(
        RLIMIT_STACK, STACK_KIB_MIN, BYTES_PER_KIB,
        "plait: the stack may have %llu KiB only: raise the limit (ulimit -s) to %llu or more\n");
    watch_processor_time();
}
