/* SPDX-License-Identifier: MIT
 * The keys of facts, as a table. */
#include "doctor/facts.h"

#include "base/number.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A message goes into sentences alone. The others may become words of lines that people type: what
 * a shell does not take as it is becomes '?', for whoever owns a node must not write those lines.
 */
enum fact_kind { FACT_TEXT, FACT_MESSAGE, FACT_NUMBER, FACT_LIST };

static const struct fact {
    const char *key;
    enum fact_kind kind;
    size_t offset;
} known[] = {
#define TEXT(key, member) \
    { key, FACT_TEXT, offsetof(struct node_facts, member) }
#define MESSAGE(key, member) \
    { key, FACT_MESSAGE, offsetof(struct node_facts, member) }
#define NUMBER(key, member) \
    { key, FACT_NUMBER, offsetof(struct node_facts, member) }
#define LIST(key, member) \
    { key, FACT_LIST, offsetof(struct node_facts, member) }
    TEXT("node.name", name),
    TEXT("node.target", target),
    NUMBER("node.slots", slots),
    NUMBER("node.local", local),
    NUMBER("plait-probe", probed),
    NUMBER("facts.end", facts_end),
    NUMBER("agent.timeout", timed_out),
    NUMBER("agent.status", status),
    MESSAGE("agent.error", error),
    NUMBER("clock.offset", clock_offset),
    NUMBER("clock.error", clock_error),
    TEXT("ssh.port", ssh_port),
    TEXT("ssh.hostname", ssh_host),
    TEXT("ssh.user", ssh_user),
    TEXT("ssh.userknownhostsfile", ssh_known_hosts),
    TEXT("ssh.identityfile", ssh_identity),
    LIST("address", addresses),
    TEXT("reverse", reverse),
    LIST("reverse.address", reverse_addresses),
    TEXT("local.address", local_address),
    TEXT("user", user),
    NUMBER("uid", uid),
    TEXT("hostname", hostname),
    LIST("own.address", own_addresses),
    LIST("interface", interfaces),
    TEXT("machine", machine),
    NUMBER("bits", bits),
    TEXT("order", order),
    NUMBER("cpus", cpus),
    NUMBER("cores", cores),
    NUMBER("sockets", sockets),
    NUMBER("memory.kib", memory_kib),
    NUMBER("memory.free.kib", memory_free_kib),
    NUMBER("load", load),
    TEXT("limit.files", limit_files),
    TEXT("limit.locked", limit_locked),
    TEXT("rdma", rdma),
    NUMBER("shm.kib", shm_kib),
    NUMBER("shm.free.kib", shm_free_kib),
    TEXT("tmp", tmp),
    NUMBER("tmp.free.kib", tmp_free_kib),
    NUMBER("tmp.free.files", tmp_free_files),
    TEXT("threads", threads),
    TEXT("hwloc.components", hwloc_components),
    TEXT("opencl", opencl),
    TEXT("opencl.drivers", opencl_drivers),
    TEXT("firewall", firewall),
    TEXT("firewall.chain", firewall_chain),
    TEXT("mca.btl_tcp_if_include", if_include),
    TEXT("mca.btl_tcp_if_exclude", if_exclude),
    TEXT("mca.hwloc_base_binding_policy", binding),
    TEXT("mca.hwloc_default_binding_policy", prte_binding),
    TEXT("mca.rmaps_base_oversubscribe", oversubscribe),
    TEXT("mca.rmaps_base_mapping_policy", mapping),
    TEXT("mca.rmaps_default_mapping_policy", prte_mapping),
    TEXT("mca.oob_tcp_keepalive_time", keepalive),
    TEXT("prte.oob_tcp_keepalive_time", prte_keepalive),
    TEXT("mpirun.path", mpirun),
    TEXT("mpirun.version", mpirun_version),
    TEXT("mpirun.openmpi", mpirun_openmpi),
    TEXT("mpirun.mpich", mpirun_mpich),
    TEXT("orted", orted),
    TEXT("prted", prted),
    TEXT("hydra_pmi_proxy", hydra_proxy),
    TEXT("orted.elsewhere", orted_elsewhere),
    TEXT("prted.elsewhere", prted_elsewhere),
    TEXT("hydra_pmi_proxy.elsewhere", hydra_proxy_elsewhere),
    TEXT("plait.path", plait),
    TEXT("plait.same", plait_same),
    TEXT("plait.version", plait_version),
    TEXT("plait.checksum", plait_checksum),
    TEXT("plait.missing", plait_missing),
    TEXT("plait.mpi", plait_mpi),
    TEXT("home", home),
    TEXT("home.there", home_there),
    TEXT("directory.there", directory_there),
    TEXT("directory.type", directory_type),
    TEXT("directory.mount", directory_mount),
    TEXT("locks", locks),
    TEXT("slurm.slurmd", slurmd),
    TEXT("slurm.checksum", slurm_checksum),
    TEXT("slurm.shape", slurm_shape),
    TEXT("slurm.configuration", slurm_configuration),
    TEXT("slurm.name", slurm_name),
    TEXT("slurm.cgroups", slurm_cgroups),
    MESSAGE("slurm.munge", slurm_munge),
    TEXT("slurm.AuthType", slurm_auth),
    TEXT("slurm.SlurmdParameters", slurm_parameters),
    TEXT("slurm.TaskPlugin", slurm_task_plugin),
    TEXT("slurm.ProctrackType", slurm_process_tracking),
    LIST("slurm.node", slurm_nodes),
    LIST("slurm.state", slurm_states),
    LIST("tcp", connections),
};
enum { KNOWN = sizeof known / sizeof known[0] };

