/* SPDX-License-Identifier: MIT
 * Orbits from rank 0 to all ranks, in chunks: while one is on its way, rank 0 computes the next,
 * and the others take in the one before. */
#include "picture/deep_picture.h"

#include "base/clock.h"
#include "base/decimal.h"
#include "base/memory.h"
#include "base/stop_signal.h"
#include "base/warning.h"
#include "plait/sample.h"
#include "ranks/agree.h"
#include "ranks/mpi_check.h"
#include "ranks/waiting.h"

#include <inttypes.h>
#include <omp.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CHUNK_POINTS = 2048 };

static const double BYTES_PER_MIB = 1048576;

/* One message. */
struct deep_chunk {
    uint64_t points; /* in it */
    uint64_t last;   /* nothing comes after it: the orbits are complete, or rank 0 has failed */
    struct plait_deep_point point[CHUNK_POINTS];
};

/* -- the view ---------------------------------------------------------------------------------- */

/* How many digits after the dot the longer one of the two numbers has. */
static uint64_t deep_decimals(const char *text) {
    int64_t most = 0;
    for (size_t k = 0; k < 2; k++) {
        const char *begin;
        const size_t length = decimal_piece(text, k, &begin);
        const struct decimal number = decimal_of(begin, length);
        const int64_t decimals = number.sign ? (int64_t)number.digits - number.exponent : 0;
        most = decimals > most ? decimals : most;
    }
    return (uint64_t)most;
}

/* A number of a few decimals is meant as it is: 0,1 or -0.75,0.1. */
static void deep_warn_of_digits(const struct deep_picture *deep) {
    enum { EXACT_DECIMALS = 4 };
    const char *const names[] = {deep->names[0] ? deep->names[0] : "center",
                                 deep->names[1] ? deep->names[1] : "c"};
    const char *const texts[] = {deep->texts.center, deep->texts.c};
    const uint64_t needed = deep_reference_decimals(deep->reference);
    for (int k = 0; k < 2 && texts[k]; k++) {
        char line[256];
        const uint64_t decimals = deep_decimals(texts[k]);
        if (decimals <= EXACT_DECIMALS || decimals >= needed)
            continue;
        snprintf(line, sizeof line,
                 "--%s has %" PRIu64 " decimals, and a pixel of this view is %" PRIu64
                 " decimals deep: give as many, or the view is not where they were taken from",
                 names[k], decimals, needed);
        warning_print(line);
    }
}

bool deep_picture_begin(struct deep_picture *deep, const struct session *session,
                        const struct picture_request *request, struct plait_escape *escape,
                        struct failure *failure) {
    const bool root = !session || session_is_root(session);
    struct plait_deep_view view = {0};
    if (!request->deep)
        return true;
    deep->texts = request->texts;
    deep->maxit = escape->maxit;
    if (root)
        deep_reference_begin(&deep->reference, escape, &deep->texts, &view, failure);
    if (session) {
        if (!agree(session, failure))
            return false;
        MPI_CHECK(MPI_Bcast(&view, (int)sizeof view, MPI_BYTE, ROOT, session->world));
    } else if (failure->exit_status != EXIT_DONE) {
        return false;
    }
    const enum plait_status status = plait_deep_begin(escape, &view, &deep->tables);
    if (status != PLAIT_OK)
        failure_set(failure, EXIT_RUN, "%s", plait_status_text(status));
    escape->deep = deep->tables;
    if (root && deep->tables && !deep->quiet)
        deep_warn_of_digits(deep);
    return session ? agree(session, failure) : failure->exit_status == EXIT_DONE;
}

/* -- the orbits -------------------------------------------------------------------------------- */

/* How far the points have come, the same on all ranks. */
struct deep_orbits {
    struct deep_picture *deep;
    const struct session *session; /* NULL: one process */
    int kinds, kind;               /* orbits in all, and the one that grows */
    uint64_t points;               /* of all orbits */
    struct failure *failure;
};

