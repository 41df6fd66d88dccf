/**
 * Transposing copies as WebAssembly functions: squares of elements are transposed in registers.
 *
 * @module
 */
import { BYTES_PER_ELEMENT, type DType } from "../../dtype.ts";
import type { Loop, Operand } from "../../program/program.ts";
import { argument } from "../../scalar/scalar.ts";
import { rowMajorStrides } from "../../shape.ts";
import { call, type FunctionBuilder, i32, type Local, v128 } from "../../wasm/mod.ts";
import { shuffle, type Vector } from "../lane_instructions.ts";
import type { EmitterContext, LoopRequest, Lowered, Phase } from "./emitter.ts";
import { levelsOf } from "./levels.ts";
import { loopUnits } from "./loop_function.ts";
import { pointersTo, type Source } from "./pointers.ts";
import { shareFunction, type UnitRange, unitsFrom } from "./shares.ts";

/**
 * The number of rows of the result that are written together, so that all elements of a cache line are used when it is
 * read.
 */
const ROWS = 16;
/** Axes shorter than this are left to loops. */
const FEWEST_ROWS = 16, FEWEST_COLUMNS = 8;

/**
 * The levels of operand and result. Elements are adjacent along the last level in the result, and along level `row` in
 * the operand.
 */
type TransposeLevels = {
  readonly operand: Operand;
  readonly lengths: readonly number[];
  readonly from: readonly number[];
  readonly to: readonly number[];
  readonly row: number;
};

/** Prepares a loop that only copies, and transposes, for emission; `undefined` for any other loop. */
export function lowerTranspose({ shape, operands, expressions }: Loop, dtype: DType): Lowered | undefined {
  const [operand] = operands;
  if (operand === undefined || expressions.length !== 1 || expressions[0] !== argument(0) || operand.value < 0) return;
  if (shape.includes(0)) return undefined;
  const { lengths, strides: [from] } = levelsOf(shape, [operand.stride]), last = lengths.length - 1;
  const row = from!.findIndex((step, level) => level < last && step === 1 && lengths[level]! >= FEWEST_ROWS);
  if (row < 0 || from![last] === 1 || lengths[last]! < FEWEST_COLUMNS) return undefined;
  return lowered({ operand, lengths, from: from!, to: rowMajorStrides(lengths), row }, dtype);
}

function lowered(levels: TransposeLevels, dtype: DType): Lowered {
  const { lengths, row } = levels, lanes = 16 / BYTES_PER_ELEMENT[dtype], last = lengths.length - 1;
  const rows = lengths[row]! - lengths[row]! % lanes, columns = lengths[last]! - lengths[last]! % lanes;
  const edges = [
    part(levels, { [row]: [rows, lengths[row]!] }),
    part(levels, { [row]: [0, rows], [last]: [columns, lengths[last]!] }),
  ]
    .filter((edge) => !edge.loop.shape.includes(0));
  const units = [Math.ceil(rows / ROWS), ...edges.map(({ loop, resultStride }) => loopUnits(loop, resultStride))];
  const starts = units.map((_, k) => units.slice(0, k).reduce((sum, count) => sum + count, 0));
  function requests({ results: [result] }: EmitterContext): readonly LoopRequest[] {
    return edges.map(({ loop, resultStride, offset }) => ({
      loop,
      dtype,
      results: [result! + offset * BYTES_PER_ELEMENT[dtype]],
      resultStride,
    }));
  }
  const phase: Phase = {
    units: units.reduce((sum, count) => sum + count, 0),
    emit: (context) => {
      const functions = [
        shareFunction(context.module, (f, { from, to }) => emitSquares(f, context, levels, dtype, { from, to })),
        ...requests(context).map((request) => context.loopShare(request)),
      ];
      return shareFunction(context.module, (f, range) =>
        functions.forEach((copy, k) => {
          const { from, to } = unitsFrom(f, range, starts[k]!, units[k]!);
          f.if(i32.lt_s(from, to), () => f.do(call(copy, from, to, range.scratch)));
        }));
    },
  };
  return {
    workspace: 0,
    emit: (context) => {
      const squares = shareFunction(
        context.module,
        (f, { from, to }) => emitSquares(f, context, levels, dtype, { from, to }),
      );
      const rest = requests(context).map((request) => call(context.wholeLoop(request)));
      return context.module.function({ parameters: {} }, (f) => f.do(call(squares, 0, units[0]!, 0), ...rest));
    },
    shares: { workspace: 0, scratch: 0, phases: [phase] },
  };
}

