/**
 * The instructions of WebAssembly's vectors in machine code, by their names.
 *
 * @module
 */
import type { DType } from "../../dtype.ts";
import type { Expression } from "../../wasm/mod.ts";
import type { Comparison, LaneName } from "../code/lanes.ts";
import { logic, not } from "./bit_translations.ts";

import type { ComputedVector, Source, Translation } from "./translation.ts";
import type { Translator } from "./translator.ts";
import { NoMachineCode } from "./unsupported.ts";

/** Computes both operands; a constant is the second, if the order does not count. */
function pair(t: Translator, { operands: [a, b] }: Expression, commutes: boolean): readonly [ComputedVector, Source] {
  const [p, q] = commutes && a!.root === "v128.const" ? [b!, a!] : [a!, b!];
  return [t.vector(p), t.source(q)];
}

/** One instruction of a dtype with two operands. */
const binary = (dtype: DType, name: LaneName<"binary">, commutes = false): Translation => (t, x) => {
  const [a, b] = pair(t, x, commutes), to = t.result(a, b);
  t.lanes(dtype).binary(name, to, a.register, b.register);
  return to;
};

/** The other way round: `pmin(a, b)` is `b < a ? b : a`, and `minps x, y` is `x < y ? x : y`. */
const extremum = (dtype: DType, name: "min" | "max"): Translation => (t, { operands: [a, b] }) => {
  const first = t.source(a!), second = t.vector(b!), to = t.result(first, second);
  t.lanes(dtype).binary(name, to, second.register, first.register);
  return to;
};

/** A minimum or maximum that is NaN if an operand is, and tells -0 from 0. */
const exactExtremum = (dtype: DType, name: "min" | "max"): Translation => (t, { operands: [a, b] }) => {
  const lanes = t.lanes(dtype),
    [p, q] = [t.vector(a!), t.vector(b!)],
    [to, other] = t.code.vectors(2),
    flags = lanes.flags();
  lanes.binary(name, to!, p.register, q.register);
  lanes.binary(name, other!, q.register, p.register);
  // They differ for zeros of different signs, and for NaN, which a sum keeps.
  lanes.binary(name === "max" ? "and" : "or", to!, to!, other!);
  lanes.compare("unordered", flags, p.register, q.register);
  lanes.binary("add", other!, p.register, q.register);
  lanes.select(to!, flags, other!, to!);
  t.free(p, q);
  t.code.free(other!, flags);
  return to!;
};

const unary = (dtype: DType, name: LaneName<"unary">, immediate?: number): Translation => (t, { operands: [a] }) => {
  const from = t.source(a!), to = t.result(from);
  t.lanes(dtype).unary(name, to, from.register, immediate === undefined ? {} : { immediate });
  return to;
};

/** Rounds to whole numbers, without exceptions. */
const rounded = (dtype: DType, direction: number): Translation => (t, x) =>
  unary(dtype, t.code.bits === 512 ? "rndscale" : "round", 8 | direction)(t, x);

/** Changes or clears the sign. */
const sign = (dtype: DType, name: "xor" | "and"): Translation => (t, { operands: [a] }) => {
  const from = t.vector(a!),
    to = t.result(from),
    lanes = t.lanes(dtype),
    bit = dtype === "float32" ? 1n << 31n : 1n << 63n;
  lanes.binary(name, to, from.register, t.integer(dtype, name === "xor" ? bit : bit - 1n));
  return to;
};

/** Compares: the result is a mask of AVX-512, or a vector. */
const comparison = (dtype: DType, how: Comparison): Translation => (t, { operands: [a, b] }) => {
  const p = t.vector(a!), q = t.source(b!);
  if (t.code.bits === 512) {
    const to = t.maskOf(dtype);
    t.lanes(dtype).compare(how, to, p.register, q.register);
    t.free(p, q);
    return to;
  }
  const to = t.result(p, q);
  t.lanes(dtype).compare(how, to, p.register, q.register);
  return to;
};

