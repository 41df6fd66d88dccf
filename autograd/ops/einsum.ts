/**
 * Einstein summation.
 *
 * @module
 */
import { describe } from "../../blas/describe.ts";
import type { DType } from "../../blas/dtype.ts";
import { checkResultShape, type Shape, sizeOf } from "../../blas/shape.ts";
import { checkOperands } from "../primitive.ts";
import type { Tensor } from "../tensor.ts";
import { innerShape } from "../tensor_record.ts";
import { mul } from "./arithmetic.ts";
import { type Labels, parseEinsum } from "./einsum_equation.ts";
import { matmul } from "./matmul.ts";
import { reshape } from "./reshape.ts";
import { type AxisRange, sliceAxes } from "./slice.ts";
import { sum } from "./sum.ts";
import { transpose } from "./transpose.ts";

/** A tensor whose axes have names. */
type Labelled<D extends DType> = { readonly tensor: Tensor<D>; readonly labels: Labels };

/**
 * Multiplies tensors and sums over axes, as written in an equation.
 *
 * Each letter names an axis. Axes with the same letter have the same length and share an index: within one tensor they
 * select its diagonal, in two tensors they are multiplied element by element. Letters missing on the right side are
 * summed over. Without a right side, the result has the letters that occur once, in alphabetical order. `...` stands
 * for any further axes, which broadcast.
 *
 * Tensors are joined from left to right, each pair by a (batched) matrix product where axes are summed over, so put
 * operands first that make small results.
 *
 * @param equation Letters for the axes of each tensor, an arrow, letters for those of the result, such as
 * `"bij,bjk->bik"`.
 * @param tensors As many as the left side has terms, of one dtype.
 * @returns The axes that the right side names.
 * @throws {RangeError} If the equation is malformed.
 * @throws {ShapeError} If terms and tensors do not match in number or axes, or a letter stands for two lengths.
 * @throws {DTypeError} If the dtypes differ.
 *
 * @example
 * ```ts
 * import { einsum, tensor64, toArray, toNumber } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * const a = tensor64([[1, 2], [3, 4]]), v = tensor64([1, 10]);
 * assertEquals(toArray(einsum("ij,j->i", a, v)), [21, 43]);
 * assertEquals(toArray(einsum("i,j->ij", v, v)), [[1, 10], [10, 100]]);
 * assertEquals(toNumber(einsum("ii->", a)), 5); // the trace
 * ```
 */
export function einsum<D extends DType>(equation: string, ...tensors: readonly Tensor<D>[]): Tensor<D> {
  if (typeof equation !== "string") {
    throw new TypeError(
      `Cannot apply einsum to ${describe(equation)}: the equation must come first; pass one such as "ij,jk->ik"`,
    );
  }
  checkOperands("einsum", tensors);
  const { terms, result } = parseEinsum(equation, tensors.map(({ shape }) => shape));
  checkSizes(terms, tensors.map(({ shape }) => shape), result);
  const operands = tensors.map((tensor, k) => takeDiagonals({ tensor, labels: terms[k]! }));
  const joined = operands.reduce((left, right, k) =>
    multiply(left, right, [...operands.slice(k + 1).flatMap(({ labels }) => labels), ...result])
  );
  const { tensor, labels } = sumAllBut(joined, result);
  return transpose(tensor, result.map((label) => labels.indexOf(label)));
}

/** Checks the shapes of all products that the tensors are joined by, before the first is computed. */
function checkSizes(terms: readonly Labels[], shapes: readonly Shape[], result: Labels): void {
  const lengths = terms.map((labels, k) => new Map(labels.map((label, axis) => [label, shapes[k]![axis]!])));
  lengths.reduce((left, right, k) => {
    const needed = [...terms.slice(k + 1).flat(), ...result];
    const labels = productOf(joiningOf([...left.keys()], [...right.keys()], needed));
    const lengthOf = (label: string): number => {
      const own = left.get(label) ?? 1;
      return own === 1 ? right.get(label) ?? 1 : own;
    };
    checkResultShape("einsum", labels.map(lengthOf));
    return new Map(labels.filter((label) => needed.includes(label)).map((label) => [label, lengthOf(label)]));
  });
}

/**
 * Merges axes with the same label into one axis, the diagonal, which is every `length + 1`-th element of the square.
 */
