/* SPDX-License-Identifier: MIT
 * Writes a host file, a rank file and the command of a hybrid run, as the MPI at hand reads them.
 */
#include "doctor/plan.h"

#include "base/atomic_file.h"
#include "options/shell_words.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* What the nodes have in common. */
struct plan {
    const struct doctor_view *view;
    enum launcher_kind launcher;
    const char *directory;
    bool per_socket; /* some node has several sockets, and all have as many */
    unsigned long ranks;
};

static unsigned long node_sockets(const struct node_facts *node) {
    return node->sockets >= 1 ? (unsigned long)node->sockets : 1;
}

static unsigned long node_cores(const struct node_facts *node) {
    const double cores = node->cores >= 1 ? node->cores : node->cpus >= 1 ? node->cpus : 1;
    return (unsigned long)cores;
}

static unsigned long node_ranks(const struct plan *plan, const struct node_facts *node) {
    return plan->per_socket ? node_sockets(node) : 1;
}

static void plan_begin(struct plan *plan) {
    const struct doctor_view *view = plan->view;
    unsigned long least = 0, most = 0;
    for (size_t n = 0; n < view->count; n++) {
        if (!node_is_reached(&view->nodes[n]))
            continue;
        const unsigned long sockets = node_sockets(&view->nodes[n]);
        least = least == 0 || sockets < least ? sockets : least;
        most = sockets > most ? sockets : most;
    }
    plan->per_socket = least == most && most > 1;
    for (size_t n = 0; n < view->count; n++)
        if (node_is_reached(&view->nodes[n]))
            plan->ranks += node_ranks(plan, &view->nodes[n]);
}

/* -- files --------------------------------------------------------------------------------------
 */

static void write_hosts(const struct plan *plan, FILE *stream) {
    const struct doctor_view *view = plan->view;
    for (size_t n = 0; n < view->count; n++) {
        const struct node_facts *node = &view->nodes[n];
        if (!node_is_reached(node)) {
            fprintf(stream, "# %s is not reached\n", node->name);
            continue;
        }
        const char *at = strchr(node->target, '@');
        const unsigned long ranks = node_ranks(plan, node);
        if (plan->launcher != LAUNCHER_HYDRA)
            fprintf(stream, "%s slots=%lu\n", node->target, ranks);
        else if (at)
            fprintf(stream, "%s:%lu user=%.*s\n", node->name, ranks, (int)(at - node->target),
                    node->target);
        else
            fprintf(stream, "%s:%lu\n", node->name, ranks);
    }
}

static void write_ranks(const struct plan *plan, FILE *stream) {
    const struct doctor_view *view = plan->view;
    unsigned long rank = 0;
    for (size_t n = 0; n < view->count; n++) {
        const struct node_facts *node = &view->nodes[n];
        if (!node_is_reached(node))
            continue;
        const unsigned long sockets = node_sockets(node), cores = node_cores(node) / sockets;
        for (unsigned long r = 0; r < node_ranks(plan, node); r++) {
            /* With its user: Open MPI 4 takes it from here, Open MPI 5 from the host file. */
            fprintf(stream, "rank %lu=%s slot=", rank++, node->target);
            for (unsigned long s = 0; s < sockets; s++)
                if (!plan->per_socket || s == r)
                    fprintf(stream, "%s%lu:0-%lu", s > 0 && !plan->per_socket ? "," : "", s,
                            cores > 0 ? cores - 1 : 0);
            fputc('\n', stream);
        }
    }
}

static void write_path(const struct plan *plan, const char *name, FILE *stream) {
    char path[8192];
    snprintf(path, sizeof path, "%s/%s", plan->directory, name);
    shell_word_write(path, stream);
}

/* The options that keep messages on the network of the nodes. */
static void write_network(const struct plan *plan, FILE *stream) {
    const struct doctor_view *view = plan->view;
    char network[64];
    bool others = false;
    view_network(view, network);
    for (size_t n = 0; n < view->count && *network; n++)
        others = others || node_has_other_networks(&view->nodes[n], network);
    if (!others || *view->here->if_include || *view->here->if_exclude)
        return;
    char *all = view_interfaces(view, network);
    if (!all)
        return;
    if (plan->launcher == LAUNCHER_HYDRA)
        fprintf(stream, " -iface %.*s", (int)strcspn(all, ","), all);
    else if (plan->launcher == LAUNCHER_PRRTE)
        fprintf(stream, " --mca btl_tcp_if_include %s --prtemca prte_if_include %s", all, all);
    else
        fprintf(stream, " -mca btl_tcp_if_include %s -mca oob_tcp_if_include %s", network, network);
    free(all);
}

