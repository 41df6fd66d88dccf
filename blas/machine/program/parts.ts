/**
 * Parts of instructions: the same operation on some indices of the first axis of its results, which are contiguous.
 *
 * @module
 */
import { BYTES_PER_ELEMENT } from "../../dtype.ts";
import { changeOperand } from "../../program/compose.ts";
import { isPlain } from "../../program/operand.ts";
import { copying } from "../../program/operands.ts";
import type { ConvolutionOperation } from "../../program/operations/convolution.ts";
import type { GemmOperation } from "../../program/operations/gemm.ts";
import type { JoinOperation } from "../../program/operations/join.ts";
import { EPILOGUE_INPUT, type Instruction, type Loop, type Operand, type ValueType } from "../../program/program.ts";
import { sameShape, type Shape, sizeOf } from "../../shape.ts";
import { levelsOf } from "../../simd/program/levels.ts";

/** An instruction that can be cut. */
export type Divisible = {
  /** The units of the first axis, and how many a part must have at least. */
  readonly units: number;
  readonly least: number;
  /** Returns the instruction that computes units `from` to `to - 1`. */
  readonly part: (from: number, to: number) => Instruction;
  /** The bytes before a unit, in each result. */
  readonly before: (unit: number) => readonly number[];
};

/** Returns how an instruction is cut; `undefined` if it is not. */
export function divisible({ operation, results }: Instruction): Divisible | undefined {
  if (results.some(({ shape }) => sizeOf(shape) === 0)) return undefined;
  switch (operation.kind) {
    case "map":
      return divisibleMap(operation.loop, results);
    case "view": {
      const { change, operand } = operation;
      return divisibleMap(copying(changeOperand(operand, change) ?? operand), results);
    }
    case "join":
      return divisibleJoin(operation, results);
    case "cast": {
      const { operand } = operation, size = sizeOf(operand.shape), { offset } = operand;
      if (!isPlain({ ...operand, offset: 0 })) return undefined;
      const flat = results.map(({ dtype }) => ({ dtype, shape: [size] }));
      return along(size, { step: LINE / 4 }, flat, (from, to) => ({
        kind: "cast",
        operand: { ...operand, shape: [to - from], stride: [1], offset: offset + from },
      }));
    }
    case "gemm":
      return divisibleProduct(operation, results);
    case "convolution":
      return divisibleConvolution(operation, results);
    default:
      return undefined;
  }
}

/** Bytes of a part of contiguous elements, at least: so that threads do not write to the same cache line, and vectors are full. */
const LINE = 64;

/** The fewest rows of a part of a product; more if the second matrix must be transposed. */
const ROWS = 4, ROWS_TRANSPOSED = 8;

/** The indices of a unit, of which the last one has what is left, and the fewest units of a part; default: 1 of each. */
type Units = { readonly step?: number | undefined; readonly least?: number | undefined };

/**
 * Returns an instruction that is cut along an axis of a length.
 *
 * @param results The types of the results, with that axis as their first one.
 * @param part Returns the operation on indices `from` to `to - 1`.
 */
function along(
  length: number,
  { step = 1, least = 1 }: Units,
  results: readonly ValueType[],
  part: (from: number, to: number) => Instruction["operation"],
): Divisible | undefined {
  const units = Math.floor(length / step), index = (unit: number) => unit === units ? length : unit * step;
  // A part of a single element would have no innermost axis, which what is computed once depends on.
  const fewest = step === 1 && results.some(({ shape }) => sizeOf(shape) === length) ? Math.max(2, least) : least;
  if (units < 2 * fewest) return undefined;
  return {
    units,
    least: fewest,
    before: (unit) =>
      results.map(({ dtype, shape }) => index(unit) * sizeOf(shape) / length * BYTES_PER_ELEMENT[dtype]),
    part: (first, end) => {
      const from = index(first), to = index(end);
      return {
        operation: part(from, to),
        results: results.map(({ dtype, shape }) => ({ dtype, shape: [to - from, ...shape.slice(1)] })),
      };
    },
  };
}

function divisibleMap(loop: Loop, results: readonly ValueType[]): Divisible | undefined {
  const joined = joinedLoop(loop), { shape } = joined, length = shape[0]!;
  const step = shape.length > 1 ? 1 : LINE / BYTES_PER_ELEMENT[results[0]!.dtype];
  const own = results.map(({ dtype }) => ({ dtype, shape }));
  return along(length, { step }, own, (from, to) => ({ kind: "map", loop: partOfLoop(joined, from, to) }));
}

/** Joins the axes of a loop as far as all operands allow: at least one is left. */
function joinedLoop({ shape, operands, expressions }: Loop): Loop {
  const { lengths, strides } = levelsOf(shape, operands.map(({ stride }) => stride));
  return {
    shape: lengths,
    operands: operands.map((operand, k) => ({ ...operand, shape: lengths, stride: strides[k]! })),
    expressions,
  };
}

/** Returns a loop over some indices of the first axis; what was computed before it is that of the part. */
export function partOfLoop({ shape, operands, expressions }: Loop, from: number, to: number): Loop {
  return {
    shape: [to - from, ...shape.slice(1)],
    operands: operands.map((operand) =>
      operand.value === EPILOGUE_INPUT ? cutAlong(operand, 0, 0, to - from) : cutAlong(operand, 0, from, to)
    ),
    expressions,
  };
}

