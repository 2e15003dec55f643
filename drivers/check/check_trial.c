/* SPDX-License-Identifier: MIT
 * The parts that all operations of plait check share: data, timing, comparing, printing. */
#include "check/check_trial.h"

#include "base/clock.h"
#include "base/host_name.h"
#include "base/memory.h"
#include "base/process_limits.h"
#include "ranks/message_buffer.h"
#include "ranks/mpi_check.h"

#include <ctype.h>
#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* -- data ------------------------------------------------------------------------------------- */

void *trial_memory(struct trial *trial, size_t bytes) {
    void **memory = realloc(trial->memory, (trial->blocks + 1) * sizeof *memory);
    void *block = calloc(1, bytes > 0 ? bytes : 1);
    if (!memory || !block)
        mpi_check(MPI_ERR_NO_MEM, "trial_memory", __FILE__, __LINE__);
    trial->memory = memory;
    trial->memory[trial->blocks++] = block;
    return block;
}

int64_t *trial_table(struct trial *trial, struct trial_data *data, size_t rows, size_t columns) {
    data->values = trial_memory(trial, rows * columns * sizeof *data->values);
    data->rows = rows;
    data->columns = columns;
    for (size_t k = 0; k < rows * columns; k++)
        data->values[k] = -1;
    return data->values;
}

char *trial_text(struct trial *trial, struct trial_data *data, size_t bytes) {
    data->text = trial_memory(trial, bytes + 1);
    return data->text;
}

size_t trial_count(const struct trial *trial, size_t of_report) {
    return trial->show ? of_report : trial->count;
}

/* After a failed call MPI may still write to a buffer whose message is under way: keep it. */
void trial_end(struct trial *trial) {
    for (size_t k = 0; k < trial->blocks && !trial->tries.failed; k++)
        free(trial->memory[k]);
    free(trial->memory);
    trial->memory = NULL;
    trial->blocks = 0;
}

/* -- the timed part --------------------------------------------------------------------------- */

static void trial_show_data(struct trial *trial, int moment, const struct trial_data *data) {
    if (!trial->show)
        return;
    if (!data->values && !data->text)
        fputs("nothing", trial->shown[moment]);
    else
        trial->print(data, trial->shown[moment]);
}

void trial_start(struct trial *trial) {
    trial_show_data(trial, 0, &trial->before);
    TRIAL_CALL(trial, MPI_Barrier(trial->comm));
    trial->start_ns = clock_now_ns();
}

void trial_stop(struct trial *trial) {
    trial->seconds = clock_seconds_since(trial->start_ns);
    trial_show_data(trial, 1, &trial->after);
}

/* -- comparing -------------------------------------------------------------------------------- */

/* Whether to record a wrong value: only the first one, and none after a failed call. */
static bool trial_may_record(const struct trial *trial) {
    return !trial->tries.failed && trial->result == TRIAL_OK;
}

void trial_value(struct trial *trial, size_t index, int64_t expected, int64_t got) {
    if (got == expected || !trial_may_record(trial))
        return;
    trial->result = TRIAL_WRONG;
    snprintf(trial->text, sizeof trial->text, "value %zu: expected %" PRId64 ", got %" PRId64,
             index, expected, got);
}

void trial_string(struct trial *trial, const char *expected, const char *got) {
    if (strcmp(expected, got) == 0 || !trial_may_record(trial))
        return;
    trial->result = TRIAL_WRONG;
    snprintf(trial->text, sizeof trial->text, "text: expected '%.80s', got '%.80s'", expected, got);
    for (char *c = trial->text; *c; c++)
        if (!isprint((unsigned char)*c))
            *c = '?';
}

bool trial_unavailable(struct trial *trial, const char *format, ...) {
    va_list arguments;
    trial->result = TRIAL_UNAVAILABLE;
    va_start(arguments, format);
    vsnprintf(trial->text, sizeof trial->text, format, arguments);
    va_end(arguments);
    return false;
}

bool trial_agree(struct trial *trial) {
    const int mine = trial->tries.failed || trial->result != TRIAL_OK;
    int any;
    MPI_CHECK(MPI_Allreduce(&mine, &any, 1, MPI_INT, MPI_MAX, trial->comm));
    return !any;
}

bool trial_fits(struct trial *trial, uint64_t bytes) {
    char host[HOST_NAME_BYTES];
    MPI_Comm node;
    MPI_CHECK(
        MPI_Comm_split_type(trial->comm, MPI_COMM_TYPE_SHARED, trial->rank, MPI_INFO_NULL, &node));
    const struct node_memory memory = node_memory_shared_by(node, bytes);
    MPI_CHECK(MPI_Comm_free(&node));
    host_name(host);
    if (memory.needed > memory.available)
        trial_unavailable(
            trial,
            "needs %.1f GiB of memory on host %s, which has %.1f GiB left: free some, or use another host",
            (double)memory.needed / 0x1p30, host, (double)memory.available / 0x1p30);
    if (bytes > memory_address_space_bytes())
        trial_unavailable(trial, "needs %.1f GiB of address space on host %s: raise ulimit -v",
                          (double)bytes / 0x1p30, host);
    return trial_agree(trial);
}

bool trial_may_write(struct trial *trial, uint64_t bytes) {
    const uint64_t limit = process_limits_file_bytes();
    return bytes <= limit ||
           trial_unavailable(
               trial,
               "needs a file of %.0f KiB, and files may have %.0f KiB only: raise the limit (ulimit -f)",
               ceil((double)bytes / 0x1p10), floor((double)limit / 0x1p10));
}

/* -- printing --------------------------------------------------------------------------------- */

static void trial_print_row(const int64_t *values, size_t columns, FILE *text) {
    for (size_t k = 0; k < columns; k++)
        fprintf(text, "%s%" PRId64, k == 0 ? "[" : " ", values[k]);
    fputs(columns == 0 ? "[]" : "]", text);
}

void print_list(const struct trial_data *data, FILE *text) {
    trial_print_row(data->values, data->rows * data->columns, text);
}

void print_rows(const struct trial_data *data, FILE *text) {
    fputc('[', text);
    for (size_t r = 0; r < data->rows; r++) {
        fputs(r == 0 ? "" : " ", text);
        trial_print_row(data->values + r * data->columns, data->columns, text);
    }
    fputc(']', text);
}

void print_object(const struct trial_data *data, FILE *text) {
    fputs("{size: ", text);
    print_list(data, text);
    fprintf(text, ", name: [%s]}", data->text);
}

void print_text(const struct trial_data *data, FILE *text) {
    fputs(data->text, text);
}