/* The command but for its placement, which is that of the launcher or of the rank file. */
static void write_command(const struct plan *plan, bool by_file, FILE *stream) {
    const struct doctor_view *view = plan->view;
    const struct launcher_words *words = launcher_words(plan->launcher);
    fprintf(stream, "%s -np %lu %s ", view_mpirun(view), plan->ranks,
            plan->launcher == LAUNCHER_HYDRA ? "-f" : "--hostfile");
    write_path(plan, "hostfile", stream);
    /* Hydra takes the path of a program, without words after it. */
    if (strcmp(view->agent, "ssh") != 0 &&
        !(plan->launcher == LAUNCHER_HYDRA && strchr(view->agent, ' '))) {
        fputs(plan->launcher == LAUNCHER_HYDRA   ? " -launcher-exec "
              : plan->launcher == LAUNCHER_PRRTE ? " --prtemca plm_ssh_agent "
                                                 : " -mca plm_rsh_agent ",
              stream);
        shell_word_write(view->agent, stream);
    }
    if (by_file && plan->launcher == LAUNCHER_PRRTE) {
        fputs(" --map-by rankfile:file=", stream);
        write_path(plan, "rankfile", stream);
    } else if (by_file) {
        fputs(" --rankfile ", stream);
        write_path(plan, "rankfile", stream);
    } else if (plan->launcher == LAUNCHER_HYDRA) {
        fputs(plan->per_socket ? " -bind-to socket" : " -bind-to none", stream);
    } else if (plan->per_socket) {
        const char *socket = plan->launcher == LAUNCHER_PRRTE ? "package" : "socket";
        fprintf(stream, " --map-by ppr:1:%s --bind-to %s", socket, socket);
    } else {
        fputs(" --map-by ppr:1:node --bind-to none", stream);
    }
    write_network(plan, stream);
    /* Also where a file has them: the script may be started by somebody else. */
    if (words->cut_cable)
        fprintf(stream, " %s", words->cut_cable);
    fputc(' ', stream);
    if (*view->here->plait || !*view->plait)
        fputs("plait", stream);
    else
        shell_word_write(view->plait, stream);
    fputs(" hello", stream);
}

static void write_script(const struct plan *plan, FILE *stream) {
    fprintf(
        stream,
        "#!/bin/sh\n# A hybrid run: one rank per %s, a thread per core. hello may be any subcommand.\n",
        plan->per_socket ? "socket" : "node");
    if (plan->launcher != LAUNCHER_HYDRA) {
        fputs("# The same, each rank bound to its cores by the rank file:\n#   ", stream);
        write_command(plan, true, stream);
        fputc('\n', stream);
    }
    fputs("exec ", stream);
    write_command(plan, false, stream);
    fputc('\n', stream);
}

/* -- writing ------------------------------------------------------------------------------------
 */

enum { PATH_BYTES = 8192 };

static bool plan_path(const char *directory, const char *name, char path[PATH_BYTES],
                      struct failure *failure) {
    return snprintf(path, PATH_BYTES, "%s/%s", directory, name) < PATH_BYTES ||
           failure_set(failure, EXIT_USAGE, "--write: the name of the directory is too long");
}

bool plan_check(const char *directory, const char *const *inputs, size_t count,
                struct failure *failure) {
    static const char *const names[] = {"hostfile", "rankfile", "run.sh"};
    char path[PATH_BYTES];
    struct stat status;
    if (stat(directory, &status) != 0) { /* is to be made: as a file of that name could be */
        size_t length = strlen(directory);
        while (length > 1 && directory[length - 1] == '/')
            length--;
        if (length >= sizeof path)
            return failure_set(failure, EXIT_USAGE,
                               "--write: the name of the directory is too long");
        snprintf(path, sizeof path, "%.*s", (int)length, directory);
        return atomic_file_check(path, failure);
    }
    for (size_t k = 0; k < sizeof names / sizeof names[0]; k++) {
        if (!plan_path(directory, names[k], path, failure) || !atomic_file_check(path, failure))
            return false;
        for (size_t i = 0; i < count; i++)
            if (inputs[i] && atomic_file_same_target(path, inputs[i]))
                return failure_set(
                    failure, EXIT_USAGE,
                    "--write would replace '%s', which another option names: choose another directory",
                    inputs[i]);
    }
    return true;
}

static bool plan_file(const struct plan *plan, const char *name,
                      void (*write)(const struct plan *plan, FILE *stream),
                      struct failure *failure) {
    struct atomic_file file;
    char path[PATH_BYTES];
    if (!plan_path(plan->directory, name, path, failure) || !atomic_file_open(&file, path, failure))
        return false;
    write(plan, file.stream);
    return atomic_file_commit(&file, failure);
}

bool plan_write(const struct doctor_view *view, const char *directory, char **line,
                struct failure *failure) {
    struct plan plan = {.view = view, .launcher = view_launcher(view), .directory = directory};
    size_t bytes;
    plan_begin(&plan);
    *line = NULL;
    if (plan.ranks == 0)
        return failure_set(failure, EXIT_RUN, "--write: no node is reached: nothing is written");
    if (mkdir(directory, 0777) != 0 && errno != EEXIST)
        return failure_set(failure, EXIT_RUN, "cannot make the directory '%s': %s", directory,
                           strerror(errno));
    if (!plan_file(&plan, "hostfile", write_hosts, failure) ||
        (plan.launcher != LAUNCHER_HYDRA && !plan_file(&plan, "rankfile", write_ranks, failure)) ||
        !plan_file(&plan, "run.sh", write_script, failure))
        return false;
    FILE *stream = open_memstream(line, &bytes);
    if (stream)
        write_command(&plan, false, stream);
    return (stream && fclose(stream) == 0) ||
           failure_set(failure, EXIT_RUN, "out of memory for the command line");
}
