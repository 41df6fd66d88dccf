/**
 * Differentiable functions whose derivative the user writes.
 *
 * @module
 */
import { describe } from "../blas/describe.ts";
import * as either from "../blas/either.ts";
import type { DType } from "../blas/dtype.ts";
import { DTypeError, formatShape, ShapeError } from "../blas/errors.ts";
import { checkOptions } from "../blas/options.ts";
import { sameShape, type Shape } from "../blas/shape.ts";
import type { View } from "../blas/view.ts";
import { interpreterOf, isAbstract } from "./abstract_view.ts";
import { checkFunction } from "./arguments.ts";
import { batchOneByOne } from "./batch.ts";
import { AbstractValueError } from "./errors.ts";
import { zeros } from "./values/constructors.ts";
import { applySeveral, type MultiPrimitive } from "./multi_primitive.ts";
import { checkOperands } from "./primitive.ts";
import { stopGradient } from "./stop_gradient.ts";
import { constantOf, isTensor, nodesOf, type Tensor } from "./tensor.ts";
import { withinReach } from "./within_reach.ts";
import { innerView } from "./tensor_record.ts";

/** The definition that {@link customOp} takes. */
export type CustomOpDefinition<D extends DType, I extends readonly Tensor<D>[]> = {
  /** The name that error messages use. */
  readonly name: string;
  /**
   * Computes the result. It may read the operands as ordinary arrays and compute with those; its operations are not
   * tracked.
   */
  readonly forward: (...inputs: I) => Tensor<D>;
  /**
   * Returns the cotangents of the operands from that of the result: one for each operand, of its shape, or `null` where
   * the derivative is 0. If it is written with tensor operations, it can be differentiated again.
   */
  readonly vjp: (
    cotangent: Tensor<D>,
    application: { readonly inputs: I; readonly output: Tensor<D> },
  ) => readonly (Tensor | null)[];
  /**
   * Computes the results for many examples, for `vmap`: like `forward`, but operands for which `isBatched` is true hold
   * `size` examples along a new first axis, and so does the result. If it is left out, `vmap` runs `forward` on all
   * examples at once if `forward` is written with tensor operations, and otherwise in a loop over them.
   */
  readonly batch?:
    | ((inputs: I, examples: { readonly isBatched: readonly boolean[]; readonly size: number }) => Tensor<D>)
    | undefined;
};

/**
 * Makes a differentiable function of tensors from its value and its derivative.
 *
 * @param definition `name`; `forward`, from the operands to the result; `vjp`, from the cotangent of the result, with
 * `{ inputs, output }`, to an array of one cotangent, or `null`, for each operand. `vjp` is called once for each use of
 * the function in a backward pass. If it is written with tensor operations, it can itself be differentiated, which
 * second derivatives and `jvp` need. `batch`, which is optional, computes many examples at once in a function that `vmap`
 * maps. Without it, a `forward` or a `vjp` that reads values is called for one example after another. The derivative of
 * the batch is always that of its examples, by `vjp`.
 * @returns The function. It throws a `DTypeError` if the dtypes of operands and result differ, a `TypeError` if
 * `forward` does not return a tensor, and, in the backward pass, a `ShapeError` if `vjp` does not return one cotangent
 * of the right shape for each operand.
 *
 * @example Rounding with a gradient that ignores the rounding
 * ```ts
 * import { backward, customOp, sum, type Tensor, tensor64, toList } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * const round = customOp({
 *   name: "round",
 *   forward: (x: Tensor<"float64">) => tensor64(toList(x).map(Math.round), x.shape),
 *   vjp: (cotangent) => [cotangent],
 * });
 * const x = tensor64([0.4, 1.6]), y = round(x);
 * assertEquals(toList(y), [0, 2]);
 * assertEquals(toList(backward(sum(y)).get(x)!), [1, 1]);
 * ```
 */
