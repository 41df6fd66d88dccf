/**
 * Products with the Jacobian, from the left and from the right.
 *
 * @module
 */
import { describe } from "../../blas/describe.ts";
import { DTypeError, ShapeError } from "../../blas/errors.ts";
import { sameShape } from "../../blas/shape.ts";
import { checkFunction, checkList } from "../arguments.ts";
import { pullBack } from "../backward.ts";
import { zeros } from "../values/constructors.ts";
import { runTransformed } from "./nesting.ts";
import { add } from "../ops/arithmetic.ts";
import { mapTensors, type ParameterTree, type TensorTree, zerosLike, zipTensors } from "../tree/parameter_tree.ts";
import { isTensor, type Tensor } from "../tensor.ts";
import { detached, lift } from "./gradient.ts";
import { leaves } from "../tree/tree.ts";

/** The result of {@link vjp}. */
export type PulledBack<P, O> = {
  /** What the function returned. */
  readonly value: O;
  /**
   * Maps a cotangent, a tree like the value, to cotangents of the primals. It is linear, and may be called many times.
   */
  readonly pullback: (cotangent: O) => P;
};

/**
 * Runs a function and returns its pullback: the vector-Jacobian product, from cotangents of the result to cotangents of
 * the arguments.
 *
 * As in JAX, except that the result has names and is not a pair. All arguments are differentiated; constants belong in
 * a closure. The results are detached from the graph; inside another transform they are not, and can be differentiated
 * again. The pullback keeps the intermediate results of this run for as long as it lives. `f` must not be asynchronous.
 *
 * @param f A function from trees of tensors to a tree of tensors, of any shapes.
 * @param primals The arguments.
 * @returns `{ value, pullback }`; `pullback(cotangent)` returns an array with a tree of cotangents for each primal,
 * zeros where the value does not depend on it, and throws a `ShapeError` or a `DTypeError` if the cotangent does not
 * match the value.
 * @throws {TypeError} If a primal or the value is not a tree of tensors.
 *
 * @example
 * ```ts
 * import { mul, type Tensor, tensor64, toList, vjp } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * const product = (x: Tensor<"float64">, y: Tensor<"float64">) => mul(x, y);
 * const { value, pullback } = vjp(product, tensor64([1, 2]), tensor64([3, 4]));
 * const [dx, dy] = pullback(tensor64([10, 100]));
 * assertEquals([value, dx, dy].map(toList), [[3, 8], [30, 400], [10, 200]]);
 * ```
 */
export function vjp<P extends readonly unknown[] & TensorTree<P>, O extends TensorTree<O>>(
  f: (...primals: P) => O,
  ...primals: P
): PulledBack<P, O> {
  checkFunction("apply vjp", "f", f);
  return pulledBack("vjp", f, primals);
}

function pulledBack<P extends readonly unknown[] & TensorTree<P>, O extends TensorTree<O>>(
  op: string,
  f: (...primals: P) => O,
  primals: P,
): PulledBack<P, O> {
  // Trees of the same structure.
  const lifted = mapTensors(lift, primals) as P, output = runTransformed(() => f(...lifted));
  checkOutput(op, output);
  const wanted = new Set(leaves<Tensor>(lifted));
  const pullback = (cotangent: O): P => {
    const cotangents = pullBack(seedsOf(output, cotangent, VJP_WORDS), wanted);
    return mapTensors((leaf) => cotangents.get(leaf) ?? zeros(leaf.shape, { dtype: leaf.dtype }), lifted);
  };
  return { value: mapTensors(detached, output), pullback };
}

/** The result of {@link jvp}. */
export type PushedForward<O> = {
  /** What the function returned. */
  readonly value: O;
  /** Its derivative along the tangents of the primals, a tree like the value. */
  readonly tangent: O;
};

/**
 * Runs a function and differentiates it along a direction: the Jacobian-vector product.
 *
 * As in JAX, except that the result has names and is not a pair. It is computed as the pullback of the pullback, which
 * is linear, so it needs no rules of its own and takes a few times as long as running `f`.
 *
 * @param f A function from trees of tensors to a tree of tensors, of any shapes.
 * @param primals An array of the arguments.
 * @param tangents An array of directions, trees of the structure, shapes and dtypes of the primals.
 * @returns `{ value, tangent }`, both like what `f` returns.
 * @throws {TypeError} If a primal or the value is not a tree of tensors, or the tangents have another structure.
 * @throws {ShapeError} If the tangents have other shapes.
 * @throws {DTypeError} If the tangents have other dtypes.
 *
 * @example The derivative of a square along (1, 10)
 * ```ts
 * import { jvp, square, type Tensor, tensor64, toList } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * const { value, tangent } = jvp((x: Tensor<"float64">) => square(x), [tensor64([2, 3])], [tensor64([1, 10])]);
 * assertEquals([value, tangent].map(toList), [[4, 9], [4, 60]]);
 * ```
 */
