/**
 * Folds over the slices of tensors.
 *
 * @module
 */
import { describe } from "../../blas/describe.ts";
import { formatShape, ShapeError } from "../../blas/errors.ts";
import { checkOptions } from "../../blas/options.ts";
import { checkResultShape, normalizeAxis, type Shape, unwrap } from "../../blas/shape.ts";
import { isRunningAbstractly } from "../abstract_view.ts";
import { checkFunction } from "../arguments.ts";
import { stack } from "../ops/concat.ts";
import { transpose } from "../ops/transpose.ts";
import type { Tensor } from "../tensor.ts";
import type { Key } from "../random/key.ts";
import type { TensorTree } from "../tree/parameter_tree.ts";
import { zeros } from "../values/constructors.ts";
import { record, typeOf } from "./recorded_function.ts";
import { applyScan } from "./scan_primitive.ts";
import { type Leaf, leavesOf, likeLeaves, type LoopTree, placeIn, withSlices, withTensors } from "./tensor_leaves.ts";
import { unstack } from "./unstack.ts";

/** The options of {@link scanAlong}. */
export type ScanAlongOptions = {
  /** The axis of `xs` that the steps run along; a negative one counts from the end. 0 if left out. */
  readonly axis?: number | undefined;
  /** Whether the last slices come first; false if left out. */
  readonly reverse?: boolean | undefined;
  /** The number of steps: required if `xs` is `null` or has no tensors, otherwise the length of the axis. */
  readonly length?: number | undefined;
};

/** The slices of `xs` that a step receives: the same tree, with a slice of each tensor, and with one key of each array of keys. */
export type SliceOf<X> = X extends readonly Key[] ? Key
  : X extends Tensor ? X
  : X extends object ? { [K in keyof X]: SliceOf<X[K]> }
  : X;

const ACTION = "apply scanAlong";

const YIELDED = { action: ACTION, subject: "y", keys: "none" } as const;

/**
 * Folds a function over the slices of tensors along an axis, and stacks its outputs.
 *
 * A plain call is an ordinary loop. In a compiled function it is one instruction, however many steps there are: the
 * function is run once, with tensors that have no values, and so are its derivatives, which go to any order.
 *
 * @typeParam C The type of the carry: a tree of tensors and keys.
 * @typeParam X The type of the input: a tree of tensors and of arrays of keys, one for each step; or `null`.
 * @typeParam Y The type of the output of a step: a tree of tensors, or `null` for none.
 * @param f A function from the carry and the next slices, a tree like `xs` whose tensors lack the axis, and which has
 * one key in place of an array of keys, to `[carry, y]`.
 * @param carry The carry for the first step. Structure, shapes and dtypes stay the same.
 * @param xs The input that is cut into slices; the axis must have the same length in all tensors.
 * @param options `axis`: the axis of `xs`, 0 by default; `reverse`: whether to begin at its end; `length`: the number
 * of steps, where `xs` is `null`.
 * @returns `[carry, ys]`: the last carry, and each tensor of `y` stacked along a new first axis, in the order of `xs`,
 * even in reverse. For length 0, the given carry, and `ys` without elements.
 * @throws {TypeError} If `f` returns a carry unlike the one that it was given; the message names the path.
 * @throws {ShapeError} If the axis is out of range or its lengths differ.
 * @throws {RangeError} If `length` is missing, or not that of the axis.
 *
 * @example A running mean that forgets
 * ```ts
 * import { add, mul, scanAlong, type Tensor, tensor64, toList, toNumber } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * const smooth = (mean: Tensor<"float64">, x: Tensor<"float64">) => {
 *   const next = add(mul(mean, 0.5), mul(x, 0.5));
 *   return [next, next] as const;
 * };
 * const [last, all] = scanAlong(smooth, tensor64(0), tensor64([4, 2, 6]));
 * assertEquals([toNumber(last), toList(all)], [4, [2, 2, 4]]);
 * ```
 */
export function scanAlong<C extends LoopTree<C>, X extends LoopTree<X> | null, Y extends TensorTree<Y> | null>(
  f: (carry: C, x: SliceOf<X>) => readonly [carry: C, y: Y],
  carry: C,
  xs: X,
  options: ScanAlongOptions = {},
): readonly [carry: C, ys: Y] {
  checkFunction(ACTION, "f", f);
  checkOptions(ACTION, options, { axis: true, reverse: "flag", length: true });
  const { axis = 0, reverse = false } = options;
  const given = leavesOf({ action: ACTION, subject: "carry" }, carry);
  const sequences = leavesOf({ action: ACTION, subject: "xs", keys: "arrays" }, xs);
  const axes = sequences.map(({ tensor, kind }) =>
    kind === "keys" ? 0 : unwrap(normalizeAxis("scanAlong", tensor.shape, axis))
  );
  const length = lengthOf(sequences, axes, options.length);
  const step = (tensors: readonly Tensor[], slices: readonly Tensor[]): Stepped<Y> => {
    // The slices have the structure of `xs`.
    const returned: unknown = f(withTensors(carry, tensors), withSlices(xs, slices) as SliceOf<X>);
    if (!Array.isArray(returned) || returned.length !== 2) {
      throw new TypeError(
        `Cannot ${ACTION} with a function that returned ${describe(returned)}: it must return [carry, y]; ` +
          "return null as y if there is none",
      );
    }
    const wanted = "the function was given";
    return {
      carry: likeLeaves({ action: ACTION, subject: "carry", wanted }, given, returned[0]),
      y: returned[1] as Y, // the output of f
      yields: leavesOf(YIELDED, returned[1]),
    };
  };
  const fold = { given, sequences, axes, length, reverse, step };
  const { carried, ys, y } = length === 0 || isRunningAbstractly() ? foldRecorded(fold) : foldPlainly(fold);
  return [withTensors(carry, carried), withTensors(y, ys)];
}

