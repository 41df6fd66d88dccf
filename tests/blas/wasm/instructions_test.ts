/**
 * Every row of the instruction tables against the runtime's own validation, and what the instructions compute.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { INSTRUCTIONS } from "../../../blas/wasm/instructions.ts";
import {
  type Expression,
  f32,
  f32x4,
  f64,
  f64x2,
  i32,
  i32x4,
  i64,
  i64x2,
  i8x16,
  type InstructionName,
  ModuleBuilder,
  type ResultType,
  type ValueType,
} from "../../../blas/wasm/mod.ts";

const IMMEDIATES = {
  memory: [0, 0],
  atomic: [2, 0],
  lane: [0],
  memoryLane: [0, 0, 0],
  bytes: Array.from({ length: 16 }, (_, i) => i),
  zero: [0],
  zeroZero: [0, 0],
};

/** A module with one function that applies one instruction to its parameters. */
function applying(name: string): Uint8Array<ArrayBuffer> {
  const { operands, results, immediate } = INSTRUCTIONS.get(name)!;
  const builder = new ModuleBuilder();
  builder.memory({ minimum: 1, maximum: 1, shared: true }); // as waiting requires
  const parameters = Object.fromEntries(operands.map((type, i) => [`p${i}`, type]));
  builder.function({ parameters, result: results[0] ?? "none" }, (f) => {
    operands.forEach((_, i) => f.push(f.parameter(i)));
    f.emit(name as InstructionName, immediate === undefined ? [] : IMMEDIATES[immediate]);
  });
  return builder.toBytes();
}

for (const name of INSTRUCTIONS.keys()) {
  Deno.test(`${name} has the operands, results and immediates that the runtime expects`, () => {
    assert(WebAssembly.validate(applying(name)));
  });
}

/** Runs an expression without free variables. */
function value<T extends ValueType>(expression: Expression<T>): unknown {
  const builder = new ModuleBuilder();
  builder.memory({ minimum: 1 });
  builder.function({ name: "run", parameters: {}, result: expression.type as ResultType }, (f) => f.push(expression));
  return (new WebAssembly.Instance(new WebAssembly.Module(builder.toBytes())).exports.run as () => unknown)();
}

const floats = (v: Expression<"v128">) => [0, 1, 2, 3].map((lane) => value(f32x4.extract_lane(v, lane)));
const doubles = (v: Expression<"v128">) => [0, 1].map((lane) => value(f64x2.extract_lane(v, lane)));
const ints = (v: Expression<"v128">) => [0, 1, 2, 3].map((lane) => value(i32x4.extract_lane(v, lane)));
const longs = (v: Expression<"v128">) => [0, 1].map((lane) => value(i64x2.extract_lane(v, lane)));

Deno.test("integer instructions compute what their names say", () => {
  const cases: [Expression<"i32">, number][] = [
    [i32.add(7, 3), 10],
    [i32.sub(7, 3), 4],
    [i32.mul(-7, 3), -21],
    [i32.div_s(-7, 2), -3],
    [i32.div_u(-2, 2), 0x7fffffff],
    [i32.rem_s(-7, 4), -3],
    [i32.rem_u(7, 4), 3],
    [i32.and(12, 10), 8],
    [i32.or(12, 10), 14],
    [i32.xor(12, 10), 6],
    [i32.shl(3, 4), 48],
    [i32.shr_s(-16, 2), -4],
    [i32.shr_u(-16, 28), 15],
    [i32.eqz(0), 1],
    [i32.eq(1, 1), 1],
    [i32.ne(1, 1), 0],
    [i32.lt_s(-1, 1), 1],
    [i32.lt_u(-1, 1), 0],
    [i32.gt_s(-1, 1), 0],
    [i32.gt_u(-1, 1), 1],
    [i32.le_s(1, 1), 1],
    [i32.le_u(2, 1), 0],
    [i32.ge_s(1, 1), 1],
    [i32.ge_u(1, 2), 0],
    [i32.wrap_i64(0x1_0000_0005n), 5],
    [i32.trunc_sat_f64_s(1e300), 0x7fffffff],
    [i32.trunc_sat_f32_u(-5), 0],
    [i32.reinterpret_f32(1), 0x3f800000],
    [i64.lt_s(-1n, 1n), 1],
  ];
  for (const [expression, expected] of cases) assertEquals(value(expression), expected, expression.root);
  assertEquals(value(i64.mul(-0x1_0000_0000n, 3n)), -0x3_0000_0000n);
  assertEquals(value(i64.extend_i32_u(-1)), 0xffff_ffffn);
  assertEquals(value(i64.reinterpret_f64(1)), 0x3ff0_0000_0000_0000n);
});

