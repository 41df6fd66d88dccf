/**
 * Fourier transforms of two lines at once, in the memory of kernels.
 *
 * @module
 */
import { radicesOf } from "../../fourier/mixed_radix.ts";
import { planFourier } from "../../fourier/plan.ts";
import { listRoots } from "../../fourier/roots.ts";
import type { Context } from "../kernels.ts";
import { TURN_KERNELS } from "./line_kernel.ts";
import { COMPLEX_BYTES, stageKernels, VECTOR_BYTES } from "./stage_kernel.ts";

/** The addresses of the first real and imaginary parts of complex vectors, the one right before the other. */
export type ComplexAddress = { readonly re: number; readonly im: number };

/**
 * A plan: the stages of a length whose prime factors are small, or the factors of Bluestein's algorithm around the plan of
 * a power of two.
 */
export type VectorPlan = {
  readonly length: number;
  /** Complex vectors of workspace. */
  readonly workspace: number;
  /** Tables that the kernels read. */
  readonly tables: Float64Array;
  readonly method:
    | { readonly kind: "stages"; readonly stages: readonly Stage[] }
    | { readonly kind: "convolution"; readonly inner: VectorPlan; readonly kernel: number; readonly end: number };
};

/** A stage, and where its roots are among the tables. */
type Stage = { readonly radix: number; readonly parts: number; readonly stride: number; readonly roots: number };

/** The latest plans, oldest first. */
const plans: Map<number, VectorPlan> = /* @__PURE__ */ new Map();

/** The number of plans kept, and the longest. */
const MOST_PLANS = 16, LONGEST_KEPT = 2 ** 18;

/** Returns the plan of a length, 1 or more. */
export function planVectors(length: number): VectorPlan {
  const known = plans.get(length);
  if (known !== undefined) return known;
  const radices = radicesOf(length), made = radices === undefined ? bluestein(length) : inStages(length, radices);
  if (length > LONGEST_KEPT) return made;
  if (plans.size >= MOST_PLANS) { for (const oldest of [...plans.keys()].slice(0, 1)) plans.delete(oldest); }
  plans.set(length, made);
  return made;
}

function inStages(length: number, radices: readonly number[]): VectorPlan {
  const { cos, sin } = listRoots(length, length), tables: number[] = [];
  let stride = 1;
  const stages = radices.map((radix): Stage => {
    const stage = { radix, parts: length / (stride * radix), stride, roots: tables.length };
    for (let p = 1; p < stage.parts; p++) {
      for (let k = 1; k < radix; k++) tables.push(cos[p * k * stride]!, -sin[p * k * stride]!);
    }
    stride *= radix;
    return stage;
  });
  return { length, workspace: length, tables: Float64Array.from(tables), method: { kind: "stages", stages } };
}

/** See `blas/fourier/plan.ts`, whose transforms of any length these are. */
function bluestein(length: number): VectorPlan {
  const size = 2 ** Math.ceil(Math.log2(2 * length - 1)), inner = inStages(size, radicesOf(size)!);
  const chirp = listRoots(length, 2 * length, (k) => k * k % (2 * length));
  const start = inner.tables.length, kernel = start + 2 * length, end = kernel + 2 * size;
  const tables = new Float64Array(end + 2 * length);
  tables.set(inner.tables);
  const re = new Float64Array(size), im = new Float64Array(size);
  for (let k = 0; k < length; k++) {
    const c = chirp.cos[k]!, s = chirp.sin[k]!;
    tables.set([c, -s], start + 2 * k);
    tables.set([c / size, -s / size], end + 2 * k);
    for (const at of [k, (size - k) % size]) {
      re[at] = c;
      im[at] = s;
    }
  }
  planFourier(size)({ re, im });
  for (let k = 0; k < size; k++) tables.set([re[k]!, im[k]!], kernel + 2 * k);
  return {
    length,
    workspace: size + inner.workspace,
    tables,
    method: { kind: "convolution", inner, kernel, end },
  };
}

/** Transforms the complex vectors at an address, whose memory it may use, and returns the address of the results. */
export type VectorTransform = (address: number) => number;

/** Returns the parts of complex vectors. */
export const partsAt = (address: number): ComplexAddress => ({ re: address, im: address + VECTOR_BYTES });

/** Returns the parts taken for each other: so, before and after, the transform is the one of the other sign. */
export const exchangedAt = (address: number): ComplexAddress => ({ re: address + VECTOR_BYTES, im: address });

/**
 * Returns the transform of a plan.
 *
 * @param tables The address of the plan's tables.
 * @param workspace The address of its workspace.
 */
export function vectorTransform(
  plan: VectorPlan,
  context: Context,
  tables: number,
  workspace: number,
): VectorTransform {
  const { length, method } = plan;
  if (method.kind === "stages") {
    const stages = method.stages.map((stage) => {
      const { stage: run } = context.kernels(stageKernels(stage.radix), "float64");
      return { ...stage, run: run!, roots: tables + FLOAT64_BYTES * stage.roots }; // built under this name
    });
    return (address) => {
      let from = address, to = workspace;
      for (const { run, parts, stride, roots } of stages) {
        run(from, to, parts, stride, roots);
        [from, to] = [to, from];
      }
      return from;
    };
  }
  const { inner, kernel, end } = method, size = inner.length, { scratch } = context;
  const turn = context.kernels(TURN_KERNELS, "float64").turn!; // built under this name
  const transform = vectorTransform(inner, context, tables, workspace + size * COMPLEX_BYTES);
  const turned = (n: number, from: ComplexAddress, to: ComplexAddress, factors: number): void => {
    turn(n, from.re, from.im, to.re, to.im, tables + FLOAT64_BYTES * factors);
  };
  return (address) => {
    turned(length, partsAt(address), partsAt(workspace), inner.tables.length);
    const zeros = (workspace + length * COMPLEX_BYTES) / FLOAT64_BYTES;
    scratch.float64.fill(0, zeros, zeros + (size - length) * COMPLEX_BYTES / FLOAT64_BYTES);
    // The transform's own workspace must be free, though it may have left its results there.
    turned(size, partsAt(transform(workspace)), exchangedAt(workspace), kernel);
    turned(length, exchangedAt(transform(workspace)), partsAt(address), end);
    return address;
  };
}

const FLOAT64_BYTES = 8;
