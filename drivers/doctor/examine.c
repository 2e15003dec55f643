/* SPDX-License-Identifier: MIT
 * Asks all checks, puts their words into sentences and lines, and makes one finding of what several
 * nodes have alike. */
#include "doctor/checks.h"
#include "options/shell_words.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A check that applies, before nodes are put together. */
struct applied {
    const struct check *check;
    size_t index;
    char *sentence, *line;
    bool taken;
};

struct applied_list {
    struct applied *items;
    size_t count, capacity;
};

static bool examine_out_of_memory(struct failure *failure) {
    return failure_set(failure, EXIT_RUN, "out of memory for the findings");
}

char *shell_quoted(const char *word) {
    char *text = NULL;
    size_t bytes;
    FILE *stream = open_memstream(&text, &bytes);
    if (!stream)
        return NULL;
    shell_word_write(word, stream);
    return fclose(stream) == 0 ? text : NULL;
}

/* -- placeholders -------------------------------------------------------------------------------
 */

/* The node that a check is asked about; NULL: the run. */
static const struct node_facts *applied_node(const struct doctor_view *view,
                                             const struct check *check, size_t index) {
    return check->scope == CHECK_NODE ? &view->nodes[index] : NULL;
}

static void write_mpirun(const struct doctor_view *view, FILE *stream) {
    const bool hydra = view_launcher(view) == LAUNCHER_HYDRA;
    const uint64_t ranks = view->ranks                   ? view->ranks
                           : view->hosts->rank_count > 0 ? view->hosts->rank_count
                                                         : view->count;
    fprintf(stream, "%s -np %ju", view_mpirun(view), (uintmax_t)ranks);
    if (view->hostfile) {
        fputs(hydra ? " -f " : " --hostfile ", stream);
        shell_word_write(view->hostfile, stream);
    } else if (view->host_list) {
        fputs(hydra ? " -hosts " : " --host ", stream);
        shell_word_write(view->host_list, stream);
    }
    if (strcmp(view->agent, "ssh") != 0 && !(hydra && strchr(view->agent, ' '))) {
        fputs(hydra                                   ? " -launcher-exec "
              : view_launcher(view) == LAUNCHER_PRRTE ? " --prtemca plm_ssh_agent "
                                                      : " -mca plm_rsh_agent ",
              stream);
        shell_word_write(view->agent, stream);
    }
    if (view_cut_cable(view))
        fprintf(stream, " %s", view_cut_cable(view));
}

/* The program as it is typed here: by its name if the shell finds it. */
static void write_plait(const struct doctor_view *view, FILE *stream) {
    if (*view->here->plait || !*view->plait)
        fputs("plait", stream);
    else
        shell_word_write(view->plait, stream);
}

/* One name between braces. False: there is none of that name. */
static bool write_placeholder(const struct doctor_view *view, const struct node_facts *node,
                              const struct words *words, const char *name, size_t length,
                              FILE *stream) {
    static const char *const names[] = {"node",   "target", "sudo",  "agent",
                                        "mpirun", "plait",  "doctor"};
    size_t k = 0;
    if (length == 1 && *name >= '1' && *name <= '0' + WORDS) {
        if (words->items[*name - '1'])
            fputs(words->items[*name - '1'], stream);
        return true;
    }
    while (k < 7 && (strlen(names[k]) != length || strncmp(names[k], name, length) != 0))
        k++;
    switch (k) {
    case 0:
        fputs(node ? node->name : "localhost", stream);
        break;
    case 1:
        fputs(!node ? "localhost" : *node->target ? node->target : node->name, stream);
        break;
    case 2:
        fputs((node ? node : view->here)->uid == 0 ? "" : "sudo ", stream);
        break;
    case 3:
        fputs(view->agent, stream);
        break;
    case 4:
        write_mpirun(view, stream);
        break;
    case 5:
        write_plait(view, stream);
        break;
    case 6:
        write_plait(view, stream);
        fputs(" doctor", stream);
        if (strcmp(view->agent, "ssh") != 0) {
            fputs(" --agent ", stream);
            shell_word_write(view->agent, stream);
        }
        break;
    default:
        return false;
    }
    return true;
}

/* NULL without memory. Braces that hold no name of a placeholder stay: ${node}, {print}. */
static char *expand(const struct doctor_view *view, const struct node_facts *node,
                    const struct words *words, const char *template) {
    char *text = NULL;
    size_t bytes;
    FILE *stream = open_memstream(&text, &bytes);
    if (!stream)
        return NULL;
    for (const char *c = template; *c; c++) {
        const char *close = *c == '{' ? strchr(c, '}') : NULL;
        if (close && write_placeholder(view, node, words, c + 1, (size_t)(close - c - 1), stream))
            c = close;
        else
            fputc(*c, stream);
    }
    return fclose(stream) == 0 ? text : NULL;
}

/* -- asking -------------------------------------------------------------------------------------
 */

static size_t scope_count(const struct doctor_view *view, enum check_scope scope) {
    switch (scope) {
    case CHECK_NODE:
        return view->count;
    case CHECK_HOST:
        return view->hosts->host_count;
    case CHECK_RANK:
        return view->hosts->rank_count;
    case CHECK_STATE:
        return view->slurm ? view->here->slurm_states.count : 0;
    default:
        return 1;
    }
}

static const char *check_line(const struct doctor_view *view, const struct check *check) {
    const enum launcher_kind launcher = view_launcher(view);
    if (launcher == LAUNCHER_PRRTE && check->prrte)
        return check->prrte;
    return launcher == LAUNCHER_HYDRA && check->mpich ? check->mpich : check->line;
}

