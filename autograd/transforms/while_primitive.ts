/**
 * Recorded loops of unknown length: what `whileLoop` is where a function is traced or recorded.
 *
 * @module
 */
import { either } from "../../deps.ts";
import type { DType } from "../../blas/dtype.ts";
import { plainOperand } from "../../blas/program/operand.ts";
import type { View } from "../../blas/view.ts";
import { applySeveralChecked, type MultiPrimitive } from "../multi_primitive.ts";
import { applyChecked, type Primitive } from "../primitive.ts";
import { constantOf, nodesOf, type Tensor } from "../tensor.ts";
import { type RecordedFunction, replay, typeOf } from "./recorded_function.ts";

/** What is repeated. */
export type WhileAttributes = {
  /** The condition and the body, of the carry and of what both capture. */
  readonly functions: readonly RecordedFunction[];
  /** How many tensors the carry has. */
  readonly carries: number;
  /** After how many steps it stops in any case. */
  readonly maxSteps: number | undefined;
};

const whilePrimitive: MultiPrimitive<WhileAttributes> = {
  name: "whileLoop",
  samples: [],
  shapes: (shapes, { carries }) => either.right(shapes.slice(0, carries)),
  resultDTypes: ({ functions: [, body] }) => body!.outputs.map(({ dtype }) => dtype),
  evaluate: (inputs, { functions: [condition, body], carries, maxSteps = Infinity }) => {
    const captured = inputs.slice(carries).map(constantOf);
    let carry: readonly Tensor[] = inputs.slice(0, carries).map(constantOf);
    const holds = (): boolean => {
      const [answer] = replay(condition!, [...carry, ...captured]);
      return answer!.view.get(...answer!.shape.map(() => 0)) !== 0;
    };
    for (let step = 0; step < maxSteps && holds(); step++) carry = replay(body!, [...carry, ...captured]);
    return carry.map(({ view }): View => view);
  },
  place: (inputs, { functions, carries, maxSteps }, trace) => {
    const [condition, body] = functions.map((f) => trace(f.inputs.map(typeOf), (given) => replay(f, given)));
    return {
      kind: "while",
      condition: condition!,
      body: body!,
      carries,
      maxSteps,
      operands: inputs.map(({ value, shape }) => plainOperand(value, shape)),
    };
  },
  vjps: () => {
    throw new TypeError(
      "Cannot differentiate whileLoop: how many steps there are is not known beforehand, and reverse-mode derivatives " +
        "keep something of each; pass { maxSteps }, or use scanAlong",
    );
  },
};

/** Runs a recorded loop. */
export function applyWhile(attributes: WhileAttributes, operands: readonly Tensor[]): readonly Tensor[] {
  return applySeveralChecked(whilePrimitive, attributes, operands);
}

/** Tensors of which a derivative cannot be asked, as results of a loop that has run already. */
export function refusingDerivatives(carry: readonly Tensor[], tracked: readonly Tensor[]): readonly Tensor[] {
  return nodesOf(carry.map(({ view }) => view), whilePrimitive as MultiPrimitive<unknown>, {}, [...tracked]);
}

type EndAttributes = { readonly error: () => Error };

const endPrimitive: Primitive<EndAttributes> = {
  name: "whileLoop ended",
  samples: [],
  shape: ([shape]) => either.right(shape!),
  evaluate: <D extends DType>([x, still]: readonly View<D>[], { error }: EndAttributes): View<D> => {
    if (still!.get(...still!.shape.map(() => 0)) !== 0) throw error();
    return x!;
  },
  vjp: (index, cotangent) => index === 0 ? cotangent : null,
};

/** The carry, once it is certain that the condition does not hold any more: it costs a copy of the smallest tensor. */
export function ended(carry: readonly Tensor[], still: Tensor, error: () => Error): readonly Tensor[] {
  const smallest = carry.reduce((least, t, k) => t.view.size < carry[least]!.view.size ? k : least, 0);
  return carry.map((t, k) => k === smallest ? applyChecked(endPrimitive, { error }, [t, still]) : t);
}
