/* SPDX-License-Identifier: MIT
 * What plait doctor finds: host files, rank files, facts of nodes and checks over them, all as
 * texts. Each broken set-up is a healthy cluster of three nodes with something changed, and each
 * has a sentence of its own. */
#include "doctor/checks.h"
#include "doctor/nodelist.h"

#include "suite.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* -- a healthy cluster --------------------------------------------------------------------------
 */

#define ALIKE                                                                                       \
    "plait-probe=1\nfacts.end=1\nagent.status=0\nagent.timeout=0\nclock.offset=0.01\n"              \
    "clock.error=0.002\nuser=pi\nuid=1000\nmachine=aarch64\nbits=64\norder=little\ncpus=4\n"        \
    "cores=4\nsockets=1\nmemory.kib=900000\nmemory.free.kib=700000\nload=0.1\nlimit.files=1024\n"   \
    "limit.locked=8192\nshm.kib=450000\nshm.free.kib=450000\ntmp=/tmp\ntmp.free.kib=9000000\n"      \
    "tmp.free.files=100000\nmpirun.path=/usr/bin/mpirun\nmpirun.version=Open MPI 4.1.4\n"           \
    "mpirun.openmpi=/usr/bin/mpirun.openmpi\norted=/usr/bin/orted\nfirewall=nft\nhome=/home/pi\n"   \
    "mca.oob_tcp_keepalive_time=2\nprte.oob_tcp_keepalive_time=2\n"                                 \
    "home.there=yes\ndirectory.there=yes\ndirectory.type=ext2/ext3\n"                               \
    "directory.mount=/dev/mmcblk0p2 / ext4 rw,noatime\nplait.path=/usr/bin/plait\nplait.same=yes\n" \
    "plait.version=0.1.0\nplait.checksum=1-2\nplait.mpi=libmpi.so.40.30.4\n"                        \
    "interface=lo 127.0.0.1/8 loopback\n"

static const char *const healthy[] = {
    ALIKE "node.name=red\nnode.target=red\nnode.local=1\nnode.slots=4\nhostname=red\n"
          "address=10.0.0.1\nown.address=10.0.0.1\nreverse=red\nreverse.address=10.0.0.1\n"
          "interface=eth0 10.0.0.1/24 wired\n",
    ALIKE "node.name=red01\nnode.target=red01\nnode.slots=4\nhostname=red01\naddress=10.0.0.2\n"
          "own.address=10.0.0.2\ninterface=eth0 10.0.0.2/24 wired\ntcp=red02 10.0.0.3 4711 open\n",
    ALIKE "node.name=red02\nnode.target=pi@red02\nnode.slots=4\nhostname=red02\naddress=10.0.0.3\n"
          "own.address=10.0.0.3\ninterface=eth0 10.0.0.3/24 wired\ntcp=red01 10.0.0.2 4712 open\n"
          "tcp=red 10.0.0.1 1 refused\n",
};
enum { NODES = 3 };
static const char host_text[] = "red slots=4\nred01 slots=4\npi@red02 slots=4\n";

#define SLURM                                                                                        \
    "slurm.slurmd=/usr/sbin/slurmd\nslurm.checksum=5-6\nslurm.configuration=/etc/slurm/slurm.conf\n" \
    "slurm.shape=NodeName=x CPUs=4 Boards=1 SocketsPerBoard=1 CoresPerSocket=4 ThreadsPerCore=1 "    \
    "RealMemory=905\nslurm.node=NodeName=red,red[01-02] CPUs=4 RealMemory=900\n"                     \
    "slurm.TaskPlugin=task/cgroup,task/affinity\nslurm.cgroups=cpuset cpu io memory pids\n"          \
    "slurm.munge=Success (0)\n"

/* -- broken ones --------------------------------------------------------------------------------
 */

#define OPEN_MPI_5 "mpirun.version=Open MPI 5.0.7\nprted=/p\nplait.mpi=libmpi.so.40.40.7\n"
#define MPICH_4                                                              \
    "mpirun.version=MPICH 4.0.2\nhydra_pmi_proxy=/usr/bin/hydra_pmi_proxy\n" \
    "plait.mpi=libmpich.so.12.2.2\n"
#define NOT_REACHED "facts.end=0\nplait-probe=0\nagent.status=255\n"

