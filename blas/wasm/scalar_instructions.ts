/**
 * The scalar instructions of WebAssembly that some kernel uses, in groups of one type; `instructions.ts` says how to read them.
 *
 * Source: WebAssembly Core Specification 2.0, section 5.4 (binary format of instructions).
 *
 * @module
 */
/**
 * Instructions with a single opcode byte. Addresses are unsigned, in bytes; comparisons return 1 if true, otherwise 0.
 */
export const PLAIN_INSTRUCTIONS = [
  ["i32", "i32", { i32: [0x28, "load"] }, "memory"],
  ["i32", "i64", { i64: [0x29, "load"] }, "memory"],
  ["i32", "f32", { f32: [0x2a, "load"] }, "memory"],
  ["i32", "f64", { f64: [0x2b, "load"] }, "memory"],
  ["i32 i32", "", { i32: [0x36, "store"] }, "memory"],
  ["i32 i64", "", { i64: [0x37, "store"] }, "memory"],
  ["i32 f32", "", { f32: [0x38, "store"] }, "memory"],
  ["i32 f64", "", { f64: [0x39, "store"] }, "memory"],
  ["", "i32", { memory: [0x3f, "size"] }, "zero"],
  ["i32", "i32", { memory: [0x40, "grow"] }, "zero"],
  ["i32", "i32", { i32: [0x45, "eqz"] }],
  ["i32 i32", "i32", {
    i32: [
      0x46,
      "eq ne lt_s lt_u gt_s gt_u le_s le_u ge_s ge_u",
      0x6a,
      "add sub mul div_s div_u rem_s rem_u and or xor shl shr_s shr_u",
    ],
  }],
  ["i64", "i32", { i64: [0x50, "eqz"], i32: [0xa7, "wrap_i64"] }],
  ["i64 i64", "i32", { i64: [0x51, "eq ne lt_s lt_u gt_s gt_u le_s le_u ge_s ge_u"] }],
  ["f32 f32", "i32", { f32: [0x5b, "eq ne lt gt le ge"] }],
  ["f64 f64", "i32", { f64: [0x61, "eq ne lt gt le ge"] }],
  ["i64 i64", "i64", { i64: [0x7c, "add sub mul div_s div_u rem_s rem_u and or xor shl shr_s shr_u"] }],
  ["f32", "f32", { f32: [0x8b, "abs neg ceil floor trunc nearest sqrt"] }],
  ["f32 f32", "f32", { f32: [0x92, "add sub mul div min max"] }],
  ["f64", "f64", { f64: [0x99, "abs neg ceil floor trunc nearest sqrt"] }],
  ["f64 f64", "f64", { f64: [0xa0, "add sub mul div min max"] }],
  ["f32", "i32", { i32: [0xbc, "reinterpret_f32"] }],
  ["i32", "i64", { i64: [0xac, "extend_i32_s extend_i32_u"] }],
  ["f64", "i64", { i64: [0xbd, "reinterpret_f64"] }],
  ["i32", "f32", { f32: [0xb2, "convert_i32_s convert_i32_u"] }],
  ["f64", "f32", { f32: [0xb6, "demote_f64"] }],
  ["i32", "f64", { f64: [0xb7, "convert_i32_s convert_i32_u"] }],
  ["f32", "f64", { f64: [0xbb, "promote_f32"] }],
] as const;

/** Instructions after the prefix byte 0xfc: conversions that saturate instead of trapping, and bulk memory. */
export const BULK_INSTRUCTIONS = [
  ["f32", "i32", { i32: [0x00, "trunc_sat_f32_s trunc_sat_f32_u"] }],
  ["f64", "i32", { i32: [0x02, "trunc_sat_f64_s trunc_sat_f64_u"] }],
  ["i32 i32 i32", "", { memory: [0x0a, "copy"] }, "zeroZero"],
  ["i32 i32 i32", "", { memory: [0x0b, "fill"] }, "zero"],
] as const;
