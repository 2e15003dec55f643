/* SPDX-License-Identifier: MIT
 * From a point to words of a command line. */
#include "study/compose.h"

#include "base/number.h"
#include "study/slots.h"

#include <ctype.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* -- what there is -------------------------------------------------------------------------------
 */

static void find_family(struct composer *composer) {
    char text[256] = "";
    FILE *pipe = popen("mpirun --version 2>/dev/null </dev/null", "re");
    composer->family = FAMILY_OTHER;
    if (!pipe)
        return;
    for (int line = 0; fgets(text, sizeof text, pipe); line++) {
        if (strstr(text, "Open MPI") || strstr(text, "OpenRTE"))
            composer->family = FAMILY_OPENMPI;
        else if (strstr(text, "HYDRA"))
            composer->family = FAMILY_HYDRA;
        if (line == 0)
            snprintf(composer->launcher_version, sizeof composer->launcher_version, "%.*s",
                     (int)strcspn(text, "\n"), text);
    }
    pclose(pipe);
}

/* A template is named by itself. */
static void find_template(struct composer *composer, const char *launcher) {
    static const char *const services[] = {"srun", "aprun", "jsrun", "lrun",
                                           "prun", "yhrun", "flux"};
    char word[64];
    snprintf(composer->launcher_version, sizeof composer->launcher_version, "%s", launcher);
    snprintf(word, sizeof word, "%.*s", (int)strcspn(launcher, " "), launcher);
    const char *slash = strrchr(word, '/');
    for (size_t k = 0; k < sizeof services / sizeof *services; k++)
        composer->elsewhere =
            composer->elsewhere || strcmp(slash ? slash + 1 : word, services[k]) == 0;
}

bool composer_look(struct composer *composer, const struct study *study, struct failure *failure) {
    *composer = (struct composer){.study = study};
    const char *hostfile = study->definition.hostfile;
    struct allocation allocation;
    const ssize_t bytes = readlink("/proc/self/exe", composer->plait, sizeof composer->plait - 1);
    if (bytes <= 0)
        return failure_set(failure, EXIT_RUN, "cannot find the path of this program in /proc");
    machine_cpus_find(&composer->machine_cpus);
    machine_describe(&composer->machine, &composer->machine_cpus, "");
    composer->family = FAMILY_OTHER;
    if (study->definition.launcher)
        find_template(composer, study->definition.launcher);
    else if (study->definition.mode != STUDY_THROUGHPUT)
        find_family(composer);
    composer->slots = composer->cores = composer->cores_per_node =
        (uint64_t)composer->machine.cores;
    composer->cpus = (uint64_t)composer->machine.cpus;
    if (hostfile) {
        if (!slots_of_hostfile(hostfile, &composer->slots, &composer->cores_per_node, failure))
            return false;
        composer->cores = composer->cpus = composer->slots;
        composer->cpus_known = true;
    } else if (slots_of_allocation(&allocation)) {
        /* Its nodes may be others than this one. */
        composer->slots = allocation.tasks;
        composer->cores = composer->cpus = allocation.cores;
        composer->cpus_known = true;
        composer->nodes = allocation.nodes;
        if (allocation.cores_per_node > 0)
            composer->cores_per_node = allocation.cores_per_node;
    }
    return true;
}

bool compose_oversubscribes(const struct composer *composer, size_t point) {
    return (composer->cpus_known || !composer->elsewhere) &&
           point_cores(&composer->study->grid.points[point]) > composer->cpus;
}

/* -- growing work --------------------------------------------------------------------------------
 */

static bool grow_size(const char *text, double factor, char *grown, size_t bytes) {
    uint64_t width, height;
    char sides[64], *cross;
    snprintf(sides, sizeof sides, "%s", text);
    cross = strpbrk(sides, "xX");
    if (!cross)
        return false;
    *cross = '\0';
    if (number_count(sides, &width) || number_count(cross + 1, &height))
        return false;
    /* Both sides, so that the picture keeps its shape; the second one makes the area right. */
    const double new_width = round((double)width * sqrt(factor));
    const double new_height = round((double)width * (double)height * factor / new_width);
    snprintf(grown, bytes, "%.0fx%.0f", new_width, new_height);
    return true;
}

