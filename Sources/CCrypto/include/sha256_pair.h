// SHA-256 of one run of bytes into two states, for the price of little more than one.
#pragma once
#include <stddef.h>
#include <stdint.h>

// Whether this processor has what sampan_sha256_pair needs.
int sampan_sha256_pair_is_supported(void);

// Takes whole blocks of 64 bytes into two states of SHA-256, each of 8 words as FIPS 180-4 has them.
// Call it only where sampan_sha256_pair_is_supported() says so.
void sampan_sha256_pair(uint32_t *first, uint32_t *second, const uint8_t *data, size_t blocks);
