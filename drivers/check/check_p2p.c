/* SPDX-License-Identifier: MIT
 * Messages from rank to rank. Each rank sends to the next one, the last to the first, so that every
 * pair of neighbours is tried. */
#include "check/check_objects.h"
#include "check/check_operations.h"
#include "ranks/mpi_check.h"

#include <string.h>

static int p2p_next(const struct trial *trial) {
    return (trial->rank + 1) % trial->size;
}

static int p2p_previous(const struct trial *trial) {
    return (trial->rank + trial->size - 1) % trial->size;
}

/* Even ranks send first: all of them in a blocking send would wait for ever. */
static bool p2p_sends_first(const struct trial *trial) {
    return trial->rank % 2 == 0;
}

/* Objects of differing length: 1 to 4 disks, 3 on rank 0 as in the report. */
static size_t p2p_disks(int rank) {
    return (size_t)(rank + 2) % 4 + 1;
}

/* -- an object by a derived datatype ---------------------------------------------------------- */

/* The list and the text of an object, wherever they lie, as one datatype for MPI_BOTTOM. */
static MPI_Datatype p2p_object_type(struct trial *trial, const struct trial_data *data, int disks,
                                    int characters) {
    const int lengths[2] = {disks, characters};
    const MPI_Datatype types[2] = {MPI_INT64_T, MPI_CHAR};
    MPI_Aint places[2] = {0};
    MPI_Datatype object = MPI_DATATYPE_NULL;
    TRIAL_CALL(trial, MPI_Get_address(data->values, &places[0]));
    TRIAL_CALL(trial, MPI_Get_address(data->text, &places[1]));
    TRIAL_CALL(trial, MPI_Type_create_struct(2, lengths, places, types, &object));
    TRIAL_CALL(trial, MPI_Type_commit(&object));
    return object;
}

static void p2p_free_type(MPI_Datatype *type) {
    if (*type != MPI_DATATYPE_NULL)
        MPI_CHECK(MPI_Type_free(type));
}

/* The lengths go ahead, so that the receiver can make its datatype. */
static void p2p_send_object(struct trial *trial) {
    const int lengths[2] = {(int)trial->before.columns, (int)strlen(trial->before.text) + 1};
    MPI_Datatype object = p2p_object_type(trial, &trial->before, lengths[0], lengths[1]);
    TRIAL_CALL(trial, MPI_Send(lengths, 2, MPI_INT, p2p_next(trial), 0, trial->comm));
    TRIAL_CALL(trial, MPI_Send(MPI_BOTTOM, 1, object, p2p_next(trial), 1, trial->comm));
    p2p_free_type(&object);
}

static void p2p_receive_object(struct trial *trial) {
    int lengths[2] = {0, 0};
    TRIAL_CALL(trial, MPI_Recv(lengths, 2, MPI_INT, p2p_previous(trial), 0, trial->comm,
                               MPI_STATUS_IGNORE));
    trial_value(trial, 0, (int64_t)p2p_disks(p2p_previous(trial)), lengths[0]);
    if (trial->tries.failed || trial->result != TRIAL_OK || lengths[1] > OBJECT_TEXT_BYTES)
        return;
    trial->after.columns = (size_t)lengths[0];
    MPI_Datatype object = p2p_object_type(trial, &trial->after, lengths[0], lengths[1]);
    TRIAL_CALL(trial, MPI_Recv(MPI_BOTTOM, 1, object, p2p_previous(trial), 1, trial->comm,
                               MPI_STATUS_IGNORE));
    p2p_free_type(&object);
}

static void p2p_pass_object(struct trial *trial, void send(struct trial *),
                            void receive(struct trial *)) {
    object_fill(trial, &trial->before, p2p_disks(trial->rank));
    object_allocate(trial, &trial->after);
    trial_start(trial);
    if (p2p_sends_first(trial))
        send(trial);
    receive(trial);
    if (!p2p_sends_first(trial))
        send(trial);
    trial_stop(trial);
    object_verify(trial, &trial->after, p2p_disks(p2p_previous(trial)));
}

void run_send_object(struct trial *trial) {
    p2p_pass_object(trial, p2p_send_object, p2p_receive_object);
}

/* -- an object by MPI_Pack -------------------------------------------------------------------- */

/* Lengths, list and text, and the overhead of packing. */
enum { PACKED_BYTES = 2 * 4 + OBJECT_DISKS * 8 + OBJECT_TEXT_BYTES + 64 };

