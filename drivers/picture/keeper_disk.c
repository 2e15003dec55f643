/* SPDX-License-Identifier: MIT
 * Keeps rows on disk, for --stream: a picture that no rank's memory has to hold. Every rank
 * computes its pieces in parts of a few MiB and writes them, with the rows that mirror them, to
 * their places in a store (picture/store.h), a .npy file that is not complete yet. Rank 0 then
 * reads the store block by block, compares the rows with the digests that their owners sent, and
 * gives them to all writers.
 *
 * The colours of a picture depend on the smallest and the largest value in it, so no row can be
 * encoded before the last one is computed: that is why the counts go to disk and not straight into
 * the encoder. Without an output that makes a file there is no store.
 *
 * Memory: on each rank 4 MiB of counts for each thread, at most 64 MiB (a row, where that is
 * longer), and a digest of 8 bytes for every row of the picture; for smooth colours 5/4 of the
 * counts again. Smooth values are found twice, by the owners with the counts for their range, and
 * by rank 0 for the colours. */
#include "picture/keeper.h"

#include "files/npy_header.h"
#include "picture/store.h"
#include "plait/digest.h"
#include "ranks/agree.h"

#include <inttypes.h>
#include <stdlib.h>

/* Threads wait for each other at the end of a part: it should be many tiles (kernels/escape.c). */
static const uint64_t thread_bytes = UINT64_C(4) << 20;
static const uint64_t part_bytes_max = UINT64_C(64) << 20;

struct disk_rows {
    struct store store;
    bool stored;       /* some output makes a file */
    uint32_t rows;     /* that the buffers have space for */
    int32_t *counts;   /* [rows][width]: of one part */
    int32_t *parts;    /* smooth: likewise */
    uint8_t *indices;  /* smooth: likewise */
    uint64_t *digests; /* [rows]: of rows that were read */
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

/* A format that is assembled in memory would need the memory that --stream saves. */
static bool disk_check_formats(const struct keeper *keeper, struct failure *failure) {
    for (size_t k = 0; k < keeper->files->count; k++) {
        const struct picture_file *file = &keeper->files->items[k];
        if (writer_row_bytes(file->format, keeper->work->escape->width) > 0)
            return failure_set(
                failure, EXIT_USAGE,
                "'%s' cannot be written row by row: choose .png, .ppm or .npy, or leave out --stream",
                file->path);
    }
    return true;
}

static void disk_make_buffers(struct keeper *keeper, struct failure *failure) {
    const struct plait_escape *escape = keeper->work->escape;
    struct disk_rows *disk = keeper->state;
    const uint64_t wanted = thread_bytes * (uint64_t)keeper->work->exec->threads;
    const uint64_t rows =
        (wanted < part_bytes_max ? wanted : part_bytes_max) / disk_row_bytes(keeper);
    disk->rows = rows < 1 ? 1 : rows < escape->height ? (uint32_t)rows : escape->height;
    const size_t pixels = (size_t)disk->rows * escape->width;
    disk->counts = malloc(pixels * sizeof *disk->counts);
    disk->digests = malloc(disk->rows * sizeof *disk->digests);
    keeper->digests = calloc(escape->height, sizeof *keeper->digests);
    if (!disk->counts || !disk->digests || !keeper->digests)
        failure_set(failure, EXIT_RUN, "out of memory");
    if (!keeper->colouring->smooth)
        return;
    disk->parts = malloc(pixels * sizeof *disk->parts);
    disk->indices = malloc(pixels);
    if (!disk->parts || !disk->indices)
        failure_set(failure, EXIT_RUN, "out of memory for smooth colours");
    colouring_begin_smooth(keeper->colouring, escape, keeper->work->exec);
}

static bool disk_commit(void *context, struct failure *failure) {
    return store_commit(context, failure);
}

/* The store becomes the first file of counts, else it is a scratch file next to the first file. */
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
    disk->stored = first != NULL;
    return !first || store_begin(&disk->store, keeper->work->session, "--stream",
                                 counts ? counts->path : first->path,
                                 disk_offset(keeper, keeper->work->escape->height), failure);
}

static bool disk_reserve(struct keeper *keeper, struct failure *failure) {
    keeper->state = calloc(1, sizeof(struct disk_rows));
    if (!keeper->state)
        failure_set(failure, EXIT_RUN, "out of memory");
    else if (disk_check_formats(keeper, failure))
        disk_make_buffers(keeper, failure);
    keeper->space = keeper->work->distinct;
    return agree(keeper->work->session, failure) && disk_begin_store(keeper, failure);
}