/** Returns an operand that shows some indices of an axis. */
export function cutAlong(operand: Operand, axis: number, from: number, to: number): Operand {
  const { shape, stride, offset } = operand;
  return { ...operand, shape: shape.with(axis, to - from), offset: offset + from * stride[axis]! };
}

/**
 * Returns the loop after an operation with results of a shape, if there is one; `false` if it cannot be cut along the
 * first axis.
 *
 * @param dropped The number of axes, of length 1, that are left out at its beginning.
 */
export function epilogueParts(epilogue: Loop | undefined, shape: Shape, dropped = 0): Loop | undefined | false {
  if (epilogue === undefined) return undefined;
  const isCut = sameShape(epilogue.shape, shape) &&
    epilogue.operands.every((operand) => operand.value !== EPILOGUE_INPUT || isPlain(operand));
  if (!isCut) return false;
  return {
    ...epilogue,
    shape: shape.slice(dropped),
    operands: epilogue.operands.map((operand) => without(operand, dropped)),
  };
}

/** Returns an operand without its first axes. */
const without = (operand: Operand, axes: number): Operand => ({
  ...operand,
  shape: operand.shape.slice(axes),
  stride: operand.stride.slice(axes),
});

function divisibleProduct({ a, b, epilogue }: GemmOperation, results: readonly ValueType[]): Divisible | undefined {
  const rank = a.shape.length, shape = [...a.shape.slice(0, -1), b.shape[rank - 1]!];
  const first = shape.findIndex((length) => length !== 1), dropped = Math.min(first < 0 ? rank : first, rank - 2);
  const then = epilogueParts(epilogue, shape, dropped);
  if (then === false) return undefined;
  const product = { a: without(a, dropped), b: without(b, dropped), then };
  const { a: left, b: right, then: after } = rank - dropped === 3 ? joinedRows(product) : product;
  const isProduct = left.shape.length === 2;
  const isTransposed = right.stride.at(-1) !== 1 && right.shape.at(-1) !== 1;
  const rows = isTransposed ? ROWS_TRANSPOSED : ROWS;
  return along(
    left.shape[0]!,
    { least: isProduct ? rows : isTransposed ? Math.ceil(rows / left.shape.at(-2)!) : 1 },
    results.map(({ dtype }) => ({ dtype, shape: [...left.shape.slice(0, -1), right.shape.at(-1)!] })),
    (from, to) => ({
      kind: "gemm",
      a: cutAlong(left, 0, from, to),
      b: isProduct ? right : cutAlong(right, 0, from, to),
      ...after && { epilogue: partOfLoop(after, from, to) },
    }),
  );
}

/** A product, and the loop after it. */
type Product = { readonly a: Operand; readonly b: Operand; readonly then: Loop | undefined };

/** Returns a stack of products as one, if all have the same second matrix and rows follow one another. */
function joinedRows(product: Product): Product {
  const { a, b, then } = product, count = a.shape[0]!, m = a.shape[1]!;
  const isJoined = (operand: Operand) => operand.stride[0] === operand.stride[1]! * m;
  if (b.stride[0] !== 0 || !isJoined(a) || (then !== undefined && !then.operands.every(isJoined))) return product;
  const join = (operand: Operand): Operand => ({
    ...without(operand, 1),
    shape: [count * m, ...operand.shape.slice(2)],
  });
  return {
    a: join(a),
    b: without(b, 1),
    then: then && { ...then, shape: [count * m, ...then.shape.slice(2)], operands: then.operands.map(join) },
  };
}

function divisibleJoin(operation: JoinOperation, results: readonly ValueType[]): Divisible | undefined {
  const { shape, parts } = operation;
  const isCut = shape.length > 0 && parts.every(({ place: [range], loop: { shape: own, expressions } }) => {
    // As in `along`.
    const isCopy = expressions.every(({ kind }) => kind === "argument");
    return range!.step === 1 && (isCopy || sizeOf(own) > own[0]!);
  });
  if (!isCut) return undefined;
  return along(shape[0]!, {}, results, (from, to) => ({
    ...operation,
    shape: [to - from, ...shape.slice(1)],
    parts: parts.flatMap(({ loop, place: [range, ...ranges] }) => {
      const { start, count } = range!, first = Math.max(start, from), end = Math.min(start + count, to);
      if (first >= end) return [];
      const own = { start: first - from, count: end - first, step: 1 };
      return [{ loop: partOfLoop(loop, first - start, end - start), place: [own, ...ranges] }];
    }),
  }));
}

function divisibleConvolution(
  operation: ConvolutionOperation,
  results: readonly ValueType[],
): Divisible | undefined {
  const { form, geometry, operands: [x, w], epilogue } = operation, { shape } = results[0]!, { groups } = geometry;
  const then = epilogueParts(epilogue, shape);
  if (then === false) return undefined;
  if (form === "conv2dWeight") {
    // Groups of one channel and one filter are summed one by one; others divide themselves.
    if (shape[0] !== groups || x.shape[1] !== groups) return undefined;
    return along(groups, {}, results, (from, to) => ({
      ...operation,
      geometry: { ...geometry, groups: to - from },
      operands: [cutAlong(x, 1, from, to), cutAlong(w, 1, from, to)],
      ...then && { epilogue: partOfLoop(then, from, to) },
    }));
  }
  return along(shape[0]!, {}, results, (from, to) => ({
    ...operation,
    operands: [cutAlong(x, 0, from, to), w],
    ...then && { epilogue: partOfLoop(then, from, to) },
  }));
}
