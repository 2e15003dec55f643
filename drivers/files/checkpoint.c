/* SPDX-License-Identifier: MIT
 * The file of a checkpoint. */
#define _GNU_SOURCE /* realpath */
#include "files/checkpoint.h"

#include "base/atomic_file.h"
#include "base/clock.h"
#include "plait/digest.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/* The header fills a page and each commit record begins one: a disk that loses power in the middle
 * of writing spoils the page that it writes, and no other. */
enum { PAGE_BYTES = 4096, COMMIT_AT = PAGE_BYTES, RECORDS_AT = 3 * PAGE_BYTES };

/* No text file begins like this, and a transfer that takes it for text breaks it. */
static const unsigned char magic[8] = {0x89, 'P', 'L', 'A', 'I', 'T', '\r', '\n'};

struct header {
    unsigned char magic[8];
    uint64_t format;
    struct checkpoint_parameters parameters;
    uint64_t fnv1a; /* of what is before */
};
_Static_assert(sizeof(struct header) == PAGE_BYTES, "the header fills a page");

struct commit {
    uint64_t sequence, begin, end;
    uint64_t fnv1a;
};

struct record_header {
    uint64_t first, count, row_bytes, digests_fnv1a;
    uint64_t fnv1a;
};

/* Of the first `words` words, as plait_digest_picture makes it. */
static uint64_t fnv1a_of(const void *memory, size_t words) {
    return plait_digest_picture(memory, (uint32_t)words);
}

/* Of everything in a struct before the member that holds it. */
#define FNV1A_OF(type, item) fnv1a_of((item), offsetof(struct type, fnv1a) / sizeof(uint64_t))

void checkpoint_parameter(struct checkpoint_parameters *parameters, const char *name,
                          const char *format, ...) {
    const size_t used = strlen(parameters->text);
    const size_t room = sizeof parameters->text - used;
    char *text = parameters->text + used;
    const int length = snprintf(text, room, "%s ", name);
    if (length < 0 || (size_t)length + 1 >= room)
        return;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text + length, room - (size_t)length - 1, format, arguments);
    va_end(arguments);
    strcat(text, "\n");
}

/* Bytes [offset, offset + bytes), all or nothing. errno is 0 where the file is too short. */
static bool read_at(int descriptor, void *memory, uint64_t bytes, uint64_t offset) {
    char *to = memory;
    while (bytes > 0) {
        errno = 0;
        const ssize_t some = pread(descriptor, to, bytes, (off_t)offset);
        if (some < 0 && errno == EINTR)
            continue;
        if (some <= 0)
            return false;
        to += some;
        offset += (uint64_t)some;
        bytes -= (uint64_t)some;
    }
    return true;
}

static bool write_at(int descriptor, const void *memory, uint64_t bytes, uint64_t offset) {
    const char *from = memory;
    while (bytes > 0) {
        const ssize_t some = pwrite(descriptor, from, bytes, (off_t)offset);
        if (some < 0 && errno == EINTR)
            continue;
        if (some < 0)
            return false;
        from += some;
        offset += (uint64_t)some;
        bytes -= (uint64_t)some;
    }
    return true;
}

static bool refuse_foreign(const char *path, struct failure *failure) {
    return failure_set(failure, EXIT_USAGE,
                       "'%s' is not a checkpoint of Plait, and is left alone: name another file",
                       path);
}

bool checkpoint_damaged(const struct checkpoint *checkpoint, const char *what,
                        struct failure *failure) {
    return failure_set(failure, EXIT_USAGE,
                       "checkpoint '%s' is damaged (%s): bring back a copy, or remove it to begin "
                       "anew",
                       checkpoint->path, what);
}

static bool unreadable(const struct checkpoint *checkpoint, struct failure *failure) {
    if (errno == 0)
        return checkpoint_damaged(checkpoint, "cut short", failure);
    return failure_set(failure, EXIT_USAGE,
                       "cannot read checkpoint '%s': %s: name another file, or allow reading it",
                       checkpoint->path, strerror(errno));
}

