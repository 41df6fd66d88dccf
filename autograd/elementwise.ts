/**
 * Element-wise primitives, made from one scalar expression each.
 *
 * @module
 */
import type { Complete } from "../blas/options.ts";
import type { DType } from "../blas/dtype.ts";
import type { EnginePart } from "../blas/engine_in_use.ts";
import { arithmeticPart } from "../blas/parts/arithmetic.ts";
import { errorFunctionPart, exponentialPart } from "../blas/parts/exponential.ts";
import { mapPart } from "../blas/parts/map.ts";
import { mapOf } from "../blas/program/operations/map.ts";
import { argument, binary, div, neg, type Scalar, select, subexpressions, substitute } from "../blas/scalar/scalar.ts";
import { chainRule, derivative } from "../blas/scalar/derivative.ts";
import { broadcastShapes, type Shape, type ShapeResult } from "../blas/shape.ts";
import { allocate } from "../blas/view.ts";
import { apply, type OperatingWith, type PrimitiveFacts, type Sample, type VjpContext } from "./primitive.ts";
import { batchAligned } from "./batch.ts";
import { constantOf, isOperand, type Tensor, type TensorLike } from "./tensor.ts";

/** The settings of element-wise operations: none, since values that vary are operands, 0-d if necessary. */
export type NoAttributes = Readonly<Record<never, never>>;

/** The only value of such settings. */
export const NO_ATTRIBUTES: NoAttributes = /* @__PURE__ */ Object.freeze({});

/** A primitive that computes one expression for every element of its broadcast operands. */
export type Elementwise = PrimitiveFacts<NoAttributes> & OperatingWith<NoAttributes, "map"> & {
  readonly evaluate?: undefined;
  /** The value, over arguments 0, 1, …, one for each operand. */
  readonly expression: Scalar;
};

/** The options of {@link elementwise}. */
export type ElementwiseOptions = {
  /** The partial derivatives, if those that follow from the expression are not the desired ones. */
  readonly derivatives?: (readonly ((...args: readonly Scalar[]) => Scalar)[]) | undefined;
  /** The interval from which the generic checks draw each operand; `[-2, 2]` if left out. */
  readonly domains?: readonly (readonly [min: number, max: number])[] | undefined;
  /** The operands of the generic checks, if they must have certain shapes. */
  readonly samples?: PrimitiveFacts<NoAttributes>["samples"] | undefined;
};

/** Operand shapes of the generic checks, by number of operands: plain, 0-d, empty, broadcast every way. */
const SAMPLE_SHAPES: readonly (readonly (readonly Shape[])[])[] = [
  [],
  [[[2, 3]], [[]], [[0, 2]]],
  [[[2, 3], [2, 3]], [[2, 3], [3]], [[2, 1], [1, 3]], [[], [2]], [[], []], [[0, 3], [3]]],
  [[[2, 3], [2, 3], [2, 3]], [[3], [2, 1], []], [[0, 3], [3], [1, 1]]],
];

/** Returns the samples of a primitive with two operands of any numbers. */
export const samplesOfTwo = (): readonly Sample<NoAttributes>[] => samplesOf(2, []);

/**
 * Makes a primitive from a scalar expression.
 *
 * @param name The name that error messages and listings use.
 * @param build The expression, as a function of one argument for each operand.
 */
export function elementwise(
  name: string,
  build: (...args: Scalar[]) => Scalar,
  options: ElementwiseOptions = {},
): Elementwise {
  return made(name, mapPart, build, options);
}

/**
 * Makes a primitive like {@link elementwise} does, from an expression that consists, like its derivatives, of
 * arithmetic, square roots, extrema, comparisons and choices: bundles that use only such primitives contain no code for
 * other functions.
 */
export function arithmetic(
  name: string,
  build: (...args: Scalar[]) => Scalar,
  options: ElementwiseOptions = {},
): Elementwise {
  return made(name, arithmeticPart, build, options);
}

/**
 * Makes a primitive like {@link elementwise} does, from an expression that consists, like its derivatives, of
 * arithmetic, exponentials, logarithms, hyperbolic tangents and sigmoids: bundles that use only such primitives contain
 * no code for angles, powers and error functions.
 */
