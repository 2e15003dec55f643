/* SPDX-License-Identifier: MIT
 * Three steps: what names stand for; a dialogue with probe.sh on every node; for nodes that ssh did
 * not reach, what ssh would have done. What each step finds is lines of facts. */
#include "doctor/gather.h"

#include "base/clock.h"
#include "base/host_name.h"
#include "doctor/agent.h"
#include "doctor/checks.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

extern const unsigned char doctor_probe[];
extern const size_t doctor_probe_bytes;

enum { COMMAND_WORDS_MAX = 64, PEERS_MAX = 16, LINE_BYTES = 4096 };

/* One dialogue. */
struct probing {
    struct gather *gather;
    struct node_facts *node;
    char *command[COMMAND_WORDS_MAX];
    size_t words;
    uint64_t asked_ns;
    double asked_time, offset, error; /* by the wall clock; the best of three */
    unsigned port;                    /* where it listens; 0: it cannot */
    bool listens;
    size_t parsed; /* bytes of its output */
};

static bool gather_out_of_memory(struct failure *failure) {
    return failure_set(failure, EXIT_RUN, "out of memory for the facts of the nodes");
}

static bool fact_say(struct node_facts *node, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Adds one line of facts. */
static bool fact_say(struct node_facts *node, const char *format, ...) {
    char line[LINE_BYTES];
    va_list arguments;
    va_start(arguments, format);
    const int length = vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    return facts_parse(node, line, strnlen(line, length < 0 ? 0 : sizeof line));
}

/* -- commands -----------------------------------------------------------------------------------
 */

static bool word_add(struct probing *probing, const char *word) {
    if (probing->words + 1 >= COMMAND_WORDS_MAX)
        return false;
    probing->command[probing->words] = strdup(word);
    return probing->command[probing->words++] != NULL;
}

static bool agent_add(struct probing *probing, const char *target) {
    const struct gather *gather = probing->gather;
    bool good = true;
    char wait[64];
    for (size_t k = 0; k < gather->agent.count && good; k++)
        good = word_add(probing, gather->agent.items[k]);
    if (gather->agent_is_ssh) {
        snprintf(wait, sizeof wait, "ConnectTimeout=%.0f", ceil(gather->seconds / 2));
        good = good && word_add(probing, "-o") && word_add(probing, "BatchMode=yes") &&
               word_add(probing, "-o") && word_add(probing, wait);
    }
    return good && word_add(probing, target);
}

/* What runs the script that comes on standard input. Only /bin/sh is sure to be there, whatever the
 * login shell and its PATH are; dd takes the script's own bytes and leaves the lines after it. */
static bool loader_text(const struct gather *gather, const char *credential, char *text,
                        size_t bytes) {
    char *plait = shell_quoted(gather->plait), *directory = shell_quoted(gather->directory);
    char *signature = shell_quoted(credential);
    int length = -1;
    if (plait && directory && signature)
        length = snprintf(
            text, bytes,
            "/bin/sh -c 'plait_path=$PATH; PATH=$PATH:/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin; export PATH; script=$(dd bs=1 count=%zu 2>/dev/null); eval \"$script\"' plait-probe facts %s %s %d %s",
            doctor_probe_bytes, plait, directory, gather->slurm, signature);
    free(plait);
    free(directory);
    free(signature);
    return length > 0 && (size_t)length < bytes;
}

static void probings_free(struct probing *probings, size_t count) {
    for (size_t k = 0; k < count; k++)
        for (size_t w = 0; w < probings[k].words; w++)
            free(probings[k].command[w]);
}

/* -- names --------------------------------------------------------------------------------------
 */

static bool is_own_address(const struct fact_list *addresses) {
    struct ifaddrs *interfaces = NULL;
    bool found = false;
    char text[INET6_ADDRSTRLEN];
    if (getifaddrs(&interfaces) != 0)
        return false;
    for (struct ifaddrs *i = interfaces; i; i = i->ifa_next) {
        if (!i->ifa_addr)
            continue;
        const void *binary = NULL;
        if (i->ifa_addr->sa_family == AF_INET)
            binary = &((const struct sockaddr_in *)(const void *)i->ifa_addr)->sin_addr;
        else if (i->ifa_addr->sa_family == AF_INET6)
            binary = &((const struct sockaddr_in6 *)(const void *)i->ifa_addr)->sin6_addr;
        if (!binary || !inet_ntop(i->ifa_addr->sa_family, binary, text, sizeof text))
            continue;
        for (size_t k = 0; k < addresses->count; k++)
            found = found || strcmp(addresses->items[k], text) == 0;
    }
    freeifaddrs(interfaces);
    return found;
}

/* Whether mpirun would start ranks of that name without ssh. */
static bool is_this_machine(const struct node_facts *node) {
    char own[HOST_NAME_BYTES];
    host_name(own);
    const size_t length = strcspn(own, ".");
    return strcasecmp(node->name, own) == 0 || strcasecmp(node->name, "localhost") == 0 ||
           (strlen(node->name) == length && strncasecmp(node->name, own, length) == 0) ||
           is_own_address(&node->addresses);
}

static bool names_find(struct gather *gather, struct failure *failure) {
    struct probing *probings = calloc(gather->count + 1, sizeof *probings);
    struct agent_job *jobs = calloc(gather->count + 1, sizeof *jobs);
    const struct agent_script script = {.seconds = gather->seconds};
    bool good = probings && jobs;
    for (size_t k = 0; good && k < gather->count; k++) {
        probings[k].gather = gather;
        jobs[k] = (struct agent_job){.command = probings[k].command};
        good = word_add(&probings[k], "/bin/sh") && word_add(&probings[k], "-c") &&
               word_add(&probings[k], (const char *)doctor_probe) &&
               word_add(&probings[k], "plait-probe") && word_add(&probings[k], "name") &&
               word_add(&probings[k], gather->nodes[k].name);
    }
    if (good)
        agent_run(jobs, gather->count, &script);
    for (size_t k = 0; good && k < gather->count; k++) {
        struct node_facts *node = &gather->nodes[k];
        good = !jobs[k].out.bytes || facts_parse(node, jobs[k].out.bytes, jobs[k].out.length);
        node->local = is_this_machine(node);
    }
    if (jobs)
        agent_free(jobs, gather->count);
    if (probings)
        probings_free(probings, gather->count);
    free(jobs);
    free(probings);
    return good || gather_out_of_memory(failure);
}

/* -- the dialogue -------------------------------------------------------------------------------
 */

static double wall_seconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

/* Its clock at the moment half way between the question and the reply. */
static void clock_take(struct probing *probing, const char *text, uint64_t now_ns) {
    char *end;
    const double theirs = strtod(text, &end);
    const double trip = (double)(now_ns - probing->asked_ns) * 1e-9;
    if (end == text || !(theirs > 0) || probing->asked_ns == 0)
        return;
    if (isfinite(probing->error) && trip / 2 >= probing->error)
        return;
    probing->error = trip / 2;
    probing->offset = theirs - (probing->asked_time + trip / 2);
}

static bool probe_line(struct agent_job *job, const char *line, uint64_t now_ns) {
    struct probing *probing = job->context;
    if (strcmp(line, "ping") == 0) {
        probing->asked_time = wall_seconds();
        probing->asked_ns = clock_now_ns();
        agent_say(job, "\n");
    } else if (strncmp(line, "pong=", 5) == 0) {
        clock_take(probing, line + 5, now_ns);
    } else if (strncmp(line, "port=", 5) == 0) {
        const unsigned long port = strtoul(line + 5, NULL, 10);
        probing->port = port < 65536 ? (unsigned)port : 0;
        probing->listens = true;
        return true;
    } else if (strcmp(line, "pairs.end=1") == 0) {
        return true; /* others may still connect to it */
    }
    return false;
}

/* All facts are there: every node is to connect to those after it, up to a number of them. When all
 * have tried, all may end. */
static void probe_meet(struct agent_job *jobs, size_t count, void *context) {
    struct gather *gather = context;
    struct doctor_view view = {
        .hosts = gather->hosts, .nodes = gather->nodes, .count = gather->count};
    if (gather->connected) {
        for (size_t k = 0; k < count; k++)
            agent_end_input(&jobs[k]);
        return;
    }
    gather->connected = true;
    for (size_t k = 0; k < count; k++) {
        struct probing *probing = jobs[k].context;
        facts_parse_reply(probing->node, jobs[k].out.bytes ? jobs[k].out.bytes : "", jobs[k].line);
        probing->parsed = jobs[k].line;
    }
    for (size_t k = 0; k < count; k++) {
        char line[LINE_BYTES] = "";
        for (size_t step = 1; step < count && step <= PEERS_MAX && !jobs[k].ended; step++) {
            const struct probing *peer = jobs[(k + step) % count].context;
            char address[64];
            node_address(&view, peer->node, address);
            const size_t used = strlen(line);
            if (peer->listens && *address && used + HOST_TEXT_BYTES + 80 < sizeof line)
                snprintf(line + used, sizeof line - used, "%s %s %u ", peer->node->name, address,
                         peer->port ? peer->port : 1);
        }
        strcat(line, "\n");
        if (!jobs[k].ended)
            agent_say(&jobs[k], line);
    }
}

/* The line of what ssh printed that says most: one that a check knows, else the last. */
static void error_line(const char *text, fact_text error) {
    static const char *const known[] = {
        "IDENTIFICATION HAS CHANGED", "Host key verification failed",
        "Permission denied",          "Could not resolve",
        "Connection refused",         "timed out",
        "No route to host",           "unreachable",
    };
    const char *best = NULL;
    error[0] = '\0';
    for (size_t k = 0; k < sizeof known / sizeof known[0] && !best; k++)
        best = strstr(text, known[k]);
    for (const char *line = text; *line && !best;) { /* the last one with something in it */
        const size_t length = strcspn(line, "\r\n");
        if (length > 0)
            snprintf(error, FACT_TEXT_BYTES, "%.*s", (int)(length < 200 ? length : 200), line);
        line += length + (line[length] != '\0');
    }
    if (!best)
        return;
    while (best > text && best[-1] != '\n')
        best--;
    best += strspn(best, "@ ");
    snprintf(error, FACT_TEXT_BYTES, "%.*s", (int)strcspn(best, "\r\n"), best);
}

/* What came of a dialogue, as facts. */
static bool probe_take(struct probing *probing, struct agent_job *job) {
    struct node_facts *node = probing->node;
    fact_text error;
    const char *out = job->out.bytes ? job->out.bytes : "";
    error_line(job->err.bytes ? job->err.bytes : "", error);
    if (job->start_error)
        snprintf(error, sizeof error, "%s: %s", job->command[0], strerror(job->start_error));
    if (job->out.flooded)
        snprintf(error, sizeof error, "it printed more than %d KiB", AGENT_OUTPUT_MAX / 1024);
    bool good = facts_parse_reply(node, out + probing->parsed, job->out.length - probing->parsed) &&
                fact_say(node, "agent.status=%d", job->start_error ? 127 : job->status) &&
                fact_say(node, "agent.timeout=%d", job->timed_out && !job->out.flooded) &&
                fact_say(node, "agent.error=%s", error);
    if (isfinite(probing->error))
        good = good && fact_say(node, "clock.offset=%.9f", probing->offset) &&
               fact_say(node, "clock.error=%.9f", probing->error);
    return good;
}

/* Signs a text that the nodes verify: "-" where that is not asked for, or munge does not work,
 * which is then a fact of this machine. */
static bool credential_make(struct gather *gather, char credential[LINE_BYTES]) {
    static char program[] = "munge", option[] = "-n";
    char *const command[] = {program, option, NULL};
    const struct agent_script script = {.seconds = gather->seconds};
    struct agent_job job = {.command = command};
    bool good = true;
    strcpy(credential, "-");
    if (!gather->slurm)
        return true;
    agent_run(&job, 1, &script);
    if (job.start_error)
        good = fact_say(gather->here, "slurm.munge=munge is not installed");
    else if (job.status == 0 && job.out.bytes && job.out.length < LINE_BYTES)
        snprintf(credential, LINE_BYTES, "%.*s", (int)strcspn(job.out.bytes, "\n"), job.out.bytes);
    else
        good = fact_say(gather->here, "slurm.munge=%.*s",
                        (int)strcspn(job.err.bytes ? job.err.bytes : "", "\n"),
                        job.err.bytes ? job.err.bytes : "");
    agent_free(&job, 1);
    return good;
}

static bool probes_run(struct gather *gather, struct failure *failure) {
    const size_t extra = gather->here == &gather->machine, count = gather->count + extra;
    struct probing *probings = calloc(count + 1, sizeof *probings);
    struct agent_job *jobs = calloc(count + 1, sizeof *jobs);
    char loader[2 * LINE_BYTES], credential[LINE_BYTES];
    const struct agent_script script = {gather->seconds, probe_line, probe_meet, gather};
    bool good = probings && jobs && credential_make(gather, credential);
    if (good && !loader_text(gather, credential, loader, sizeof loader))
        good = failure_set(failure, EXIT_RUN, "the path of the working directory is too long");
    for (size_t k = 0; good && k < count; k++) {
        struct probing *probing = &probings[k];
        *probing = (struct probing){.gather = gather, .error = NAN};
        probing->node = k < gather->count ? &gather->nodes[k] : gather->here;
        jobs[k] = (struct agent_job){.command = probing->command,
                                     .input = (const char *)doctor_probe,
                                     .input_bytes = doctor_probe_bytes,
                                     .context = probing};
        if (probing->node->local == 1)
            good = word_add(probing, "/bin/sh") && word_add(probing, "-c");
        else
            good = agent_add(probing, probing->node->target);
        good = good && word_add(probing, loader);
    }
    if (good)
        agent_run(jobs, count, &script);
    for (size_t k = 0; good && k < count; k++)
        good = probe_take(&probings[k], &jobs[k]);
    if (jobs)
        agent_free(jobs, count);
    if (probings)
        probings_free(probings, count);
    free(jobs);
    free(probings);
    return good || gather_out_of_memory(failure);
}

/* -- after ssh has failed -----------------------------------------------------------------------
 */

/* ssh -G prints, for a host, what its configuration comes to: the lines to type name port and
 * files.
 */
static bool ssh_facts(struct gather *gather, struct node_facts *node) {
    const struct agent_script script = {.seconds = gather->seconds};
    struct probing probing = {.gather = gather};
    struct agent_job job = {.command = probing.command};
    bool good = true;
    for (size_t k = 0; k < gather->agent.count && good; k++)
        good = word_add(&probing, gather->agent.items[k]);
    good = good && word_add(&probing, "-G") && word_add(&probing, node->target);
    if (good)
        agent_run(&job, 1, &script);
    bool identity = false; /* the first is the one that counts */
    for (char *line = job.out.bytes, *next; good && line && *line; line = next) {
        const size_t length = strcspn(line, "\n");
        next = line + length + (line[length] != '\0');
        char *space = memchr(line, ' ', length);
        const bool is_identity = strncmp(line, "identityfile ", 13) == 0;
        if (space && !(is_identity && identity)) {
            good = fact_say(node, "ssh.%.*s=%.*s", (int)(space - line), line,
                            (int)(line + length - space - 1), space + 1);
        }
        identity = identity || is_identity;
    }
    agent_free(&job, 1);
    probings_free(&probing, 1);
    return good;
}

/* -- all ----------------------------------------------------------------------------------------
 */

/* A node of a name, made at its first entry; its user is that of the first entry that has one. */
static bool node_add(struct gather *gather, const char *name, const char *user, double slots) {
    for (size_t k = 0; k < gather->count; k++)
        if (strcasecmp(gather->nodes[k].name, name) == 0) {
            if (slots > 0)
                gather->nodes[k].slots = fmax(0, gather->nodes[k].slots) + slots;
            return !*user || strchr(gather->nodes[k].target, '@') ||
                   fact_say(&gather->nodes[k], "node.target=%s@%s", user, name);
        }
    struct node_facts *node = &gather->nodes[gather->count++];
    facts_init(node);
    return fact_say(node, "node.name=%s", name) &&
           fact_say(node, "node.target=%s%s%s", user, *user ? "@" : "", name) &&
           (slots <= 0 || fact_say(node, "node.slots=%.0f", slots));
}

bool gather_facts(struct gather *gather, struct failure *failure) {
    const struct host_list *hosts = gather->hosts;
    char own[HOST_NAME_BYTES];
    bool good = true;
    host_name(own);
    gather->nodes = calloc(hosts->host_count + hosts->rank_count + 1, sizeof *gather->nodes);
    if (!gather->nodes)
        return gather_out_of_memory(failure);
    for (size_t k = 0; k < hosts->host_count && good; k++) {
        const struct host_entry *host = &hosts->hosts[k];
        const double named = host->file ? 0 : 1; /* each mention in --host is a slot */
        good = node_add(gather, host->name, host->user, host->slots ? (double)host->slots : named);
    }
    for (size_t k = 0; k < hosts->rank_count && good; k++)
        good = node_add(gather, hosts->ranks[k].host, hosts->ranks[k].user, 0);
    if (gather->count == 0 && hosts->problem_count == 0)
        good = node_add(gather, own, "", 0);
    facts_init(&gather->machine);
    good =
        good && fact_say(&gather->machine, "node.name=%s\nnode.target=%s\nnode.local=1", own, own);
    if (!good)
        return gather_out_of_memory(failure);
    if (!names_find(gather, failure))
        return false;
    gather->here = &gather->machine;
    for (size_t k = 0; k < gather->count; k++)
        if (gather->nodes[k].local == 1)
            gather->here = &gather->nodes[k];
    if (!probes_run(gather, failure))
        return false;
    for (size_t k = 0; k < gather->count && good; k++)
        if (gather->agent_is_ssh && !node_is_reached(&gather->nodes[k]))
            good = ssh_facts(gather, &gather->nodes[k]);
    return good || gather_out_of_memory(failure);
}

void gather_free(struct gather *gather) {
    for (size_t k = 0; k < gather->count; k++)
        facts_free(&gather->nodes[k]);
    facts_free(&gather->machine);
    free(gather->nodes);
    gather->nodes = NULL;
    gather->count = 0;
}
