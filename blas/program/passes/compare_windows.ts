/**
 * Extrema that are picked where a search found them: comparisons.
 *
 * @module
 */
import { argument, equal, greaterEqual, lessEqual, type Scalar, select } from "../../scalar/scalar.ts";
import { sameShape, type Shape, sizeOf } from "../../shape.ts";
import { isWhole } from "../operands.ts";
import type { GatherOperation } from "../operations/gather.ts";
import type { SearchOperation, SearchRegion } from "../operations/search.ts";
import type { Loop, Operand, Operation } from "../program.ts";
import { type Draft, type DraftInstruction, withOperation, withSteps } from "./draft.ts";

/** The most elements of a window that are compared by a loop, of which each is an operand. */
const MOST = 16;

/**
 * Computes the largest or smallest elements of small windows, as pooling does, by comparing them, instead of searching for their
 * positions and picking them from there. If nothing else reads the positions, they are not searched for.
 */
export function compareWindows(draft: Draft): Draft {
  if (!draft.steps.some(({ operation: { kind } }) => kind === "search")) return draft;
  const searches = new Map<number, DraftInstruction>();
  const steps = draft.steps.map((step): DraftInstruction => {
    const { operation } = step;
    if (operation.kind === "search") searches.set(step.values[0]!, step);
    if (operation.kind !== "gather") return step;
    const found = searches.get(operation.indices.value);
    const compared = found?.operation.kind === "search"
      ? comparisonOf(operation, found.operation, found.results[0]!.shape)
      : undefined;
    return compared === undefined ? step : withOperation(step, compared);
  });
  return withSteps(draft, steps);
}

/** Returns what computes the elements that a gather picks at the positions that a search has found, if it picks them all, in order. */
function comparisonOf(gather: GatherOperation, search: SearchOperation, shape: Shape): Operation | undefined {
  const { axis, indices } = gather, { regions } = search, rank = shape.length;
  if (!isWhole(indices, sizeOf(shape)) || axis !== indices.shape.length - 1) return undefined;
  if (!sameShape(shape.slice(0, axis), indices.shape.slice(0, axis))) return undefined;
  if (!regions.every((region) => isRead(gather, region) && sizeOf(region.operand.shape.slice(rank)) <= MOST)) {
    return undefined;
  }
  const loops = regions.map((region) => ({ loop: extremumOf(search, region, rank), place: region.place }));
  const [first] = loops;
  if (first !== undefined && loops.length === 1 && sameShape(first.loop.shape, shape)) {
    return { kind: "map", loop: first.loop };
  }
  return { kind: "join", shape, fill: 0, parts: loops };
}

/** Tells whether the elements of a region's windows are those that a gather picks by their numbers. */
function isRead({ operand: table, axis }: GatherOperation, { operand, place, numbers }: SearchRegion): boolean {
  const unit = table.stride[axis]!;
  const along = (own: number): number => own < axis ? table.stride[own]! : 0;
  const start = place.reduce((sum, range, own) => sum + range.start * along(own), table.offset);
  return table.value === operand.value && operand.offset === start + numbers.offset * unit &&
    operand.shape.every((length, own) =>
      length <= 1 || operand.stride[own] === (place[own]?.step ?? 0) * along(own) + numbers.stride[own]! * unit
    );
}

/** Returns the loop that compares the elements of windows. */
function extremumOf({ extremum }: SearchOperation, { operand }: SearchRegion, rank: number): Loop {
  const shape = operand.shape.slice(0, rank), window = operand.shape.slice(rank);
  const operands = Array.from({ length: sizeOf(window) }, (_, number): Operand => {
    let rest = number, { offset } = operand;
    for (let axis = window.length - 1; axis >= 0; axis--) {
      offset += (rest % window[axis]!) * operand.stride[rank + axis]!;
      rest = Math.floor(rest / window[axis]!);
    }
    return { value: operand.value, shape, stride: operand.stride.slice(0, rank), offset };
  });
  const expressions = [operands.map((_, k) => argument(k)).reduce((best, x) => better(extremum, best, x))];
  return { shape, operands, expressions };
}

/** The first of two numbers if it is NaN or as good as the other one, and otherwise the other: what a search finds. */
function better(extremum: "max" | "min", first: Scalar, second: Scalar): Scalar {
  const isAsGood = extremum === "max" ? lessEqual(second, first) : greaterEqual(second, first);
  return select(equal(first, first), select(isAsGood, first, second), first);
}
