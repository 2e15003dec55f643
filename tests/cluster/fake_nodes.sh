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
exec mpirun --host "${hosts#,}" -mca plm_rsh_agent "$here/rsh_local.sh" -mca plm_rsh_no_tree_spawn 1 \
    -mca oob_tcp_if_include lo -mca btl_tcp_if_include lo -mca pml ob1 -mca btl tcp,vader,self \
    -mca mpi_yield_when_idle 1 -mca hwloc_base_binding_policy none "$@"
