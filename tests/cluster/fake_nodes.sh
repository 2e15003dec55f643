#!/bin/sh
# SPDX-License-Identifier: MIT
# Open MPI "nodes" on one machine without any privilege: one daemon per address 127.0.0.2, .3, ... Ranks
# of different nodes talk over TCP and share no memory.
#     fake_nodes.sh NODES MPIRUN-ARGUMENT...
set -eu
here=$(cd "$(dirname "$0")" && pwd)
nodes=$1
shift
hosts=
for k in $(seq 2 $((nodes + 1))); do hosts="$hosts,127.0.0.$k:4"; done
export OMPI_MCA_btl_tcp_if_include=lo OMPI_MCA_pml=ob1 OMPI_MCA_mpi_yield_when_idle=1
case $(mpirun --version | head -n 1) in
*' 4.'*)
    exec mpirun --host "${hosts#,}" -mca plm_rsh_agent "$here/rsh_local.sh" -mca plm_rsh_no_tree_spawn 1 \
        -mca oob_tcp_if_include lo -mca btl tcp,vader,self -mca hwloc_base_binding_policy none "$@"
    ;;
*) # Since 5.0 the launcher, PRRTE, has parameters of its own, and takes daemons on hosts of one name for one.
    export HOSTS_HAVE_NAMES=yes
    exec mpirun --host "${hosts#,}" --prtemca plm_ssh_agent "$here/rsh_local.sh" \
        --prtemca plm_ssh_no_tree_spawn 1 -mca btl tcp,sm,self --bind-to none "$@"
    ;;
esac
