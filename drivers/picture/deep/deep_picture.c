/* SPDX-License-Identifier: MIT
 * Orbits from rank 0 to one rank of each node, in chunks: while one is on its way, rank 0 computes
 * the next, and the others take in the one before. */
#include "picture/deep/deep_picture.h"

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

/* Takes what --reference has kept, if it is of this view. An orbit of another one, which somebody
 * may still need, is refused; one of fewer or more bits is what zooming in or out leaves. Sets
 * *line to what is to be warned of, or "". */
static bool deep_take_kept(struct deep_picture *deep, const struct plait_escape *escape,
                           char line[256], struct failure *failure) {
    struct kept_reference *kept = &deep->kept;
    const uint64_t bits = deep_reference_bits(deep->reference);
    const bool julia = deep->texts.c != NULL,
               extended = deep_reference_is_extended(deep->reference);
    const char *other = NULL;
    bool found;
    *line = '\0';
    if (!reference_file_load(kept, deep->kept_path, &found, failure))
        return false;
    if (found) {
        char *center = deep_reference_rounded(deep->texts.center, kept->bits);
        char *c = julia ? deep_reference_rounded(deep->texts.c, kept->bits) : strdup("");
        if (!center || !c)
            failure_set(failure, EXIT_RUN, "out of memory");
        else if (kept->julia != julia)
            other = "subcommand";
        else if (strcmp(c, kept->c) != 0)
            other = "--c";
        else if (strcmp(center, kept->center) != 0)
            other = "--center";
        else if (!(kept->bailout == escape->bailout))
            other = "--bailout";
        free(center);
        free(c);
    }
    if (other)
        failure_set(failure, EXIT_USAGE,
                    "--reference '%s' has the orbit of another %s: name another file, or remove it",
                    deep->kept_path, other);
    if (failure->exit_status != EXIT_DONE)
        return false;
    if (found && kept->bits == bits && kept->extended == extended) {
        for (int k = 0; k < 2; k++)
            if (kept->orbits[k].place &&
                !deep_reference_resume(deep->reference, kept->orbits[k].place))
                return failure_set(
                    failure, EXIT_USAGE,
                    "reference orbit '%s' is damaged (its places): remove it, and it is computed again",
                    deep->kept_path);
        return true;
    }
    if (found)
        snprintf(line, 256,
                 "--reference '%.100s' has %" PRIu64 " bits%s, and this view needs %" PRIu64
                 "%s: the orbit is computed again, and replaces it",
                 deep->kept_path, kept->bits, kept->extended ? " and exponents" : "", bits,
                 extended ? " and exponents" : "");
    kept_reference_free(kept);
    *kept = (struct kept_reference){
        .julia = julia,
        .extended = extended,
        .bits = bits,
        .bailout = escape->bailout,
        .center = deep_reference_rounded(deep->texts.center, bits),
        .c = julia ? deep_reference_rounded(deep->texts.c, bits) : strdup(""),
    };
    return (kept->center && kept->c) || failure_set(failure, EXIT_RUN, "out of memory");
}

bool deep_picture_begin(struct deep_picture *deep, const struct session *session,
                        const struct picture_request *request, struct plait_escape *escape,
                        struct failure *failure) {
    const bool root = !session || session_is_root(session);
    struct plait_deep_view view = {0};
    char line[256] = "";
    if (!request->deep)
        return true;
    deep->texts = request->texts;
    deep->maxit = escape->maxit;
    deep->kept_path = request->reference;
    if (root && deep_reference_begin(&deep->reference, escape, &deep->texts, &view, failure) &&
        deep->kept_path)
        deep_take_kept(deep, escape, line, failure);
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
    if (line[0])
        warning_print(line);
    return session ? agree(session, failure) : failure->exit_status == EXIT_DONE;
}

/* -- the orbits -------------------------------------------------------------------------------- */

