#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Starts one MPI job of a test: in a directory for temporary files of its own, since Open MPI's launchers
# trip over each other when they make and remove the shared one at the same time, and with an end.
#     launch.sh SECONDS LAUNCHER ARGUMENT...
set -euo pipefail
TMPDIR=$(mktemp -d)
export TMPDIR
trap 'rm -rf "$TMPDIR"' EXIT
timeout -k 5 "$@"
