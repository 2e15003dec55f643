/* SPDX-License-Identifier: MIT
 * plait doctor, from top to bottom: files, facts, checks, what is printed and written. */
#include "doctor/doctor.h"

#include "base/clock.h"
#include "base/standard_output.h"
#include "doctor/checks.h"
#include "doctor/gather.h"
#include "doctor/plan.h"
#include "files/report.h"
#include "plait/version.h"

#include <link.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PATH_BYTES = 4096 };

/* Where this program and its library are. */
struct program {
    char plait[PATH_BYTES], library[PATH_BYTES], directory[PATH_BYTES];
};

/* The name by which the loader has found libplait, with a plain directory. */
static int library_look(struct dl_phdr_info *info, size_t bytes, void *context) {
    struct program *program = context;
    char directory[PATH_BYTES];
    const char *name = info->dlpi_name ? strrchr(info->dlpi_name, '/') : NULL;
    (void)bytes;
    if (!name || strncmp(name, "/libplait.so", 12) != 0)
        return 0;
    snprintf(directory, sizeof directory, "%.*s", (int)(name - info->dlpi_name), info->dlpi_name);
    char *plain = realpath(directory, NULL);
    if (plain)
        snprintf(program->library, sizeof program->library, "%s%s", plain, name);
    free(plain);
    return 1;
}

static bool program_find(struct program *program, struct failure *failure) {
    const ssize_t length = readlink("/proc/self/exe", program->plait, PATH_BYTES - 1);
    program->plait[length < 0 ? 0 : length] = '\0';
    dl_iterate_phdr(library_look, program);
    return getcwd(program->directory, PATH_BYTES) ||
           failure_set(failure, EXIT_RUN, "the working directory is gone: change to another");
}

/* -- files --------------------------------------------------------------------------------------
 */

/* A file that cannot be opened is a problem of the list as well. */
static bool read_one(struct host_list *list, const char *what, const char *path,
                     bool (*read)(struct host_list *list, struct text_file *file,
                                  struct failure *failure),
                     struct failure *failure) {
    struct text_file file;
    struct failure opening = {0};
    bool good = true;
    if (text_file_open(&file, what, path, TEXT_PIPE_AWAITED, &opening))
        good = read(list, &file, failure);
    else
        good = hosts_problem(list, failure, "%s", opening.text);
    text_file_close(&file);
    return good;
}

static bool doctor_read(struct host_list *list, const struct doctor_options *options,
                        struct failure *failure) {
    if (options->hostfile &&
        !read_one(list, "host file", options->hostfile, hosts_read_file, failure))
        return false;
    if (options->host && !hosts_read_list(list, options->host, failure))
        return false;
    if (options->rankfile &&
        !read_one(list, "rank file", options->rankfile, hosts_read_ranks, failure))
        return false;
    if (options->hostfile && list->host_count == 0 && list->problem_count == 0)
        return hosts_problem(list, failure, "%s: has no host", options->hostfile);
    if (options->rankfile && list->rank_count == 0 && list->problem_count == 0)
        return hosts_problem(list, failure, "%s: places no rank", options->rankfile);
    return true;
}

/* -- the agent ----------------------------------------------------------------------------------
 */

static bool agent_split(struct gather *gather, const char *agent, struct failure *failure) {
    struct failure why = {0};
    if (!shell_words_split(&gather->agent, agent, &why))
        return failure_set(failure, EXIT_USAGE, "--agent: %s", why.text);
    const char *program = strrchr(gather->agent.items[0], '/');
    program = program ? program + 1 : gather->agent.items[0];
    gather->agent_is_ssh = strcmp(program, "ssh") == 0;
    return true;
}

/* An agent that fails where ssh would have a known reason is wrong input. */
static bool agent_problems(const struct gather *gather, const struct doctor_options *options,
                           struct failure *failure) {
    struct host_list *list = gather->hosts;
    bool missing = false;
    for (size_t k = 0; k < gather->count; k++) {
        const struct node_facts *node = &gather->nodes[k];
        if (!node_agent_failed(node, gather->agent_is_ssh))
            continue;
        if (node->status == 127 &&
            strncmp(node->error, gather->agent.items[0], strlen(gather->agent.items[0])) == 0) {
            if (!missing && !hosts_problem(list, failure, "--agent: cannot run %s", node->error))
                return false;
            missing = true;
        } else if (!hosts_problem(list, failure, "--agent: '%s %s' ended with status %.0f: %s",
                                  options->agent, node->target, node->status,
                                  *node->error ? node->error : "it printed no reason")) {
            return false;
        }
    }
    return true;
}

/* -- results ------------------------------------------------------------------------------------
 */

static void print_findings(const struct doctor_view *view, const struct findings *findings,
                           size_t problems) {
    for (size_t k = 0; k < findings->count; k++)
        printf("%s%s\n    %s\n", findings->items[k].check->note ? "note: " : "",
               findings->items[k].sentence, findings->items[k].line);
    if (findings->count == findings->notes && problems == 0)
        printf("doctor: %zu node%s, nothing to change\n", view->count, view->count == 1 ? "" : "s");
}

static void report_number(struct report *report, const char *key, double value) {
    report_real(report, key, value);
}

