/* SPDX-License-Identifier: MIT
 * Finds time, answer and environment of a launch. */
#include "study/record.h"

#include "base/csv.h"
#include "base/number.h"
#include "plait/digest.h"
#include "study/answers.h"
#include "study/nodes.h"
#include "study/statistics.h"

#include <inttypes.h>
#include <math.h>
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What the copies of a launch say; one copy as a rule. */
struct findings {
    double seconds;  /* the slowest copy's; NAN: none */
    json_t *repeats; /* times within a launch, of the first copy, if there are several */
    json_t *timing;  /* of the report */
    json_t *nodes;   /* of the reports, see study/nodes.h */
    json_t *energy;  /* of the report, where it was asked for */
    json_t *speeds;  /* work per second of each rank while it computed */
    const char *speed_unit;
    double limit_amount, limit_rate; /* work, and the most of it per second that the units allow */
    double compute_seconds;          /* the slowest copy's */
    char *answer;                    /* NULL: none */
    char path[64];                   /* SIMD path of rank 0 */
    char version[32];                /* of plait */
    json_t *build;                   /* of the report, of plait */
    bool answers_differ;             /* between copies */
    bool unmatched;                  /* a program's output is not as --check-output wants it */
    const char *complaint;           /* why there is no time */
};

/* The first complaint about any copy stays. */
static void complain(struct findings *findings, const char *complaint) {
    if (!findings->complaint)
        findings->complaint = complaint;
}

/* Notes the answer of one copy, which becomes the findings' own. */
static void take_answer(struct findings *findings, char *answer) {
    if (findings->answer && answer && strcmp(answer, findings->answer) != 0)
        findings->answers_differ = true;
    free(findings->answer);
    findings->answer = answer;
}

static void set_number(json_t *object, const char *key, double value) {
    json_object_set_new(object, key, isfinite(value) ? json_real(value) : json_null());
}

static void record_set_text(json_t *object, const char *key, const char *text) {
    json_t *value = text && *text ? json_string(text) : NULL;
    json_object_set_new(object, key, value ? value : json_null());
}

/* -- reports -------------------------------------------------------------------------------------
 */

static uint64_t digest_of_text(const char *text) {
    return plait_digest_bytes((const unsigned char *)text, text ? strlen(text) : 0);
}

/* "NAME fnv1a DIGEST" of one member of all entries of a list. */
static char *answer_of_list(const json_t *list, const char *member, const char *name) {
    json_t *all = json_array(), *entry;
    size_t k;
    json_array_foreach((json_t *)list, k, entry)
        json_array_append(all, json_object_get(entry, member));
    char *text = json_dumps(all, JSON_COMPACT);
    char *answer = text_format("%s fnv1a %016" PRIx64, name, digest_of_text(text));
    free(text);
    json_decref(all);
    return answer;
}

/* The part of a result that is the same however it was computed: a checksum, hits, a sum. */
static char *answer_of(const json_t *result) {
    static const char *const numbers[] = {"integral", "total", "number", "answer"};
    const json_t *checksum = json_object_get(result, "fnv1a"),
                 *sweep = json_object_get(result, "sweep"),
                 *elbow = json_object_get(result, "elbow"), /* of kmeans, over a range of k */
                     *labels = json_object_get(result, "labels_fnv1a"),
                 *centroids = json_object_get(result, "centroids_fnv1a");
    if (json_is_string(checksum))
        return text_format("fnv1a %s", json_string_value(checksum));
    if (json_is_array(sweep))
        return answer_of_list(sweep, "hits", "hits");
    if (json_is_array(elbow))
        return answer_of_list(elbow, "potential", "potentials");
    if (json_is_string(labels) && json_is_string(centroids))
        return text_format("labels fnv1a %s, centroids %s", json_string_value(labels),
                           json_string_value(centroids));
    for (size_t k = 0; k < sizeof numbers / sizeof *numbers; k++) {
        const json_t *value = json_object_get(result, numbers[k]);
        if (json_is_integer(value))
            return text_format("%s %" JSON_INTEGER_FORMAT, numbers[k], json_integer_value(value));
        if (json_is_real(value))
            return text_format("%s %.17g", numbers[k], json_real_value(value));
    }
    return NULL;
}

