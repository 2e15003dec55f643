#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# What a build says it was made from: the commit, a digest of changes to it, and nothing of either where the sources
# are no checkout. The same sources say the same, in whatever directory.
set -euo pipefail
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
command -v git >/dev/null && command -v cmake >/dev/null || exit 77

# identity DIRECTORY: "COMMIT CHANGES" as the build of these sources writes them.
identity() {
    last_command="cmake -P build_identity.cmake in $1"
    cmake -DSOURCE="$SANDBOX/$1" -DOUTPUT="$WORK/identity.c" '-DCOMPILER=cc 1' '-DFLAGS=-O3 -DNAME="a b"' -DFEATURES=x \
        -DPATHS=scalar -P "$SANDBOX/$1/cmake/build_identity.cmake" >"$WORK/out" 2>"$WORK/err"
    sed -n 's/^    \.\(commit\|changes\) = "*\([^",]*\)"*,$/\2/p' "$WORK/identity.c" | paste -sd ' '
}
commands=(-c user.name=nobody -c user.email=nobody@example.org -c commit.gpgsign=false)

mkdir -p "$SANDBOX/tree/cmake" "$SANDBOX/tree/drivers" "$SANDBOX/tree/docs"
cp "$here/../../cmake/build_identity.cmake" "$SANDBOX/tree/cmake"
echo one >"$SANDBOX/tree/drivers/a.c"
echo one >"$SANDBOX/tree/docs/a.md"
echo top >"$SANDBOX/tree/CMakeLists.txt"
assert "no checkout has no commit" [ "$(identity tree)" = 'NULL NULL' ]
assert "flags are C" grep -qF '.flags = "-O3 -DNAME=\"a b\"",' "$WORK/identity.c"
git -C "$SANDBOX" init -q
assert "nor have sources that lie in another's checkout" [ "$(identity tree)" = 'NULL NULL' ]
rm -rf "$SANDBOX/.git"
(cd "$SANDBOX/tree" && git init -q && git add . && git "${commands[@]}" commit -qm one)
commit=$(git -C "$SANDBOX/tree" rev-parse HEAD)
assert "a checkout has its commit" [ "$(identity tree)" = "$commit NULL" ]
stat -c %y "$WORK/identity.c" >"$WORK/before"
identity tree >/dev/null
assert "what is the same is not written again" [ "$(stat -c %y "$WORK/identity.c")" = "$(cat "$WORK/before")" ]
cp -r "$SANDBOX/tree" "$SANDBOX/copy"
echo two >"$SANDBOX/tree/docs/a.md"
assert "pages are no part of the program" [ "$(identity tree)" = "$commit NULL" ]
echo two >"$SANDBOX/tree/drivers/a.c"
changed=$(identity tree)
assert "changes have a digest" grep -qxE "$commit [0-9a-f]{16}" <<<"$changed"
echo new >"$SANDBOX/tree/drivers/b.c"
added=$(identity tree)
assert "a new file is a change" [ "$added" != "$changed" ]
echo new2 >"$SANDBOX/tree/drivers/b.c"
assert "and so is what it says" [ "$(identity tree)" != "$added" ]
rm "$SANDBOX/tree/drivers/a.c" "$SANDBOX/tree/drivers/b.c"
removed=$(identity tree)
assert "and one that is gone" grep -qxE "$commit [0-9a-f]{16}" <<<"$removed"
echo two >"$SANDBOX/copy/drivers/a.c"
assert "the same changes elsewhere have the same digest" [ "$(identity copy)" = "$changed" ]
assert "a hook's git is not ours" [ "$(GIT_DIR=$SANDBOX/nowhere identity copy)" = "$changed" ]
# In a checkout that has the sources in a directory of its own, files are found by their names all the same.
mkdir -p "$SANDBOX/all/plait"
cp -r "$SANDBOX/tree/cmake" "$SANDBOX/tree/CMakeLists.txt" "$SANDBOX/all/plait"
mkdir "$SANDBOX/all/plait/drivers"
echo one >"$SANDBOX/all/plait/drivers/ä.c"
(cd "$SANDBOX/all" && git init -q && git add . && git "${commands[@]}" commit -qm one)
commit=$(git -C "$SANDBOX/all" rev-parse HEAD)
assert "it has the commit of that checkout" [ "$(identity all/plait)" = "$commit NULL" ]
echo two >"$SANDBOX/all/plait/drivers/ä.c"
changed=$(identity all/plait)
assert "a change there has a digest" grep -qxE "$commit [0-9a-f]{16}" <<<"$changed"
echo three >"$SANDBOX/all/plait/drivers/ä.c"
assert "and another one another" [ "$(identity all/plait)" != "$changed" ]
if [ "$(id -u)" -eq 0 ]; then
    changed=$(identity copy)
    chown -R 65534:65534 "$SANDBOX/copy"
    assert "a checkout of somebody else is one" [ "$(identity copy)" = "$changed" ]
fi
mkdir "$WORK/bin"
for tool in cmake sed paste; do ln -s "$(command -v "$tool")" "$WORK/bin/"; done
assert "without git there is no commit" [ "$(PATH=$WORK/bin identity copy)" = 'NULL NULL' ]
finish
