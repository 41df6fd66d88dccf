/**
 * Recorded scans: the primitive that `scanAlong` applies in traced or recorded functions.
 *
 * Operands are the carry, the sequences, whose first axis is that of the steps, and the captured tensors; results are
 * the final carry, and the outputs of each step, stacked along a new first axis.
 *
 * @module
 */
import * as either from "../../blas/either.ts";
import { scanPrograms } from "../../blas/parts/programs.ts";
import { copyPart } from "../../blas/parts/copy.ts";
import type { Shape } from "../../blas/shape.ts";
import { allocate, type MutableView, sliceView, unsafeView, type View } from "../../blas/view.ts";
import { plainOperand } from "../../blas/program/operand.ts";
import { applySeveralChecked, type MultiPrimitive } from "../multi_primitive.ts";
import { constantOf, type Tensor } from "../tensor.ts";
import { zeros } from "../values/constructors.ts";
import { batchScan } from "./loop_batch.ts";
import { type RecordedFunction, replay, typeOf } from "./recorded_function.ts";
import { type Backward, differentiateStep, withoutInputs } from "./scan_derivative.ts";

/** The attributes of a scan. */
export type ScanAttributes = {
  /** The step: from the carry, the slices and the captured tensors to the next carry and the outputs. */
  readonly step: RecordedFunction;
  /** The number of tensors in the carry. */
  readonly carries: number;
  /** The number of sequences. */
  readonly sequences: number;
  readonly length: number;
  /** Whether the slices are visited from the last to the first. */
  readonly reverse: boolean;
  /** The derivative of the step; the values that it needs of the forward pass are the last results. */
  readonly backward?: Backward;
};

const scanPrimitive: MultiPrimitive<ScanAttributes> = {
  name: "scanAlong",
  samples: () => [],
  shapes: (_, { step, carries, length }) =>
    either.right(step.outputs.map(({ shape }, k): Shape => k < carries ? shape : [length, ...shape])),
  resultDTypes: ({ step }) => step.outputs.map(({ dtype }) => dtype),
  evaluate: (inputs, attributes, shapes) => runScan(inputs, attributes, shapes),
  batch: (operands, context) => {
    const { step, carries, sequences, length, reverse } = context.attributes;
    return batchScan(operands, {
      ...context,
      attributes: { step, carries, sequences, length, reverse },
      again: applyScan,
    });
  },
  programs: scanPrograms,
  place: (inputs, { step, carries, sequences, length, reverse }, trace) => ({
    kind: "scan",
    body: trace(step.inputs.map(typeOf), (given) => replay(step, given)),
    carries,
    finals: Array.from({ length: carries }, (_, k) => k),
    sequences,
    length,
    reverse,
    operands: inputs.map(({ value, shape }) => plainOperand(value, shape)),
  }),
  vjps: (cotangents, { attributes, inputs, outputs }) => {
    const { step, carries } = attributes, { backward } = attributes;
    const proper = step.outputs.length - (backward?.residuals ?? 0);
    // Second derivatives differentiate the kept values too.
    if (backward === undefined || cotangents.slice(proper).some((cotangent) => cotangent !== null)) {
      return pullScanBack(differentiable(attributes, inputs.map(() => true)), inputs, cotangents);
    }
    return pullBackWith(backward, { ...attributes, carries }, { cotangents, inputs, outputs });
  },
};

/** Applies a recorded step to each slice. */
export function applyScan(attributes: ScanAttributes, operands: readonly Tensor[]): readonly Tensor[] {
  if (!operands.some((t) => t.requiresGrad)) return applySeveralChecked(scanPrimitive, attributes, operands);
  const tracked = operands.map((t) => t.requiresGrad), count = attributes.step.outputs.length;
  return applySeveralChecked(scanPrimitive, differentiable(attributes, tracked), operands).slice(0, count);
}

/** Returns the same scan, which also returns the values that its derivative needs. */
function differentiable(attributes: ScanAttributes, tracked: readonly boolean[]): ScanAttributes {
  const { forward, backward } = differentiateStep(attributes, tracked);
  return { ...attributes, step: forward, backward };
}