export function exponential(
  name: string,
  build: (...args: Scalar[]) => Scalar,
  options: ElementwiseOptions = {},
): Elementwise {
  return made(name, exponentialPart, build, options);
}

/** Makes a primitive like {@link exponential} does, from an expression that may also contain error functions. */
export function errorFunction(
  name: string,
  build: (...args: Scalar[]) => Scalar,
  options: ElementwiseOptions = {},
): Elementwise {
  return made(name, errorFunctionPart, build, options);
}

function made(
  name: string,
  part: EnginePart<"map">,
  build: (...args: Scalar[]) => Scalar,
  { derivatives, domains = [], samples = () => samplesOf(build.length, domains) }: ElementwiseOptions,
): Elementwise {
  const args = Array.from({ length: build.length }, (_, k) => argument(k));
  return fromExpression(name, part, build(...args), args.length, samples, derivatives?.map((d) => d(...args)));
}

/** Returns samples with operands of all shapes that a primitive of `count` operands may have, in their domains. */
const samplesOf = (count: number, domains: Complete<ElementwiseOptions>["domains"]): readonly Sample<NoAttributes>[] =>
  (SAMPLE_SHAPES[count] ?? []).map((shapes) => ({
    attributes: NO_ATTRIBUTES,
    inputs: shapes.map((shape, k) => ({ shape, min: domains[k]?.[0] ?? -2, max: domains[k]?.[1] ?? 2 })),
  }));

/** Primitives by the parts that compute them, and by their expressions. */
const fused = new WeakMap<EnginePart<"map">, WeakMap<Scalar, Elementwise>>();

/**
 * Returns the primitive of an expression that was built at run time, for example by fusion. Equal expressions give the
 * same primitive, and so the same kernel.
 *
 * @param expression Its arguments are the operands, from 0 on without gaps.
 * @param part Computes it: it must have the functions that the expression and its derivatives consist of.
 */
export function elementwiseOf(expression: Scalar, part: EnginePart<"map">): Elementwise {
  const known = fused.get(part) ?? new WeakMap<Scalar, Elementwise>(), found = known.get(expression);
  if (found !== undefined) return found;
  const indices = subexpressions(expression).flatMap((part) => part.kind === "argument" ? [part.index] : []);
  const made = fromExpression("fused", part, expression, Math.max(-1, ...indices) + 1, () => []);
  fused.set(part, known.set(expression, made));
  return made;
}

function fromExpression(
  name: string,
  part: EnginePart<"map">,
  expression: Scalar,
  arity: number,
  samples: PrimitiveFacts<NoAttributes>["samples"],
  derivatives?: readonly Scalar[],
): Elementwise {
  const pullbacks: (Pullback | undefined)[] = [];
  return elementwiseFrom({
    name,
    expression,
    samples,
    part,
    vjp: (index, cotangent, application) => {
      const slope = () => derivatives?.[index] ?? derivative(expression, index);
      return (pullbacks[index] ??= pullback(`${name}'`, part, expression, slope(), arity))(cotangent, application);
    },
  });
}

/** Makes a primitive from an expression whose derivatives are written out. */
export function elementwiseFrom(
  facts: Pick<Elementwise, "name" | "expression" | "samples" | "part" | "vjp">,
): Elementwise {
  const operator = mapOf(facts.expression);
  return {
    ...facts,
    shape: (shapes): ShapeResult => broadcastShapes(facts.name, shapes),
    operator: () => operator,
    batch: batchAligned,
  };
}

/**
 * Returns `slope * cotangent`. If the slope is a quotient, it divides the cotangent instead: `1 / b` may be infinite
 * where `cotangent / b` is not. A numerator multiplies it before: it may be 0 where `cotangent / b` is infinite. A double,
 * the slope of a square, is taken last: `2 x` may be infinite where `x` is not, and meet a 0. The factors of a slope come
 * last first, as the chain rule applies them.
 */
