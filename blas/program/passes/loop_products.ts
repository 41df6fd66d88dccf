/**
 * Products in loops that no step waits for: products of slices with a constant matrix become one product before the
 * loop, and products that are only yielded become one product after it.
 *
 * @module
 */
import { sizeOf } from "../../shape.ts";
import { changeOperand, composeOperands } from "../compose.ts";
import { plainOperand } from "../operand.ts";
import { isWhole, operandsOf, valueTypes } from "../operands.ts";
import type { GemmOperation } from "../operations/gemm.ts";
import type { ScanOperation } from "../operations/scan.ts";
import type { Operand, Operation, Program, ValueType } from "../program.ts";
import { type DraftInstruction, draftOf, programOf } from "./draft.ts";
import { renumbered } from "./trim_bodies.ts";

/** The most elements of a product before or after a loop; inside the loop it needs memory for one step only. */
const MOST = 0x100_0000; // 2^24

/** A loop, and the instructions that have moved out of it. */
export type WithoutProducts = {
  readonly before: readonly DraftInstruction[];
  readonly step: DraftInstruction;
  readonly after: readonly DraftInstruction[];
};

/**
 * Takes products out of a loop of known length.
 *
 * @param step The loop, whose program has no loops after its products yet.
 * @param nextValue Returns a new number of a value of the outer program.
 */
export function moveProducts(step: DraftInstruction, nextValue: () => number): WithoutProducts {
  const { operation } = step;
  if (operation.kind !== "scan" || operation.length < 2 || operation.body.constants.length > 0) {
    return { before: [], step, after: [] };
  }
  const { before, operation: later } = productsBefore(operation, nextValue);
  return { before, ...productsAfter({ ...step, operation: later }, later, nextValue) };
}

/** A product of a matrix that changes from step to step, on the left, with one that stays the same. */
type Product = {
  /** The number of the value whose elements are exactly those of the first matrix. */
  readonly value: number;
  readonly rows: number;
  readonly depth: number;
  /** The second matrix, as an operand of the outer program. */
  readonly matrix: Operand;
  readonly columns: number;
};

/** Reads the product of a step; a product with a column is transposed. */
function productOf({ a, b }: GemmOperation, { carries, sequences, operands, length }: ScanOperation, body: Program) {
  const start = carries + sequences, count = body.parameters.length, types = valueTypes(body);
  const read = (rows: Operand, matrix: Operand): Product | undefined => {
    const isSame = ({ value }: Operand): boolean => value >= start && value < count;
    const { value, shape } = rows, isAll = isWhole(rows, sizeOf(types[value]!.shape));
    const outside = isSame(matrix) ? composeOperands(matrix, operands[matrix.value]!) : undefined;
    if (!isAll || outside === undefined) return undefined;
    // The operands of a product have two axes.
    const [height, depth] = shape as readonly [number, number], columns = matrix.shape[1]!;
    if (length * height * Math.max(columns, depth) > MOST || height * columns * depth === 0) return undefined;
    return { value, rows: height, depth, matrix: outside, columns };
  };
  if (a.shape.length !== 2) return undefined;
  return read(a, b) ?? (b.shape[1] === 1 ? read(transposed(b), transposed(a)) : undefined);
}

const transposed = (operand: Operand): Operand => changeOperand(operand, { kind: "transpose", axes: [1, 0] })!;

const isProduct = (operation: Operation): operation is GemmOperation =>
  operation.kind === "gemm" && operation.epilogue === undefined;

/** Returns the product of all steps at once, `[steps * rows, columns]`: the first matrices of all steps are stacked. */
function productOfAll(
  { rows, depth, matrix, columns }: Product,
  length: number,
  value: number,
): Omit<GemmOperation, "epilogue"> & { readonly shape: readonly number[] } {
  return { kind: "gemm", a: plainOperand(value, [length * rows, depth]), b: matrix, shape: [length * rows, columns] };
}

