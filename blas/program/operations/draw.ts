/**
 * Random numbers, and keys derived from keys. Keys are data: float64 arrays `[2]` of their two words.
 *
 * @module
 */
import type { Distribution } from "../../distribution.ts";
import type { Shape } from "../../shape.ts";
import { threefry2x32, type Words } from "../../threefry.ts";
import { allocate, type View, view } from "../../view.ts";
import { plainOperand } from "../operand.ts";
import type { Operand } from "../program.ts";
import type { OperationKind, Operator } from "./operator.ts";

/** Random numbers that are a function of a key. */
export type DrawOperation = {
  readonly kind: "draw";
  readonly distribution: Distribution;
  /** The shape of the result. */
  readonly shape: Shape;
  readonly key: Operand;
};

/** Derives a key from a key and a whole number from 0 to 2^32 - 1. */
export type FoldInOperation = { readonly kind: "foldIn"; readonly key: Operand; readonly number: Operand };

/** Draws numbers from its operand, a key. */
export function drawOf(distribution: Distribution): Operator<"draw"> {
  return {
    run: (engine, [key], { dtype, shape }) => {
      const y = allocate(dtype, shape);
      engine.draw(distribution, wordsIn(key!), y);
      return y;
    },
    place: ([key], { shape }) => ({ kind: "draw", distribution, shape, key: plainOperand(key!.value, key!.shape) }),
  };
}

/** Folds its second operand, a number, into its first, a key. */
export const foldInOf: Operator = {
  run: (_, [key, number]) => view(Float64Array.from(threefry2x32(wordsIn(key!), [0, number!.get()]))),
  place: ([key, number]) => ({
    kind: "foldIn",
    key: plainOperand(key!.value, key!.shape),
    number: plainOperand(number!.value, number!.shape),
  }),
};

const wordsIn = (key: View): Words => [key.get(0), key.get(1)];

/** The kind of draws. */
export const drawKind: OperationKind<DrawOperation> = {
  operands: ({ key }) => [key],
  withOperands: (operation, [key]) => ({ ...operation, key: key! }),
  compute: ({ distribution, shape, key }, { engine, results: [type], view }) => [
    drawOf(distribution).run(engine, [view(key)], { dtype: type!.dtype, shape }),
  ],
  key: ({ distribution, shape }) =>
    JSON.stringify([Object.entries(distribution).map(([_, value]) => String(value)), shape]),
  format: ({ distribution, key }, write) => {
    const { kind, ...settings } = distribution;
    const written = Object.entries(settings).map(([name, value]) => `, ${name} ${value}`);
    return [`draw ${kind} from ${write.operand(key)}${written.join("")}`];
  },
  flops: () => 0, // it computes with whole numbers
  work: (_, elements) => 16 * elements,
  withResults: () => undefined, // there is one
  epilogueShape: () => undefined,
  anyShape: true,
};

/** The kind of derived keys. */
export const foldInKind: OperationKind<FoldInOperation> = {
  operands: ({ key, number }) => [key, number],
  withOperands: (operation, [key, number]) => ({ ...operation, key: key!, number: number! }),
  compute: ({ key, number }, { engine, results: [type], view }) => [
    foldInOf.run(engine, [view(key), view(number)], type!),
  ],
  key: () => "",
  format: ({ key, number }, write) => [`fold ${write.operand(number)} into ${write.operand(key)}`],
  flops: () => 0, // it computes with whole numbers
  work: () => 16,
  withResults: () => undefined, // there is one
  epilogueShape: () => undefined,
  anyShape: false,
};
