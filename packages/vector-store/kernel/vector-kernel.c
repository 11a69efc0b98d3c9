// The vector kernel: WebAssembly SIMD, no libc, no allocation. The caller places everything in the imported memory.
// Rebuild with `node packages/vector-store/kernel/build.ts`. Built without -ffast-math: the order of every addition is
// part of the contract, and src/kernel/javascript-kernel.ts adds in the same order.
//
// Float rows lie `dims` floats apart, int8 rows `stride` bytes: what follows a row is not looked at. A query is padded with zeros to 16 components, so that the
// integer loops may read past the end of a row: what they read there is multiplied by zero. The caller keeps
// 16 readable bytes after the last row.
#include <stdint.h>
#include <wasm_simd128.h>

#define EXPORT(name) __attribute__((export_name(#name)))

extern unsigned char __heap_base;

// First byte of memory that is not the kernel's own.
EXPORT(heap_base) uint32_t heap_base(void) { return (uint32_t)&__heap_base; }

static inline int32_t sum_i32(v128_t lanes) {
  v128_t halves = wasm_i32x4_add(lanes, wasm_i32x4_shuffle(lanes, lanes, 2, 3, 0, 1));
  return wasm_i32x4_extract_lane(halves, 0) + wasm_i32x4_extract_lane(halves, 1);
}

// (lane 0 + lane 2) + (lane 1 + lane 3)
static inline float sum_f32(v128_t lanes) {
  v128_t halves = wasm_f32x4_add(lanes, wasm_i32x4_shuffle(lanes, lanes, 2, 3, 0, 1));
  return wasm_f32x4_extract_lane(halves, 0) + wasm_f32x4_extract_lane(halves, 1);
}

static inline v128_t dot8(v128_t sum, const int8_t *row, v128_t query) {
  return wasm_i32x4_add(sum, wasm_i32x4_dot_i16x8(wasm_i16x8_load8x8(row), query));
}

static inline int32_t dot_row(const int8_t *row, uint32_t padded, const int16_t *query) {
  v128_t low = wasm_i32x4_splat(0), high = low;
  for (uint32_t j = 0; j < padded; j += 16) {
    low = dot8(low, row + j, wasm_v128_load(query + j));
    high = dot8(high, row + j + 8, wasm_v128_load(query + j + 8));
  }
  return sum_i32(wasm_i32x4_add(low, high));
}

// scores[i] = (row i . query) * scales[i]. Two rows at a time share the loads of the query; four are three times slower.
EXPORT(score_int8)
void score_int8(const int8_t *rows, uint32_t stride, uint32_t count, uint32_t dims, const int16_t *query,
                const float *scales, float *scores) {
  uint32_t padded = (dims + 15) & ~15u, i = 0;
  for (; i + 2 <= count; i += 2, rows += 2 * stride) {
    const int8_t *next = rows + stride;
    v128_t low = wasm_i32x4_splat(0), high = low, next_low = low, next_high = low;
    for (uint32_t j = 0; j < padded; j += 16) {
      v128_t first = wasm_v128_load(query + j), second = wasm_v128_load(query + j + 8);
      low = dot8(low, rows + j, first);
      high = dot8(high, rows + j + 8, second);
      next_low = dot8(next_low, next + j, first);
      next_high = dot8(next_high, next + j + 8, second);
    }
    scores[i] = (float)sum_i32(wasm_i32x4_add(low, high)) * scales[i];
    scores[i + 1] = (float)sum_i32(wasm_i32x4_add(next_low, next_high)) * scales[i + 1];
  }
  if (i < count) scores[i] = (float)dot_row(rows, padded, query) * scales[i];
}

// The same for the rows that `at` names.
EXPORT(score_int8_at)
void score_int8_at(const int8_t *rows, uint32_t stride, const uint32_t *at, uint32_t count, uint32_t dims,
                   const int16_t *query, const float *scales, float *scores) {
  uint32_t padded = (dims + 15) & ~15u;
  for (uint32_t i = 0; i < count; i++)
    scores[i] = (float)dot_row(rows + at[i] * stride, padded, query) * scales[i];
}

