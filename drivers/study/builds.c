/* SPDX-License-Identifier: MIT
 * Names builds, and counts them. */
#include "study/builds.h"

#include "plait/digest.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* -- of a program --------------------------------------------------------------------------------
 */

/* FNV-1a over the bytes of a file; "" if it cannot be read. Only what has changed is read again. */
static void digest_file(const char *path, struct program_file *file) {
    struct stat status;
    struct program_file now = {0};
    FILE *stream = path ? fopen(path, "re") : NULL;
    if (stream && fstat(fileno(stream), &status) == 0 && S_ISREG(status.st_mode)) {
        snprintf(now.state, sizeof now.state, "%jx %jx %jd %jd.%09ld %jd.%09ld",
                 (uintmax_t)status.st_dev, (uintmax_t)status.st_ino, (intmax_t)status.st_size,
                 (intmax_t)status.st_mtim.tv_sec, status.st_mtim.tv_nsec,
                 (intmax_t)status.st_ctim.tv_sec, status.st_ctim.tv_nsec);
        if (strcmp(now.state, file->state) != 0) {
            unsigned char block[65536];
            uint64_t digest = plait_digest_bytes(NULL, 0);
            size_t bytes;
            while ((bytes = fread(block, 1, sizeof block, stream)) > 0)
                digest = plait_digest_append(digest, block, bytes);
            if (!ferror(stream))
                snprintf(now.digest, sizeof now.digest, "%016" PRIx64, digest);
            *file = now;
        }
    } else {
        *file = now;
    }
    if (stream)
        fclose(stream);
}

/* The file that PATH finds for a program without a slash, to be freed; NULL: none. */
static char *find_in_path(const char *program) {
    const char *place = getenv("PATH");
    while (place && *place) {
        struct stat status;
        const size_t bytes = strcspn(place, ":");
        char *path = text_format("%.*s/%s", (int)bytes, bytes > 0 ? place : ".", program);
        if (path && stat(path, &status) == 0 && S_ISREG(status.st_mode) && status.st_mode & 0111)
            return path;
        free(path);
        place += bytes;
        place += *place == ':';
    }
    return NULL;
}

static void add_file(json_t *list, const char *name, const struct program_file *file) {
    const char *slash = strrchr(name, '/');
    json_t *entry = json_object();
    json_object_set_new(entry, "name", json_string(slash ? slash + 1 : name));
    json_object_set_new(entry, "fnv1a", *file->digest ? json_string(file->digest) : json_null());
    json_array_append_new(list, entry);
}

/* Whether a program is known to run a script: python3.11 of any directory is. */
static bool is_interpreter(const char *program) {
    static const char *const names[] = {"python", "perl", "ruby",   "Rscript", "julia",
                                        "node",   "bash", "dash",   "sh",      "ksh",
                                        "zsh",    "lua",  "octave", "php",     "tclsh"};
    const char *slash = strrchr(program, '/'), *name = slash ? slash + 1 : program;
    for (size_t k = 0; k < sizeof names / sizeof *names; k++) {
        const size_t bytes = strlen(names[k]);
        if (strncmp(name, names[k], bytes) == 0 &&
            name[bytes + strspn(name + bytes, "0123456789.")] == '\0')
            return true;
    }
    return false;
}

/* The word that may name the script of a program; NULL: none. */
static const char *find_script(const struct texts *words) {
    size_t k = 1;
    if (is_interpreter(words->items[0]))
        while (k < words->count && *words->items[k] == '-')
            k++;
    else if (strchr(words->items[0], '/'))
        return NULL;
    return k < words->count ? words->items[k] : NULL;
}

json_t *builds_of_program(const struct texts *words, struct program_file files[PROGRAM_FILES]) {
    json_t *build = json_object(), *list = json_array();
    const char *program = words->items[0], *script = find_script(words);
    char *path = strchr(program, '/') ? strdup(program) : find_in_path(program);
    digest_file(path, &files[0]);
    add_file(list, program, &files[0]);
    if (script) {
        digest_file(script, &files[1]);
        if (*files[1].digest)
            add_file(list, script, &files[1]);
    }
    free(path);
    json_object_set_new(build, "files", list);
    return build;
}

/* -- in columns and words ------------------------------------------------------------------------
 */

static void put_words_of(FILE *stream, const json_t *list) {
    for (size_t k = 0; k < json_array_size(list); k++) {
        const char *word = json_string_value(json_array_get(list, k));
        fprintf(stream, "%s%s", k ? " " : "", word ? word : "?");
    }
    fputs(json_array_size(list) ? "" : "-", stream);
}

char *builds_columns(const json_t *environment) {
    const json_t *build = json_object_get(environment, "build"),
                 *files = json_object_get(build, "files");
    const char *version = json_string_value(json_object_get(environment, "version")),
               *commit = json_string_value(json_object_get(build, "commit")),
               *changes = json_string_value(json_object_get(build, "changes"));
    const char *texts[] = {json_string_value(json_object_get(build, "compiler")),
                           json_string_value(json_object_get(build, "flags"))};
    char *columns = NULL;
    size_t bytes;
    FILE *stream = version || json_array_size(files) ? open_memstream(&columns, &bytes) : NULL;
    if (!stream)
        return NULL;
    if (version)
        fprintf(stream, "plait %s", version);
    for (size_t k = 0; !version && k < json_array_size(files); k++) {
        const json_t *file = json_array_get(files, k);
        const char *name = json_string_value(json_object_get(file, "name")),
                   *digest = json_string_value(json_object_get(file, "fnv1a"));
        fprintf(stream, "%s%s%s%s", k ? ", " : "", name ? name : "?", digest ? " fnv1a " : "",
                digest ? digest : "");
    }
    fprintf(stream, "\t%.12s%s%s", commit ? commit : "-", changes ? " with changes " : "",
            changes ? changes : "");
    for (size_t k = 0; k < sizeof texts / sizeof *texts; k++)
        fprintf(stream, "\t%s", texts[k] && *texts[k] ? texts[k] : "-");
    fputc('\t', stream);
    put_words_of(stream, json_object_get(build, "features"));
    fputc('\t', stream);
    put_words_of(stream, json_object_get(build, "paths"));
    if (fclose(stream) == 0)
        return columns;
    free(columns);
    return NULL;
}

void builds_text(const char *columns, char text[BUILD_TEXT_BYTES]) {
    static const char *const names[BUILD_COLUMNS] = {
        [BUILD_COMMIT] = "commit ", [BUILD_FEATURES] = "with ", [BUILD_PATHS] = "paths "};
    size_t used = 0;
    *text = '\0';
    for (int column = 0; column < BUILD_COLUMNS && used < BUILD_TEXT_BYTES; column++) {
        const size_t bytes = strcspn(columns, "\t");
        if (bytes != 1 || *columns != '-')
            used +=
                (size_t)snprintf(text + used, BUILD_TEXT_BYTES - used, "%s%s%.*s", used ? ", " : "",
                                 names[column] ? names[column] : "", (int)bytes, columns);
        columns += bytes;
        columns += *columns == '\t';
    }
}

size_t builds_find(const struct study *study, struct build_use uses[BUILD_USES]) {
    size_t count = 0;
    for (size_t k = 0; k < study->sample_count; k++) {
        const struct sample *sample = &study->samples[k];
        size_t b = 0;
        if (sample->warmup || sample->replaced || !sample->build)
            continue;
        while (b < count && uses[b].columns != sample->build)
            b++;
        if (b == BUILD_USES)
            continue;
        if (b == count)
            uses[count++] = (struct build_use){sample->build, 0};
        uses[b].samples++;
    }
    return count;
}
