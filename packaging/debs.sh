#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Debian packages, built and tried in clean roots of a release (bookworm, trixie), which are made once and kept below
# build/packages. Both steps run as a user without rights and without a network. Exit status 77: cannot run here.
#
#     packaging/debs.sh build SUITE TARBALL OUT [BUILD-OPTIONS]   OUT/*.deb and the source package, from the tarball of a
#                                                                 release and debian/; BUILD-OPTIONS such as nocheck
#     packaging/debs.sh try SUITE OUT                             installs them and runs debian/tests
set -Eeuo pipefail
cd "$(dirname "$0")/.."
. packaging/clean_root.sh

# What debian/control needs for a build, on any architecture and with tests.
build_packages() {
    echo build-essential
    sed -n '/^Build-Depends:/,/^[^ ]/p' debian/control | sed -E '/^Package:/d; s/^Build-Depends://; s/<[^>]*>//g; s/:any//' |
        tr , '\n' | sed -E 's/debhelper-compat.*/debhelper/; s/ //g; /^$/d'
    echo lintian
}

# The packages of each release have a version of their own, the one of the newer release being the higher.
suffix_of() {
    case $1 in
    bookworm) echo '~deb12' ;;
    trixie) echo '~deb13' ;;
    *)
        echo "debs.sh: no release '$1': bookworm or trixie" >&2
        exit 2
        ;;
    esac
}

build() {
    local suite=$1 tarball out=$3 options=${4:-} suffix place=$PWD/build/packages/$1/build work packages
    tarball=$(realpath "$2")
    suffix=$(suffix_of "$suite")
    mapfile -t packages < <(build_packages)
    clean_root "$place" "$suite" "${packages[@]}"
    work=$(mktemp -d -p "$place")
    # shellcheck disable=SC2064  # its value of now
    trap "rm -rf '$work'" EXIT
    local version
    version=$(sed -n '1s/.*(\(.*\)-.*/\1/p' debian/changelog)
    cp "$tarball" "$work/plait_$version.orig.tar.xz"
    cp -r debian "$work/debian"
    sed -i "1s/)/$suffix)/; 1s/UNRELEASED/$suite/" "$work/debian/changelog"
    # shellcheck disable=SC2016  # for the shell inside
    in_clean_root "$place/root" "$work" '
        version=$1 directory=$2 options=$3
        install -d -o user -g user "$directory"
        cp "/shared/plait_$version.orig.tar.xz" "$directory"
        chown user: "$directory"/* # the umask may be a strict one
        cd "$directory"
        as_user tar -xf "plait_$version.orig.tar.xz"
        cp -r /shared/debian "plait-$version/debian"
        chown -R user: "plait-$version/debian"
        cd "plait-$version"
        as_user env DEB_BUILD_OPTIONS="$options" dpkg-buildpackage -us -uc
        cd ..
        cp plait*_* libplait*_* /shared
    ' "$version" "${BUILD_DIRECTORY:-/build}" "$options parallel=$(nproc)"
    mkdir -p "$out"
    rm -rf "$work/debian"
    cp "$work"/* "$out"
    chmod -R a+rX "$out"
    ls "$out"
    check "$suite" "$out"
}

# What lintian of that release has to say, also of little things.
check() {
    local suite=$1 out
    out=$(realpath "$2")
    # shellcheck disable=SC2016
    in_clean_root "$PWD/build/packages/$suite/build/root" "$out" '
        as_user lintian --version
        as_user lintian --pedantic --tag-display-limit 0 --fail-on error,warning,pedantic /shared/*.changes
    '
}

try() {
    local suite=$1 out place=$PWD/build/packages/$1/try packages=(ca-certificates) shared
    suffix_of "$suite" >/dev/null
    out=$(realpath "$2")
    clean_root "$place" "$suite" "${packages[@]}"
    shared=$place/shared
    rm -rf "$shared"/{tree,*.deb}
    mkdir -p "$shared"/{tree,archives/partial}
    cp "$out"/*.deb "$shared"
    cp -r debian tests "$shared/tree"
    chmod -R a+rX "$shared"
    # What is installed for a test is what debian/tests/control names, and what the packages depend on; downloads are kept
    # in /shared/archives, so that the next time needs no network.
    # shellcheck disable=SC2016
    in_clean_root "$place/root" "$shared" '
        cd /shared
        for test in command library; do
            needs=$(grep -A 1 "^Tests: $test" tree/debian/tests/control | sed -n "s/^Depends: //p" | tr , " ")
            words="/shared/libplait0_*.deb"
            for word in $needs; do
                own=$(ls /shared/"$word"_*.deb 2>/dev/null || true)
                words+=" ${own:-$word}"
            done
            install="apt-get install -y -qq --no-install-recommends -o Dir::Cache::archives=/shared/archives"
            $install $words >/tmp/install.log 2>&1 ||
                { apt-get update -qq && $install $words >/tmp/install.log 2>&1; } || { cat /tmp/install.log; exit 1; }
            echo "== $test"
            install -d -o user -g user "/home/user/$test"
            (cd tree && as_user env AUTOPKGTEST_TMP="/home/user/$test" "debian/tests/$test")
        done
        dpkg -l "*plait*" | grep ^ii
        apt-get purge -y -qq "*plait*" >/dev/null
        if find / -xdev -iname "*plait*" -not -path "/home/*" -not -path "/shared*" -not -path "/var/*/apt/*" -not -path "/proc/*" | grep .; then
            echo "left behind by the packages"
            exit 1
        fi
    '
}

if ! may_mount; then
    echo 'clean roots of Debian need a user root who may mount'
    exit 77
fi
case ${1:-} in
build) build "${@:2}" ;;
try) try "${@:2}" ;;
*) sed -n '/^#     /s/^# *//p' "$0" >&2 && exit 2 ;;
esac