static const struct setup {
    const char *check;         /* what is found, and nothing else; NULL: nothing */
    const char *nodes[NODES];  /* facts that differ from the healthy ones */
    const char *hosts, *ranks; /* NULL: host_text, none */
    uint64_t np, threads;
    bool slurm;
    const char *sentence, *line; /* parts of them */
} setups[] = {
    {.check = NULL},
    {.check = NULL, .np = 12},
    {.check = NULL, .slurm = true},
    {.check = NULL,
     .nodes = {"mca.btl_tcp_if_include=eth0", "interface=docker0 172.17.0.1/16 bridge"}},
    {.check = NULL,
     .ranks = "rank 0=red slot=0:0-3\nrank 1=red01 slot=0-1\nrank 2=red01 slot=2,3\n"},
    {.check = "name-unknown",
     .nodes = {NULL, NOT_REACHED
               "agent.error=ssh: Could not resolve hostname red01: Name or service not known"},
     .sentence = "red01: no address is known for this name",
     .line = "echo 'ADDRESS red01' | sudo tee -a /etc/hosts"},
    {.check = "name-unknown",
     .nodes = {NULL, NOT_REACHED
               "local.address=10.0.0.2\nagent.error=ssh: Could not resolve hostname red01: x"},
     .sentence = "red01: no address is known for this name",
     .line = "echo '10.0.0.2 red01' | sudo tee -a /etc/hosts"},
    {.check = "host-key-changed",
     .nodes =
         {NULL, NOT_REACHED
          "agent.error=WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!\nssh.userknownhostsfile=/home/pi/.ssh/known_hosts /home/pi/.ssh/known_hosts2\nssh.hostname=red01\nssh.port=22"},
     .sentence = "red01: its host key is not the one that ssh knows",
     .line = "ssh-keygen -f /home/pi/.ssh/known_hosts -R red01"},
    {.check = "host-key-unknown",
     .nodes =
         {NULL, NULL,
          NOT_REACHED
          "agent.error=Host key verification failed.\nssh.port=2222\nssh.hostname=10.0.0.3\nssh.userknownhostsfile=/k"},
     .sentence = "red02: ssh does not know its host key",
     .line = "ssh-keyscan -p 2222 10.0.0.3 >>/k"},
    {.check = "password-asked",
     .nodes =
         {NULL, NULL,
          NOT_REACHED
          "agent.error=pi@red02: Permission denied (publickey,password).\nssh.user=pi\nssh.hostname=red02\nssh.port=22\nssh.identityfile=~/.ssh/id_rsa"},
     .sentence = "red02: ssh asks for a password",
     .line = "ssh-copy-id -i ~/.ssh/id_ed25519.pub -p 22 pi@red02"},
    {.check = "connection-refused",
     .nodes = {NULL,
               NOT_REACHED "agent.error=ssh: connect to host red01 port 22: Connection refused"},
     .sentence = "red01: no ssh server listens on port 22",
     .line = "sudo apt-get install -y openssh-server"},
    {.check = "no-reply",
     .nodes = {NULL,
               NOT_REACHED "agent.error=ssh: connect to host red01 port 22: No route to host"},
     .sentence = "red01: it does not reply (ssh: connect to host red01 port 22: No route to host)",
     .line = "ping -c 3 red01"},
    {.check = "no-reply",
     .nodes = {NULL, NOT_REACHED "agent.timeout=1"},
     .sentence = "red01: it does not reply (the time was up)",
     .line = "ping -c 3 red01"},
    {.check = "login-fails",
     .nodes = {NULL,
               NOT_REACHED "agent.error=This account is currently not available.\nagent.status=1"},
     .sentence = "red01: the command there ended early, with status 1: This account is currently",
     .line = "ssh red01 /bin/sh -c 'true'"},
    {.check = "login-fails", /* it is no ssh that asks for a password */
     .nodes = {NULL, NOT_REACHED "agent.error=./agent: Permission denied\nagent.status=127"},
     .sentence =
         "red01: the command there ended early, with status 127: ./agent: Permission denied",
     .line = "ssh red01 /bin/sh -c 'true'"},
    {.check = "name-loops-back",
     .nodes = {NULL, "-own.address", "-own.address"},
     .sentence = "red01: its own name red01 stands for 127.0.1.1 there",
     .line = "'\\''s/^127.0.1.1[[:space:]]/10.0.0.2 /'\\'' /etc/hosts'"},
    {.check = "name-loops-back",
     .nodes = {NULL, "-own.address 127.0.0.1"},
     .sentence = "red01: its own name red01 stands for 127.0.0.1 there",
     .line = "ssh -t red01 'sudo sed -i '\\''1i 10.0.0.2 red01'\\'' /etc/hosts'"},
    {.check = "reverse-differs",
     .nodes = {NULL, "reverse=blue\nreverse.address=10.0.0.9"},
     .sentence = "red01: its address 10.0.0.2 is called blue, and blue has the address 10.0.0.9",
     .line = "sudo sed -i '1i 10.0.0.2 red01' /etc/hosts"},
    {.check = "same-node-twice",
     .nodes = {NULL, NULL, "address=10.0.0.2"},
     .sentence = "red02: it is the node red01 under a second name (10.0.0.3)",
     .line = "sed -i 3d hosts"},
    {.check = "same-node-twice", /* as localhost */
     .nodes = {NULL, "node.local=1"},
     .sentence = "red01: it is the node red under a second name (10.0.0.2)",
     .line = "sed -i 2d hosts"},
    {.check = "same-node-twice", /* and nobody else asks for its name */
     .nodes = {"-own.address", "node.local=1", "node.local=1"},
     .sentence = "red01: it is the node red under a second name (10.0.0.2)",
     .line = "sed -i 2d hosts"},
    {.check = "duplicate-host",
     .hosts = "red slots=4\nred01 slots=4\npi@red02 slots=4\nred01 slots=4\n",
     .sentence = "hosts:4: red01 stands on line 2 already",
     .line = "sed -i 4d hosts"},
    {.check = "wrong-form",
     .hosts = "red slots=4\nred01:4\npi@red02 slots=4\n",
     .sentence = "hosts:2: this is how MPICH writes a host, and Open MPI cannot read it",
     .line = "sed -i -E 's/\\sbinding=\\S*//; s/^([^#:]*):([0-9]+)/\\1 slots=\\2/; "
             "s/^\\s*([^#@ \\t]+)([^#]*)\\suser=(\\S+)/\\3@\\1\\2/' hosts"},
    {.check = "wrong-form",
     .hosts = "red slots=4\nred01 slots=4\nred02 user=pi\n",
     .nodes = {NULL, NULL, "node.slots=4"},
     .sentence = "hosts:3: this is how MPICH writes a host, and Open MPI cannot read it",
     .line = "user=(\\S+)/\\3@\\1\\2/' hosts"},
    {.check = "wrong-form",
     .nodes = {MPICH_4, MPICH_4, MPICH_4},
     .hosts = "red:4\nred01 slots=4\nred02:4 user=pi\n",
     .sentence = "hosts:2: this is how Open MPI writes a host, and MPICH cannot read it",
     .line = "s/\\s+slots\\s*=\\s*([0-9]+)/:\\1/' hosts"},
    {.check = "windows-text",
     .hosts = "\xef\xbb\xbfred slots=4\nred01 slots=4\npi@red02 slots=4\n",
     .sentence = "mpirun: it cannot read hosts, with line ends or a byte order mark",
     .line = "sed -i '1s/^\\xef\\xbb\\xbf//; s/\\r$//' hosts"},
    {.check = "windows-text",
     .hosts = "red slots=4\r\nred01 slots=4\r\npi@red02 slots=4\r\n",
     .ranks = "rank 0=red slot=0:0-3\r\nrank 1=red01 slot=0:0-3\r\nrank 2=pi@red02 slot=0:0-3\r\n",
     .sentence = "mpirun: it cannot read hosts and ranks, with line ends",
     .line = "s/\\r$//' hosts ranks"},
    {.check = "few-slots",
     .np = 13,
     .sentence = "mpirun: 13 ranks are more than the 12 slots of the nodes",
     .line = "mpirun -np 13 --hostfile hosts --oversubscribe plait hello"},
    {.check = "few-slots",
     .np = 13,
     .nodes = {OPEN_MPI_5, OPEN_MPI_5, OPEN_MPI_5},
     .sentence = "mpirun: 13 ranks are more than the 12 slots of the nodes",
     .line = "mpirun -np 13 --hostfile hosts --map-by :OVERSUBSCRIBE plait hello"},
    {.check = NULL, .np = 3, .threads = 4},
    {.check = "few-cores",
     .np = 3,
     .threads = 5,
     .sentence = "mpirun: the nodes have 12 cores for 3 ranks of 5 threads",
     .line = "mpirun -np 3 --hostfile hosts plait hello --threads 4"},
    {.check = "few-cores", /* one rank per node */
     .threads = 9,
     .nodes = {"cpus=8", "cpus=8", "cpus=8"},
     .sentence = "mpirun: the nodes have 24 hardware threads for 3 ranks of 9 threads",
     .line = "plait hello --threads 8"},
    {.check = "rank-host-unknown",
     .ranks = "rank 0=red slot=0:0-3\nrank 1=red07 slot=0:0-3\n",
     .sentence = "ranks:2: rank 1 is placed on red07, which the host file does not have",
     .line = "echo 'red07 slots=1' >>hosts"},
    {.check = "rank-host-unknown", /* one line for all ranks there */
     .ranks = "rank 0=red07 slot=0:0\nrank 1=red slot=0:0-3\nrank 2=red07 slot=0:1\n",
     .sentence = "ranks:1: rank 0 is placed on red07, which the host file does not have",
     .line = "echo 'red07 slots=2' >>hosts"},
    {.check = "rank-user", /* of a node that is not this machine; one line for all its ranks */
     .ranks = "rank 0=pi@red slot=0:0\nrank 1=red02 slot=0:0\nrank 2=red02 slot=0:1\n",
     .sentence =
         "ranks:2: user pi of red02 is in the host file, and Open MPI 4 takes users from a rank file if there is one",
     .line =
         "sed -i -E 's/=[[:space:]]*([^@[:space:]]*@)?red02([[:space:]]|$)/=pi@red02\\2/' ranks"},
    {.check = "rank-user",
     .ranks = "rank 0=red slot=0:0\nrank 1=red02 slot=0:0\nrank 2=bob@red01 slot=0:1\n",
     .nodes = {OPEN_MPI_5, OPEN_MPI_5, OPEN_MPI_5},
     .sentence =
         "ranks:3: user bob of red01 is in the rank file, and Open MPI 5 takes users from the host file alone",
     .line = "sed -i -E '2s/^[[:space:]]*([^@#[:space:]]*@)?/bob@/' hosts"},
    {.check = NULL, /* the user that both have, or that Open MPI 4 takes from the rank file */
     .ranks = "rank 0=red slot=0:0\nrank 1=pi@red02 slot=0:0\nrank 2=bob@red01 slot=0:1\n"},
    {.check = "rank-missing",
     .ranks = "rank 0=red slot=0:0-3\nrank 2=red01 slot=0:0-3\n",
     .sentence = "mpirun: the rank file does not place rank 1 of 2",
     .line = "echo 'rank 1=red slot=0:0' >>ranks"},
    {.check = "rank-core-missing",
     .ranks = "rank 0=red slot=1:0-3\n",
     .sentence = "ranks:1: rank 0 is placed on socket 1, and red has 1 socket of 4 cores",
     .line = "sed -i '1s/=[^ ]*$/=0:0-3/' ranks"},
    {.check = "rank-core-missing",
     .ranks = "rank 0=red slot=0-7\n",
     .sentence = "ranks:1: rank 0 is placed on core 7, and red has 1 socket of 4 cores",
     .line = "sed -i '1s/=[^ ]*$/=0:0-3/' ranks"},
    {.check = "ranks-share-cores",
     .ranks = "rank 0=red slot=0:0-1\nrank 1=red slot=0:1-2\n",
     .sentence = "ranks:2: ranks 0 and 1 have cores of red in common",
     .line = "mpirun -np 2 --hostfile hosts --bind-to none plait hello"},
    {.check = "rank-bound-to-few",
     .threads = 4,
     .ranks = "rank 0=red slot=0:0\nrank 1=red01 slot=0:0-3\n",
     .sentence = "ranks:1: rank 0 is bound to 1 core, which its 4 threads would share",
     .line = "sed -i '1s/=[^ ]*$/=0:0-3/' ranks"},
    {.check = "bound-by-default",
     .np = 2,
     .threads = 4,
     .sentence =
         "Open MPI binds each of one or two ranks to one core, which its 4 threads would share",
     .line = "mpirun -np 2 --hostfile hosts --bind-to none plait hello --threads 4"},
    {.check = "bound-by-setting",
     .threads = 4,
     .nodes = {"mca.hwloc_base_binding_policy=core"},
     .sentence = "mpirun: hwloc_base_binding_policy = core binds each rank to one core",
     .line = "mpirun -np 3 --hostfile hosts --bind-to none plait hello --threads 4"},
    {.check = "several-networks",
     .nodes = {NULL, "interface=docker0 172.17.0.1/16 bridge",
               "interface=docker0 172.17.0.1/16 bridge"},
     .sentence = "red01, red02: it has other networks than 10.0.0.0/24 (docker0 (bridge))",
     .line =
         "mpirun -np 3 --hostfile hosts -mca btl_tcp_if_include 10.0.0.0/24 -mca oob_tcp_if_include 10.0.0.0/24 plait hello"},
    {.check = "several-networks",
     .nodes = {OPEN_MPI_5, OPEN_MPI_5 "interface=wlan0 192.168.1.7/24 wireless", OPEN_MPI_5},
     .sentence = "red01: it has other networks than 10.0.0.0/24 (wlan0 (wireless))",
     .line = "--mca btl_tcp_if_include eth0 --prtemca prte_if_include eth0 plait hello"},
    {.check = "firewall",
     .nodes = {NULL, "tcp=red02 10.0.0.3 4711 timeout", "firewall=ufw"},
     .sentence = "red02: connections to it time out from red01: a firewall keeps ranks apart",
     .line = "ssh -t pi@red02 'sudo ufw allow from 10.0.0.0/24'"},
    {.check = "cut-cable",
     .nodes = {"mca.oob_tcp_keepalive_time="},
     .sentence = "mpirun: it waits for ever when a cable is cut",
     .line = "mkdir -p ~/.openmpi && printf '%s\\n' 'oob_tcp_keepalive_time = 2'"},
    {.check = "cut-cable",
     .nodes = {OPEN_MPI_5 "prte.oob_tcp_keepalive_time=", OPEN_MPI_5, OPEN_MPI_5},
     .sentence = "mpirun: it waits eight minutes when a cable is cut",
     .line = ">>~/.prte/mca-params.conf"},
    {.check = "no-reply", /* and no word of cables where no other node is reached */
     .nodes = {"mca.oob_tcp_keepalive_time=", NOT_REACHED "agent.timeout=1",
               NOT_REACHED "agent.timeout=1"},
     .sentence = "red01: it does not reply",
     .line = "ping -c 3 red0"},
    {.check = NULL, /* MPICH's notices by itself */
     .nodes = {MPICH_4 "mca.oob_tcp_keepalive_time=\nprte.oob_tcp_keepalive_time=", MPICH_4,
               MPICH_4},
     .hosts = "red\nred01\nred02\n"},
    {.check = "firewall", /* the chain that drops, wherever it is */
     .nodes = {NULL, "tcp=red02 10.0.0.3 4711 timeout", "firewall.chain=inet guard arriving"},
     .sentence = "red02: connections to it time out from red01: a firewall keeps ranks apart",
     .line = "'sudo nft insert rule inet guard arriving ip saddr 10.0.0.0/24 accept'"},
    {.check = "firewall", /* it drops what leaves, too: the others are not to blame */
     .nodes = {"tcp=red02 10.0.0.3 4711 timeout", "tcp=red02 10.0.0.3 4711 timeout",
               "tcp=red01 10.0.0.2 4712 timeout\ntcp=red 10.0.0.1 1 timeout"},
     .sentence = "red02: connections to it time out from red, red01: a firewall keeps ranks apart",
     .line = "nft insert rule inet filter input"},
    {.check = "mpirun-missing",
     .nodes = {"mpirun.path=\nmpirun.version=\nplait.mpi=libmpi.so.40.30.4"},
     .sentence = "mpirun: there is no mpirun on this machine",
     .line = "sudo apt-get install -y openmpi-bin"},
    {.check = "foreign-mpirun",
     .nodes = {"mpirun.version=MPICH 4.0.2", "mpirun.version=MPICH 4.0.2",
               "mpirun.version=MPICH 4.0.2"},
     .sentence = "mpirun: mpirun is that of MPICH 4.0.2, plait is built with Open MPI",
     .line = "mpirun.openmpi -np 2 plait hello"},
    {.check = "foreign-mpirun",
     .nodes = {"plait.mpi=libmpich.so.12.2.2", "hydra_pmi_proxy=/h", "hydra_pmi_proxy=/h"},
     .hosts = "red\nred01\nred02\n",
     .sentence = "mpirun: mpirun is that of Open MPI 4.1.4, plait is built with MPICH",
     .line = "sudo apt-get install mpich && mpirun.mpich -np 2 plait hello"},
    {.check = "mpi-differs",
     .nodes = {NULL, NULL, "mpirun.version=Open MPI 5.0.7\norted=\nprted=/usr/bin/prted"},
     .sentence = "red02: it has Open MPI 5.0.7 and this machine Open MPI 4.1.4",
     .line = "plait doctor --host red,red01"},
    {.check = "daemon-missing",
     .nodes = {NULL, "mpirun.path=\nmpirun.version=\norted=", "mpirun.version=\norted="},
     .sentence = "red01, red02: orted, which mpirun starts on every node, is not installed",
     .line =
         "for node in red01 pi@red02; do ssh -t $node 'sudo apt-get install -y openmpi-bin'; done"},
    {.check = "daemon-not-in-path",
     .nodes = {NULL, "mpirun.version=\norted=\norted.elsewhere=/opt/openmpi/bin/orted"},
     .sentence = "red01: orted is /opt/openmpi/bin/orted, which is not in the PATH",
     .line = "mpirun -np 3 --hostfile hosts --prefix /opt/openmpi plait hello"},
    {.check = "plait-missing",
     .nodes = {NULL, "plait.path=\nplait.same=no\nplait.version=\nplait.checksum=\nplait.mpi="},
     .sentence = "red01: plait is not installed there",
     .line = "tar -C / -ch usr/bin/plait usr/lib/libplait.so.0 | ssh red01 tar -C / -x"},
    {.check = "plait-not-in-path",
     .nodes = {NULL, "plait.path="},
     .sentence = "red01: plait is not in the PATH that a command by ssh has",
     .line = "mpirun -np 3 --hostfile hosts /usr/bin/plait hello"},
    {.check = "plait-does-not-run",
     .nodes = {NULL, "plait.version=\nplait.missing=libmpi.so.40"},
     .sentence = "red01: plait does not run there: libmpi.so.40",
     .line = "ssh red01 'ldd /usr/bin/plait'"},
    {.check = "plait-version-differs",
     .nodes = {NULL, "plait.version=0.0.9\nplait.checksum=7-8"},
     .sentence = "red01: it has plait 0.0.9 and this machine 0.1.0",
     .line = "tar -C / -ch usr/bin/plait usr/lib/libplait.so.0 | ssh red01 tar -C / -x"},
    {.check = "plait-build-differs",
     .nodes = {NULL, "plait.checksum=7-8"},
     .sentence = "red01: its plait is another build of the same version",
     .line = "| ssh red01 tar -C / -x"},
    {.check = "word-size-differs",
     .nodes = {NULL, "bits=32"},
     .sentence = "red01: its programs have 32 bits and those of this machine 64",
     .line = "plait doctor --host red,pi@red02"},
    {.check = "byte-order-differs",
     .nodes = {NULL, NULL, "order=big"},
     .sentence = "red02: its bytes are in the order 'big endian', those here 'little endian'",
     .line = "plait doctor --host red,red01"},
    {.check = "machines-mixed",
     .nodes = {NULL, "machine=x86_64\nplait.checksum=7-8"},
     .sentence = "red01: it is x86_64 and this machine aarch64: each needs a plait of its own",
     .line = "ssh red01 plait --version"},
    {.check = "clocks-apart",
     .nodes = {NULL, "clock.offset=-86.4"},
     .sentence = "red01: its clock is 86.4 s slow",
     .line = "ssh -t red01 'sudo timedatectl set-ntp true'"},
    {.check = NULL, .nodes = {NULL, "clock.offset=3\nclock.error=2.5"}},
    {.check = "memory-low",
     .nodes = {"memory.free.kib=65536"},
     .sentence = "red: only 64 MiB of its memory are free",
     .line = "ps -eo rss,comm --sort=-rss | head -n 6"},
    {.check = "loaded",
     .nodes = {NULL, "load=3.9"},
     .sentence = "red01: other programs use it (load 3.9 on 4 cores)",
     .line = "ssh red01 'ps -eo pcpu,user,comm --sort=-pcpu | head -n 6'"},
    {.check = "open-files-low",
     .nodes = {NULL, "limit.files=64"},
     .sentence = "red01: a process may open 64 files only",
     .line = "nofile 4096"},
    {.check = "locked-memory-low",
     .nodes = {NULL, "rdma=mlx5_0"},
     .sentence = "red01: the network card mlx5_0 needs more locked memory than 8192 KiB",
     .line = "memlock unlimited"},
    {.check = "shm-small",
     .nodes = {NULL, "shm.free.kib=32768"},
     .sentence = "red01: /dev/shm has 32 MiB free, and 4 ranks may need 64",
     .line = "ssh -t red01 'sudo mount -o remount,size=64m /dev/shm'"},
    {.check = "tmp-full",
     .nodes = {NULL, "tmp.free.kib=1024"},
     .sentence = "red01: /tmp is full (1 MiB left)",
     .line = "ssh red01 'du -xh /tmp | sort -h | tail -n 6'"},
    {.check = "tmp-full",
     .nodes = {NULL, "tmp.free.files=3"},
     .sentence = "red01: /tmp is full (3 files left)",
     .line = "du -xh /tmp"},
    {.check = "directory-missing",
     .nodes = {NULL, "directory.there=no\ndirectory.mount="},
     .sentence = "red01: the working directory /home/pi/run does not exist there",
     .line = "ssh red01 'mkdir -p /home/pi/run'"},
    {.check = "home-missing",
     .nodes = {NULL, "home.there=no"},
     .sentence = "red01: the home directory /home/pi does not exist there",
     .line = "ssh -t red01 'sudo install -d -o pi /home/pi'"},
    {.check = "home-differs",
     .nodes = {NULL, "home=/root"},
     .sentence = "red01: its home directory is /root and here /home/pi",
     .line = "mpirun -np 3 --hostfile hosts -wdir /tmp plait hello"},
    {.check = "nfs-without-locks",
     .nodes = {NULL, "directory.mount=red:/home /home nfs rw,vers=3,nolock"},
     .sentence = "red01: the working directory is on NFS (red:/home) without locks",
     .line = "sudo mount -t nfs -o lock red:/home /home'"},
    {.check = "nfs",
     .nodes = {NULL, "directory.mount=red:/home /home nfs4 rw,vers=4.2,local_lock=none"},
     .sentence = "red01: the working directory is on NFS (red:/home), where files",
     .line = "mpirun -np 3 --hostfile hosts plait check --only write-blocks"},
    {.check = "opencl-in-hwloc",
     .nodes =
         {"opencl=/usr/lib/hwloc/hwloc_opencl.so\nopencl.drivers=/etc/OpenCL/vendors/pocl.icd"},
     .sentence = "mpirun: mpirun loads OpenCL drivers by libhwloc-plugins",
     .line = "export HWLOC_COMPONENTS=-opencl"},
    {.check = "slurm-missing",
     .slurm = true,
     .nodes = {NULL, "slurm.slurmd=\nslurm.checksum=\nslurm.shape="},
     .sentence = "red01: slurmd is not installed there",
     .line = "ssh -t red01 'sudo apt-get install -y slurmd'"},
    {.check = "munge-stopped",
     .slurm = true,
     .nodes = {NULL, "slurm.munge=Failed to access /run/munge/munge.socket.2"},
     .sentence = "red01: munge does not work there: Failed to access",
     .line = "ssh -t red01 'sudo systemctl enable --now munge'"},
    {.check = NULL, .slurm = true, .nodes = {"slurm.AuthType=auth/none", "slurm.munge=Failed"}},
    {.check = "munge-key-differs",
     .slurm = true,
     .nodes = {NULL, "slurm.munge=Invalid credential (15)"},
     .sentence = "red01: its munge key is not the one of this machine",
     .line =
         "sudo cat /etc/munge/munge.key | ssh red01 'sudo tee /etc/munge/munge.key >/dev/null && sudo systemctl restart munge'"},
    {.check = "munge-clock",
     .slurm = true,
     .nodes = {NULL, "slurm.munge=Rewound credential (16)"},
     .sentence = "red01: munge refuses what this machine signs: Rewound credential (16)",
     .line = "sudo timedatectl set-ntp true"},
    {.check = "slurm-conf-none",
     .slurm = true,
     .nodes = {"slurm.checksum=", "slurm.checksum=", "slurm.checksum="},
     .sentence = "slurm: this machine has no /etc/slurm/slurm.conf",
     .line = "slurm.conf.simple.gz | sudo tee /etc/slurm/slurm.conf >/dev/null"},
    {.check = "slurm-conf-missing",
     .slurm = true,
     .nodes = {NULL, "slurm.checksum="},
     .sentence = "red01: there is no /etc/slurm/slurm.conf",
     .line =
         "ssh red01 'sudo tee /etc/slurm/slurm.conf >/dev/null && sudo systemctl restart slurmd' </etc/slurm/slurm.conf"},
    {.check = "slurm-conf-differs",
     .slurm = true,
     .nodes = {NULL, "slurm.checksum=9-9"},
     .sentence = "red01: its /etc/slurm/slurm.conf is not the one of this machine",
     .line =
         "ssh red01 'sudo tee /etc/slurm/slurm.conf >/dev/null && sudo systemctl restart slurmd' </etc/slurm/slurm.conf"},
    {.check = "slurm-node-unknown",
     .slurm = true,
     .nodes = {NULL, "slurm.name=red09"},
     .sentence = "red01: /etc/slurm/slurm.conf has no line NodeName=red09",
     .line =
         "State=UNKNOWN' | sudo tee -a /etc/slurm/slurm.conf && sudo systemctl restart slurmctld"},
    /* A node names neither the file that changes here, nor another line for it. */
    {.check = "slurm-node-unknown",
     .slurm = true,
     .nodes = {NULL, "slurm.name=red09\nslurm.configuration=/etc/slurm/slurm.conf /etc/passwd"},
     .sentence = "red01: /etc/slurm/slurm.conf has no line NodeName=red09",
     .line = "tee -a /etc/slurm/slurm.conf"},
    {.check = NULL, .slurm = true, .nodes = {NULL, "slurm.name=red09\nslurm.shape=Prolog=/tmp/x"}},
    {.check = NULL,
     .slurm = true,
     .nodes = {"slurm.SlurmdParameters=config_overrides",
               "slurm.shape=NodeName=red01 CPUs=2\nslurm.SlurmdParameters=config_overrides"}},
    {.check = "slurm-node-smaller",
     .slurm = true,
     .nodes = {NULL, "slurm.shape=NodeName=red01 CPUs=4 RealMemory=800"},
     .sentence =
         "red01: /etc/slurm/slurm.conf says RealMemory=900 and slurmd -C finds RealMemory=800",
     .line =
         "sudo sed -i 's/\\bRealMemory=900\\b/RealMemory=800/I' /etc/slurm/slurm.conf && sudo systemctl restart slurmctld"},
    {.check = "slurm-cgroups",
     .slurm = true,
     .nodes = {NULL, "slurm.cgroups=cpuset cpu io pids"},
     .sentence =
         "red01: slurm.conf uses control groups, and the kernel there has no controller memory",
     .line = "cgroup_enable=memory"},
    {.check = "slurm-node-down",
     .slurm = true,
     .nodes = {"slurm.state=red idle none\nslurm.state=red02 down* Not responding\n"
               "slurm.state=red02 down* Not responding"}, /* it is in two partitions */
     .sentence = "slurm: Slurm has red02 as down*, for the reason: Not responding",
     .line = "sudo scontrol update NodeName=red02 State=RESUME"},
};
enum { SETUPS = sizeof setups / sizeof setups[0] };