static void p2p_send_packed(struct trial *trial) {
    const struct trial_data *object = &trial->before;
    const int lengths[2] = {(int)object->columns, (int)strlen(object->text) + 1};
    char packed[PACKED_BYTES];
    int used = 0;
    TRIAL_CALL(trial, MPI_Pack(lengths, 2, MPI_INT, packed, sizeof packed, &used, trial->comm));
    TRIAL_CALL(trial, MPI_Pack(object->values, lengths[0], MPI_INT64_T, packed, sizeof packed,
                               &used, trial->comm));
    TRIAL_CALL(trial, MPI_Pack(object->text, lengths[1], MPI_CHAR, packed, sizeof packed, &used,
                               trial->comm));
    TRIAL_CALL(trial, MPI_Send(packed, used, MPI_PACKED, p2p_next(trial), 0, trial->comm));
}

static void p2p_unpack(struct trial *trial, const char *packed, int bytes) {
    struct trial_data *object = &trial->after;
    int lengths[2] = {0, 0}, used = 0;
    TRIAL_CALL(trial, MPI_Unpack(packed, bytes, &used, lengths, 2, MPI_INT, trial->comm));
    trial_value(trial, 0, (int64_t)p2p_disks(p2p_previous(trial)), lengths[0]);
    if (trial->tries.failed || trial->result != TRIAL_OK || lengths[1] > OBJECT_TEXT_BYTES)
        return;
    object->columns = (size_t)lengths[0];
    TRIAL_CALL(trial, MPI_Unpack(packed, bytes, &used, object->values, lengths[0], MPI_INT64_T,
                                 trial->comm));
    TRIAL_CALL(trial,
               MPI_Unpack(packed, bytes, &used, object->text, lengths[1], MPI_CHAR, trial->comm));
}

/* The receiver gets the length of the message from MPI. */
static void p2p_receive_packed(struct trial *trial) {
    char packed[PACKED_BYTES];
    MPI_Status status;
    int bytes = 0;
    TRIAL_CALL(trial, MPI_Probe(p2p_previous(trial), 0, trial->comm, &status));
    TRIAL_CALL(trial, MPI_Get_count(&status, MPI_PACKED, &bytes));
    TRIAL_CALL(trial, MPI_Recv(packed, sizeof packed, MPI_PACKED, p2p_previous(trial), 0,
                               trial->comm, MPI_STATUS_IGNORE));
    p2p_unpack(trial, packed, bytes);
}

void run_send_packed(struct trial *trial) {
    p2p_pass_object(trial, p2p_send_packed, p2p_receive_packed);
}

/* -- buffers ---------------------------------------------------------------------------------- */

/* Rank 0 has 1 to count, rank 1 continues from there. */
static int64_t p2p_element(const struct trial *trial, int rank, size_t k) {
    return (int64_t)((size_t)rank * trial->before.columns + k + 1);
}

static void p2p_fill_buffer(struct trial *trial) {
    int64_t *values = trial_table(trial, &trial->before, 1, trial_count(trial, 5));
    for (size_t k = 0; k < trial->before.columns; k++)
        values[k] = p2p_element(trial, trial->rank, k);
}

static void p2p_verify_buffer(struct trial *trial) {
    for (size_t k = 0; k < trial->before.columns; k++)
        trial_value(trial, k, p2p_element(trial, p2p_previous(trial), k), trial->after.values[k]);
}

static void p2p_send_buffer(struct trial *trial) {
    TRIAL_CALL(trial, MPI_Send(trial->before.values, (int)trial->before.columns, MPI_INT64_T,
                               p2p_next(trial), 0, trial->comm));
}

void run_send_buffer(struct trial *trial) {
    p2p_fill_buffer(trial);
    int64_t *values = trial_table(trial, &trial->after, 1, trial->before.columns);
    trial_start(trial);
    if (p2p_sends_first(trial))
        p2p_send_buffer(trial);
    TRIAL_CALL(trial, MPI_Recv(values, (int)trial->after.columns, MPI_INT64_T, p2p_previous(trial),
                               0, trial->comm, MPI_STATUS_IGNORE));
    if (!p2p_sends_first(trial))
        p2p_send_buffer(trial);
    trial_stop(trial);
    p2p_verify_buffer(trial);
}

