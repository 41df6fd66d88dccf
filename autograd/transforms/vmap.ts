/**
 * Functions of single examples, applied to many examples at once.
 *
 * @module
 */
import { describe } from "../../blas/describe.ts";
import { formatShape, ShapeError } from "../../blas/errors.ts";
import { checkOptions } from "../../blas/options.ts";
import { checkFunction } from "../arguments.ts";
import { stack } from "../ops/concat.ts";
import { reshape } from "../ops/reshape.ts";
import { partAlong } from "../ops/slice.ts";
import { isKey, type Key } from "../random/key.ts";
import { keyOf, wordsOf } from "../random/key_tensor.ts";
import { isTensor, type Tensor } from "../tensor.ts";
import { innerShape } from "../tensor_record.ts";
import type { ParameterTree } from "../tree/parameter_tree.ts";
import { type AxisEnd, type BatchAxes, isListOfKeys, mapWithAxes } from "./batch_axes.ts";
import { Batching, withAxisInFront, withFirstAxisAt } from "./batching.ts";
import { keyFrom } from "./tensor_leaves.ts";

/** The options of {@link vmap}. */
export type VmapOptions = {
  /**
   * The axis of the examples in the arguments; `null` for arguments that are the same for all; or an array with one of
   * these, or a tree of them, for each argument. 0 if left out.
   */
  readonly in?: BatchAxes | undefined;
  /** The axis of the examples in the results, or a tree of axes; `null` for results that are the same for all. */
  readonly out?: BatchAxes | undefined;
  /** The number of examples: required if no argument is mapped. */
  readonly size?: number | undefined;
};

/**
 * Tells whether a type contains a key; `any`, which matches everything, does not. `D` limits the depth of the search,
 * since recursive types have no end.
 */
export type HasKey<T, D extends readonly unknown[] = readonly [1, 2, 3, 4]> = 0 extends 1 & T ? false
  : T extends Key ? true
  : T extends ParameterTree | ((...args: never[]) => unknown) ? false
  : D extends readonly [unknown, ...infer Rest] ? T extends readonly (infer Inner)[] ? HasKey<Inner, Rest>
    : T extends object ? HasKey<T[keyof T], Rest>
    : false
  : false;

/** The same type, in which an array of keys may replace each key. */
export type Batch<T, D extends readonly unknown[] = readonly [1, 2, 3, 4]> = true extends HasKey<T, D>
  ? T extends Key ? Key | readonly Key[]
  : D extends readonly [unknown, ...infer Rest] ? { readonly [K in keyof T]: Batch<T[K], Rest> }
  : T
  : T;

const ACTION = "apply vmap";

/**
 * Turns a function of one example into a function of many, which computes all of them at once.
 *
 * The function is run once, on tensors each of which stands for one of the examples; each operation becomes one on the
 * whole batch. It is therefore as fast as if it had been written for batches, but nothing in it needs to know about
 * them. It cannot
 * read values: `where` and `cond` take the place of branches.
 *
 * It composes with all other transforms, inside and outside: `vmap(gradient(f))` gives the gradient of each example,
 * `gradient` of a loss with `vmap` in it that of all, `vmap(vmap(f))` maps over two axes, and `compile` makes one
 * program of everything.
 *
 * @param f A function of trees of tensors, and of anything else, to a tree of tensors.
 * @param options `in`: the axis of the examples in the arguments, 0 by default; `null` for arguments that are the same
 * for all; for several arguments, `[axis, axis, …]`, and in place of each axis a record or array of axes. Numbers and
 * single keys are the same
 * for all; an array of keys has one for each example. `out`: the axis of the examples in the results, 0 by default, where
 * results that do not depend on the example are repeated. `size`: the number of examples, if no argument is mapped.
 * @returns A function of the same arguments with an axis of examples, whose results have one too; a key in the result is an
 * array of keys.
 * @throws {ShapeError} If numbers of examples differ, or an axis does not exist; the message names the argument.
 * @throws {TypeError} If axes do not fit the arguments or results.
 *
 * @example The gradient of each example
 * ```ts
 * import { gradient, matmul, square, sub, type Tensor, tensor64, toArray, vmap } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * type T64 = Tensor<"float64">;
 * const loss = (weight: T64, x: T64, y: T64) => square(sub(matmul(weight, x), y));
 * const perExample = vmap(gradient(loss), { in: [null, 0, 0] });
 * const xs = tensor64([[1, 0], [0, 2]]), ys = tensor64([-1, 1]);
 * assertEquals(toArray(perExample(tensor64([1, 1]), xs, ys)), [[4, 0], [0, 4]]);
 * ```
 *
 * @example Random numbers for each example
 * ```ts
 * import { type Key, key, randomNormal, split, toArray, vmap } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * const keys = split(key(0), 3), draw = (k: Key) => randomNormal(k, [2]);
 * assertEquals(toArray(vmap(draw)(keys)), keys.map((k) => toArray(draw(k))));
 * ```
 */