/** Emits a separate loop over a range of indices of some levels. */
function part(
  { operand, lengths, from, to }: TransposeLevels,
  ranges: { readonly [level: number]: readonly [number, number] },
) {
  const shape = lengths.map((length, level) =>
    ranges[level] === undefined ? length : ranges[level][1] - ranges[level][0]
  );
  const first = (steps: readonly number[]) =>
    steps.reduce((sum, step, level) => sum + step * (ranges[level]?.[0] ?? 0), 0);
  const own: Operand = { value: operand.value, shape, stride: from, offset: operand.offset + first(from) };
  return { loop: { shape, operands: [own], expressions: [argument(0)] }, resultStride: to, offset: first(to) };
}

/** Emits the copying of blocks of rows of the result, in all columns that fill squares. */
function emitSquares(
  f: FunctionBuilder,
  context: EmitterContext,
  { operand, lengths, from, to, row }: TransposeLevels,
  dtype: DType,
  range: UnitRange,
): void {
  const bytes = BYTES_PER_ELEMENT[dtype], lanes = 16 / bytes, last = lengths.length - 1;
  const others = lengths.map((_, level) => level).filter((level) => level !== row && level !== last);
  const order = [row, ...others, last], squares = Math.floor(lengths[row]! / lanes), perBlock = ROWS / lanes;
  const stepsOf = (steps: readonly number[]) => order.map((level, k) => steps[level]! * bytes * (k === 0 ? ROWS : 1));
  const sources: readonly Source[] = [
    { base: context.address(operand.value) + operand.offset * bytes, strides: stepsOf(from) },
    { base: context.results[0]!, strides: stepsOf(to) },
  ];
  const pointers = pointersTo(f, sources, { moves: () => true, from: range.from });
  function turnSquares(count: number) {
    for (let square = 0; square < count; square++) {
      const down = square * lanes * bytes, across = square * lanes * to[row]! * bytes;
      const read = Array.from({ length: lanes }, (_, k) => {
        const { address, offset } = pointers.place(0, down + k * from[last]! * bytes);
        return f.let(v128.load(address, offset));
      });
      transposedSquare(f, read).forEach((v, k) => {
        const { address, offset } = pointers.place(1, across + k * to[row]! * bytes);
        f.do(v128.store(address, v, offset));
      });
    }
  }
  function visit(level: number, count: number): void {
    if (level === order.length - 1) {
      return pointers.loop(level, Math.floor(lengths[last]! / lanes), lanes, () => turnSquares(count));
    }
    pointers.loop(level, lengths[order[level]!]!, 1, () => visit(level + 1, count));
  }
  const full = Math.floor(squares / perBlock), rest = squares % perBlock, block = f.local("i32");
  f.for({ counter: block, from: range.from, to: range.to }, () => {
    if (rest === 0) visit(1, perBlock);
    else f.if(i32.lt_s(block, full), () => visit(1, perBlock), () => visit(1, rest));
    pointers.advance(0, 1);
  });
}

/** Returns the columns of a square of elements, given its rows. */
function transposedSquare(f: FunctionBuilder, rows: readonly Local<"v128">[]): readonly Vector[] {
  if (rows.length === 2) return [shuffle(rows[0]!, rows[1]!, [0, 2]), shuffle(rows[0]!, rows[1]!, [1, 3])];
  const [a, b, c, d] = rows as readonly Vector[] as readonly [Vector, Vector, Vector, Vector]; // as many as lanes
  return [[0, 4, 1, 5], [2, 6, 3, 7]].flatMap((lanes) => {
    const upper = f.let(shuffle(a, b, lanes)), lower = f.let(shuffle(c, d, lanes));
    return [shuffle(upper, lower, [0, 2]), shuffle(upper, lower, [1, 3])];
  });
}
