/**
 * The 128-bit SIMD instructions of WebAssembly that some kernel uses, in groups of one type; `instructions.ts` says how to read them. All of them follow
 * the prefix byte 0xfd.
 *
 * Sources: WebAssembly Core Specification 2.0, section 5.4.8; the relaxed SIMD proposal's overview for opcodes from
 * 0x100.
 *
 * @module
 */
/** Fixed-width SIMD: the results have the same bits on every machine. */
export const SIMD_INSTRUCTIONS = [
  ["i32", "v128", {
    v128: [0x00, "load", 0x09, "load32_splat load64_splat", 0x5c, "load32_zero load64_zero"],
  }, "memory"],
  ["i32 v128", "", { v128: [0x0b, "store"] }, "memory"],
  ["", "v128", { v128: [0x0c, "const"] }, "bytes"],
  ["v128 v128", "v128", { i8x16: [0x0d, "shuffle"] }, "bytes"],
  ["v128 v128", "v128", {
    i32x4: [
      0x37,
      "eq ne lt_s lt_u gt_s gt_u le_s le_u ge_s ge_u",
      0xae,
      "add",
      0xb1,
      "sub",
      0xb5,
      "mul min_s min_u max_s max_u",
    ],
    f32x4: [0x41, "eq ne lt gt le ge", 0xe4, "add sub mul div min max pmin pmax"],
    f64x2: [0x47, "eq ne lt gt le ge", 0xf0, "add sub mul div min max pmin pmax"],
    v128: [0x4e, "and andnot or xor"],
    i64x2: [
      0xce,
      "add",
      0xd1,
      "sub",
      0xd5,
      "mul eq ne lt_s gt_s le_s ge_s",
    ],
  }],
  ["i32", "v128", { i32x4: [0x11, "splat"] }],
  ["i64", "v128", { i64x2: [0x12, "splat"] }],
  ["f32", "v128", { f32x4: [0x13, "splat"] }],
  ["f64", "v128", { f64x2: [0x14, "splat"] }],
  ["v128", "i32", { i32x4: [0x1b, "extract_lane"] }, "lane"],
  ["v128 i32", "v128", { i32x4: [0x1c, "replace_lane"] }, "lane"],
  ["v128", "i64", { i64x2: [0x1d, "extract_lane"] }, "lane"],
  ["v128 i64", "v128", { i64x2: [0x1e, "replace_lane"] }, "lane"],
  ["v128", "f32", { f32x4: [0x1f, "extract_lane"] }, "lane"],
  ["v128 f32", "v128", { f32x4: [0x20, "replace_lane"] }, "lane"],
  ["v128", "f64", { f64x2: [0x21, "extract_lane"] }, "lane"],
  ["v128 f64", "v128", { f64x2: [0x22, "replace_lane"] }, "lane"],
  ["v128", "v128", {
    v128: [0x4d, "not"],
    f32x4: [
      0x5e,
      "demote_f64x2_zero",
      0x67,
      "ceil floor trunc nearest",
      0xe0,
      "abs neg",
      0xe3,
      "sqrt",
      0xfa,
      "convert_i32x4_s convert_i32x4_u",
    ],
    f64x2: [
      0x5f,
      "promote_low_f32x4",
      0x74,
      "ceil floor",
      0x7a,
      "trunc",
      0x94,
      "nearest",
      0xec,
      "abs neg",
      0xef,
      "sqrt",
      0xfe,
      "convert_low_i32x4_s convert_low_i32x4_u",
    ],
    i32x4: [0xa0, "abs neg", 0xf8, "trunc_sat_f32x4_s", 0xfc, "trunc_sat_f64x2_s_zero"],
    i64x2: [0xc0, "abs neg"],
  }],
  ["v128 v128 v128", "v128", { v128: [0x52, "bitselect"] }],
  ["v128", "i32", {
    v128: [0x53, "any_true"],
    i32x4: [0xa3, "all_true bitmask"],
    i64x2: [0xc3, "all_true bitmask"],
  }],
  ["i32 v128", "v128", { v128: [0x56, "load32_lane load64_lane"] }, "memoryLane"],
  ["i32 v128", "", { v128: [0x5a, "store32_lane store64_lane"] }, "memoryLane"],
  ["v128 i32", "v128", {
    i32x4: [0xab, "shl shr_s shr_u"],
    i64x2: [0xcb, "shl shr_s shr_u"],
  }],
] as const;

/**
 * Relaxed SIMD: the fastest form that the machine has. `relaxed_madd(a, b, c)` is `a * b + c` and `relaxed_nmadd(a, b,
 * c)` is `-(a * b) + c`, rounded once or twice depending on the machine, always the same way within one process.
 */
export const RELAXED_INSTRUCTIONS = [
  ["v128 v128", "v128", { i8x16: [0x100, "relaxed_swizzle"] }],
  ["v128", "v128", { i32x4: [0x101, "relaxed_trunc_f32x4_s", 0x103, "relaxed_trunc_f64x2_s_zero"] }],
  ["v128 v128 v128", "v128", {
    f32x4: [0x105, "relaxed_madd relaxed_nmadd"],
    f64x2: [0x107, "relaxed_madd relaxed_nmadd"],
    i8x16: [0x109, "relaxed_laneselect"],
    i32x4: [0x10b, "relaxed_laneselect"],
    i64x2: [0x10c, "relaxed_laneselect"],
  }],
] as const;
