/**
 * Fourier transforms of arrays along one axis by kernels, in float64 whatever the dtype: two complex lines, or four real
 * ones, at once.
 *
 * @module
 */
import { BYTES_PER_ELEMENT } from "../../dtype.ts";
import {
  type ComplexView,
  type FourierTransforms,
  type MutableComplexView,
  PLAIN_TRANSFORMS,
} from "../../fourier/transforms.ts";
import type { MutableView, View } from "../../view.ts";
import type { Context, Kernel, Kernels } from "../kernels.ts";
import { fits } from "../room.ts";
import { LINE_KERNELS } from "./line_kernel.ts";
import {
  type ComplexAddress,
  exchangedAt,
  partsAt,
  planVectors,
  type VectorTransform,
  vectorTransform,
} from "./plan.ts";
import { type Lines, linesOf, stagedWidth, stageLines, unstageLines } from "./staged_lines.ts";
import { COMPLEX_BYTES, VECTOR_BYTES } from "./stage_kernel.ts";

/** Lines are staged in groups of about so many elements, so that they are cached when kernels read them. */
const GROUP = 16_384;

/** The lines that are computed at once, at most. */
const AT_ONCE = 4;

/** What the lines of a group are computed with. */
type Workplace = {
  /** The memory as numbers of the dtype. */
  readonly memory: Float32Array | Float64Array;
  /** The positions in it where lines are staged, one for each array. */
  readonly starts: readonly number[];
  /** The number of lines of a group. */
  readonly lines: number;
  /** Where the complex numbers of some lines are brought, and what transforms them. */
  readonly run: number;
  readonly transform: VectorTransform;
  readonly kernels: Kernels;
};

/**
 * Reserves memory for the transforms of some lines, calls, and releases it.
 *
 * @param widths The lengths of the lines that are staged, for each array.
 */
function withWorkplace(
  { scratch, kernels }: Context,
  { dtype }: View,
  length: number,
  widths: readonly number[],
  call: (place: Workplace) => void,
): void {
  const mark = scratch.mark(), plan = planVectors(length), bytes = BYTES_PER_ELEMENT[dtype];
  const lines = Math.max(1, Math.floor(GROUP / (AT_ONCE * length))) * AT_ONCE;
  try {
    const tables = scratch.reserve(plan.tables.byteLength), workspace = scratch.reserve(plan.workspace * COMPLEX_BYTES);
    const run = scratch.reserve((length + 1) * COMPLEX_BYTES);
    const starts = widths.map((width) => scratch.reserve(stagedWidth(width) * lines * bytes + VECTOR_BYTES) / bytes);
    scratch.float64.set(plan.tables, tables / scratch.float64.BYTES_PER_ELEMENT);
    const transform = vectorTransform(plan, { scratch, kernels }, tables, workspace);
    call({ memory: scratch.data(dtype), starts, lines, run, transform, kernels: kernels(LINE_KERNELS, dtype) });
  } finally {
    scratch.release(mark);
  }
}

/** Stages arrays group by group, computes, and copies results out. */
function forEachGroup(
  { memory, starts, lines }: Workplace,
  inputs: readonly Lines[],
  outputs: readonly (Lines & { readonly view: MutableView })[],
  compute: (count: number) => void,
): void {
  const total = inputs[0]!.offsets.length, results = starts.slice(-outputs.length);
  for (let first = 0; first < total; first += lines) {
    const count = Math.min(lines, total - first);
    inputs.forEach((own, k) => stageLines(memory, starts[k]!, own, [first, count, AT_ONCE]));
    compute(count);
    outputs.forEach((own, k) => unstageLines(memory, results[k]!, own, [first, count]));
  }
}

const outputLines = (view: MutableView, axis: number) => ({ ...linesOf(view, axis), view });

/** Longer lines would take too much memory, and those that do not fit: plain loops transform them. */
const LONGEST = 262_144;

/** The most bytes for each number of a line, tables and workspace of prime lengths included, and for the lines of a group. */
const BYTES_A_NUMBER = 640, BESIDE = 0x8_0000;