/* How fast each rank was while it computed: darts, or pixels, whose work is alike only where pieces
 * are taken from all over the picture. */
static void read_speeds(struct findings *findings, const json_t *report) {
    const json_t *timing = json_object_get(report, "timing"),
                 *busy = json_object_get(timing, "busy_seconds"),
                 *units = json_object_get(timing, "darts"),
                 *result = json_object_get(report, "result");
    const char *schedule =
        json_string_value(json_object_get(json_object_get(report, "parameters"), "schedule"));
    double size = 1;
    findings->speed_unit = "darts";
    if (!units && schedule && strcmp(schedule, "block") != 0) {
        const double samples = json_number_value(json_object_get(result, "samples"));
        units = json_object_get(timing, "rows");
        size = json_number_value(json_object_get(result, "width")) * samples * samples;
        findings->speed_unit = "pixels";
    }
    for (size_t r = 0; r < json_array_size(units); r++) {
        const double seconds = json_number_value(json_array_get(busy, r)),
                     count = json_number_value(json_array_get(units, r));
        json_array_append_new(findings->speeds, count > 0 && seconds > 0
                                                    ? json_real(count * size / seconds)
                                                    : json_null());
    }
}

static void read_limit(struct findings *findings, const json_t *report) {
    const json_t *limit = json_object_get(report, "limit"),
                 *rates = json_object_get(limit, "per_second");
    findings->limit_amount += json_number_value(json_object_get(limit, "amount"));
    for (size_t r = 0; r < json_array_size(rates); r++)
        findings->limit_rate += json_number_value(json_array_get(rates, r));
    findings->compute_seconds = fmax(
        findings->compute_seconds,
        json_number_value(json_object_get(json_object_get(report, "timing"), "compute_seconds")));
}

static void read_report(struct findings *findings, const char *place, const char *timer,
                        uint64_t ranks) {
    char *path = text_format("%s.json", place), *key = text_format("%s_seconds", timer);
    json_t *report = path ? json_load_file(path, 0, NULL) : NULL;
    json_t *timing = json_object_get(report, "timing"),
           *placement = json_object_get(report, "placement");
    const char *text = json_string_value(json_object_get(json_array_get(placement, 0), "path"));
    if (!report)
        complain(findings, "there is no report of the run");
    snprintf(findings->path, sizeof findings->path, "%s", text ? text : "");
    text = json_string_value(json_object_get(report, "version"));
    snprintf(findings->version, sizeof findings->version, "%s", text ? text : "");
    if (!findings->build)
        findings->build = json_incref(json_object_get(report, "build"));
    nodes_add_report(findings->nodes, report);
    read_speeds(findings, report);
    if (!findings->energy)
        findings->energy = json_incref(json_object_get(report, "energy"));
    read_limit(findings, report);
    take_answer(findings, answer_of(json_object_get(report, "result")));
    /* Under the launcher of another MPI each process is a run of one rank. */
    if (placement && json_array_size(placement) != ranks)
        complain(
            findings,
            "it ran on another number of ranks: the launcher is of another MPI, or does not start {ranks} of them");
    if (report && strcmp(timer, "launch") != 0) {
        const json_t *seconds = key ? json_object_get(timing, key) : NULL;
        if (json_is_number(seconds))
            findings->seconds = fmax(findings->seconds, json_number_value(seconds));
        else
            complain(findings, "the report of the run has no such timer");
    }
    if (!findings->timing && timing)
        findings->timing = json_incref(timing);
    json_decref(report);
    free(path);
    free(key);
}

/* -- what a program prints
 * --------------------------------------------------------------------------
 */

