/* SPDX-License-Identifier: MIT
 * Messages of the work queue. A rank other than 0 sends notices: how much it has finished, and what
 * it wants. Rank 0 replies to a request with a piece. The receive for a reply is posted before its
 * request is sent, and notices are so short that MPI buffers them: no sender waits for a receiver.
 *
 * With a delivery, a notice announces results, which follow; and rank 0 sends every other rank one
 * message that ends it: in the middle of the work if it is to stop, else when all have ended. */
#include "ranks/queue.h"

#include "base/clock.h"
#include "plait/sample.h"
#include "ranks/agree.h"
#include "ranks/mpi_check.h"
#include "ranks/waiting.h"

#include <stdlib.h>

/* TAG_RESULTS + k for the block k of a delivery. */
enum { TAG_NOTICE = 8, TAG_PIECE = 9, TAG_END = 12, TAG_RESULTS = 13 };

/* Why a notice is sent. */
enum purpose {
    PURPOSE_REPORT,  /* progress, for the listener and to measure long pieces */
    PURPOSE_REQUEST, /* the next piece is wanted */
    PURPOSE_LAST,    /* the end of this rank */
    PURPOSE_DELIVER, /* the results of a piece follow */
    PURPOSE_STOP,    /* all ranks should stop */
};

/* Sent as NOTICE_WORDS MPI_UINT64_T. */
struct notice {
    uint64_t purpose;
    uint64_t units;     /* finished by this rank so far */
    uint64_t busy_ns;   /* in compute so far */
    uint64_t capacity;  /* the units it can store beyond the pieces that it has */
    uint64_t failed;    /* LAST: 1 if it could not continue */
    struct piece piece; /* DELIVER */
};
enum { NOTICE_WORDS = sizeof(struct notice) / sizeof(uint64_t), PIECE_WORDS = 2 };

static const uint64_t report_every_ns = UINT64_C(200000000);
/* A poll for messages takes about a microsecond, and yields the core where ranks share one. Rank 0
 * still replies within a fraction of the shortest piece. */
static const uint64_t poll_every_ns = UINT64_C(100000);
static const uint64_t sample_ns = UINT64_C(10000000);
enum { SAMPLES = 64 };

/* With a delivery: how long a part of a piece should take, and how much longer than the one before
 * it may be. The first is a single unit. */
static const double part_seconds = 0.5;
static const uint64_t part_growth = 8;

/* What a rank has announced to deliver. */
struct queue_arrival {
    struct piece piece; /* none: nothing is announced */
    MPI_Request requests[QUEUE_BLOCKS];
};

/* One rank in queue_run. */
struct queue_worker {
    struct queue *queue;
    const struct queue_work *work;
    struct piece piece;      /* being computed */
    struct piece part;       /* of the piece, being computed: all of it, or with a delivery some */
    uint64_t begun_ns;       /* when the part began */
    uint64_t units, busy_ns; /* of the parts before it */
    uint64_t piece_units;    /* of the pieces before this one */
    uint64_t taken;          /* units of all pieces so far */
    uint64_t now_units;      /* units, with what is known to be done of the part */
    uint64_t part_units;     /* that a part may have */
    uint64_t next_poll_ns, next_report_ns;
    bool stopping; /* computes no more */
    bool failed;   /* since it could not continue */

    /* Ranks other than 0. */
    struct notice outbox;
    MPI_Request sending, receiving;
    MPI_Request delivering[QUEUE_BLOCKS], ending;
    struct piece received;
    uint64_t end; /* only that it comes matters */
    bool requested;

    /* Rank 0. */
    uint64_t others_units; /* finished by the others, as they reported */
    int others_ended;
    int arriving;  /* ranks whose results are on their way */
    bool end_sent; /* to all others */
};

static const struct piece none = {0, 0};

static bool queue_is_on_request(const struct queue_worker *worker) {
    return !schedule_is_fixed(&worker->queue->schedule);
}

/* -- ranks other than 0 ------------------------------------------------------------------------ */