/* Tables grow by doubling: whether the node has the memory for that, with all its ranks. */
static bool deep_check_memory(const struct deep_orbits *orbits) {
    enum { LOOK_FROM = 1 << 20, BYTES_PER_POINT = 200 }; /* while they grow, with skips */
    const uint64_t points = orbits->points;
    if (points < LOOK_FROM || (points & (points - 1)) != 0)
        return true;
    const uint64_t ranks = orbits->session ? (uint64_t)orbits->session->node_size : 1;
    const uint64_t needed = points * BYTES_PER_POINT * ranks, available = memory_available_bytes();
    return needed <= available ||
           failure_set(
               orbits->failure, EXIT_RUN,
               "a reference orbit of %" PRIu64
               " steps needs %.0f MiB more on this node, which has %.0f MiB free: choose a smaller --maxit, or start fewer ranks with more threads",
               points, (double)needed / BYTES_PER_MIB, (double)available / BYTES_PER_MIB);
}

/* Takes a point in; *complete: it was the last of all orbits. */
static bool deep_take_point(struct deep_orbits *orbits, const struct plait_deep_point *point,
                            bool *complete) {
    bool last = false;
    const enum plait_status status = plait_deep_add(
        orbits->deep->tables, (enum plait_deep_orbit_kind)orbits->kind, point, &last);
    if (status != PLAIT_OK)
        return failure_set(orbits->failure, EXIT_RUN,
                           "the reference orbit, at %" PRIu64
                           " steps: %s: choose a smaller --maxit",
                           orbits->points, plait_status_text(status));
    orbits->points++;
    orbits->kind += last;
    *complete = orbits->kind == orbits->kinds;
    return deep_check_memory(orbits);
}

/* Rank 0: computes points until the chunk is full or all orbits are complete. */
static void deep_fill_chunk(struct deep_orbits *orbits, struct deep_chunk *chunk) {
    bool complete = false, taken = true;
    chunk->points = 0;
    while (chunk->points < CHUNK_POINTS && taken && !complete) {
        const int kind = orbits->kind;
        struct plait_deep_point *point = &chunk->point[chunk->points++];
        deep_reference_next(orbits->deep->reference, point);
        taken = deep_take_point(orbits, point, &complete);
        if (orbits->kind != kind && !complete)
            deep_reference_start(orbits->deep->reference, (enum plait_deep_orbit_kind)orbits->kind);
    }
    if (taken && stop_signal_seen())
        taken = failure_set(
            orbits->failure, EXIT_STOPPED,
            "stopped at the reference orbit, before this run had any rows: the same command computes it again");
    chunk->last = complete || !taken;
}

static void deep_send_chunks(struct deep_orbits *orbits, struct deep_chunk *chunks,
                             struct progress_display *display, uint64_t most) {
    MPI_Request request = MPI_REQUEST_NULL;
    struct deep_chunk *chunk = chunks;
    deep_reference_start(orbits->deep->reference, PLAIT_DEEP_FIRST);
    do {
        chunk = chunk == chunks ? chunks + 1 : chunks;
        deep_fill_chunk(orbits, chunk);
        progress_display_update(display, orbits->points, most);
        if (!orbits->session || orbits->session->size == 1)
            continue;
        MPI_CHECK(MPI_Wait(&request, MPI_STATUS_IGNORE));
        MPI_CHECK(MPI_Ibcast(chunk, (int)sizeof *chunk, MPI_BYTE, ROOT, orbits->session->world,
                             &request));
    } while (!chunk->last);
    if (request != MPI_REQUEST_NULL)
        MPI_CHECK(MPI_Wait(&request, MPI_STATUS_IGNORE));
}

/* A rank that fails takes part to the end, so that the others get what they wait for. */
static void deep_receive_chunks(struct deep_orbits *orbits, struct deep_chunk *chunks) {
    struct deep_chunk *chunk = chunks;
    bool complete = false, taken = true;
    MPI_Request request;
    MPI_CHECK(
        MPI_Ibcast(chunk, (int)sizeof *chunk, MPI_BYTE, ROOT, orbits->session->world, &request));
    for (bool more = true; more;) {
        struct deep_chunk *next = chunk == chunks ? chunks + 1 : chunks;
        wait_quietly(&request);
        more = !chunk->last;
        if (more)
            MPI_CHECK(MPI_Ibcast(next, (int)sizeof *next, MPI_BYTE, ROOT, orbits->session->world,
                                 &request));
        for (uint64_t k = 0; k < chunk->points && taken && !complete; k++)
            taken = deep_take_point(orbits, &chunk->point[k], &complete);
        chunk = next;
    }
}

