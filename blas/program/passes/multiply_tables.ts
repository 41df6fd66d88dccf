/**
 * Products with rows of a table: a word's vector times a matrix is a row of the whole table times that matrix, and a
 * vocabulary often has fewer words than a text has positions.
 *
 * @module
 */
import { type DType, DTYPES } from "../../dtype.ts";
import { argument, select } from "../../scalar/scalar.ts";
import { view } from "../../view.ts";
import type { GemmOperation } from "../operations/gemm.ts";
import type { MapOperation } from "../operations/map.ts";
import { plainOperand } from "../operand.ts";
import { isWhole } from "../operands.ts";
import type { Operand, Operation, ValueType } from "../program.ts";
import { sizeOf } from "../../shape.ts";
import { changeOperand } from "../compose.ts";
import type { Draft, DraftInstruction } from "./draft.ts";
import { addingUp, copiedOperand, isMatrix, picking, type Picks, picksOf, reorderedPicks } from "./table_rows.ts";

/** At least this many rows must be picked for each row of a table: with fewer, there is little to gain. */
const LEAST = 2;

/** At most this many rows may be picked for each row of a table: numbers added one by one lose more digits than in a product. */
const MOST = 1024;

/**
 * Multiplies tables before rows are picked from them, and adds rows up before they are multiplied. If picked rows are
 * then read in another order, their indices are reordered, and not the rows.
 */
export function multiplyTables(draft: Draft): Draft {
  if (!draft.steps.some(({ operation: { kind } }) => kind === "gather" || kind === "scatter")) return draft;
  const makers = new Map<number, DraftInstruction>(), types = new Map<number, ValueType>();
  draft.parameters.forEach((type, value) => types.set(value, type));
  for (const { value, view } of draft.constants) types.set(value, view);
  let { next } = draft, changed = false;
  const steps: DraftInstruction[] = [];
  const put = (step: DraftInstruction): void => {
    steps.push(step);
    step.values.forEach((value, k) => {
      makers.set(value, step);
      types.set(value, step.results[k]!);
    });
  };
  const known = {
    maker: (value: number) => makers.get(value)?.operation,
    type: (value: number) => types.get(value)!,
    make: (operation: Operation, results: readonly ValueType[]) => {
      const value = next++;
      put({ values: [value], results, operation });
      return value;
    },
  };
  const constants = [...draft.constants], ones = new Map<DType, number>();
  const one = (dtype: DType): number => {
    const made = ones.get(dtype) ?? next++;
    if (!ones.has(dtype)) constants.push({ value: made, view: view(new DTYPES[dtype].Data([1]), [1]) });
    ones.set(dtype, made);
    return made;
  };
  for (const step of draft.steps) {
    const operation = rewritten(step, { ...known, one });
    if (operation === undefined) put(step);
    else {
      put({ ...step, operation });
      changed = true;
    }
  }
  return changed ? { ...draft, constants, steps, next } : draft;
}

/** The program so far, and the function that adds an instruction with one result. */
type Known = {
  readonly maker: (value: number) => Operation | undefined;
  readonly type: (value: number) => ValueType;
  readonly make: (operation: Operation, results: readonly ValueType[]) => number;
  /** Returns a value with the one element 1. */
  readonly one: (dtype: DType) => number;
};

/** Returns a better operation for the results of a step, if there is one. */
function rewritten({ operation, results: [type] }: DraftInstruction, known: Known): Operation | undefined {
  switch (operation.kind) {
    case "gemm":
      return operation.epilogue === undefined && operation.a.shape.length === 2
        ? productOfTable(operation, known, type!) ?? productOfSums(operation, known, type!)
        : undefined;
    case "map":
      return pickedInOrder(operation, known) ?? mapOfTable(operation, known, type!);
    case "scatter": {
      if (operation.onto !== undefined) return undefined;
      const picks = picksOf(operation), made = known.maker(operation.operand.value);
      if (picks === undefined || made === undefined) return undefined;
      const whole = isWhole(operation.operand, sizeOf(operation.operand.shape));
      if (!whole) return undefined;
      return addedUpInOrder(picks, made, operation.shape, known) ?? sumOfProducts(picks, made, operation.shape, known);
    }
  }
  return undefined;
}