static void queue_send_notice(struct queue_worker *worker, enum purpose purpose, uint64_t busy_ns,
                              struct piece piece) {
    MPI_CHECK(MPI_Wait(&worker->sending, MPI_STATUS_IGNORE));
    worker->outbox = (struct notice){
        .purpose = purpose,
        .units = worker->now_units,
        .busy_ns = busy_ns,
        .capacity =
            worker->work->capacity > worker->taken ? worker->work->capacity - worker->taken : 0,
        .failed = worker->failed,
        .piece = piece,
    };
    MPI_CHECK(MPI_Isend(&worker->outbox, NOTICE_WORDS, MPI_UINT64_T, ROOT, TAG_NOTICE,
                        worker->queue->session->world, &worker->sending));
}

static void queue_request_piece(struct queue_worker *worker, uint64_t busy_ns) {
    MPI_CHECK(MPI_Irecv(&worker->received, PIECE_WORDS, MPI_UINT64_T, ROOT, TAG_PIECE,
                        worker->queue->session->world, &worker->receiving));
    queue_send_notice(worker, PURPOSE_REQUEST, busy_ns, none);
    worker->requested = true;
}

/* In the middle of a piece: the later, the better its cost is known and the fewer units wait on a
 * rank that may be slow; but the reply must arrive in time. Of a piece of few units, it is known
 * too late how much is done. */
static bool queue_is_time_to_request(const struct queue_worker *worker) {
    const uint64_t done = worker->now_units - worker->piece_units;
    return queue_is_on_request(worker) && !worker->requested &&
           (worker->piece.count < 4 || 2 * done >= worker->piece.count);
}

/* Announces results and sends them, when rank 0 has received the ones before, which the synchronous
 * mode ensures. */
static void queue_deliver(struct queue_worker *worker, struct piece piece) {
    const struct queue_delivery *delivery = worker->work->delivery;
    const MPI_Comm world = worker->queue->session->world;
    struct queue_block blocks[QUEUE_BLOCKS] = {{NULL, 0}};
    delivery->locate(delivery->context, worker->queue->session->rank, piece, blocks);
    for (int k = 0; k < QUEUE_BLOCKS; k++)
        wait_quietly(&worker->delivering[k]);
    queue_send_notice(worker, PURPOSE_DELIVER, worker->busy_ns, piece);
    for (int k = 0; k < QUEUE_BLOCKS; k++)
        if (blocks[k].bytes > 0)
            MPI_CHECK(MPI_Issend(blocks[k].memory, (int)blocks[k].bytes, MPI_BYTE, ROOT,
                                 TAG_RESULTS + k, world, &worker->delivering[k]));
}

static void queue_poll_other(struct queue_worker *worker, uint64_t now_ns) {
    const uint64_t busy_ns = worker->busy_ns + (now_ns - worker->begun_ns);
    int arrived;
    if (worker->work->delivery) { /* results make progress, and rank 0 may have ended the work */
        for (int k = 0; k < QUEUE_BLOCKS; k++)
            MPI_CHECK(MPI_Test(&worker->delivering[k], &arrived, MPI_STATUS_IGNORE));
        MPI_CHECK(MPI_Test(&worker->ending, &arrived, MPI_STATUS_IGNORE));
        worker->stopping |= arrived;
    }
    if (queue_is_time_to_request(worker)) {
        queue_request_piece(worker, busy_ns);
    } else if (worker->work->listen && now_ns >= worker->next_report_ns) {
        worker->next_report_ns = now_ns + report_every_ns;
        queue_send_notice(worker, PURPOSE_REPORT, busy_ns, none);
    } else if (worker->requested) {
        /* Some networks transfer messages only while MPI is called; the request stays open. */
        MPI_CHECK(MPI_Request_get_status(worker->receiving, &arrived, MPI_STATUS_IGNORE));
    }
}

/* -- rank 0 ------------------------------------------------------------------------------------ */

/* Hands out nothing more and ends the others: those that still work stop. The message is so short
 * that MPI buffers it. */
static void queue_end_others(struct queue_worker *worker) {
    const uint64_t end = 1;
    schedule_stop(&worker->queue->schedule);
    if (worker->end_sent || !worker->work->delivery)
        return;
    worker->end_sent = true;
    for (int r = 1; r < worker->queue->session->size; r++)
        MPI_CHECK(MPI_Send(&end, 1, MPI_UINT64_T, r, TAG_END, worker->queue->session->world));
}

