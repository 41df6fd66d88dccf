/**
 * Transposing copies in machine code: squares of elements are transposed in registers.
 *
 * @module
 */
import { BYTES_PER_ELEMENT, type DType } from "../../dtype.ts";
import type { Loop } from "../../program/program.ts";
import { argument } from "../../scalar/scalar.ts";
import { rowMajorStrides } from "../../shape.ts";
import { levelsOf } from "../../simd/program/levels.ts";
import type { Bits } from "../assembler/registers.ts";
import type { Code, Move } from "../code/code.ts";
import { Lanes } from "../code/lanes.ts";
import { at, type Pointer } from "../code/regions.ts";
import type { MachineLowered } from "../program/lowering.ts";
import { packColumns } from "../products/pack.ts";

/** The rows of the result that are written together, so that lines of the operand are read whole. */
const ROWS = 16;

/** Axes shorter than this are left to loops. */
const FEWEST = 4;

/** Prepares a loop that only copies, and transposes; `undefined` for any other loop. */
export function lowerTranspose(
  { shape, operands, expressions }: Loop,
  dtype: DType,
  bits: Bits,
): MachineLowered | undefined {
  const [operand] = operands;
  if (operand === undefined || expressions.length !== 1 || expressions[0] !== argument(0) || operand.value < 0) return;
  if (shape.includes(0) || bits === 128) return undefined;
  const { lengths, strides: [from] } = levelsOf(shape, [operand.stride]), last = lengths.length - 1;
  const row = from!.findIndex((step, level) => level < last && step === 1 && lengths[level]! >= FEWEST);
  if (row < 0 || from![last]! <= 1 || lengths[last]! < FEWEST) return undefined;
  const bytes = BYTES_PER_ELEMENT[dtype], to = rowMajorStrides(lengths), rows = lengths[row]!;
  const others = lengths.map((_, level) => level).filter((level) => level !== row && level !== last);
  const panels = (depth: number) => ({ depth, columns: lengths[last]!, width: lengths[last]!, panel: 0, exact: true });
  /** Writes rows of the result, some at a time. */
  const matrix = (code: Code, lanes: Lanes, source: Pointer, target: Pointer) => {
    const some = (depth: number) => {
      const [p, q] = [code.pointerTo(at(source)), code.pointerTo(at(target))];
      packColumns(code, lanes, { ...panels(depth), step: to[row]! * bytes }, from![last]! * bytes, p, q);
      code.free(p, q);
    };
    const turns = Math.floor(rows / ROWS),
      moves: readonly Move[] = [[source, ROWS * bytes], [target, ROWS * to[row]! * bytes]];
    code.loop(turns, moves, () => some(ROWS));
    if (rows % ROWS > 0) some(rows % ROWS);
    moves.forEach(([pointer, by]) => code.move(pointer, -turns * by));
  };
  return {
    workspace: 0,
    inPlace: false,
    emit: (code, { value, results: [result] }) => {
      const lanes = new Lanes(code, dtype), source = code.pointer(value(operand.value), operand.offset * bytes);
      const target = code.pointer(result!);
      const inside = ([level, ...inner]: readonly number[]): void => {
        if (level === undefined) return matrix(code, lanes, source, target);
        const moves: readonly Move[] = [[source, from![level]! * bytes], [target, to[level]! * bytes]];
        code.loop(lengths[level]!, moves, () => inside(inner));
        moves.forEach(([pointer, by]) => code.move(pointer, -lengths[level]! * by));
      };
      inside(others);
      code.free(source, target);
    },
  };
}
