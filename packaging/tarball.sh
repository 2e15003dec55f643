#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The tarball of a release: what git has, without debian/, whose place in a source package is another. The same commit
# gives the same bytes wherever and whenever it is made. Changes that are not committed are in it, for tests.
#     packaging/tarball.sh DIRECTORY    writes DIRECTORY/plait-VERSION.tar.xz and prints its name
set -euo pipefail
directory=$(realpath "$1")
cd "$(dirname "$0")/.."
version=$(sed -nE 's/^project\(plait VERSION ([0-9.]+) .*/\1/p' CMakeLists.txt)
commit=$(git stash create)
git -c tar.umask=0022 archive --format=tar --prefix="plait-$version/" "${commit:-HEAD}" -- . ':(exclude)debian' |
    xz -6 -T1 >"$directory/plait-$version.tar.xz"
echo "$directory/plait-$version.tar.xz"
