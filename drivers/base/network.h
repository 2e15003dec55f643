/* SPDX-License-Identifier: MIT
 * The network interfaces of a node. */
#ifndef PLAIT_DRIVERS_NETWORK_H
#define PLAIT_DRIVERS_NETWORK_H

#include <stdbool.h>
#include <stdint.h>

enum { NETWORK_INTERFACES = 16, NETWORK_ADDRESSES_BYTES = 160 };

enum network_kind {
    NETWORK_ETHERNET,
    NETWORK_WIRELESS,
    NETWORK_INFINIBAND,
    NETWORK_BOND,
    NETWORK_VLAN,
    /* The ones from here on lead to no other node. */
    NETWORK_LOOPBACK,
    NETWORK_DOCKER, /* a bridge of Docker's */
    NETWORK_BRIDGE,
    NETWORK_CONTAINER, /* one end of a pair whose other end is in a container */
    NETWORK_TUNNEL,    /* of a virtual machine or private network: tun, tap, wireguard */
    NETWORK_VIRTUAL,   /* others without a device */
};

struct network_interface {
    char name[16];
    char addresses[NETWORK_ADDRESSES_BYTES]; /* "192.168.1.10/24, fe80::1/64"; what does not fit is
                                              * left out, and the text ends in "..." */
    double mbit;                             /* NAN: not known, as without a cable or wireless */
    int32_t kind;                            /* enum network_kind */
    int32_t up;
};

/* Members have fixed widths and no pointers, since ranks send them to each other as bytes. */
struct network {
    int32_t count; /* of the node; the first NETWORK_INTERFACES are in the list: those that lead to
                    * other nodes before those that do not */
    struct network_interface interfaces[NETWORK_INTERFACES];
};

/* root: "" for this machine; else a directory in which sys is read, and no addresses are known. */
void network_find(struct network *network, const char *root);

/* The kind in words: "loopback", "bridge of Docker". */
const char *network_kind_text(enum network_kind kind);

/* Whether it leads to other nodes, as far as its kind says. */
bool network_kind_leads_out(enum network_kind kind);

#endif
