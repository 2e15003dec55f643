#!/bin/sh
# SPDX-License-Identifier: MIT
# What mpirun calls in place of ssh: rsh_local.sh [OPTION...] HOST COMMAND...; runs the command here, with
# a folder for temporary files of the host's own, since daemons of one machine would share it.
set -eu
while [ "${1#-}" != "$1" ]; do shift; done
host=$1
shift
TMPDIR=${TMPDIR:-/tmp}/node-$host
mkdir -p "$TMPDIR"
export TMPDIR
exec sh -c "$*"