/* -- examining one ------------------------------------------------------------------------------
 */

struct cluster {
    struct host_list hosts;
    struct node_facts nodes[NODES];
    struct doctor_view view;
    struct findings findings;
};

static void read_hosts(struct host_list *list, const char *name, const char *text,
                       bool (*read)(struct host_list *list, struct text_file *file,
                                    struct failure *failure)) {
    struct failure failure = {0};
    struct text_file file;
    text_file_take(&file, "host file", name, fmemopen((void *)text, strlen(text), "r"));
    CU_ASSERT_FATAL(file.stream != NULL);
    CU_ASSERT(read(list, &file, &failure));
    text_file_close(&file);
}

/* "-own.address" stands for the line of Debian, 127.0.1.1, in its place; that of 127.0.0.1 is as
 * long. */
static void read_node(struct node_facts *node, const char *text, const char *change, bool slurm,
                      const char *name) {
    char copy[4096], *own;
    facts_init(node);
    snprintf(copy, sizeof copy, "%s", text);
    if (change && strncmp(change, "-own.address", 12) == 0) {
        own = strstr(copy, "own.address=10.0.0.");
        CU_ASSERT_FATAL(own != NULL);
        memcpy(own, "own.address=127.0.1.1\n#", 23);
        if (change[12])
            memcpy(own + 12, change + 13, 9);
        change = NULL;
    }
    CU_ASSERT(facts_parse(node, copy, strlen(copy)));
    if (slurm) {
        snprintf(copy, sizeof copy, SLURM "slurm.name=%s\n", name);
        CU_ASSERT(facts_parse(node, copy, strlen(copy)));
    }
    if (change)
        CU_ASSERT(facts_parse(node, change, strlen(change)));
}