function takeDiagonals<D extends DType>({ tensor, labels }: Labelled<D>): Labelled<D> {
  const second = labels.findIndex((label, k) => labels.indexOf(label) !== k);
  if (second < 0) return { tensor, labels };
  const first = labels.indexOf(labels[second]!), length = innerShape(tensor)[first]!;
  const others = labels.map((_, k) => k).filter((k) => k !== first && k !== second);
  const square = transpose(tensor, [...others, first, second]);
  const flat = reshape(square, [...others.map((k) => innerShape(tensor)[k]!), length * length]);
  const diagonal = sliceAxes(flat, [...others.map((): AxisRange => []), [null, null, length + 1]]);
  return takeDiagonals({ tensor: diagonal, labels: [...others.map((k) => labels[k]!), labels[first]!] });
}

/** Sums over the axes that are not needed. */
function sumAllBut<D extends DType>({ tensor, labels }: Labelled<D>, needed: Labels): Labelled<D> {
  const axes = labels.map((_, k) => k).filter((k) => !needed.includes(labels[k]!));
  return axes.length === 0
    ? { tensor, labels }
    : { tensor: sum(tensor, { axes }), labels: labels.filter((label) => needed.includes(label)) };
}

/** How two tensors are multiplied. */
type Joining = {
  /** The axes that both have and that stay. */
  readonly batch: Labels;
  /** The axes that both have and that are summed over. */
  readonly summed: Labels;
  /** The axes of the left one alone. */
  readonly rows: Labels;
  /** The axes of the right one alone. */
  readonly columns: Labels;
  /** Whether they are multiplied element by element, and not as matrices. */
  readonly isElementwise: boolean;
};

/** Returns how two tensors are multiplied, given their labels and those of the result and of the tensors to come. */
function joiningOf(a: Labels, b: Labels, needed: Labels): Joining {
  const left = a.filter((label) => b.includes(label) || needed.includes(label));
  const right = b.filter((label) => a.includes(label) || needed.includes(label));
  const shared = left.filter((label) => right.includes(label));
  const batch = shared.filter((label) => needed.includes(label));
  const summed = shared.filter((label) => !needed.includes(label));
  const rows = left.filter((label) => !shared.includes(label));
  const columns = right.filter((label) => !shared.includes(label));
  const isElementwise = summed.length === 0 || (rows.length === 0 && columns.length === 0 && batch.length > 0);
  return { batch, summed, rows, columns, isElementwise };
}

/** The axes of the product, some of which may still have to be summed over. */
const productOf = ({ batch, summed, rows, columns, isElementwise }: Joining): Labels => [
  ...batch,
  ...rows,
  ...columns,
  ...isElementwise ? summed : [],
];

/**
 * Multiplies two tensors and sums over the axes that they share and that are not needed.
 *
 * @param needed The labels of the result and of the tensors still to come.
 */
function multiply<D extends DType>(a: Labelled<D>, b: Labelled<D>, needed: Labels): Labelled<D> {
  const left = sumAllBut(a, [...b.labels, ...needed]), right = sumAllBut(b, [...a.labels, ...needed]);
  const joining = joiningOf(left.labels, right.labels, needed), { batch, summed, rows, columns } = joining;
  const labels = productOf(joining);
  if (joining.isElementwise) {
    return sumAllBut({ tensor: mul(aligned(left, labels), aligned(right, labels)), labels }, needed);
  }
  // Batch axes are not merged: those of an ellipsis may be 1 in one of the two, and matmul broadcasts them.
  const product = matmul(grouped(left, batch, rows, summed), grouped(right, batch, summed, columns));
  const lengthsOf = (of: Labelled<D>, wanted: Labels): number[] =>
    wanted.map((label) => innerShape(of.tensor)[of.labels.indexOf(label)]!);
  return {
    tensor: reshape(product, [
      ...innerShape(product).slice(0, batch.length),
      ...lengthsOf(left, rows),
      ...lengthsOf(right, columns),
    ]),
    labels,
  };
}

/** Puts the axes in this order, with axes of length 1 for labels that the tensor lacks. */
function aligned<D extends DType>({ tensor, labels }: Labelled<D>, order: Labels): Tensor<D> {
  const present = order.filter((label) => labels.includes(label)).map((label) => labels.indexOf(label));
  const lengths = order.map((label) => labels.includes(label) ? innerShape(tensor)[labels.indexOf(label)]! : 1);
  return reshape(transpose(tensor, present), lengths);
}

/** Makes a stack of matrices: batch axes, then two groups of axes, each merged into one. */
function grouped<D extends DType>({ tensor, labels }: Labelled<D>, batch: Labels, m: Labels, n: Labels): Tensor<D> {
  const ordered = transpose(tensor, [...batch, ...m, ...n].map((label) => labels.indexOf(label)));
  const { shape } = ordered, inner = batch.length + m.length;
  return reshape(ordered, [
    ...shape.slice(0, batch.length),
    sizeOf(shape.slice(batch.length, inner)),
    sizeOf(shape.slice(inner)),
  ]);
}
