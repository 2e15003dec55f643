/* SPDX-License-Identifier: MIT
 * Reads /sys/class/net, and asks the system for addresses. */
#define _DEFAULT_SOURCE /* getifaddrs */
#include "base/network.h"

#include "base/system_file.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <math.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define NETWORK_DIRECTORY "/sys/class/net"

static bool network_has(const char *root, const char *name, const char *file) {
    char path[64], **names;
    snprintf(path, sizeof path, NETWORK_DIRECTORY "/%s/%s", name, file);
    const size_t count = system_names(root, path, &names);
    system_names_free(names, count);
    return count > 0;
}

/* Docker's own bridge, and those of its networks: "br-" and twelve hexadecimal digits. */
static bool is_of_docker(const char *name) {
    return strncmp(name, "docker", 6) == 0 || (strncmp(name, "br-", 3) == 0 && strlen(name) == 15 &&
                                               strspn(name + 3, "0123456789abcdef") == 12);
}

static enum network_kind network_kind_of(const char *root, const char *name) {
    enum { TYPE_LOOPBACK = 772, TYPE_INFINIBAND = 32, TYPE_NONE = 65534 };
    char about[512];
    double type;
    system_number(root, &type, NETWORK_DIRECTORY "/%s/type", name);
    system_text(root, about, sizeof about, NETWORK_DIRECTORY "/%s/uevent", name);
    if (type == TYPE_LOOPBACK)
        return NETWORK_LOOPBACK;
    if (type == TYPE_INFINIBAND)
        return NETWORK_INFINIBAND;
    if (strstr(about, "DEVTYPE=wlan") || network_has(root, name, "wireless"))
        return NETWORK_WIRELESS;
    if (strstr(about, "DEVTYPE=vlan"))
        return NETWORK_VLAN;
    if (strstr(about, "DEVTYPE=bond"))
        return NETWORK_BOND;
    if (network_has(root, name, "bridge"))
        return is_of_docker(name) ? NETWORK_DOCKER : NETWORK_BRIDGE;
    if (type == TYPE_NONE || strstr(about, "DEVTYPE=wireguard") ||
        system_text(root, about, sizeof about, NETWORK_DIRECTORY "/%s/tun_flags", name) ==
            SYSTEM_READ)
        return NETWORK_TUNNEL;
    if (network_has(root, name, "device"))
        return NETWORK_ETHERNET;
    /* An Ethernet interface without a device: one end of a pair, whose other end is known by a
     * number of its own. */
    double mine, other;
    if (system_number(root, &mine, NETWORK_DIRECTORY "/%s/ifindex", name) == SYSTEM_READ &&
        system_number(root, &other, NETWORK_DIRECTORY "/%s/iflink", name) == SYSTEM_READ &&
        mine != other)
        return strncmp(name, "veth", 4) == 0 ? NETWORK_CONTAINER : NETWORK_ETHERNET;
    return NETWORK_VIRTUAL;
}

const char *network_kind_text(enum network_kind kind) {
    static const char *const texts[] = {
        [NETWORK_ETHERNET] = "Ethernet",
        [NETWORK_WIRELESS] = "wireless",
        [NETWORK_INFINIBAND] = "InfiniBand",
        [NETWORK_BOND] = "bond",
        [NETWORK_VLAN] = "VLAN",
        [NETWORK_LOOPBACK] = "loopback",
        [NETWORK_DOCKER] = "bridge of Docker",
        [NETWORK_BRIDGE] = "bridge",
        [NETWORK_CONTAINER] = "of a container",
        [NETWORK_TUNNEL] = "tunnel",
        [NETWORK_VIRTUAL] = "virtual",
    };
    return texts[kind];
}

bool network_kind_leads_out(enum network_kind kind) {
    return kind < NETWORK_LOOPBACK;
}

static void network_add_address(struct network_interface *interface, const char *address) {
    static const char rest[] = ", ...";
    const size_t used = strlen(interface->addresses);
    char *end = interface->addresses + used;
    const size_t left = sizeof interface->addresses - used;
    if (strlen(address) + 2 + sizeof rest <= left)
        snprintf(end, left, "%s%s", used ? ", " : "", address);
    else if (used > 3 && strcmp(end - 3, "...") != 0)
        snprintf(end, left, "%s", rest);
}

static int network_prefix_bits(const unsigned char *mask, size_t bytes) {
    int bits = 0;
    for (size_t k = 0; k < bytes; k++)
        for (unsigned char byte = mask[k]; byte; byte = (unsigned char)(byte << 1))
            bits += byte >> 7;
    return bits;
}

static void network_find_addresses(struct network_interface *interface) {
    struct ifaddrs *all;
    if (getifaddrs(&all) != 0)
        return;
    for (const struct ifaddrs *a = all; a; a = a->ifa_next) {
        char text[INET6_ADDRSTRLEN + 8] = "";
        if (!a->ifa_addr || strcmp(a->ifa_name, interface->name) != 0)
            continue;
        if (a->ifa_addr->sa_family == AF_INET) {
            const struct sockaddr_in *address = (const void *)a->ifa_addr,
                                     *mask = (const void *)a->ifa_netmask;
            inet_ntop(AF_INET, &address->sin_addr, text, sizeof text);
            snprintf(text + strlen(text), sizeof text - strlen(text), "/%d",
                     mask ? network_prefix_bits((const void *)&mask->sin_addr, 4) : 32);
        } else if (a->ifa_addr->sa_family == AF_INET6) {
            const struct sockaddr_in6 *address = (const void *)a->ifa_addr,
                                      *mask = (const void *)a->ifa_netmask;
            inet_ntop(AF_INET6, &address->sin6_addr, text, sizeof text);
            snprintf(text + strlen(text), sizeof text - strlen(text), "/%d",
                     mask ? network_prefix_bits((const void *)&mask->sin6_addr, 16) : 128);
        }
        if (text[0])
            network_add_address(interface, text);
    }
    freeifaddrs(all);
}

static struct network_interface network_look(const char *root, const char *name) {
    struct network_interface interface = {.mbit = NAN};
    char state[32];
    snprintf(interface.name, sizeof interface.name, "%s", name);
    interface.kind = network_kind_of(root, name);
    /* "unknown" is what interfaces without a carrier of their own say. */
    interface.up = system_text(root, state, sizeof state, NETWORK_DIRECTORY "/%s/operstate",
                               name) == SYSTEM_READ &&
                   (strcmp(state, "up") == 0 || strcmp(state, "unknown") == 0);
    double mbit;
    if (network_kind_leads_out(interface.kind) &&
        system_number(root, &mbit, NETWORK_DIRECTORY "/%s/speed", name) == SYSTEM_READ && mbit > 0)
        interface.mbit = mbit;
    if (!*root)
        network_find_addresses(&interface);
    return interface;
}

/* Twice through the names: those that lead out come first. */
void network_find(struct network *network, const char *root) {
    char **names;
    const size_t count = system_names(root, NETWORK_DIRECTORY, &names);
    *network = (struct network){0};
    for (int pass = 0; pass < 2; pass++) {
        for (size_t k = 0; k < count; k++) {
            double type; /* files in this directory, such as bonding_masters, have none */
            if (system_number(root, &type, NETWORK_DIRECTORY "/%s/type", names[k]) != SYSTEM_READ)
                continue;
            const struct network_interface interface = network_look(root, names[k]);
            if (network_kind_leads_out(interface.kind) != (pass == 0))
                continue;
            if (network->count < NETWORK_INTERFACES)
                network->interfaces[network->count] = interface;
            network->count++;
        }
    }
    system_names_free(names, count);
}