/** Runs the scan again, and pulls cotangents back through it. */
function pullScanBack(
  attributes: ScanAttributes,
  inputs: readonly Tensor[],
  cotangents: readonly (Tensor | null)[],
): readonly (Tensor | null)[] {
  const outputs = applySeveralChecked(scanPrimitive, attributes, inputs);
  return pullBackWith(attributes.backward!, attributes, { cotangents, inputs, outputs });
}

type ScanApplication = {
  readonly cotangents: readonly (Tensor | null)[];
  readonly inputs: readonly Tensor[];
  readonly outputs: readonly Tensor[];
};

/**
 * Runs the backward scan: it carries the cotangents of the carry and the sums of the cotangents of captured tensors.
 */
function pullBackWith(
  backward: Backward,
  { step, carries, sequences, length, reverse }: ScanAttributes,
  { cotangents, inputs, outputs }: ScanApplication,
): readonly (Tensor | null)[] {
  const { accumulated, sliced, captured, tracked, residuals } = backward, proper = step.outputs.length - residuals;
  const zerosOf = ({ shape, dtype }: Tensor): Tensor => zeros(shape, { dtype });
  const ends = outputs.slice(0, carries).map((t, k) => cotangents[k] ?? zerosOf(t));
  const sums = accumulated.map((k) => zerosOf(inputs[carries + sequences + k]!));
  const yielded = cotangents.slice(carries, proper), first = carries + accumulated.length;
  const absent = yielded.flatMap((cotangent, k) => cotangent === null ? [first + k] : []);
  const operands = [
    ...ends,
    ...sums,
    ...yielded.filter((cotangent) => cotangent !== null),
    ...sliced.map((k) => inputs[carries + k]!),
    ...outputs.slice(proper),
    ...captured.map((k) => inputs[carries + sequences + k]!),
  ];
  const found = applyScan({
    step: withoutInputs(backward.step, absent),
    carries: first,
    sequences: yielded.length - absent.length + sliced.length + residuals,
    length,
    reverse: !reverse,
  }, operands);
  const shares: (Tensor | null)[] = inputs.map(() => null);
  for (let k = 0; k < carries; k++) shares[k] = found[k]!;
  accumulated.forEach((k, i) => shares[carries + sequences + k] = found[carries + i]!);
  tracked.forEach((k, i) => shares[carries + k] = found[first + i]!);
  const stacks = new Map<View, Tensor>();
  backward.slices.forEach((view, k) => stacks.set(view, inputs[carries + k]!));
  backward.kept.forEach((view, k) => stacks.set(view, outputs[proper + k]!));
  backward.cotangents.forEach((view, k) => stacks.set(view, found[first + k]!));
  backward.yielded.forEach((view, k) => stacks.set(view, found[first + tracked.length + k]!));
  for (const { captured, sum } of backward.deferred) {
    shares[carries + sequences + captured] = sum.total((view) => stacks.get(view)!);
  }
  return shares;
}

/** Runs the steps one after another on arrays. */
function runScan(
  inputs: readonly View[],
  { step, carries, sequences, length, reverse }: ScanAttributes,
  shapes: readonly Shape[],
): readonly View[] {
  const engine = copyPart.inUse(),
    xs = inputs.slice(carries, carries + sequences),
    captured = inputs.slice(carries + sequences).map(constantOf);
  const ys = shapes.slice(carries).map((shape, k) => allocate(step.outputs[carries + k]!.dtype, shape));
  let carry: readonly Tensor[] = inputs.slice(0, carries).map(constantOf);
  for (let i = 0; i < length; i++) {
    const at = reverse ? length - 1 - i : i, slices = xs.map((x) => constantOf(sliceAt(x, at)));
    const returned = replay(step, [...carry, ...slices, ...captured]);
    ys.forEach((y, k) => engine.copy({ x: returned[carries + k]!.view, y: sliceAt(y, at) }));
    carry = returned.slice(0, carries);
  }
  return [...carry.map(({ view }) => view), ...ys];
}

function sliceAt(x: View, at: number): MutableView {
  const ranges = x.shape.map((count, axis) => ({ start: axis === 0 ? at : 0, step: 1, count: axis === 0 ? 1 : count }));
  const { data, offset, stride, shape } = sliceView(x, ranges);
  return unsafeView(data, shape.slice(1), stride.slice(1), offset);
}