static void queue_stop_all(struct queue_worker *worker, bool requested) {
    worker->queue->stopped |= requested;
    worker->stopping = true;
    queue_end_others(worker);
}

static void queue_fail_all(struct queue_worker *worker) {
    worker->failed = true;
    queue_stop_all(worker, false);
}

static void queue_keep(struct queue_worker *worker, int rank, struct piece piece) {
    const struct queue_delivery *delivery = worker->work->delivery;
    if (!worker->failed && !delivery->keep(delivery->context, rank, piece))
        queue_fail_all(worker);
}

static void queue_end_arrival(struct queue_worker *worker, int rank) {
    struct queue_arrival *arrival = &worker->queue->arrivals[rank];
    const struct piece piece = arrival->piece;
    arrival->piece = none;
    worker->arriving--;
    queue_keep(worker, rank, piece);
}

/* The sender has waited until the results before these were received: their requests are about to
 * complete. */
static void queue_begin_arrival(struct queue_worker *worker, int rank, struct piece piece) {
    const struct queue_delivery *delivery = worker->work->delivery;
    struct queue_arrival *arrival = &worker->queue->arrivals[rank];
    struct queue_block blocks[QUEUE_BLOCKS] = {{NULL, 0}};
    if (arrival->piece.count > 0) {
        MPI_CHECK(MPI_Waitall(QUEUE_BLOCKS, arrival->requests, MPI_STATUSES_IGNORE));
        queue_end_arrival(worker, rank);
    }
    delivery->locate(delivery->context, rank, piece, blocks);
    *arrival = (struct queue_arrival){piece, {MPI_REQUEST_NULL, MPI_REQUEST_NULL}};
    worker->arriving++;
    for (int k = 0; k < QUEUE_BLOCKS; k++)
        if (blocks[k].bytes > 0)
            MPI_CHECK(MPI_Irecv(blocks[k].memory, (int)blocks[k].bytes, MPI_BYTE, rank,
                                TAG_RESULTS + k, worker->queue->session->world,
                                &arrival->requests[k]));
}

/* Returns whether some results have arrived. */
static bool queue_take_arrivals(struct queue_worker *worker) {
    bool any = false;
    for (int r = 1; worker->arriving > 0 && r < worker->queue->session->size; r++) {
        struct queue_arrival *arrival = &worker->queue->arrivals[r];
        int arrived = 0;
        if (arrival->piece.count > 0)
            MPI_CHECK(MPI_Testall(QUEUE_BLOCKS, arrival->requests, &arrived, MPI_STATUSES_IGNORE));
        if (arrived)
            queue_end_arrival(worker, r);
        any |= arrived;
    }
    return any;
}

/* What rank 0 does for a delivery whenever it polls. */
static void queue_tend(struct queue_worker *worker) {
    const struct queue_delivery *delivery = worker->work->delivery;
    if (!delivery || worker->failed)
        return;
    if (!worker->stopping && delivery->stop())
        queue_stop_all(worker, true);
    if (!delivery->tend(delivery->context))
        queue_fail_all(worker);
}

static void queue_take_notice(struct queue_worker *worker, int rank, const struct notice *notice) {
    struct queue_share *share = &worker->queue->shares[rank];
    worker->others_units += notice->units - share->units;
    *share = (struct queue_share){notice->units, (double)notice->busy_ns * 1e-9};
    schedule_tell(&worker->queue->schedule, rank, share->units, share->busy_seconds);
    if (notice->purpose == PURPOSE_REQUEST) {
        const struct piece piece = schedule_next(&worker->queue->schedule, rank, notice->capacity);
        MPI_CHECK(MPI_Send(&piece, PIECE_WORDS, MPI_UINT64_T, rank, TAG_PIECE,
                           worker->queue->session->world));
    }
    if (notice->purpose == PURPOSE_DELIVER)
        queue_begin_arrival(worker, rank, notice->piece);
    if (notice->purpose == PURPOSE_STOP)
        queue_stop_all(worker, true);
    if (notice->purpose == PURPOSE_LAST) {
        worker->others_ended++;
        if (notice->failed)
            queue_stop_all(worker, false);
    }
}