/* Length of the line that begins here, without its end. */
static int line_length(const char *line) {
    return (int)strcspn(line, "\n");
}

static const char *next_line(const char *line) {
    line += line_length(line);
    return *line ? line + 1 : line;
}

/* The line of that name in the parameters, "" if there is none. */
static const char *find_line(const char *text, const char *name, size_t length) {
    for (; *text; text = next_line(text))
        if (strncmp(text, name, length) == 0 && text[length] == ' ')
            break;
    return text;
}

/* What stands behind the name in a line, with its length; "nothing" for no line. */
struct value {
    const char *text;
    int length;
};

static struct value value_of(const char *line) {
    const char *blank = strchr(line, ' ');
    if (!*line || !blank)
        return (struct value){"nothing", (int)strlen("nothing")};
    return (struct value){blank + 1, line_length(blank + 1)};
}

/* Names the first parameter of ours that the file has otherwise. A file that has all of ours has
 * more of them only if it is of another Plait: that is a format of its own. */
static bool compare_parameters(const struct checkpoint *checkpoint, const char *theirs,
                               const char *ours, struct failure *failure) {
    for (const char *line = ours; *line; line = next_line(line)) {
        const size_t name = strcspn(line, " ");
        const struct value own = value_of(line);
        const struct value other = value_of(find_line(theirs, line, name));
        if (own.length != other.length || memcmp(own.text, other.text, (size_t)own.length) != 0)
            return failure_set(failure, EXIT_USAGE,
                               "checkpoint '%s' is of another run, whose %.*s is %.*s, not %.*s: "
                               "give the command of that run, or name another file",
                               checkpoint->path, (int)name, line, other.length, other.text,
                               own.length, own.text);
    }
    return true;
}

static bool read_header(const struct checkpoint *checkpoint, struct header *header,
                        struct failure *failure) {
    if (!read_at(checkpoint->descriptor, header, sizeof header->magic + sizeof header->format, 0))
        return errno == 0 ? refuse_foreign(checkpoint->path, failure)
                          : unreadable(checkpoint, failure);
    if (memcmp(header->magic, magic, sizeof magic) != 0)
        return refuse_foreign(checkpoint->path, failure);
    if (header->format != CHECKPOINT_FORMAT)
        return failure_set(failure, EXIT_USAGE,
                           "checkpoint '%s' has format %llu, this Plait knows %d: go on with the "
                           "Plait that made it, or name another file",
                           checkpoint->path, (unsigned long long)header->format, CHECKPOINT_FORMAT);
    if (!read_at(checkpoint->descriptor, header, sizeof *header, 0))
        return unreadable(checkpoint, failure);
    const size_t last = sizeof header->parameters.text - 1;
    if (header->fnv1a != FNV1A_OF(header, header) || header->parameters.text[last] != '\0')
        return checkpoint_damaged(checkpoint, "its head", failure);
    return true;
}

/* Takes the later of the two commit records. The other may be of any age, or half written. */
static bool read_commits(struct checkpoint *checkpoint, struct failure *failure) {
    struct stat status;
    checkpoint->sequence = 0;
    for (int k = 0; k < 2; k++) {
        struct commit commit;
        if (!read_at(checkpoint->descriptor, &commit, sizeof commit,
                     COMMIT_AT + (uint64_t)k * PAGE_BYTES))
            return unreadable(checkpoint, failure);
        if (commit.fnv1a != FNV1A_OF(commit, &commit) || commit.sequence <= checkpoint->sequence)
            continue;
        checkpoint->sequence = commit.sequence;
        checkpoint->begin = checkpoint->next_begin = commit.begin;
        checkpoint->end = checkpoint->next_end = commit.end;
    }
    if (checkpoint->sequence == 0 || checkpoint->begin < RECORDS_AT ||
        checkpoint->end < checkpoint->begin)
        return checkpoint_damaged(checkpoint, "its commit records", failure);
    if (fstat(checkpoint->descriptor, &status) != 0)
        return unreadable(checkpoint, failure);
    return (uint64_t)status.st_size >= checkpoint->end ||
           checkpoint_damaged(checkpoint, "cut short", failure);
}