static void examine(struct cluster *cluster, const struct setup *setup) {
    static const char *const names[NODES] = {"red", "red01", "red02"};
    struct failure failure = {0};
    *cluster = (struct cluster){0};
    read_hosts(&cluster->hosts, "hosts", setup->hosts ? setup->hosts : host_text, hosts_read_file);
    if (setup->ranks)
        read_hosts(&cluster->hosts, "ranks", setup->ranks, hosts_read_ranks);
    CU_ASSERT_EQUAL(cluster->hosts.problem_count, 0);
    for (size_t k = 0; k < NODES; k++)
        read_node(&cluster->nodes[k], healthy[k], setup->nodes[k], setup->slurm, names[k]);
    cluster->view = (struct doctor_view){
        .hosts = &cluster->hosts,
        .nodes = cluster->nodes,
        .count = NODES,
        .here = &cluster->nodes[0],
        .ranks = setup->np,
        .threads = setup->threads,
        .slurm = setup->slurm,
        .agent = "ssh",
        .agent_is_ssh = true,
        .hostfile = "hosts",
        .rankfile = setup->ranks ? "ranks" : NULL,
        .plait = "/usr/bin/plait",
        .library = "/usr/lib/libplait.so.0",
        .directory = "/home/pi/run",
    };
    CU_ASSERT(doctor_examine(&cluster->view, &cluster->findings, &failure));
}