/* Takes the notices and the results that have arrived. Returns whether there were any. */
static bool queue_serve(struct queue_worker *worker) {
    const MPI_Comm world = worker->queue->session->world;
    bool any = false;
    while (worker->others_ended < worker->queue->session->size - 1) {
        int arrived;
        MPI_Status status;
        struct notice notice;
        MPI_CHECK(MPI_Iprobe(MPI_ANY_SOURCE, TAG_NOTICE, world, &arrived, &status));
        if (!arrived)
            break;
        MPI_CHECK(MPI_Recv(&notice, NOTICE_WORDS, MPI_UINT64_T, status.MPI_SOURCE, TAG_NOTICE,
                           world, MPI_STATUS_IGNORE));
        queue_take_notice(worker, status.MPI_SOURCE, &notice);
        any = true;
    }
    return queue_take_arrivals(worker) || any;
}

static void queue_report_progress(const struct queue_worker *worker) {
    if (worker->work->listen)
        worker->work->listen(worker->work->listen_context, worker->now_units + worker->others_units,
                             worker->queue->schedule.total);
}

static void queue_poll_root(struct queue_worker *worker, uint64_t now_ns) {
    struct queue_share *own = &worker->queue->shares[ROOT];
    *own = (struct queue_share){worker->now_units,
                                (double)(worker->busy_ns + (now_ns - worker->begun_ns)) * 1e-9};
    schedule_tell(&worker->queue->schedule, ROOT, own->units, own->busy_seconds);
    queue_serve(worker);
    queue_tend(worker);
    queue_report_progress(worker);
}

/* Serves until there is another piece for rank 0 itself, or all the others have ended. The schedule
 * may refuse rank 0 a piece since it is slow, and rank 0 still be the last that can take it. */
static struct piece queue_next_of_root(struct queue_worker *worker) {
    const int others = worker->queue->session->size - 1;
    struct backoff backoff = backoff_begin();
    for (;;) {
        const struct piece piece = worker->stopping ? none
                                                    : schedule_next(&worker->queue->schedule, ROOT,
                                                                    worker->queue->schedule.total);
        if (piece.count > 0 || (worker->others_ended == others && worker->arriving == 0))
            return piece;
        if (queue_serve(worker))
            backoff = backoff_begin();
        else
            backoff_wait(&backoff);
        queue_tend(worker);
        queue_report_progress(worker);
    }
}

/* -- every rank -------------------------------------------------------------------------------- */

/* This rank was asked to stop. */
static void queue_request_stop(struct queue_worker *worker) {
    if (session_is_root(worker->queue->session)) {
        queue_stop_all(worker, true);
        return;
    }
    worker->stopping = true;
    queue_send_notice(worker, PURPOSE_STOP, worker->busy_ns, none);
}

/* plait_progress_fn: from the kernel, after every tile of the main thread. */
static bool queue_on_progress(void *context, uint64_t done, uint64_t total) {
    struct queue_worker *worker = context;
    const uint64_t now_ns = clock_now_ns();
    if (worker->work->delivery && !worker->stopping && worker->work->delivery->stop())
        queue_request_stop(worker);
    if (worker->stopping)
        return false;
    if (now_ns < worker->next_poll_ns)
        return true;
    worker->next_poll_ns = now_ns + poll_every_ns;
    const double part = total > 0 ? (double)done / (double)total : 0;
    worker->now_units = worker->units + (uint64_t)((double)worker->part.count * part);
    if (session_is_root(worker->queue->session))
        queue_poll_root(worker, now_ns);
    else
        queue_poll_other(worker, now_ns);
    return !worker->stopping;
}

static uint64_t queue_least(uint64_t a, uint64_t b) {
    return a < b ? a : b;
}

/* The units of a piece as the user numbers them, up to the first gap. */
static struct piece queue_user_units(const struct queue_worker *worker, struct piece piece) {
    if (!worker->queue->rest)
        return piece;
    struct piece units = unit_set_from(worker->queue->rest, piece.first);
    units.count = queue_least(units.count, piece.count);
    return units;
}