export function vmap<A extends readonly unknown[], R>(
  f: (...args: A) => R,
  options: VmapOptions = {},
): (...args: Batch<A> & readonly unknown[]) => Batch<R> {
  checkFunction(ACTION, "f", f);
  checkOptions(ACTION, options, { in: true, out: true, size: true });
  const { in: axes = 0, out = 0, size } = options;
  if (size !== undefined && !(Number.isInteger(size) && size >= 0)) {
    throw new RangeError(
      `Cannot ${ACTION} with size ${describe(size)}: it must be a whole number of 0 or more; round it`,
    );
  }
  return (...args) => {
    const perArgument = axesOf(axes, args);
    const batching = new Batching(sizeOf(args, perArgument, size));
    const returned: unknown = batching.run(() => {
      const examples = args.map((arg, k) =>
        mapWithAxes("in", arg, perArgument[k]!, argumentName(k), true, (end) => exampleOf(batching, end))
      );
      const result: unknown = f(...examples as unknown as A); // each batch is replaced by an example
      if (result instanceof Promise) {
        result.catch(() => {}); // its outcome does not matter, and must not end the process
        throw new TypeError(
          `Cannot ${ACTION} to a function that returns a promise: it must be synchronous; await outside of it`,
        );
      }
      return mapWithAxes("out", result, out, "the result", false, (end) => batchOf(batching, end));
    });
    return returned as Batch<R>; // each example is replaced by a batch
  };
}

const argumentName = (k: number): string => `argument ${k}`;

/** Returns the axes of each argument. */
function axesOf(axes: BatchAxes, args: readonly unknown[]): readonly BatchAxes[] {
  if (axes === null || Number.isInteger(axes)) return args.map(() => axes);
  if (Array.isArray(axes) && axes.length === args.length) return axes;
  const found = Array.isArray(axes) ? `an array of ${axes.length} as "in"` : `${describe(axes)} as "in"`;
  throw new TypeError(
    `Cannot ${ACTION} with ${found} to ${args.length} arguments: it must be an axis, null or an array with one entry for ` +
      "each argument; pass [0, null] for a function of two of which the second is the same for all",
  );
}

/** A batch among the arguments. */
type Found = { readonly path: string; readonly shape: string; readonly size: number };

/** Returns the number of examples. */
function sizeOf(args: readonly unknown[], axes: readonly BatchAxes[], given: number | undefined): number {
  const found: Found[] = [];
  args.forEach((arg, k) =>
    mapWithAxes("in", arg, axes[k]!, argumentName(k), true, ({ path, part, axis }) => {
      if (axis === null) return part;
      if (isTensor(part)) {
        const shape = innerShape(part);
        found.push({ path, shape: formatShape(shape), size: shape[resolved(path, shape, axis)]! });
      } else if (isListOfKeys(part)) {
        if (axis !== 0 && axis !== -1) throw axisError(path, [part.length], axis);
        found.push({ path, shape: `${part.length} keys`, size: part.length });
      }
      return part;
    })
  );
  const [first] = found, size = given ?? first?.size;
  if (size === undefined) {
    throw new RangeError(
      `Cannot ${ACTION} where nothing is mapped: it must be told the number of examples; pass { size }, or an axis in "in"`,
    );
  }
  const other = found.find((one) => one.size !== size);
  if (other === undefined) return size;
  const wanted = given === undefined ? `${first!.path} (${first!.shape}) has ${size}` : `size is ${size}`;
  throw new ShapeError({
    op: "vmap",
    given: { [other.path]: other.shape },
    problem: `it has ${other.size} examples, and ${wanted}: there must be as many of each`,
    remedy: 'name the axis of the examples in "in", with null for what is the same for all',
  });
}

/** Returns an axis counted from the front. */
function resolved(path: string, shape: readonly number[], axis: number): number {
  const own = axis < 0 ? axis + shape.length : axis;
  if (own < 0 || own >= shape.length) throw axisError(path, shape, axis);
  return own;
}

const axisError = (path: string, shape: readonly number[], axis: number): ShapeError =>
  new ShapeError({
    op: "vmap",
    given: { [path]: shape },
    problem: shape.length === 0
      ? "a 0-d tensor has no axis of examples"
      : `axis ${axis} must be from ${-shape.length} to ${shape.length - 1}`,
    remedy: 'correct it in "in" or "out"; null is for what is the same for all examples',
  });

/** Returns the value that stands for one example of a batch. */
function exampleOf(batching: Batching, { path, part, axis }: AxisEnd): unknown {
  if (axis === null) return part;
  if (isTensor(part)) return batching.enter(withAxisInFront(part, resolved(path, innerShape(part), axis)));
  if (!isListOfKeys(part)) return part;
  return keyOf(batching.enter(stack(part.map(wordsOf))) as Tensor<"float64">); // words are float64
}

/** Returns the batch for whose examples a result stands. */
function batchOf(batching: Batching, { path, part, axis }: AxisEnd): unknown {
  if (isKey(part)) {
    const { tensor, isBatched } = batching.leave(wordsOf(part));
    if (!isBatched) return axis === null ? part : Array.from({ length: batching.size }, () => part);
    if (axis === null) throw differsError(path);
    if (axis !== 0 && axis !== -1) throw axisError(path, [batching.size], axis);
    return Array.from(
      { length: batching.size },
      (_, k) => keyFrom(reshape(partAlong(tensor, 0, k, 1), [2]) as Tensor<"float64">), // the words of a key are float64
    );
  }
  if (!isTensor(part)) return part;
  const result = batching.leave(part);
  if (axis === null) {
    if (result.isBatched) throw differsError(path);
    return result.tensor;
  }
  const shape = [...innerShape(part), batching.size]; // with as many axes as the batch
  return withFirstAxisAt(batching.whole(result), resolved(path, shape, axis));
}

const differsError = (path: string): TypeError =>
  new TypeError(
    `Cannot ${ACTION} with null in "out" for ${path}, which is not the same for all examples: it must be an axis; pass 0, ` +
      "or reduce it over the examples outside",
  );