/** Computes `a * b + c`, or `c - a * b`, in the register of an operand that is not used again, if there is one. */
const multiplyAdd = (dtype: DType, name: "fmadd" | "fnmadd"): Translation => (t, { operands: [a, b, c] }) => {
  const lanes = t.lanes(dtype), p = t.vector(a!), q = t.vector(b!), r = t.source(c!);
  if (r.register.kind === "vector" && t.isLast(r)) {
    const to = t.claim({ ...r, register: r.register });
    lanes.binary(`${name}231`, to, p.register, q.register);
    t.free(p, q);
    return to;
  }
  const [own, other] = t.isLast(p) ? [p, q] : [q, p];
  if (t.isLast(own)) {
    const to = t.claim(own);
    lanes.binary(`${name}213`, to, other.register, r.register);
    t.free(other, r);
    return to;
  }
  const to = t.code.vector();
  if (r.register.kind === "vector") lanes.move(to, r.register);
  else t.code.assembler.vector("unary", "vmovups", t.code.bits, [to, r.register]);
  lanes.binary(`${name}231`, to, p.register, q.register);
  t.free(p, q, r);
  return to;
};

/** Chooses between the lanes of two vectors. */
const choose = (dtype: DType): Translation => (t, { operands: [a, b, mask] }) => {
  const then = t.source(a!), otherwise = t.vector(b!), flags = t.flags(mask!, dtype), to = t.code.vector();
  t.lanes(dtype).select(to, flags.register, then.register, otherwise.register);
  t.free(then, otherwise, flags);
  return to;
};

/** Compares integers of the size of a dtype's lanes. */
const integerComparison = (dtype: DType, isEqual: boolean): Translation => (t, x) => {
  const [a, b] = pair(t, x, true), { assembler, bits } = t.code;
  if (bits === 512) {
    const to = t.maskOf(dtype), immediate = isEqual ? 0 : 4;
    assembler.vector("compare", dtype === "float32" ? "vpcmpd" : "vpcmpq", 512, [to, a.register, b.register], {
      immediate,
    });
    t.free(a, b);
    return to;
  }
  const to = t.result(a, b);
  assembler.vector("binary", dtype === "float32" ? "vpcmpeqd" : "vpcmpeqq", bits, [to, a.register, b.register]);
  if (!isEqual) t.float32.binary("xor", to, to, t.integer("float32", -1n));
  return to;
};

type IntegerName = "vpaddd" | "vpaddq" | "vpsubd" | "vpsubq";

const integer = (name: IntegerName, commutes: boolean): Translation => (t, x) => {
  const [a, b] = pair(t, x, commutes), to = t.result(a, b);
  t.code.assembler.vector("binary", name, t.code.bits, [to, a.register, b.register]);
  return to;
};

/** Shifts by a constant. */
const shift =
  (name: "vpslld" | "vpsllq" | "vpsrld" | "vpsrlq" | "vpsrad"): Translation => (t, { operands: [a, by] }) => {
    if (by!.root !== "const") throw new NoMachineCode("a shift by a number that is not known");
    const from = t.vector(a!), to = t.result(from);
    t.code.assembler.vector("shift", name, t.code.bits, [to, from.register], { immediate: by!.immediate[1]! });
    return to;
  };

/** The bytes of a shuffle that moves the upper half down, and of one that joins two lower halves. */
const UPPER = "8,9,10,11,12,13,14,15,0,1,2,3,4,5,6,7", JOINED = "0,1,2,3,4,5,6,7,16,17,18,19,20,21,22,23";

