/* SPDX-License-Identifier: MIT
 * Keeps rows on disk, for --stream and --tiles: a picture that no rank's memory has to hold. Every
 * rank computes its pieces in parts of a few MiB and writes them, with the rows that mirror them,
 * to their places in a store (picture/keepers/store.h), a .npy file that is not complete yet. Rank
 * 0 then reads the store block by block, compares the rows with the digests that their owners sent,
 * and gives them to all writers; tiles are drawn by all ranks, which do the same.
 *
 * The colours of a picture depend on the smallest and the largest value in it, so no row can be
 * encoded before the last one is computed: that is why the counts go to disk and not straight into
 * the encoder. Without an output that makes a file there is no store.
 *
 * With a checkpoint the parts go to rank 0 as well, which keeps them as it does without --stream
 * (picture/keepers/keeper_memory.c), and has a part of each rank in memory at most. The rows of an
 * earlier run are copied to the store before the work; what else is to be found of them, by all
 * ranks after it.
 *
 * Memory: on each rank 4 MiB of counts for each thread, at most 64 MiB (a row, where that is
 * longer), and a digest of 8 bytes for every row of the picture; for smooth colours 5/4 of the
 * counts again. Smooth values are found twice, by the owners with the counts for their range, and
 * by rank 0 for the colours. */
#include "picture/keepers/keeper.h"

#include "base/stop_signal.h"
#include "files/npy_header.h"
#include "picture/keepers/store.h"
#include "plait/digest.h"
#include "ranks/agree.h"
#include "ranks/mpi_check.h"
#include "ranks/share_units.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* Threads wait for each other at the end of a part: it should be many tiles (kernels/escape.c). */
static const uint64_t thread_bytes = UINT64_C(4) << 20;
static const uint64_t part_bytes_max = UINT64_C(64) << 20;

/* Parts that are delivered: rank 0 should receive a message in a short time, and has memory for one
 * of each rank. */
static const uint64_t delivery_bytes_max = UINT64_C(16) << 20;
static const uint64_t deliveries_bytes_max = UINT64_C(1) << 30;

struct disk_rows {
    struct store store;
    bool stored;       /* the counts are needed later */
    uint32_t rows;     /* that the buffers have space for */
    int32_t *counts;   /* [rows][width]: of one part */
    int32_t *parts;    /* smooth: likewise */
    uint8_t *indices;  /* smooth: likewise */
    uint64_t *digests; /* [rows]: of rows that were read */

    /* With a checkpoint. */
    struct queue_delivery delivery;
    int32_t *other;     /* another `counts`: they take turns, while one is delivered */
    int32_t *mirror;    /* likewise, for rows that mirror those of a part */
    int32_t **arrivals; /* rank 0: [ranks], the parts that arrive; NULL: none has yet */
    bool loading;       /* rank 0: rows of the file, of which only their sums are found now */
    int32_t *loaded;    /* these, and their digests */
    uint64_t *loaded_digests;
    uint64_t loaded_rows;    /* that there is space for */
    struct unit_set resumed; /* rank 0, in the end on all: rows of the file, with those that mirror
                              * them */
};

static uint32_t disk_least(uint32_t a, uint32_t b) {
    return a < b ? a : b;
}

static uint64_t disk_row_bytes(const struct keeper *keeper) {
    return (uint64_t)keeper->work->escape->width * sizeof(int32_t);
}

static uint64_t disk_offset(const struct keeper *keeper, uint32_t row) {
    return NPY_HEADER_BYTES + row * disk_row_bytes(keeper);
}

/* -- before the work --------------------------------------------------------------------------- */

/* The option that wants rows on disk. */
static const char *disk_option(const struct keeper *keeper) {
    return keeper->stored_in ? "--tiles" : "--stream";
}

/* A format that is assembled in memory would need the memory that --stream saves. */
static bool disk_check_formats(const struct keeper *keeper, struct failure *failure) {
    for (size_t k = 0; k < keeper->files->count; k++) {
        const struct picture_file *file = &keeper->files->items[k];
        if (writer_row_bytes(file->format, keeper->work->escape->width) > 0)
            return failure_set(
                failure, EXIT_USAGE,
                "'%s' cannot be written row by row: choose .png, .ppm or .npy, or leave out %s",
                file->path, disk_option(keeper));
    }
    return true;
}

/* Bytes of a part that is delivered, the same on all ranks. */
static uint64_t disk_delivery_bytes(const struct keeper *keeper) {
    const uint64_t fair = deliveries_bytes_max / (uint64_t)keeper->work->session->size;
    return fair < delivery_bytes_max ? fair : delivery_bytes_max;
}

