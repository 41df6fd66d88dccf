/**
 * Rows: reductions over some axes, and expressions of their results, as one computation that visits each row while it
 * is in the cache. Softmax is one: the largest element, the sum of the exponentials of the differences from it, and a
 * quotient.
 *
 * @module
 */
import { describe } from "./describe.ts";
import type { DType } from "./dtype.ts";
import type { Engine } from "./engine.ts";
import type { Reduction } from "./reduction.ts";
import { argument, type Scalar, subexpressions, subexpressionsOf, substitute } from "./scalar/scalar.ts";
import { reducedShape, type Shape, sizeOf } from "./shape.ts";
import { allocate, broadcastView, type MutableView, unsafeView, type View } from "./view.ts";

/** The argument that stands for the result of stage 0 in expressions; stage `k` has the argument `FIRST_STAGE + k`. */
const FIRST_STAGE = 64;

/** Returns the expression that stands for the result of stage `k`. */
export function stageValue(k: number): Scalar {
  if (!Number.isInteger(k) || k < 0) {
    throw new RangeError(`Cannot name stage ${describe(k)}: stages are numbered from 0; pass a whole number`);
  }
  return argument(FIRST_STAGE + k);
}

/** Returns the stage that an argument stands for; `undefined` if the argument stands for an operand. */
export function stageOfArgument(index: number): number | undefined {
  return index >= FIRST_STAGE ? index - FIRST_STAGE : undefined;
}

/** One number for each row: an expression of every element, reduced over the row. */
export type RowStage = { readonly reduction: Reduction; readonly expression: Scalar };

/** A result: one number for each row, from values that are constant within the row, or one number for each element. */
export type RowOutput = { readonly perRow: boolean; readonly expression: Scalar };

/**
 * The computation of each row. Argument `k` of the expressions is operand `k`; stages and outputs may also use the
 * {@link stageValue} of earlier stages.
 */
export type Rows = {
  /** The axes that make up a row. */
  readonly axes: readonly number[];
  readonly stages: readonly RowStage[];
  readonly outputs: readonly RowOutput[];
};

/** Returns the shapes of the results, given the common shape of the operands. */
export function rowsShapes({ axes, outputs }: Rows, shape: Shape): readonly Shape[] {
  return outputs.map(({ perRow }) => perRow ? reducedShape(shape, axes) : shape);
}

/**
 * Returns a function that computes rows by the maps and reductions of an engine, stage after stage, for engines without
 * a `rows` of their own.
 */
export function rowsBy({ map, reduce }: Pick<Engine, "map" | "reduce">): Engine["rows"] {
  return <D extends DType>(
    { axes, stages, outputs }: Rows,
    shape: Shape,
    inputs: readonly View<D>[],
    results: readonly MutableView<D>[],
  ): void => {
    const values: View<D>[] = [], reduced = reducedShape(shape, axes), once: (View<D> | undefined)[] = [];
    const { kept, replaced } = sizeOf(shape) > FEW ? keptParts({ axes, stages, outputs }) : NOTHING_KEPT;
    const keptValue = (k: number): View<D> => {
      if (once[k] === undefined) {
        const { part, perRow } = kept[k]!, value = allocate<D>(results[0]!.dtype, perRow ? reduced : shape);
        compute(replaced(part, true), value, perRow);
        once[k] = value;
      }
      return once[k]!;
    };
    const viewOf = (index: number, perRow: boolean): View<D> => {
      if (index >= FIRST_KEPT) {
        const value = keptValue(index - FIRST_KEPT);
        return perRow ? value : broadcastView(value, shape);
      }
      const stage = stageOfArgument(index);
      if (stage !== undefined) return perRow ? values[stage]! : broadcastView(values[stage]!, shape);
      const { data, stride, offset } = inputs[index]!;
      return perRow ? unsafeView(data, reduced, stride, offset) : inputs[index]!;
    };
    const compute = (expression: Scalar, target: MutableView<D>, perRow: boolean): void => {
      const { used, renumbered } = withoutGaps(expression);
      map(renumbered, used.map((index) => viewOf(index, perRow)), target);
    };
    /** Computes an expression for all elements; an expression that is just an argument is not copied. */
    const elementsOf = (expression: Scalar): View<D> => {
      if (expression.kind === "argument") return viewOf(expression.index, false);
      const elements = allocate<D>(results[0]!.dtype, shape);
      compute(expression, elements, false);
      return elements;
    };
    for (const { reduction, expression } of stages) {
      const value = allocate<D>(results[0]!.dtype, reduced);
      reduce(reduction, elementsOf(replaced(expression)), value);
      values.push(value);
    }
    outputs.forEach(({ perRow, expression }, k) =>
      compute(perRow ? expression : replaced(expression), results[k]!, perRow)
    );
  };
}

/**
 * The argument that stands for the first kept part; and the number of elements up to which keeping parts does not pay.
 */
const FIRST_KEPT = 1024, FEW = 1024;

/** Parts of expressions that are computed once and kept, and the replacement of those parts by the kept values. */
type Kept = {
  readonly kept: readonly { readonly part: Scalar; readonly perRow: boolean }[];
  /** Replaces kept parts; with `inside`, an expression that is kept itself is not replaced, only parts of it are. */
  readonly replaced: (expression: Scalar, inside?: boolean) => Scalar;
};

const NOTHING_KEPT: Kept = { kept: [], replaced: (expression) => expression };

/**
 * Finds the parts that are used more than once, and the largest ones that are the same for all elements of a row. A
 * part that is used once is computed together with its user: keeping it would take another pass over memory.
 */
function keptParts({ stages, outputs }: Rows): Kept {
  const roots = [...stages, ...outputs.filter(({ perRow }) => !perRow)].map(({ expression }) => expression);
  const parts = subexpressionsOf(roots), perRow = new Set<Scalar>();
  for (const part of parts) {
    const isPerRow = part.kind === "argument"
      ? stageOfArgument(part.index) !== undefined
      : !("inputs" in part) || part.inputs.every((x) => perRow.has(x));
    if (isPerRow) perRow.add(part);
  }
  const uses = new Map<Scalar, number>(), used = (part: Scalar) => uses.set(part, (uses.get(part) ?? 0) + 1);
  roots.forEach(used);
  for (const part of parts) if ("inputs" in part && !perRow.has(part)) new Set(part.inputs).forEach(used);
  const kept = [...uses].flatMap(([part, count]) =>
    "inputs" in part && (count > 1 || perRow.has(part)) ? [{ part, perRow: perRow.has(part) }] : []
  );
  const places = new Map<Scalar, Scalar>(kept.map(({ part }, k) => [part, argument(FIRST_KEPT + k)]));
  return {
    kept,
    replaced: (expression, inside = false) =>
      substitute(expression, (part) => inside && part === expression ? undefined : places.get(part)),
  };
}

/** An expression whose arguments are numbered from 0, and the original number of each. */
type Renumbered = { readonly used: readonly number[]; readonly renumbered: Scalar };

/** The expressions renumbered so far: rebuilding one takes longer than computing it for a few elements. */
const known = new WeakMap<Scalar, Renumbered>();

function withoutGaps(expression: Scalar): Renumbered {
  const found = known.get(expression);
  if (found !== undefined) return found;
  const used = subexpressions(expression).flatMap((part) => part.kind === "argument" ? [part.index] : []);
  const renumbered = substitute(
    expression,
    (part) => part.kind === "argument" ? argument(used.indexOf(part.index)) : undefined,
  );
  const made = { used, renumbered };
  known.set(expression, made);
  return made;
}
