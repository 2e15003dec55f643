#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# plait doctor: nodes are played by an agent on this machine (127.0.0.2 and so on), or are reached through a real
# sshd with keys, port and configuration of its own. What is broken is broken for real where that can be done, and
# the line that doctor says to type is typed, and must help.
#     test_doctor.sh bad_input | agent | lines | write | sshd | spaces
RANKS_LIST=1
. "$(dirname "$0")/lib.sh"

# -- the machine as doctor sees it ------------------------------------------------------------------------

# One mpirun, that of this build; the plait of this build by its name; no setting of the tests that hides a trap.
mkdir "$WORK/bin" "$WORK/nodes"
printf '#!/bin/sh\nexec "%s" "$@"\n' "$(command -v "$MPIEXEC")" >"$WORK/bin/mpirun"
printf '#!/bin/sh\nexec "$@"\n' >"$WORK/bin/sudo"
printf '#!/bin/sh\n[ "$1" = -o ] || exec /usr/sbin/ip "$@"\necho "1: lo    inet 127.0.0.1/8 scope host lo"\n' >"$WORK/bin/ip"
chmod +x "$WORK/bin/"*
ln -s "$(realpath "$PLAIT")" "$WORK/bin/plait"
export PATH=$WORK/bin:$PATH OMP_NUM_THREADS=
unset OMP_NUM_THREADS OMPI_MCA_rmaps_base_oversubscribe PRTE_MCA_rmaps_default_mapping_policy
unset OMPI_MCA_hwloc_base_binding_policy PRTE_MCA_hwloc_default_binding_policy
export OMPI_MCA_plm_rsh_no_tree_spawn=1 PRTE_MCA_plm_ssh_no_tree_spawn=1
export OMPI_MCA_oob_tcp_if_include=lo OMPI_MCA_btl_tcp_if_include=lo OMPI_MCA_btl=tcp,self
# Daemons of one machine share no directories, and for Open MPI 5 have names of their own.
mpi=$(is_open_mpi && { is_prrte && echo prrte || echo openmpi; } || echo mpich)
if [ "$mpi" = prrte ]; then
    export HOSTS_HAVE_NAMES=yes
    unset OMPI_MCA_oob_tcp_if_include OMPI_MCA_btl_tcp_if_include
    export OMPI_MCA_btl_tcp_if_exclude=none
fi

# The agent: AGENT [OPTION...] HOST LINE. nodes/HOST/run is sourced before the line is run; nodes/HOST/bin is
# before all other programs; nodes/HOST/say is printed instead, and its status is in nodes/HOST/status.
agent=$WORK/agent
cat >"$agent" <<EOF
#!/bin/bash
while [ "\${1#-}" != "\$1" ]; do shift; done
host=\$1
shift
node=$WORK/nodes/\$host
mkdir -p "\$node/tmp"
if [ -e "\$node/status" ]; then
    cat "\$node/say" >&2
    exit "\$(cat "\$node/status")"
fi
export TMPDIR=\$node/tmp PATH=\$node/bin:\$PATH
[ ! -e "\$node/run" ] || . "\$node/run"
if [ "\${HOSTS_HAVE_NAMES:-}" = yes ]; then
    as_root=
    [ "\$(id -u)" -eq 0 ] || as_root=--map-root-user
    exec unshare --uts \$as_root /bin/sh -c 'hostname "node-\${1##*.}" && shift && exec /bin/sh -c "\$*"' sh "\$host" "\$@"
fi
exec /bin/sh -c "\$*"
EOF
chmod +x "$agent"