/* The text of a value that is factor times as much: a whole number, a number, or WxH by its area.
 */
static bool grow_value(const char *text, double factor, char *grown, size_t bytes) {
    uint64_t count;
    double real;
    if (!number_count(text, &count))
        snprintf(grown, bytes, "%.0f", (double)count * factor);
    else if (!number_real(text, &real))
        snprintf(grown, bytes, "%.17g", real * factor);
    else
        return grow_size(text, factor, grown, bytes);
    return true;
}

/* -- placeholders --------------------------------------------------------------------------------
 */

struct filler {
    const struct composer *composer;
    size_t point;
    size_t copy;
    const char *output;
};

/* As few nodes as have the cores, but no more than ranks, nor than the allocation has. */
static uint64_t nodes_for(const struct composer *composer, const struct point *point) {
    const uint64_t per_node = composer->cores_per_node;
    uint64_t nodes = (point_cores(point) + per_node - 1) / per_node;
    nodes = nodes > point->ranks ? point->ranks : nodes;
    return composer->nodes > 0 && nodes > composer->nodes ? composer->nodes : nodes;
}

/* Writes the value of a placeholder. */
static bool put_placeholder(const struct filler *filler, const char *name, FILE *stream,
                            struct failure *failure) {
    const struct study *study = filler->composer->study;
    const struct point *point = &study->grid.points[filler->point];
    const char *grow = study->definition.grow;
    const uint64_t cores = point_cores(point);
    const size_t k = texts_find(&study->grid.names, name);
    if (k < study->grid.names.count && point->values[k]) {
        char grown[64];
        if (study->definition.mode != STUDY_WEAK || !grow || strcmp(grow, name) != 0) {
            fputs(point->values[k], stream);
            return true;
        }
        if (!grow_value(point->values[k], (double)cores, grown, sizeof grown))
            return failure_set(failure, EXIT_USAGE,
                               "--set %s: '%s' is nothing that can grow with the cores", name,
                               point->values[k]);
        fputs(grown, stream);
    } else if (strcmp(name, "ranks") == 0) {
        fprintf(stream, "%" PRIu64, point->ranks);
    } else if (strcmp(name, "threads") == 0) {
        fprintf(stream, "%" PRIu64, point->threads);
    } else if (strcmp(name, "cores") == 0) {
        fprintf(stream, "%" PRIu64, cores);
    } else if (strcmp(name, "nodes") == 0) {
        fprintf(stream, "%" PRIu64, nodes_for(filler->composer, point));
    } else if (strcmp(name, "copy") == 0) {
        fprintf(stream, "%zu", filler->copy);
    } else if (strcmp(name, "output") == 0) {
        fputs(filler->output, stream);
    } else if (strcmp(name, "hostfile") == 0 && study->definition.hostfile) {
        fputs(study->definition.hostfile, stream);
    } else {
        return failure_set(
            failure, EXIT_USAGE,
            "unknown placeholder {%s}: there are {ranks}, {threads}, {cores}, {nodes}, {copy}, {output}, {hostfile} and the names of --set",
            name);
    }
    return true;
}

/* Appends text with {name} filled in; {{ and }} are braces. */
static bool add_filled(const struct filler *filler, const char *text, struct texts *words,
                       struct failure *failure) {
    char *filled = NULL;
    size_t bytes;
    FILE *stream = open_memstream(&filled, &bytes);
    bool good = stream || study_out_of_memory(failure);
    while (good && *text) {
        if ((text[0] == '{' && text[1] == '{') || (text[0] == '}' && text[1] == '}')) {
            fputc(*text, stream);
            text += 2;
        } else if (*text == '{') {
            const size_t length = strcspn(text + 1, "}");
            char *name = strndup(text + 1, length);
            if (!text[1 + length])
                good = failure_set(failure, EXIT_USAGE,
                                   "'%s': the brace does not end: write {{ for a brace", text);
            else if (!name)
                good = study_out_of_memory(failure);
            else
                good = put_placeholder(filler, name, stream, failure);
            free(name);
            text += good ? length + 2 : 0;
        } else {
            fputc(*text++, stream);
        }
    }
    if (stream && fclose(stream) != 0 && good)
        good = study_out_of_memory(failure);
    good = good && texts_add(words, filled, failure);
    free(filled);
    return good;
}

