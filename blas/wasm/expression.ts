/**
 * Expressions: trees of instructions, such as `f32.add(f32.load(p), f32.mul(x, 2))`.
 *
 * An expression is an immutable value that knows its type; it emits nothing until it is passed to a
 * {@linkcode FunctionBuilder}. An expression that is used twice is computed twice: keep its value with `f.let`.
 *
 * @module
 */
import type { Bytes, ValueType } from "./encoding.ts";
import { float32, float64, signed, signed32, unsigned, VALUE_TYPE_BYTES } from "./encoding.ts";
import { type InstructionName, INSTRUCTIONS, type Rows, type WasmInstruction } from "./instructions.ts";
import { immediateBytes } from "./immediates.ts";

/** The type of the value that an instruction tree leaves on the stack; `"none"` if it leaves none, as a store. */
export type ResultType = ValueType | "none";

/** A tree of instructions with its type: the root's operands are computed first, from left to right. */
export type Expression<T extends ResultType = ResultType> = {
  /** The type of the value, or `"none"`. */
  readonly type: T;
  /** The instruction at the root. */
  readonly root: InstructionName | Primary;
  /** The subtrees that compute its operands. */
  readonly operands: readonly Expression<ValueType>[];
  /** The bytes after its opcode; for a root that is not in the tables, these include the opcode. */
  readonly immediate: Bytes;
  /** The row of the root in the tables; `undefined` if it is not in them. */
  readonly row: WasmInstruction | undefined;
  /** For a call, the function. */
  readonly target?: Callable;
};

/** Roots that are not in the tables, because their type depends on what they refer to. */
export type Primary = "const" | "local" | "call" | "select";

/** A local variable or parameter of the function being built; as an expression, its current value. */
export type Local<T extends ValueType = ValueType> = Expression<T> & { readonly index: number };

/** A function that can be called: one of this module's or an imported one. */
export type Callable<R extends ResultType = ResultType> = {
  /** Its number in the module. */
  readonly index: number;
  /** The types of its parameters. */
  readonly parameters: readonly ValueType[];
  /** The type of its result, or `"none"`. */
  readonly result: R;
};

/** An operand: an expression of the type, or a number that becomes a constant of the type. */
export type Operand<T extends ValueType> =
  | Expression<T>
  | (T extends "i32" | "f32" | "f64" ? number : T extends "i64" ? bigint : never);

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

const expression = <T extends ResultType>(
  type: T,
  root: InstructionName | Primary,
  operands: readonly Expression<ValueType>[],
  immediate: Bytes,
  row?: WasmInstruction,
): Expression<T> => ({ type, root, operands, immediate, row });

/**
 * Makes a constant of a scalar type.
 *
 * @throws {TypeError} If the type is `i64` and the value is not a bigint, or the other way round.
 */
export function constant<T extends Exclude<ValueType, "v128">>(type: T, value: number | bigint): Expression<T> {
  if ((typeof value === "bigint") !== (type === "i64")) {
    throw new TypeError(
      `Cannot make a constant ${type} of the ${typeof value} ${value}: i64 takes a bigint, the others a number; convert it`,
    );
  }
  if (type === "i32" && (!Number.isInteger(value) || Number(value) < -(2 ** 31) || Number(value) >= 2 ** 32)) {
    throw new RangeError(
      `Cannot make a constant i32 of ${value}: it must be whole and fit in 32 bits; use f32 or f64 for fractions`,
    );
  }
  switch (type) {
    case "i32":
      return wholeConstant(Number(value) | 0) as Expression<T>; // T is "i32"
    case "i64":
      return expression(type, "const", NO_OPERANDS, [0x42, ...signed(BigInt.asIntN(64, BigInt(value)))]);
    case "f32":
      return expression(type, "const", NO_OPERANDS, [0x43, ...float32(Number(value))]);
    default:
      return expression(type, "const", NO_OPERANDS, [0x44, ...float64(Number(value))]);
  }
}

/** Makes a constant of 32 bits, as most operands are that are numbers. */
function wholeConstant(value: number): Expression<"i32"> {
  const immediate = [0x41];
  for (const byte of signed32(value)) immediate.push(byte);
  return expression("i32", "const", NO_OPERANDS, immediate);
}

/** Returns an operand as an expression: numbers become constants of the wanted type. */
export function toExpression<T extends ValueType>(type: T, operand: Operand<T>): Expression<T>;
export function toExpression(type: ValueType, operand: Expression<ValueType> | number | bigint): Expression<ValueType> {
  if (typeof operand === "object") return operand;
  if (type === "i32" && typeof operand === "number" && (operand | 0) === operand) return wholeConstant(operand);
  if (type !== "v128") return constant(type, operand);
  throw new TypeError(
    `Cannot make a v128 of ${operand}: a v128 needs the shape of its lanes; write f32x4.const(${operand})`,
  );
}