/** The result of a step. */
type Stepped<Y> = { readonly carry: readonly Tensor[]; readonly y: Y; readonly yields: readonly Leaf[] };

type Fold<Y> = {
  readonly given: readonly Leaf[];
  readonly sequences: readonly Leaf[];
  readonly axes: readonly number[];
  readonly length: number;
  readonly reverse: boolean;
  readonly step: (carry: readonly Tensor[], slices: readonly Tensor[]) => Stepped<Y>;
};

/** The final carry, the outputs, and a tree with the structure of an output. */
type Folded<Y> = { readonly carried: readonly Tensor[]; readonly ys: readonly Tensor[]; readonly y: Y };

function foldPlainly<Y>({ given, sequences, axes, length, reverse, step }: Fold<Y>): Folded<Y> {
  const slices = sequences.map(({ tensor }, k) => unstack(tensor, axes[k]!));
  let carried: readonly Tensor[] = given.map(({ tensor }) => tensor), last: Stepped<Y> | undefined;
  const lists: Tensor[][] = [];
  for (let i = 0; i < length; i++) {
    const at = reverse ? length - 1 - i : i, stepped = step(carried, slices.map((list) => list[at]!));
    const wanted = "an earlier step returned", first: Stepped<Y> = last ??= stepped;
    likeLeaves({ ...YIELDED, wanted }, first.yields, stepped.y).forEach((t, k) => {
      if (lists[k] === undefined) checkResultShape("scanAlong", [length, ...t.shape]); // before all other steps
      (lists[k] ??= new Array<Tensor>(length))[at] = t;
    });
    carried = stepped.carry;
  }
  return { carried, ys: lists.map((list) => stack(list)), y: last!.y };
}

/** Runs the step once for all steps. */
function foldRecorded<Y>({ given, sequences, axes, length, reverse, step }: Fold<Y>): Folded<Y> {
  const carry = given.map(({ tensor }) => tensor), start = carry.length;
  const turned = sequences.map(({ tensor }, k) => toFront(tensor, axes[k]!));
  const types = [...carry.map(typeOf), ...turned.map(({ dtype, shape }) => ({ dtype, shape: shape.slice(1) }))];
  let stepped: Stepped<Y> | undefined;
  const { recorded, captured } = record("scanAlong", types, (inputs) => {
    stepped = step(inputs.slice(0, start), inputs.slice(start));
    return [...stepped.carry, ...stepped.yields.map(({ tensor }) => tensor)];
  });
  const { y } = stepped!;
  if (length === 0) {
    const nothing = ({ shape, dtype }: Tensor): Tensor => zeros([0, ...shape], { dtype });
    return { carried: carry, ys: recorded.outputs.slice(start).map(nothing), y };
  }
  const fold = { step: recorded, carries: start, sequences: turned.length, length, reverse };
  const found = applyScan(fold, [...carry, ...turned, ...captured]);
  return { carried: found.slice(0, start), ys: found.slice(start), y };
}

/** Returns the tensor with an axis moved to the front. */
function toFront(t: Tensor, axis: number): Tensor {
  return axis === 0 ? t : transpose(t, [axis, ...t.shape.flatMap((_, k) => k === axis ? [] : [k])]);
}

/** Returns the number of steps. */
function lengthOf(sequences: readonly Leaf[], axes: readonly number[], length: number | undefined): number {
  if (length !== undefined && !(Number.isInteger(length) && length >= 0)) {
    throw new RangeError(
      `Cannot ${ACTION} with length ${describe(length)}: it must be a whole number of 0 or more; round it`,
    );
  }
  const found = sequences.map(({ path, tensor: { shape } }, k) => ({ path, shape, length: shape[axes[k]!]! }));
  const [first] = found;
  if (first === undefined) {
    if (length !== undefined) return length;
    throw new RangeError(
      `Cannot ${ACTION} without tensors in xs: it must be told how many steps there are; pass { length }`,
    );
  }
  const other = found.find((one) => one.length !== first.length);
  if (other !== undefined) throw lengthsError(first, other);
  if (length === undefined || length === first.length) return first.length;
  throw new RangeError(
    `Cannot ${ACTION} with length ${length} to xs of shape ${
      formatShape(first.shape)
    }: it must be ${first.length}, the ` +
      "length of the axis; leave it out",
  );
}

type Sized = { readonly path: string; readonly shape: Shape; readonly length: number };

function lengthsError(first: Sized, other: Sized): ShapeError {
  const name = ({ path }: Sized): string => path === "" ? "xs" : `xs.${path}`;
  return new ShapeError({
    op: "scanAlong",
    given: { [name(first)]: first.shape, [name(other)]: other.shape },
    problem:
      `there are ${first.length} slices ${placeIn("xs", first.path)} and ${other.length} ${
        placeIn("xs", other.path)
      }, and ` +
      "must be as many of each",
    remedy: "cut the longer one with slice",
  });
}