/* -- launchers -----------------------------------------------------------------------------------
 */

static bool is_crowded(const struct composer *composer, size_t point) {
    return point_cores(&composer->study->grid.points[point]) > composer->cores;
}

void compose_binding(const struct composer *composer, size_t point, char *text, size_t bytes) {
    const uint64_t threads = composer->study->grid.points[point].threads;
    if (composer->study->definition.launcher || composer->family == FAMILY_OTHER ||
        composer->study->definition.mode == STUDY_THROUGHPUT)
        snprintf(text, bytes, "as the launcher does");
    else if (is_crowded(composer, point))
        snprintf(text, bytes, "none");
    else
        snprintf(text, bytes, "%" PRIu64 " core%s per rank", threads, threads == 1 ? "" : "s");
}

/* mpirun with a core for each thread, or no binding where there are not as many. */
static bool add_default_launcher(const struct composer *composer, size_t point, struct texts *words,
                                 struct failure *failure) {
    static const char openmpi[] =
        "mpirun -n %" PRIu64 " --map-by slot:PE=%" PRIu64 " --bind-to core";
    static const char openmpi_crowded[] = "mpirun -n %" PRIu64 " --oversubscribe --bind-to none";
    static const char hydra[] = "mpirun -n %" PRIu64 " -bind-to core:%" PRIu64;
    static const char plain[] = "mpirun -n %" PRIu64;
    const struct point *p = &composer->study->grid.points[point];
    const char *hostfile = composer->study->definition.hostfile;
    const bool crowded = is_crowded(composer, point);
    char line[256];
    if (composer->family == FAMILY_OPENMPI && !crowded)
        snprintf(line, sizeof line, openmpi, p->ranks, p->threads);
    else if (composer->family == FAMILY_OPENMPI)
        snprintf(line, sizeof line, openmpi_crowded, p->ranks);
    else if (composer->family == FAMILY_HYDRA && !crowded)
        snprintf(line, sizeof line, hydra, p->ranks, p->threads);
    else
        snprintf(line, sizeof line, plain, p->ranks);
    return texts_split(words, line, failure) &&
           (!hostfile ||
            (texts_add(words, composer->family == FAMILY_HYDRA ? "-f" : "--hostfile", failure) &&
             texts_add(words, hostfile, failure)));
}

static bool add_launcher(const struct filler *filler, struct texts *words,
                         struct failure *failure) {
    const struct study_definition *definition = &filler->composer->study->definition;
    if (definition->mode == STUDY_THROUGHPUT ||
        (definition->launcher && strcmp(definition->launcher, "none") == 0))
        return true;
    if (!definition->launcher)
        return add_default_launcher(filler->composer, filler->point, words, failure);
    struct texts template = {0};
    bool good = texts_split(&template, definition->launcher, failure);
    for (size_t k = 0; good && k < template.count; k++)
        good = add_filled(filler, template.items[k], words, failure);
    texts_free(&template);
    return good;
}

/* -- a subcommand of plait -----------------------------------------------------------------------
 */

bool compose_gives_option(const char *word, const char *name) {
    const size_t bytes = strlen(name);
    return strncmp(word, "--", 2) == 0 && strncmp(word + 2, name, bytes) == 0 &&
           (word[2 + bytes] == '\0' || word[2 + bytes] == '=');
}