/* Looks for a line that matches; its first group, if there is one, is the answer. */
static void check_output(struct findings *findings, const char *place, const char *pattern) {
    regex_t expression;
    regmatch_t matches[2];
    char *path = text_format("%s.out", place), *line = NULL;
    size_t capacity = 0;
    FILE *stream = path ? fopen(path, "re") : NULL;
    const bool compiled = regcomp(&expression, pattern, REG_EXTENDED) == 0;
    bool found = false;
    while (stream && compiled && !found && getline(&line, &capacity, stream) > 0) {
        line[strcspn(line, "\r\n")] = '\0';
        found = regexec(&expression, line, 2, matches, 0) == 0;
    }
    findings->unmatched = findings->unmatched || !found;
    if (found && expression.re_nsub > 0 && matches[1].rm_so >= 0) {
        line[matches[1].rm_eo] = '\0';
        const char *answer = line + matches[1].rm_so;
        json_t *kept = json_string(answer); /* NULL: it is not UTF-8, which the journal needs */
        take_answer(findings,
                    kept ? strdup(answer)
                         : text_format("not UTF-8, fnv1a %016" PRIx64, digest_of_text(answer)));
        json_decref(kept);
    }
    if (compiled)
        regfree(&expression);
    if (stream)
        fclose(stream);
    free(line);
    free(path);
}

/* -- StopWatch lines -----------------------------------------------------------------------------
 */

/* "# csv,NAME,ok,SECONDS,...", as StopWatch and --csv print it: several of one name are repeats
 * within the launch, of which the median counts. */
static void read_lines_of_timer(struct findings *findings, const char *place, const char *timer) {
    enum { FIELDS = 3 };
    char *path = text_format("%s.out", place), *line = NULL, *fields[FIELDS];
    size_t capacity = 0, count = 0, times_capacity = 0;
    double *times = NULL;
    FILE *stream = path ? fopen(path, "re") : NULL;
    ssize_t bytes;
    while (stream && (bytes = getline(&line, &capacity, stream)) > 0) {
        double seconds;
        line[strcspn(line, "\r\n")] = '\0';
        char *text = strncmp(line, "# csv,", 6) == 0  ? line + 6
                     : strncmp(line, "#csv,", 5) == 0 ? line + 5
                                                      : NULL;
        if (!text || csv_split(text, fields, FIELDS) < FIELDS || strcmp(fields[0], timer) != 0 ||
            strcmp(fields[1], "ok") != 0 || number_real(fields[2], &seconds) || !(seconds > 0))
            continue;
        if (count == times_capacity) {
            times_capacity = times_capacity ? 2 * times_capacity : 16;
            double *more = realloc(times, times_capacity * sizeof *times);
            if (!more)
                break;
            times = more;
        }
        times[count++] = seconds;
    }
    if (stream)
        fclose(stream);
    if (count == 0)
        complain(findings, "it has printed no '# csv,' line of the timer");
    if (count > 1 && !findings->repeats) {
        findings->repeats = json_array();
        for (size_t k = 0; k < count; k++)
            json_array_append_new(findings->repeats, json_real(times[k]));
    }
    if (count > 0) {
        statistics_sort(times, count);
        findings->seconds = fmax(findings->seconds, statistics_median(times, count));
    }
    free(times);
    free(line);
    free(path);
}

/* -- the line ------------------------------------------------------------------------------------
 */

/* Lists the nodes of the launch, and judges what happened there. Those of a run are in its report,
 * which looks at what it times; of other programs, of copies that start at different moments, and
 * of the launcher's own time this process sees its own node. */
static json_t *find_nodes(const struct record *record, const struct findings *findings,
                          struct nodes_summary *summary) {
    const struct study_definition *definition = &record->composer->study->definition;
    const struct launch_result *result = record->result;
    json_t *here = json_array(), *nodes = findings->nodes;
    struct machine_moment after = *record->after;
    /* Of ranks that are no descendants nobody knows here how busy they are: they are not "others".
     */
    if (record->composer->elsewhere)
        after.busy_seconds = NAN;
    json_array_append_new(here, nodes_local(&record->composer->machine, record->before, &after,
                                            result->seconds, result->cpu_seconds));
    const bool reported = json_array_size(nodes) > 0 && definition->mode != STUDY_THROUGHPUT;
    *summary = nodes_judge(reported ? nodes : here);
    if (reported && strcmp(definition->timer, "launch") == 0) {
        /* A launcher's own node, if ranks run there. */
        const json_t *host = json_object_get(json_array_get(here, 0), "host");
        for (size_t n = 0; n < json_array_size(nodes); n++)
            if (json_equal(host, json_object_get(json_array_get(nodes, n), "host"))) {
                summary->disturbed |= nodes_judge(here).disturbed;
                break;
            }
    }
    if (!reported && compose_oversubscribes(record->composer, record->point))
        summary->disturbed |= DISTURBED_OVERSUBSCRIBED;
    if (!reported)
        return here;
    json_decref(here);
    return json_incref(nodes);
}

