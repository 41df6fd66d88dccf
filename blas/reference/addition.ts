/**
 * The sum of two arrays as plain loops.
 *
 * @module
 */
import type { DType } from "../dtype.ts";
import type { Scalar } from "../scalar/interned.ts";
import type { MutableView, View } from "../view.ts";
import { coalesce, forEachRun } from "../walk.ts";

/** Implements `Engine.map` for the sum of both inputs. */
export function addByLoops<D extends DType>(_: Scalar, inputs: readonly View<D>[], output: MutableView<D>): void {
  const [x, y] = inputs as readonly [View<D>, View<D>], operands = [output, x, y]; // a sum has two operands
  const walk = coalesce(output.shape, operands.map(({ stride }) => stride)), length = walk.shape.at(-1)!;
  // One step for each operand.
  const [t, r, s] = walk.strides.map((stride) => stride.at(-1)!) as [number, number, number];
  forEachRun(walk, operands.map(({ offset }) => offset), ([to, p, q]) => {
    for (let i = 0; i < length; i++) output.data[to! + i * t] = x.data[p! + i * r]! + y.data[q! + i * s]!;
  });
}