static void cluster_free(struct cluster *cluster) {
    for (size_t k = 0; k < NODES; k++)
        facts_free(&cluster->nodes[k]);
    hosts_free(&cluster->hosts);
    findings_free(&cluster->findings);
}

/* A path may be as long as the system takes, four times as long where it is full of quotes. */
static void test_long_path(void) {
    static const struct setup setup = {.ranks = "rank 0=red07 slot=0:0\n"};
    struct cluster cluster;
    struct findings again;
    struct failure failure = {0};
    char path[4001], *quoted;
    memset(path, '\'', sizeof path - 1);
    path[sizeof path - 1] = '\0';
    quoted = shell_quoted(path);
    examine(&cluster, &setup);
    struct doctor_view view = cluster.view;
    view.hostfile = path;
    CU_ASSERT(doctor_examine(&view, &again, &failure));
    CU_ASSERT_FATAL(again.count > 0 && quoted);
    CU_ASSERT_STRING_EQUAL(again.items[0].check->name, "rank-host-unknown");
    CU_ASSERT(strlen(again.items[0].line) > 4 * (sizeof path - 1));
    CU_ASSERT_STRING_EQUAL(again.items[0].line + strlen(again.items[0].line) - strlen(quoted),
                           quoted);
    free(quoted);
    findings_free(&again);
    cluster_free(&cluster);
}

