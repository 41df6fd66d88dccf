/**
 * The primitive of exchanges between ranks.
 *
 * @module
 */
import * as either from "../../blas/either.ts";
import { formatShape } from "../../blas/errors.ts";
import { copyPart } from "../../blas/parts/copy.ts";
import { plainOperand } from "../../blas/program/operand.ts";
import { exchanged } from "../../blas/program/operations/exchange.ts";
import type { ValueType } from "../../blas/program/program.ts";
import { batchWhole } from "../../autograd/batch.ts";
import { applySeveral, type MultiPrimitive } from "../../autograd/multi_primitive.ts";
import type { Tensor } from "../../autograd/tensor.ts";
import type { Numbers } from "./transport.ts";

/** One way of exchanging tensors. */
export type Exchange = {
  /** What it does, such as `"sum"`; all ranks compare it. */
  readonly name: string;
  /** Compares with the other ranks what is about to be exchanged. */
  readonly agree: (description: string) => void;
  /** Replaces numbers by what the ranks have together. */
  readonly replace: (numbers: Numbers) => void;
};

/** The derivative of a sum over ranks is the sum of their cotangents; broadcasts have none. */
const exchangePrimitive: MultiPrimitive<Exchange> = {
  name: "exchange",
  samples: () => [],
  shapes: (shapes) => either.right(shapes),
  batch: batchWhole,
  evaluate: (views, exchange) => exchanged(copyPart.inUse(), views, agreed(exchange, views)),
  place: (inputs, exchange) => ({
    kind: "exchange",
    name: exchange.name,
    operands: inputs.map(({ value, shape }) => plainOperand(value, shape)),
    run: agreed(exchange, inputs),
  }),
  vjps: (cotangents, { attributes }) => {
    const given = cotangents.filter((cotangent) => cotangent !== null);
    const shares = exchangeTensors(attributes, given);
    let next = 0;
    return cotangents.map((cotangent) => cotangent === null ? null : shares[next++]!);
  },
};

/** Returns the exchange of arrays of these types, which compares them with those of other ranks before. */
function agreed({ name, agree, replace }: Exchange, types: readonly ValueType[]): (block: Numbers) => void {
  const description = `${name} ${types.map(({ dtype, shape }) => `${dtype} ${formatShape(shape)}`).join(", ")}`;
  return (block) => {
    agree(description);
    replace(block);
  };
}

/** Exchanges tensors, those of each dtype together. */
export function exchangeTensors(exchange: Exchange, tensors: readonly Tensor[]): readonly Tensor[] {
  const results = [...tensors];
  for (const dtype of ["float32", "float64"] as const) {
    const places = tensors.flatMap((t, k) => t.dtype === dtype ? [k] : []);
    if (places.length === 0) continue;
    applySeveral(exchangePrimitive, exchange, places.map((k) => tensors[k]!)).forEach((t, i) =>
      results[places[i]!] = t
    );
  }
  return results;
}