/* Whether the name still leads to the open file: the run that had it locked may have removed it. */
static bool is_still_there(int descriptor, const char *path) {
    struct stat opened, named;
    return fstat(descriptor, &opened) == 0 && stat(path, &named) == 0 &&
           opened.st_dev == named.st_dev && opened.st_ino == named.st_ino;
}

/* Opens and locks. A descriptor of -1 and success: there is no file. */
static bool open_locked(struct checkpoint *checkpoint, struct failure *failure) {
    for (;;) {
        checkpoint->descriptor = open(checkpoint->path, O_RDWR | O_CLOEXEC);
        if (checkpoint->descriptor < 0)
            return errno == ENOENT || unreadable(checkpoint, failure);
        if (flock(checkpoint->descriptor, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK)
            return failure_set(failure, EXIT_USAGE,
                               "checkpoint '%s' is in use by another run: wait for its end, or "
                               "name another file",
                               checkpoint->path);
        if (is_still_there(checkpoint->descriptor, checkpoint->path))
            return true;
        close(checkpoint->descriptor);
    }
}

static bool name_it(struct checkpoint *checkpoint, const char *path, struct failure *failure) {
    *checkpoint = (struct checkpoint){.path = strdup(path), .descriptor = -1};
    return checkpoint->path || failure_set(failure, EXIT_RUN, "out of memory");
}

/* Opens, locks and looks at what every user needs. */
static bool open_file(struct checkpoint *checkpoint, struct header *header, bool *found,
                      struct failure *failure) {
    *found = false;
    if (!open_locked(checkpoint, failure))
        return false;
    if (checkpoint->descriptor < 0)
        return true;
    *found = true;
    checkpoint->target = realpath(checkpoint->path, NULL);
    if (!checkpoint->target)
        return unreadable(checkpoint, failure);
    return read_header(checkpoint, header, failure);
}

bool checkpoint_open(struct checkpoint *checkpoint, const char *path,
                     const struct checkpoint_parameters *parameters, bool *found,
                     struct failure *failure) {
    struct header header;
    *found = false;
    return name_it(checkpoint, path, failure) && open_file(checkpoint, &header, found, failure) &&
           (!*found ||
            (compare_parameters(checkpoint, header.parameters.text, parameters->text, failure) &&
             read_commits(checkpoint, failure)));
}

bool checkpoint_peek(const char *path, const char *name, char *value, size_t bytes) {
    struct header header;
    struct failure unsaid = {0};
    /* A pipe, which nobody has refused yet, must not be waited for. */
    struct checkpoint checkpoint = {.path = (char *)path,
                                    .descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)};
    const bool whole = checkpoint.descriptor >= 0 && read_header(&checkpoint, &header, &unsaid);
    const char *line = whole ? find_line(header.parameters.text, name, strlen(name)) : "";
    const struct value found = value_of(line);
    if (checkpoint.descriptor >= 0)
        close(checkpoint.descriptor);
    return *line && snprintf(value, bytes, "%.*s", found.length, found.text) == found.length;
}

static bool write_new_file(struct atomic_file *file, const struct checkpoint_parameters *parameters,
                           struct failure *failure) {
    struct header header = {.format = CHECKPOINT_FORMAT, .parameters = *parameters};
    struct commit commit = {.sequence = 1, .begin = RECORDS_AT, .end = RECORDS_AT};
    char pages[RECORDS_AT] = {0};
    memcpy(header.magic, magic, sizeof magic);
    header.fnv1a = FNV1A_OF(header, &header);
    commit.fnv1a = FNV1A_OF(commit, &commit);
    memcpy(pages, &header, sizeof header);
    memcpy(pages + COMMIT_AT + PAGE_BYTES, &commit, sizeof commit); /* sequence 1 is odd */
    return atomic_file_write(file, pages, sizeof pages, failure);
}

