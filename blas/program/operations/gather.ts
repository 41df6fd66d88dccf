/**
 * Gathering elements along an axis by index, and adding elements to positions given by an index (scatter-add).
 *
 * @module
 */
import { scatterOnto } from "../../scatter.ts";
import { type Shape, sizeOf } from "../../shape.ts";
import { allocate } from "../../view.ts";
import { plainOperand } from "../operand.ts";
import type { Operand } from "../program.ts";
import { checkIndicesOf, formatRange, type IndexRange } from "./check_indices.ts";
import type { OperationKind, Operator } from "./operator.ts";

/**
 * `y[o, j, i] = x[o, indices[o, j, i], i]`, where `j` runs along the axis. The indices have the result's shape, and `x`
 * has the same except along the axis. Indices are rounded, and clamped to the axis.
 */
export type GatherOperation = {
  readonly kind: "gather";
  readonly axis: number;
  readonly operand: Operand;
  readonly indices: Operand;
  /** Whether the indices are known to be whole numbers within the axis. Default: false. */
  readonly checked?: boolean;
  /**
   * If given, the numbers are checked as they are read: those that are not indices throw the error of `checkIndices`,
   * and negative ones count from the end.
   */
  readonly check?: IndexRange;
};

/** What happens to an element where another one goes. */
export type Combination = "add" | "set" | "max" | "min";

/**
 * `y[o, indices[o, j, i], i]` is the sum of the elements `x[o, j, i]`, in the order of `j`; or what is there is combined with
 * them in another way. The indices have the shape of `x`.
 */
export type ScatterOperation = {
  readonly kind: "scatter";
  readonly axis: number;
  /** The shape of the result: that of `x` except along the axis. */
  readonly shape: Shape;
  readonly operand: Operand;
  readonly indices: Operand;
  /** What is there before, of the result's shape, a whole value in its order; 0 if left out. */
  readonly onto?: Operand;
  /** Default: `"add"`. */
  readonly combine?: Combination;
  /** Whether the indices are known to be whole numbers inside the axis. Default: false. */
  readonly checked?: boolean;
};

/**
 * Returns the operator that gathers elements of its first operand along an axis; its second operand holds the indices.
 */
export function gatherOf(axis: number): Operator<"gather"> {
  return {
    run: (engine, [x, indices], { dtype, shape }) => {
      const y = allocate(dtype, shape);
      engine.gather({ axis, x: x!, indices: indices!, y });
      return y;
    },
    place: ([x, indices]) => ({
      kind: "gather",
      axis,
      operand: plainOperand(x!.value, x!.shape),
      indices: plainOperand(indices!.value, indices!.shape),
    }),
  };
}

/**
 * Returns the operator that adds the elements of its first operand to positions along an axis; its second operand holds
 * the indices.
 */
export function scatterOf(axis: number): Operator<"scatterAdd"> {
  return {
    run: (engine, [x, indices], { dtype, shape }) => {
      const y = allocate(dtype, shape);
      engine.scatterAdd({ axis, x: x!, indices: indices!, y });
      return y;
    },
    place: ([x, indices], { shape }) => ({
      kind: "scatter",
      axis,
      shape,
      operand: plainOperand(x!.value, x!.shape),
      indices: plainOperand(indices!.value, indices!.shape),
    }),
  };
}

/**
 * Returns the operator that puts elements in places along an axis of its first operand, or combines them with what is there: its
 * second operand holds the indices, its third one the elements.
 */
export function scatterOntoOf(axis: number, combine: Exclude<Combination, "add">): Operator<"copy"> {
  return {
    run: (engine, [t, indices, x]) => {
      const y = allocate(t!.dtype, t!.shape);
      engine.copy({ x: t!, y });
      scatterOnto({ axis, combine, indices: indices!, values: x!, y });
      return y;
    },
    place: ([t, indices, x], { shape }) => ({
      kind: "scatter",
      axis,
      shape,
      combine,
      onto: plainOperand(t!.value, t!.shape),
      operand: plainOperand(x!.value, x!.shape),
      indices: plainOperand(indices!.value, indices!.shape),
    }),
  };
}

type Either = GatherOperation | ScatterOperation;

/** The part that both kinds share. */
const common = {
  operands: ({ operand, indices }: Either) => [operand, indices],
  work: (_: Either, elements: number) => elements,
  withResults: () => undefined, // there is one
  epilogueShape: () => undefined,
} as const;

/** The kind of gathers. */
export const gatherKind: OperationKind<GatherOperation> = /* @__PURE__ */ (() => ({
  ...common,
  flops: () => 0, // it moves numbers, and computes none
  withOperands: (operation, [operand, indices]) => ({ ...operation, operand: operand!, indices: indices! }),
  compute: ({ axis, operand, indices, check }, { engine, results: [type], view }) => {
    const given = view(indices), result = { dtype: type!.dtype, shape: indices.shape };
    const at = check === undefined ? given : checkIndicesOf(check).run(engine, [given], result);
    return [gatherOf(axis).run(engine, [view(operand), at], result)];
  },
  key: ({ axis, check }) => JSON.stringify([axis, check]),
  format: ({ axis, operand, indices, check }, write) => [
    `gather ${write.operand(operand)} at ${write.operand(indices)} along axis ${axis}${
      check === undefined ? "" : `, checked: ${formatRange(check)}`
    }`,
  ],
  anyShape: true,
}))();

/** The kind of scatters. */
export const scatterKind: OperationKind<ScatterOperation> = /* @__PURE__ */ (() => ({
  ...common,
  operands: ({ operand, indices, onto }) => onto === undefined ? [operand, indices] : [operand, indices, onto],
  withOperands: (operation, [operand, indices, onto]) => ({
    ...operation,
    operand: operand!,
    indices: indices!,
    ...onto !== undefined && { onto },
  }),
  compute: ({ axis, shape, operand, indices, onto, combine = "add" }, { engine, results: [type], view }) => {
    const result = { dtype: type!.dtype, shape };
    if (onto === undefined || combine === "add") {
      return [scatterOf(axis).run(engine, [view(operand), view(indices)], result)];
    }
    return [scatterOntoOf(axis, combine).run(engine, [view(onto), view(indices), view(operand)], result)];
  },
  key: ({ axis, shape, combine = "add" }) => `${axis} ${shape} ${combine}`,
  format: ({ axis, operand, indices, onto, combine = "add" }, write) => [
    `scatter ${write.operand(operand)} to ${write.operand(indices)} along axis ${axis}${
      onto === undefined ? "" : `, ${combine} on ${write.operand(onto)}`
    }`,
  ],
  flops: ({ operand }) => sizeOf(operand.shape),
  work: ({ operand }, elements) => operand.shape.reduce((product, length) => product * length, 1) + elements,
  anyShape: true,
}))();
