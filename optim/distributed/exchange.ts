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
import { innerView } from "../../autograd/tensor_record.ts";
import type { Numbers } from "./transport.ts";

/** One way of exchanging tensors. */
export type Exchange = {
  /** What it does, such as `"sum"`; part of what the ranks compare. */
  readonly name: string;
  /** Compares with the other ranks what is about to be exchanged. */
  readonly agree: (description: string) => void;
  /** Replaces numbers by those that all ranks have in common afterwards, such as their sums. */
  readonly replace: (numbers: Numbers) => void;
};

/** The exchange of tensors of one dtype, the types of these, and those of all tensors that are exchanged together. */
type ExchangeSettings = { readonly exchange: Exchange; readonly own: string; readonly together: string };

/** The derivative of a sum over ranks is the sum of their cotangents; broadcasts have none. */
const exchangePrimitive: MultiPrimitive<ExchangeSettings> = {
  name: "exchange",
  samples: () => [],
  shapes: (shapes) => either.right(shapes),
  batch: batchWhole,
  evaluate: (views, settings) => exchanged(copyPart.inUse(), views, agreed(settings, views)),
  place: (inputs, settings) => ({
    kind: "exchange",
    name: settings.exchange.name,
    operands: inputs.map(({ value, shape }) => plainOperand(value, shape)),
    run: agreed(settings, inputs),
  }),
  vjps: (cotangents, { attributes: { exchange } }) => {
    const given = cotangents.filter((cotangent) => cotangent !== null);
    const shares = exchangeTensors(exchange, given);
    let next = 0;
    return cotangents.map((cotangent) => cotangent === null ? null : shares[next++]!);
  },
};

const typesIn = (types: readonly ValueType[]): string =>
  types.map(({ dtype, shape }) => `${dtype} ${formatShape(shape)}`).join(", ");

/** Returns a function that exchanges a block of arrays of these types, once the ranks have agreed on all that goes together. */
function agreed(
  { exchange, own, together }: ExchangeSettings,
  types: readonly ValueType[],
): (block: Numbers) => void {
  const { name, agree, replace } = exchange, given = typesIn(types);
  // Under vmap each tensor stands for a batch of tensors.
  const description = given === own ? `${name} ${together}` : `${name} ${given}, mapped, of ${together}`;
  return (block) => {
    agree(description);
    replace(block);
  };
}

/** Exchanges tensors; those of one dtype are one message. */
export function exchangeTensors(exchange: Exchange, tensors: readonly Tensor[]): readonly Tensor[] {
  const results = [...tensors], together = typesIn(tensors.map((t) => innerView(t)));
  for (const dtype of ["float32", "float64"] as const) {
    const places = tensors.flatMap((t, k) => t.dtype === dtype ? [k] : []), some = places.map((k) => tensors[k]!);
    if (some.length === 0) continue;
    const settings = { exchange, together, own: typesIn(some.map((t) => innerView(t))) };
    const found = applySeveral(exchangePrimitive, settings, some);
    found.forEach((t, i) => results[places[i]!] = t);
  }
  return results;
}