bool checkpoint_create(struct checkpoint *checkpoint, const char *path,
                       const struct checkpoint_parameters *parameters, struct failure *failure) {
    struct atomic_file file;
    bool found;
    checkpoint_close(checkpoint);
    if (!atomic_file_open(&file, path, failure))
        return false;
    if (!write_new_file(&file, parameters, failure)) {
        atomic_file_abandon(&file);
        return false;
    }
    return atomic_file_commit_new(&file, failure) &&
           checkpoint_open(checkpoint, path, parameters, &found, failure) &&
           (found || failure_set(failure, EXIT_RUN, "checkpoint '%s' is gone: start again", path));
}

bool checkpoint_next(const struct checkpoint *checkpoint, uint64_t *cursor,
                     struct checkpoint_record *record, struct failure *failure) {
    const uint64_t offset = *cursor == 0 ? checkpoint->begin : *cursor;
    struct record_header header;
    if (offset == checkpoint->end)
        return false;
    if (checkpoint->end - offset < sizeof header)
        return checkpoint_damaged(checkpoint, "a record", failure);
    if (!read_at(checkpoint->descriptor, &header, sizeof header, offset))
        return unreadable(checkpoint, failure);
    const uint64_t bytes = checkpoint->end - offset - sizeof header;
    if (header.fnv1a != FNV1A_OF(record_header, &header) || header.count == 0 ||
        header.row_bytes == 0 || header.row_bytes % 4 != 0 || header.count > UINT32_MAX ||
        header.row_bytes / 4 > UINT32_MAX || header.first > UINT64_MAX - header.count ||
        header.count > bytes / (header.row_bytes + sizeof(uint64_t)))
        return checkpoint_damaged(checkpoint, "a record", failure);
    *record = (struct checkpoint_record){header.first, header.count, header.row_bytes,
                                         header.digests_fnv1a, offset};
    *cursor = offset + sizeof header + header.count * (header.row_bytes + sizeof(uint64_t));
    return true;
}

/* Whether the rows have these digests. */
static bool rows_match(const struct plait_exec *exec, const void *rows, uint32_t count,
                       uint32_t words, const uint64_t *digests, uint64_t *own) {
    plait_digest_rows(exec, rows, count, words, own);
    return memcmp(own, digests, count * sizeof *own) == 0;
}

bool checkpoint_read(const struct checkpoint *checkpoint, const struct checkpoint_record *record,
                     const struct plait_exec *exec, void *rows, uint64_t *digests,
                     struct failure *failure) {
    const uint64_t digest_bytes = record->count * sizeof *digests;
    const uint64_t at = record->offset + sizeof(struct record_header);
    uint64_t *own = malloc(digest_bytes);
    if (!own)
        return failure_set(failure, EXIT_RUN, "out of memory");
    bool right = (read_at(checkpoint->descriptor, digests, digest_bytes, at) &&
                  read_at(checkpoint->descriptor, rows, record->count * record->row_bytes,
                          at + digest_bytes)) ||
                 unreadable(checkpoint, failure);
    if (right)
        right = (fnv1a_of(digests, record->count) == record->digests_fnv1a &&
                 rows_match(exec, rows, (uint32_t)record->count, (uint32_t)(record->row_bytes / 4),
                            digests, own)) ||
                checkpoint_damaged(checkpoint, "the rows of a record", failure);
    free(own);
    return right;
}

static bool cannot_write(const struct checkpoint *checkpoint, struct failure *failure) {
    const int error_number = errno;
    return failure_set(failure, EXIT_RUN,
                       "cannot write checkpoint '%s': %s%s; what it has kept is good, and the same "
                       "command goes on from there",
                       checkpoint->path, strerror(error_number), atomic_file_fix(error_number));
}

static uint64_t record_bytes(uint64_t count, uint64_t row_bytes) {
    return sizeof(struct record_header) + count * (sizeof(uint64_t) + row_bytes);
}