static void disk_make_buffers(struct keeper *keeper, struct failure *failure) {
    const struct plait_escape *escape = keeper->work->escape;
    struct disk_rows *disk = keeper->state;
    const uint64_t wanted = keeper->checkpoint
                                ? disk_delivery_bytes(keeper)
                                : thread_bytes * (uint64_t)keeper->work->exec->threads;
    const uint64_t rows =
        (wanted < part_bytes_max ? wanted : part_bytes_max) / disk_row_bytes(keeper);
    /* The samples of a pixel, at least, which tiles take together. */
    disk->rows = rows < keeper->samples  ? keeper->samples
                 : rows < escape->height ? (uint32_t)rows
                                         : escape->height;
    const size_t pixels = (size_t)disk->rows * escape->width;
    disk->counts = malloc(pixels * sizeof *disk->counts);
    disk->digests = malloc(disk->rows * sizeof *disk->digests);
    keeper->digests = calloc(escape->height, sizeof *keeper->digests);
    if (keeper->checkpoint) {
        disk->other = malloc(pixels * sizeof *disk->other);
        disk->mirror = malloc(pixels * sizeof *disk->mirror);
        disk->arrivals = calloc((size_t)keeper->work->session->size, sizeof *disk->arrivals);
    }
    if (!disk->counts || !disk->digests || !keeper->digests ||
        (keeper->checkpoint && (!disk->other || !disk->mirror || !disk->arrivals)))
        failure_set(failure, EXIT_RUN, "out of memory");
    if (!keeper->colouring->smooth)
        return;
    disk->parts = malloc(pixels * sizeof *disk->parts);
    disk->indices = malloc(pixels);
    if (!disk->parts || !disk->indices)
        failure_set(failure, EXIT_RUN, "out of memory for smooth colours");
    colouring_begin_smooth(keeper->colouring, escape, keeper->samples, keeper->work->exec);
}

static bool disk_commit(void *context, struct failure *failure) {
    return store_commit(context, failure);
}

/* Whether rows of a checkpoint are looked at again when they have been stored. */
static bool disk_has_second_look(const struct keeper *keeper) {
    return keeper->colouring->smooth || keeper->verify || keeper->exact;
}

/* The store becomes the first file of counts, else it is a scratch file next to the first file, or
 * where tiles are made; without any next to the checkpoint, if its rows are needed again. */
static bool disk_begin_store(struct keeper *keeper, struct failure *failure) {
    struct disk_rows *disk = keeper->state;
    struct picture_file *counts = NULL, *first = NULL;
    for (size_t k = keeper->files->count; k-- > 0;) {
        struct picture_file *file = &keeper->files->items[k];
        if (writer_makes_file(file->format))
            first = file;
        if (writer_makes_file(file->format) && !writer_has_colours(file->format))
            counts = file;
    }
    if (counts) {
        counts->commit = disk_commit;
        counts->commit_context = &disk->store;
    }
    const bool looked_at =
        keeper->checkpoint && (disk_has_second_look(keeper) || keeper->work->values);
    const char *target = counts              ? counts->path
                         : keeper->stored_in ? keeper->stored_in
                         : first             ? first->path
                         : looked_at         ? keeper->checkpoint->path
                                             : NULL;
    disk->stored = target != NULL;
    return !target || store_begin(&disk->store, keeper->work->session, disk_option(keeper), target,
                                  disk_offset(keeper, keeper->work->escape->height), failure);
}

/* -- the work ---------------------------------------------------------------------------------- */

static void disk_place(struct keeper *keeper, struct kept_rows *rows) {
    struct disk_rows *disk = keeper->state;
    if (keeper->checkpoint) { /* the part before is being delivered */
        int32_t *other = disk->other;
        disk->other = disk->counts;
        disk->counts = other;
    }
    rows->counts = disk->counts;
    rows->parts = disk->parts;
    rows->count = disk_least(rows->count, disk->rows);
}

/* Compares the samples that lie in the rows. */
static bool disk_compare(struct keeper *keeper, const struct kept_rows *rows,
                         struct failure *failure) {
    const struct row_work *work = keeper->work;
    struct plait_escape_difference difference;
    keeper_compare_exact(keeper, rows);
    return !keeper->verify ||
           plait_escape_verify_rows(work->escape, work->exec,
                                    (struct plait_row_range){rows->first, rows->count},
                                    rows->counts, VERIFY_SAMPLES, &difference) == PLAIT_OK ||
           keeper_mismatch(&difference, failure);
}

