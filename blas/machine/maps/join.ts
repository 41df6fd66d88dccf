/**
 * Joins of programs in machine code: each part is a loop whose results have the steps of the whole.
 *
 * @module
 */
import { BYTES_PER_ELEMENT, type DType } from "../../dtype.ts";
import { isCovered } from "../../join.ts";
import type { JoinOperation, JoinPart } from "../../program/operations/join.ts";
import { rowMajorStrides, sizeOf } from "../../shape.ts";
import type { Code } from "../code/code.ts";
import { Lanes } from "../code/lanes.ts";
import { at, type Counter, type Pointer } from "../code/regions.ts";
import type { MachineLowering, Regions } from "../program/lowering.ts";
import { emitLoop, type LoopPlan, planLoop } from "./loop.ts";

/** The most parts: more would be a lot of code. */
const MOST_PARTS = 64;

/** Bytes of a block that is filled, and then written to while it is in the first-level cache. */
const BLOCK_BYTES = 16_384;

/** A part, and where it lies in the result: the steps along its axes, and the first element. */
type Placed = {
  readonly part: JoinPart;
  /** How its loop is written for so many indices of the first axis. */
  readonly plans: ReadonlyMap<number, LoopPlan>;
  readonly steps: readonly number[];
  readonly first: number;
};

/** Some indices of the first axis, which may depend on a counter. */
type Indices = { readonly first: number; readonly count: number; readonly counter?: Counter };

/** Prepares a join. */
export const lowerJoin: MachineLowering<JoinOperation> = ({ shape, parts: given, fill }, results, bits) => {
  const { dtype } = results[0]!, parts = given.filter(({ loop }) => sizeOf(loop.shape) > 0), size = sizeOf(shape);
  if (size === 0 || parts.length > MOST_PARTS) return undefined;
  const isFilled = !isCovered(shape, parts.map(({ place }) => place)), index = size / (shape[0] ?? 1);
  const length = shape[0] ?? 1, block = Math.max(1, Math.floor(BLOCK_BYTES / BYTES_PER_ELEMENT[dtype] / index));
  const whole = Math.floor(length / block), left = length % block;
  // What all parts have indices of is filled and written block by block.
  const inBlocks = isFilled && whole > 1 &&
    parts.every(({ place: [range] }) => range!.count === length && range!.step === 1);
  const steps = rowMajorStrides(shape);
  const placed = parts.map((part): Placed | undefined => {
    const { place, loop } = part, resultStride = place.map(({ step }, axis) => step * steps[axis]!);
    const counts = !inBlocks ? [loop.shape[0] ?? 1] : left === 0 ? [block] : [block, left],
      plans = new Map<number, LoopPlan>();
    for (const count of counts) {
      const plan = planLoop(loop, dtype, bits, { length: count, held: inBlocks ? 1 : 0, resultStride });
      if (plan === undefined) return undefined;
      plans.set(count, plan);
    }
    const first = place.reduce((sum, { start }, axis) => sum + start * steps[axis]!, 0);
    return { part, plans, steps: resultStride, first };
  });
  if (!placed.every((one) => one !== undefined)) return undefined;
  return {
    workspace: 0,
    ...placed.flatMap(({ plans }) => [...plans.values()]).some(({ refuses }) => refuses) && { mayRefuse: true },
    inPlace: false,
    emit: (code, regions) => {
      const some = (indices: Indices) => {
        if (isFilled) emitFill(code, dtype, fill, index, indices, regions);
        for (const one of placed) emitPart(code, dtype, one, inBlocks ? indices : undefined, index, regions);
      };
      if (!inBlocks) return some({ first: 0, count: length });
      code.count(whole, 1, (counter) => some({ first: 0, count: block, counter }));
      if (left > 0) some({ first: whole * block, count: left });
    },
  };
};

/** Writes the elements outside of all parts, and others, of some indices. */
function emitFill(
  code: Code,
  dtype: DType,
  fill: number,
  index: number,
  { first, count, counter }: Indices,
  { results: [result] }: Regions,
): void {
  const lanes = new Lanes(code, dtype),
    elements = count * index,
    x = code.vector(),
    turns = Math.floor(elements / lanes.count);
  const from = first * index * lanes.bytes, rest = elements % lanes.count;
  const to = counter === undefined
    ? code.pointer(result!, from)
    : code.pointerAlong(result!, from, counter, count * index * lanes.bytes);
  lanes.set(x, fill);
  code.loop(turns, [[to, lanes.width]], () => lanes.store(at(to), x));
  if (rest > 0) {
    const edge = lanes.edge(rest);
    lanes.store(at(to), x, edge);
    lanes.release(edge);
  }
  code.free(x, to);
}

/** Writes a part, or some indices of it. */
function emitPart(
  code: Code,
  dtype: DType,
  { part: { loop }, plans, steps, first }: Placed,
  indices: Indices | undefined,
  index: number,
  { value, results: [result] }: Regions,
): void {
  const length = indices?.count ?? loop.shape[0] ?? 1,
    bytes = BYTES_PER_ELEMENT[dtype],
    begin = indices?.first ?? 0,
    counter = indices?.counter;
  const along = (pointer: (counter: Counter) => Pointer, otherwise: () => Pointer) =>
    counter === undefined ? otherwise() : pointer(counter);
  emitLoop(code, {
    loop,
    plan: plans.get(length)!, // one for each length
    dtype,
    length,
    resultStride: steps,
    operand: (k) => {
      const { value: number, offset, stride } = loop.operands[k]!, step = stride[0] ?? 0;
      const from = (offset + begin * step) * bytes, region = value(number);
      return along(
        (counter) => code.pointerAlong(region, from, counter, indices!.count * step * bytes),
        () => code.pointer(region, from),
      );
    },
    result: () => {
      const from = (first + begin * index) * bytes;
      return along(
        (counter) => code.pointerAlong(result!, from, counter, indices!.count * index * bytes),
        () => code.pointer(result!, from),
      );
    },
  });
}