/* Writes a record at `offset`. */
static bool write_record(const struct checkpoint *checkpoint, uint64_t offset, uint64_t first,
                         uint64_t count, uint64_t row_bytes, const uint64_t *digests,
                         const void *rows, struct failure *failure) {
    struct record_header header = {first, count, row_bytes, fnv1a_of(digests, count), 0};
    const uint64_t digests_at = offset + sizeof header;
    const uint64_t rows_at = digests_at + count * sizeof *digests;
    header.fnv1a = FNV1A_OF(record_header, &header);
    return (write_at(checkpoint->descriptor, &header, sizeof header, offset) &&
            write_at(checkpoint->descriptor, digests, count * sizeof *digests, digests_at) &&
            write_at(checkpoint->descriptor, rows, count * row_bytes, rows_at)) ||
           cannot_write(checkpoint, failure);
}

bool checkpoint_append(struct checkpoint *checkpoint, uint64_t first, uint64_t count,
                       uint64_t row_bytes, const uint64_t *digests, const void *rows,
                       struct failure *failure) {
    if (!write_record(checkpoint, checkpoint->next_end, first, count, row_bytes, digests, rows,
                      failure))
        return false;
    checkpoint->next_end += record_bytes(count, row_bytes);
    return true;
}

bool checkpoint_replace(struct checkpoint *checkpoint, uint64_t first, uint64_t count,
                        uint64_t row_bytes, const uint64_t *digests, const void *rows,
                        struct failure *failure) {
    const uint64_t bytes = record_bytes(count, row_bytes);
    const bool fits_before = checkpoint->begin - RECORDS_AT >= bytes;
    const uint64_t begin = fits_before ? RECORDS_AT : checkpoint->end;
    if (!write_record(checkpoint, begin, first, count, row_bytes, digests, rows, failure))
        return false;
    checkpoint->next_begin = begin;
    checkpoint->next_end = begin + bytes;
    return true;
}

static bool write_commit(struct checkpoint *checkpoint) {
    struct commit commit = {checkpoint->sequence + 1, checkpoint->next_begin, checkpoint->next_end,
                            0};
    commit.fnv1a = FNV1A_OF(commit, &commit);
    if (fdatasync(checkpoint->descriptor) != 0 ||
        !write_at(checkpoint->descriptor, &commit, sizeof commit,
                  COMMIT_AT + commit.sequence % 2 * PAGE_BYTES) ||
        fdatasync(checkpoint->descriptor) != 0)
        return false;
    checkpoint->sequence = commit.sequence;
    checkpoint->begin = commit.begin;
    checkpoint->end = commit.end;
    return true;
}

/* Commits take one part in this many of the time at most. */
static const uint64_t patience = 20;

bool checkpoint_commit(struct checkpoint *checkpoint, struct failure *failure) {
    const uint64_t start_ns = clock_now_ns();
    if (checkpoint->next_begin != checkpoint->begin || checkpoint->next_end != checkpoint->end)
        if (!write_commit(checkpoint))
            return cannot_write(checkpoint, failure);
    const uint64_t end_ns = clock_now_ns(), rest_ns = patience * (end_ns - start_ns);
    if (checkpoint->every_ns > 0)
        checkpoint->due_ns =
            end_ns + (checkpoint->every_ns > rest_ns ? checkpoint->every_ns : rest_ns);
    return true;
}

void checkpoint_set_interval(struct checkpoint *checkpoint, double seconds) {
    checkpoint->every_ns = (uint64_t)(seconds * 1e9);
    checkpoint->due_ns = clock_now_ns() + checkpoint->every_ns;
}

bool checkpoint_is_due(const struct checkpoint *checkpoint) {
    return clock_now_ns() >= checkpoint->due_ns;
}

bool checkpoint_remove(const struct checkpoint *checkpoint, struct failure *failure) {
    return unlink(checkpoint->target) == 0 || errno == ENOENT ||
           failure_set(failure, EXIT_RUN,
                       "the run is complete, but checkpoint '%s' cannot be removed: %s: remove it",
                       checkpoint->path, strerror(errno));
}

void checkpoint_close(struct checkpoint *checkpoint) {
    if (checkpoint->path && checkpoint->descriptor >= 0)
        close(checkpoint->descriptor);
    free(checkpoint->path);
    free(checkpoint->target);
    *checkpoint = (struct checkpoint){0};
}
