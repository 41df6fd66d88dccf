/**
 * Joins: several arrays written to regions of one array.
 *
 * @module
 */
import { formatShape } from "../../errors.ts";
import { isCovered } from "../../join.ts";
import { argument } from "../../scalar/scalar.ts";
import type { Shape } from "../../shape.ts";
import { allocate, type Range } from "../../view.ts";
import { plainOperand } from "../operand.ts";
import type { Loop } from "../program.ts";
import { flopsOfLoop } from "./flops.ts";
import { runLoop } from "./map.ts";
import type { OperationKind, Operator } from "./operator.ts";

/** A loop of one expression, and the region of the result that it is written to: one range for each axis. */
export type JoinPart = { readonly loop: Loop; readonly place: readonly Range[] };

/**
 * Writes parts to regions of one array; no two regions share an element. Elements outside all regions are set to
 * `fill`.
 */
export type JoinOperation = {
  readonly kind: "join";
  /** The shape of the array that the regions refer to. */
  readonly shape: Shape;
  readonly parts: readonly JoinPart[];
  readonly fill: number;
};

const ELEMENT = /* @__PURE__ */ argument(0);

/**
 * Returns the operator that writes each operand to a region of the result.
 *
 * @param places For each operand one range for each axis; no two may share an element.
 * @param fill The value of elements outside all regions.
 */
export function joinOf(places: readonly (readonly Range[])[], fill: number): Operator<"join"> {
  return {
    run: (engine, inputs, { dtype, shape }) => {
      const output = allocate(dtype, shape);
      engine.join({ inputs, places, fill, y: output });
      return output;
    },
    place: (inputs, { shape }) => ({
      kind: "join",
      shape,
      fill,
      parts: inputs.map(({ value, shape: own }, k) => ({
        loop: { shape: own, operands: [plainOperand(value, own)], expressions: [ELEMENT] },
        place: places[k]!,
      })),
    }),
  };
}

/** The kind of joins. */
export const joinKind: OperationKind<JoinOperation> = {
  operands: () => [],
  withOperands: (operation) => operation,
  compute: ({ shape, parts, fill }, { engine, results, view }) => {
    const { dtype } = results[0]!,
      inputs = parts.map(({ loop }) => {
        const [expression] = loop.expressions;
        return expression === ELEMENT ? view(loop.operands[0]!) : runLoop(engine, loop, dtype, view)[0]!;
      });
    return [joinOf(parts.map(({ place }) => place), fill).run(engine, inputs, { dtype, shape })];
  },
  key: ({ shape, parts, fill }) =>
    `${shape} ${Object.is(fill, -0) ? "-0" : fill} ${parts.map(({ place }) => formatPlace(place, ":", ",")).join(";")}`,
  format: ({ shape, parts, fill }, write) => [
    `join ${formatShape(shape)}${
      isCovered(shape, parts.map(({ place }) => place)) ? "" : `, elsewhere ${Object.is(fill, -0) ? "-0" : fill}`
    }`,
    ...parts.map(({ loop, place }) => `  [${formatPlace(place, ":", ", ")}] = ${write.formula(loop)}`),
  ],
  flops: ({ parts }) => parts.reduce((sum, { loop }) => sum + flopsOfLoop(loop), 0),
  work: (_, elements) => elements,
  withResults: () => undefined, // there is one
  epilogueShape: () => undefined,
  anyShape: true,
};

const formatPlace = (place: readonly Range[], between: string, separator: string): string =>
  place.map(({ start, step, count }) => [start, start + step * count, ...step === 1 ? [] : [step]].join(between))
    .join(separator);
