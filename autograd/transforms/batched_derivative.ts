/**
 * Derivatives of batches by the rule for single examples.
 *
 * @module
 */
import * as either from "../../blas/either.ts";
import type { BatchOperand, BatchResult } from "../batch.ts";
import type { MultiPrimitive } from "../multi_primitive.ts";
import { scale } from "../ops/arithmetic.ts";
import { broadcastTo, sum, sumTo } from "../ops/sum.ts";
import type { AnyPrimitive } from "../primitive.ts";
import { nodesOf, type Tensor } from "../tensor.ts";
import { innerShape } from "../tensor_record.ts";
import { withinReach } from "../within_reach.ts";
import type { BatchMapper } from "./batching.ts";

/**
 * Returns the results of a primitive for many examples, however they were computed, with the primitive's derivative for
 * single examples.
 *
 * @param operands The operands.
 * @param results Each `[size, ...shape]`; their own history is left out.
 */
export function differentiatedByExample(
  primitive: AnyPrimitive,
  attributes: unknown,
  operands: readonly BatchOperand[],
  results: readonly Tensor[],
  map: BatchMapper,
): readonly Tensor[] {
  const [first] = results;
  if (first === undefined || !operands.some(({ tensor }) => tensor.requiresGrad)) return results;
  const size = innerShape(first)[0]!, flags = operands.map(({ isBatched }) => isBatched);
  const tensors = operands.map(({ tensor }) => tensor);
  const views = results.map((t) => withinReach(t, tensors)), shapes = views.map(({ shape }) => shape);
  const batched: MultiPrimitive<unknown> = {
    name: primitive.name,
    samples: () => [],
    shapes: () => either.right(shapes),
    evaluate: () => views, // they have been computed already
    vjps: (cotangents, { inputs, outputs }) => {
      const present = cotangents.flatMap((cotangent, k) => cotangent === null ? [] : [k]);
      const given = [
        ...present.map((k): BatchResult => ({ tensor: cotangents[k]!, isBatched: true })),
        ...inputs.map((tensor, k): BatchResult => ({ tensor, isBatched: flags[k]! })),
        ...outputs.map((tensor): BatchResult => ({ tensor, isBatched: true })),
      ];
      const places: number[] = [];
      const shares = map(given, (examples) => {
        const own: (Tensor | null)[] = outputs.map(() => null);
        present.forEach((k, i) => own[k] = examples[i]!);
        const middle = present.length + inputs.length;
        const operandsOf = examples.slice(present.length, middle), outputsOf = examples.slice(middle);
        return sharesOf(primitive, attributes, own, operandsOf, outputsOf).flatMap((share, k) => {
          if (share === null) return [];
          places.push(k);
          return [sumTo(share, innerShape(operandsOf[k]!))];
        });
      });
      const all: (Tensor | null)[] = inputs.map(() => null);
      shares.forEach((share, i) => all[places[i]!] = shareOf(share, flags[places[i]!]!, size));
      return all;
    },
  };
  return nodesOf(views, batched, {}, tensors);
}

/** Returns the cotangents of the operands of one example. */
function sharesOf(
  primitive: AnyPrimitive,
  attributes: unknown,
  cotangents: readonly (Tensor | null)[],
  inputs: readonly Tensor[],
  outputs: readonly Tensor[],
): readonly (Tensor | null)[] {
  if ("shapes" in primitive) return primitive.vjps(cotangents, { attributes, inputs, outputs });
  const [cotangent] = cotangents, [output] = outputs;
  // A primitive has one result, whose cotangent is present.
  return inputs.map((_, k) => primitive.vjp(k, cotangent!, { attributes, inputs, output: output! }));
}

/** Returns the cotangent of an operand, to which all examples contribute if it is the same for all. */
function shareOf({ tensor, isBatched }: BatchResult, isOperandBatched: boolean, size: number): Tensor {
  if (isOperandBatched) return isBatched ? tensor : broadcastTo(tensor, [size, ...innerShape(tensor)]);
  return isBatched ? sum(tensor, { axes: 0 }) : scale(tensor, size);
}