static void test_setups(void) {
    for (size_t s = 0; s < SETUPS; s++) {
        const struct setup *setup = &setups[s];
        struct cluster cluster;
        examine(&cluster, setup);
        const struct findings *found = &cluster.findings;
        const bool good =
            setup->check
                ? found->count > 0 && strcmp(found->items[0].check->name, setup->check) == 0 &&
                      strncmp(found->items[0].sentence, setup->sentence,
                              strchr(setup->sentence, ':') ? strlen(setup->sentence) : 0) == 0 &&
                      strstr(found->items[0].sentence, setup->sentence) &&
                      strstr(found->items[0].line, setup->line)
                : found->count == 0;
        /* One cause is one finding, but for a name or a line that stands for several nodes. */
        bool same = true;
        for (size_t k = 1; k < found->count; k++)
            same = same && strcmp(found->items[k].check->name, found->items[0].check->name) == 0;
        CU_ASSERT(good && same);
        if (!good || !same) {
            printf("\n  set-up %zu, %s: %zu findings\n", s, setup->check ? setup->check : "healthy",
                   found->count);
            for (size_t k = 0; k < found->count; k++)
                printf("    %s: %s\n      %s\n", found->items[k].check->name,
                       found->items[k].sentence, found->items[k].line);
        }
        cluster_free(&cluster);
    }
}

/* Every line that starts ranks on other nodes carries the settings that end them when a cable is
 * cut, unless a file has them. */
static void test_cut_cable(void) {
    static const char four[] = " -mca oob_tcp_keepalive_time 2 -mca oob_tcp_keepalive_intvl 1 "
                               "-mca oob_tcp_keepalive_probes 3 ";
    static const char five[] = " --prtemca oob_tcp_keepalive_time 2 --prtemca "
                               "oob_tcp_keepalive_intvl 1 --prtemca oob_tcp_keepalive_probes 3 ";
    static const struct {
        struct setup setup;
        const char *settings; /* NULL: none */
    } cases[] = {
        {{.np = 13, .nodes = {"mca.oob_tcp_keepalive_time="}}, four},
        {{.np = 13, .nodes = {"prte.oob_tcp_keepalive_time="}}, NULL},
        {{.np = 13, .nodes = {OPEN_MPI_5 "prte.oob_tcp_keepalive_time=", OPEN_MPI_5, OPEN_MPI_5}},
         five},
        {{.np = 13, .nodes = {OPEN_MPI_5 "mca.oob_tcp_keepalive_time=", OPEN_MPI_5, OPEN_MPI_5}},
         NULL},
        {{.np = 13, .nodes = {"mca.oob_tcp_keepalive_time=", "node.local=1", "node.local=1"}},
         NULL},
    };
    for (size_t k = 0; k < sizeof cases / sizeof cases[0]; k++) {
        struct cluster cluster;
        examine(&cluster, &cases[k].setup);
        const struct finding *found = NULL; /* nodes that are all this machine are one more */
        for (size_t f = 0; f < cluster.findings.count && !found; f++)
            if (strcmp(cluster.findings.items[f].check->name, "few-slots") == 0)
                found = &cluster.findings.items[f];
        CU_ASSERT_FATAL(found != NULL);
        if (cases[k].settings) {
            CU_ASSERT(strstr(found->line, cases[k].settings) != NULL);
        } else {
            CU_ASSERT(strstr(found->line, "keepalive") == NULL);
        }
        cluster_free(&cluster);
    }
}