bool deep_picture_compute(struct deep_picture *deep, const struct session *session,
                          const char *label, enum progress_style style, struct failure *failure) {
    if (!deep->tables || deep->ready)
        return true;
    const uint64_t start_ns = clock_now_ns();
    struct deep_orbits orbits = {
        .deep = deep,
        .session = session,
        .kinds = deep->texts.c ? 2 : 1,
        .failure = failure,
    };
    struct deep_chunk *chunks = malloc(2 * sizeof *chunks);
    if (!chunks)
        failure_set(failure, EXIT_RUN, "out of memory");
    if (session ? agree(session, failure) : chunks != NULL) {
        if (deep->reference) {
            char title[64];
            snprintf(title, sizeof title, "%s, reference orbit", label);
            struct progress_display display = progress_display_begin(title, style);
            const uint64_t most = (uint64_t)orbits.kinds * ((uint64_t)deep->maxit + 1);
            deep_send_chunks(&orbits, chunks, &display, most);
            progress_display_end(&display);
        } else {
            deep_receive_chunks(&orbits, chunks);
        }
        if (failure->exit_status == EXIT_DONE) {
            const enum plait_status status = plait_deep_finish(deep->tables);
            if (status != PLAIT_OK)
                failure_set(failure, EXIT_RUN, "the tables of the reference orbit: %s",
                            plait_status_text(status));
        }
    }
    free(chunks);
    deep->ready = session ? agree(session, failure) : failure->exit_status == EXIT_DONE;
    deep->seconds = clock_seconds_since(start_ns);
    return deep->ready;
}

/* -- samples in full precision ---------------------------------------------------------------- */

bool deep_picture_exact(const struct deep_picture *deep, const struct deep_exact *how, int count,
                        int32_t *expected, struct failure *failure) {
    const struct plait_escape *escape = how->escape;
    const uint64_t pixels = (uint64_t)escape->width * escape->height;
    const int first = how->session->rank, ranks = how->session->size;
    const uint64_t own = (uint64_t)((count - first + ranks - 1) / ranks);
    struct deep_reference *another = NULL;
    struct plait_deep_view view;
    char title[64];
    snprintf(title, sizeof title, "%s, samples in full precision", how->label);
    if (!deep->reference)
        deep_reference_begin(&another, escape, &deep->texts, &view, failure);
    if (!agree(how->session, failure)) {
        deep_reference_free(another);
        return false;
    }
    const struct deep_reference *reference = deep->reference ? deep->reference : another;
    const int threads = deep_reference_takes_threads() ? how->threads : 1;
    const bool shows = session_is_root(how->session);
    struct progress_display display = progress_display_begin(title, how->style);
    atomic_uint_fast64_t done = 0;
    memset(expected, 0, (size_t)count * sizeof *expected);
#pragma omp parallel for num_threads(threads) schedule(dynamic, 1)
    for (int k = first; k < count; k += ranks) {
        const uint64_t pixel = plait_sample(pixels, (uint64_t)k);
        expected[k] = deep_reference_count(reference, (uint32_t)(pixel / escape->width),
                                           (uint32_t)(pixel % escape->width));
        const uint64_t so_far = atomic_fetch_add(&done, 1) + 1;
        if (shows && omp_get_thread_num() == 0)
            progress_display_update(&display, so_far, own);
    }
    if (shows)
        progress_display_end(&display);
    deep_reference_free(another);
    MPI_Request request;
    MPI_CHECK(MPI_Iallreduce(MPI_IN_PLACE, expected, count, MPI_INT32_T, MPI_MAX,
                             how->session->world, &request));
    wait_quietly(&request);
    if (stop_signal_seen())
        failure_set(
            failure, EXIT_STOPPED,
            "stopped at the samples in full precision, before this run had any rows: the same command computes them again");
    return agree(how->session, failure);
}

/* -- the end ----------------------------------------------------------------------------------- */

void deep_picture_judge(const struct deep_picture *deep, const struct plait_escape *escape,
                        uint64_t interior) {
    const double part = (double)interior / ((double)escape->width * escape->height);
    char line[256];
    if (!deep->tables || part < 0.99)
        return;
    snprintf(line, sizeof line,
             "%.4g %% of the pixels are still inside after --maxit %" PRId32
             " steps: raise it, or look elsewhere",
             100 * part, escape->maxit);
    warning_print(line);
}

void deep_picture_free(struct deep_picture *deep) {
    plait_deep_free(deep->tables);
    deep_reference_free(deep->reference);
    *deep = (struct deep_picture){0};
}
