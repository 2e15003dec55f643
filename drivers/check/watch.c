/* SPDX-License-Identifier: MIT
 * The meetings, and the alarm that ends them. */
#include "check/watch.h"

#include "base/host_name.h"
#include "ranks/agree.h"
#include "ranks/mpi_check.h"

#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

enum { NOTICE_TAG = 1, RELEASE_TAG = 2, NAMED_RANKS = 8 };

/* How much later than rank 0 the others end, should it be unable to end them. */
enum { DEPUTY_SECONDS = 5, ALONE_SECONDS = 10, LAST_SECONDS = 2 };

/* What ends a run from outside. */
static const int ends[] = {SIGHUP, SIGINT, SIGTERM, SIGXCPU};
enum { ENDS = sizeof ends / sizeof ends[0] };

/* What the handler reads is written before the alarm is set, or marked volatile. */
static struct {
    const struct session *session;
    const struct mpi_tries *tries;
    struct sigaction previous;            /* of SIGALRM */
    struct sigaction previous_ends[ENDS]; /* of the signals in ends */
    double limit_s;
    char limit[32]; /* the same in words */
    MPI_Comm comm;
    char (*hosts)[HOST_NAME_BYTES]; /* of all ranks; on every rank */
    MPI_Request *notices;           /* rank 0: from the others, [size - 1], always under way */
    volatile uint64_t *arrived;   /* rank 0: the last meeting that each rank has come to, [size] */
    volatile uint64_t meeting;    /* this one's number, 1 is the first */
    const char *volatile what;    /* under the limit */
    const char *volatile file;    /* to remove */
    volatile sig_atomic_t sleeps; /* the main thread is here, outside MPI */
    volatile sig_atomic_t expired;
} watch;

/* -- the handler: memory, write, unlink ------------------------------------------------------- */

struct line {
    size_t length;
    char text[1024];
};

static void watch_add(struct line *line, const char *text) {
    while (*text && line->length < sizeof line->text - 1)
        line->text[line->length++] = *text++;
}

static void add_number(struct line *line, unsigned number) {
    char digits[12];
    size_t k = sizeof digits - 1;
    digits[k] = '\0';
    do
        digits[--k] = (char)('0' + number % 10);
    while ((number /= 10) > 0);
    watch_add(line, digits + k);
}

static void add_rank(struct line *line, int rank) {
    watch_add(line, "rank ");
    add_number(line, (unsigned)rank);
    watch_add(line, " on host ");
    watch_add(line, watch.hosts[rank]);
}

/* " (in MPI_Gather)", the call that this rank is in. */
static void add_call(struct line *line) {
    const char *call = watch.tries ? watch.tries->under_way : NULL;
    if (!call)
        return;
    char name[64];
    size_t length = 0;
    while (call[length] && call[length] != '(' && length < sizeof name - 1) {
        name[length] = call[length];
        length++;
    }
    name[length] = '\0';
    watch_add(line, " (in ");
    watch_add(line, name);
    watch_add(line, ")");
}

static void add_start(struct line *line) {
    watch_add(line, "plait: ");
    watch_add(line, watch.what);
    watch_add(line, " timed out after ");
    watch_add(line, watch.limit);
    watch_add(line, " s: ");
}

static void add_missing(struct line *line) {
    unsigned named = 0, more = 0;
    /* Outside MPI rank 0 has not looked for the notices of the others. */
    const bool knows = watch.sleeps || (watch.tries && watch.tries->under_way);
    for (int r = 0; r < (knows ? watch.session->size : 1); r++) {
        if (watch.arrived[r] >= watch.meeting + (watch.sleeps ? 0 : 1))
            continue;
        if (named == NAMED_RANKS) {
            more++;
            continue;
        }
        watch_add(line, named++ > 0 ? ", " : "");
        add_rank(line, r);
        if (r == ROOT)
            add_call(line);
    }
    if (more > 0) {
        watch_add(line, " and ");
        add_number(line, more);
        watch_add(line, " more");
    }
    watch_add(line, named + more == 0 ? "all ranks arrived, but rank 0 got no further"
                                      : " did not arrive");
}

static void write_line(const struct line *line) {
    size_t done = 0;
    while (done < line->length) {
        const ssize_t bytes = write(STDERR_FILENO, line->text + done, line->length - done);
        if (bytes <= 0)
            return;
        done += (size_t)bytes;
    }
}

static void watch_print_line(void) {
    struct line line = {0};
    add_start(&line);
    if (watch.session->rank == ROOT) {
        add_missing(&line);
    } else {
        add_rank(&line, ROOT);
        watch_add(&line, " is not responding");
    }
    watch_add(&line, ": look at that host and its network, or raise --timeout\n");
    write_line(&line);
}

/* The job is best ended by MPI, as the launcher then ends the other ranks and spawned ones. If the
 * main thread waits for the others, it does so. Else it is in a call that may never end, and MPI is
 * called from here, against its rules: nothing is left to lose, and if that gets stuck too, a
 * second alarm ends this rank. */
static void watch_expire(int signal) {
    (void)signal;
    const int rank = watch.session->rank;
    if (watch.expired || rank > ROOT + 1)
        _exit(EXIT_RUN);
    watch.expired = 1;
    watch_print_line();
    alarm(LAST_SECONDS);
    if (watch.file)
        unlink(watch.file);
    if (!watch.sleeps)
        MPI_Abort(MPI_COMM_WORLD, EXIT_RUN);
}

/* Leaves no file. The default action of the signal is restored by now, and ends this rank. */
static void watch_end_by_signal(int signal) {
    if (watch.file)
        unlink(watch.file);
    raise(signal);
}

/* -- the main thread -------------------------------------------------------------------------- */

