#!/bin/sh
# SPDX-License-Identifier: MIT
# What mpirun calls in place of ssh: rsh_local.sh [OPTION...] HOST COMMAND...; runs the command here, with
# a directory for temporary files of the host's own, since daemons of one machine would share it. With
# HOSTS_HAVE_NAMES=yes in the environment the host also has a name of its own.
set -eu
while [ "${1#-}" != "$1" ]; do shift; done
host=$1
shift
TMPDIR=${TMPDIR:-/tmp}/node-$host
mkdir -p "$TMPDIR"
export TMPDIR
if [ "${HOSTS_HAVE_NAMES:-}" = yes ]; then
    as_root=
    [ "$(id -u)" -eq 0 ] || as_root=--map-root-user
    exec unshare --uts $as_root sh -c 'hostname "node-${1##*.}" && shift && exec sh -c "$*"' sh "$host" "$@"
fi
exec sh -c "$*"
