/**
 * Expressions: trees of instructions, such as `f32.add(f32.load(p), f32.mul(x, 2))`.
 *
 * An expression is an immutable value that knows its type; it emits nothing until it is passed to a
 * {@linkcode FunctionBuilder}. An expression that is used twice is computed twice: keep its value with `f.let`.
 *
 * @module
 */
import type { Bytes, ValueType } from "./encoding.ts";
import { float32, float64, signed, unsigned, VALUE_TYPE_BYTES, withSigned32 } from "./encoding.ts";
import type { InstructionName, WasmInstruction } from "./instructions.ts";

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
  /** The bytes after its opcode; for a root that is not in the tables, these include the opcode; none for a local. */
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

/** Makes an expression; for a root in the tables, with its row. */
export const expression = <T extends ResultType>(
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
  if (value >= 0 && value < SMALL) return WHOLE[value] ??= encodedWhole(value);
  return encodedWhole(value);
}

const encodedWhole = (value: number): Expression<"i32"> =>
  expression("i32", "const", NO_OPERANDS, withSigned32(0x41, value));

/** Constants below this number are made once, and kept. */
const SMALL = 1024;

const WHOLE: Expression<"i32">[] = [];

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
export const localExpression = <T extends ValueType>(type: T, index: number): Local<T> => (
  { type, root: "local", operands: NO_OPERANDS, immediate: NO_BYTES, row: undefined, index }
);

/** The immediate of an expression that has none. */
export const NO_BYTES: Bytes = [];

/** The operands of an expression that has none. */
export const NO_OPERANDS: readonly Expression<ValueType>[] = [];

const CALL: Bytes = [0x10];

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
  const operands: Expression<ValueType>[] = [];
  for (let i = 0; i < given.length; i++) operands.push(toExpression(target.parameters[i]!, given[i]!));
  const immediate = CALL.concat(unsigned(target.index));
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