/* Each check has a set-up that it finds, and sentences differ. */
static void test_table(void) {
    for (size_t c = 0; c < doctor_check_count; c++) {
        bool tried = false;
        for (size_t s = 0; s < SETUPS; s++)
            tried =
                tried || (setups[s].check && strcmp(setups[s].check, doctor_checks[c].name) == 0);
        CU_ASSERT(tried);
        if (!tried)
            printf("\n  no set-up for %s\n", doctor_checks[c].name);
        for (size_t d = 0; d < c; d++) {
            CU_ASSERT_STRING_NOT_EQUAL(doctor_checks[c].name, doctor_checks[d].name);
            CU_ASSERT_STRING_NOT_EQUAL(doctor_checks[c].sentence, doctor_checks[d].sentence);
        }
    }
    CU_ASSERT(doctor_check_count >= 25);
}

/* The page has a row for each check. */
static void test_page(void) {
    FILE *page = fopen(PLAIT_DOCTOR_PAGE, "r");
    CU_ASSERT_FATAL(page != NULL);
    static char text[1 << 17];
    text[fread(text, 1, sizeof text - 1, page)] = '\0';
    fclose(page);
    for (size_t c = 0; c < doctor_check_count; c++) {
        char row[128];
        snprintf(row, sizeof row, "\n| `%s` |", doctor_checks[c].name);
        CU_ASSERT(strstr(text, row) != NULL);
        if (!strstr(text, row))
            printf("\n  docs/doctor.md has no row of %s\n", doctor_checks[c].name);
    }
}

/* What a node prints does not change how it is reached, nor what else this machine knows of it. */
static void test_reply(void) {
    static const char text[] = "node.name=blue\nnode.target=-oProxyCommand=reboot\nnode.local=1\n"
                               "agent.status=0\nagent.error=x\nclock.offset=0\nssh.port=1\n"
                               "ssh.userknownhostsfile=x\naddress=10.0.0.9\nreverse=blue\n"
                               "local.address=10.0.0.9\nreverse.address=10.0.0.9\n"
                               "hostname=a!b\nown.address=10.0.0.9\n";
    struct node_facts node;
    facts_init(&node);
    CU_ASSERT(facts_parse(&node, "node.name=red\nnode.target=pi@red\n", 33));
    CU_ASSERT(facts_parse_reply(&node, text, sizeof text - 1));
    CU_ASSERT_STRING_EQUAL(node.name, "red");
    CU_ASSERT_STRING_EQUAL(node.target, "pi@red");
    CU_ASSERT(isnan(node.local) && isnan(node.status) && isnan(node.clock_offset));
    CU_ASSERT(!*node.error && !*node.ssh_port && !*node.ssh_known_hosts && !*node.reverse &&
              !*node.local_address);
    CU_ASSERT(node.addresses.count == 0 && node.reverse_addresses.count == 0);
    CU_ASSERT_STRING_EQUAL(node.hostname, "a?b"); /* no command of the history of a shell */
    CU_ASSERT_EQUAL(node.own_addresses.count, 1);
    facts_free(&node);
}

/* A machine alone has no network to be unsure of, and its own name may be anything. */
static void test_one_machine(void) {
    struct host_list hosts = {0};
    struct node_facts node;
    struct findings findings;
    struct failure failure = {0};
    read_node(&node, healthy[0], "-own.address", false, "red");
    static const char more[] = "interface=docker0 172.17.0.1/16 bridge\n"
                               "interface=wlan0 192.168.1.2/24 wireless\nnode.slots=nan\n";
    CU_ASSERT(facts_parse(&node, more, sizeof more - 1));
    const struct doctor_view view = {.hosts = &hosts,
                                     .nodes = &node,
                                     .count = 1,
                                     .here = &node,
                                     .agent = "ssh",
                                     .agent_is_ssh = true,
                                     .plait = "/usr/bin/plait",
                                     .library = "",
                                     .directory = "/home/pi"};
    CU_ASSERT(doctor_examine(&view, &findings, &failure));
    CU_ASSERT_EQUAL(findings.count, 0);
    findings_free(&findings);
    facts_free(&node);
}

/* -- files --------------------------------------------------------------------------------------
 */

static void test_hosts(void) {
    static const char text[] =
        "# a comment\n\nred slots=4 # another\n  pi@red01 slots = 3  max_slots=4\n"
        "red02:4\nred03:2 user=pi binding=user:0,1\n10.0.0.7\nfe80::1 slots=1\r\n"
        "red04\tcpu=2\nred05 slots=2 username=eve max-count=3\nred06 slots=2 user=pi\n";
    struct host_list list = {0};
    read_hosts(&list, "hosts", text, hosts_read_file);
    CU_ASSERT_EQUAL(list.problem_count, 0);
    CU_ASSERT_EQUAL_FATAL(list.host_count, 9);
    CU_ASSERT_STRING_EQUAL(list.hosts[7].user, "eve");
    CU_ASSERT(list.hosts[7].form == HOST_FORM_OPENMPI && list.hosts[7].max_slots == 3);
    CU_ASSERT(list.hosts[8].form == (HOST_FORM_OPENMPI | HOST_FORM_MPICH));
    CU_ASSERT(list.hosts[0].slots == 4 && list.hosts[0].form == HOST_FORM_OPENMPI);
    CU_ASSERT_STRING_EQUAL(list.hosts[1].user, "pi");
    CU_ASSERT(list.hosts[1].slots == 3 && list.hosts[1].max_slots == 4 && list.hosts[1].line == 4);
    CU_ASSERT(list.hosts[2].slots == 4 && list.hosts[2].form == HOST_FORM_MPICH);
    CU_ASSERT_STRING_EQUAL(list.hosts[3].user, "pi");
    CU_ASSERT(list.hosts[4].slots == 0 && list.hosts[4].form == HOST_FORM_ANY);
    CU_ASSERT_STRING_EQUAL(list.hosts[5].name, "fe80::1");
    CU_ASSERT(list.hosts[6].slots == 2);
    hosts_free(&list);
}

