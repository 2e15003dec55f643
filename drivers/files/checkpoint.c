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
enum { PAGE_BYTES = 4096, CONTENT_AT = PAGE_BYTES, RECORDS_AT = 3 * PAGE_BYTES };

/* No text file begins like this, and a transfer that takes it for text breaks it. */
static const unsigned char magic[8] = {0x89, 'P', 'L', 'A', 'I', 'T', '\r', '\n'};

struct header {
    unsigned char magic[8];
    uint64_t format, sequence;
    struct checkpoint_parameters parameters;
    uint64_t fnv1a; /* of what is before */
};
_Static_assert(sizeof(struct header) == PAGE_BYTES, "the header fills a page");

struct commit {
    uint64_t sequence, end;
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
    const size_t left = sizeof parameters->text - used;
    char *text = parameters->text + used;
    const int length = snprintf(text, left, "%s ", name);
    if (length < 0 || (size_t)length + 1 >= left)
        return;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text + length, left - (size_t)length - 1, format, arguments);
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

/* Saving takes at most one in this many parts of the time. */
static const uint64_t save_parts = 20;

/* After a save that began then. */
static void set_due(struct checkpoint *checkpoint, uint64_t start_ns) {
    const uint64_t end_ns = clock_now_ns(), rest_ns = save_parts * (end_ns - start_ns);
    if (checkpoint->every_ns > 0)
        checkpoint->due_ns =
            end_ns + (checkpoint->every_ns > rest_ns ? checkpoint->every_ns : rest_ns);
}

bool checkpoint_damaged(const struct checkpoint *checkpoint, const char *what,
                        struct failure *failure) {
    return failure_set(
        failure, EXIT_USAGE,
        "checkpoint '%s' is damaged (%s): restore a copy, or remove it to begin again",
        checkpoint->path, what);
}

static bool unreadable(const struct checkpoint *checkpoint, struct failure *failure) {
    if (errno == 0)
        return checkpoint_damaged(checkpoint, "cut short", failure);
    return failure_set(failure, EXIT_USAGE,
                       "cannot read checkpoint '%s': %s: name another file, or allow reading it",
                       checkpoint->path, strerror(errno));
}

static bool cannot_write(const struct checkpoint *checkpoint, struct failure *failure) {
    const int error_number = errno;
    return failure_set(
        failure, EXIT_RUN,
        "cannot write checkpoint '%s': %s%s; what it has kept is good, and the same command continues from there",
        checkpoint->path, strerror(error_number), atomic_file_fix(error_number));
}

/* Length of the line that begins here, without its end. */
static int line_length(const char *line) {
    return (int)strcspn(line, "\n");
}

static const char *checkpoint_next_line(const char *line) {
    line += line_length(line);
    return *line ? line + 1 : line;
}

/* The line of that name in the parameters, "" if there is none. */
static const char *find_line(const char *text, const char *name, size_t length) {
    for (; *text; text = checkpoint_next_line(text))
        if (strncmp(text, name, length) == 0 && text[length] == ' ')
            break;
    return text;
}

/* What stands after the name in a line. What is not the default is stated. */
static const char *checkpoint_value_of(const char *line) {
    const char *space = strchr(line, ' ');
    return space ? space + 1 : "the default";
}

/* Names the first parameter of ours that the file has otherwise, or else of the file that we have
 * not: some are stated only where they are not the default. */
static bool compare_parameters(const struct checkpoint *checkpoint, const char *theirs,
                               const char *ours, struct failure *failure) {
    for (const char *line = ours; *line; line = checkpoint_next_line(line)) {
        const size_t name = strcspn(line, " ");
        const char *own = checkpoint_value_of(line),
                   *other = checkpoint_value_of(find_line(theirs, line, name));
        const int length = line_length(own);
        if (length != line_length(other) || memcmp(own, other, (size_t)length) != 0)
            return failure_set(
                failure, EXIT_USAGE,
                "checkpoint '%s' is of another run, whose %.*s is %.*s, not %.*s: give the command of that run, or name another file",
                checkpoint->path, (int)name, line, line_length(other), other, length, own);
    }
    for (const char *line = theirs; *line; line = checkpoint_next_line(line)) {
        const size_t name = strcspn(line, " ");
        const char *other = checkpoint_value_of(line);
        if (*find_line(ours, line, name) == '\0')
            return failure_set(
                failure, EXIT_USAGE,
                "checkpoint '%s' is of another run, whose %.*s is %.*s, not the default: give the command of that run, or name another file",
                checkpoint->path, (int)name, line, line_length(other), other);
    }
    return true;
}