/* -- the work ---------------------------------------------------------------------------------- */

static void disk_place(struct keeper *keeper, struct kept_rows *rows) {
    const struct disk_rows *disk = keeper->state;
    rows->counts = disk->counts;
    rows->parts = disk->parts;
    rows->count = disk_least(rows->count, disk->rows);
}

/* Keeps rows of the picture, wherever they come from. */
static bool disk_store_rows(struct keeper *keeper, const struct kept_rows *rows,
                            struct failure *failure) {
    const struct row_work *work = keeper->work;
    struct disk_rows *disk = keeper->state;
    struct plait_escape_difference difference;
    if (keeper->verify &&
        plait_escape_verify_rows(work->escape, work->exec,
                                 (struct plait_row_range){rows->first, rows->count}, rows->counts,
                                 VERIFY_SAMPLES, &difference) != PLAIT_OK)
        return keeper_mismatch(&difference, failure);

    keeper_compare_exact(keeper, rows);
    keeper_measure(keeper, rows, keeper->digests + rows->first);
    return !disk->stored ||
           store_write(&disk->store, disk_offset(keeper, rows->first), rows->counts,
                       rows->count * disk_row_bytes(keeper), failure);
}

/* The rows, and those that mirror them, into which the part is turned. */
static bool disk_put(struct keeper *keeper, const struct kept_rows *rows, struct failure *failure) {
    const struct row_work *work = keeper->work;
    const uint32_t height = work->escape->height;
    const uint32_t begin = rows->first > 1 ? rows->first : 1;
    const uint32_t end = disk_least(rows->first + rows->count, height - work->distinct + 1);
    if (!disk_store_rows(keeper, rows, failure))
        return false;
    if (begin >= end)
        return true;
    const struct kept_rows mirrored = {
        .first = height - end + 1,
        .count = end - begin,
        .counts = rows->counts + (size_t)(begin - rows->first) * work->escape->width,
    };
    (void)plait_escape_mirror_rows(work->escape, work->exec, begin, end - begin, mirrored.counts);
    /* Their smooth values are those of the rows that they mirror, but for column 0. */
    const struct counted_rows counted = {mirrored.first, mirrored.count, mirrored.counts};
    struct disk_rows *disk = keeper->state;
    return (!keeper->colouring->smooth ||
            smooth_find(&keeper->colouring->finder, &counted, 1, disk->parts, failure)) &&
           disk_store_rows(keeper, &mirrored, failure);
}

static bool disk_settle(struct keeper *keeper, bool stopped, struct failure *failure) {
    const struct plait_escape *escape = keeper->work->escape;
    struct disk_rows *disk = keeper->state;
    (void)stopped;
    if (disk->stored && session_is_root(keeper->work->session)) {
        char header[NPY_HEADER_BYTES];
        const uint64_t shape[] = {escape->height, escape->width};
        npy_header_make(NPY_INT32, 2, shape, header);
        store_write(&disk->store, 0, header, sizeof header, failure);
    }
    return agree(keeper->work->session, failure) &&
           (!disk->stored || store_settle(&disk->store, failure));
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
                " of the counts next to '%s' is not what its rank wrote there: choose another directory, or leave out --stream",
                first + i, disk->store.target);
    return true;
}

static bool disk_read(void *context, uint32_t first, struct image_rows *block,
                      struct failure *failure) {
    struct keeper *keeper = context;
    struct disk_rows *disk = keeper->state;
    struct colouring *colouring = keeper->colouring;
    const uint32_t width = keeper->work->escape->width;
    const uint32_t rows = disk_least(disk->rows, keeper->work->escape->height - first);
    if (!store_read(&disk->store, disk_offset(keeper, first), disk->counts,
                    rows * disk_row_bytes(keeper), failure) ||
        !disk_check_digests(keeper, first, rows, failure))
        return false;
    if (colouring->smooth) {
        const struct counted_rows counted = {first, rows, disk->counts};
        if (!smooth_find(&colouring->finder, &counted, width, disk->parts, failure))
            return false;
        smooth_indices(&colouring->scale, disk->counts, disk->parts, (size_t)rows * width,
                       disk->indices, keeper->work->exec->threads);
    }
    *block = (struct image_rows){disk->counts, disk->indices, rows};
    return true;
}

static void disk_release(struct keeper *keeper) {
    struct disk_rows *disk = keeper->state;
    store_end(&disk->store);
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