static bool applied_add(struct applied_list *list, const struct doctor_view *view,
                        const struct check *check, size_t index, const struct words *words) {
    const struct node_facts *node = applied_node(view, check, index);
    if (list->count == list->capacity) {
        const size_t capacity = list->capacity ? 2 * list->capacity : 16;
        struct applied *items = realloc(list->items, capacity * sizeof *items);
        if (!items)
            return false;
        list->items = items;
        list->capacity = capacity;
    }
    struct applied *applied = &list->items[list->count++];
    *applied = (struct applied){check, index, expand(view, node, words, check->sentence),
                                expand(view, node, words, check_line(view, check)), false};
    return applied->sentence && applied->line;
}

/* -- one finding of several ---------------------------------------------------------------------
 */

/* A line that is typed on nodes: as it is on this machine, by the agent on others. */
static void write_line_there(const struct doctor_view *view, const struct node_facts *const *nodes,
                             size_t count, const char *line, FILE *stream) {
    const char *terminal = view->agent_is_ssh && strstr(line, "sudo ") ? " -t" : "";
    size_t remote = 0;
    const struct node_facts *last = NULL;
    for (size_t k = 0; k < count; k++)
        if (nodes[k]->local != 1) {
            remote++;
            last = nodes[k];
        }
    if (remote < count)
        fprintf(stream, "%s%s", line, remote > 0 ? "; " : "");
    if (remote == 0)
        return;
    if (remote == 1) {
        fprintf(stream, "%s%s %s ", view->agent, terminal,
                *last->target ? last->target : last->name);
        shell_word_write(line, stream);
        return;
    }
    fputs("for node in", stream);
    for (size_t k = 0; k < count; k++)
        if (nodes[k]->local != 1)
            fprintf(stream, " %s", *nodes[k]->target ? nodes[k]->target : nodes[k]->name);
    fprintf(stream, "; do %s%s $node ", view->agent, terminal);
    shell_word_write(line, stream);
    fputs("; done", stream);
}

/* The place that a check names first: nodes, or file and line. */
static void write_where(const struct doctor_view *view, const struct check *check, size_t index,
                        FILE *stream) {
    switch (check->scope) {
    case CHECK_NODE:
        fputs(view->nodes[index].name, stream);
        break;
    case CHECK_HOST:
        fprintf(stream, "%s:%lu", view->hosts->hosts[index].file, view->hosts->hosts[index].line);
        break;
    case CHECK_RANK:
        fprintf(stream, "%s:%lu", view->hosts->ranks[index].file, view->hosts->ranks[index].line);
        break;
    case CHECK_STATE:
        fputs("slurm", stream);
        break;
    default:
        fputs(strncmp(check->name, "slurm", 5) == 0 ? "slurm" : "mpirun", stream);
    }
}

/* Takes all that say the same as the first into one finding. */
static bool finding_make(const struct doctor_view *view, struct applied_list *list, size_t first,
                         struct finding *finding) {
    const struct applied *model = &list->items[first];
    const struct node_facts **nodes = calloc(list->count, sizeof *nodes);
    size_t count = 0, bytes;
    char *where = NULL, *line = NULL, *sentence = NULL;
    FILE *stream = nodes ? open_memstream(&where, &bytes) : NULL;
    for (size_t k = first; stream && k < list->count; k++) {
        struct applied *applied = &list->items[k];
        if (applied->taken || applied->check != model->check ||
            strcmp(applied->sentence, model->sentence) != 0 ||
            strcmp(applied->line, model->line) != 0)
            continue;
        applied->taken = true;
        if (k != first && applied->check->scope == CHECK_STATE)
            continue; /* the same node in another partition */
        if (k != first)
            fputs(", ", stream);
        write_where(view, applied->check, applied->index, stream);
        nodes[count++] = applied_node(view, applied->check, applied->index);
    }
    bool good = stream && fclose(stream) == 0;
    stream = good ? open_memstream(&line, &bytes) : NULL;
    if (stream && model->check->there)
        write_line_there(view, nodes, count, model->line, stream);
    else if (stream)
        fputs(model->line, stream);
    good = stream && fclose(stream) == 0;
    stream = good ? open_memstream(&sentence, &bytes) : NULL;
    if (stream)
        fprintf(stream, "%s: %s", where, model->sentence);
    good = stream && fclose(stream) == 0;
    free(nodes);
    *finding = (struct finding){model->check, where, sentence, line};
    return good;
}

bool doctor_examine(const struct doctor_view *view, struct findings *findings,
                    struct failure *failure) {
    struct applied_list list = {0};
    bool good = true;
    *findings = (struct findings){0};
    for (size_t c = 0; c < doctor_check_count; c++)
        for (size_t k = 0; good && k < scope_count(view, doctor_checks[c].scope); k++) {
            struct words words = {0};
            if (doctor_checks[c].applies(view, k, &words))
                good = applied_add(&list, view, &doctor_checks[c], k, &words);
            good = good && !words.lost;
            for (int w = 0; w < WORDS; w++)
                free(words.items[w]);
        }
    findings->items = good ? calloc(list.count + 1, sizeof *findings->items) : NULL;
    good = findings->items != NULL;
    for (size_t k = 0; good && k < list.count; k++) {
        if (list.items[k].taken)
            continue;
        findings->notes += list.items[k].check->note;
        good = finding_make(view, &list, k, &findings->items[findings->count++]);
    }
    for (size_t k = 0; k < list.count; k++) {
        free(list.items[k].sentence);
        free(list.items[k].line);
    }
    free(list.items);
    return good || examine_out_of_memory(failure);
}

void findings_free(struct findings *findings) {
    for (size_t k = 0; k < findings->count; k++) {
        free(findings->items[k].where);
        free(findings->items[k].sentence);
        free(findings->items[k].line);
    }
    free(findings->items);
    *findings = (struct findings){0};
}
