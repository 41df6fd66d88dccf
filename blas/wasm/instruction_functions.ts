/**
 * The functions that build the expressions of instructions, such as `f32x4.add(a, b)`.
 *
 * @module
 */
import { type Bytes, float32, float64, type ValueType } from "./encoding.ts";
import { type Expression, expression, NO_BYTES, NO_OPERANDS, type Operand, toExpression } from "./expression.ts";
import { immediateBytes, memoryArgument, NO_OFFSET } from "./immediates.ts";
import { type InstructionName, INSTRUCTIONS, type Rows, type WasmInstruction } from "./instructions.ts";

/** The operands of a row, as parameters of the functions. */
export type Operands<List extends string> = List extends `${infer Head extends ValueType} ${infer Rest}`
  ? [Operand<Head>, ...Operands<Rest>]
  : List extends ValueType ? [Operand<List>]
  : [];

/** The immediates of a row, as parameters of the functions. */
export type Immediates<R> = R extends readonly [string, string, infer I]
  ? I extends "memory" | "atomic" ? [offset?: number]
  : I extends "lane" ? [lane: number]
  : I extends "memoryLane" ? [lane: number, offset?: number]
  : I extends "bytes" ? [bytes: Bytes]
  : []
  : [];

/** The type of a row's result. */
export type Result<List> = List extends ValueType ? List : "none";

/** The function that builds the expression of an instruction: its operands, then its immediates. */
export type InstructionFunction<N extends InstructionName> = (
  ...given: [...Operands<Rows[N][0]>, ...Immediates<Rows[N]>]
) => Expression<Result<Rows[N][1]>>;

/** The functions of all instructions whose name begins with `P` and a dot. */
export type Namespace<P extends string> = {
  readonly [N in InstructionName as N extends `${P}.${infer Name}` ? Name : never]: InstructionFunction<N>;
};

/** Builds the expression of an instruction by name: `instruction("i32.add", x, 1)` is `i32.add(x, 1)`. */
export function instruction<N extends InstructionName>(
  name: N,
  ...given: Parameters<InstructionFunction<N>>
): Expression<Result<Rows[N][1]>>;
export function instruction(name: InstructionName, ...given: readonly unknown[]): Expression {
  const [a, b, c, d] = given;
  return build(name, INSTRUCTIONS.get(name)!, a, b, c, d);
}

/**
 * Builds an expression of up to three operands, and of up to two immediates after them. They are not a list, since this runs
 * once for every instruction of a program.
 */
function build(
  name: InstructionName,
  row: WasmInstruction,
  a: unknown,
  b: unknown,
  c: unknown,
  d: unknown,
): Expression {
  const { operands, results, immediate } = row, type = results[0] ?? "none";
  const first = operands[0], second = operands[1], third = operands[2]; // a pattern would make an iterator
  if (first === undefined) {
    const bytes = immediate === undefined ? NO_BYTES : immediateBytes(name, immediate, a, b);
    return { type, root: name, operands: NO_OPERANDS, immediate: bytes, row };
  }
  const p = isExpression(a) ? a : operandOf(name, row, first, a, 0);
  if (second === undefined) {
    const bytes = immediate === undefined ? NO_BYTES : immediateBytes(name, immediate, b, c);
    return { type, root: name, operands: [p], immediate: bytes, row };
  }
  const q = isExpression(b) ? b : operandOf(name, row, second, b, 1);
  if (third === undefined) {
    const bytes = immediate === undefined ? NO_BYTES : immediateBytes(name, immediate, c, d);
    return { type, root: name, operands: [p, q], immediate: bytes, row };
  }
  const r = isExpression(c) ? c : operandOf(name, row, third, c, 2);
  const bytes = immediate === undefined ? NO_BYTES : immediateBytes(name, immediate, d, undefined);
  return { type, root: name, operands: [p, q, r], immediate: bytes, row };
}

/** Tells whether an operand is an expression: of what the types let pass, nothing else is an object. */
const isExpression = (given: unknown): given is Expression<ValueType> => typeof given === "object";

function operandOf(
  name: InstructionName,
  { operands }: WasmInstruction,
  type: ValueType,
  given: unknown,
  before: number,
): Expression<ValueType> {
  if (given !== undefined) return toExpression(type, given as Operand<ValueType>); // as the function's type says
  throw new TypeError(`Cannot build ${name} of ${before} operands: it takes ${operands.length}; pass one for each`);
}

/** Collects the functions of all instructions whose names begin with `prefix` and a dot. */
function namespace<P extends string>(prefix: P): Namespace<P> {
  // These are the names of the form `P.Name`.
  const rows = [...INSTRUCTIONS].filter(([name]) => name.startsWith(`${prefix}.`)) as [
    InstructionName,
    WasmInstruction,
  ][];
  const members = rows.map(([name, row]) => [name.slice(prefix.length + 1), builderOf(name, row)]);
  return Object.fromEntries(members);
}

/** The function of an instruction. Its type in {@link Namespace} says which operands and immediates it takes. */
type Builder = (a?: Given, b?: Given, c?: Given, d?: Given) => Expression;

/** An operand or an immediate. */
type Given = Expression<ValueType> | number | bigint;