static void set_joined(json_t *object, const char *key, const json_t *nodes, const char *member,
                       const char *link) {
    char *text = nodes_join(nodes, member, link);
    record_set_text(object, key, text);
    free(text);
}

/* What is the same for all nodes, a summary for those who read one line per sample, and the nodes.
 */
static json_t *environment_json(const struct record *record, const struct findings *findings,
                                json_t *nodes, const struct nodes_summary *summary) {
    const struct composer *composer = record->composer;
    json_t *environment = json_object(), *hosts = json_array(), *node;
    char binding[64];
    size_t n;
    compose_binding(composer, record->point, binding, sizeof binding);
    record_set_text(environment, "host", composer->machine.host);
    json_array_foreach(nodes, n, node) {
        json_t *host = json_object_get(node, "host");
        bool known = false;
        for (size_t k = 0; k < json_array_size(hosts) && !known; k++)
            known = json_equal(json_array_get(hosts, k), host);
        if (!known)
            json_array_append(hosts, host);
    }
    json_object_set_new(environment, "hosts", hosts);
    set_joined(environment, "system", nodes, "system", " + ");
    set_joined(environment, "processor", nodes, "processor", " + ");
    set_joined(environment, "governor", nodes, "governor", " + ");
    static const char *const counts[] = {"sockets", "cores", "cpus"};
    for (size_t k = 0; k < sizeof counts / sizeof *counts; k++)
        json_object_set(environment, counts[k],
                        json_object_get(json_array_get(nodes, 0), counts[k]));
    char *shape = nodes_shape(nodes);
    record_set_text(environment, "shape", shape);
    free(shape);
    record_set_text(environment, "path", findings->path);
    record_set_text(environment, "version", findings->version);
    if (findings->build || record->build)
        json_object_set(environment, "build",
                        findings->build ? findings->build : (json_t *)record->build);
    record_set_text(environment, "launcher", composer->launcher_version);
    record_set_text(environment, "binding", binding);
    set_number(environment, "mhz_before", summary->mhz_before);
    set_number(environment, "mhz_after", summary->mhz_after);
    set_number(environment, "load", summary->load);
    set_number(environment, "others", summary->others);
    json_object_set_new(environment, "nodes", nodes);
    return environment;
}

/* The speeds of the ranks, and how near the run came to what the units allow, where they are known.
 */
static void set_bounds(json_t *line, const struct findings *findings) {
    if (json_array_size(findings->speeds) > 0) {
        json_t *speeds = json_object();
        json_object_set_new(speeds, "unit", json_string(findings->speed_unit));
        json_object_set(speeds, "per_second", findings->speeds);
        json_object_set_new(line, "speeds", speeds);
    }
    if (findings->limit_rate > 0 && findings->limit_amount > 0) {
        const double least = findings->limit_amount / findings->limit_rate;
        json_t *limit = json_object();
        set_number(limit, "seconds", least);
        set_number(limit, "part", least / findings->compute_seconds);
        json_object_set_new(line, "limit", limit);
    }
}

static enum outcome find_outcome(const struct record *record, const struct findings *findings,
                                 const char **complaint) {
    const struct launch_result *result = record->result;
    *complaint = NULL;
    if (result->end == LAUNCH_MISSING) {
        *complaint = strerror(result->error);
        return OUTCOME_FAILED;
    }
    if (result->end == LAUNCH_TIMEOUT)
        return OUTCOME_TIMEOUT;
    if (result->exit_status != 0 || result->signal != 0)
        return OUTCOME_FAILED;
    if (findings->complaint) {
        *complaint = findings->complaint;
        return OUTCOME_FAILED;
    }
    if (findings->unmatched) {
        *complaint = "no line of its output matches --check-output";
        return OUTCOME_WRONG;
    }
    if (findings->answers_differ)
        *complaint = "its copies give different answers";
    else
        *complaint =
            answers_complaint(record->study, record->point, findings->answer, record->warmup);
    return *complaint ? OUTCOME_WRONG : OUTCOME_OK;
}