/** Rows picked from a table, as an operand of a product. */
type Picked = { readonly table: Operand; readonly picks: Picks };

function pickedRows(operand: Operand, { maker }: Known): Picked | undefined {
  const made = maker(operand.value);
  if (made?.kind !== "gather" || made.operand.shape.length !== 2) return undefined;
  const picks = picksOf(made), table = made.operand;
  if (picks === undefined || !isMatrix(operand, [picks.rows, table.shape[1]!])) return undefined;
  return isWorthwhile(table.shape[0]!, picks.rows) ? { table, picks } : undefined;
}

const isWorthwhile = (count: number, rows: number): boolean =>
  rows >= LEAST * count && rows <= MOST * count && count > 0;

/** Rewrites `rows b`, where the rows are picked from a table, as rows of `table b`. */
function productOfTable({ a, b }: GemmOperation, known: Known, { dtype }: ValueType): Operation | undefined {
  const picked = pickedRows(a, known);
  if (picked === undefined) return undefined;
  const shape = [picked.table.shape[0]!, b.shape[1]!];
  const value = known.make({ kind: "gemm", a: picked.table, b }, [{ dtype, shape }]);
  return picking(picked.picks, plainOperand(value, shape));
}

/** Rewrites `a rows`, where the rows are picked from a table: the columns of `a` are summed for each row of the table, and then multiplied by the table. The same transposed. */
function productOfSums({ a, b }: GemmOperation, known: Known, { dtype }: ValueType): Operation | undefined {
  const ofTransposed = pickedRows(transposed(a), known), picked = pickedRows(b, known) ?? ofTransposed;
  if (picked === undefined) return undefined;
  const { picks } = picked, isTransposed = picked === ofTransposed, rows = isTransposed ? b : transposed(a);
  const table = pickedOnly(picked, known, dtype);
  const shape = [table.shape[0]!, rows.shape[1]!];
  const sums = plainOperand(known.make(addingUp(picks, rows, table.shape[0]!), [{ dtype, shape }]), shape);
  return isTransposed
    ? { kind: "gemm", a: transposed(table), b: sums }
    : { kind: "gemm", a: transposed(sums), b: table };
}

/** Returns the table with zeros in rows that are not picked: their sums are 0, which must not meet infinity or NaN. */
function pickedOnly({ table, picks }: Picked, known: Known, dtype: DType): Operand {
  const value = known.make(whereMet(table, picks, known, dtype), [{ dtype, shape: table.shape }]);
  return plainOperand(value, table.shape);
}

/** Returns a matrix that has a row for each row of a table, with zeros in rows that are never picked. */
function whereMet(matrix: Operand, picks: Picks, known: Known, dtype: DType): Operation {
  const { shape } = matrix, [count] = shape as readonly [number]; // a matrix, as its name says
  const ones: Operand = { value: known.one(dtype), shape: [picks.rows, 1], stride: [0, 0], offset: 0 };
  const counts = known.make(addingUp(picks, ones, count), [{ dtype, shape: [count, 1] }]);
  const times: Operand = { value: counts, shape, stride: [1, 0], offset: 0 };
  return {
    kind: "map",
    loop: { shape, operands: [matrix, times], expressions: [select(argument(1), argument(0), 0)] },
  };
}

const transposed = (operand: Operand): Operand => changeOperand(operand, { kind: "transpose", axes: [1, 0] })!;

/** Rewrites sums of rows of a product `a b` as sums of rows of `a`, times `b`. */
function sumOfProducts(picks: Picks, made: Operation, shape: readonly number[], known: Known): Operation | undefined {
  if (made.kind !== "gemm" || made.epilogue !== undefined || made.a.shape.length !== 2) return undefined;
  const [count] = shape as readonly [number], { a, b } = made; // two axes
  if (a.shape[0] !== picks.rows || !isWorthwhile(count, picks.rows)) return undefined;
  const sums = [count, a.shape[1]!], { dtype } = known.type(a.value);
  const value = known.make(addingUp(picks, a, count), [{ dtype, shape: sums }]);
  const product = known.make({ kind: "gemm", a: plainOperand(value, sums), b }, [{ dtype, shape }]);
  return whereMet(plainOperand(product, shape), picks, known, dtype);
}