Deno.test("float instructions compute what their names say", () => {
  for (const t of [f32, f64]) {
    const two = (name: "add" | "sub" | "mul" | "div" | "min" | "max", a: number, b: number) =>
      t === f32 ? value(f32[name](a, b)) : value(f64[name](a, b));
    const one = (name: "abs" | "neg" | "ceil" | "floor" | "trunc" | "nearest" | "sqrt", a: number) =>
      t === f32 ? value(f32[name](a)) : value(f64[name](a));
    assertEquals(
      [two("add", 1, 2), two("sub", 1, 2), two("mul", 3, 2), two("div", 3, 2), two("min", 3, 2), two("max", 3, 2)],
      [3, -1, 6, 1.5, 2, 3],
    );
    assertEquals([two("min", NaN, 1), two("max", 1, NaN)], [NaN, NaN]);
    assertEquals(
      [one("abs", -2.5), one("neg", 2.5), one("ceil", 2.2), one("floor", 2.8), one("trunc", -2.8), one("nearest", 2.5)],
      [2.5, -2.5, 3, 2, -2, 2],
    );
    assertEquals(one("sqrt", 2.25), 1.5);
  }
  assertEquals(value(f32.demote_f64(0.1)), Math.fround(0.1));
  assertEquals(value(f64.promote_f32(0.1)), Math.fround(0.1));
  assertEquals(value(f64.convert_i32_u(-1)), 4294967295);
  assertEquals([value(f64.lt(1, 2)), value(f64.ge(1, 2)), value(f32.gt(1, 2)), value(f32.le(1, 2))], [1, 0, 0, 1]);
});

Deno.test("lanes of floats compute independently", () => {
  const a = f32x4.const(1, -2, 3.5, NaN), b = f32x4.const(2, 2, 2, 2);
  assertEquals(floats(f32x4.add(a, b)), [3, 0, 5.5, NaN]);
  assertEquals(floats(f32x4.sub(a, b)), [-1, -4, 1.5, NaN]);
  assertEquals(floats(f32x4.mul(a, b)), [2, -4, 7, NaN]);
  assertEquals(floats(f32x4.div(a, b)), [0.5, -1, 1.75, NaN]);
  assertEquals(floats(f32x4.min(a, b)), [1, -2, 2, NaN]);
  assertEquals(floats(f32x4.max(a, b)), [2, 2, 3.5, NaN]);
  assertEquals(floats(f32x4.pmin(b, a)), [1, -2, 2, 2]);
  assertEquals(floats(f32x4.pmax(b, a)), [2, 2, 3.5, 2]);
  assertEquals(floats(f32x4.abs(a)), [1, 2, 3.5, NaN]);
  assertEquals(floats(f32x4.neg(b)), [-2, -2, -2, -2]);
  assertEquals(floats(f32x4.sqrt(f32x4.const(4, 9, 16, 25))), [2, 3, 4, 5]);
  assertEquals(floats(f32x4.nearest(f32x4.const(0.5, 1.5, 2.5, -0.4))), [0, 2, 2, -0]);
  assertEquals(floats(f32x4.ceil(a)), [1, -2, 4, NaN]);
  assertEquals(floats(f32x4.floor(a)), [1, -2, 3, NaN]);
  assertEquals(floats(f32x4.trunc(f32x4.const(-1.5, 1.5, 0, 9.9))), [-1, 1, 0, 9]);
  assertEquals(ints(f32x4.lt(a, b)), [-1, -1, 0, 0]);
  assertEquals(ints(f32x4.gt(a, b)), [0, 0, -1, 0]);
  assertEquals(ints(f32x4.le(a, b)), [-1, -1, 0, 0]);
  assertEquals(ints(f32x4.ge(a, b)), [0, 0, -1, 0]);
  assertEquals(ints(f32x4.eq(a, a)), [-1, -1, -1, 0]);
  assertEquals(ints(f32x4.ne(a, a)), [0, 0, 0, -1]);
  const c = f64x2.const(9, -1), d = f64x2.const(2, 4);
  assertEquals(doubles(f64x2.add(c, d)), [11, 3]);
  assertEquals(doubles(f64x2.sub(c, d)), [7, -5]);
  assertEquals(doubles(f64x2.mul(c, d)), [18, -4]);
  assertEquals(doubles(f64x2.div(c, d)), [4.5, -0.25]);
  assertEquals(doubles(f64x2.min(c, d)), [2, -1]);
  assertEquals(doubles(f64x2.max(c, d)), [9, 4]);
  assertEquals(doubles(f64x2.pmin(c, d)), [2, -1]);
  assertEquals(doubles(f64x2.pmax(c, d)), [9, 4]);
  assertEquals(doubles(f64x2.abs(c)), [9, 1]);
  assertEquals(doubles(f64x2.neg(c)), [-9, 1]);
  assertEquals(doubles(f64x2.sqrt(f64x2.const(9, 4))), [3, 2]);
  assertEquals(longs(f64x2.lt(c, d)), [0n, -1n]);
  assertEquals(longs(f64x2.gt(c, d)), [-1n, 0n]);
});