// Writes the places of scores <= low or >= high, in order; returns how many.
EXPORT(beyond)
uint32_t beyond(const float *scores, uint32_t count, float low, float high, uint32_t *places) {
  v128_t least = wasm_f32x4_splat(low), most = wasm_f32x4_splat(high);
  uint32_t found = 0, i = 0;
  for (; i + 4 <= count; i += 4) {
    v128_t four = wasm_v128_load(scores + i);
    uint32_t mask = wasm_i32x4_bitmask(wasm_v128_or(wasm_f32x4_le(four, least), wasm_f32x4_ge(four, most)));
    for (; mask; mask &= mask - 1) places[found++] = i + __builtin_ctz(mask);
  }
  for (; i < count; i++)
    if (scores[i] <= low || scores[i] >= high) places[found++] = i;
  return found;
}

// scores[i] = row i . query. Sixteen partial sums: component j goes to sum j % 16, the rest of a row to a sum of its own.
EXPORT(score_f32)
void score_f32(const float *rows, uint32_t count, uint32_t dims, const float *query, float *scores) {
  uint32_t even = dims & ~15u;
  for (uint32_t i = 0; i < count; i++, rows += dims) {
    v128_t a = wasm_f32x4_splat(0), b = a, c = a, d = a;
    for (uint32_t j = 0; j < even; j += 16) {
      a = wasm_f32x4_add(a, wasm_f32x4_mul(wasm_v128_load(rows + j), wasm_v128_load(query + j)));
      b = wasm_f32x4_add(b, wasm_f32x4_mul(wasm_v128_load(rows + j + 4), wasm_v128_load(query + j + 4)));
      c = wasm_f32x4_add(c, wasm_f32x4_mul(wasm_v128_load(rows + j + 8), wasm_v128_load(query + j + 8)));
      d = wasm_f32x4_add(d, wasm_f32x4_mul(wasm_v128_load(rows + j + 12), wasm_v128_load(query + j + 12)));
    }
    float rest = 0;
    for (uint32_t j = even; j < dims; j++) rest += rows[j] * query[j];
    scores[i] = sum_f32(wasm_f32x4_add(wasm_f32x4_add(a, b), wasm_f32x4_add(c, d))) + rest;
  }
}

// Rounds a half up, as Math.round does; adding 0.5 first would round 0.49999999999999994 to 1.
static inline v128_t round_half_up(v128_t value) {
  v128_t below = wasm_f64x2_floor(value);
  v128_t is_up = wasm_f64x2_ge(wasm_f64x2_sub(value, below), wasm_f64x2_splat(0.5));
  return wasm_f64x2_add(below, wasm_v128_and(is_up, wasm_f64x2_splat(1)));
}

static inline v128_t quantize4(v128_t four, v128_t factor) {
  v128_t low = wasm_f64x2_mul(wasm_f64x2_promote_low_f32x4(four), factor);
  v128_t high = wasm_f64x2_mul(wasm_f64x2_promote_low_f32x4(wasm_i32x4_shuffle(four, four, 2, 3, 0, 1)), factor);
  v128_t first = wasm_i32x4_trunc_sat_f64x2_zero(round_half_up(low));
  v128_t second = wasm_i32x4_trunc_sat_f64x2_zero(round_half_up(high));
  return wasm_i32x4_shuffle(first, second, 0, 1, 4, 5);
}

// Rows to int8 of the largest magnitude 127, and scale 1 / |components|; in f64, as JavaScript calculates.
// `dims` is a multiple of 4 here. Returns the first row that is zero or not finite, or `count`.
EXPORT(quantize)
uint32_t quantize(const float *rows, uint32_t count, uint32_t dims, int8_t *components, float *scales) {
  for (uint32_t i = 0; i < count; i++, rows += dims, components += dims) {
    v128_t most = wasm_f32x4_splat(0), odd = most;
    for (uint32_t j = 0; j < dims; j += 4) {
      v128_t four = wasm_v128_load(rows + j);
      most = wasm_f32x4_max(most, wasm_f32x4_abs(four));
      odd = wasm_v128_or(odd, wasm_f32x4_ne(wasm_f32x4_sub(four, four), wasm_f32x4_splat(0)));
    }
    most = wasm_f32x4_max(most, wasm_i32x4_shuffle(most, most, 2, 3, 0, 1));
    most = wasm_f32x4_max(most, wasm_i32x4_shuffle(most, most, 1, 0, 3, 2));
    float largest = wasm_f32x4_extract_lane(most, 0);
    if (wasm_v128_any_true(odd) || !(largest > 0)) return i;
    v128_t factor = wasm_f64x2_splat(127.0 / (double)largest), squares = wasm_i32x4_splat(0);
    for (uint32_t j = 0; j < dims; j += 4) {
      v128_t four = quantize4(wasm_v128_load(rows + j), factor);
      squares = wasm_i32x4_add(squares, wasm_i32x4_mul(four, four));
      v128_t bytes = wasm_i8x16_narrow_i16x8(wasm_i16x8_narrow_i32x4(four, four), four);
      wasm_v128_store32_lane(components + j, bytes, 0);
    }
    scales[i] = (float)(1.0 / __builtin_sqrt((double)sum_i32(squares)));
  }
  return count;
}

