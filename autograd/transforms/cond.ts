/**
 * Conditionals: a choice between two functions.
 *
 * @module
 */
import { ShapeError } from "../../blas/errors.ts";
import { isAbstract } from "../abstract_view.ts";
import { checkFunction, checkTensor } from "../arguments.ts";
import type { Tensor } from "../tensor.ts";
import { sizeOf } from "../../blas/shape.ts";
import type { TensorTree } from "../tree/parameter_tree.ts";
import { applyBranch } from "./branch_primitive.ts";
import { record, type Recording, typeOf, withSharedInputs } from "./recorded_function.ts";
import { type Leaf, leavesOf, likeLeaves, withTensors } from "./tensor_leaves.ts";

const ACTION = "apply cond";

/**
 * Runs one of two functions.
 *
 * A plain call runs only one of them, so that a function may call itself until the predicate ends the recursion, read
 * values, or do what would be an error in the other case. Therefore a plain call cannot check what the other function
 * would return. In a compiled function, where the predicate is not known, `cond` is one instruction that does the same
 * when it runs: both functions are run once, with tensors that have no values, and their results must agree in
 * structure, shapes and dtypes. `compile` a function to check this.
 *
 * @param predicate A tensor of one element: 0 chooses `whenFalse`, anything else `whenTrue`. No derivative flows to it.
 * @param whenTrue A function of the operands to a tree of tensors.
 * @param whenFalse Another one.
 * @param operands Trees of tensors.
 * @returns The result of the function that was run.
 * @throws {ShapeError} If the predicate has not exactly one element.
 * @throws {TypeError} If a result has other leaves than tensors and keys; in compiled functions, if the results of the two
 * do not agree. The message names the path.
 *
 * @example
 * ```ts
 * import { cond, greater, mul, neg, sum, type Tensor, tensor64, toList } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * const upwards = (x: Tensor<"float64">) => cond(greater(sum(x), 0), (t) => mul(t, 2), (t) => neg(t), x);
 * assertEquals([toList(upwards(tensor64([1, 2]))), toList(upwards(tensor64([-1, -2])))], [[2, 4], [1, 2]]);
 * ```
 */
export function cond<A extends readonly unknown[] & TensorTree<A>, R extends TensorTree<R>>(
  predicate: Tensor,
  whenTrue: (...operands: A) => R,
  whenFalse: (...operands: A) => R,
  ...operands: A
): R {
  checkTensor(ACTION, predicate);
  checkFunction(ACTION, "whenTrue", whenTrue);
  checkFunction(ACTION, "whenFalse", whenFalse);
  checkPredicate("cond", predicate);
  const leaves = leavesOf({ action: ACTION, subject: "operands" }, operands);
  if (!isAbstract(predicate.view)) {
    const chosen = predicate.view.get(...predicate.shape.map(() => 0)) !== 0 ? whenTrue : whenFalse;
    const returned = chosen(...operands);
    leavesOf({ action: ACTION, subject: "result" }, returned); // throws if it has other leaves
    return returned;
  }
  let result: R | undefined, first: readonly Leaf[] | undefined;
  const types = leaves.map(({ tensor }) => typeOf(tensor));
  const recordOne = (f: (...operands: A) => R): Recording =>
    record("cond", types, (inputs) => {
      const returned = f(...withTensors(operands, inputs)), words = { action: ACTION, subject: "result" };
      if (first === undefined) {
        result = returned;
        first = leavesOf(words, returned);
        return first.map(({ tensor }) => tensor);
      }
      return likeLeaves({ ...words, wanted: "the function for the other case returns" }, first, returned);
    }, { whole: true });
  const recordings = [recordOne(whenTrue), recordOne(whenFalse)];
  const given = [...leaves.map(({ tensor }) => tensor), ...recordings.flatMap(({ captured }) => captured)];
  const branches = withSharedInputs(recordings, leaves.length), tracked = given.map((t) => t.requiresGrad);
  const found = applyBranch({ name: "cond", branches, tracked }, [predicate, ...given]);
  return withTensors(result!, found); // as many tensors as the first function returned
}

/** Throws if the predicate does not have one element. */
export function checkPredicate(op: string, { shape }: Tensor): void {
  if (sizeOf(shape) === 1) return;
  throw new ShapeError({
    op,
    given: { predicate: shape },
    problem: "it must have one element",
    remedy: "reduce it: sum counts, max says whether any is true, min whether all are",
  });
}
