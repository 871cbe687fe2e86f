// https://nvlpubs.nist.gov/nistpubs/FIPS/NIST.FIPS.180-4.pdf
// Intel 64 and IA-32 Architectures Software Developer's Manual, volume 2: SHA256RNDS2, SHA256MSG1, SHA256MSG2
//
// The rounds of one SHA-256 wait for each other, so a processor has time for those of a second. Of the same bytes the two
// share the message schedule as well.
#include "sha256_pair.h"

#if defined(__x86_64__)
#include <cpuid.h>
#include <immintrin.h>

static const uint32_t constants[64] __attribute__((aligned(16))) = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

int sampan_sha256_pair_is_supported(void) {
    unsigned a, b, c, d;
    if (!__get_cpuid(1, &a, &b, &c, &d) || !(c & bit_SSSE3) || !(c & bit_SSE4_1)) return 0;
    return __get_cpuid_count(7, 0, &a, &b, &c, &d) && (b & (1u << 29));
}

#define SHA __attribute__((target("sha,sse4.1,ssse3")))

// The words in the order in which SHA256RNDS2 wants them: A B E F and C D G H.
typedef struct {
    __m128i abef, cdgh;
} State;

SHA static inline State load(const uint32_t *words) {
    __m128i low = _mm_shuffle_epi32(_mm_loadu_si128((const __m128i *)words), 0xb1);
    __m128i high = _mm_shuffle_epi32(_mm_loadu_si128((const __m128i *)(words + 4)), 0x1b);
    return (State){_mm_alignr_epi8(low, high, 8), _mm_blend_epi16(high, low, 0xf0)};
}

SHA static inline void store(uint32_t *words, State state) {
    __m128i low = _mm_shuffle_epi32(state.abef, 0x1b);
    __m128i high = _mm_shuffle_epi32(state.cdgh, 0xb1);
    _mm_storeu_si128((__m128i *)words, _mm_blend_epi16(low, high, 0xf0));
    _mm_storeu_si128((__m128i *)(words + 4), _mm_alignr_epi8(high, low, 8));
}

SHA void sampan_sha256_pair(uint32_t *first, uint32_t *second, const uint8_t *data, size_t blocks) {
    const __m128i bigEndian = _mm_set_epi8(12, 13, 14, 15, 8, 9, 10, 11, 4, 5, 6, 7, 0, 1, 2, 3);
    State one = load(first), two = load(second);
    for (; blocks > 0; blocks -= 1, data += 64) {
        const State before = one, beforeTwo = two;
        __m128i words[4];
        for (int i = 0; i < 4; i++)
            words[i] = _mm_shuffle_epi8(_mm_loadu_si128((const __m128i *)(data + 16 * i)), bigEndian);
#pragma clang loop unroll(full)
        for (int i = 0; i < 16; i++) {
            if (i >= 4) {
                const __m128i last = words[(i - 1) & 3];
                const __m128i sum = _mm_add_epi32(
                    _mm_sha256msg1_epu32(words[i & 3], words[(i - 3) & 3]),
                    _mm_alignr_epi8(last, words[(i - 2) & 3], 4));
                words[i & 3] = _mm_sha256msg2_epu32(sum, last);
            }
            const __m128i low = _mm_add_epi32(words[i & 3], _mm_load_si128((const __m128i *)(constants + 4 * i)));
            const __m128i high = _mm_shuffle_epi32(low, 0x0e);
            one.cdgh = _mm_sha256rnds2_epu32(one.cdgh, one.abef, low);
            two.cdgh = _mm_sha256rnds2_epu32(two.cdgh, two.abef, low);
            one.abef = _mm_sha256rnds2_epu32(one.abef, one.cdgh, high);
            two.abef = _mm_sha256rnds2_epu32(two.abef, two.cdgh, high);
        }
        one.abef = _mm_add_epi32(one.abef, before.abef);
        one.cdgh = _mm_add_epi32(one.cdgh, before.cdgh);
        two.abef = _mm_add_epi32(two.abef, beforeTwo.abef);
        two.cdgh = _mm_add_epi32(two.cdgh, beforeTwo.cdgh);
    }
    store(first, one);
    store(second, two);
}

#else

int sampan_sha256_pair_is_supported(void) { return 0; }

void sampan_sha256_pair(uint32_t *first, uint32_t *second, const uint8_t *data, size_t blocks) {
    (void)first, (void)second, (void)data, (void)blocks;
}

#endif