/** Makes the products of slices sequences, computed before the loop. */
function productsBefore(operation: ScanOperation, nextValue: () => number) {
  const { body, carries, sequences, length, operands } = operation, start = carries + sequences;
  const draft = draftOf(body), before: DraftInstruction[] = [], further: Operand[] = [], types: ValueType[] = [];
  const places = new Map<number, number>();
  const steps = draft.steps.filter(({ operation: own, values, results: [type] }) => {
    const product = isProduct(own) ? productOf(own, operation, body) : undefined;
    if (product === undefined || product.value < carries || product.value >= start) return true;
    const [stacked, all] = [nextValue(), nextValue()],
      change = { kind: "reshape", shape: [length * product.rows, product.depth] } as const;
    const { shape, ...gemm } = productOfAll(product, length, stacked), { dtype } = type!;
    before.push(
      {
        values: [stacked],
        results: [{ dtype, shape: change.shape }],
        operation: { kind: "view", change, operand: operands[product.value]! },
      },
      { values: [all], results: [{ dtype, shape }], operation: gemm },
    );
    places.set(values[0]!, start + further.length);
    further.push(plainOperand(all, [length, ...type!.shape]));
    types.push(type!);
    return false;
  });
  if (further.length === 0) return { before, operation };
  const parameters = [...body.parameters.slice(0, start), ...types, ...body.parameters.slice(start)];
  const number = (value: number): number => value < start ? value : places.get(value) ?? value + further.length;
  const later: ScanOperation = {
    ...operation,
    body: programOf({ ...renumbered({ ...draft, steps }, number), parameters }),
    sequences: sequences + further.length,
    operands: [...operands.slice(0, start), ...further, ...operands.slice(start)],
  };
  return { before, operation: later };
}

/** Makes the loop yield the factors of products that are only yielded, and multiplies after it. */
function productsAfter(step: DraftInstruction, operation: ScanOperation, nextValue: () => number) {
  const { body, carries, finals, length } = operation, after: DraftInstruction[] = [];
  const makers = new Map(draftOf(body).steps.map((made) => [made.values[0]!, made.operation])),
    types = valueTypes(body);
  const read = new Set(body.instructions.flatMap((one) => operandsOf(one.operation).map(({ value }) => value)));
  const uses = (value: number): number => body.results.filter((result) => result === value).length;
  const yields = body.results.slice(carries), count = body.parameters.length;
  const products = yields.map((value) => {
    const made = makers.get(value);
    if (made === undefined || !isProduct(made) || read.has(value) || uses(value) > 1) return undefined;
    const product = productOf(made, operation, body);
    return product !== undefined && (product.value >= count || product.value < carries) ? product : undefined;
  });
  if (products.every((product) => product === undefined)) return { step, after };
  // The values that are yielded now, and the numbers of their sequences in the outer program.
  const kept = new Map<number, number>(), results: ValueType[] = [];
  const keep = (value: number, outer: number, type: ValueType): void => {
    kept.set(value, outer);
    results.push(type);
  };
  const doubles: { readonly from: number; readonly to: number; readonly type: ValueType }[] = [];
  yields.forEach((value, k) => {
    const outer = step.values[finals.length + k]!, type = step.results[finals.length + k]!;
    if (products[k] !== undefined) return;
    if (kept.has(value)) doubles.push({ from: kept.get(value)!, to: outer, type });
    else keep(value, outer, type);
  });
  products.forEach((product, k) => {
    if (product === undefined) return;
    const { dtype, shape } = types[product.value]!;
    if (!kept.has(product.value)) keep(product.value, nextValue(), { dtype, shape: [length, ...shape] });
    const { shape: all, ...gemm } = productOfAll(product, length, kept.get(product.value)!), value = nextValue();
    const type = step.results[finals.length + k]!;
    after.push({ values: [value], results: [{ dtype, shape: all }], operation: gemm });
    after.push(reshapedTo(type, plainOperand(value, all), step.values[finals.length + k]!));
  });
  for (const { from, to, type } of doubles) after.push(reshapedTo(type, plainOperand(from, type.shape), to));
  const later: DraftInstruction = {
    values: [...step.values.slice(0, finals.length), ...kept.values()],
    results: [...step.results.slice(0, finals.length), ...results],
    operation: { ...operation, body: { ...body, results: [...body.results.slice(0, carries), ...kept.keys()] } },
  };
  return { step: later, after };
}

const reshapedTo = (type: ValueType, operand: Operand, value: number): DraftInstruction => {
  const change = { kind: "reshape", shape: type.shape } as const;
  return { values: [value], results: [type], operation: { kind: "view", change, operand } };
};