/* Reads what every copy has left. */
static void read_copies(const struct record *record, struct findings *findings) {
    const struct study_definition *definition = &record->composer->study->definition;
    const struct launch *launch = record->launch;
    const char *timer = definition->timer;
    const uint64_t ranks = definition->mode == STUDY_THROUGHPUT
                               ? 1
                               : record->composer->study->grid.points[record->point].ranks;
    for (size_t k = 0; k < launch->count; k++) {
        char *place =
            launch->count > 1 ? text_format("%s.%zu", launch->output, k) : strdup(launch->output);
        if (place && !definition->program)
            read_report(findings, place, timer, ranks);
        else if (place && strcmp(timer, "launch") != 0)
            read_lines_of_timer(findings, place, timer);
        if (place && definition->check_output)
            check_output(findings, place, definition->check_output);
        free(place);
    }
    if (strcmp(timer, "launch") == 0)
        findings->seconds = record->result->seconds;
}

json_t *record_line(const struct record *record, struct failure *failure) {
    const struct study *study = record->composer->study;
    const char *timer = study->definition.timer, *complaint;
    const struct point *point = &study->grid.points[record->point];
    const struct launch *launch = record->launch;
    struct findings findings = {
        .seconds = NAN, .nodes = json_array(), .speeds = json_array(), .compute_seconds = NAN};
    read_copies(record, &findings);
    const enum outcome outcome = find_outcome(record, &findings, &complaint);

    json_t *line = json_object(), *parameters = json_object(), *marks = json_array(),
           *command = json_array();
    json_object_set_new(line, "sample", json_integer((json_int_t)record->id));
    json_object_set_new(line, "study", json_string(study->id));
    json_object_set_new(line, "phase", json_string(record->warmup ? "warmup" : "measure"));
    json_object_set_new(line, "round", json_integer((json_int_t)record->round));
    json_object_set_new(line, "ranks", json_integer((json_int_t)point->ranks));
    json_object_set_new(line, "threads", json_integer((json_int_t)point->threads));
    for (size_t k = 0; k < study->grid.names.count; k++)
        if (point->values[k])
            json_object_set_new(parameters, study->grid.names.items[k],
                                json_string(point->values[k]));
    json_object_set_new(line, "parameters", parameters);
    json_object_set_new(line, "outcome", json_string(outcome_names[outcome]));
    record_set_text(line, "complaint", complaint);
    json_object_set_new(line, "timer", json_string(timer));
    set_number(line, "seconds",
               outcome == OUTCOME_OK || outcome == OUTCOME_WRONG ? findings.seconds : NAN);
    if (findings.repeats)
        json_object_set(line, "repeats", findings.repeats);
    set_number(line, "launch_seconds", record->result->seconds);
    set_number(line, "cpu_seconds", record->result->cpu_seconds);
    json_object_set_new(line, "exit", json_integer(record->result->exit_status));
    json_object_set_new(line, "signal", json_integer(record->result->signal));
    record_set_text(line, "answer", findings.answer);
    if (findings.timing)
        json_object_set(line, "timing", findings.timing);
    set_bounds(line, &findings);
    if (findings.energy && launch->count == 1) /* copies share the processors that are measured */
        json_object_set(line, "energy", findings.energy);
    struct nodes_summary summary;
    json_t *nodes = find_nodes(record, &findings, &summary);
    for (int k = 0; k < DISTURBANCES; k++)
        if (summary.disturbed & (1u << k))
            json_array_append_new(marks, json_string(disturbance_names[k]));
    json_object_set_new(line, "disturbed", marks);
    if (record->replaces != SAMPLE_NONE)
        json_object_set_new(line, "replaces", json_integer((json_int_t)record->replaces));
    record_set_text(line, "started", record->started);
    json_object_set_new(line, "environment", environment_json(record, &findings, nodes, &summary));
    for (size_t k = 0; k < launch->commands[0].count; k++)
        json_array_append_new(command, json_string(launch->commands[0].items[k]));
    json_object_set_new(line, "command", command);

    json_decref(findings.repeats);
    json_decref(findings.timing);
    json_decref(findings.build);
    json_decref(findings.nodes);
    json_decref(findings.speeds);
    json_decref(findings.energy);
    free(findings.answer);
    return line ? line : (failure_set(failure, EXIT_RUN, "out of memory for a sample"), NULL);
}