static bool add_option(struct texts *words, const struct option *option, const char *value,
                       struct failure *failure) {
    char *text;
    if (option->kind == OPTION_FLAG)
        text = text_format("--%s%s", strchr("nf0", tolower((unsigned char)*value)) ? "no-" : "",
                           option->name);
    else
        text = text_format("--%s=%s", option->name, value);
    const bool good = text ? texts_add(words, text, failure) : study_out_of_memory(failure);
    free(text);
    return good;
}

/* What the option that grows is before it does: as the words give it, or its default. */
static const char *value_before(const struct composer *composer, const struct option *option) {
    const struct texts *words = &composer->study->definition.words;
    for (size_t k = 1; k < words->count; k++)
        if (compose_gives_option(words->items[k], option->name)) {
            const char *equals = strchr(words->items[k], '=');
            return equals ? equals + 1 : k + 1 < words->count ? words->items[k + 1] : "";
        }
    return option_default(option);
}

static bool add_grown(const struct filler *filler, struct texts *words, struct failure *failure) {
    const struct composer *composer = filler->composer;
    const struct option *option = composer->grows;
    const struct point *point = &composer->study->grid.points[filler->point];
    const size_t named = texts_find(&composer->study->grid.names, option->name);
    const char *value = named < composer->study->grid.names.count && point->values[named]
                            ? point->values[named]
                            : value_before(composer, option);
    char grown[128];
    if (!value || !grow_value(value, (double)point_cores(point), grown, sizeof grown))
        return failure_set(failure, EXIT_USAGE,
                           "--%s: '%s' is nothing that can grow with the cores", option->name,
                           value ? value : "");
    return add_option(words, option, grown, failure);
}

static bool add_subcommand(const struct filler *filler, struct texts *words,
                           struct failure *failure) {
    const struct composer *composer = filler->composer;
    const struct study *study = composer->study;
    const struct texts *given = &study->definition.words;
    const struct point *point = &study->grid.points[filler->point];
    const bool grows = composer->grows && study->definition.mode == STUDY_WEAK;
    char number[32], *json = text_format("%s.json", filler->output);
    bool good =
        (json || study_out_of_memory(failure)) && texts_add(words, composer->plait, failure);
    for (size_t k = 0; good && k < given->count; k++) {
        if (grows && k > 0 && compose_gives_option(given->items[k], composer->grows->name))
            k += !strchr(given->items[k], '='); /* its value stands in the next word */
        else
            good = add_filled(filler, given->items[k], words, failure);
    }
    for (size_t k = 0; good && k < study->grid.names.count; k++) {
        const struct option *option =
            point->values[k] ? option_find(composer->set, study->grid.names.items[k], NULL) : NULL;
        if (option && !(grows && option == composer->grows))
            good = add_option(words, option, point->values[k], failure);
    }
    good = good && (!grows || add_grown(filler, words, failure));
    snprintf(number, sizeof number, "%" PRIu64, point->threads);
    if (good && option_find(composer->set, "threads", NULL))
        good = texts_add(words, "--threads", failure) && texts_add(words, number, failure);
    good = good && texts_add(words, "--json", failure) && texts_add(words, json, failure);
    free(json);
    return good;
}

size_t compose_count(const struct composer *composer, size_t point) {
    return composer->study->definition.mode == STUDY_THROUGHPUT
               ? composer->study->grid.points[point].ranks
               : 1;
}

bool compose(const struct composer *composer, size_t point, const char *output,
             struct texts *commands, struct failure *failure) {
    const struct texts *words = &composer->study->definition.words;
    const size_t count = compose_count(composer, point);
    bool good = true;
    for (size_t copy = 0; good && copy < count; copy++) {
        char *place = count > 1 ? text_format("%s.%zu", output, copy) : strdup(output);
        const struct filler filler = {composer, point, copy, place};
        good = (place || study_out_of_memory(failure)) &&
               add_launcher(&filler, &commands[copy], failure);
        if (good && composer->set)
            good = add_subcommand(&filler, &commands[copy], failure);
        else
            for (size_t k = 0; good && k < words->count; k++)
                good = add_filled(&filler, words->items[k], &commands[copy], failure);
        free(place);
    }
    return good;
}