Deno.test("lanes of integers, shifts, shuffles and conversions compute independently", () => {
  const a = i32x4.const(1, -2, 3, 0x7fffffff);
  assertEquals(ints(i32x4.add(a, i32x4.const(1))), [2, -1, 4, -0x80000000]);
  assertEquals(ints(i32x4.sub(a, i32x4.const(1))), [0, -3, 2, 0x7ffffffe]);
  assertEquals(ints(i32x4.mul(a, i32x4.const(3))), [3, -6, 9, 0x7ffffffd]);
  assertEquals(ints(i32x4.shl(a, 1)), [2, -4, 6, -2]);
  assertEquals(ints(i32x4.shr_s(a, 1)), [0, -1, 1, 0x3fffffff]);
  assertEquals(ints(i32x4.shr_u(a, 31)), [0, 1, 0, 0]);
  assertEquals(ints(i32x4.min_s(a, i32x4.const(2))), [1, -2, 2, 2]);
  assertEquals(ints(i32x4.max_u(a, i32x4.const(2))), [2, -2, 3, 0x7fffffff]);
  assertEquals(value(i32x4.bitmask(a)), 2);
  assertEquals(value(i32x4.all_true(a)), 1);
  assertEquals(longs(i64x2.add(i64x2.const(1n), i64x2.const(2n, -3n))), [3n, -2n]);
  assertEquals(longs(i64x2.shl(i64x2.const(1n, 3n), 40)), [1n << 40n, 3n << 40n]);
  assertEquals(longs(i64x2.shr_u(i64x2.const(-1n, 8n), 1)), [0x7fff_ffff_ffff_ffffn, 4n]);
  assertEquals(longs(i64x2.shr_s(i64x2.const(-1n, 8n), 1)), [-1n, 4n]);
  const reversed = i8x16.shuffle(a, a, [12, 13, 14, 15, 8, 9, 10, 11, 4, 5, 6, 7, 0, 1, 2, 3]);
  assertEquals(ints(reversed), [0x7fffffff, 3, -2, 1]);
  assertEquals(floats(f32x4.convert_i32x4_s(i32x4.const(1, -2, 3, 4))), [1, -2, 3, 4]);
  assertEquals(ints(i32x4.trunc_sat_f32x4_s(f32x4.const(1.9, -1.9, NaN, 1e20))), [1, -1, 0, 0x7fffffff]);
  assertEquals(doubles(f64x2.convert_low_i32x4_s(i32x4.const(1, -2, 3, 4))), [1, -2]);
  assertEquals(doubles(f64x2.promote_low_f32x4(f32x4.const(1.5, -2, 3, 4))), [1.5, -2]);
  assertEquals(floats(f32x4.demote_f64x2_zero(f64x2.const(0.1, 2))), [Math.fround(0.1), 2, 0, 0]);
  assertEquals(ints(i32x4.trunc_sat_f64x2_s_zero(f64x2.const(1.5, -1e99))), [1, -0x80000000, 0, 0]);
});

Deno.test({
  name: "relaxed multiply-add is a * b + c, and nmadd is c - a * b",
  ignore: !WebAssembly.validate(applying("f32x4.relaxed_madd")),
  fn: () => {
    const a = f32x4.const(1, 2, 3, 4), b = f32x4.const(10), c = f32x4.const(0.5);
    assertEquals(floats(f32x4.relaxed_madd(a, b, c)), [10.5, 20.5, 30.5, 40.5]);
    assertEquals(floats(f32x4.relaxed_nmadd(a, b, c)), [-9.5, -19.5, -29.5, -39.5]);
    assertEquals(doubles(f64x2.relaxed_madd(f64x2.const(2), f64x2.const(3, 4), f64x2.const(1))), [7, 9]);
    assertEquals(doubles(f64x2.relaxed_nmadd(f64x2.const(2), f64x2.const(3, 4), f64x2.const(1))), [-5, -7]);
    const mask = i32x4.const(-1, 0, -1, 0);
    assertEquals(ints(i32x4.relaxed_laneselect(i32x4.const(1), i32x4.const(2), mask)), [1, 2, 1, 2]);
  },
});