/* Keeps rows of the picture, wherever they come from. */
static bool disk_store_rows(struct keeper *keeper, const struct kept_rows *rows,
                            struct failure *failure) {
    struct disk_rows *disk = keeper->state;
    if (!disk->loading && !disk_compare(keeper, rows, failure))
        return false;
    keeper_measure(keeper, rows, keeper->digests + rows->first);
    return !disk->stored ||
           store_write(&disk->store, disk_offset(keeper, rows->first), rows->counts,
                       rows->count * disk_row_bytes(keeper), failure);
}

/* The rows, and those that mirror them, into which the part is turned, or with a checkpoint a copy.
 */
static bool disk_put(struct keeper *keeper, const struct kept_rows *rows, struct failure *failure) {
    const struct row_work *work = keeper->work;
    const uint32_t height = work->escape->height;
    const uint32_t begin = rows->first > 1 ? rows->first : 1;
    const uint32_t end = disk_least(rows->first + rows->count, height - work->distinct + 1);
    if (!disk_store_rows(keeper, rows, failure))
        return false;
    if (begin >= end)
        return true;
    const size_t width = work->escape->width;
    struct kept_rows mirrored = {
        .first = height - end + 1,
        .count = end - begin,
        .counts = rows->counts + (begin - rows->first) * width,
    };
    struct disk_rows *disk = keeper->state;
    if (keeper->checkpoint)
        mirrored.counts =
            memcpy(disk->mirror, mirrored.counts, mirrored.count * width * sizeof *mirrored.counts);
    const enum plait_status status =
        plait_escape_mirror_rows(work->escape, work->exec, begin, end - begin, mirrored.counts);
    if (status != PLAIT_OK)
        return failure_set(failure, EXIT_RUN, "rows that mirror others: %s",
                           plait_status_text(status));
    /* Their smooth values are those of the rows that they mirror, but for column 0. */
    const struct counted_rows counted = {mirrored.first, mirrored.count, mirrored.counts};
    return (!keeper->colouring->smooth || disk->loading ||
            smooth_find(&keeper->colouring->finder, &counted, 1, disk->parts, failure)) &&
           disk_store_rows(keeper, &mirrored, failure);
}

/* -- the checkpoint, as the queue's delivery --------------------------------------------------- */

/* The part of this rank that was computed last, and on rank 0 the place of one that arrives.
 * Without memory for that nobody could be notified, since the results are on their way. */
static void disk_locate(void *context, int rank, struct piece piece,
                        struct queue_block blocks[QUEUE_BLOCKS]) {
    struct keeper *keeper = context;
    struct disk_rows *disk = keeper->state;
    int32_t *counts = disk->counts;
    if (rank != keeper->work->session->rank) {
        if (!disk->arrivals[rank])
            disk->arrivals[rank] = malloc(disk->rows * disk_row_bytes(keeper));
        counts = disk->arrivals[rank];
        if (!counts)
            mpi_check(MPI_ERR_NO_MEM, "keeper_disk", __FILE__, __LINE__);
    }
    blocks[0] = (struct queue_block){counts, piece.count * disk_row_bytes(keeper)};
    blocks[1] =
        (struct queue_block){keeper->digests + piece.first, piece.count * sizeof *keeper->digests};
}

static bool disk_keep_in_checkpoint(void *context, int rank, struct piece piece) {
    struct keeper *keeper = context;
    const struct disk_rows *disk = keeper->state;
    return picture_checkpoint_keep(keeper->checkpoint, piece,
                                   rank == ROOT ? disk->counts : disk->arrivals[rank],
                                   keeper->digests + piece.first);
}

static bool disk_tend_checkpoint(void *context) {
    const struct keeper *keeper = context;
    return picture_checkpoint_tend(keeper->checkpoint);
}

static void disk_begin_delivery(struct keeper *keeper) {
    struct disk_rows *disk = keeper->state;
    const uint64_t most = disk_delivery_bytes(keeper) / disk_row_bytes(keeper);
    disk->delivery = (struct queue_delivery){
        .context = keeper,
        .most_units = most > 0 ? most : 1,
        .locate = disk_locate,
        .keep = disk_keep_in_checkpoint,
        .tend = disk_tend_checkpoint,
        .stop = stop_signal_seen,
    };
    keeper->delivery = &disk->delivery;
}