/** Rewrites a loop over picked rows, and operands that are the same for all rows, as rows picked from a loop over the table. */
function mapOfTable({ loop }: MapOperation, known: Known, { dtype }: ValueType): Operation | undefined {
  const { shape, operands, expressions } = loop, width = shape.at(-1) ?? 0;
  if (expressions.length !== 1 || shape.length < 2 || expressions[0]!.kind === "argument") return undefined;
  const lead = shape.slice(0, -1), isSame = (operand: Operand) => lead.every((_, k) => operand.stride[k] === 0);
  const found = operands.filter((operand) => !isSame(operand)), [first] = found;
  if (found.length !== 1 || !isWhole(first!, sizeOf(shape))) return undefined;
  const picked = pickedRows(plainOperand(first!.value, [sizeOf(lead), width]), known);
  if (picked === undefined) return undefined;
  const { table, picks } = picked, own = [table.shape[0]!, width];
  const replaced = operands.map((operand): Operand =>
    operand === first ? table : { ...operand, shape: own, stride: [0, operand.stride.at(-1)!] }
  );
  const value = known.make({ kind: "map", loop: { shape: own, operands: replaced, expressions } }, [{
    dtype,
    shape: own,
  }]);
  return picking(picks, plainOperand(value, own));
}

/** Rewrites a copy of picked rows in another order as rows picked in that order. */
function pickedInOrder(operation: MapOperation, known: Known): Operation | undefined {
  const copied = copiedOperand(operation), made = copied && known.maker(copied.value);
  if (copied === undefined || made?.kind !== "gather" || made.operand.shape.length !== 2) return undefined;
  const picks = picksOf(made), order = rowsIn(copied, made.operand.shape[1]!);
  if (picks === undefined || order === undefined) return undefined;
  const { operation: copy, results } = reorderedPicks(picks, order, known.type(picks.value));
  const rows = sizeOf(order.shape), value = known.make(copy, results);
  return picking({ value, offset: 0, step: 1, rows, checked: picks.checked }, made.operand);
}

/** Rewrites sums of rows that are copied in another order as sums of the rows themselves, by reordered indices. */
function addedUpInOrder(picks: Picks, made: Operation, shape: readonly number[], known: Known): Operation | undefined {
  const copied = copiedOperand(made), [count, width] = shape as readonly [number, number]; // two axes
  const order = copied && rowsIn(copied, width);
  if (copied === undefined || order === undefined || order.offset !== 0) return undefined;
  // The axes by their step in the source, the largest first: if these are the steps of a whole array, each row is read once.
  const axes = order.shape.map((length, k) => ({
    length,
    step: order.stride[k]!,
    own: sizeOf(order.shape.slice(k + 1)),
  }))
    .filter(({ length }) => length > 1).sort((a, b) => b.step - a.step);
  const isOnce = axes.every(({ step }, k) => step === sizeOf(axes.slice(k + 1).map(({ length }) => length)));
  if (!isOnce) return undefined;
  const back = { shape: axes.map(({ length }) => length), stride: axes.map(({ own }) => own), offset: 0 };
  const { operation: copy, results } = reorderedPicks(picks, back, known.type(picks.value));
  const value = known.make(copy, results), rows = plainOperand(copied.value, [picks.rows, width]);
  return addingUp({ value, offset: 0, step: 1, rows: picks.rows, checked: picks.checked }, rows, count);
}

/** Returns the order in which an operand shows whole rows of a matrix, in steps of rows; `undefined` if it shows them in order, or parts of rows. */
function rowsIn(
  { shape, stride, offset }: Operand,
  width: number,
): Pick<Operand, "shape" | "stride" | "offset"> | undefined {
  const lead = shape.slice(0, -1), steps = stride.slice(0, -1);
  const isRows = shape.length > 1 && shape.at(-1) === width && (stride.at(-1) === 1 || width === 1) && width > 0;
  if (!isRows || offset % width !== 0 || steps.some((step) => step % width !== 0)) return undefined;
  const order = { shape: lead, stride: steps.map((step) => step / width), offset: offset / width };
  return order.stride.every((step, k) => step === sizeOf(lead.slice(k + 1))) ? undefined : order;
}