# node HOST [RUN]: a new one, with a line of shell that it begins with.
node() {
    rm -rf "$WORK/nodes/$1"
    mkdir -p "$WORK/nodes/$1/bin"
    [ $# -lt 2 ] || printf '%s\n' "$2" >"$WORK/nodes/$1/run"
}
# stub HOST PROGRAM TEXT: a program of that node.
stub() {
    printf '#!/bin/sh\n%s\n' "$3" >"$WORK/nodes/$1/bin/$2"
    chmod +x "$WORK/nodes/$1/bin/$2"
}
three_nodes() {
    new_sandbox
    local host
    for host in 127.0.0.2 127.0.0.3 127.0.0.4; do node "$host"; done
    write_hosts 127.0.0.2 127.0.0.3 127.0.0.4
}
# One slot each, in the form of this MPI.
write_hosts() {
    if [ "$mpi" = mpich ]; then printf '%s:1\n' "$@"; else printf '%s slots=1\n' "$@"; fi >"$SANDBOX/hosts"
}
doctor() {
    run_ranks 1 "$PLAIT" doctor --timeout 100 "$@"
}
by_agent() {
    doctor --agent "$agent" --hostfile hosts "$@"
}

# -- what it printed --------------------------------------------------------------------------------------

# All but notes: a machine may be loaded.
without_notes() {
    awk '/^note: / { skip = 1; next } skip { skip = 0; next } { print }' "$WORK/out"
}
expect_clean() {
    assert "$1: status is 0, not $status" [ "$status" -eq 0 ]
    assert "$1: one line" [ "$(without_notes)" = "doctor: $2 node$([ "$2" = 1 ] || echo s), nothing to change" ]
    assert "$1: nothing on stderr" [ "$(plait_lines)" -eq 0 ]
}
# expect_finding SENTENCE: the only one; its line is then $line.
expect_finding() {
    line=$(without_notes | sed -n '2s/^    //p')
    assert "status is 1, not $status" [ "$status" -eq 1 ]
    assert "one finding" [ "$(without_notes | wc -l)" -eq 2 ]
    assert "it is: $1" grep -qE "^$1" <(without_notes)
    assert "one line on stderr" [ "$(error_lines)" -eq 1 ]
}
# type_line [CHECK]: the line of the last finding, which is of that check, as a user would.
type_line() {
    if [ $# -gt 0 ]; then assert "docs/doctor.md has $1" grep -q "^| \`$1\` |" "$here/../../docs/doctor.md"; fi
    last_command=$line
    printf '  typed: %s\n' "$line"
    status=0
    (cd "$SANDBOX" && exec timeout -k 5 "$limit_s" bash -c "$line") >"$WORK/out" 2>"$WORK/err" </dev/null || status=$?
    assert "the line typed has status 0, not $status" [ "$status" -eq 0 ]
}
# The line is an mpirun, which then greets from that many ranks.
type_run() {
    type_line
    assert "hello of $1 ranks" [ "$(grep -cE '^ *rank +[0-9]+|^ *[0-9]+ ' "$WORK/out")" -ge "$1" ]
}

part_bad_input() {
    three_nodes
    expect_error "host file 'none'" 2 -- "$PLAIT" doctor --hostfile none
    expect_error "rank file 'none'" 2 -- "$PLAIT" doctor --rankfile none
    expect_error "host file '.'" 2 -- "$PLAIT" doctor --hostfile .
    expect_error "--host: '-x' is no name of a host" 2 -- "$PLAIT" doctor --host -x
    expect_error "agent: cannot run .*/nothing: No such file" 2 -- "$PLAIT" doctor --agent "$WORK/nothing" --host 127.0.0.2
    : >"$SANDBOX/plain"
    expect_error "agent: cannot run ./plain: Permission denied" 2 -- "$PLAIT" doctor --agent ./plain --host 127.0.0.2
    expect_error "agent: 'echo 127.0.0.2' ended with status 0: it printed no reason" 2 -- "$PLAIT" doctor --agent echo --host 127.0.0.2
    expect_error "agent: .*quote" 2 -- "$PLAIT" doctor --agent "'x"
    expect_error "np: .*0" 2 -- "$PLAIT" doctor --np 0
    expect_error "timeout: .*0" 2 -- "$PLAIT" doctor --timeout 0
    expect_error "'more' is one word too many|unexpected argument" 2 -- "$PLAIT" doctor more
    expect_error "cannot write .none/x." 2 -- "$PLAIT" doctor --json none/x
    : >"$SANDBOX/empty"
    expect_error "empty: has no host" 2 -- "$PLAIT" doctor --hostfile empty
    expect_error "empty: places no rank" 2 -- "$PLAIT" doctor --rankfile empty
    printf '\xff\xfe\x00r' >"$SANDBOX/utf16"
    expect_error "UTF-16" 2 -- "$PLAIT" doctor --hostfile utf16
    # A line each, and the others are examined all the same.
    printf '127.0.0.2\nred slats=4\n127.0.0.3 slots=0\n127.0.0.3\n$(reboot)\n' >"$SANDBOX/hosts"
    printf 'rank 0=127.0.0.2 slot=0:0\nrank 0=127.0.0.2 slot=0:0\n' >"$SANDBOX/ranks"
    printf 'agent: I do not know it\n' >"$WORK/nodes/127.0.0.3/say"
    echo 3 >"$WORK/nodes/127.0.0.3/status"
    node 127.0.0.2 'ulimit -Sn 100'
    by_agent --rankfile ranks
    assert "status is 2, not $status" [ "$status" -eq 2 ]
    assert "five lines" [ "$(error_lines)" -eq 5 ]
    for text in "hosts:2: 'slats' is no setting" "hosts:3: 'slots' is given no" "hosts:5: '.*reboot.*' is no name" \
        "ranks:2: rank 0 is placed on line 1 already" "--agent: '.*/agent 127.0.0.3' ended with status 3: agent: I do not know it"; do
        assert "line: $text" has_line "$text"
    done
    assert "the other host is examined" grep -q '^127.0.0.2: a process may open 100 files only' "$WORK/out"
}

# Nodes that cannot be reached, and an agent that takes too long.
part_agent() {
    three_nodes
    by_agent
    expect_clean 'three nodes' 3
    doctor
    if [ "$status" -eq 0 ]; then expect_clean 'this machine' 1; fi
    assert "this machine alone has no finding about others" [ "$(grep -cE 'ssh|network|firewall' "$WORK/out")" -eq 0 ]
    say() {
        three_nodes
        printf '%s\n' "$1" >"$WORK/nodes/127.0.0.3/say"
        echo 255 >"$WORK/nodes/127.0.0.3/status"
        by_agent
        expect_finding "$2"
    }
    say 'ssh: Could not resolve hostname red01: Name or service not known' '127.0.0.3: no address is known for this name'
    say 'ssh: connect to host red01 port 22: Connection timed out' '127.0.0.3: it does not reply \(ssh: connect .*timed out\)'
    say 'ssh: connect to host red01 port 22: Connection refused' '127.0.0.3: no ssh server listens on port 22'
    say 'root@red01: Permission denied (publickey,password).' '127.0.0.3: ssh asks for a password'
    say 'Host key verification failed.' '127.0.0.3: ssh does not know its host key'
    # One that hangs, with what it has started: all is gone when doctor ends.
    three_nodes
    node 127.0.0.3 "sleep 4711 & echo \$! >$WORK/sleeper; wait"
    run_ranks 1 "$PLAIT" doctor --agent "$agent" --hostfile hosts --timeout 10
    expect_finding '127.0.0.3: it does not reply \(the time was up\)'
    gone() {
        local state
        for _ in $(seq 300); do # whoever inherits it may take a moment to bury it
            state=$(ps -o stat= -p "$1") || return 0
            case $state in Z*) return 0 ;; esac
            sleep 0.1
        done
        return 1
    }
    assert "nothing is left of it" gone "$(cat "$WORK/sleeper")"
    # A signal ends doctor, and with it what it has started, which is in groups of its own; one that is ignored does not.
    local signal doctor_id
    for signal in TERM INT HUP; do
        rm "$WORK/sleeper"
        last_command="doctor, ended by SIG$signal"
        # A shell without job control has SIGINT ignored in what runs in its background.
        (cd "$SANDBOX" && exec env --default-signal=INT,HUP "$PLAIT" doctor --agent "$agent" --hostfile hosts --timeout 1000) >"$WORK/out" 2>"$WORK/err" </dev/null &
        doctor_id=$!
        for _ in $(seq 600); do
            if [ -s "$WORK/sleeper" ]; then break; fi
            sleep 0.1
        done
        kill -"$signal" "$doctor_id"
        status=0
        wait "$doctor_id" || status=$?
        assert "it ended by the signal, not with $status" [ "$status" -eq $((128 + $(kill -l "$signal"))) ]
        assert "nothing is left of its agents" gone "$(cat "$WORK/sleeper")"
    done
    # One that closes its outputs and does not end.
    three_nodes
    node 127.0.0.3 'exec >&- 2>&-; exec sleep 4711'
    run_ranks 1 "$PLAIT" doctor --agent "$agent" --hostfile hosts --timeout 10
    expect_finding '127.0.0.3: it does not reply \(the time was up\)'
    # One that talks too much, one that lies in what would be typed.
    three_nodes
    node 127.0.0.3 'yes banner'
    stub 127.0.0.4 getconf "[ \"\$1\" != LONG_BIT ] || echo '32;reboot'; [ \"\$1\" = LONG_BIT ] || exec /usr/bin/getconf \"\$@\""
    node 127.0.0.2 "HOME=\"/tmp/\\\$(reboot)';x\""
    by_agent
    assert "status is 2, not $status" [ "$status" -eq 2 ]
    assert "who floods is left out" has_line "agent: .*agent 127.0.0.3' ended with status [0-9]+: it printed more than 256 KiB"
    assert "no shell is in what is typed" [ "$(grep -cE '\$\(|;x' "$WORK/out")" -eq 0 ]
}

# What is broken for real, and the line that helps.
part_lines() {
    three_nodes
    if [ "$mpi" = mpich ]; then printf '127.0.0.2 slots=1\n127.0.0.3:1\n' >"$SANDBOX/hosts"; else printf '127.0.0.2:1\n127.0.0.3 slots=1\n' >"$SANDBOX/hosts"; fi
    by_agent
    expect_finding 'hosts:1: this is how .* writes a host, and .* cannot read it'
    type_line wrong-form
    by_agent
    expect_clean 'after the form of the host file' 2

    # As an editor of Windows writes them: Open MPI cannot read that.
    write_hosts 127.0.0.2 127.0.0.3
    sed -i '1s/^/\xef\xbb\xbf/; s/$/\r/' "$SANDBOX/hosts"
    by_agent
    if [ "$mpi" = mpich ]; then
        expect_clean 'which MPICH takes' 2
    else
        expect_finding 'mpirun: it cannot read hosts, with line ends or a byte order mark'
        type_line windows-text
        by_agent
        expect_clean 'after the line ends' 2
    fi

    write_hosts 127.0.0.2 127.0.0.3 127.0.0.2
    by_agent
    expect_finding 'hosts:3: 127.0.0.2 stands on line 1 already'
    type_line duplicate-host
    by_agent
    expect_clean 'after the duplicate' 2

    write_hosts 127.0.0.2 127.0.0.3
    printf 'rank 0=127.0.0.2 slot=0:0-4095\n' >"$SANDBOX/ranks"
    by_agent --rankfile ranks
    expect_finding 'ranks:1: rank 0 is placed on core 4095, and 127.0.0.2 has'
    type_line
    by_agent --rankfile ranks
    expect_clean 'after the core' 2
    printf 'rank 0=127.0.0.2 slot=0:0\nrank 2=127.0.0.3 slot=0:0\n' >"$SANDBOX/ranks"
    by_agent --rankfile ranks
    expect_finding 'mpirun: the rank file does not place rank 1 of 2'
    printf 'rank 0=127.0.0.2 slot=0:0\nrank 1=127.0.0.9 slot=0:0\n' >"$SANDBOX/ranks"
    node 127.0.0.9
    by_agent --rankfile ranks
    expect_finding 'ranks:2: rank 1 is placed on 127.0.0.9, which the host file does not have'
    type_line
    by_agent --rankfile ranks
    expect_clean 'after the host of a rank' 3
    # Who logs in: Open MPI 4 looks into the rank file, Open MPI 5 into the host file, MPICH has no rank file.
    if [ "$mpi" != mpich ]; then
        local rank_users=me@ host_users=
        if [ "$mpi" = openmpi ]; then rank_users='' host_users=me@; fi
        write_hosts "${host_users}127.0.0.2" 127.0.0.3
        node "${host_users:-$rank_users}127.0.0.2"
        printf 'rank 0=%s127.0.0.2 slot=0:0\n' "$rank_users" >"$SANDBOX/ranks"
        by_agent --rankfile ranks
        expect_finding 'ranks:1: user me of 127.0.0.2 is in the (host file, and Open MPI 4|rank file, and Open MPI 5)'
        type_line rank-user
        by_agent --rankfile ranks --write users
        assert "after the user: status is 0, not $status" [ "$status" -eq 0 ]
        assert "the host file has it" grep -qx 'me@127.0.0.2 slots=1' "$SANDBOX/users/hostfile"
        assert "and the rank file" grep -q '^rank 0=me@127.0.0.2 slot=' "$SANDBOX/users/rankfile"
        write_hosts 127.0.0.2 127.0.0.3
    fi
    if [ "$(getconf _NPROCESSORS_ONLN)" -ge 2 ]; then
        printf 'rank 0=127.0.0.2 slot=0:0\n' >"$SANDBOX/ranks"
        by_agent --rankfile ranks --threads 2
        expect_finding 'ranks:1: rank 0 is bound to 1 core, which its 2 threads would share'
        type_line
        by_agent --rankfile ranks --threads 2
        assert "after the binding nothing is said of threads" [ "$(grep -c 'threads would share' "$WORK/out")" -eq 0 ]
    fi

    three_nodes
    node 127.0.0.3 "HOME=$WORK/nodes/127.0.0.3/gone"
    by_agent
    assert "its home is missing" grep -q "^127.0.0.3: the home directory .*gone does not exist there" "$WORK/out"
    line=$(sed -n '/does not exist there/{n;s/^    //p}' "$WORK/out")
    type_line
    by_agent
    assert "its home is there" [ "$(grep -c 'does not exist there' "$WORK/out")" -eq 0 ]

    # The clock of a node is 100 s ahead until it is set.
    three_nodes
    stub 127.0.0.4 date "[ -e $WORK/nodes/127.0.0.4/set ] && exec /bin/date \"\$@\"; exec /bin/date -d '+100 seconds' \"\$@\""
    stub 127.0.0.4 timedatectl "[ \"\$*\" = 'set-ntp true' ] && touch $WORK/nodes/127.0.0.4/set"
    by_agent
    expect_finding '127.0.0.4: its clock is (99|100)\.[0-9] s ahead'
    type_line
    by_agent
    expect_clean 'after the clock' 3

    # Packets to a node are dropped until its firewall is told; two nodes find that, one line helps.
    three_nodes
    node 127.0.0.3 "firewall=$WORK/nodes/127.0.0.3/allowed"
    stub 127.0.0.3 ufw "[ \"\$*\" = 'allow from 127.0.0.0/8' ] && touch $WORK/nodes/127.0.0.3/allowed"
    for host in 127.0.0.2 127.0.0.4; do
        node "$host" "[ -e $WORK/nodes/127.0.0.3/allowed ] || exec > >(sed -u 's/^\\(tcp=127.0.0.3 .*\\) open\$/\\1 timeout/')"
    done
    by_agent
    expect_finding '127.0.0.3: connections to it time out from 127.0.0.2, 127.0.0.4: a firewall keeps ranks apart'
    type_line
    by_agent
    expect_clean 'after the firewall' 3

    # Programs of another width, another MPI: what is typed leaves the node out.
    three_nodes
    stub 127.0.0.4 getconf '[ "$1" = LONG_BIT ] && echo 32 || exec /usr/bin/getconf "$@"'
    by_agent
    expect_finding '127.0.0.4: its programs have 32 bits and those of this machine 64'
    type_line
    assert "the two others are clean" grep -q '^doctor: 2 nodes, nothing to change' "$WORK/out"
    three_nodes
    stub 127.0.0.3 mpirun 'echo "mpirun (Open MPI) 9.1.2"'
    by_agent
    expect_finding '127.0.0.3: it has Open MPI 9.1.2 and this machine'
    type_line
    assert "the two others are clean" grep -q '^doctor: 2 nodes, nothing to change' "$WORK/out"

    # From here on lines start ranks on the nodes.
    three_nodes
    by_agent --np 7
    if [ "$mpi" = mpich ]; then
        expect_clean 'MPICH counts no slots' 3
    else
        expect_finding 'mpirun: 7 ranks are more than the 3 slots of the nodes'
        type_run 7
        by_agent --np 2 --threads 2
        expect_finding 'mpirun: Open MPI binds each of one or two ranks to one core, which its 2 threads would share'
        type_run 2
        assert "no rank is bound to one core" [ "$(grep -c 'one core' "$WORK/err")" -eq 0 ]
    fi
    node 127.0.0.3 'PATH=/usr/bin:/bin'
    by_agent
    if [ "$mpi" = mpich ] || [ "$mpi" = openmpi ] || [ "$mpi" = prrte ]; then
        line=$(sed -n '/^127.0.0.3: plait is not in the PATH/{n;s/^    //p}' "$WORK/out")
        assert "plait is not in the PATH there" [ -n "$line" ]
        type_run 3
    fi
    # The daemon is in /usr/bin, and a command by ssh has another PATH.
    if [ "$mpi" != mpich ]; then
        three_nodes
        node 127.0.0.3 "PATH=$WORK/bin"
        by_agent
        expect_finding '127.0.0.3: (orted|prted) is /usr/bin/(orted|prted), which is not in the PATH'
        type_run 3
    fi
    # Another network, which the settings of this test leave out elsewhere.
    if [ "$mpi" = openmpi ]; then
        three_nodes
        stub 127.0.0.2 ip 'echo "1: lo    inet 127.0.0.1/8 scope host lo"; echo "5: docker0    inet 172.17.0.1/16 scope global docker0"'
        (
            unset OMPI_MCA_oob_tcp_if_include OMPI_MCA_btl_tcp_if_include
            by_agent
            expect_finding '127.0.0.2: it has other networks than 127.0.0.0/8 \(docker0 \(virtual\)\), and Open MPI waits'
            type_run 3
            echo "$assertions $failures" >"$WORK/counts"
        )
        read -r assertions failures <"$WORK/counts"
    fi
    # The mpirun of another MPI.
    for other in mpirun.mpich mpirun.openmpi; do
        { [ "$mpi" = mpich ] && [ $other = mpirun.mpich ]; } || { [ "$mpi" != mpich ] && [ $other = mpirun.openmpi ]; } && continue
        command -v $other mpirun.openmpi mpirun.mpich >/dev/null || { echo "SKIPPED: no $other here"; continue; }
        [ "$(command -v mpirun.openmpi mpirun.mpich | wc -l)" -eq 2 ] || { echo "SKIPPED: one MPI alone is here"; continue; }
        new_sandbox
        cp "$WORK/bin/mpirun" "$WORK/mpirun"
        printf '#!/bin/sh\nexec %s "$@"\n' $other >"$WORK/bin/mpirun"
        doctor
        assert "mpirun is foreign" grep -q '^mpirun: mpirun is that of .*, plait is built with .*: each rank would be alone' "$WORK/out"
        line=$(sed -n '/each rank would be alone/{n;s/^    //p}' "$WORK/out")
        OMPI_MCA_rmaps_base_oversubscribe=1 type_run 2
        cp "$WORK/mpirun" "$WORK/bin/mpirun"
    done
    # OpenCL drivers, where they are.
    if ls /usr/lib/*/hwloc/hwloc_opencl.so /etc/OpenCL/vendors/*.icd >/dev/null 2>&1; then
        new_sandbox
        local components=$HWLOC_COMPONENTS
        unset HWLOC_COMPONENTS
        doctor
        expect_finding 'mpirun: mpirun loads OpenCL drivers by libhwloc-plugins'
        type_line opencl-in-hwloc
        eval "$line"
        doctor
        expect_clean 'after OpenCL' 1
        HWLOC_COMPONENTS=$components
    else
        echo "SKIPPED: no OpenCL driver and libhwloc-plugins here"
    fi
}

part_write() {
    three_nodes
    # A rank that examines its machine waits for no other.
    run_ranks 2 "$PLAIT" doctor --timeout 100
    assert "plait runs below mpirun" [ "$(grep -c 'plait does not run there' "$WORK/out")" -eq 0 ]
    by_agent --write cluster --json report.json
    assert "status is 0, not $status" [ "$status" -eq 0 ]
    check_report report.json
    assert "the command is printed" grep -q '^    mpirun -np 3 ' "$WORK/out"
    assert "a host file of three" [ "$(grep -cE '^127.0.0.[234]( slots=1|:1)$' "$SANDBOX/cluster/hostfile")" -eq 3 ]
    if [ "$mpi" = mpich ]; then
        assert "no rank file" [ ! -e "$SANDBOX/cluster/rankfile" ]
    else
        assert "a rank file of three" [ "$(grep -cE '^rank [012]=127.0.0.[234] slot=0:0-[0-9]+' "$SANDBOX/cluster/rankfile")" -eq 3 ]
        assert "a cut cable ends the job" grep -q 'oob_tcp_keepalive_time 2' "$SANDBOX/cluster/run.sh"
        # The host file is for this MPI too.
        doctor --agent "$agent" --hostfile cluster/hostfile --rankfile cluster/rankfile
        expect_clean 'what was written' 3
        line=$(sed -n 's/^#   //p' "$SANDBOX/cluster/run.sh")
        type_run 3
    fi
    line='sh cluster/run.sh'
    type_run 3
    # Findings do not hinder it, but nodes that are not reached are left out; no node: no files.
    echo 255 >"$WORK/nodes/127.0.0.4/status"
    echo 'ssh: connect to host x port 22: Connection refused' >"$WORK/nodes/127.0.0.4/say"
    by_agent --write two --json two.json
    assert "status is 1, not $status" [ "$status" -eq 1 ]
    check_report two.json
    assert "two of them" [ "$(grep -c '^127' "$SANDBOX/two/hostfile")" -eq 2 ]
    write_hosts 127.0.0.4
    by_agent --write none
    assert "status is 1, not $status" [ "$status" -eq 1 ]
    assert "nothing is written" [ ! -e "$SANDBOX/none" ]
    # A directory that cannot be.
    write_hosts 127.0.0.2
    : >"$SANDBOX/file"
    for directory in file file/x none/x; do
        by_agent --write "$directory"
        assert "status is 2, not $status" [ "$status" -eq 2 ]
        assert "it says why, before the work" has_line "^plait: cannot write '$directory"
        assert "nothing else" [ "$(error_lines)" -eq 1 ]
    done
    mkdir "$SANDBOX/taken" "$SANDBOX/taken/run.sh"
    by_agent --write taken
    assert "status is 2, not $status" [ "$status" -eq 2 ]
    assert "no part of it is written" [ "$(ls "$SANDBOX/taken")" = run.sh ]
    # The host file of the user stays.
    mkdir "$SANDBOX/own"
    printf '# mine\n127.0.0.2\n' >"$SANDBOX/own/hostfile"
    doctor --agent "$agent" --hostfile own/hostfile --write own
    assert "status is 2, not $status" [ "$status" -eq 2 ]
    assert "it says which" has_line "^plait: --write would replace 'own/hostfile', which another option names"
    assert "it is there" grep -q '^# mine' "$SANDBOX/own/hostfile"
}

# -- a real sshd ------------------------------------------------------------------------------------------

# start_sshd ADDRESS...: on a free port, with keys of its own; $ssh_dir/config is for ssh -F. Each session begins by
# sourcing $ssh_dir/session.ADDRESS, if there is one.
start_sshd() {
    ssh_dir=$WORK/ssh
    mkdir -p "$ssh_dir"
    local address
    sshd=$(command -v sshd || command -v /usr/sbin/sshd) || {
        echo "SKIPPED: sshd is not installed (apt-get install openssh-server)"
        return 1
    }
    if [ "$(id -u)" -eq 0 ]; then mkdir -p /run/sshd; fi
    ssh-keygen -q -t ed25519 -N '' -f "$ssh_dir/host_key"
    ssh-keygen -q -t ed25519 -N '' -f "$ssh_dir/key"
    cp "$ssh_dir/key.pub" "$ssh_dir/authorized"
    port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.2", 0)); print(s.getsockname()[1])')
    {
        printf 'Port %s\nHostKey %s\nAuthorizedKeysFile %s\nPidFile %s\n' "$port" "$ssh_dir/host_key" "$ssh_dir/authorized" "$ssh_dir/pid"
        printf 'StrictModes no\nUsePAM no\nPermitRootLogin yes\nPasswordAuthentication no\nMaxStartups 100\n'
        printf 'ListenAddress %s\n' "$@"
        printf 'ForceCommand %s\n' "$ssh_dir/session"
    } >"$ssh_dir/sshd_config"
    cat >"$ssh_dir/session" <<EOF
#!/bin/sh
set -- \$SSH_CONNECTION
export PATH=$PATH TMPDIR=$WORK/nodes/\$3-tmp
mkdir -p "\$TMPDIR"
[ ! -e "$ssh_dir/session.\$3" ] || . "$ssh_dir/session.\$3"
if [ -n "\${inside:-}" ]; then exec nsenter -t "\$inside" -m --root --wdns=/ /bin/sh -c "\$SSH_ORIGINAL_COMMAND"; fi
exec /bin/sh -c "\$SSH_ORIGINAL_COMMAND"
EOF
    chmod +x "$ssh_dir/session"
    {
        printf 'Host *\n  Port %s\n  IdentityFile %s\n  IdentitiesOnly yes\n  UserKnownHostsFile %s\n' "$port" "$ssh_dir/key" "$ssh_dir/known"
        printf '  GlobalKnownHostsFile /dev/null\n  StrictHostKeyChecking ask\n  ControlMaster no\n  PasswordAuthentication yes\n'
    } >"$ssh_dir/config"
    for address in "$@" 127.0.0.9; do
        printf '[%s]:%s %s\n' "$address" "$port" "$(cut -d' ' -f1,2 "$ssh_dir/host_key.pub")"
    done >"$ssh_dir/known"
    "$sshd" -f "$ssh_dir/sshd_config" -D -E "$ssh_dir/log" &
    sshd_process=$!
    trap 'kill $sshd_process ${holder:-} 2>/dev/null || true; rm -rf "$WORK"' EXIT
    for _ in $(seq 100); do
        if ssh -F "$ssh_dir/config" -o BatchMode=yes "$1" true 2>/dev/null; then return 0; fi
        kill -0 "$sshd_process" 2>/dev/null || break
        sleep 0.1
    done
    echo "SKIPPED: sshd does not start here:"
    sed 's/^/    /' "$ssh_dir/log"
    return 1
}

by_ssh() {
    doctor --agent "ssh -F $ssh_dir/config" --hostfile hosts "$@"
}

part_sshd() {
    start_sshd 127.0.0.2 127.0.0.3 127.0.0.4 127.0.0.5 127.0.0.6 127.0.0.7 127.0.0.8 || exit 77
    new_sandbox
    local all="127.0.0.2 127.0.0.3 127.0.0.4 127.0.0.5 127.0.0.6 127.0.0.7 127.0.0.8" key
    # shellcheck disable=SC2086
    write_hosts $all
    by_ssh
    expect_clean 'seven nodes of sshd' 7
    write_hosts 127.0.0.2 127.0.0.4 127.0.0.5
    # A node installed anew: ssh knows another key, then none.
    key=$(ssh-keygen -q -t ed25519 -N '' -f "$ssh_dir/old_key" && cut -d' ' -f1,2 "$ssh_dir/old_key.pub")
    sed -i "s|^\(\[127.0.0.4\]:$port\) .*|\1 $key|" "$ssh_dir/known"
    by_ssh
    expect_finding '127.0.0.4: its host key is not the one that ssh knows'
    type_line host-key-changed
    by_ssh
    expect_finding '127.0.0.4: ssh does not know its host key, and would ask'
    type_line host-key-unknown
    by_ssh
    expect_clean 'after the host key' 3
    # A key that the node does not accept.
    {
        printf 'Host 127.0.0.5\n  IdentityFile %s\n' "$ssh_dir/old_key"
        sed 's/^Host \*/Host * !127.0.0.5/' "$ssh_dir/config"
        sed 's/^Host \*/Host 127.0.0.5/; /IdentityFile/d' "$ssh_dir/config"
    } >"$ssh_dir/config.other"
    doctor --agent "ssh -F $ssh_dir/config.other" --hostfile hosts
    expect_finding '127.0.0.5: ssh asks for a password, which mpirun cannot type'
    assert "the key of the configuration is copied" grep -q -F -- "ssh-copy-id -i $ssh_dir/old_key.pub -p $port " <(printf '%s' "$line")
    # Whoever knows the password gets in where keys do not help: here with the key that is accepted.
    mkdir -p "$ssh_dir/home/.ssh"
    ln -s "$ssh_dir/authorized" "$ssh_dir/home/.ssh/authorized_keys"
    echo "HOME=$ssh_dir/home" >"$ssh_dir/session.127.0.0.5"
    cat >"$WORK/bin/ssh" <<EOF
#!/bin/sh
case \$* in
*PreferredAuthentications=publickey*) exec /usr/bin/ssh -F "$ssh_dir/config.other" "\$@" ;;
*) exec /usr/bin/ssh -F "$ssh_dir/config" -i "$ssh_dir/key" "\$@" ;;
esac
EOF
    chmod +x "$WORK/bin/ssh"
    HOME=$ssh_dir/home type_line password-asked
    rm "$WORK/bin/ssh" "$ssh_dir/session.127.0.0.5"
    doctor --agent "ssh -F $ssh_dir/config.other" --hostfile hosts
    expect_clean 'after the key' 3
    # No server there, and no such name.
    write_hosts 127.0.0.2 127.0.0.9
    by_ssh
    expect_finding "127.0.0.9: no ssh server listens on port $port"
    {
        sed '/^ListenAddress/d; s/^PidFile.*/&.9/' "$ssh_dir/sshd_config"
        echo 'ListenAddress 127.0.0.9'
    } >"$ssh_dir/sshd_config.9"
    printf '#!/bin/sh\n[ "$*" = "install -y openssh-server" ] && exec %s -f %s.9 -E %s.9\n' "$sshd" "$ssh_dir/sshd_config" "$ssh_dir/log" >"$WORK/bin/apt-get"
    chmod +x "$WORK/bin/apt-get"
    type_line connection-refused
    by_ssh
    expect_clean 'after the installation' 2
    kill "$(cat "$ssh_dir/pid.9")"
    write_hosts 127.0.0.2 plait-no-such-host.invalid
    by_ssh
    expect_finding 'plait-no-such-host.invalid: no address is known for this name'
    # A PATH without plait: what is typed starts ranks through ssh.
    write_hosts 127.0.0.2 127.0.0.3
    echo 'PATH=/usr/bin:/bin' >"$ssh_dir/session.127.0.0.3"
    by_ssh
    line=$(sed -n '/^127.0.0.3: plait is not in the PATH/{n;s/^    //p}' "$WORK/out")
    assert "plait is not in the PATH there" [ -n "$line" ]
    if [ "$mpi" = openmpi ]; then type_run 2; fi
    # An account that nobody may use.
    printf 'echo "This account is currently not available."\nexit 1\n' >"$ssh_dir/session.127.0.0.3"
    by_ssh
    expect_finding '127.0.0.3: the command there ended early, with status 1'
    rm "$ssh_dir/session.127.0.0.3"
    type_line login-fails
    # Few open files.
    echo 'ulimit -n 100' >"$ssh_dir/session.127.0.0.3"
    by_ssh
    expect_finding '127.0.0.3: a process may open 100 files only'
    rm "$ssh_dir/session.127.0.0.3"
    # The files of a hybrid run, through ssh.
    by_ssh --write cluster
    assert "status is 0, not $status" [ "$status" -eq 0 ]
    line='sh cluster/run.sh'
    if [ "$mpi" = openmpi ]; then type_run 2; fi
}