/**
 * Returns the function that builds the expressions of an instruction: for the forms that most instructions have, in as few calls
 * as possible, since it runs once for every instruction of a program, mostly before the runtime has optimized it.
 */
function builderOf(root: InstructionName, row: WasmInstruction): Builder {
  const { operands: [first, second, third], results, immediate } = row, type = results[0] ?? "none";
  if (immediate === "memory" && first !== undefined && second === undefined) {
    return (a, offset) => {
      const operands = [typeof a === "object" ? a : operandOf(root, row, first, a, 0)];
      return { type, root, operands, immediate: offset === 0 ? NO_OFFSET : memoryArgument(offset), row };
    };
  }
  if (immediate !== undefined || second === undefined) {
    return (a, b, c, d) => build(root, row, a, b, c, d);
  }
  if (third === undefined) {
    return (a, b) => {
      const p = typeof a === "object" ? a : operandOf(root, row, first!, a, 0);
      const q = typeof b === "object" ? b : operandOf(root, row, second, b, 1);
      return { type, root, operands: [p, q], immediate: NO_BYTES, row };
    };
  }
  return (a, b, c) => {
    const p = typeof a === "object" ? a : operandOf(root, row, first!, a, 0);
    const q = typeof b === "object" ? b : operandOf(root, row, second, b, 1);
    const r = typeof c === "object" ? c : operandOf(root, row, third, c, 2);
    return { type, root, operands: [p, q, r], immediate: NO_BYTES, row };
  };
}

/** Constants of lanes: one value for all lanes, or one for each. */
export type LaneConstants<V> = {
  /** Makes a 128-bit constant. */
  readonly const: (...lanes: readonly V[]) => Expression<"v128">;
};

function laneConstants<V>(count: number, bytesOf: (value: V) => Bytes): LaneConstants<V> {
  let zero: Expression<"v128"> | undefined;
  return {
    const: (...lanes) => {
      const isZero = lanes.length === 1 && Object.is(lanes[0], 0);
      if (isZero && zero !== undefined) return zero;
      if (lanes.length !== 1 && lanes.length !== count) {
        throw new RangeError(
          `Cannot make a constant of ${lanes.length} lanes: it has ${count}; pass one value, or one for each lane`,
        );
      }
      const all: number[] = [];
      let bytes = NO_BYTES;
      for (let i = 0; i < count; i++) {
        if (i < lanes.length) bytes = bytesOf(lanes[i]!);
        for (let k = 0; k < bytes.length; k++) all.push(bytes[k]!);
      }
      const made = expression("v128", "v128.const", NO_OPERANDS, all, INSTRUCTIONS.get("v128.const"));
      if (isZero) zero = made;
      return made;
    },
  };
}

/** Writes the lowest bytes of an integer, lowest first, in two's complement. */
const littleEndian = (count: number) => (value: number | bigint): Bytes => {
  const bytes: number[] = [], low = Number(BigInt.asIntN(32, BigInt(value)));
  for (let i = 0; i < Math.min(count, 4); i++) bytes.push(low >> 8 * i & 0xff);
  if (count <= 4) return bytes;
  const high = Number(BigInt.asIntN(32, BigInt(value) >> 32n));
  for (let i = 0; i < 4; i++) bytes.push(high >> 8 * i & 0xff);
  return bytes;
};

/** Memory: its size in pages of 64 KiB, `grow`, `copy` and `fill`. */
export const memory: Namespace<"memory"> = /* @__PURE__ */ namespace("memory");
/** 32-bit integers. */
export const i32: Namespace<"i32"> = /* @__PURE__ */ namespace("i32");
/** 64-bit integers. */
export const i64: Namespace<"i64"> = /* @__PURE__ */ namespace("i64");
/** Single-precision floats. */
export const f32: Namespace<"f32"> = /* @__PURE__ */ namespace("f32");
/** Double-precision floats. */
export const f64: Namespace<"f64"> = /* @__PURE__ */ namespace("f64");
/** All 128 bits at once: loads, stores, bitwise logic. */
export const v128: Namespace<"v128"> = /* @__PURE__ */ namespace("v128");
/** Sixteen 8-bit integers. */
export const i8x16: Namespace<"i8x16"> & LaneConstants<number> = /* @__PURE__ */ (() => ({
  ...namespace("i8x16"),
  ...laneConstants(16, littleEndian(1)),
}))();
/** Four 32-bit integers. */
export const i32x4: Namespace<"i32x4"> & LaneConstants<number> = /* @__PURE__ */ (() => ({
  ...namespace("i32x4"),
  ...laneConstants(4, littleEndian(4)),
}))();
/** Two 64-bit integers. */
export const i64x2: Namespace<"i64x2"> & LaneConstants<bigint> = /* @__PURE__ */ (() => ({
  ...namespace("i64x2"),
  ...laneConstants(2, littleEndian(8)),
}))();
/** Four single-precision floats. */
export const f32x4: Namespace<"f32x4"> & LaneConstants<number> = /* @__PURE__ */ (() => ({
  ...namespace("f32x4"),
  ...laneConstants(4, float32),
}))();
/** Two double-precision floats. */
export const f64x2: Namespace<"f64x2"> & LaneConstants<number> = /* @__PURE__ */ (() => ({
  ...namespace("f64x2"),
  ...laneConstants(2, float64),
}))();