export function customOp<D extends DType, I extends readonly Tensor<D>[]>(
  definition: CustomOpDefinition<D, I>,
): (...inputs: I) => Tensor<D> {
  checkOptions("build customOp", definition, { name: true, forward: true, vjp: true, batch: true });
  const { name, forward, vjp, batch } = definition;
  if (typeof name !== "string") {
    throw new TypeError(`Cannot build customOp with ${describe(name)} for name: it must be a text; pass a name`);
  }
  checkFunction(`build customOp ${name}`, "forward", forward);
  checkFunction(`build customOp ${name}`, "vjp", vjp);
  if (batch !== undefined) checkFunction(`build customOp ${name}`, "batch", batch);
  const run = (inputs: readonly Tensor<D>[]): View<D> => {
    // There are as many constants as operands, of the same dtype: still of type I.
    const output = forward(...inputs.map((t) => stopGradient(t)) as readonly Tensor<D>[] as I);
    if (isTensor(output)) return innerView(output);
    throw new TypeError(
      `Cannot apply ${name} whose forward returned ${describe(output)}: it must return a tensor; wrap it with constant`,
    );
  };
  // On tensors without elements, `forward` is run as it is if it reads no values; otherwise it becomes a primitive of
  // its own, and is run on zeros to find the shape of its result.
  const runAbstract = (inputs: readonly Tensor<D>[]): View<D> => {
    if (batch === undefined || !areExamples(inputs)) {
      try {
        return run(inputs);
      } catch (error) {
        if (!(error instanceof AbstractValueError)) throw error;
      }
    }
    const { shape } = run(inputs.map((t) => zeros<D>(t.shape, { dtype: t.dtype })));
    const [result] = applySeveral(primitiveOf(definition, shape, run), {}, inputs.map((t) => stopGradient(t)));
    return innerView(result!);
  };
  return (...inputs) => {
    checkOperands(name, inputs);
    const output = inputs.some((t) => isAbstract(innerView(t))) ? runAbstract(inputs) : run(inputs);
    checkDType(name, inputs, output);
    if (!inputs.some((t) => t.requiresGrad)) return constantOf<D>(output);
    const view = withinReach(constantOf(output), inputs) as View<D>; // of the dtype of the output
    return nodesOf<D>([view], primitiveOf(definition, output.shape, run), {}, inputs)[0]!;
  };
}

/**
 * Returns the primitive of one application. Its only result has a rule that gives the cotangents of all operands at
 * once.
 */
function primitiveOf<D extends DType, I extends readonly Tensor<D>[]>(
  { name, vjp, batch }: CustomOpDefinition<D, I>,
  shape: Shape,
  run: (inputs: readonly Tensor<D>[]) => View<D>,
): MultiPrimitive<unknown> {
  // Operands and result have one dtype, the D that the node was made with.
  return {
    name,
    samples: () => [],
    shapes: () => either.right([shape]),
    // The operands have dtype D, and so have the views.
    evaluate: (views) => [run(views.map((v) => constantOf(v as View<D>)))],
    batch: (operands, { size, oneByOne }) => {
      if (batch === undefined) return oneByOne();
      const isBatched = operands.map((operand) => operand.isBatched);
      // It is run as `forward` is, so that it may read values wherever `forward` may.
      const forward = (...inputs: readonly Tensor<D>[]): Tensor<D> => batch(inputs as I, { isBatched, size });
      // Operands have dtype D. The results get the derivative of single examples.
      const inputs = operands.map(({ tensor }) => stopGradient(tensor)) as readonly Tensor[] as readonly Tensor<D>[];
      const found = customOp<D, readonly Tensor<D>[]>({ name, forward, vjp: () => inputs.map(() => null) })(...inputs);
      checkBatch(name, found, [size, ...shape]);
      return [found];
    },
    vjps: ([cotangent], { inputs, outputs: [output] }) => {
      const pull = (cotangent: Tensor, inputs: readonly Tensor[], output: Tensor): readonly (Tensor | null)[] => {
        const answer = vjp(
          cotangent as Tensor<D>, // a cotangent has the dtype of the result
          { inputs: inputs as I, output: output as Tensor<D> }, // the operands, as they were passed
        );
        checkCotangents(name, inputs, answer);
        return answer;
      };
      const all = [cotangent!, ...inputs, output!];
      try {
        return pull(cotangent!, inputs, output!);
      } catch (error) {
        if (!(error instanceof AbstractValueError) || !areExamples(all)) throw error;
        return applySeveral(pullbackOf(name, inputs.map((t) => t.shape), pull), {}, all);
      }
    },
  };
}