/** Halves of vectors, on the way to float64 and back. */
const halves: Translation = (t, { operands: [a, b], immediate }) => {
  const which = immediate.join(), { assembler, bits } = t.code;
  if (which === UPPER) {
    const from = t.vector(a!),
      again = t.vector(b!),
      to = t.code.vector();
    if (bits === 512) assembler.vector("store", "vextractf64x4", 512, [to, from.register], { immediate: 1 });
    else assembler.vector("store", "vextractf128", 256, [to, from.register], { immediate: 1 });
    t.free(from, again);
    return to;
  }
  if (which !== JOINED) throw new NoMachineCode("a shuffle");
  const low = t.vector(a!), high = t.vector(b!), to = t.result(low, high);
  const name = bits === 512 ? "vinsertf64x4" : "vinsertf128";
  assembler.vector("binary", name, bits, [to, low.register, high.register], { immediate: 1 });
  return to;
};

const conversion = (name: "vcvtps2pd" | "vcvtpd2ps"): Translation => (t, { operands: [a] }) => {
  const from = t.vector(a!), to = t.result(from);
  t.code.assembler.vector("unary", name, t.code.bits, [to, from.register]);
  return to;
};

const floats = (prefix: "f32x4" | "f64x2", dtype: DType): readonly (readonly [string, Translation])[] =>
  ([
    ["add", binary(dtype, "add", true)],
    ["sub", binary(dtype, "sub")],
    ["mul", binary(dtype, "mul", true)],
    ["div", binary(dtype, "div")],
    ["pmin", extremum(dtype, "min")],
    ["pmax", extremum(dtype, "max")],
    ["min", exactExtremum(dtype, "min")],
    ["max", exactExtremum(dtype, "max")],
    ["sqrt", unary(dtype, "sqrt")],
    ["nearest", rounded(dtype, 0)],
    ["floor", rounded(dtype, 1)],
    ["ceil", rounded(dtype, 2)],
    ["trunc", rounded(dtype, 3)],
    ["neg", sign(dtype, "xor")],
    ["abs", sign(dtype, "and")],
    ["eq", comparison(dtype, "equal")],
    ["ne", comparison(dtype, "different")],
    ["lt", comparison(dtype, "less")],
    ["le", comparison(dtype, "lessOrEqual")],
    ["gt", comparison(dtype, "greater")],
    ["ge", comparison(dtype, "greaterOrEqual")],
    ["relaxed_madd", multiplyAdd(dtype, "fmadd")],
    ["relaxed_nmadd", multiplyAdd(dtype, "fnmadd")],
  ] as const).map(([name, translation]) => [`${prefix}.${name}`, translation]);

/** The translations by name. What is missing has no machine code. */
export const TRANSLATIONS: ReadonlyMap<string, Translation> = /* @__PURE__ */ (() =>
  new Map([
    ...floats("f32x4", "float32"),
    ...floats("f64x2", "float64"),
    ["i32x4.add", integer("vpaddd", true)],
    ["i32x4.sub", integer("vpsubd", false)],
    ["i64x2.add", integer("vpaddq", true)],
    ["i64x2.sub", integer("vpsubq", false)],
    ["i32x4.eq", integerComparison("float32", true)],
    ["i32x4.ne", integerComparison("float32", false)],
    ["i64x2.eq", integerComparison("float64", true)],
    ["i64x2.ne", integerComparison("float64", false)],
    ["i32x4.shl", shift("vpslld")],
    ["i32x4.shr_u", shift("vpsrld")],
    ["i32x4.shr_s", shift("vpsrad")],
    ["i64x2.shl", shift("vpsllq")],
    ["i64x2.shr_u", shift("vpsrlq")],
    ["i32x4.relaxed_laneselect", choose("float32")],
    ["i64x2.relaxed_laneselect", choose("float64")],
    ["v128.and", logic("and")],
    ["v128.or", logic("or")],
    ["v128.xor", logic("xor")],
    ["v128.andnot", logic("andnot")],
    ["v128.not", not],
    ["i8x16.shuffle", halves],
    ["f64x2.promote_low_f32x4", conversion("vcvtps2pd")],
    ["f32x4.demote_f64x2_zero", conversion("vcvtpd2ps")],
  ]))();