static void set_alarm(double seconds) {
    const double whole = floor(seconds);
    const struct itimerval timer = {
        .it_value = {(time_t)whole, (suseconds_t)((seconds - whole) * 1e6)},
    };
    setitimer(ITIMER_REAL, &timer, NULL);
}

static double limit_of_this_rank(void) {
    const int rank = watch.session->rank;
    return watch.limit_s + (rank == ROOT ? 0 : rank == ROOT + 1 ? DEPUTY_SECONDS : ALONE_SECONDS);
}

/* On rank 0: posts the receives of the next notices. */
static void expect_notices(void) {
    for (int r = 1; r < watch.session->size; r++)
        MPI_CHECK(MPI_Irecv((void *)&watch.arrived[r], 1, MPI_UINT64_T, r, NOTICE_TAG, watch.comm,
                            &watch.notices[r - 1]));
}

static void catch_signals(void) {
    const struct sigaction alarm_action = {.sa_handler = watch_expire,
                                           .sa_flags = SA_RESTART | SA_NODEFER};
    const struct sigaction end_action = {.sa_handler = watch_end_by_signal,
                                         .sa_flags = SA_RESETHAND | SA_NODEFER};
    sigaction(SIGALRM, &alarm_action, &watch.previous);
    for (int k = 0; k < ENDS; k++) {
        sigaction(ends[k], NULL, &watch.previous_ends[k]);
        /* Not what nohup has ignored; but a handler is one that a library has set on its own,
         * as LLVM does below an OpenCL driver. */
        if (watch.previous_ends[k].sa_handler != SIG_IGN)
            sigaction(ends[k], &end_action, NULL);
    }
}

static void release_signals(void) {
    sigaction(SIGALRM, &watch.previous, NULL);
    for (int k = 0; k < ENDS; k++)
        sigaction(ends[k], &watch.previous_ends[k], NULL);
}

static bool prepare(const struct session *session, struct failure *failure) {
    const size_t size = (size_t)session->size;
    watch.hosts = calloc(size, sizeof *watch.hosts);
    watch.notices = calloc(size, sizeof *watch.notices);
    watch.arrived = calloc(size, sizeof *watch.arrived);
    if (!watch.hosts || !watch.notices || !watch.arrived)
        failure_set(failure, EXIT_RUN, "out of memory");
    return agree(session, failure);
}

static void free_memory(void) {
    free(watch.hosts);
    free(watch.notices);
    free((void *)watch.arrived);
    memset(&watch, 0, sizeof watch);
}

bool watch_begin(const struct session *session, double limit_s, const struct mpi_tries *tries,
                 struct failure *failure) {
    memset(&watch, 0, sizeof watch);
    watch.session = session;
    watch.tries = tries;
    watch.limit_s = limit_s;
    snprintf(watch.limit, sizeof watch.limit, "%.7g", limit_s);
    watch.what = "the start";
    if (!prepare(session, failure)) {
        free_memory();
        return false;
    }
    char host[HOST_NAME_BYTES] = "";
    host_name(host);
    MPI_CHECK(MPI_Comm_dup(session->world, &watch.comm));
    MPI_CHECK(MPI_Allgather(host, HOST_NAME_BYTES, MPI_CHAR, watch.hosts, HOST_NAME_BYTES, MPI_CHAR,
                            watch.comm));
    if (session->rank == ROOT)
        expect_notices();
    catch_signals();
    return true;
}

/* Looks whether all requests are done, and sleeps between looks: the core may be one that a late
 * rank needs. */
static void sleep_until(MPI_Request *requests, int count) {
    struct timespec pause = {0, 10000};
    int all = 0;
    for (;;) {
        MPI_CHECK(MPI_Testall(count, requests, &all, MPI_STATUSES_IGNORE));
        if (all)
            return;
        nanosleep(&pause, NULL);
        if (watch.expired)
            MPI_CHECK(MPI_Abort(watch.comm, EXIT_RUN));
        if (pause.tv_nsec < 1000000)
            pause.tv_nsec *= 2;
    }
}

static void watch_release_others(void) {
    const int others = watch.session->size - 1;
    watch.arrived[ROOT] = watch.meeting;
    sleep_until(watch.notices, others);
    expect_notices();
    for (int r = 1; r <= others; r++)
        MPI_CHECK(MPI_Send(NULL, 0, MPI_BYTE, r, RELEASE_TAG, watch.comm));
}

static void watch_wait_for_release(void) {
    MPI_Request release;
    const uint64_t meeting = watch.meeting;
    MPI_CHECK(MPI_Irecv(NULL, 0, MPI_BYTE, ROOT, RELEASE_TAG, watch.comm, &release));
    MPI_CHECK(MPI_Send(&meeting, 1, MPI_UINT64_T, ROOT, NOTICE_TAG, watch.comm));
    sleep_until(&release, 1);
}

void watch_meet(const char *what) {
    watch.what = what;
    watch.meeting++;
    watch.sleeps = 1;
    set_alarm(limit_of_this_rank());
    if (watch.session->rank == ROOT)
        watch_release_others();
    else
        watch_wait_for_release();
    watch.sleeps = 0;
}

void watch_rest(void) {
    set_alarm(0);
}

void watch_file(const char *path) {
    watch.file = path;
}

void watch_end(void) {
    watch_rest();
    release_signals();
    if (watch.session->rank == ROOT) {
        const int others = watch.session->size - 1;
        for (int r = 0; r < others; r++)
            MPI_CHECK(MPI_Cancel(&watch.notices[r]));
        MPI_CHECK(MPI_Waitall(others, watch.notices, MPI_STATUSES_IGNORE));
    }
    MPI_CHECK(MPI_Comm_free(&watch.comm));
    free_memory();
}