/** Tells whether each of the tensors stands for one of many examples. */
const areExamples = (tensors: readonly Tensor[]): boolean =>
  interpreterOf(tensors.map((t) => innerView(t)))?.mapsExamples === true;

/** Returns the primitive of a derivative that reads values: of the cotangent, the operands and the result. */
function pullbackOf(
  name: string,
  shapes: readonly Shape[],
  pull: (cotangent: Tensor, inputs: readonly Tensor[], output: Tensor) => readonly (Tensor | null)[],
): MultiPrimitive<unknown> {
  return {
    name: `the vjp of ${name}`,
    samples: () => [],
    shapes: () => either.right(shapes),
    evaluate: (views) => {
      const [cotangent, ...rest] = views.map((v): Tensor => constantOf(v)), inputs = rest.slice(0, -1);
      return pull(cotangent!, inputs, rest.at(-1)!).map((share, k) =>
        innerView(share ?? zeros(inputs[k]!.shape, { dtype: inputs[k]!.dtype }))
      );
    },
    batch: batchOneByOne,
    vjps: () => {
      throw new TypeError(
        `Cannot differentiate the vjp of ${name} again: it reads values; write it with tensor operations`,
      );
    },
  };
}

function checkBatch(name: string, found: Tensor, wanted: Shape): void {
  if (sameShape(found.shape, wanted)) return;
  throw new ShapeError({
    op: `the batch of ${name}`,
    given: { result: found.shape },
    problem: `it must have shape ${
      formatShape(wanted)
    }: the number of examples, and the shape that forward returns for one`,
    remedy: "put the examples along the first axis of the result",
  });
}

function checkDType(name: string, inputs: readonly Tensor[], output: View): void {
  const wanted = inputs[0]?.dtype;
  if (wanted === undefined || wanted === output.dtype) return;
  throw new DTypeError({
    op: name,
    given: inputs.map(({ dtype }) => dtype),
    problem: `the result must have the operands' dtype, and forward returned ${output.dtype}`,
    remedy: `make it with constant(…, { dtype: "${wanted}" })`,
  });
}

function checkCotangents(name: string, inputs: readonly Tensor[], answer: readonly (Tensor | null)[]): void {
  const error = (problem: string, remedy: string): ShapeError =>
    new ShapeError({
      op: `the vjp of ${name}`,
      given: Object.fromEntries(inputs.map(({ shape }, k) => [`input ${k}`, shape])),
      problem,
      remedy,
    });
  if (!Array.isArray(answer) || answer.length !== inputs.length) {
    throw error(
      `it must return an array of ${inputs.length} cotangents, one for each operand`,
      "return null for an operand on which the result does not depend",
    );
  }
  answer.forEach((cotangent, k) => {
    const { shape, dtype } = inputs[k]!;
    if (cotangent === null) return;
    if (isTensor(cotangent) && sameShape(cotangent.shape, shape) && cotangent.dtype === dtype) return;
    const found = isTensor(cotangent) ? `${cotangent.dtype} ${formatShape(cotangent.shape)}` : describe(cotangent);
    throw error(`cotangent ${k} is ${found}, and its operand ${dtype} ${formatShape(shape)}`, "sum it to that shape");
  });
}