static void report_node(struct report *report, const struct node_facts *node) {
    report_open_object(report, NULL);
    report_text(report, "name", node->name);
    report_flag(report, "reached", node_is_reached(node));
    report_text(report, "error", node_is_reached(node) ? "" : node->error);
    report_text(report, "host", node->hostname);
    report_open_array(report, "addresses");
    for (size_t k = 0; k < node->addresses.count; k++)
        report_text(report, NULL, node->addresses.items[k]);
    report_close(report);
    report_open_array(report, "interfaces");
    for (size_t k = 0; k < node->interfaces.count; k++)
        report_text(report, NULL, node->interfaces.items[k]);
    report_close(report);
    report_text(report, "machine", node->machine);
    report_number(report, "bits", node->bits);
    report_text(report, "byte_order", node->order);
    report_number(report, "cores", node->cores);
    report_number(report, "sockets", node->sockets);
    report_number(report, "memory_free_bytes", node->memory_free_kib * 1024);
    report_number(report, "load", node->load);
    report_number(report, "clock_offset_seconds", node->clock_offset);
    report_number(report, "clock_error_seconds", node->clock_error);
    report_text(report, "mpirun", node->mpirun_version);
    report_text(report, "plait", node->plait_version);
    report_text(report, "plait_checksum", node->plait_checksum);
    report_close(report);
}

static bool write_report(const struct option_values *values, const struct doctor_options *options,
                         const struct doctor_view *view, const struct findings *findings,
                         double seconds, struct failure *failure) {
    const struct report_places none = {0}; /* there are no ranks yet */
    struct report *report = report_new(values, &none);
    if (report) {
        report_open_object(report, "timing");
        report_real(report, "total_seconds", seconds);
        report_close(report);
        report_open_object(report, "result");
        report_text(report, "launcher", launcher_words(view_launcher(view))->name);
        report_open_array(report, "nodes");
        for (size_t k = 0; k < view->count; k++)
            report_node(report, &view->nodes[k]);
        report_close(report);
        report_open_array(report, "findings");
        for (size_t k = 0; k < findings->count; k++) {
            report_open_object(report, NULL);
            report_text(report, "check", findings->items[k].check->name);
            report_flag(report, "note", findings->items[k].check->note);
            report_text(report, "where", findings->items[k].where);
            report_text(report, "sentence", findings->items[k].sentence);
            report_text(report, "line", findings->items[k].line);
            report_close(report);
        }
        report_close(report);
        report_open_array(report, "unreadable");
        for (size_t k = 0; k < view->hosts->problem_count && k < HOST_PROBLEMS_MAX; k++)
            report_text(report, NULL, view->hosts->problems[k]);
        report_close(report);
        report_close(report);
    }
    const bool written = report_write(report, options->json, failure);
    report_free(report);
    return written;
}

/* What is printed to standard error comes last, and is what the exit status stands for: wrong input
 * before a file that could not be written, and that before findings. */
static void doctor_end(const struct host_list *hosts, const struct findings *findings,
                       const struct failure *writing, struct failure *failure) {
    const size_t kept =
        hosts->problem_count < HOST_PROBLEMS_MAX ? hosts->problem_count : HOST_PROBLEMS_MAX;
    const size_t found = findings->count - findings->notes;
    const bool failed = writing->exit_status != EXIT_DONE;
    for (size_t k = 0; k + 1 < kept; k++)
        fprintf(stderr, "plait: %s\n", hosts->problems[k]);
    if (kept > 0 && failed)
        fprintf(stderr, "plait: %s\n", writing->text);
    if (kept > 0)
        failure_set(failure, EXIT_USAGE, "%s", hosts->problems[kept - 1]);
    else if (failed)
        *failure = *writing;
    else if (found > 0)
        failure_set(failure, EXIT_RUN, "doctor: %zu finding%s: type the line%s above", found,
                    found == 1 ? "" : "s", found == 1 ? "" : "s");
}

static void doctor_examine_all(const struct option_values *values,
                               const struct doctor_options *options, const struct doctor_view *view,
                               uint64_t begun_ns, struct failure *failure) {
    struct findings findings = {0};
    struct failure writing = {0};
    char *line = NULL;
    if (doctor_examine(view, &findings, failure)) {
        print_findings(view, &findings, view->hosts->problem_count);
        if (options->write && plan_write(view, options->write, &line, &writing))
            printf("wrote %s/run.sh:\n    %s\n", options->write, line);
        if (standard_output_flush(&writing) && options->json)
            write_report(values, options, view, &findings, clock_seconds_since(begun_ns), &writing);
        doctor_end(view->hosts, &findings, &writing, failure);
    }
    free(line);
    findings_free(&findings);
}

void doctor_run(const struct option_values *values, const struct doctor_options *options,
                struct failure *failure) {
    const uint64_t begun_ns = clock_now_ns();
    struct program program = {0};
    struct host_list hosts = {0};
    struct gather gather = {
        .hosts = &hosts,
        .seconds = options->timeout,
        .slurm = options->slurm,
        .plait = program.plait,
        .directory = program.directory,
    };
    const char *const named[] = {options->hostfile, options->rankfile, options->json};
    if ((!options->write ||
         plan_check(options->write, named, sizeof named / sizeof named[0], failure)) &&
        program_find(&program, failure) && agent_split(&gather, options->agent, failure) &&
        doctor_read(&hosts, options, failure) && gather_facts(&gather, failure) &&
        agent_problems(&gather, options, failure)) {
        const unsigned long threads = strtoul(gather.here->threads, NULL, 10);
        const struct doctor_view view = {
            .hosts = &hosts,
            .nodes = gather.nodes,
            .count = gather.count,
            .here = gather.here,
            .ranks = options->ranks,
            .threads = options->threads ? options->threads : threads,
            .slurm = options->slurm,
            .agent = options->agent,
            .agent_is_ssh = gather.agent_is_ssh,
            .hostfile = options->hostfile,
            .rankfile = options->rankfile,
            .host_list = options->hostfile ? NULL : options->host,
            .plait = program.plait,
            .library = program.library,
            .directory = program.directory,
        };
        doctor_examine_all(values, options, &view, begun_ns, failure);
    }
    gather_free(&gather);
    shell_words_free(&gather.agent);
    hosts_free(&hosts);
}