static void *fact_member(struct node_facts *facts, const struct fact *fact) {
    return (char *)facts + fact->offset;
}

void facts_init(struct node_facts *facts) {
    memset(facts, 0, sizeof *facts);
    for (size_t k = 0; k < KNOWN; k++)
        if (known[k].kind == FACT_NUMBER)
            *(double *)fact_member(facts, &known[k]) = NAN;
}

void facts_free(struct node_facts *facts) {
    for (size_t k = 0; k < KNOWN; k++)
        if (known[k].kind == FACT_LIST)
            free(((struct fact_list *)fact_member(facts, &known[k]))->items);
    facts_init(facts);
}

static void fact_copy(fact_text text, const char *value, size_t length, bool message) {
    size_t kept = 0;
    for (; kept < length && kept + 1 < FACT_TEXT_BYTES; kept++) {
        const unsigned char c = (unsigned char)value[kept];
        const bool safe = c >= 0x20 && c < 0x7f && (message || !strchr("'\"`\\$;&|<>!", c));
        text[kept] = safe ? (char)c : '?';
    }
    while (kept > 0 && text[kept - 1] == ' ')
        kept--;
    text[kept] = '\0';
}

static bool fact_store(struct node_facts *facts, const struct fact *fact, const char *value,
                       size_t length) {
    fact_text text;
    double number;
    fact_copy(text, value, length, fact->kind == FACT_MESSAGE);
    if (fact->kind == FACT_TEXT || fact->kind == FACT_MESSAGE) {
        memcpy(fact_member(facts, fact), text, sizeof text);
    } else if (fact->kind == FACT_NUMBER) {
        if (!number_real(text, &number))
            *(double *)fact_member(facts, fact) = number;
    } else {
        struct fact_list *list = fact_member(facts, fact);
        if (list->count >= FACT_LIST_ITEMS_MAX || !*text)
            return true;
        if (!list->items && !(list->items = calloc(FACT_LIST_ITEMS_MAX, sizeof *list->items)))
            return false;
        memcpy(list->items[list->count++], text, sizeof text);
    }
    return true;
}

/* Keys of what this machine finds out about a node. */
static bool fact_is_ours(const char *key) {
    static const char *const ours[] = {"node.",   "agent.",  "clock.", "ssh.",
                                       "address", "reverse", "local.", NULL};
    size_t k = 0;
    while (ours[k] && strncmp(key, ours[k], strlen(ours[k])) != 0)
        k++;
    return ours[k] != NULL;
}

static bool facts_take(struct node_facts *facts, const char *text, size_t bytes, bool reply) {
    const char *end = text + bytes;
    for (const char *line = text; line < end;) {
        const char *stop = memchr(line, '\n', (size_t)(end - line));
        const char *next = stop ? stop + 1 : end;
        stop = stop ? stop : end;
        if (stop > line && stop[-1] == '\r')
            stop--;
        const char *equals = memchr(line, '=', (size_t)(stop - line));
        for (size_t k = 0; equals && k < KNOWN; k++)
            if (strlen(known[k].key) == (size_t)(equals - line) &&
                memcmp(known[k].key, line, (size_t)(equals - line)) == 0 &&
                !(reply && fact_is_ours(known[k].key)) &&
                !fact_store(facts, &known[k], equals + 1, (size_t)(stop - equals - 1)))
                return false;
        line = next;
    }
    return true;
}

bool facts_parse(struct node_facts *facts, const char *text, size_t bytes) {
    return facts_take(facts, text, bytes, false);
}

bool facts_parse_reply(struct node_facts *facts, const char *text, size_t bytes) {
    return facts_take(facts, text, bytes, true);
}