/* Memory for a record of the file, which may be of any length. */
static bool disk_place_loaded(void *context, struct piece piece, int32_t **counts,
                              uint64_t **digests) {
    struct keeper *keeper = context;
    struct disk_rows *disk = keeper->state;
    if (piece.count > disk->loaded_rows) {
        free(disk->loaded);
        free(disk->loaded_digests);
        disk->loaded = malloc(piece.count * disk_row_bytes(keeper));
        disk->loaded_digests = malloc(piece.count * sizeof *disk->loaded_digests);
        disk->loaded_rows = disk->loaded && disk->loaded_digests ? piece.count : 0;
    }
    *counts = disk->loaded;
    *digests = disk->loaded_digests;
    return disk->loaded_rows > 0;
}

/* Rows of the file, part by part, as if they had been computed; those that mirror others are made
 * again. */
static bool disk_take_loaded(void *context, struct piece piece, struct failure *failure) {
    struct keeper *keeper = context;
    struct disk_rows *disk = keeper->state;
    const uint32_t distinct = keeper->work->distinct, height = keeper->work->escape->height;
    const uint32_t end = disk_least((uint32_t)(piece.first + piece.count), distinct);
    for (uint32_t first = (uint32_t)piece.first; first < end;) {
        const struct kept_rows rows = {
            .first = first,
            .count = disk_least(disk->rows, end - first),
            .counts = disk->loaded + (first - piece.first) * keeper->work->escape->width,
        };
        const uint32_t image_end = disk_least(first + rows.count, height - distinct + 1);
        const uint32_t image_begin = first > 1 ? first : 1;
        if (!unit_set_add(&disk->resumed, (struct piece){first, rows.count}) ||
            (image_begin < image_end &&
             !unit_set_add(&disk->resumed,
                           (struct piece){height - image_end + 1, image_end - image_begin})))
            return failure_set(failure, EXIT_RUN, "out of memory");
        if (!disk_put(keeper, &rows, failure))
            return false;
        first += rows.count;
    }
    return true;
}

static bool disk_load(struct keeper *keeper, struct failure *failure) {
    struct disk_rows *disk = keeper->state;
    const struct checkpoint_sink sink = {disk_place_loaded, disk_take_loaded, keeper};
    disk->loading = true;
    const bool loaded =
        picture_checkpoint_load(keeper->checkpoint, keeper->work->exec, &sink, failure);
    disk->loading = false;
    free(disk->loaded);
    free(disk->loaded_digests);
    disk->loaded = NULL;
    disk->loaded_digests = NULL;
    keeper->resumed = keeper->tally;
    return loaded;
}

static bool disk_reserve(struct keeper *keeper, struct failure *failure) {
    keeper->state = calloc(1, sizeof(struct disk_rows));
    if (!keeper->state)
        failure_set(failure, EXIT_RUN, "out of memory");
    else if (disk_check_formats(keeper, failure))
        disk_make_buffers(keeper, failure);
    keeper->space = keeper->work->distinct;
    if (!agree(keeper->work->session, failure) || !disk_begin_store(keeper, failure))
        return false;
    if (!keeper->checkpoint)
        return true;
    disk_begin_delivery(keeper);
    if (session_is_root(keeper->work->session))
        disk_load(keeper, failure);
    return agree(keeper->work->session, failure);
}

/* When the store can be read, each rank some of the rows: what needs the tables of a deep view, or
 * samples that were not there yet when the rows of the file were stored. */
static bool disk_look_at_resumed(struct keeper *keeper, struct failure *failure) {
    const struct session *session = keeper->work->session;
    struct disk_rows *disk = keeper->state;
    const uint32_t width = keeper->work->escape->width;
    int turn = 0;
    for (size_t k = 0; k < disk->resumed.count; k++) {
        const struct piece piece = disk->resumed.items[k];
        const uint32_t end = (uint32_t)(piece.first + piece.count);
        for (uint32_t first = (uint32_t)piece.first; first < end; first += disk->rows) {
            struct kept_rows rows = {
                .first = first,
                .count = disk_least(disk->rows, end - first),
                .counts = disk->counts,
            };
            if (turn++ % session->size != session->rank)
                continue;
            if (!store_read(&disk->store, disk_offset(keeper, first), rows.counts,
                            rows.count * disk_row_bytes(keeper), failure))
                return false;
            const struct counted_rows counted = {first, rows.count, rows.counts};
            if (!disk_compare(keeper, &rows, failure))
                return false;
            if (keeper->colouring->smooth &&
                !smooth_find(&keeper->colouring->finder, &counted, width, disk->parts, failure))
                return false;
        }
    }
    return true;
}

