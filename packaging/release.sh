#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The files of a release, from a clean checkout, in dist/: tarball, Debian packages, recipes with the checksum of the
# tarball, bill of materials, SHA256SUMS. Everything is made twice, in two directories, on hosts of two names, in two time
# zones, and must be the same to the byte.
#     packaging/release.sh [SUITE...]   with the packages for these releases of Debian, bookworm and trixie if none is named;
#                                       ./dev release installs what it needs and calls it
set -Eeuo pipefail
cd "$(dirname "$0")/.."
. packaging/clean_root.sh
step='start'
trap 'echo "release: $step failed: the lines above say why" >&2' ERR
suites=("$@")
[ $# -gt 0 ] || suites=(bookworm trixie)

refuse() {
    echo "release: $1" >&2
    exit 2
}

changed=$(git status --porcelain | head -n 1)
[ -z "$changed" ] || refuse "the checkout is not clean ($changed): commit or stash, then ./dev release"
version=$(sed -nE 's/^project\(plait VERSION ([0-9.]+) .*/\1/p' CMakeLists.txt)
packaging/check_recipes.py . || refuse 'a recipe names another version or other options than CMakeLists.txt: change it'

SOURCE_DATE_EPOCH=$(git log -1 --format=%ct)
export SOURCE_DATE_EPOCH
rm -rf build/release-twice dist
mkdir -p build/release-twice/{first,second} dist

# The checkouts are clones, so that nothing that git ignores is in them.
step='cloning'
git clone -q --no-hardlinks . build/release-twice/first/plait
git clone -q --no-hardlinks . build/release-twice/second/another-name-of-the-directory

# in_another_place COMMAND...: with another host name, where this user may give one, time zone, language and umask.
in_another_place() {
    local names=()
    if may_mount; then names=(unshare --uts bash -c 'hostname second && exec "$@"' second); fi
    (umask 077 && TZ=Pacific/Chatham LC_ALL=C.UTF-8 "${names[@]}" "$@")
}

# same FILE-NAME: the two of them have the same bytes.
same() {
    if ! cmp "build/release-twice/first/$1" "build/release-twice/second/$1"; then
        echo "release: $1 differs from one build to the next: build/release-twice has both" >&2
        exit 1
    fi
    install -m 644 "build/release-twice/first/$1" dist/
}

step='making the tarball'
tarball=plait-$version.tar.xz
sbom=plait-$version.spdx.json
TZ=UTC build/release-twice/first/plait/packaging/tarball.sh build/release-twice/first >/dev/null
in_another_place build/release-twice/second/another-name-of-the-directory/packaging/tarball.sh build/release-twice/second >/dev/null
same "$tarball"

step='writing the bill of materials'
packaging/sbom.py "dist/$tarball" "build/release-twice/first/$sbom"
in_another_place packaging/sbom.py "build/release-twice/second/$tarball" "$PWD/build/release-twice/second/$sbom"
same "$sbom"

step='filling in the recipes'
checksum=$(sha256sum "dist/$tarball" | cut -d ' ' -f 1)
for recipe in spack/package.py easybuild/Plait-"$version"-foss-2025a.eb conda/meta.yaml; do
    mkdir -p "dist/packaging/${recipe%/*}"
    sed "s/@SHA256@/$checksum/" "packaging/$recipe" >"dist/packaging/$recipe"
done
cp packaging/conda/build.sh dist/packaging/conda/
mkdir -p dist/packaging/container
cp packaging/container/* dist/packaging/container/
cp CITATION.cff dist/

# The second build leaves the tests out: they are no part of the packages. DEB_BUILD_OPTIONS=nocheck does so in the first.
if may_mount; then
    for suite in "${suites[@]}"; do
        step="building the packages for $suite"
        echo "== $suite"
        log=build/release-twice/$suite
        packaging/debs.sh build "$suite" "dist/$tarball" "build/release-twice/first/$suite" "${DEB_BUILD_OPTIONS:-}" >"$log-1.log" 2>&1 || { tail -n 50 "$log-1.log" && false; }
        in_another_place env BUILD_DIRECTORY=/srv/another/place packaging/debs.sh build "$suite" "$PWD/dist/$tarball" \
            "build/release-twice/second/$suite" nocheck >"$log-2.log" 2>&1 || { tail -n 50 "$log-2.log" && false; }
        mkdir -p "dist/$suite"
        for file in "build/release-twice/first/$suite"/*; do
            # These two record where, when and with what they were built.
            case $file in
            *.buildinfo | *.changes) continue ;;
            esac
            same "$suite/${file##*/}"
            mv "dist/${file##*/}" "dist/$suite/"
        done
        packaging/debs.sh try "$suite" "dist/$suite"
    done
else
    echo "release: SKIPPED: Debian packages need a user root who may mount"
fi

step='writing the checksums'
(cd dist && find . -type f ! -name SHA256SUMS -printf '%P\0' | sort -z | xargs -0 sha256sum >SHA256SUMS && sha256sum --quiet -c SHA256SUMS)
rm -rf build/release-twice
cat dist/SHA256SUMS