/** Makes the expression of a local, for `f.let` and the parameters. */
export function localExpression<T extends ValueType>(type: T, index: number): Local<T> {
  const immediate = LOCAL_GETS[index] ??= [0x20, ...unsigned(index)];
  return { type, root: "local", operands: NO_OPERANDS, immediate, row: undefined, index };
}

/** The instructions that read locals, by their numbers. */
const LOCAL_GETS: Bytes[] = [];

const NO_OPERANDS: readonly Expression<ValueType>[] = [];

/** Calls a function of the module or an imported one. */
export function call<R extends ResultType>(
  target: Callable<R>,
  ...given: readonly Operand<ValueType>[]
): Expression<R> {
  if (given.length !== target.parameters.length) {
    throw new TypeError(
      `Cannot call function ${target.index} with ${given.length} operands: it takes ${target.parameters.length}; pass one for each`,
    );
  }
  const operands = given.map((operand, i) => toExpression(target.parameters[i]!, operand));
  const immediate = [0x10, ...unsigned(target.index)];
  return { type: target.result, root: "call", operands, immediate, row: undefined, target };
}

/** Builds `condition ? a : b`; both are computed. To choose in each lane separately, see `v128.bitselect`. */
export function select<T extends ValueType>(
  condition: Operand<"i32">,
  a: Expression<T>,
  b: Expression<T>,
): Expression<T> {
  const immediate = a.type === "v128" ? [0x1c, 1, VALUE_TYPE_BYTES.v128] : [0x1b]; // plain select takes only numbers
  return expression(a.type, "select", [a, b, toExpression("i32", condition)], immediate);
}

/** Builds the expression of an instruction by name: `instruction("i32.add", x, 1)` is `i32.add(x, 1)`. */
export function instruction<N extends InstructionName>(
  name: N,
  ...given: Parameters<InstructionFunction<N>>
): Expression<Result<Rows[N][1]>>;
export function instruction(name: InstructionName, ...given: readonly unknown[]): Expression {
  const [a, b, c, d] = given;
  return build(name, INSTRUCTIONS.get(name)!, a, b, c, d);
}

const NOTHING: Bytes = [];

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
  const { operands: [first, second, third], results, immediate } = row, type = results[0] ?? "none";
  if (first === undefined) {
    const bytes = immediate === undefined ? NOTHING : immediateBytes(name, immediate, a, b);
    return expression(type, name, NO_OPERANDS, bytes, row);
  }
  const p = operandOf(name, row, first, a, 0);
  if (second === undefined) {
    return expression(type, name, [p], immediate === undefined ? NOTHING : immediateBytes(name, immediate, b, c), row);
  }
  const q = operandOf(name, row, second, b, 1);
  if (third === undefined) {
    const bytes = immediate === undefined ? NOTHING : immediateBytes(name, immediate, c, d);
    return expression(type, name, [p, q], bytes, row);
  }
  const r = operandOf(name, row, third, c, 2);
  return expression(
    type,
    name,
    [p, q, r],
    immediate === undefined ? NOTHING : immediateBytes(name, immediate, d, undefined),
    row,
  );
}

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
  const members = rows.map(([name, row]) => [
    name.slice(prefix.length + 1),
    (a?: unknown, b?: unknown, c?: unknown, d?: unknown) => build(name, row, a, b, c, d),
  ]);
  return Object.fromEntries(members);
}

/** Constants of lanes: one value for all lanes, or one for each. */
export type LaneConstants<V> = {
  /** Makes a 128-bit constant. */
  readonly const: (...lanes: readonly V[]) => Expression<"v128">;
};

function laneConstants<V>(count: number, bytesOf: (value: V) => Bytes): LaneConstants<V> {
  return {
    const: (...lanes) => {
      if (lanes.length !== 1 && lanes.length !== count) {
        throw new RangeError(
          `Cannot make a constant of ${lanes.length} lanes: it has ${count}; pass one value, or one for each lane`,
        );
      }
      const all: number[] = [];
      let bytes = NOTHING;
      for (let i = 0; i < count; i++) {
        if (i < lanes.length) bytes = bytesOf(lanes[i]!);
        for (let k = 0; k < bytes.length; k++) all.push(bytes[k]!);
      }
      return expression("v128", "v128.const", NO_OPERANDS, all, INSTRUCTIONS.get("v128.const"));
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
/** Eight 16-bit integers. */
export const i16x8: Namespace<"i16x8"> & LaneConstants<number> = /* @__PURE__ */ (() => ({
  ...namespace("i16x8"),
  ...laneConstants(8, littleEndian(2)),
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