/* -- after the work ---------------------------------------------------------------------------- */

static bool disk_settle(struct keeper *keeper, bool stopped, struct failure *failure) {
    const struct session *session = keeper->work->session;
    const struct plait_escape *escape = keeper->work->escape;
    struct disk_rows *disk = keeper->state;
    if (disk->stored && session_is_root(session)) {
        char header[NPY_HEADER_BYTES];
        const uint64_t shape[] = {escape->height, escape->width};
        npy_header_make(NPY_INT32, 2, shape, header);
        store_write(&disk->store, 0, header, sizeof header, failure);
    }
    if (!(keeper->checkpoint ? picture_checkpoint_end_work(keeper->checkpoint, stopped, failure)
                             : agree(session, failure)) ||
        (disk->stored && !store_settle(&disk->store, failure)))
        return false;
    if (!keeper->checkpoint || !disk_has_second_look(keeper))
        return true;
    return share_units(session, &disk->resumed, failure) &&
           (disk_look_at_resumed(keeper, failure), agree(session, failure));
}

static void disk_gather(struct keeper *keeper) {
    keeper_gather_digests(keeper);
    keeper_gather_sums(keeper);
}

/* The values were found with the rows; they are found again when the rows are read. */
static bool disk_colour(struct keeper *keeper, struct progress_display *display,
                        struct failure *failure) {
    (void)display;
    (void)failure;
    colouring_share_smooth(keeper->colouring, keeper->work->session);
    return true;
}

/* -- the picture ------------------------------------------------------------------------------- */

/* A file system may lose what another node has written, or show it too late: the picture must not
 * be made of such rows. */
static bool disk_check_digests(const struct keeper *keeper, uint32_t first, uint32_t rows,
                               struct failure *failure) {
    const struct disk_rows *disk = keeper->state;
    plait_digest_rows(keeper->work->exec, disk->counts, rows, keeper->work->escape->width,
                      disk->digests);
    for (uint32_t i = 0; i < rows; i++)
        if (disk->digests[i] != keeper->digests[first + i])
            return failure_set(
                failure, EXIT_RUN,
                "row %" PRIu32
                " of the counts next to '%s' is not what its rank wrote there: choose another directory, or leave out %s",
                first + i, disk->store.target, disk->store.option);
    return true;
}

bool keeper_disk_read(struct keeper *keeper, uint32_t first, uint32_t most,
                      struct image_rows *block, struct failure *failure) {
    struct disk_rows *disk = keeper->state;
    struct colouring *colouring = keeper->colouring;
    const uint32_t width = keeper->work->escape->width;
    const uint32_t rows = disk_least(disk->rows, most);
    if (!store_read(&disk->store, disk_offset(keeper, first), disk->counts,
                    rows * disk_row_bytes(keeper), failure) ||
        !disk_check_digests(keeper, first, rows, failure))
        return false;
    if (colouring->smooth) {
        const struct counted_rows counted = {first, rows, disk->counts};
        if (!smooth_find(&colouring->finder, &counted, width, disk->parts, failure))
            return false;
        const struct coloured_pixels pixels = {disk->counts, disk->parts, (size_t)rows * width};
        colouring_indices(colouring, &pixels, disk->indices, keeper->work->exec->threads);
    }
    *block = (struct image_rows){disk->counts, disk->indices, rows};
    return true;
}

static bool disk_read(void *context, uint32_t first, struct image_rows *block,
                      struct failure *failure) {
    struct keeper *keeper = context;
    return keeper_disk_read(keeper, first, keeper->work->escape->height - first, block, failure);
}

static void disk_release(struct keeper *keeper) {
    struct disk_rows *disk = keeper->state;
    store_end(&disk->store);
    for (int r = 0; disk->arrivals && r < keeper->work->session->size; r++)
        free(disk->arrivals[r]);
    free(disk->arrivals);
    free(disk->other);
    free(disk->mirror);
    unit_set_free(&disk->resumed);
    free(disk->counts);
    free(disk->parts);
    free(disk->indices);
    free(disk->digests);
    free(disk);
}

const struct keeper_kind keeper_disk = {
    .reserve = disk_reserve,
    .place = disk_place,
    .put = disk_put,
    .settle = disk_settle,
    .gather = disk_gather,
    .colour = disk_colour,
    .read = disk_read,
    .release = disk_release,
};