# A node whose file systems are its own: plait and the directory are missing, /dev/shm and /tmp are small.
part_spaces() {
    if [ "$(id -u)" -ne 0 ] || ! unshare -m true 2>/dev/null; then
        echo "SKIPPED: nodes with file systems of their own need root"
        exit 77
    fi
    start_sshd 127.0.0.2 127.0.0.3 || exit 77
    new_sandbox
    local build
    build=$(realpath "$(dirname "$(realpath "$PLAIT")")/..")
    write_hosts 127.0.0.2 127.0.0.3
    unshare -m --propagation private sh -c "
        mount -t tmpfs none $build && mount -t tmpfs -o size=1m none /dev/shm && mkdir $WORK/small &&
        mount -t tmpfs -o size=1m none $WORK/small && mount -t tmpfs none $SANDBOX && umount -l $SANDBOX &&
        touch $WORK/ready && exec sleep 100000" &
    holder=$!
    until [ -e "$WORK/ready" ] || ! kill -0 "$holder" 2>/dev/null; do sleep 0.1; done
    printf 'inside=%s\nPATH=/usr/local/bin:/usr/bin:/bin\nTMPDIR=%s\n' "$holder" "$WORK/small" >"$ssh_dir/session.127.0.0.3"
    by_ssh
    assert "status is 1, not $status" [ "$status" -eq 1 ]
    for text in 'plait is not installed there' "/dev/shm has 1 MiB free, and 1 ranks may need 16" "$WORK/small is full \(1 MiB left\)"; do
        assert "finds: $text" grep -qE "^127.0.0.3: $text" "$WORK/out"
    done
    local found
    found=$(cat "$WORK/out")
    for text in 'plait is not installed there' '/dev/shm has' 'is full'; do
        line=$(printf '%s\n' "$found" | sed -n "\\#$text#{n;s/^    //p}")
        type_line
    done
    by_ssh
    assert "plait has come" [ "$(grep -c 'plait is not installed' "$WORK/out")" -eq 0 ]
    assert "/dev/shm has grown" [ "$(grep -c '/dev/shm' "$WORK/out")" -eq 0 ]
    # The working directory is missing there, in a place that the two do not share.
    nsenter -t "$holder" -m --root sh -c "mount -t tmpfs none $SANDBOX/.."
    by_ssh
    line=$(sed -n '/^127.0.0.3: the working directory .* does not exist there/{n;s/^    //p}' "$WORK/out")
    assert "the directory is missing" [ -n "$line" ]
    type_line
    by_ssh
    assert "the directory is there" [ "$(grep -c 'working directory' "$WORK/out")" -eq 0 ]
}

# prterun takes all addresses of this machine for one node, so that what is typed there is not what nodes would do.
# Its lines are typed on the virtual cluster: tests/cluster/test_doctor_lines.sh.
if [ "$mpi" = prrte ] && [[ $1 =~ ^(lines|write)$ ]]; then
    echo "SKIPPED: the nodes of these parts need mpirun of Open MPI 4 or MPICH"
    exit 77
fi
"part_$1"
finish
