/* SPDX-License-Identifier: MIT
 * The skips of a reference orbit (docs/deep-zoom.md), written once for plain and for extended
 * numbers. Included by deep.c, which defines
 *   DEEP(name)      the operation of that name (arch/deep_number.h), or a name of this kind of its
 * own DEEP_COMPLEX, DEEP_REAL, DEEP_NODE     types DEEP_Z(store, m), DEEP_S(store, m)     Z_m and
 * S_m DEEP_ONE, DEEP_ZERO_REAL               1 as a complex number, 0 as a real one DEEP_CLEAR 0 as
 * a complex number */

/* What a group of nodes has come to; a single step has no radius. */
struct DEEP(group) {
    DEEP_COMPLEX a, b;
    DEEP_REAL radius, low;
    uint32_t length;
    bool joined; /* more than one node */
};

/* The same for all groups. */
struct DEEP(rules) {
    DEEP_REAL rad;      /* largest offset of a pixel from the centre */
    DEEP_REAL bailout4; /* 4 r */
    bool julia;
};

static DEEP_REAL DEEP(min)(DEEP_REAL a, DEEP_REAL b) {
    return DEEP(less)(b, a) ? b : a;
}

/* Node y begins where the group ends: makes it one of the group, or returns false if a pixel could
 * then leave the disc, or need a rebase, on the way. */
static bool DEEP(join)(struct DEEP(group) * group, const struct DEEP(rules) * rules,
                       const struct deep_store *store, struct deep_item item) {
    const DEEP_COMPLEX z = DEEP_Z(store, item.m);
    const DEEP_REAL sup = DEEP(sup)(z);
    if (DEEP(less)(sup, DEEP(scale)(group->low, -3))) /* a dip, where radii would be small */
        return false;
    const DEEP_COMPLEX factor = DEEP(twice)(z);
    const DEEP_COMPLEX a = DEEP(mul)(factor, group->a), b = DEEP(mul)(factor, group->b);
    const DEEP_REAL inside =
        DEEP(real_div)(DEEP(real_sub)(DEEP_ZERO_REAL, DEEP_S(store, item.m)), rules->bailout4);
    const DEEP_REAL bound = DEEP(min)(DEEP(scale)(sup, -53), inside);
    const DEEP_REAL before =
        DEEP(real_div)(DEEP(real_sub)(bound, DEEP(real_mul)(DEEP(one)(group->b), rules->rad)),
                       DEEP(one)(group->a));
    if (!DEEP(less)(DEEP_ZERO_REAL, before))
        return false;
    DEEP_REAL radius = group->length == 1 ? before : DEEP(min)(group->radius, before);
    const DEEP_COMPLEX step_b = rules->julia ? DEEP_CLEAR : DEEP_ONE;
    if (item.node == PLAIT_DEEP_NONE) {
        group->a = DEEP(mul)(DEEP_ONE, a);
        group->b = DEEP(add)(DEEP(mul)(DEEP_ONE, b), step_b);
        group->length++;
    } else {
        const DEEP_NODE *y = (const DEEP_NODE *)store->nodes + item.node;
        const DEEP_REAL after = DEEP(real_div)(
            DEEP(real_sub)(y->radius, DEEP(real_mul)(DEEP(one)(b), rules->rad)), DEEP(one)(a));
        if (!DEEP(less)(DEEP_ZERO_REAL, after))
            return false;
        radius = DEEP(min)(radius, after);
        group->a = DEEP(mul)(y->a, a);
        group->b = DEEP(add)(DEEP(mul)(y->a, b), y->b);
        group->length += y->length;
    }
    group->radius = radius;
    group->low = group->joined ? DEEP(min)(group->low, sup) : sup;
    group->joined = true;
    return true;
}

static struct DEEP(group) DEEP(begin_group)(const struct DEEP(rules) * rules,
                                            const struct deep_store *store, struct deep_item item) {
    struct DEEP(group) group = {
        .a = DEEP_ONE,
        .b = rules->julia ? DEEP_CLEAR : DEEP_ONE,
        .length = 1,
        .low = DEEP(sup)(DEEP_Z(store, item.m)),
    };
    if (item.node != PLAIT_DEEP_NONE) {
        const DEEP_NODE *node = (const DEEP_NODE *)store->nodes + item.node;
        group.a = node->a;
        group.b = node->b;
        group.radius = node->radius;
        group.length = node->length;
    }
    return group;
}

/* Keeps a group as a node, and has the shorter ones at its place lead to it. */
static bool DEEP(keep)(struct deep_store *store, struct deep_item *item,
                       const struct DEEP(group) * group) {
    if (!deep_reserve_node(store, sizeof(DEEP_NODE)))
        return false;
    DEEP_NODE *nodes = store->nodes;
    nodes[store->node_count] = (DEEP_NODE){
        group->a, group->b, group->radius, group->length, PLAIT_DEEP_NONE,
    };
    if (item->node == PLAIT_DEEP_NONE)
        store->shortest[item->m] = store->node_count;
    else
        nodes[item->node].longer = store->node_count;
    item->node = store->node_count++;
    return true;
}

/* items[count]: the nodes of a level in their order, in the beginning single steps; each pass makes
 * the next level in their place. False: out of memory. */
static bool DEEP(make_skips)(struct deep_store *store, const struct DEEP(rules) * rules,
                             struct deep_item *items, uint32_t count) {
    for (;;) {
        uint32_t made = 0;
        for (uint32_t i = 0; i < count; made++) {
            struct deep_item item = items[i];
            struct DEEP(group) group = DEEP(begin_group)(rules, store, item);
            uint32_t members = 1;
            while (members < DEEP_GROUP && i + members < count &&
                   DEEP(join)(&group, rules, store, items[i + members]))
                members++;
            if (members > 1 && !DEEP(keep)(store, &item, &group))
                return false;
            items[made] = item;
            i += members;
        }
        if (made == count || made == 1)
            return true;
        count = made;
    }
}

#undef DEEP
#undef DEEP_COMPLEX
#undef DEEP_REAL
#undef DEEP_NODE
#undef DEEP_Z
#undef DEEP_S
#undef DEEP_ONE
#undef DEEP_CLEAR
#undef DEEP_ZERO_REAL