/* Computes a part, which has no gap: `units` is what the user calls it. */
static void queue_compute_part(struct queue_worker *worker, struct piece units) {
    worker->begun_ns = clock_now_ns();
    worker->next_poll_ns = session_is_root(worker->queue->session) ? worker->next_poll_ns : 0;
    const bool computed =
        worker->work->compute(worker->work->context, units, queue_on_progress, worker);
    const uint64_t ns = clock_now_ns() - worker->begun_ns;
    worker->busy_ns += ns;
    if (!computed) {
        worker->failed |= !worker->stopping;
        worker->stopping = true;
        if (session_is_root(worker->queue->session))
            queue_end_others(worker);
        return;
    }
    worker->units += units.count;
    worker->now_units = worker->units;
    if (!worker->work->delivery)
        return;
    const double in_time = (double)units.count * part_seconds * 1e9 / (double)(ns + 1);
    worker->part_units = units.count * part_growth;
    if (in_time < (double)worker->part_units)
        worker->part_units = in_time > 1 ? (uint64_t)in_time : 1;
    if (session_is_root(worker->queue->session))
        queue_keep(worker, ROOT, units);
    else
        queue_deliver(worker, units);
}

static void queue_compute_piece(struct queue_worker *worker) {
    struct piece left = worker->piece;
    worker->piece_units = worker->units;
    worker->taken += worker->piece.count;
    while (left.count > 0 && !worker->stopping) {
        worker->part = left;
        if (worker->work->delivery)
            worker->part.count = queue_least(
                left.count, queue_least(worker->part_units, worker->work->delivery->most_units));
        struct piece units = queue_user_units(worker, worker->part);
        if (worker->work->delivery && worker->work->delivery->span)
            units.count = queue_least(
                units.count,
                worker->work->delivery->span(worker->work->delivery->context, units.first));
        worker->part.count = units.count;
        queue_compute_part(worker, units);
        left.first += units.count;
        left.count -= units.count;
    }
}

/* Requests a piece if that is not done yet. A reply that is on its way is received even by a rank
 * that will not use it. */
static struct piece queue_next_of_other(struct queue_worker *worker) {
    if (!worker->requested && queue_is_on_request(worker) && !worker->stopping)
        queue_request_piece(worker, worker->busy_ns);
    if (worker->requested) {
        wait_quietly(&worker->receiving);
        worker->requested = false;
        return worker->received;
    }
    if (worker->stopping)
        return none;
    return schedule_next(&worker->queue->schedule, worker->queue->session->rank,
                         worker->work->capacity);
}

static void queue_work_as_other(struct queue_worker *worker) {
    worker->piece = schedule_first(&worker->queue->schedule, worker->queue->session->rank);
    while (worker->piece.count > 0) {
        if (!worker->stopping)
            queue_compute_piece(worker);
        worker->piece = queue_next_of_other(worker);
    }
    queue_send_notice(worker, PURPOSE_LAST, worker->busy_ns, none);
    MPI_CHECK(MPI_Wait(&worker->sending, MPI_STATUS_IGNORE));
    for (int k = 0; k < QUEUE_BLOCKS; k++)
        wait_quietly(&worker->delivering[k]);
    wait_quietly(&worker->ending);
}

static void queue_work_as_root(struct queue_worker *worker) {
    struct schedule *schedule = &worker->queue->schedule;
    worker->piece = schedule_first(schedule, ROOT);
    /* Where rank 0 hands out, it counts the first pieces of all; where all ranks know their pieces,
     * it counts its own only. */
    for (int r = 1; queue_is_on_request(worker) && r < schedule->ranks; r++)
        (void)schedule_first(schedule, r);
    while (worker->piece.count > 0 || worker->others_ended < worker->queue->session->size - 1 ||
           worker->arriving > 0) {
        if (worker->piece.count > 0 && !worker->stopping)
            queue_compute_piece(worker);
        worker->queue->shares[ROOT] =
            (struct queue_share){worker->units, (double)worker->busy_ns * 1e-9};
        schedule_tell(schedule, ROOT, worker->units, (double)worker->busy_ns * 1e-9);
        worker->piece = queue_next_of_root(worker);
    }
    queue_report_progress(worker);
    queue_end_others(worker);
}

