/* SPDX-License-Identifier: MIT
 * What is known of a node: plain data, read from the key=value lines of probe.sh and of those that
 * plait doctor adds about how it was reached. */
#ifndef PLAIT_DRIVERS_DOCTOR_FACTS_H
#define PLAIT_DRIVERS_DOCTOR_FACTS_H

#include <stdbool.h>
#include <stddef.h>

enum { FACT_TEXT_BYTES = 256, FACT_LIST_ITEMS_MAX = 64 };

typedef char fact_text[FACT_TEXT_BYTES]; /* "": not known, or none */

struct fact_list {
    char (*items)[FACT_TEXT_BYTES];
    size_t count; /* more than FACT_LIST_ITEMS_MAX are left out */
};

/* Numbers that are not known are NAN. */
struct node_facts {
    /* How it was reached: by plait doctor. */
    fact_text name;   /* as the files call it */
    fact_text target; /* the same with the user, as ssh takes it */
    double slots;     /* 0: not given */
    double local;     /* 1: this machine */
    double probed;    /* 1: probe.sh has begun, facts_end: it has printed all */
    double facts_end;
    double timed_out;                 /* 1 */
    double status;                    /* of ssh */
    fact_text error;                  /* its line that says most */
    double clock_offset, clock_error; /* seconds that its clock is ahead; at most so wrong */
    fact_text ssh_port, ssh_host, ssh_user, ssh_known_hosts, ssh_identity;
    struct fact_list addresses; /* that its name stands for here */
    fact_text reverse;          /* what the first of them is called */
    struct fact_list reverse_addresses;
    fact_text local_address; /* of NAME.local */

    /* What probe.sh found there. */
    fact_text user, hostname, machine, order, home, home_there;
    double uid, bits, cpus, cores, sockets, memory_kib, memory_free_kib, load;
    struct fact_list own_addresses, interfaces; /* "eth0 10.0.0.1/24 wired" */
    fact_text limit_files, limit_locked, rdma;
    double shm_kib, shm_free_kib, tmp_free_kib, tmp_free_files;
    fact_text tmp, threads, hwloc_components, opencl, opencl_drivers, firewall, firewall_chain;
    fact_text if_include, if_exclude, binding, prte_binding, oversubscribe, mapping, prte_mapping;
    fact_text keepalive, prte_keepalive;
    fact_text mpirun, mpirun_version, mpirun_openmpi, mpirun_mpich;
    fact_text orted, prted, hydra_proxy, orted_elsewhere, prted_elsewhere, hydra_proxy_elsewhere;
    fact_text plait, plait_same, plait_version, plait_checksum, plait_missing, plait_mpi;
    fact_text directory_there, directory_type, directory_mount, locks;
    fact_text slurmd, slurm_checksum, slurm_shape, slurm_configuration, slurm_name, slurm_cgroups,
        slurm_munge, slurm_auth, slurm_parameters, slurm_task_plugin, slurm_process_tracking;
    struct fact_list slurm_nodes, slurm_states;
    struct fact_list connections; /* "red03 10.0.0.3 4711 open" */
};

/* All unknown. */
void facts_init(struct node_facts *facts);
void facts_free(struct node_facts *facts);

/* Reads lines of a text into the facts; what has no known key is left out, of two the later one
 * counts; control characters become '?', and so does, but for error and slurm_munge, what a shell
 * does not take as it is. False without memory. */
bool facts_parse(struct node_facts *facts, const char *text, size_t bytes);

/* The same of what another node has printed: what this machine finds out by itself, such as the
 * name and how it is reached, is left out too, for it is used in commands as it is. */
bool facts_parse_reply(struct node_facts *facts, const char *text, size_t bytes);

#endif
