/**
 * Products of matrices, and of stacks of matrices.
 *
 * @module
 */
import type { Engine } from "../../engine.ts";
import { lengthsBetween, type Shape, sizeOf } from "../../shape.ts";
import { allocate, broadcastView, type MutableView, reshapeView, type View } from "../../view.ts";
import { changeOperand } from "../compose.ts";
import { plainOperand } from "../operand.ts";
import type { Loop, Operand } from "../program.ts";
import { copied } from "./dense.ts";
import type { OperationKind, Operator, TypedValue } from "./operator.ts";

/**
 * The product of `a` `[..., m, k]` and `b` `[..., k, n]`, whose batch axes are equal (repeated by stride 0 if
 * necessary). With an epilogue, a loop over the product's shape, the results are those of the epilogue.
 */
export type GemmOperation = {
  readonly kind: "gemm";
  readonly a: Operand;
  readonly b: Operand;
  readonly epilogue?: Loop;
};

/** The functions of an engine that multiply; stacks that strides cannot express are copied. */
export type ProductFunction = "gemm" | "gemmBatched" | "copy";

/** The operator that multiplies matrices, the last two axes; the axes before broadcast. */
export const gemm: Operator<ProductFunction> = {
  run: (engine, [a, b], { dtype, shape }) => {
    const c = allocate(dtype, shape);
    multiplyInto(engine, a!, b!, c);
    return c;
  },
  place: ([a, b], { shape }) => {
    const batch = lengthsBetween(shape, 0, -2);
    const stacked = ({ value, shape: own }: TypedValue): Operand =>
      changeOperand(plainOperand(value, own), { kind: "broadcast", shape: [...batch, ...lengthsBetween(own, -2)] })!;
    return { kind: "gemm", a: stacked(a!), b: stacked(b!) };
  },
};

/**
 * Computes a product into a row-major array.
 *
 * @param a `[..., m, k]`, any strides; batch axes that broadcast to those of `c`.
 * @param b `[..., k, n]`, likewise.
 * @param c `[..., m, n]`, row-major.
 */
function multiplyInto(engine: Pick<Engine, ProductFunction>, a: View, b: View, c: MutableView): void {
  if (c.shape.length === 2) return engine.gemm({ alpha: 1, a, b, beta: 0, c });
  const batch = lengthsBetween(c.shape, 0, -2), stack = (x: View): View => stackOf(engine, x, batch);
  // A view of the result, which is written here.
  engine.gemmBatched({ alpha: 1, a: stack(a), b: stack(b), beta: 0, c: stack(c) as MutableView });
}

/** Repeats a view along the batch axes, and joins these. The elements are copied if strides cannot express that. */
function stackOf(engine: Pick<Engine, ProductFunction>, x: View, batch: Shape): View {
  const matrix = lengthsBetween(x.shape, -2), repeated = broadcastView(x, [...batch, ...matrix]);
  const stacked = [sizeOf(batch), ...matrix];
  return reshapeView(repeated, stacked) ?? reshapeView(copied(engine, repeated), stacked)!;
}

/** The kind of matrix products. */
export const gemmKind: OperationKind<GemmOperation> = {
  operands: ({ a, b }) => [a, b],
  withOperands: (operation, [a, b]) => ({ ...operation, a: a!, b: b! }),
  compute: ({ a, b }, { engine, results, view }) => [gemm.run(engine, [view(a), view(b)], results[0]!)],
  computeInto: ({ a, b }) => ({ engine, view }, [c]) => multiplyInto(engine, view(a), view(b), c!),
  engineFunction: ({ a }) => a.shape.length > 2 ? "gemmBatched" : "gemm",
  key: () => "",
  format: ({ a, b }, write) => [`gemm ${write.operand(a)} ${write.operand(b)}`],
  flops: ({ a, b }) => 2 * sizeOf(a.shape) * b.shape.at(-1)!,
  work: ({ a }, elements) => elements * a.shape.at(-1)!,
  withResults: () => undefined, // it has one result
  epilogueShape: ({ a, b }) => a.shape.length === 2 ? [a.shape[0]!, b.shape[1]!] : undefined,
  anyShape: false,
};