export function jvp<P extends readonly unknown[] & TensorTree<P>, O extends TensorTree<O>>(
  f: (...primals: P) => O,
  primals: readonly [...P],
  tangents: readonly [...NoInfer<P>],
): PushedForward<O> {
  checkFunction("apply jvp", "f", f);
  checkList("apply jvp", "primals", primals, "an array of the arguments", "pass [x] for a function of one argument");
  checkList("apply jvp", "tangents", tangents, "an array like the primals", "pass [direction] for one argument");
  // These are lists of trees of tensors, as P is, which TypeScript cannot tell from the tuples.
  const [given, along] = [primals, tangents] as readonly ParameterTree[];
  seedsOf(given!, along!, JVP_WORDS); // checks them before anything is computed
  const { value, pullback } = runTransformed(() => pulledBack("jvp", f, primals as P)); // trees of the same structure
  // The pullback at any cotangent will do, since it is linear; its result is a graph that leads to that cotangent.
  const cotangent = mapTensors(lift, zerosLike(value)), pulled = runTransformed(() => pullback(cotangent));
  const found = pullBack(
    seedsOf(pulled, along!, JVP_WORDS),
    new Set(leaves<Tensor>(cotangent)),
  );
  const tangentOf = (leaf: Tensor): Tensor => found.get(leaf) ?? zeros(leaf.shape, { dtype: leaf.dtype });
  return { value: mapTensors(detached, value), tangent: mapTensors(tangentOf, cotangent) };
}

/** The words that an error uses for a tensor and for the value given for it. */
type Words = { readonly op: string; readonly tensor: string; readonly given: string };

const VJP_WORDS: Words = { op: "vjp", tensor: "value", given: "cotangent" };
const JVP_WORDS: Words = { op: "jvp", tensor: "primal", given: "tangent" };

/** Returns the cotangents by tensor; a tensor that occurs twice in the tree gets both. */
function seedsOf(tree: ParameterTree, cotangents: ParameterTree, words: Words): ReadonlyMap<Tensor, Tensor> {
  const seeds = new Map<Tensor, Tensor>();
  zipTensors(
    (t, cotangent, path) => {
      checkMatch(t, cotangent, path, words);
      const present = seeds.get(t);
      seeds.set(t, present === undefined ? cotangent : add(present, cotangent));
      return t;
    },
    tree,
    cotangents,
  );
  return seeds;
}

function checkMatch(t: Tensor, given: Tensor, path: string, words: Words): void {
  const at = path === "" ? "" : ` at "${path}"`;
  if (!isTensor(t)) {
    throw new TypeError(
      `Cannot apply ${words.op} with ${
        describe(t)
      } for a ${words.tensor}${at}: it must be a tensor; wrap numbers with constant`,
    );
  }
  if (!isTensor(given)) {
    throw new TypeError(
      `Cannot apply ${words.op} with ${describe(given)} for a ${words.given}${at}: it must be a tensor like the ` +
        `${words.tensor}; wrap numbers with constant`,
    );
  }
  if (given.dtype !== t.dtype) {
    throw new DTypeError({
      op: words.op,
      given: [t.dtype, given.dtype],
      problem: `the ${words.given}${at} must have the dtype of its ${words.tensor}`,
      remedy: `make it a ${t.dtype} tensor`,
    });
  }
  if (sameShape(given.shape, t.shape)) return;
  throw new ShapeError({
    op: words.op,
    given: { [words.tensor]: t.shape, [words.given]: given.shape },
    problem: `the ${words.given}${at} must have the shape of its ${words.tensor}`,
    remedy: "reshape it, or stretch it with broadcastTo",
  });
}

/** Throws if a result is not a tree of tensors; `undefined` in a list, which cannot be left out, is refused, too. */
export function checkOutput(op: string, output: ParameterTree): void {
  mapTensors((leaf, path) => {
    if (isTensor(leaf)) return leaf;
    throw new TypeError(
      `Cannot apply ${op} to a function that returned ${describe(leaf)}${path === "" ? "" : ` at "${path}"`}: ` +
        "it must return a tensor or a tree of tensors; wrap numbers with constant, and leave out what is not a result",
    );
  }, output);
}
