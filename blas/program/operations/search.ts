/**
 * Searches: the position of the extremum of each window.
 *
 * @module
 */
import { type ElementNumbers, type Extremum, search } from "../../search.ts";
import { rowMajorStrides, type Shape, sizeOf } from "../../shape.ts";
import { allocate, type Range, sliceView } from "../../view.ts";
import type { Operand } from "../program.ts";
import type { OperationKind, Operator } from "./operator.ts";

/** A region of the result, and the windows that its elements are computed from. */
export type SearchRegion = {
  /** The region's place in the result; no two regions share an element. */
  readonly place: readonly Range[];
  /** The axes of that part, then those of a window, which strides let overlap. */
  readonly operand: Operand;
  /** The number of each element of the operand. */
  readonly numbers: ElementNumbers;
};

/**
 * Finds for each window the number of the first of its largest or smallest elements, or of the first NaN. Together, the
 * regions cover the result.
 */
export type SearchOperation = {
  readonly kind: "search";
  readonly extremum: Extremum;
  /** The shape of the array that the places refer to. */
  readonly shape: Shape;
  readonly regions: readonly SearchRegion[];
};

/** A region, given before the strides of the operand are known. */
export type RegionPlan = Pick<SearchRegion, "place" | "numbers"> & {
  /** The lengths of the axes of the region and of a window; for each, the axis of the array and the step along it. */
  readonly axes: readonly { readonly length: number; readonly along: number; readonly step: number }[];
  /** The index in the array of the element at index 0 of all those axes. */
  readonly start: readonly number[];
};

/**
 * Returns the operator that searches windows of its operand for their extremum.
 *
 * @param regionsOf Returns the regions, which together cover the result, for a shape of the operand.
 */
export function searchOf(extremum: Extremum, regionsOf: (shape: Shape) => readonly RegionPlan[]): Operator<"search"> {
  return {
    run: (engine, [x], { dtype, shape }) => {
      const y = allocate(dtype, shape), { stride, offset } = x!;
      const regions = regionsOf(x!.shape).map((region) => {
        const { place, numbers } = region, [own, steps, first] = strided(region, stride, offset);
        return { place, numbers, shape: own, stride: steps, offset: first };
      });
      engine.search({ extremum, x: x!, regions, y });
      return y;
    },
    place: ([x], { shape }) => ({
      kind: "search",
      extremum,
      shape,
      regions: regionsOf(x!.shape).map((region) => {
        const { place, numbers } = region, [own, stride, offset] = strided(region, rowMajorStrides(x!.shape), 0);
        return { place, numbers, operand: { value: x!.value, shape: own, stride, offset } };
      }),
    }),
  };
}

/** Returns the operator that searches for the extremum along an axis, which the result does not have. */
export function searchAlong(extremum: Extremum, axis: number): Operator<"search"> {
  return searchOf(extremum, (shape) => {
    const kept = shape.flatMap((_, own) => own === axis ? [] : [own]);
    return [{
      place: kept.map((own) => ({ start: 0, step: 1, count: shape[own]! })),
      axes: [...kept, axis].map((along) => ({ length: shape[along]!, along, step: 1 })),
      start: shape.map(() => 0),
      numbers: { offset: 0, stride: [...kept.map(() => 0), 1] },
    }];
  });
}

/** Returns the shape, the strides and the offset of a region of an array. */
function strided(
  { axes, start }: RegionPlan,
  stride: readonly number[],
  offset: number,
): [Shape, readonly number[], number] {
  return [
    axes.map(({ length }) => length),
    axes.map(({ along, step }) => step * stride[along]!),
    start.reduce((sum, index, axis) => sum + index * stride[axis]!, offset),
  ];
}

/** The kind of searches. */
export const searchKind: OperationKind<SearchOperation> = {
  operands: ({ regions }) => regions.map(({ operand }) => operand),
  withOperands: (operation, operands) => ({
    ...operation,
    regions: operation.regions.map((region, k) => ({ ...region, operand: operands[k]! })),
  }),
  compute: ({ extremum, shape, regions }, { results: [type], view }) => {
    const y = allocate(type!.dtype, shape);
    for (const { operand, place, numbers } of regions) {
      if (sizeOf(operand.shape) > 0) search(extremum, view(operand), numbers, sliceView(y, place));
    }
    return [y];
  },
  key: ({ extremum, shape, regions }) =>
    JSON.stringify([extremum, shape, regions.map(({ place, numbers }) => [place, numbers])]),
  format: ({ extremum, regions }, write) => [
    `arg${extremum}${regions.map(({ operand }) => ` ${write.operand(operand)}`).join("")}`,
  ],
  flops: ({ regions }) => regions.reduce((sum, { operand }) => sum + sizeOf(operand.shape), 0), // comparisons
  work: ({ regions }, elements) => regions.reduce((sum, { operand }) => sum + sizeOf(operand.shape), elements),
  withResults: () => undefined, // there is one
  epilogueShape: () => undefined,
  anyShape: true,
};
