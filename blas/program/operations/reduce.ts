/**
 * Reductions over axes.
 *
 * @module
 */
import { formatShape } from "../../errors.ts";
import type { Reduction } from "../../reduction.ts";
import { argument } from "../../scalar/interned.ts";
import { reducedShape, sizeOf } from "../../shape.ts";
import { allocateUnset } from "../../view.ts";
import { plainOperand } from "../operand.ts";
import type { Loop } from "../program.ts";
import { flopsOfLoop } from "./flops.ts";
import { runLoop } from "./map.ts";
import type { OperationKind, Operator } from "./operator.ts";

/**
 * A reduction of the loop's only expression over the axes, which stay with length 1. With an epilogue, a loop over the
 * reduced shape, the results are those of the epilogue.
 */
export type ReduceOperation = {
  readonly kind: "reduce";
  readonly reduction: Reduction;
  readonly axes: readonly number[];
  readonly loop: Loop;
  readonly epilogue?: Loop;
};

const ELEMENT = /* @__PURE__ */ argument(0);

/** Returns the operator that reduces the axes, which stay with length 1. */
export function reduceOf(reduction: Reduction, axes: readonly number[]): Operator<"reduce"> {
  return {
    run: (engine, [x], { dtype, shape }) => {
      const output = allocateUnset(dtype, shape);
      engine.reduce(reduction, x!, output);
      return output;
    },
    place: ([x]) => {
      const { value, shape } = x!;
      const loop = { shape, operands: [plainOperand(value, shape)], expressions: [ELEMENT] };
      return { kind: "reduce", reduction, axes, loop };
    },
  };
}

/** The kind of reductions. */
export const reduceKind: OperationKind<ReduceOperation> = {
  operands: () => [],
  withOperands: (operation) => operation,
  compute: ({ reduction, axes, loop }, { engine, results, view }) => {
    const { dtype } = results[0]!;
    const result = { dtype, shape: reducedShape(loop.shape, axes) };
    return [reduceOf(reduction, axes).run(engine, runLoop(engine, loop, dtype, view), result)];
  },
  key: ({ reduction, axes }) => `${reduction} ${axes}`,
  format: ({ reduction, axes, loop }, write) => {
    const over = axes.length === 1 ? `axis ${axes[0]}` : `axes ${axes.join(", ")}`;
    return [`${reduction} over ${over} of ${formatShape(loop.shape)}: ${write.formula(loop)}`];
  },
  flops: ({ loop }) => flopsOfLoop(loop) + sizeOf(loop.shape),
  work: ({ loop }, elements) => Math.max(elements, sizeOf(loop.shape)),
  withResults: () => undefined, // it has one result
  epilogueShape: ({ loop, axes }) => reducedShape(loop.shape, axes),
  anyShape: true,
};