bool queue_run(struct queue *queue, const struct queue_work *work) {
    struct queue_worker worker = {
        .queue = queue,
        .work = work,
        .next_report_ns = clock_now_ns() + report_every_ns,
        .part_units = 1,
        .sending = MPI_REQUEST_NULL,
        .receiving = MPI_REQUEST_NULL,
        .delivering = {MPI_REQUEST_NULL, MPI_REQUEST_NULL},
        .ending = MPI_REQUEST_NULL,
    };
    if (work->delivery && !session_is_root(queue->session))
        MPI_CHECK(MPI_Irecv(&worker.end, 1, MPI_UINT64_T, ROOT, TAG_END, queue->session->world,
                            &worker.ending));
    if (session_is_root(queue->session))
        queue_work_as_root(&worker);
    else
        queue_work_as_other(&worker);
    /* What follows is most often a collective call, in which many MPI libraries spin: ranks that
     * are done would take the core from ranks that are not. */
    quiet_barrier(queue->session);
    return !worker.failed;
}

/* Measures units of a sample, and compares the ranks on those that the slowest has measured too. */
static void queue_weigh(struct queue *queue, const struct queue_plan *plan, double *speeds) {
    const uint64_t units = queue->schedule.total;
    const int most = units < SAMPLES ? (int)units : SAMPLES;
    const uint64_t start_ns = clock_now_ns();
    uint64_t ns[SAMPLES]; /* from the start to the end of each unit */
    int count = 0, common;
    while (count < most && (count == 0 || ns[count - 1] < sample_ns)) {
        const uint64_t unit = plait_sample(units, (uint64_t)count);
        plan->sample(plan->sample_context,
                     queue->rest ? unit_set_from(queue->rest, unit).first : unit);
        ns[count++] = clock_now_ns() - start_ns;
    }
    MPI_CHECK(MPI_Allreduce(&count, &common, 1, MPI_INT, MPI_MIN, queue->session->world));
    const double speed =
        common > 0 && ns[common - 1] > 0 ? 1e9 * common / (double)ns[common - 1] : 0;
    MPI_CHECK(MPI_Allgather(&speed, 1, MPI_DOUBLE, speeds, 1, MPI_DOUBLE, queue->session->world));
    schedule_weigh(&queue->schedule, speeds);
}

bool queue_begin(struct queue *queue, const struct session *session, const struct queue_plan *plan,
                 struct failure *failure) {
    const size_t ranks = (size_t)session->size;
    const uint64_t units = plan->rest ? unit_set_units(plan->rest) : plan->units;
    *queue = (struct queue){.session = session, .rest = plan->rest};
    double *speeds = malloc(ranks * sizeof *speeds);
    if (session_is_root(session)) {
        queue->shares = calloc(ranks, sizeof *queue->shares);
        queue->arrivals = calloc(ranks, sizeof *queue->arrivals);
    }
    if (!schedule_begin(&queue->schedule, plan->kind, units, session->size) || !speeds ||
        (session_is_root(session) && !(queue->shares && queue->arrivals)))
        failure_set(failure, EXIT_RUN, "out of memory");
    const bool begun = agree(session, failure);
    if (begun && plan->kind == SCHEDULE_WEIGHTED)
        queue_weigh(queue, plan, speeds);
    if (begun && plan->kind == SCHEDULE_DYNAMIC && plan->speed > 0) {
        MPI_CHECK(
            MPI_Allgather(&plan->speed, 1, MPI_DOUBLE, speeds, 1, MPI_DOUBLE, session->world));
        schedule_hint(&queue->schedule, speeds);
    }
    free(speeds);
    return begun;
}

uint64_t queue_fair_share(const struct queue *queue) {
    return schedule_share(&queue->schedule, queue->session->rank);
}

double queue_imbalance(const struct queue_share *shares, int ranks) {
    double sum = 0, busiest = 0;
    for (int r = 0; r < ranks; r++) {
        sum += shares[r].busy_seconds;
        if (shares[r].busy_seconds > busiest)
            busiest = shares[r].busy_seconds;
    }
    return sum > 0 ? busiest * ranks / sum : 1;
}

void queue_end(struct queue *queue) {
    schedule_end(&queue->schedule);
    free(queue->shares);
    free(queue->arrivals);
    queue->shares = NULL;
    queue->arrivals = NULL;
}
