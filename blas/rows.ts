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
 * Returns, for sums of which expressions read only the quotient by one constant, that constant: means, and variances. Engines
 * divide such sums of float32 before they round them.
 *
 * @param expressions The expressions of all stages, and of all outputs.
 * @param stageIn Returns the stage that an expression stands for, if it does.
 */
export function divisorsOf(
  expressions: readonly Scalar[],
  reductions: readonly Reduction[],
  stageIn: (x: Scalar) => number | undefined,
): ReadonlyMap<number, number> {
  const found = new Map<number, Set<number | undefined>>();
  const note = (x: Scalar, divisor: number | undefined) => {
    const stage = stageIn(x);
    if (stage !== undefined) found.set(stage, new Set([...found.get(stage) ?? [], divisor]));
  };
  for (const expression of expressions) {
    note(expression, undefined);
    for (const part of subexpressions(expression)) {
      if (!("inputs" in part)) continue;
      const by = part.kind === "binary" && part.name === "div" ? part.inputs[1] : undefined;
      part.inputs.forEach((x, k) => note(x, k === 0 && by?.kind === "constant" ? by.value : undefined));
    }
  }
  return new Map([...found].flatMap(([stage, divisors]) => {
    const [divisor] = divisors;
    const isDivided = reductions[stage] === "sum" && divisors.size === 1 && divisor !== undefined;
    return isDivided ? [[stage, divisor] as const] : [];
  }));
}

/** Returns the stage that a quotient divides by its divisor; `undefined` for all other expressions. */
export function dividedStage(
  part: Scalar,
  divisors: ReadonlyMap<number, number>,
  stageIn: (x: Scalar) => number | undefined,
): Scalar | undefined {
  if (part.kind !== "binary" || part.name !== "div") return undefined;
  const [sum] = part.inputs, stage = stageIn(sum);
  return stage !== undefined && divisors.has(stage) ? sum : undefined;
}

/** Rows whose expressions read quotients in place of sums, and by what those are divided. */
type DividedRows = { readonly rows: Rows; readonly divisors: ReadonlyMap<number, number> };

/** The rows divided so far. */
const dividedRows = new WeakMap<Rows, DividedRows>();

const stageOfScalar = (x: Scalar): number | undefined => x.kind === "argument" ? stageOfArgument(x.index) : undefined;

function withQuotients(rows: Rows): DividedRows {
  const known = dividedRows.get(rows);
  if (known !== undefined) return known;
  const { axes, stages, outputs } = rows;
  const all = [...stages, ...outputs].map(({ expression }) => expression);
  const divisors = divisorsOf(all, stages.map(({ reduction }) => reduction), stageOfScalar);
  const read = <T extends RowStage | RowOutput>(one: T): T => ({
    ...one,
    expression: substitute(one.expression, (part) => dividedStage(part, divisors, stageOfScalar)),
  });
  const made = divisors.size === 0
    ? { rows, divisors }
    : { rows: { axes, stages: stages.map(read), outputs: outputs.map(read) }, divisors };
  dividedRows.set(rows, made);
  return made;
}

/** Adds numbers over the axes that have length 1 in the output, which is row-major. */
export type WideSum = (input: View, output: MutableView<"float64">) => void;

/**
 * Returns a function that computes rows by the maps and reductions of an engine, stage after stage, for engines without
 * a `rows` of their own.
 *
 * @param wideSum If given, it computes sums of float32 that are divided before they are rounded.
 */
export function rowsBy({ map, reduce }: Pick<Engine, "map" | "reduce">, wideSum?: WideSum): Engine["rows"] {
  return <D extends DType>(
    given: Rows,
    shape: Shape,
    inputs: readonly View<D>[],
    results: readonly MutableView<D>[],
  ): void => {
    const isWide = wideSum !== undefined && results[0]?.dtype === "float32";
    const { rows: { axes, stages, outputs }, divisors } = isWide
      ? withQuotients(given)
      : { rows: given, divisors: NONE };
    const values: View<D>[] = [], reduced = reducedShape(shape, axes), once: (View<D> | undefined)[] = [];
    const { kept, replaced } = sizeOf(shape) > FEW
      ? keptParts({ axes, stages, outputs }, results[0]!.dtype)
      : NOTHING_KEPT;
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
    stages.forEach(({ reduction, expression }, k) => {
      const value = allocate<D>(results[0]!.dtype, reduced), elements = elementsOf(replaced(expression));
      const divisor = divisors.get(k);
      if (divisor === undefined || wideSum === undefined) reduce(reduction, elements, value);
      else {
        const total = allocate("float64", reduced), share = 1 / divisor;
        wideSum(elements, total);
        for (let i = 0; i < value.size; i++) value.data[value.offset + i] = total.data[total.offset + i]! * share;
      }
      values.push(value);
    });
    outputs.forEach(({ perRow, expression }, k) =>
      compute(perRow ? expression : replaced(expression), results[k]!, perRow)
    );
  };
}

const NONE: ReadonlyMap<number, number> = new Map();

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
 * part that is used once is computed together with its user: keeping it would take another pass over memory. A part with
 * constants that are infinite or 0 in the dtype is not kept, since it may have such values; loops compute in float64.
 */
function keptParts({ stages, outputs }: Rows, dtype: DType): Kept {
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
    "inputs" in part && (count > 1 || perRow.has(part)) && (dtype === "float64" || fitsFloat32(part))
      ? [{ part, perRow: perRow.has(part) }]
      : []
  );
  const places = new Map<Scalar, Scalar>(kept.map(({ part }, k) => [part, argument(FIRST_KEPT + k)]));
  return {
    kept,
    replaced: (expression, inside = false) =>
      substitute(expression, (part) => inside && part === expression ? undefined : places.get(part)),
  };
}

/** Tells whether all constants of an expression are in the range of float32. */
const fitsFloat32 = (expression: Scalar): boolean =>
  subexpressions(expression).every((part) => {
    if (part.kind !== "constant" || part.value === 0) return true;
    const rounded = Math.fround(part.value);
    return rounded !== 0 && Number.isFinite(rounded) === Number.isFinite(part.value);
  });

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