static bool checkpoint_read_header(const struct checkpoint *checkpoint, struct header *header,
                                   struct failure *failure) {
    const size_t begin = sizeof header->magic + sizeof header->format;
    const bool long_enough = read_at(checkpoint->descriptor, header, begin, 0);
    if (!long_enough && errno != 0)
        return unreadable(checkpoint, failure);
    if (!long_enough || memcmp(header->magic, magic, sizeof magic) != 0)
        return failure_set(
            failure, EXIT_USAGE,
            "'%s' is not a checkpoint of Plait, and is left alone: name another file",
            checkpoint->path);
    if (header->format != CHECKPOINT_FORMAT)
        return failure_set(
            failure, EXIT_USAGE,
            "checkpoint '%s' has format %llu, this Plait knows %d: continue with the Plait that made it, or name another file",
            checkpoint->path, (unsigned long long)header->format, CHECKPOINT_FORMAT);
    if (!read_at(checkpoint->descriptor, header, sizeof *header, 0))
        return unreadable(checkpoint, failure);
    const size_t last = sizeof header->parameters.text - 1;
    if (header->fnv1a != FNV1A_OF(header, header) || header->parameters.text[last] != '\0')
        return checkpoint_damaged(checkpoint, "its head", failure);
    return true;
}

/* Takes the later of the two commit records. The other may be of any age, or half written. */
bool checkpoint_find_log(struct checkpoint *checkpoint, struct failure *failure) {
    struct stat status;
    checkpoint->sequence = 0;
    for (int k = 0; k < 2; k++) {
        struct commit commit;
        if (!read_at(checkpoint->descriptor, &commit, sizeof commit,
                     CONTENT_AT + (uint64_t)k * PAGE_BYTES))
            return unreadable(checkpoint, failure);
        if (commit.fnv1a != FNV1A_OF(commit, &commit) || commit.sequence <= checkpoint->sequence)
            continue;
        checkpoint->sequence = commit.sequence;
        checkpoint->end = checkpoint->next_end = commit.end;
    }
    if (checkpoint->sequence == 0 || checkpoint->end < RECORDS_AT)
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
            return failure_set(
                failure, EXIT_USAGE,
                "checkpoint '%s' is in use by another run: wait for its end, or name another file",
                checkpoint->path);
        if (is_still_there(checkpoint->descriptor, checkpoint->path))
            return true;
        close(checkpoint->descriptor);
    }
}

bool checkpoint_open(struct checkpoint *checkpoint, const char *path,
                     const struct checkpoint_parameters *parameters, bool *found,
                     struct failure *failure) {
    struct header header;
    *checkpoint =
        (struct checkpoint){.path = strdup(path), .parameters = parameters, .descriptor = -1};
    *found = false;
    if (!checkpoint->path)
        return failure_set(failure, EXIT_RUN, "out of memory");
    if (!open_locked(checkpoint, failure))
        return false;
    *found = checkpoint->descriptor >= 0;
    if (!*found)
        return true;
    checkpoint->target = realpath(checkpoint->path, NULL);
    if (!checkpoint->target)
        return unreadable(checkpoint, failure);
    if (!checkpoint_read_header(checkpoint, &header, failure))
        return false;
    checkpoint->sequence = header.sequence;
    return compare_parameters(checkpoint, header.parameters.text, parameters->text, failure);
}

bool checkpoint_peek(const char *path, const char *name, char *value, size_t bytes) {
    struct header header;
    struct failure unsaid = {0};
    /* A pipe, which nobody has refused yet, must not be waited for. */
    struct checkpoint checkpoint = {.path = (char *)path,
                                    .descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)};
    const bool whole =
        checkpoint.descriptor >= 0 && checkpoint_read_header(&checkpoint, &header, &unsaid);
    const char *line = whole ? find_line(header.parameters.text, name, strlen(name)) : "";
    const char *found = checkpoint_value_of(line);
    const int length = line_length(found);
    if (checkpoint.descriptor >= 0)
        close(checkpoint.descriptor);
    return *line && snprintf(value, bytes, "%.*s", length, found) == length;
}

/* Puts a new file in the place of the one that is open, or of none: all at once, and locked before
 * it has the name, so that no other run can take it in between. */
static bool put_file(struct checkpoint *checkpoint, const void *content, size_t bytes,
                     struct failure *failure) {
    const bool is_new = checkpoint->descriptor < 0;
    struct header header = {
        .format = CHECKPOINT_FORMAT,
        .sequence = checkpoint->sequence + 1,
        .parameters = *checkpoint->parameters,
    };
    struct atomic_file file;
    memcpy(header.magic, magic, sizeof magic);
    header.fnv1a = FNV1A_OF(header, &header);
    if (!(is_new ? atomic_file_open : atomic_file_open_owned)(&file, checkpoint->path, failure))
        return false;
    const int descriptor = fcntl(fileno(file.stream), F_DUPFD_CLOEXEC, 0);
    bool good = descriptor >= 0 || atomic_file_failed(&file, errno, failure);
    if (good)
        (void)flock(descriptor, LOCK_EX | LOCK_NB);
    good = good && atomic_file_write(&file, &header, sizeof header, failure) &&
           atomic_file_write(&file, content, bytes, failure);
    if (good)
        good = (is_new ? atomic_file_commit_new : atomic_file_commit)(&file, failure);
    else
        atomic_file_abandon(&file);
    if (!good) {
        if (descriptor >= 0)
            close(descriptor);
        return false;
    }
    if (is_new)
        checkpoint->target = realpath(checkpoint->path, NULL);
    else
        close(checkpoint->descriptor);
    checkpoint->descriptor = descriptor;
    checkpoint->sequence = header.sequence;
    return checkpoint->target || cannot_write(checkpoint, failure);
}