// One Walsh-Hadamard transform in place; `size` is a power of two, at least 4.
static void transform(float *values, uint32_t size) {
  for (uint32_t i = 0; i < size; i += 4) {
    v128_t v = wasm_v128_load(values + i);
    v128_t pairs = wasm_f32x4_mul(wasm_i32x4_shuffle(v, v, 1, 1, 3, 3), wasm_f32x4_make(1, -1, 1, -1));
    v = wasm_f32x4_add(wasm_i32x4_shuffle(v, v, 0, 0, 2, 2), pairs);
    v128_t fours = wasm_f32x4_mul(wasm_i32x4_shuffle(v, v, 2, 3, 2, 3), wasm_f32x4_make(1, 1, -1, -1));
    wasm_v128_store(values + i, wasm_f32x4_add(wasm_i32x4_shuffle(v, v, 0, 1, 0, 1), fours));
  }
  for (uint32_t half = 4; half < size; half *= 2)
    for (uint32_t i = 0; i < size; i += 2 * half)
      for (uint32_t j = i; j < i + half; j += 4) {
        v128_t left = wasm_v128_load(values + j), right = wasm_v128_load(values + j + half);
        wasm_v128_store(values + j, wasm_f32x4_add(left, right));
        wasm_v128_store(values + j + half, wasm_f32x4_sub(left, right));
      }
}

// A fixed rotation in place: four rounds of signs (4 x dims floats, +-1) and a normed transform of the first or, in odd
// rounds, the last `window` components. `dims` is a multiple of 4, `window` the greatest power of two within it.
EXPORT(rotate) void rotate(float *values, uint32_t dims, uint32_t window, const float *signs, float norm) {
  for (uint32_t round = 0; round < 4; round++, signs += dims) {
    for (uint32_t j = 0; j < dims; j += 4)
      wasm_v128_store(values + j, wasm_f32x4_mul(wasm_v128_load(values + j), wasm_v128_load(signs + j)));
    float *part = round & 1 ? values + dims - window : values;
    transform(part, window);
    for (uint32_t j = 0; j < window; j += 4)
      wasm_v128_store(part + j, wasm_f32x4_mul(wasm_v128_load(part + j), wasm_f32x4_splat(norm)));
  }
}

// Rows (already less the mean; overwritten) to 1-bit codes of 32 rows a block: dims / 4 lines of 16 bytes, in byte b of a
// line four signs of row b (low half) and of row b + 16 (high half), then 32 floats |row|^2 / sum |component|.
// `blocks` is zero before.
EXPORT(encode)
void encode(float *rows, uint32_t count, uint32_t dims, uint32_t window, const float *signs, float norm,
            uint8_t *blocks) {
  for (uint32_t i = 0; i < count; i++, rows += dims) {
    uint8_t *block = blocks + (i >> 5) * (dims * 4 + 128), *byte = block + (i & 15);
    uint32_t shift = i & 16 ? 4 : 0;
    v128_t squares = wasm_f32x4_splat(0), magnitudes = squares;
    for (uint32_t j = 0; j < dims; j += 4) {
      v128_t four = wasm_v128_load(rows + j);
      squares = wasm_f32x4_add(squares, wasm_f32x4_mul(four, four));
    }
    rotate(rows, dims, window, signs, norm);
    for (uint32_t j = 0; j < dims; j += 4, byte += 16) {
      v128_t four = wasm_v128_load(rows + j);
      magnitudes = wasm_f32x4_add(magnitudes, wasm_f32x4_abs(four));
      *byte |= wasm_i32x4_bitmask(wasm_f32x4_gt(four, wasm_f32x4_splat(0))) << shift;
    }
    float magnitude = sum_f32(magnitudes);
    ((float *)(block + dims * 4))[i & 31] = magnitude > 0 ? sum_f32(squares) / magnitude : 0;
  }
}

