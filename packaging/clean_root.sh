# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# Roots of other Debian releases, for dev and for packaging/debs.sh, which source this file.

# may_mount: only root may, and not in every container.
may_mount() {
    [ "$(id -u)" -eq 0 ] && unshare --mount --pid --net --fork true 2>/dev/null
}

# clean_root PLACE SUITE PACKAGE...: PLACE/root, a minimal Debian of that release with those packages, is made if it is
# not there yet or other packages are wanted. Returns 77, with a line that says why, where Debian cannot be reached.
clean_root() {
    local place=$1 suite=$2 mirror wanted
    shift 2
    wanted=$(printf '%s\n' "$@")
    if [ -d "$place/root" ] && [ "$(cat "$place/packages" 2>/dev/null)" = "$wanted" ]; then return; fi
    # The archive that this machine installs from.
    mirror=$(apt-get indextargets --format '$(SITE)' 'Created-By: Packages' 'Origin: Debian' 'Label: Debian' |
        sort -u | head -n 1)
    mirror=${mirror:-http://deb.debian.org/debian}
    mkdir -p "$place"
    if ! /usr/lib/apt/apt-helper download-file "$mirror/dists/$suite/InRelease" "$place/InRelease" >/dev/null 2>&1; then
        echo "$mirror has no Debian $suite, or cannot be reached"
        return 77
    fi
    rm -rf "$place/root" "$place/packages" "$place/build" # and what was built with the old one
    # The lists of the archive stay, so that packages can be installed later.
    if ! mmdebstrap --variant=minbase --skip=cleanup/apt/lists --include="$(paste -sd , <<<"$wanted")" \
        "$suite" "$place/root" "$mirror" >"$place/mmdebstrap.log" 2>&1; then
        cat "$place/mmdebstrap.log"
        return 1
    fi
    printf '%s\n' "$wanted" >"$place/packages"
}

# in_clean_root ROOT SHARED SCRIPT [ARGUMENT...]: runs the script with bash in a copy of the root that is gone
# afterwards, as its user root and with the network; /shared there is SHARED here. There `as_user COMMAND...` runs a
# command as a user without rights, in a network that has a loopback device alone.
in_clean_root() {
    local root=$1 shared=$2 layer
    shift 2
    layer=$(mktemp -d -p "${root%/*}")
    # shellcheck disable=SC2016  # for the shells inside
    local inside='
        as_user() { unshare --net -- bash -euc '\''
            # There is no ip in a minimal root.
            perl -MSocket -e "my \$s; my \$up = pack(q(Z16sx22), q(lo), 1); socket(\$s, AF_INET, SOCK_DGRAM, 0) && ioctl(\$s, 0x8914, \$up) or die"
            exec setpriv --reuid=1000 --regid=1000 --clear-groups --no-new-privs env HOME=/home/user "$@"'\'' as_user "$@"; }
        groupadd -g 1000 user
        useradd -m -u 1000 -g 1000 -s /bin/bash user
    '
    local status=0
    unshare --mount --pid --fork --kill-child bash -euc '
        root=$1 shared=$2 layer=$3 script=$4
        mount --make-rprivate /
        mkdir -p "$layer"/{upper,work,root} "$shared"
        mount -t overlay overlay -o "lowerdir=$root,upperdir=$layer/upper,workdir=$layer/work" "$layer/root"
        mount -t proc proc "$layer/root/proc"
        mount --rbind /sys "$layer/root/sys"
        mount --rbind /dev "$layer/root/dev"
        mount -t tmpfs tmpfs "$layer/root/dev/shm"
        mkdir -p "$layer/root/shared"
        mount --bind "$shared" "$layer/root/shared"
        cp -L /etc/resolv.conf "$layer/root/etc/resolv.conf"
        exec chroot "$layer/root" env -i HOME=/root LANG=C.UTF-8 DEBIAN_FRONTEND=noninteractive \
            PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin bash -euc "$script" "${@:5}"
    ' enter "$root" "$shared" "$layer" "$inside$1" clean-root "${@:2}" || status=$?
    rm -rf "$layer"
    return "$status"
}