bool checkpoint_rewrite(struct checkpoint *checkpoint, uint64_t *words, size_t count,
                        struct failure *failure) {
    const uint64_t start_ns = clock_now_ns();
    words[count - 1] = fnv1a_of(words, count - 1);
    const bool written = put_file(checkpoint, words, count * sizeof *words, failure);
    set_due(checkpoint, start_ns);
    return written;
}

bool checkpoint_read_whole(const struct checkpoint *checkpoint, uint64_t **words, size_t *count,
                           struct failure *failure) {
    struct stat status;
    *words = NULL;
    if (fstat(checkpoint->descriptor, &status) != 0)
        return unreadable(checkpoint, failure);
    const uint64_t bytes = status.st_size > CONTENT_AT ? (uint64_t)status.st_size - CONTENT_AT : 0;
    *count = (size_t)(bytes / sizeof **words);
    if (*count == 0 || *count > UINT32_MAX || bytes % sizeof **words != 0)
        return checkpoint_damaged(checkpoint, "cut short", failure);
    *words = malloc((size_t)bytes);
    if (!*words)
        return failure_set(failure, EXIT_RUN, "out of memory");
    if (!read_at(checkpoint->descriptor, *words, bytes, CONTENT_AT))
        return unreadable(checkpoint, failure);
    return (*words)[*count - 1] == fnv1a_of(*words, *count - 1) ||
           checkpoint_damaged(checkpoint, "its content", failure);
}

bool checkpoint_create_log(struct checkpoint *checkpoint, struct failure *failure) {
    struct commit commit = {.sequence = 1, .end = RECORDS_AT};
    char pages[RECORDS_AT - CONTENT_AT] = {0};
    commit.fnv1a = FNV1A_OF(commit, &commit);
    memcpy(pages + PAGE_BYTES, &commit, sizeof commit); /* sequence 1 is odd */
    checkpoint->end = checkpoint->next_end = RECORDS_AT;
    return put_file(checkpoint, pages, sizeof pages, failure);
}

bool checkpoint_next(const struct checkpoint *checkpoint, uint64_t *cursor,
                     struct checkpoint_record *record, struct failure *failure) {
    const uint64_t offset = *cursor == 0 ? RECORDS_AT : *cursor;
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
        header.count > bytes / header.row_bytes)
        return checkpoint_damaged(checkpoint, "a record", failure);
    *record = (struct checkpoint_record){header.first, header.count, header.row_bytes,
                                         header.digests_fnv1a, offset};
    *cursor = offset + sizeof header + header.count * header.row_bytes;
    return true;
}

bool checkpoint_read(const struct checkpoint *checkpoint, const struct checkpoint_record *record,
                     const struct plait_exec *exec, void *rows, uint64_t *digests,
                     struct failure *failure) {
    if (!read_at(checkpoint->descriptor, rows, record->count * record->row_bytes,
                 record->offset + sizeof(struct record_header)))
        return unreadable(checkpoint, failure);
    plait_digest_rows(exec, rows, (uint32_t)record->count, (uint32_t)(record->row_bytes / 4),
                      digests);
    return fnv1a_of(digests, record->count) == record->digests_fnv1a ||
           checkpoint_damaged(checkpoint, "the rows of a record", failure);
}

bool checkpoint_append(struct checkpoint *checkpoint, const struct checkpoint_record *record,
                       const uint64_t *digests, const void *rows, struct failure *failure) {
    const uint64_t bytes = record->count * record->row_bytes;
    struct record_header header = {record->first, record->count, record->row_bytes,
                                   fnv1a_of(digests, record->count), 0};
    header.fnv1a = FNV1A_OF(record_header, &header);
    if (!write_at(checkpoint->descriptor, &header, sizeof header, checkpoint->next_end) ||
        !write_at(checkpoint->descriptor, rows, bytes, checkpoint->next_end + sizeof header))
        return cannot_write(checkpoint, failure);
    checkpoint->next_end += sizeof header + bytes;
    return true;
}

static bool write_commit(struct checkpoint *checkpoint) {
    struct commit commit = {checkpoint->sequence + 1, checkpoint->next_end, 0};
    commit.fnv1a = FNV1A_OF(commit, &commit);
    if (fdatasync(checkpoint->descriptor) != 0 ||
        !write_at(checkpoint->descriptor, &commit, sizeof commit,
                  CONTENT_AT + commit.sequence % 2 * PAGE_BYTES) ||
        fdatasync(checkpoint->descriptor) != 0)
        return false;
    checkpoint->sequence = commit.sequence;
    checkpoint->end = commit.end;
    return true;
}

bool checkpoint_commit(struct checkpoint *checkpoint, struct failure *failure) {
    const uint64_t start_ns = clock_now_ns();
    if (checkpoint->next_end != checkpoint->end && !write_commit(checkpoint))
        return cannot_write(checkpoint, failure);
    set_due(checkpoint, start_ns);
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
    atomic_file_clear_owned(checkpoint->path);
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