static void test_bad_hosts(void) {
    static const char text[] =
        "red slats=4\nred! slots=4\n@red\nroot@\nred slots=0\nred slots=-1\n"
        "red slots=2 max_slots=1\nred:x\n-red\nred four\n+n0\nred\x01\nred slots=\n"
        "red;rm slots=1\n$(x)\nred SLOTS=4\nred slot=4\ngood\n";
    static const char *const problems[] = {"hosts:1: 'slats' is no setting of a host file",
                                           "hosts:2: 'red!' is no name of a host",
                                           "hosts:3: '' is no name of a user",
                                           "hosts:4: '' has no name",
                                           "hosts:5: 'slots' is given no whole number",
                                           "hosts:6: 'slots' is given no whole number",
                                           "hosts:7: slots=2 is more than max_slots=1",
                                           "hosts:8: 'x' is no number of slots",
                                           "hosts:9: '-red' is no name of a host",
                                           "hosts:10: 'four' is no setting such as slots=4",
                                           "hosts:11: '+n0' is relative",
                                           "hosts:12: is no line of text",
                                           "hosts:13: 'slots' is given no",
                                           "hosts:14: 'red;rm' is no name",
                                           "hosts:15: '$(x)' is no name",
                                           "hosts:16: 'SLOTS' is no setting of a host file",
                                           "hosts:17: 'slot' is no setting of a host file"};
    struct host_list list = {0};
    read_hosts(&list, "hosts", text, hosts_read_file);
    CU_ASSERT_EQUAL(list.problem_count, sizeof problems / sizeof problems[0]);
    for (size_t k = 0; k < list.problem_count && k < sizeof problems / sizeof problems[0]; k++) {
        const bool good = strncmp(list.problems[k], problems[k], strlen(problems[k])) == 0;
        CU_ASSERT(good);
        if (!good)
            printf("\n  %s\n  instead of %s\n", list.problems[k], problems[k]);
    }
    CU_ASSERT_EQUAL_FATAL(list.host_count, 1); /* the others are examined all the same */
    CU_ASSERT_STRING_EQUAL(list.hosts[0].name, "good");
    hosts_free(&list);
}

static void test_host_list(void) {
    struct host_list list = {0};
    struct failure failure = {0};
    CU_ASSERT(hosts_read_list(&list, "red,pi@red01:4,,red02", &failure));
    CU_ASSERT_EQUAL(list.host_count, 3);
    CU_ASSERT_EQUAL(list.problem_count, 1);
    CU_ASSERT(list.hosts[1].slots == 4 && strcmp(list.hosts[1].user, "pi") == 0);
    hosts_free(&list);
}

static void test_ranks(void) {
    static const char text[] =
        "rank 0=red slot=0:0-3\nrank 1 = pi@red01 slots=1:0,1\nrank 2=red02 slot=0-3,5\n"
        "rank 3=red slot=*\nrank 4=red slot=p0:1\n";
    struct host_list list = {0};
    read_hosts(&list, "ranks", text, hosts_read_ranks);
    CU_ASSERT_EQUAL(list.problem_count, 0);
    CU_ASSERT_EQUAL_FATAL(list.rank_count, 5);
    CU_ASSERT_EQUAL(hosts_rank_cores(&list.ranks[0]), 4);
    CU_ASSERT_STRING_EQUAL(list.ranks[1].host, "red01");
    CU_ASSERT_STRING_EQUAL(list.ranks[1].user, "pi");
    CU_ASSERT_STRING_EQUAL(list.ranks[2].user, "");
    CU_ASSERT(list.ranks[1].span_count == 2 && list.ranks[1].spans[1].socket == 1);
    CU_ASSERT_EQUAL(hosts_rank_cores(&list.ranks[2]), 5);
    CU_ASSERT_EQUAL(list.ranks[2].spans[0].socket, -1);
    CU_ASSERT_EQUAL(hosts_rank_cores(&list.ranks[3]), 0);
    hosts_free(&list);
}

static void test_bad_ranks(void) {
    static const char text[] =
        "red slots=4\nrank x=red slot=0\nrank 0=red slot=3-1\nrank 1=red slot=a\n"
        "rank 2=red core=1\nrank 3=red slot=0:0 more\nrank 4=red slot=0\n"
        "rank 4=red slot=1\nrank 5=red slot=0-1:0\nrank 6=r+d slot=0\nrank\nrank 7=red\n"
        "Rank 8=red slot=0\nrank 9=red SLOT=0\nrank 10=red slot=0:0,1:x\n";
    struct host_list list = {0};
    read_hosts(&list, "ranks", text, hosts_read_ranks);
    CU_ASSERT_EQUAL_FATAL(list.problem_count, 14);
    CU_ASSERT_EQUAL(list.rank_count, 1);
    CU_ASSERT_STRING_EQUAL(list.problems[6], "ranks:8: rank 4 is placed on line 7 already");
    CU_ASSERT_STRING_EQUAL(list.problems[10],
                           "ranks:12: a line of a rank file is 'rank 0=host slot=0:0-3'");
    CU_ASSERT(strncmp(list.problems[13], "ranks:15: 'slot=0:0,1:x' names no cores", 39) == 0);
    hosts_free(&list);
}

static void test_nodelist(void) {
    CU_ASSERT(nodelist_has("red[01-06,08],blue", "red03"));
    CU_ASSERT(nodelist_has("red[01-06,08],blue", "red08"));
    CU_ASSERT(nodelist_has("red[01-06,08],blue", "blue"));
    CU_ASSERT(nodelist_has("n[1-12]", "n11"));
    CU_ASSERT(!nodelist_has("red[01-06,08],blue", "red07"));
    CU_ASSERT(!nodelist_has("red[01-06,08],blue", "red3"));
    CU_ASSERT(!nodelist_has("red[01-06", "red03"));
    CU_ASSERT(!nodelist_has("red", "red0"));
    CU_ASSERT(!nodelist_has("", "red"));
}

int main(void) {
    CU_TestInfo tests[] = {{"set-ups", test_setups},
                           {"a long path", test_long_path},
                           {"cut cable", test_cut_cable},
                           {"table", test_table},
                           {"page", test_page},
                           {"a reply", test_reply},
                           {"one machine", test_one_machine},
                           {"hosts", test_hosts},
                           {"bad hosts", test_bad_hosts},
                           {"host list", test_host_list},
                           {"ranks", test_ranks},
                           {"bad ranks", test_bad_ranks},
                           {"nodelist", test_nodelist},
                           CU_TEST_INFO_NULL};
    return run_suite("doctor", tests);
}