/* The sum of what is being sent is computed while messages travel. */
void run_isend(struct trial *trial) {
    p2p_fill_buffer(trial);
    const size_t count = trial->before.columns;
    int64_t *values = trial_table(trial, &trial->after, 1, count);
    MPI_Request requests[2] = {MPI_REQUEST_NULL, MPI_REQUEST_NULL};
    int64_t sum = 0;

    trial_start(trial);
    TRIAL_CALL(trial, MPI_Irecv(values, (int)count, MPI_INT64_T, p2p_previous(trial), 0,
                                trial->comm, &requests[0]));
    TRIAL_CALL(trial, MPI_Isend(trial->before.values, (int)count, MPI_INT64_T, p2p_next(trial), 0,
                                trial->comm, &requests[1]));
    for (size_t k = 0; k < count; k++)
        sum += trial->before.values[k];
    TRIAL_CALL(trial, MPI_Waitall(2, requests, MPI_STATUSES_IGNORE));
    trial_stop(trial);
    p2p_verify_buffer(trial);
    const int64_t all = (int64_t)count;
    trial_value(trial, count, trial->rank * all * all + all * (all + 1) / 2, sum);
}

/* Rank 0 to rank 1, more than 2 GiB. */
void run_send_large(struct trial *trial) {
    const size_t count = (size_t)LARGE_ROWS * LARGE_ROW;
    const bool sends = trial->rank == 0;
    MPI_Datatype row = MPI_DATATYPE_NULL;
    if (!trial_fits(trial, count * sizeof(int64_t)))
        return;
    int64_t *values = trial_table(trial, sends ? &trial->before : &trial->after, 1, count);
    for (size_t k = 0; sends && k < count; k++)
        values[k] = (int64_t)k;
    TRIAL_CALL(trial, MPI_Type_contiguous(LARGE_ROW, MPI_INT64_T, &row));
    TRIAL_CALL(trial, MPI_Type_commit(&row));
    trial_start(trial);
    if (sends)
        TRIAL_CALL(trial, MPI_Send(values, LARGE_ROWS, row, 1, 0, trial->comm));
    else
        TRIAL_CALL(trial, MPI_Recv(values, LARGE_ROWS, row, 0, 0, trial->comm, MPI_STATUS_IGNORE));
    trial_stop(trial);
    p2p_free_type(&row);
    for (size_t k = 0; k < trial->after.columns; k++)
        trial_value(trial, k, (int64_t)k, trial->after.values[k]);
}

/* -- ping-pong -------------------------------------------------------------------------------- */

enum { PING = 55, PONG = 77, BALL_BYTES = 48 };

/* The number that a rank sends. */
static int p2p_ball(int rank) {
    return 42 + rank;
}

static void p2p_write_reply(int ball, int rank, char reply[BALL_BYTES]) {
    snprintf(reply, BALL_BYTES, "rank %d got %d", rank, ball);
}

static void p2p_serve(struct trial *trial) {
    const int ball = p2p_ball(trial->rank), partner = trial->rank + 1;
    char expected[BALL_BYTES];
    *trial_table(trial, &trial->before, 1, 1) = ball;
    char *reply = trial_text(trial, &trial->after, BALL_BYTES);
    trial_start(trial);
    TRIAL_CALL(trial, MPI_Send(&ball, 1, MPI_INT, partner, PING, trial->comm));
    TRIAL_CALL(trial, MPI_Recv(reply, BALL_BYTES, MPI_CHAR, partner, PONG, trial->comm,
                               MPI_STATUS_IGNORE));
    trial_stop(trial);
    p2p_write_reply(ball, partner, expected);
    trial_string(trial, expected, reply);
}

static void p2p_reply(struct trial *trial) {
    const int partner = trial->rank - 1;
    int ball = -1;
    char reply[BALL_BYTES];
    int64_t *value = trial_table(trial, &trial->after, 1, 1);
    trial_start(trial);
    TRIAL_CALL(trial, MPI_Recv(&ball, 1, MPI_INT, partner, PING, trial->comm, MPI_STATUS_IGNORE));
    *value = ball;
    p2p_write_reply(ball, trial->rank, reply);
    TRIAL_CALL(trial,
               MPI_Send(reply, (int)strlen(reply) + 1, MPI_CHAR, partner, PONG, trial->comm));
    trial_stop(trial);
    trial_value(trial, 0, p2p_ball(partner), *value);
}

void run_pingpong(struct trial *trial) {
    if (trial->rank % 2 == 0)
        p2p_serve(trial);
    else
        p2p_reply(trial);
}

void print_ball(const struct trial_data *data, FILE *text) {
    if (data->text)
        print_text(data, text);
    else
        print_list(data, text);
}
