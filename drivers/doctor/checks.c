/* SPDX-License-Identifier: MIT
 * The checks: functions over facts, and the table that says what each finds and what to type. */
#include "doctor/checks.h"

#include "doctor/nodelist.h"

#include <arpa/inet.h>
#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define KIB_PER_MIB 1024.0

/* Thresholds. */
static const double clock_seconds_apart = 1;
static const double memory_free_mib_least = 128, tmp_free_mib_least = 64, tmp_files_least = 100;
static const double shm_mib_per_rank = 16; /* of Open MPI and MPICH on one node, at most */
static const long open_files_least = 256;

static void say(struct words *words, int number, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Sets the word of that number. */
static void say(struct words *words, int number, const char *format, ...) {
    char *text = NULL;
    va_list arguments;
    va_start(arguments, format);
    if (vasprintf(&text, format, arguments) < 0)
        text = NULL;
    va_end(arguments);
    words->lost |= !text;
    free(words->items[number - 1]);
    words->items[number - 1] = text;
}

/* The word of that number; "": it has not been set. */
static const char *said(const struct words *words, int number) {
    const char *text = words->items[number - 1];
    return text ? text : "";
}

/* Adds to a word, after a separator if it is not empty. */
static void say_more(struct words *words, int number, const char *separator, const char *text) {
    const char *before = said(words, number);
    say(words, number, "%s%s%s", before, *before ? separator : "", text);
}

/* Sets a word to one that a shell takes as it is. */
static void say_quoted(struct words *words, int number, const char *text) {
    char *quoted = shell_quoted(text);
    say(words, number, "%s", quoted ? quoted : "?");
    free(quoted);
}

static bool same(const char *a, const char *b) {
    return strcmp(a, b) == 0;
}

static bool begins_with(const char *text, const char *beginning) {
    return strncmp(text, beginning, strlen(beginning)) == 0;
}

/* Two texts that are known and different. */
static bool differ(const char *a, const char *b) {
    return *a && *b && !same(a, b);
}

static bool list_has(const struct fact_list *list, const char *text) {
    for (size_t k = 0; k < list->count; k++)
        if (same(list->items[k], text))
            return true;
    return false;
}

/* -- what the facts come to ---------------------------------------------------------------------
 */

bool node_is_reached(const struct node_facts *node) {
    return node->facts_end == 1;
}

/* LAUNCHER_NONE: not known. */
static enum launcher_kind kind_of_program(const char *version) {
    if (begins_with(version, "Open MPI "))
        return strtol(version + 9, NULL, 10) >= 5 ? LAUNCHER_PRRTE : LAUNCHER_OPENMPI;
    return begins_with(version, "MPICH") ? LAUNCHER_HYDRA : LAUNCHER_NONE;
}

/* By the name of the file: libmpi.so.40.30.4 is Open MPI 4.1, libmpi.so.40.40.7 is 5.0. */
static enum launcher_kind kind_of_library(const char *file) {
    static const char open_mpi[] = "libmpi.so.40";
    if (begins_with(file, "libmpich") || begins_with(file, "libmpi.so.12"))
        return LAUNCHER_HYDRA;
    if (!begins_with(file, open_mpi))
        return LAUNCHER_NONE;
    const char *minor = file + sizeof open_mpi - 1;
    return *minor == '.' && strtol(minor + 1, NULL, 10) >= 40 ? LAUNCHER_PRRTE : LAUNCHER_OPENMPI;
}

enum launcher_kind view_launcher(const struct doctor_view *view) {
    const enum launcher_kind library = kind_of_library(view->here->plait_mpi);
    const enum launcher_kind program = kind_of_program(view->here->mpirun_version);
    if (library == LAUNCHER_NONE)
        return program == LAUNCHER_NONE ? LAUNCHER_OPENMPI : program;
    /* The library alone does not show the version of Open MPI: a program says it. */
    return program == LAUNCHER_NONE || launcher_is_foreign(program, library) ? library : program;
}

static bool view_is_foreign(const struct doctor_view *view) {
    const enum launcher_kind library = kind_of_library(view->here->plait_mpi);
    const enum launcher_kind program = kind_of_program(view->here->mpirun_version);
    return library != LAUNCHER_NONE && program != LAUNCHER_NONE &&
           launcher_is_foreign(program, library);
}

const char *view_mpirun(const struct doctor_view *view) {
    if (!view_is_foreign(view))
        return "mpirun";
    return view_launcher(view) == LAUNCHER_HYDRA ? "mpirun.mpich" : "mpirun.openmpi";
}

const char *view_cut_cable(const struct doctor_view *view) {
    const enum launcher_kind launcher = view_launcher(view);
    const bool set =
        *(launcher == LAUNCHER_PRRTE ? view->here->prte_keepalive : view->here->keepalive);
    bool remote = false;
    for (size_t n = 0; n < view->count; n++)
        remote = remote || view->nodes[n].local != 1;
    return remote && !set ? launcher_words(launcher)->cut_cable : NULL;
}

/* The words of an interface: its name, address, length of the network's prefix, kind. */
struct interface {
    char name[64], kind[64];
    uint32_t address, mask;
    unsigned prefix;
};

static bool interface_read(const char *text, struct interface *interface) {
    char address[64];
    struct in_addr binary;
    if (sscanf(text, "%63s %63[0-9.]/%u %63s", interface->name, address, &interface->prefix,
               interface->kind) != 4 ||
        interface->prefix > 32 || inet_pton(AF_INET, address, &binary) != 1)
        return false;
    interface->address = ntohl(binary.s_addr);
    interface->mask = interface->prefix ? UINT32_MAX << (32 - interface->prefix) : 0;
    return true;
}

static bool address_read(const char *text, uint32_t *address) {
    struct in_addr binary;
    if (inet_pton(AF_INET, text, &binary) != 1)
        return false;
    *address = ntohl(binary.s_addr);
    return true;
}

static bool is_loopback(uint32_t address) {
    return address >> 24 == 127;
}

/* The first address of IPv4 that a name stands for here; one of this machine only for itself is
 * none, unless the files have it so. */
static bool node_ip(const struct node_facts *node, uint32_t *address) {
    if (address_read(node->name, address))
        return true;
    for (size_t k = 0; k < node->addresses.count; k++)
        if (address_read(node->addresses.items[k], address) && !is_loopback(*address))
            return true;
    return false;
}

/* How many nodes have their name in a network. */
static size_t network_nodes(const struct doctor_view *view, uint32_t network, uint32_t mask) {
    size_t count = 0;
    uint32_t address;
    for (size_t n = 0; n < view->count; n++)
        count += node_ip(&view->nodes[n], &address) && (address & mask) == network;
    return count;
}

void view_network(const struct doctor_view *view, char network[64]) {
    size_t most = 0;
    struct interface interface;
    network[0] = '\0';
    for (size_t n = 0; n < view->count && view->count > 1; n++)
        for (size_t k = 0; k < view->nodes[n].interfaces.count; k++) {
            if (!interface_read(view->nodes[n].interfaces.items[k], &interface))
                continue;
            const uint32_t base = interface.address & interface.mask;
            const size_t nodes = network_nodes(view, base, interface.mask);
            if (nodes <= most)
                continue;
            most = nodes;
            snprintf(network, 64, "%u.%u.%u.%u/%u", base >> 24, base >> 16 & 255, base >> 8 & 255,
                     base & 255, interface.prefix);
        }
}

/* Whether an interface is in the network "10.0.0.0/24". */
static bool interface_in(const struct interface *interface, const char *network) {
    struct interface other;
    char text[160];
    snprintf(text, sizeof text, "x %s x", network);
    return *network && interface_read(text, &other) && other.prefix == interface->prefix &&
           other.address == (interface->address & interface->mask);
}

void node_interface(const struct node_facts *node, const char *network, char name[64]) {
    struct interface interface;
    name[0] = '\0';
    for (size_t k = 0; k < node->interfaces.count && !*name; k++)
        if (interface_read(node->interfaces.items[k], &interface) &&
            interface_in(&interface, network))
            snprintf(name, 64, "%s", interface.name);
}

/* Whether it is one that leads to another network than the one of the nodes. */
static bool interface_leads_elsewhere(const char *text, const char *network,
                                      struct interface *interface) {
    return interface_read(text, interface) && !interface_in(interface, network) &&
           !same(interface->kind, "loopback");
}

bool node_has_other_networks(const struct node_facts *node, const char *network) {
    struct interface interface;
    bool others = false;
    for (size_t k = 0; k < node->interfaces.count && !others; k++)
        others = interface_leads_elsewhere(node->interfaces.items[k], network, &interface);
    return others;
}

char *view_interfaces(const struct doctor_view *view, const char *network) {
    char *list = NULL, name[64], other[64];
    size_t bytes;
    FILE *stream = open_memstream(&list, &bytes);
    bool first = true;
    for (size_t n = 0; stream && n < view->count; n++) {
        bool named = false;
        node_interface(&view->nodes[n], network, name);
        for (size_t m = 0; m < n && !named; m++) {
            node_interface(&view->nodes[m], network, other);
            named = same(name, other);
        }
        if (!*name || named)
            continue;
        fprintf(stream, "%s%s", first ? "" : ",", name);
        first = false;
    }
    return stream && fclose(stream) == 0 ? list : NULL;
}

void node_address(const struct doctor_view *view, const struct node_facts *node, char address[64]) {
    uint32_t ip = 0;
    char network[64];
    struct interface interface;
    bool found = node_ip(node, &ip);
    view_network(view, network);
    for (size_t k = 0; k < node->interfaces.count && !found; k++)
        if (interface_read(node->interfaces.items[k], &interface) &&
            interface_in(&interface, network)) {
            ip = interface.address;
            found = true;
        }
    address[0] = '\0';
    if (found)
        snprintf(address, 64, "%u.%u.%u.%u", ip >> 24, ip >> 16 & 255, ip >> 8 & 255, ip & 255);
}

/* The slots of a node as its launcher counts them; 0: not known. */
static double node_slots(const struct node_facts *node) {
    if (node->slots > 0)
        return node->slots;
    return isfinite(node->cores) && node->cores > 0 ? node->cores
           : isfinite(node->cpus)                   ? node->cpus
                                                    : 0;
}

/* Ranks that the run is to have: as said, or as many as the rank file places; 0: not known. */
static uint64_t view_ranks(const struct doctor_view *view) {
    return view->ranks ? view->ranks : view->hosts->rank_count;
}

static bool is_remote(const struct node_facts *node) {
    return node->local != 1;
}

/* -- hosts that are not reached -----------------------------------------------------------------
 */

enum reach { REACHED, KEY_CHANGED, KEY_UNKNOWN, PASSWORD, NAME_UNKNOWN, REFUSED, NO_REPLY, OTHER };

static enum reach node_reach(const struct node_facts *node) {
    static const struct {
        const char *text;
        enum reach reach;
    } errors[] = {
        {"IDENTIFICATION HAS CHANGED", KEY_CHANGED},
        {"Host key verification failed", KEY_UNKNOWN},
        {"Permission denied", PASSWORD},
        {"Could not resolve", NAME_UNKNOWN},
        {"Name or service not known", NAME_UNKNOWN},
        {"Connection refused", REFUSED},
        {"timed out", NO_REPLY},
        {"No route to host", NO_REPLY},
        {"unreachable", NO_REPLY},
    };
    if (node_is_reached(node))
        return REACHED;
    if (node->status == 127)
        return OTHER; /* no program was started, and ssh has said nothing */
    for (size_t k = 0; k < sizeof errors / sizeof errors[0]; k++)
        if (strstr(node->error, errors[k].text))
            return errors[k].reach;
    return node->timed_out == 1 ? NO_REPLY : OTHER;
}

bool node_agent_failed(const struct node_facts *node, bool agent_is_ssh) {
    return !agent_is_ssh && node->local != 1 && node->probed != 1 && node_reach(node) == OTHER;
}

/* Words for ssh: {1} port, {2} host, {3} the file of known hosts, {4} user@host. */
static bool ssh_words(const struct node_facts *node, struct words *words) {
    const char *host = *node->ssh_host ? node->ssh_host : node->name;
    say(words, 1, "%s", *node->ssh_port ? node->ssh_port : "22");
    say(words, 2, "%s", host);
    say(words, 3, "%.*s", (int)strcspn(node->ssh_known_hosts, " "),
        *node->ssh_known_hosts ? node->ssh_known_hosts : "");
    if (!*said(words, 3))
        say(words, 3, "~/.ssh/known_hosts");
    say(words, 4, "%s%s%s", node->ssh_user, *node->ssh_user ? "@" : "", host);
    if (!*node->ssh_user)
        say(words, 4, "%s", *node->target ? node->target : node->name);
    return true;
}

static bool name_unknown(const struct doctor_view *view, size_t n, struct words *words) {
    const struct node_facts *node = &view->nodes[n];
    if (node_reach(node) != NAME_UNKNOWN)
        return false;
    say(words, 1, "%s", *node->local_address ? node->local_address : "ADDRESS");
    say(words, 2, "%s", node->name);
    say(words, 3, "%s", view->here->uid == 0 ? "" : "sudo ");
    return true;
}

static bool key_changed(const struct doctor_view *view, size_t n, struct words *words) {
    const struct node_facts *node = &view->nodes[n];
    if (node_reach(node) != KEY_CHANGED)
        return false;
    ssh_words(node, words);
    if (!same(said(words, 1), "22"))
        say(words, 2, "[%s]:%s", said(words, 2), said(words, 1));
    return true;
}

static bool key_unknown(const struct doctor_view *view, size_t n, struct words *words) {
    return node_reach(&view->nodes[n]) == KEY_UNKNOWN && ssh_words(&view->nodes[n], words);
}

static bool password_asked(const struct doctor_view *view, size_t n, struct words *words) {
    const struct node_facts *node = &view->nodes[n];
    if (node_reach(node) != PASSWORD)
        return false;
    ssh_words(node, words);
    const char *key = node->ssh_identity;
    const bool own = *key && !strstr(key, "/.ssh/id_");
    say(words, 2, "%s", own ? key : "~/.ssh/id_ed25519");
    return true;
}

static bool connection_refused(const struct doctor_view *view, size_t n, struct words *words) {
    return node_reach(&view->nodes[n]) == REFUSED && ssh_words(&view->nodes[n], words);
}

static bool no_reply(const struct doctor_view *view, size_t n, struct words *words) {
    const struct node_facts *node = &view->nodes[n];
    if (node_reach(node) != NO_REPLY)
        return false;
    say(words, 1, "%s", *node->error ? node->error : "the time was up");
    say(words, 2, "%s", *node->ssh_host ? node->ssh_host : node->name);
    return true;
}

static bool login_fails(const struct doctor_view *view, size_t n, struct words *words) {
    const struct node_facts *node = &view->nodes[n];
    if (node_reach(node) != OTHER || node_agent_failed(node, view->agent_is_ssh))
        return false;
    say(words, 1, "%s", *node->error ? node->error : "it printed nothing");
    say(words, 2, "%.0f", isfinite(node->status) ? node->status : 255);
    return true;
}

/* -- names --------------------------------------------------------------------------------------
 */

/* Whether there are other machines than that of a node: localhost is a second name of this one. */
static bool has_company(const struct doctor_view *view, size_t n) {
    for (size_t m = 0; m < view->count; m++)
        if (m != n && (is_remote(&view->nodes[m]) || is_remote(&view->nodes[n])))
            return true;
    return false;
}

/* The usual line of Debian, "127.0.1.1 red": the others are given it as the address of the node. */
static bool name_loops_back(const struct doctor_view *view, size_t n, struct words *words) {
    const struct node_facts *node = &view->nodes[n];
    uint32_t address;
    char own[64];
    if (!node_is_reached(node) || !has_company(view, n))
        return false;
    for (size_t k = 0; k < node->own_addresses.count; k++) {
        if (!address_read(node->own_addresses.items[k], &address))
            continue;
        if (!is_loopback(address))
            return false; /* another line of /etc/hosts has the right one */
    }
    if (node->own_addresses.count == 0 || address_read(node->name, &address))
        return false; /* nodes that are known by their addresses need no names */
    node_address(view, node, own);
    const char *right = *own ? own : "ADDRESS";
    say(words, 1, "%s", node->own_addresses.items[0]);
    /* Only 127.0.1.1 is on a line of its own: that of 127.0.0.1 has localhost as well. */
    if (same(said(words, 1), "127.0.1.1"))
        say(words, 2, "s/^127.0.1.1[[:space:]]/%s /", right);
    else
        say(words, 2, "1i %s %s", right, node->hostname);
    say(words, 3, "%s", node->hostname);
    return true;
}

static bool reverse_differs(const struct doctor_view *view, size_t n, struct words *words) {
    const struct node_facts *node = &view->nodes[n];
    if (!*node->reverse || node->addresses.count == 0 || node->reverse_addresses.count == 0)
        return false;
    for (size_t k = 0; k < node->addresses.count; k++)
        if (list_has(&node->reverse_addresses, node->addresses.items[k]))
            return false;
    say(words, 1, "%s", node->addresses.items[0]);
    say(words, 2, "%s", node->reverse);
    say(words, 3, "%s", node->reverse_addresses.items[0]);
    say(words, 4, "%s", view->here->uid == 0 ? "" : "sudo ");
    return true;
}

static bool duplicate_host(const struct doctor_view *view, size_t h, struct words *words) {
    const struct host_entry *entry = &view->hosts->hosts[h];
    const struct host_entry *first = hosts_find(view->hosts, entry->name);
    if (!entry->file || first == entry || !first->file)
        return false;
    char *file = shell_quoted(entry->file);
    say(words, 1, "%s", entry->name);
    say(words, 2, "%lu", first->line);
    say(words, 3, "%lu", entry->line);
    say(words, 4, "%s", file ? file : entry->file);
    free(file);
    return true;
}

/* Two names of one machine. */
static bool same_node_twice(const struct doctor_view *view, size_t n, struct words *words) {
    const struct node_facts *node = &view->nodes[n];
    for (size_t m = 0; m < n; m++) {
        const struct node_facts *other = &view->nodes[m];
        bool shared = !is_remote(node) && !is_remote(other);
        for (size_t k = 0; k < node->addresses.count && !shared; k++)
            shared = list_has(&other->addresses, node->addresses.items[k]);
        if (!shared)
            continue;
        const struct host_entry *entry = hosts_find(view->hosts, node->name);
        char *file = entry && entry->file ? shell_quoted(entry->file) : NULL;
        say(words, 1, "%s", other->name);
        say(words, 2, "%s", node->addresses.count ? node->addresses.items[0] : node->name);
        if (file)
            say(words, 3, "sed -i %lud %s", entry->line, file);
        else
            say(words, 3, "getent ahosts %s %s", other->name, node->name);
        free(file);
        return true;
    }
    return false;
}

static bool wrong_form(const struct doctor_view *view, size_t h, struct words *words) {
    const struct host_entry *entry = &view->hosts->hosts[h];
    const bool hydra = view_launcher(view) == LAUNCHER_HYDRA;
    if (!entry->file || !(entry->form & (hydra ? HOST_FORM_OPENMPI : HOST_FORM_MPICH)))
        return false;
    char *file = shell_quoted(entry->file);
    say(words, 1, "%s", hydra ? "Open MPI" : "MPICH");
    say(words, 2, "%s", hydra ? "MPICH" : "Open MPI");
    if (hydra)
        say(words, 3,
            "sed -i -E 's/\\s+max[_-]slots\\s*=\\s*[0-9]+//; s/\\s+slots\\s*=\\s*([0-9]+)/:\\1/' %s",
            file ? file : entry->file);
    else
        say(words, 3,
            "sed -i -E 's/\\sbinding=\\S*//; s/^([^#:]*):([0-9]+)/\\1 slots=\\2/; s/^\\s*([^#@ \\t]+)([^#]*)\\suser=(\\S+)/\\3@\\1\\2/' %s",
            file ? file : entry->file);
    free(file);
    return true;
}

/* MPICH takes such a file as it is. */
static bool windows_text(const struct doctor_view *view, size_t n, struct words *words) {
    (void)n;
    if (view_launcher(view) == LAUNCHER_HYDRA)
        return false;
    for (size_t k = 0; k < 2; k++) {
        if (!view->hosts->windows[k])
            continue;
        char *file = shell_quoted(view->hosts->windows[k]);
        say_more(words, 1, " and ", view->hosts->windows[k]);
        say_more(words, 2, " ", file ? file : "?");
        words->lost |= !file;
        free(file);
    }
    return *said(words, 1) != '\0';
}

/* -- ranks --------------------------------------------------------------------------------------
 */

static bool is_yes(const char *text) {
    return *text && !same(text, "0") && strcasecmp(text, "false") != 0;
}

static bool few_slots(const struct doctor_view *view, size_t n, struct words *words) {
    const struct node_facts *here = view->here;
    double slots = 0;
    (void)n;
    if (view->ranks == 0 || view_launcher(view) == LAUNCHER_HYDRA || is_yes(here->oversubscribe) ||
        strcasestr(here->mapping, "oversubscribe") ||
        strcasestr(here->prte_mapping, "oversubscribe"))
        return false;
    for (size_t k = 0; k < view->count; k++) {
        const double of_node = node_slots(&view->nodes[k]);
        if (of_node <= 0)
            return false; /* not known: it is not reached, and that is a finding already */
        slots += of_node;
    }
    if ((double)view->ranks <= slots)
        return false;
    say(words, 1, "%ju", (uintmax_t)view->ranks);
    say(words, 2, "%.0f", slots);
    return true;
}

/* What runs on a node at the same time: hardware threads, for a run may use them all. */
static double node_threads(const struct node_facts *node) {
    return fmax(isfinite(node->cores) ? node->cores : 0, isfinite(node->cpus) ? node->cpus : 0);
}

/* Ranks that are not said are one per node. More ranks than cores are a matter of slots. */
static bool few_cores(const struct doctor_view *view, size_t n, struct words *words) {
    const uint64_t ranks = view_ranks(view) ? view_ranks(view) : view->count;
    double threads = 0, cores = 0;
    (void)n;
    for (size_t k = 0; k < view->count; k++) {
        const double of_node = node_threads(&view->nodes[k]);
        if (of_node <= 0)
            return false; /* not known: it is not reached, and that is a finding already */
        threads += of_node;
        cores += isfinite(view->nodes[k].cores) ? view->nodes[k].cores : of_node;
    }
    if ((double)ranks > threads || (double)ranks * (double)view->threads <= threads)
        return false;
    say(words, 1, "%.0f %s%s", threads, threads > cores ? "hardware thread" : "core",
        threads == 1 ? "" : "s");
    say(words, 2, "%ju rank%s of %ju threads", (uintmax_t)ranks, ranks == 1 ? "" : "s",
        (uintmax_t)view->threads);
    say(words, 3, "%.0f", floor(threads / (double)ranks));
    return true;
}

static bool rank_host_unknown(const struct doctor_view *view, size_t r, struct words *words) {
    const struct rank_entry *rank = &view->hosts->ranks[r];
    if (view->hosts->host_count == 0 || hosts_find(view->hosts, rank->host))
        return false;
    if (!view->hostfile)
        return false; /* --host with a rank file: the nodes are those of the rank file */
    size_t slots = 1; /* of all its ranks: one line for the host file */
    for (size_t k = 0; k < view->hosts->rank_count; k++)
        if (k != r && same(view->hosts->ranks[k].host, rank->host)) {
            if (k < r)
                return false;
            slots++;
        }
    char *file = shell_quoted(view->hostfile);
    say(words, 1, "%ju", (uintmax_t)rank->rank);
    say(words, 2, "%s", rank->host);
    say(words, 3, "%s", file ? file : view->hostfile);
    say(words, 4, "%s%zu", view_launcher(view) == LAUNCHER_HYDRA ? ":" : " slots=", slots);
    free(file);
    return true;
}

static bool rank_missing(const struct doctor_view *view, size_t n, struct words *words) {
    const struct host_list *hosts = view->hosts;
    const uint64_t ranks = view_ranks(view);
    (void)n;
    if (hosts->rank_count == 0)
        return false;
    for (uint64_t rank = 0; rank < ranks; rank++) {
        bool placed = false;
        for (size_t k = 0; k < hosts->rank_count && !placed; k++)
            placed = hosts->ranks[k].rank == rank;
        if (placed)
            continue;
        char *file = shell_quoted(view->rankfile ? view->rankfile : "rankfile");
        say(words, 1, "%ju", (uintmax_t)rank);
        say(words, 2, "%ju", (uintmax_t)ranks);
        say(words, 3, "%s", file ? file : view->rankfile);
        say(words, 4, "%s", hosts->ranks[0].host);
        free(file);
        return true;
    }
    return false;
}

static const struct node_facts *node_of(const struct doctor_view *view, const char *name) {
    for (size_t n = 0; n < view->count; n++)
        if (strcasecmp(view->nodes[n].name, name) == 0)
            return &view->nodes[n];
    return NULL;
}

/* With a rank file Open MPI 4 takes the users of ssh from there alone; Open MPI 5 always takes them
 * from the host file. One line for all ranks of a host. */
static bool rank_user(const struct doctor_view *view, size_t r, struct words *words) {
    const struct rank_entry *rank = &view->hosts->ranks[r];
    const struct host_entry *host = hosts_find(view->hosts, rank->host);
    const struct node_facts *node = node_of(view, rank->host);
    const enum launcher_kind launcher = view_launcher(view);
    if (!host || !host->file || !node || node->local == 1 || launcher == LAUNCHER_HYDRA)
        return false;
    const bool of_host = launcher == LAUNCHER_PRRTE;
    const char *used = of_host ? host->user : rank->user, *lost = of_host ? rank->user : host->user;
    if (!*lost || same(lost, used))
        return false;
    for (size_t k = 0; k < r; k++)
        if (strcasecmp(view->hosts->ranks[k].host, rank->host) == 0)
            return false;
    char *file = shell_quoted(of_host ? host->file : rank->file);
    say(words, 1, "%s", rank->host);
    say(words, 2, "%s", lost);
    if (of_host)
        say(words, 3, "sed -i -E '%lus/^[[:space:]]*([^@#[:space:]]*@)?/%s@/' %s", host->line, lost,
            file ? file : "");
    else
        say(words, 3,
            "sed -i -E 's/=[[:space:]]*([^@[:space:]]*@)?%s([[:space:]]|$)/=%s@%s\\2/' %s",
            rank->host, lost, rank->host, file ? file : "");
    say(words, 4, "%s",
        of_host ? "rank file, and Open MPI 5 takes users from the host file alone"
                : "host file, and Open MPI 4 takes users from a rank file if there is one");
    words->lost |= !file;
    free(file);
    return true;
}

static bool rank_core_missing(const struct doctor_view *view, size_t r, struct words *words) {
    const struct rank_entry *rank = &view->hosts->ranks[r];
    const struct node_facts *node = node_of(view, rank->host);
    if (!node || !(node->cores > 0) || !(node->sockets > 0))
        return false;
    for (size_t k = 0; k < rank->span_count; k++) {
        const struct core_span *span = &rank->spans[k];
        const double cores = span->socket < 0 ? node->cores : node->cores / node->sockets;
        const bool no_socket = span->socket >= 0 && span->socket >= node->sockets;
        if (!no_socket && (span->last == UINT32_MAX || span->last < cores))
            continue;
        say(words, 1, "%ju", (uintmax_t)rank->rank);
        if (no_socket)
            say(words, 2, "socket %d", span->socket);
        else
            say(words, 2, "core %u", span->last);
        say(words, 3, "%s has %.0f socket%s of %.0f cores", rank->host, node->sockets,
            node->sockets == 1 ? "" : "s", node->cores / node->sockets);
        char *file = shell_quoted(rank->file);
        say(words, 4, "sed -i '%lus/=[^ ]*$/=0:0-%.0f/' %s", rank->line,
            node->cores / node->sockets - 1, file ? file : rank->file);
        free(file);
        return true;
    }
    return false;
}

static bool spans_overlap(const struct core_span *a, const struct core_span *b) {
    return a->socket == b->socket && a->first <= b->last && b->first <= a->last;
}

static bool ranks_share_cores(const struct doctor_view *view, size_t r, struct words *words) {
    const struct rank_entry *rank = &view->hosts->ranks[r];
    for (size_t q = 0; q < r; q++) {
        const struct rank_entry *other = &view->hosts->ranks[q];
        bool shared = false;
        if (strcasecmp(rank->host, other->host) != 0)
            continue;
        for (size_t a = 0; a < rank->span_count && !shared; a++)
            for (size_t b = 0; b < other->span_count && !shared; b++)
                shared = spans_overlap(&rank->spans[a], &other->spans[b]);
        if (!shared)
            continue;
        say(words, 1, "%ju", (uintmax_t)other->rank);
        say(words, 2, "%ju", (uintmax_t)rank->rank);
        say(words, 3, "%s", rank->host);
        return true;
    }
    return false;
}

/* Hybrid runs: a rank that is bound to fewer cores than it has threads. */
static bool rank_bound_to_few(const struct doctor_view *view, size_t r, struct words *words) {
    const struct rank_entry *rank = &view->hosts->ranks[r];
    const uint64_t cores = hosts_rank_cores(rank);
    if (cores == 0 || view->threads <= cores)
        return false;
    char *file = shell_quoted(rank->file);
    say(words, 1, "%ju", (uintmax_t)rank->rank);
    say(words, 2, "%ju core%s", (uintmax_t)cores, cores == 1 ? "" : "s");
    say(words, 3, "%ju", (uintmax_t)view->threads);
    say(words, 4, "sed -i '%lus/=[^ ]*$/=0:0-%ju/' %s", rank->line, (uintmax_t)view->threads - 1,
        file ? file : rank->file);
    free(file);
    return true;
}

static const char *binding_of(const struct doctor_view *view) {
    return view_launcher(view) == LAUNCHER_PRRTE ? view->here->prte_binding : view->here->binding;
}

static bool bound_by_default(const struct doctor_view *view, size_t n, struct words *words) {
    (void)n;
    if (view->threads < 2 || view->ranks == 0 || view->ranks > 2 ||
        view_launcher(view) == LAUNCHER_HYDRA || *binding_of(view) || view->hosts->rank_count > 0)
        return false;
    say(words, 1, "%ju", (uintmax_t)view->threads);
    return true;
}

static bool bound_by_setting(const struct doctor_view *view, size_t n, struct words *words) {
    const char *binding = binding_of(view);
    (void)n;
    if (view->threads < 2 || view_launcher(view) == LAUNCHER_HYDRA ||
        (!begins_with(binding, "core") && !begins_with(binding, "hwthread")))
        return false;
    say(words, 1, "%ju", (uintmax_t)view->threads);
    say(words, 2, "%s",
        view_launcher(view) == LAUNCHER_PRRTE ? "hwloc_default_binding_policy"
                                              : "hwloc_base_binding_policy");
    say(words, 3, "%s", binding);
    return true;
}

/* -- networks -----------------------------------------------------------------------------------
 */

static bool several_networks(const struct doctor_view *view, size_t n, struct words *words) {
    char network[64], name[160];
    const struct node_facts *here = view->here, *node = &view->nodes[n];
    struct interface interface;
    if (view->count < 2 || view_launcher(view) == LAUNCHER_HYDRA || *here->if_include ||
        *here->if_exclude)
        return false;
    view_network(view, network);
    if (!*network || !node_has_other_networks(node, network))
        return false;
    for (size_t k = 0; k < node->interfaces.count; k++)
        if (interface_leads_elsewhere(node->interfaces.items[k], network, &interface)) {
            snprintf(name, sizeof name, "%s (%s)", interface.name, interface.kind);
            say_more(words, 1, ", ", name);
        }
    say(words, 2, "%s", network);
    char *names = view_interfaces(view, network); /* of Open MPI 5: it reads no 10.0.0.0/24 */
    say(words, 3, "%s", names ? names : "");
    words->lost |= !names;
    free(names);
    return true;
}

/* mpirun waits for a node that is gone, unless it is told to look after its connections. */
static bool cut_cable(const struct doctor_view *view, size_t n, struct words *words) {
    const bool prrte = view_launcher(view) == LAUNCHER_PRRTE;
    bool reached = false; /* else no run is near */
    (void)n;
    for (size_t k = 0; k < view->count; k++)
        reached = reached || (is_remote(&view->nodes[k]) && node_is_reached(&view->nodes[k]));
    if (!reached || !view_cut_cable(view))
        return false;
    say(words, 1, "%s", prrte ? "eight minutes" : "for ever");
    say(words, 2, "%s", prrte ? "~/.prte" : "~/.openmpi");
    return true;
}

/* Reads an attempt of a node to connect to another, "red03 10.0.0.3 4711 timeout"; whether
 * something kept it away. Port 1 has no listener: "refused" is a reply. */
static bool connection_failed(const char *connection, char name[FACT_TEXT_BYTES], char how[64]) {
    unsigned port;
    return sscanf(connection, "%255s %*s %u %63s", name, &port, how) == 3 && !same(how, "open") &&
           !same(how, "unknown") && !(port == 1 && same(how, "refused"));
}

/* Whether all connections that fail, from and to several nodes, begin or end at this one: its
 * firewall then keeps both away, and those of the others are not to blame. */
static bool firewall_is_of(const struct doctor_view *view, const struct node_facts *node) {
    char name[FACT_TEXT_BYTES], how[64];
    size_t from = 0, to = 0;
    for (size_t m = 0; m < view->count; m++)
        for (size_t k = 0; k < view->nodes[m].connections.count; k++) {
            if (!connection_failed(view->nodes[m].connections.items[k], name, how))
                continue;
            if (&view->nodes[m] == node)
                from++;
            else if (same(name, node->name))
                to++;
            else
                return false;
        }
    return from > 0 && to > 1;
}

/* Nodes whose connections to this one are dropped. */
static bool firewall(const struct doctor_view *view, size_t n, struct words *words) {
    const struct node_facts *node = &view->nodes[n];
    char network[64], name[FACT_TEXT_BYTES], how[64];
    for (size_t m = 0; m < view->count; m++)
        for (size_t k = 0; k < view->nodes[m].connections.count; k++) {
            if (!connection_failed(view->nodes[m].connections.items[k], name, how) ||
                !same(name, node->name) || (m != n && firewall_is_of(view, &view->nodes[m])))
                continue;
            say_more(words, 1, ", ", view->nodes[m].name);
            say(words, 2, "%s", same(how, "timeout") ? "time out" : "are refused");
        }
    if (!*said(words, 1))
        return false;
    view_network(view, network);
    const char *from = *network ? network : "10.0.0.0/24";
    if (same(node->firewall, "ufw"))
        say(words, 3, "ufw allow from %s", from);
    else if (same(node->firewall, "firewall-cmd"))
        say(words, 3,
            "firewall-cmd --permanent --zone=trusted --add-source=%s && %sfirewall-cmd --reload",
            from, node->uid == 0 ? "" : "sudo ");
    else if (same(node->firewall, "nft"))
        say(words, 3, "nft insert rule %s ip saddr %s accept",
            *node->firewall_chain ? node->firewall_chain : "inet filter input", from);
    else
        say(words, 3, "iptables -I INPUT -s %s -j ACCEPT", from);
    return true;
}

/* -- software -----------------------------------------------------------------------------------
 */

static bool mpirun_missing(const struct doctor_view *view, size_t n, struct words *words) {
    (void)n;
    if (*view->here->mpirun || !node_is_reached(view->here))
        return false;
    say(words, 1, "%s", view->here->uid == 0 ? "" : "sudo ");
    say(words, 2, "%s", view_launcher(view) == LAUNCHER_HYDRA ? "mpich" : "openmpi-bin");
    return true;
}

static bool foreign_mpirun(const struct doctor_view *view, size_t n, struct words *words) {
    const struct node_facts *here = view->here;
    const bool hydra = view_launcher(view) == LAUNCHER_HYDRA;
    (void)n;
    if (!view_is_foreign(view))
        return false;
    say(words, 1, "%s", here->mpirun_version);
    say(words, 2, "%s", hydra ? "MPICH" : "Open MPI");
    if (*(hydra ? here->mpirun_mpich : here->mpirun_openmpi))
        say(words, 3, "%s -np 2 ", view_mpirun(view));
    else
        say(words, 3, "%sapt-get install %s && %s -np 2 ", here->uid == 0 ? "" : "sudo ",
            hydra ? "mpich" : "openmpi-bin", view_mpirun(view));
    return true;
}

/* What the launcher starts on other nodes: its path and where else it is. */
static const char *node_daemon(const struct doctor_view *view, const struct node_facts *node,
                               const char **elsewhere, const char **name) {
    switch (view_launcher(view)) {
    case LAUNCHER_HYDRA:
        *elsewhere = node->hydra_proxy_elsewhere;
        *name = "hydra_pmi_proxy";
        return node->hydra_proxy;
    case LAUNCHER_PRRTE:
        *elsewhere = node->prted_elsewhere;
        *name = "prted";
        return node->prted;
    default:
        *elsewhere = node->orted_elsewhere;
        *name = "orted";
        return node->orted;
    }
}

/* The kind and the major version of what a node has: "Open MPI 4", "MPICH 4". */
static void mpi_generation(const struct node_facts *node, char text[64]) {
    const char *version = node->mpirun_version;
    const char *dot = strchr(version, '.');
    snprintf(text, 64, "%.*s", dot ? (int)(dot - version) : (int)strlen(version), version);
}

static bool mpi_differs(const struct doctor_view *view, size_t n, struct words *words) {
    const struct node_facts *node = &view->nodes[n];
    char mine[64], theirs[64];
    mpi_generation(view->here, mine);
    mpi_generation(node, theirs);
    if (!differ(mine, theirs))
        return false;
    say(words, 1, "%s", node->mpirun_version);
    say(words, 2, "%s", view->here->mpirun_version);
    for (size_t k = 0; k < view->count; k++) { /* those that fit */
        mpi_generation(&view->nodes[k], theirs);
        if (same(theirs, mine))
            say_more(words, 3, ",", view->nodes[k].target);
    }
    if (!*said(words, 3))
        say(words, 3, "localhost");
    return true;
}

static bool daemon_missing(const struct doctor_view *view, size_t n, struct words *words) {
    const struct node_facts *node = &view->nodes[n];
    const char *elsewhere, *name;
    if (!is_remote(node) || !node_is_reached(node) || mpi_differs(view, n, words) ||
        *node_daemon(view, node, &elsewhere, &name) || *elsewhere)
        return false;
    memset(words, 0, sizeof *words);
    say(words, 1, "%s", name);
    say(words, 2, "%s", view_launcher(view) == LAUNCHER_HYDRA ? "mpich" : "openmpi-bin");
    return true;
}

static bool daemon_not_in_path(const struct doctor_view *view, size_t n, struct words *words) {
    const struct node_facts *node = &view->nodes[n];
    const char *elsewhere, *name;
    if (!is_remote(node) || !node_is_reached(node) || view_launcher(view) == LAUNCHER_HYDRA ||
        *node_daemon(view, node, &elsewhere, &name) || !*elsewhere)
        return false;
    const char *bin = strstr(elsewhere, "/bin/");
    char prefix[FACT_TEXT_BYTES];
    snprintf(prefix, sizeof prefix, "%.*s", bin ? (int)(bin - elsewhere) : 0, elsewhere);
    char *quoted = shell_quoted(prefix);
    say(words, 1, "%s", name);
    say(words, 2, "%s", elsewhere);
    say(words, 3, "%s", quoted ? quoted : prefix);
    free(quoted);
    return bin != NULL && bin > elsewhere;
}

/* Copies of this plait and its library, with their places, through the agent. */
static void say_copy(const struct doctor_view *view, struct words *words, int number) {
    char *plait = shell_quoted(view->plait + (*view->plait == '/'));
    char *library = *view->library ? shell_quoted(view->library + 1) : NULL;
    say(words, number, "tar -C / -ch %s%s%s", plait ? plait : "", library ? " " : "",
        library ? library : "");
    free(plait);
    free(library);
}

static bool plait_is_missing(const struct node_facts *node) {
    return node_is_reached(node) && same(node->plait_same, "no") && !*node->plait;
}

static bool plait_missing(const struct doctor_view *view, size_t n, struct words *words) {
    if (!is_remote(&view->nodes[n]) || !plait_is_missing(&view->nodes[n]))
        return false;
    say_copy(view, words, 1);
    return true;
}

/* mpirun plait finds it here, and an ssh that is no login does not find it there. */
static bool plait_not_in_path(const struct doctor_view *view, size_t n, struct words *words) {
    const struct node_facts *node = &view->nodes[n];
    if (!is_remote(node) || !*view->here->plait || *node->plait || !same(node->plait_same, "yes"))
        return false;
    char *plait = shell_quoted(view->plait);
    say(words, 1, "%s", plait ? plait : view->plait);
    free(plait);
    return true;
}

static bool plait_does_not_run(const struct doctor_view *view, size_t n, struct words *words) {
    const struct node_facts *node = &view->nodes[n];
    if (!node_is_reached(node) || plait_is_missing(node) || *node->plait_version)
        return false;
    say(words, 1, "%s",
        *node->plait_missing ? node->plait_missing
        : differ(node->machine, view->here->machine)
            ? "it is a program for another kind of processor"
            : "it ended with an error");
    char *plait = shell_quoted(same(node->plait_same, "yes") ? view->plait : node->plait);
    say(words, 2, "ldd %s", plait ? plait : "plait");
    free(plait);
    return true;
}

static bool plait_version_differs(const struct doctor_view *view, size_t n, struct words *words) {
    const struct node_facts *node = &view->nodes[n];
    if (!differ(node->plait_version, view->here->plait_version))
        return false;
    say(words, 1, "%s", node->plait_version);
    say(words, 2, "%s", view->here->plait_version);
    say_copy(view, words, 3);
    return true;
}

static bool plait_build_differs(const struct doctor_view *view, size_t n, struct words *words) {
    const struct node_facts *node = &view->nodes[n];
    if (!is_remote(node) || plait_version_differs(view, n, words) || !*node->plait_version ||
        !same(node->machine, view->here->machine) ||
        !differ(node->plait_checksum, view->here->plait_checksum))
        return false;
    memset(words, 0, sizeof *words);
    say_copy(view, words, 3);
    return true;
}

/* -- machines -----------------------------------------------------------------------------------
 */

/* The nodes that are like this machine. */
static void say_alike(const struct doctor_view *view, struct words *words, int number) {
    for (size_t k = 0; k < view->count; k++) {
        const struct node_facts *node = &view->nodes[k];
        if (node->bits == view->here->bits && same(node->order, view->here->order))
            say_more(words, number, ",", node->target);
    }
    if (!*said(words, number))
        say(words, number, "localhost");
}

static bool word_size_differs(const struct doctor_view *view, size_t n, struct words *words) {
    const struct node_facts *node = &view->nodes[n];
    if (!isfinite(node->bits) || !isfinite(view->here->bits) || node->bits == view->here->bits)
        return false;
    say(words, 1, "%.0f", node->bits);
    say(words, 2, "%.0f", view->here->bits);
    say_alike(view, words, 3);
    return true;
}

static bool byte_order_differs(const struct doctor_view *view, size_t n, struct words *words) {
    const struct node_facts *node = &view->nodes[n];
    if (!differ(node->order, view->here->order))
        return false;
    say(words, 1, "%s", node->order);
    say(words, 2, "%s", view->here->order);
    say_alike(view, words, 3);
    return true;
}

static bool machines_mixed(const struct doctor_view *view, size_t n, struct words *words) {
    const struct node_facts *node = &view->nodes[n];
    if (!differ(node->machine, view->here->machine))
        return false;
    say(words, 1, "%s", node->machine);
    say(words, 2, "%s", view->here->machine);
    return true;
}

static bool clocks_apart(const struct doctor_view *view, size_t n, struct words *words) {
    const struct node_facts *node = &view->nodes[n];
    const double error = isfinite(node->clock_error) ? node->clock_error : 0;
    (void)view;
    if (!isfinite(node->clock_offset) || fabs(node->clock_offset) - error <= clock_seconds_apart)
        return false;
    say(words, 1, "%.1f", fabs(node->clock_offset));
    say(words, 2, "%s", node->clock_offset > 0 ? "ahead" : "slow");
    return true;
}

static bool memory_low(const struct doctor_view *view, size_t n, struct words *words) {
    const double mib = view->nodes[n].memory_free_kib / KIB_PER_MIB;
    if (!(mib < memory_free_mib_least))
        return false;
    say(words, 1, "%.0f", mib);
    return true;
}

static bool loaded(const struct doctor_view *view, size_t n, struct words *words) {
    const struct node_facts *node = &view->nodes[n];
    if (!(node->cpus > 0) || !(node->load > node->cpus / 2 + 0.5))
        return false;
    say(words, 1, "%.1f", node->load);
    say(words, 2, "%.0f", node->cpus);
    return true;
}

static bool open_files_low(const struct doctor_view *view, size_t n, struct words *words) {
    const char *limit = view->nodes[n].limit_files;
    char *end;
    const long files = strtol(limit, &end, 10);
    if (end == limit || files >= open_files_least)
        return false;
    say(words, 1, "%ld", files);
    say(words, 2, "%ld", open_files_least);
    return true;
}

/* Cards such as InfiniBand's read memory that is locked; TCP needs none. */
static bool locked_memory_low(const struct doctor_view *view, size_t n, struct words *words) {
    const struct node_facts *node = &view->nodes[n];
    if (!*node->rdma || !*node->limit_locked || same(node->limit_locked, "unlimited"))
        return false;
    say(words, 1, "%s", node->limit_locked);
    say(words, 2, "%s", node->rdma);
    return true;
}

static bool shm_small(const struct doctor_view *view, size_t n, struct words *words) {
    const struct node_facts *node = &view->nodes[n];
    const double mib = node->shm_free_kib / KIB_PER_MIB;
    const double needed = shm_mib_per_rank * fmax(1, node_slots(node));
    if (!(mib < fmin(needed, 1024)))
        return false;
    say(words, 1, "%.0f", floor(mib));
    say(words, 2, "%.0f", fmax(1, node_slots(node)));
    say(words, 3, "%.0f", fmin(needed, 1024));
    return true;
}

static bool tmp_full(const struct doctor_view *view, size_t n, struct words *words) {
    const struct node_facts *node = &view->nodes[n];
    if (!(node->tmp_free_kib / KIB_PER_MIB < tmp_free_mib_least) &&
        !(node->tmp_free_files < tmp_files_least))
        return false;
    char *tmp = shell_quoted(node->tmp);
    say(words, 1, "%s", tmp ? tmp : node->tmp);
    say(words, 2, "%.0f MiB", floor(node->tmp_free_kib / KIB_PER_MIB));
    if (node->tmp_free_files < tmp_files_least)
        say(words, 2, "%.0f files", node->tmp_free_files);
    free(tmp);
    return true;
}

/* -- directories --------------------------------------------------------------------------------
 */

static bool directory_missing(const struct doctor_view *view, size_t n, struct words *words) {
    if (!same(view->nodes[n].directory_there, "no"))
        return false;
    char *directory = shell_quoted(view->directory);
    say(words, 1, "%s", directory ? directory : view->directory);
    free(directory);
    return true;
}

static bool home_missing(const struct doctor_view *view, size_t n, struct words *words) {
    const struct node_facts *node = &view->nodes[n];
    (void)view;
    if (!same(node->home_there, "no"))
        return false;
    char *home = shell_quoted(node->home), *user = shell_quoted(node->user);
    say(words, 1, "%s", home ? home : node->home);
    say(words, 2, "%s", user ? user : node->user);
    free(home);
    free(user);
    return true;
}

/* A home of another name matters where the run is to be below it. */
static bool home_differs(const struct doctor_view *view, size_t n, struct words *words) {
    const struct node_facts *node = &view->nodes[n];
    const char *home = view->here->home;
    if (!differ(node->home, home) || same(home, "/") ||
        (!begins_with(view->directory, home) && !begins_with(view->plait, home)))
        return false;
    say(words, 1, "%s", node->home);
    say(words, 2, "%s", home);
    say(words, 3, "%s", node->user);
    return true;
}

/* {1} what is mounted, {2} where, {3} its options. */
static bool nfs_words(const struct node_facts *node, struct words *words) {
    char what[256], where[256], type[64], options[256];
    if (sscanf(node->directory_mount, "%255s %255s %63s %255s", what, where, type, options) != 4 ||
        !begins_with(type, "nfs"))
        return false;
    say(words, 1, "%s", what);
    say(words, 2, "%s", where);
    say(words, 3, "%s", options);
    return true;
}

static bool nfs_without_locks(const struct doctor_view *view, size_t n, struct words *words) {
    const struct node_facts *node = &view->nodes[n];
    if (!nfs_words(node, words))
        return false;
    const char *options = said(words, 3);
    return strstr(options, "nolock") || strstr(options, "local_lock=all") ||
           (strstr(options, "vers=3") && !*node->locks);
}

static bool nfs(const struct doctor_view *view, size_t n, struct words *words) {
    return nfs_words(&view->nodes[n], words) && !nfs_without_locks(view, n, words);
}

/* hwloc within mpirun loads drivers, which replace the actions of signals. */
static bool opencl_in_hwloc(const struct doctor_view *view, size_t n, struct words *words) {
    const struct node_facts *here = view->here;
    (void)n;
    (void)words;
    return *here->opencl && *here->opencl_drivers && !*here->hwloc_components;
}

/* -- Slurm --------------------------------------------------------------------------------------
 */

static bool slurmd_missing(const struct doctor_view *view, size_t n, struct words *words) {
    (void)words;
    return view->slurm && node_is_reached(&view->nodes[n]) && !*view->nodes[n].slurmd;
}

static bool munge_stopped(const struct doctor_view *view, size_t n, struct words *words) {
    const char *status = view->nodes[n].slurm_munge, *auth = view->here->slurm_auth;
    if (!view->slurm || (*auth && !strstr(auth, "munge")))
        return false; /* Slurm has another way to sign */
    if (!*status || begins_with(status, "Success") || begins_with(status, "Invalid credential") ||
        begins_with(status, "Rewound") || begins_with(status, "Expired"))
        return false;
    say(words, 1, "%s", status);
    return true;
}

static bool munge_key_differs(const struct doctor_view *view, size_t n, struct words *words) {
    if (!view->slurm || !begins_with(view->nodes[n].slurm_munge, "Invalid credential"))
        return false;
    say(words, 1, "%s", view->here->uid == 0 ? "" : "sudo ");
    return true;
}

static bool munge_clock(const struct doctor_view *view, size_t n, struct words *words) {
    const char *status = view->nodes[n].slurm_munge;
    if (!view->slurm || (!begins_with(status, "Rewound") && !begins_with(status, "Expired")))
        return false;
    say(words, 1, "%s", status);
    return true;
}

static bool slurm_conf_missing(const struct doctor_view *view, size_t n, struct words *words) {
    const struct node_facts *node = &view->nodes[n];
    if (!view->slurm || !is_remote(node) || !*node->slurmd || *node->slurm_checksum ||
        !*view->here->slurm_checksum)
        return false;
    say(words, 1, "%s", node->slurm_configuration);
    say_quoted(words, 2, view->here->slurm_configuration);
    return true;
}

static bool slurm_conf_none(const struct doctor_view *view, size_t n, struct words *words) {
    (void)n;
    if (!view->slurm || !node_is_reached(view->here) || *view->here->slurm_checksum)
        return false;
    say(words, 1, "%s", view->here->slurm_configuration);
    say(words, 2, "%s", view->here->uid == 0 ? "" : "sudo ");
    return true;
}

static bool slurm_conf_differs(const struct doctor_view *view, size_t n, struct words *words) {
    const struct node_facts *node = &view->nodes[n];
    if (!view->slurm || !differ(node->slurm_checksum, view->here->slurm_checksum))
        return false;
    say(words, 1, "%s", node->slurm_configuration);
    say_quoted(words, 2, view->here->slurm_configuration);
    return true;
}

/* The slurm.conf of this machine says what a node has, for all others get it; the lines are typed
 * here, and another node does not decide which file they change. */
static bool slurm_node_unknown(const struct doctor_view *view, size_t n, struct words *words) {
    const struct node_facts *node = &view->nodes[n], *from = view->here;
    struct nodelist_shape shape;
    if (!view->slurm || !*from->slurm_checksum || !*node->slurm_shape ||
        !begins_with(node->slurm_shape, "NodeName=") ||
        nodelist_shape(&from->slurm_nodes, node->slurm_name, &shape))
        return false;
    say_quoted(words, 1, from->slurm_configuration);
    say(words, 2, "%s", node->slurm_name);
    say(words, 3, "%s", node->slurm_shape);
    say(words, 4, "%s", view->here->uid == 0 ? "" : "sudo ");
    return true;
}

/* slurm.conf promises more than slurmd -C finds: Slurm then drains the node. */
static bool slurm_node_smaller(const struct doctor_view *view, size_t n, struct words *words) {
    const struct node_facts *node = &view->nodes[n], *from = view->here;
    struct nodelist_shape promised, found;
    struct fact_list own = {.items = (char(*)[FACT_TEXT_BYTES])node->slurm_shape, .count = 1};
    if (!view->slurm || !*from->slurm_checksum || !*node->slurm_shape ||
        strstr(from->slurm_parameters, "config_overrides") ||
        !nodelist_shape(&from->slurm_nodes, node->slurm_name, &promised) ||
        !nodelist_shape(&own, NULL, &found))
        return false;
    for (int k = 0; k < NODELIST_SIZES; k++) {
        if (!(promised.sizes[k] > found.sizes[k]))
            continue;
        say(words, 1, "%s=%.0f", nodelist_size_names[k], promised.sizes[k]);
        say(words, 2, "%s=%.0f", nodelist_size_names[k], found.sizes[k]);
        say_quoted(words, 3, from->slurm_configuration);
        say(words, 4, "%s", view->here->uid == 0 ? "" : "sudo ");
        return true;
    }
    return false;
}

static bool slurm_cgroups(const struct doctor_view *view, size_t n, struct words *words) {
    const struct node_facts *node = &view->nodes[n];
    const bool asked =
        strstr(node->slurm_task_plugin, "cgroup") || strstr(node->slurm_process_tracking, "cgroup");
    char padded[FACT_TEXT_BYTES + 2];
    if (!view->slurm || !asked || !*node->slurm_cgroups)
        return false;
    snprintf(padded, sizeof padded, " %s ", node->slurm_cgroups);
    const bool memory = strstr(padded, " memory ") != NULL;
    const bool cpuset = strstr(padded, " cpuset ") != NULL;
    if (memory && cpuset)
        return false;
    say(words, 1, "%s", memory ? "cpuset" : "memory");
    return true;
}

static bool slurm_node_down(const struct doctor_view *view, size_t s, struct words *words) {
    static const char *const bad[] = {"down", "drain", "fail", "unk", "inval", "no_respond"};
    const char *text = view->here->slurm_states.items[s];
    char name[128], state[64];
    int reason = 0;
    if (!view->slurm || sscanf(text, "%127s %63s %n", name, state, &reason) < 2)
        return false;
    bool is_bad = strchr(state, '*') != NULL;
    for (size_t k = 0; k < sizeof bad / sizeof bad[0]; k++)
        is_bad = is_bad || strncasecmp(state, bad[k], strlen(bad[k])) == 0;
    if (!is_bad)
        return false;
    say(words, 1, "%s", name);
    say(words, 2, "%s", state);
    say(words, 3, "%s", reason > 0 && text[reason] ? text + reason : "none");
    say(words, 4, "%s", view->here->uid == 0 ? "" : "sudo ");
    return true;
}

/* -- the table ----------------------------------------------------------------------------------
 */

#define NETWORK_OF_4 \
    "{mpirun} -mca btl_tcp_if_include {2} -mca oob_tcp_if_include {2} {plait} hello"
#define NETWORK_OF_5 \
    "{mpirun} --mca btl_tcp_if_include {3} --prtemca prte_if_include {3} {plait} hello"

const struct check doctor_checks[] = {
    {
        .name = "name-unknown",
        .applies = name_unknown,
        .sentence = "no address is known for this name",
        .line = "echo '{1} {2}' | {3}tee -a /etc/hosts",
    },
    {
        .name = "host-key-changed",
        .applies = key_changed,
        .sentence = "its host key is not the one that ssh knows, as after a new installation",
        .line = "ssh-keygen -f {3} -R {2}",
    },
    {
        .name = "host-key-unknown",
        .applies = key_unknown,
        .sentence = "ssh does not know its host key, and would ask",
        .line = "ssh-keyscan -p {1} {2} >>{3}",
    },
    {
        .name = "password-asked",
        .applies = password_asked,
        .sentence = "ssh asks for a password, which mpirun cannot type",
        .line =
            "[ -f {2} ] || ssh-keygen -q -t ed25519 -N '' -f {2}; ssh-copy-id -i {2}.pub -p {1} {4}",
    },
    {
        .name = "connection-refused",
        .applies = connection_refused,
        .sentence = "no ssh server listens on port {1}: type this on its keyboard",
        .line = "sudo apt-get install -y openssh-server",
    },
    {
        .name = "no-reply",
        .applies = no_reply,
        .sentence = "it does not reply ({1}): is it switched on, and in this network",
        .line = "ping -c 3 {2}",
    },
    {
        .name = "login-fails",
        .applies = login_fails,
        .sentence = "the command there ended early, with status {2}: {1}",
        .line = "{agent} {target} /bin/sh -c 'true'",
    },
    {
        .name = "name-loops-back",
        .there = true,
        .applies = name_loops_back,
        .sentence = "its own name {3} stands for {1} there, where no other node can reach it",
        .line = "{sudo}sed -i '{2}' /etc/hosts",
    },
    {
        .name = "reverse-differs",
        .applies = reverse_differs,
        .sentence = "its address {1} is called {2}, and {2} has the address {3}",
        .line = "{4}sed -i '1i {1} {node}' /etc/hosts",
    },
    {
        .name = "same-node-twice",
        .applies = same_node_twice,
        .sentence = "it is the node {1} under a second name ({2}), so that its slots count twice",
        .line = "{3}",
    },
    {
        .name = "duplicate-host",
        .scope = CHECK_HOST,
        .applies = duplicate_host,
        .sentence =
            "{1} stands on line {2} already: its slots are added up, or mpirun refuses the file",
        .line = "sed -i {3}d {4}",
    },
    {
        .name = "wrong-form",
        .scope = CHECK_HOST,
        .applies = wrong_form,
        .sentence = "this is how {1} writes a host, and {2} cannot read it",
        .line = "{3}",
    },
    {
        .name = "windows-text",
        .scope = CHECK_RUN,
        .applies = windows_text,
        .sentence =
            "it cannot read {1}, with line ends or a byte order mark as Windows writes them",
        .line = "sed -i '1s/^\\xef\\xbb\\xbf//; s/\\r$//' {2}",
    },
    {
        .name = "few-slots",
        .scope = CHECK_RUN,
        .applies = few_slots,
        .sentence = "{1} ranks are more than the {2} slots of the nodes",
        .line = "{mpirun} --oversubscribe {plait} hello",
        .prrte = "{mpirun} --map-by :OVERSUBSCRIBE {plait} hello",
    },
    {
        .name = "few-cores",
        .scope = CHECK_RUN,
        .applies = few_cores,
        .sentence = "the nodes have {1} for {2}",
        .line = "{mpirun} {plait} hello --threads {3}",
    },
    {
        .name = "rank-host-unknown",
        .scope = CHECK_RANK,
        .applies = rank_host_unknown,
        .sentence = "rank {1} is placed on {2}, which the host file does not have",
        .line = "echo '{2}{4}' >>{3}",
    },
    {
        .name = "rank-user",
        .scope = CHECK_RANK,
        .applies = rank_user,
        .sentence = "user {2} of {1} is in the {4}",
        .line = "{3}",
    },
    {
        .name = "rank-missing",
        .scope = CHECK_RUN,
        .applies = rank_missing,
        .sentence = "the rank file does not place rank {1} of {2}",
        .line = "echo 'rank {1}={4} slot=0:0' >>{3}",
    },
    {
        .name = "rank-core-missing",
        .scope = CHECK_RANK,
        .applies = rank_core_missing,
        .sentence = "rank {1} is placed on {2}, and {3}",
        .line = "{4}",
    },
    {
        .name = "ranks-share-cores",
        .scope = CHECK_RANK,
        .applies = ranks_share_cores,
        .sentence = "ranks {1} and {2} have cores of {3} in common",
        .line = "{mpirun} --bind-to none {plait} hello",
        .mpich = "{mpirun} -bind-to none {plait} hello",
    },
    {
        .name = "rank-bound-to-few",
        .scope = CHECK_RANK,
        .applies = rank_bound_to_few,
        .sentence = "rank {1} is bound to {2}, which its {3} threads would share",
        .line = "{4}",
    },
    {
        .name = "bound-by-default",
        .scope = CHECK_RUN,
        .applies = bound_by_default,
        .sentence =
            "Open MPI binds each of one or two ranks to one core, which its {1} threads would share",
        .line = "{mpirun} --bind-to none {plait} hello --threads {1}",
    },
    {
        .name = "bound-by-setting",
        .scope = CHECK_RUN,
        .applies = bound_by_setting,
        .sentence = "{2} = {3} binds each rank to one core, which its {1} threads would share",
        .line = "{mpirun} --bind-to none {plait} hello --threads {1}",
    },
    {
        .name = "several-networks",
        .applies = several_networks,
        .sentence =
            "it has other networks than {2} ({1}), and Open MPI waits for messages on all of them",
        .line = NETWORK_OF_4,
        .prrte = NETWORK_OF_5,
    },
    {
        .name = "firewall",
        .there = true,
        .applies = firewall,
        .sentence = "connections to it {2} from {1}: a firewall keeps ranks apart",
        .line = "{sudo}{3}",
    },
    {
        .name = "cut-cable",
        .scope = CHECK_RUN,
        .note = true,
        .applies = cut_cable,
        .sentence =
            "it waits {1} when a cable is cut; set once, this ends the job after five seconds",
        .line =
            "mkdir -p {2} && printf '%s\\n' 'oob_tcp_keepalive_time = 2' 'oob_tcp_keepalive_intvl = 1' 'oob_tcp_keepalive_probes = 3' >>{2}/mca-params.conf",
    },
    {
        .name = "mpirun-missing",
        .scope = CHECK_RUN,
        .applies = mpirun_missing,
        .sentence = "there is no mpirun on this machine",
        .line = "{1}apt-get install -y {2}",
    },
    {
        .name = "foreign-mpirun",
        .scope = CHECK_RUN,
        .applies = foreign_mpirun,
        .sentence = "mpirun is that of {1}, plait is built with {2}: each rank would be alone",
        .line = "{3}{plait} hello",
    },
    {
        .name = "mpi-differs",
        .applies = mpi_differs,
        .sentence = "it has {1} and this machine {2}, which do not work together",
        .line = "{doctor} --host {3}",
    },
    {
        .name = "daemon-missing",
        .there = true,
        .applies = daemon_missing,
        .sentence = "{1}, which mpirun starts on every node, is not installed",
        .line = "{sudo}apt-get install -y {2}",
    },
    {
        .name = "daemon-not-in-path",
        .applies = daemon_not_in_path,
        .sentence = "{1} is {2}, which is not in the PATH that a command by ssh has",
        .line = "{mpirun} --prefix {3} {plait} hello",
    },
    {
        .name = "plait-missing",
        .applies = plait_missing,
        .sentence = "plait is not installed there",
        .line = "{1} | {agent} {target} tar -C / -x",
    },
    {
        .name = "plait-not-in-path",
        .applies = plait_not_in_path,
        .sentence = "plait is not in the PATH that a command by ssh has: name all of it",
        .line = "{mpirun} {1} hello",
    },
    {
        .name = "plait-does-not-run",
        .there = true,
        .applies = plait_does_not_run,
        .sentence = "plait does not run there: {1}",
        .line = "{2}",
    },
    {
        .name = "plait-version-differs",
        .applies = plait_version_differs,
        .sentence = "it has plait {1} and this machine {2}, whose bits may differ",
        .line = "{3} | {agent} {target} tar -C / -x",
    },
    {
        .name = "plait-build-differs",
        .applies = plait_build_differs,
        .sentence = "its plait is another build of the same version",
        .line = "{3} | {agent} {target} tar -C / -x",
    },
    {
        .name = "word-size-differs",
        .applies = word_size_differs,
        .sentence = "its programs have {1} bits and those of this machine {2}: leave it out",
        .line = "{doctor} --host {3}",
    },
    {
        .name = "byte-order-differs",
        .applies = byte_order_differs,
        .sentence =
            "its bytes are in the order '{1} endian', those here '{2} endian': leave it out",
        .line = "{doctor} --host {3}",
    },
    {
        .name = "machines-mixed",
        .note = true,
        .applies = machines_mixed,
        .sentence =
            "it is {1} and this machine {2}: each needs a plait of its own, of one version, at one path",
        .line = "{agent} {target} {plait} --version",
    },
    {
        .name = "clocks-apart",
        .there = true,
        .applies = clocks_apart,
        .sentence = "its clock is {1} s {2}",
        .line = "{sudo}timedatectl set-ntp true",
    },
    {
        .name = "memory-low",
        .there = true,
        .applies = memory_low,
        .sentence = "only {1} MiB of its memory are free",
        .line = "ps -eo rss,comm --sort=-rss | head -n 6",
    },
    {
        .name = "loaded",
        .note = true,
        .there = true,
        .applies = loaded,
        .sentence = "other programs use it (load {1} on {2} cores)",
        .line = "ps -eo pcpu,user,comm --sort=-pcpu | head -n 6",
    },
    {
        .name = "open-files-low",
        .there = true,
        .applies = open_files_low,
        .sentence = "a process may open {1} files only, and ranks need {2}",
        .line = "echo '* - nofile 4096' | {sudo}tee /etc/security/limits.d/90-plait.conf",
    },
    {
        .name = "locked-memory-low",
        .there = true,
        .applies = locked_memory_low,
        .sentence = "the network card {2} needs more locked memory than {1} KiB",
        .line =
            "echo '* - memlock unlimited' | {sudo}tee /etc/security/limits.d/91-plait-memlock.conf",
    },
    {
        .name = "shm-small",
        .there = true,
        .applies = shm_small,
        .sentence = "/dev/shm has {1} MiB free, and {2} ranks may need {3}",
        .line = "{sudo}mount -o remount,size={3}m /dev/shm",
    },
    {
        .name = "tmp-full",
        .there = true,
        .applies = tmp_full,
        .sentence = "{1} is full ({2} left), and mpirun keeps files there",
        .line = "du -xh {1} | sort -h | tail -n 6",
    },
    {
        .name = "directory-missing",
        .there = true,
        .applies = directory_missing,
        .sentence = "the working directory {1} does not exist there",
        .line = "mkdir -p {1}",
    },
    {
        .name = "home-missing",
        .there = true,
        .applies = home_missing,
        .sentence = "the home directory {1} does not exist there",
        .line = "{sudo}install -d -o {2} {1}",
    },
    {
        .name = "home-differs",
        .applies = home_differs,
        .sentence = "its home directory is {1} and here {2}, below which the run would be",
        .line = "{mpirun} -wdir /tmp {plait} hello",
        .prrte = "{mpirun} --wdir /tmp {plait} hello",
    },
    {
        .name = "nfs-without-locks",
        .there = true,
        .applies = nfs_without_locks,
        .sentence =
            "the working directory is on NFS ({1}) without locks, so that files which ranks write together are damaged",
        .line =
            "{sudo}umount {2} && {sudo}systemctl start rpc-statd && {sudo}mount -t nfs -o lock {1} {2}",
    },
    {
        .name = "nfs",
        .note = true,
        .applies = nfs,
        .sentence =
            "the working directory is on NFS ({1}), where files that ranks write together are slow",
        .line = "{mpirun} {plait} check --only write-blocks",
    },
    {
        .name = "opencl-in-hwloc",
        .scope = CHECK_RUN,
        .applies = opencl_in_hwloc,
        .sentence =
            "mpirun loads OpenCL drivers by libhwloc-plugins, and signals to it may get lost",
        .line = "export HWLOC_COMPONENTS=-opencl",
    },
    {
        .name = "slurm-missing",
        .there = true,
        .applies = slurmd_missing,
        .sentence = "slurmd is not installed there",
        .line = "{sudo}apt-get install -y slurmd",
    },
    {
        .name = "munge-stopped",
        .there = true,
        .applies = munge_stopped,
        .sentence = "munge does not work there: {1}",
        .line = "{sudo}systemctl enable --now munge",
    },
    {
        .name = "munge-key-differs",
        .applies = munge_key_differs,
        .sentence = "its munge key is not the one of this machine",
        .line =
            "{1}cat /etc/munge/munge.key | {agent} {target} '{sudo}tee /etc/munge/munge.key >/dev/null && {sudo}systemctl restart munge'",
    },
    {
        .name = "munge-clock",
        .there = true,
        .applies = munge_clock,
        .sentence = "munge refuses what this machine signs: {1}: the clocks differ",
        .line = "{sudo}timedatectl set-ntp true",
    },
    {
        .name = "slurm-conf-none",
        .scope = CHECK_RUN,
        .applies = slurm_conf_none,
        .sentence = "this machine has no {1}: begin with Debian's example",
        .line =
            "zcat /usr/share/doc/slurm-client/examples/slurm.conf.simple.gz | {2}tee {1} >/dev/null",
    },
    {
        .name = "slurm-conf-missing",
        .applies = slurm_conf_missing,
        .sentence = "there is no {1}",
        .line =
            "{agent} {target} '{sudo}tee {1} >/dev/null && {sudo}systemctl restart slurmd' <{2}",
    },
    {
        .name = "slurm-conf-differs",
        .applies = slurm_conf_differs,
        .sentence = "its {1} is not the one of this machine",
        .line =
            "{agent} {target} '{sudo}tee {1} >/dev/null && {sudo}systemctl restart slurmd' <{2}",
    },
    {
        .name = "slurm-node-unknown",
        .applies = slurm_node_unknown,
        .sentence = "{1} has no line NodeName={2}",
        .line = "echo '{3} State=UNKNOWN' | {4}tee -a {1} && {4}systemctl restart slurmctld",
    },
    {
        .name = "slurm-node-smaller",
        .applies = slurm_node_smaller,
        .sentence = "{3} says {1} and slurmd -C finds {2}, so that Slurm drains the node",
        .line = "{4}sed -i 's/\\b{1}\\b/{2}/I' {3} && {4}systemctl restart slurmctld",
    },
    {
        .name = "slurm-cgroups",
        .there = true,
        .applies = slurm_cgroups,
        .sentence = "slurm.conf uses control groups, and the kernel there has no controller {1}",
        .line =
            "{sudo}sed -i '1s/$/ cgroup_enable={1}/' /boot/firmware/cmdline.txt && {sudo}reboot",
    },
    {
        .name = "slurm-node-down",
        .scope = CHECK_STATE,
        .applies = slurm_node_down,
        .sentence = "Slurm has {1} as {2}, for the reason: {3}",
        .line = "{4}scontrol update NodeName={1} State=RESUME",
    },
};
const size_t doctor_check_count = sizeof doctor_checks / sizeof doctor_checks[0];
