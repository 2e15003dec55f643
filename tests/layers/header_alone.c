/* SPDX-License-Identifier: MIT
 * Compiled once per public header, as C11 and as C++17, with HEADER naming it: a header brings what
 * it uses, and may be included twice. */
#include HEADER
#include HEADER

extern int an_empty_translation_unit_is_not_iso_c;