function weighed(slope: Scalar, cotangent: Scalar): Scalar {
  // The product is inside the choice, so that where the chosen slope is 0 a cotangent that is NaN has no influence.
  if (slope.kind === "select") {
    return select(slope.inputs[0], weighed(slope.inputs[1], cotangent), weighed(slope.inputs[2], cotangent));
  }
  if (!isSplit(slope)) return chainRule(slope, cotangent);
  if (slope.kind === "unary") return neg(weighed(slope.inputs[0], cotangent));
  const [a, b] = slope.inputs;
  if (slope.name === "div") {
    return a.kind === "constant" ? weighed(a, div(cotangent, b)) : div(weighed(a, cotangent), b);
  }
  if (slope.name === "mul") return weighed(a, weighed(b, cotangent));
  return binary(slope.name, weighed(a, cotangent), weighed(b, cotangent));
}

/** Tells whether a slope is a quotient or a double, or the negative, a product, a sum or a difference of such. */
function isSplit(slope: Scalar): slope is Extract<Scalar, { readonly kind: "unary" | "binary" }> {
  if (slope.kind === "unary") return slope.name === "neg" && isSplit(slope.inputs[0]);
  if (slope.kind !== "binary") return false;
  const [a, b] = slope.inputs;
  if (slope.name === "div") return b.kind !== "constant";
  return (slope.name === "add" && a === b) ||
    (["mul", "add", "sub"].includes(slope.name) && (hasSplit(a) || hasSplit(b)));
}

const hasSplit = (slope: Scalar): boolean =>
  slope.kind === "select" ? slope.inputs.slice(1).some(hasSplit) : isSplit(slope);

/** A derivative rule of one input. */
type Pullback = (cotangent: Tensor, application: VjpContext<NoAttributes>) => Tensor | null;

/**
 * Makes the derivative rule of an input: an element-wise primitive that computes `cotangent * slope` from the operands in the slope. Where the slope
 * contains the value itself (`exp`, `tanh`, `sqrt`), it uses the computed output.
 */
function pullback(name: string, part: EnginePart<"map">, value: Scalar, slope: Scalar, arity: number): Pullback {
  const output = argument(arity), cotangent = argument(arity + 1);
  const product = weighed(substitute(slope, (part) => part === value ? output : undefined), cotangent);
  if (product === cotangent) return (given) => given;
  if (product.kind === "constant") return () => null;
  const used = subexpressions(product).filter((part) => part.kind === "argument").map(({ index }) => index);
  const renumbered = substitute(
    product,
    (part) => part.kind === "argument" ? argument(used.indexOf(part.index)) : undefined,
  );
  const primitive = fromExpression(name, part, renumbered, used.length, () => []);
  return (given, application) =>
    apply(
      primitive,
      NO_ATTRIBUTES,
      used.map((k) => k < arity ? application.inputs[k]! : k === arity ? application.output : given),
    );
}

/**
 * Applies an element-wise primitive to tensors and numbers. A number takes the tensors' dtype, or float32 if there are
 * no tensors.
 *
 * @throws {DTypeError} If the tensors' dtypes differ.
 * @throws {ShapeError} If their shapes do not broadcast.
 */
export function applyElementwise<D extends DType>(
  primitive: Elementwise,
  operands: readonly TensorLike<D>[],
): Tensor<D> {
  // A loop: for operands that are all tensors, most of the time, this takes less time than `some`.
  let hasNumber = false;
  for (const operand of operands) if (typeof operand === "number") hasNumber = true;
  if (!hasNumber) return apply(primitive, NO_ATTRIBUTES, operands as readonly Tensor<D>[]); // they are tensors
  const tensor = operands.find(isOperand) as Tensor<D> | undefined; // operands that are tensors are of that dtype
  const dtype = tensor?.dtype ?? "float32" as D; // numbers only: D is its default
  return apply(
    primitive,
    NO_ATTRIBUTES,
    operands.map((operand) => typeof operand === "number" ? scalarConstant(operand, dtype) : operand),
  );
}

/** Returns a number as a 0-d constant. */
export function scalarConstant<D extends DType>(value: number, dtype: D): Tensor<D> {
  const view = allocate(dtype, []);
  view.data[view.offset] = value;
  return constantOf<D>(view);
}