// Sums a table of 16 bytes a line (what each pattern of four signs is worth) over the codes of a block, 16 rows an
// instruction. The bytes are added in pairs, as u16, and the odd ones apart: the low byte of a pair is what is left.
// scores[i] = offset + factor * (sum * step + bias).
EXPORT(score_codes)
void score_codes(const uint8_t *blocks, uint32_t count, uint32_t dims, const uint8_t *table, const float *terms,
                 float *scores) {
  v128_t nibble = wasm_i8x16_splat(15), step = wasm_f32x4_splat(terms[0]), bias = wasm_f32x4_splat(terms[1]),
         offset = wasm_f32x4_splat(terms[2]);
  for (uint32_t i = 0; i < count; i++, blocks += dims * 4 + 128, scores += 32) {
    v128_t even = wasm_i16x8_splat(0), odd = even, next_even = even, next_odd = even;
    for (uint32_t j = 0; j < dims * 4; j += 16) {
      v128_t codes = wasm_v128_load(blocks + j), worth = wasm_v128_load(table + j);
      v128_t first = wasm_i8x16_swizzle(worth, wasm_v128_and(codes, nibble));
      v128_t second = wasm_i8x16_swizzle(worth, wasm_u8x16_shr(codes, 4));
      even = wasm_i16x8_add(even, first);
      odd = wasm_i16x8_add(odd, wasm_u16x8_shr(first, 8));
      next_even = wasm_i16x8_add(next_even, second);
      next_odd = wasm_i16x8_add(next_odd, wasm_u16x8_shr(second, 8));
    }
    even = wasm_i16x8_sub(even, wasm_i16x8_shl(odd, 8));
    next_even = wasm_i16x8_sub(next_even, wasm_i16x8_shl(next_odd, 8));
    v128_t sums[4] = {wasm_i16x8_shuffle(even, odd, 0, 8, 1, 9, 2, 10, 3, 11),
                      wasm_i16x8_shuffle(even, odd, 4, 12, 5, 13, 6, 14, 7, 15),
                      wasm_i16x8_shuffle(next_even, next_odd, 0, 8, 1, 9, 2, 10, 3, 11),
                      wasm_i16x8_shuffle(next_even, next_odd, 4, 12, 5, 13, 6, 14, 7, 15)};
    const float *factors = (const float *)(blocks + dims * 4);
    for (uint32_t j = 0; j < 8; j++) {
      v128_t wide = j & 1 ? wasm_u32x4_extend_high_u16x8(sums[j / 2]) : wasm_u32x4_extend_low_u16x8(sums[j / 2]);
      v128_t value = wasm_f32x4_add(wasm_f32x4_mul(wasm_f32x4_convert_i32x4(wide), step), bias);
      value = wasm_f32x4_add(wasm_f32x4_mul(wasm_v128_load(factors + 4 * j), value), offset);
      wasm_v128_store(scores + 4 * j, value);
    }
  }
}

// Reads `bytes` bytes and does next to nothing: how fast memory streams, the yardstick of the benchmark.
EXPORT(stream) int32_t stream(const uint8_t *from, uint32_t bytes) {
  v128_t a = wasm_i32x4_splat(0), b = a, c = a, d = a;
  for (uint32_t i = 0; i + 64 <= bytes; i += 64) {
    a = wasm_v128_xor(a, wasm_v128_load(from + i));
    b = wasm_v128_xor(b, wasm_v128_load(from + i + 16));
    c = wasm_v128_xor(c, wasm_v128_load(from + i + 32));
    d = wasm_v128_xor(d, wasm_v128_load(from + i + 48));
  }
  return sum_i32(wasm_v128_xor(wasm_v128_xor(a, b), wasm_v128_xor(c, d)));
}