/** Returns the transforms by the kernels of an engine. */
export function fourierOn(context: Context): FourierTransforms {
  const { transformLines: plainLines, transformRealLines: plainReal, transformToRealLines: plainToReal } =
    PLAIN_TRANSFORMS;
  const isShort = ({ shape }: View, axis: number): boolean =>
    shape[axis]! <= LONGEST && fits(context.scratch, BYTES_A_NUMBER * shape[axis]! + BESIDE);
  return {
    transformLines: (z, axis, sign, results) =>
      isShort(z[0], axis) ? transformLines(context, z, axis, sign, results) : plainLines(z, axis, sign, results),
    transformRealLines: (x, axis, results) =>
      isShort(x, axis) ? transformRealLines(context, x, axis, results) : plainReal(x, axis, results),
    transformToRealLines: (z, axis, result) =>
      isShort(result, axis) ? transformToRealLines(context, z, axis, result) : plainToReal(z, axis, result),
  };
}

function transformLines(
  context: Context,
  z: ComplexView,
  axis: number,
  sign: 1 | -1,
  results: MutableComplexView,
): void {
  const inputs = z.map((v) => linesOf(v, axis)), outputs = results.map((v) => outputLines(v, axis));
  const length = z[0].shape[axis]!;
  if (inputs[0]!.offsets.length === 0) return;
  // Results take the places of operands.
  withWorkplace(context, z[0], length, [length, length], (place) => {
    const { memory, starts, run, transform } = place, read = place.kernels.read!, write = place.kernels.write!;
    const bytes = memory.BYTES_PER_ELEMENT, width = stagedWidth(length), parts = sign === -1 ? partsAt : exchangedAt;
    forEachGroup(place, inputs, outputs, (count) => {
      for (let k = 0; k < count; k += 2) {
        const [re, im] = starts.map((start) => (start + k * width) * bytes) as [number, number]; // two arrays
        const x = parts(run);
        read(length, re, re + width * bytes, x.re);
        read(length, im, im + width * bytes, x.im);
        const y = parts(transform(run));
        write(length, y.re, re, re + width * bytes);
        write(length, y.im, im, im + width * bytes);
      }
    });
  });
}

/** Calls a kernel for lines 0 and 2, with the address of the real parts, and for lines 1 and 3, with that of the imaginary ones. */
function forBothParts(
  kernel: Kernel,
  length: number,
  line: number,
  step: number,
  { re, im }: ComplexAddress,
  reads: boolean,
): void {
  for (const [own, part] of [[line, re], [line + step, im]] as const) {
    if (reads) kernel(length, own, own + 2 * step, part);
    else kernel(length, part, own, own + 2 * step);
  }
}

function transformRealLines(context: Context, x: View, axis: number, results: MutableComplexView): void {
  const input = linesOf(x, axis), outputs = results.map((v) => outputLines(v, axis)), { length } = input;
  if (input.offsets.length === 0) return;
  const kept = outputs[0]!.length;
  withWorkplace(context, x, length, [length, kept, kept], (place) => {
    const { memory, starts: [start, ofRe, ofIm], run, transform, kernels } = place, bytes = memory.BYTES_PER_ELEMENT;
    const step = stagedWidth(length) * bytes, line = stagedWidth(kept) * bytes;
    forEachGroup(place, [input], outputs, (count) => {
      for (let k = 0; k < count; k += AT_ONCE) {
        forBothParts(kernels.read!, length, start! * bytes + k * step, step, partsAt(run), true);
        const { re, im } = partsAt(transform(run));
        kernels.split!(length, re, im, ofRe! * bytes + k * line, ofIm! * bytes + k * line, line);
      }
    });
  });
}

function transformToRealLines(context: Context, z: ComplexView, axis: number, result: MutableView): void {
  const inputs = z.map((v) => linesOf(v, axis)), output = outputLines(result, axis), { length } = output;
  if (output.offsets.length === 0) return;
  const given = inputs[0]!.length;
  withWorkplace(context, result, length, [given, given, length], (place) => {
    const { memory, starts: [ofRe, ofIm, start], run, transform, kernels } = place, bytes = memory.BYTES_PER_ELEMENT;
    const step = stagedWidth(length) * bytes, line = stagedWidth(given) * bytes;
    forEachGroup(place, inputs, [output], (count) => {
      for (let k = 0; k < count; k += AT_ONCE) {
        const x = exchangedAt(run);
        kernels.join!(length, ofRe! * bytes + k * line, ofIm! * bytes + k * line, line, x.re, x.im);
        const y = exchangedAt(transform(run));
        forBothParts(kernels.write!, length, start! * bytes + k * step, step, y, false);
      }
    });
  });
}