/* How far the points have come, the same on all ranks that take them. */
struct deep_orbits {
    struct deep_picture *deep;
    const struct session *session; /* NULL: one process */
    MPI_Comm leaders;              /* the first ranks of all nodes, rank 0 of them is ROOT */
    int leader_count;
    int threads;      /* rank 0's */
    int kinds, kind;  /* orbits in all, and the one that grows */
    uint64_t points;  /* of all orbits */
    uint64_t here;    /* of the one that grows */
    bool computed[2]; /* rank 0: the orbit has points that --reference had not */
    struct failure *failure;
};

/* Tables grow by doubling: whether the node has the memory for that, and to move them to where all
 * its ranks see them. */
static bool deep_check_memory(const struct deep_orbits *orbits) {
    enum { LOOK_FROM = 1 << 16, BYTES_PER_POINT = 200 }; /* while they grow, with skips */
    const uint64_t points = orbits->points;
    if (points < LOOK_FROM || (points & (points - 1)) != 0)
        return true;
    const uint64_t copies = orbits->session && orbits->session->node_size > 1 ? 2 : 1;
    const uint64_t kept = orbits->deep->kept_path && orbits->deep->reference
                              ? 2 * sizeof(struct plait_deep_point)
                              : 0;
    const uint64_t needed = points * (BYTES_PER_POINT * copies + kept);
    const uint64_t available = memory_available_bytes();
    return needed <= available ||
           failure_set(
               orbits->failure, EXIT_RUN,
               "a reference orbit of %" PRIu64
               " steps needs %.0f MiB more on this node, which has %.0f MiB free: choose a smaller --maxit, or a node with more memory",
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
    orbits->here = last ? 0 : orbits->here + 1;
    orbits->kind += last;
    *complete = orbits->kind == orbits->kinds;
    return deep_check_memory(orbits);
}

/* Rank 0: the begin of the orbit of that kind. With --reference what is computed continues where
 * the file ends. */
static void deep_begin_orbit(struct deep_orbits *orbits) {
    struct deep_picture *deep = orbits->deep;
    const char *place = deep->kept.orbits[orbits->kind].place;
    deep_reference_start(deep->reference, (enum plait_deep_orbit_kind)orbits->kind);
    if (place)
        deep_reference_resume(deep->reference, place);
}

/* Rank 0: the next point, from --reference as far as that goes. */
static bool deep_next_point(struct deep_orbits *orbits, struct plait_deep_point *point) {
    struct deep_picture *deep = orbits->deep;
    struct kept_orbit *kept = &deep->kept.orbits[orbits->kind];
    if (orbits->here < kept->count && !orbits->computed[orbits->kind]) {
        *point = kept->points[orbits->here];
        deep->kept_steps += orbits->here > 0;
        return true;
    }
    deep_reference_next(deep->reference, point);
    if (!deep->kept_path)
        return true;
    orbits->computed[orbits->kind] = true;
    return kept_orbit_add(kept, point) ||
           failure_set(
               orbits->failure, EXIT_RUN,
               "out of memory for the orbit of --reference: leave it out, or choose a smaller --maxit");
}

/* Rank 0: where an orbit has come to is known only as long as no other has begun. */
static bool deep_keep_place(struct deep_orbits *orbits, int kind) {
    struct kept_orbit *kept = &orbits->deep->kept.orbits[kind];
    if (!orbits->computed[kind])
        return true;
    free(kept->place);
    kept->place = deep_reference_place(orbits->deep->reference);
    return kept->place || failure_set(orbits->failure, EXIT_RUN, "out of memory");
}

/* Computes points until the chunk is full or all orbits are complete. */
struct deep_filling {
    struct deep_orbits *orbits;
    struct deep_chunk *chunk;
};

static void deep_fill_chunk(void *context) {
    struct deep_orbits *orbits = ((struct deep_filling *)context)->orbits;
    struct deep_chunk *chunk = ((struct deep_filling *)context)->chunk;
    bool complete = false, taken = true;
    chunk->points = 0;
    while (chunk->points < CHUNK_POINTS && taken && !complete) {
        const int kind = orbits->kind;
        struct plait_deep_point *point = &chunk->point[chunk->points++];
        taken = deep_next_point(orbits, point) && deep_take_point(orbits, point, &complete);
        if (orbits->kind != kind) {
            taken = taken && deep_keep_place(orbits, kind);
            if (!complete)
                deep_begin_orbit(orbits);
        }
    }
    chunk->last = complete || !taken || stop_signal_seen();
}

/* Rank 0, at the end of the orbits, or where a signal has ended them: what has been computed is
 * kept for the next run. */
static void deep_store_kept(struct deep_orbits *orbits) {
    struct deep_picture *deep = orbits->deep;
    const bool complete = orbits->kind == orbits->kinds;
    if (!complete && !deep_keep_place(orbits, orbits->kind))
        return;
    if ((orbits->computed[0] || orbits->computed[1]) && orbits->failure->exit_status == EXIT_DONE &&
        !reference_file_store(&deep->kept, deep->kept_path, orbits->failure))
        return;
    if (!complete && deep->kept_path)
        failure_set(orbits->failure, EXIT_STOPPED,
                    "stopped at the reference orbit: '%s' has %" PRIu64
                    " steps, and the same command continues from there",
                    deep->kept_path, orbits->points);
    else if (!complete)
        failure_set(
            orbits->failure, EXIT_STOPPED,
            "stopped at the reference orbit, before this run had any rows: the same command computes it again");
}

/* With how many threads rank 0 is faster: how long two threads take to meet differs between
 * machines by a factor of ten, and with what else they do. */
struct deep_pace {
    int threads[2];    /* one, and as many as may help */
    double seconds[2]; /* of the last chunk with each */
    unsigned chunks;   /* that have been timed */
};

/* Fills a chunk with the number of threads that was faster, in the beginning and now and then with
 * the other one. */
static void deep_fill_in_time(struct deep_pace *pace, struct deep_filling *filling) {
    enum { FIRST = 4, AGAIN = 64 };
    const struct deep_picture *deep = filling->orbits->deep;
    const int faster = pace->seconds[1] < pace->seconds[0];
    const int turn = pace->chunks < FIRST        ? (int)((pace->chunks + 1) % 2)
                     : pace->chunks % AGAIN == 0 ? !faster
                                                 : faster;
    const uint64_t kept = deep->kept_steps, start_ns = clock_now_ns();
    if (pace->threads[turn] > 1)
        deep_reference_share(deep->reference, pace->threads[turn], deep_fill_chunk, filling);
    else
        deep_fill_chunk(filling);
    if (pace->threads[1] == 1 || deep->kept_steps > kept)
        return;
    pace->seconds[turn] = clock_seconds_since(start_ns);
    pace->chunks++;
}

static void deep_send_chunks(struct deep_orbits *orbits, struct deep_chunk *chunks,
                             struct progress_display *display, uint64_t most) {
    MPI_Request request = MPI_REQUEST_NULL;
    struct deep_filling filling = {orbits, chunks};
    const bool shares = deep_reference_may_share(orbits->deep->reference);
    struct deep_pace pace = {.threads = {1, shares ? orbits->threads : 1}};
    deep_begin_orbit(orbits);
    do {
        filling.chunk = filling.chunk == chunks ? chunks + 1 : chunks;
        deep_fill_in_time(&pace, &filling);
        progress_display_update(display, orbits->points, most);
        if (orbits->leader_count == 1)
            continue;
        MPI_CHECK(MPI_Wait(&request, MPI_STATUS_IGNORE));
        MPI_CHECK(MPI_Ibcast(filling.chunk, (int)sizeof *filling.chunk, MPI_BYTE, ROOT,
                             orbits->leaders, &request));
    } while (!filling.chunk->last);
    if (request != MPI_REQUEST_NULL)
        MPI_CHECK(MPI_Wait(&request, MPI_STATUS_IGNORE));
    if (orbits->failure->exit_status == EXIT_DONE)
        deep_store_kept(orbits);
}

/* A rank that fails takes part to the end, so that the others get what they wait for. */
static void deep_receive_chunks(struct deep_orbits *orbits, struct deep_chunk *chunks) {
    struct deep_chunk *chunk = chunks;
    bool complete = false, taken = true;
    MPI_Request request;
    MPI_CHECK(MPI_Ibcast(chunk, (int)sizeof *chunk, MPI_BYTE, ROOT, orbits->leaders, &request));
    for (bool more = true; more;) {
        struct deep_chunk *next = chunk == chunks ? chunks + 1 : chunks;
        wait_quietly(&request);
        more = !chunk->last;
        if (more)
            MPI_CHECK(
                MPI_Ibcast(next, (int)sizeof *next, MPI_BYTE, ROOT, orbits->leaders, &request));
        for (uint64_t k = 0; k < chunk->points && taken && !complete; k++)
            taken = deep_take_point(orbits, &chunk->point[k], &complete);
        chunk = next;
    }
}

/* Collective over the first ranks of the nodes: the tables, or a failure. */
static void deep_make_tables(struct deep_orbits *orbits, const struct deep_computing *how,
                             struct deep_chunk *chunks) {
    struct deep_picture *deep = orbits->deep;
    if (deep->reference) {
        char title[64];
        snprintf(title, sizeof title, "%s, reference orbit", how->label);
        struct progress_display display = progress_display_begin(title, how->style);
        const uint64_t most = (uint64_t)orbits->kinds * ((uint64_t)deep->maxit + 1);
        deep_send_chunks(orbits, chunks, &display, most);
        progress_display_end(&display);
    } else {
        deep_receive_chunks(orbits, chunks);
    }
    if (orbits->failure->exit_status == EXIT_DONE && orbits->kind < orbits->kinds)
        failure_set(orbits->failure, EXIT_RUN,
                    "the reference orbit has no end"); /* rank 0 knows why */
    if (orbits->failure->exit_status != EXIT_DONE)
        return;
    const enum plait_status status = plait_deep_finish(deep->tables);
    if (status != PLAIT_OK)
        failure_set(orbits->failure, EXIT_RUN, "the tables of the reference orbit: %s",
                    plait_status_text(status));
}

bool deep_picture_compute(struct deep_picture *deep, const struct deep_computing *how,
                          struct failure *failure) {
    const struct session *session = how->session;
    if (!deep->tables || deep->ready)
        return true;
    const uint64_t start_ns = clock_now_ns();
    const bool leads = !session || session->node_rank == 0;
    struct deep_orbits orbits = {
        .deep = deep,
        .session = session,
        .leaders = MPI_COMM_NULL,
        .leader_count = 1,
        .threads = how->threads,
        .kinds = deep->texts.c ? 2 : 1,
        .failure = failure,
    };
    struct deep_chunk *chunks = leads ? malloc(2 * sizeof *chunks) : NULL;
    if (leads && !chunks)
        failure_set(failure, EXIT_RUN, "out of memory");
    /* A signal while the orbit is computed keeps it. */
    const bool watches = deep->kept_path && how->stops;
    if (watches)
        stop_signal_watch();
    if (session ? agree(session, failure) : chunks != NULL) {
        if (session) {
            MPI_CHECK(MPI_Comm_split(session->world, leads ? 0 : MPI_UNDEFINED, session->rank,
                                     &orbits.leaders));
            if (leads)
                MPI_CHECK(MPI_Comm_size(orbits.leaders, &orbits.leader_count));
        }
        if (leads)
            deep_make_tables(&orbits, how, chunks);
        if (session && session->node_size > 1)
            deep_share_tables(&deep->share, session, deep->tables, failure);
        if (orbits.leaders != MPI_COMM_NULL)
            MPI_CHECK(MPI_Comm_free(&orbits.leaders));
    }
    free(chunks);
    if (watches)
        stop_signal_release();
    if (watches && stop_signal_seen())
        failure_set(
            failure, EXIT_STOPPED,
            "stopped after the reference orbit: '%s' has it, and the same command continues from there",
            deep->kept_path);
    deep->ready = session ? agree(session, failure) : failure->exit_status == EXIT_DONE;
    kept_reference_free(&deep->kept);
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
    deep_share_end(&deep->share);
    deep_reference_free(deep->reference);
    kept_reference_free(&deep->kept);
    *deep = (struct deep_picture){0};
}
