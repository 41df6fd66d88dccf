/**
 * Recorded while loops: the primitive that `whileLoop` applies in traced or recorded functions.
 *
 * @module
 */
import * as either from "../../blas/either.ts";
import { whilePrograms } from "../../blas/parts/programs.ts";
import type { DType } from "../../blas/dtype.ts";
import { mapPart } from "../../blas/parts/map.ts";
import { plainOperand } from "../../blas/program/operand.ts";
import { mapOf } from "../../blas/program/operations/map.ts";
import { argument, sub } from "../../blas/scalar/scalar.ts";
import type { View } from "../../blas/view.ts";
import { applySeveralChecked, type MultiPrimitive } from "../multi_primitive.ts";
import { apply, type Primitive } from "../primitive.ts";
import { cast } from "../ops/cast.ts";
import { constantOf, nodesOf, type Tensor } from "../tensor.ts";
import { zeros } from "../values/constructors.ts";
import { batchEnd, batchWait, batchWhile } from "./loop_batch.ts";
import { type RecordedFunction, replay, typeOf } from "./recorded_function.ts";

/** The attributes of a while loop. */
export type WhileAttributes = {
  /** The condition and the body, functions of the carry and of the captured tensors of both. */
  readonly functions: readonly RecordedFunction[];
  /** The number of tensors in the carry. */
  readonly carries: number;
  /** The number of steps after which the loop stops in any case. */
  readonly maxSteps: number | undefined;
};

const whilePrimitive: MultiPrimitive<WhileAttributes> = {
  name: "whileLoop",
  samples: () => [],
  shapes: (shapes, { carries }) => either.right(shapes.slice(0, carries)),
  batch: batchWhile,
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
  programs: whilePrograms,
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

/** Returns tensors that refuse derivatives, as results of a loop that has already run. */
export function refusingDerivatives(carry: readonly Tensor[], tracked: readonly Tensor[]): readonly Tensor[] {
  return nodesOf(carry.map(({ view }) => view), whilePrimitive, {}, [...tracked]);
}

type EndAttributes = { readonly error: () => Error };

/** Returns 0, once the condition is known to be 0; otherwise it throws. */
const endPrimitive: Primitive<EndAttributes> = {
  name: "whileLoop ended",
  samples: () => [],
  shape: () => either.right([]),
  batch: batchEnd,
  evaluate: <D extends DType>([still]: readonly View<D>[], { error }: EndAttributes): View<D> => {
    if (still!.get(...still!.shape.map(() => 0)) !== 0) throw error();
    return zeros([], { dtype: still!.dtype }).view;
  },
  vjp: () => null,
};

const MINUS = /* @__PURE__ */ (() => mapOf(sub(argument(0), argument(1))))();

/** Subtracts from a tensor the 0 that it waits for. Its cotangents wait for that too, in case the tensor itself is not needed. */
const waitPrimitive: Primitive<Readonly<Record<never, never>>> = {
  name: "wait",
  samples: () => [],
  shape: ([shape]) => either.right(shape!),
  operator: () => MINUS,
  part: mapPart,
  batch: batchWait,
  vjp: (index, cotangent, { inputs: [, zero] }) => index === 0 ? apply(waitPrimitive, {}, [cotangent, zero!]) : null,
};

/** Returns the carry, once the condition is known not to hold any more. */
export function ended(carry: readonly Tensor[], still: Tensor, error: () => Error): readonly Tensor[] {
  const zero = apply(endPrimitive, { error }, [still]);
  return carry.map((t) => apply(waitPrimitive, {}, [t, cast(zero, t.dtype)]));
}
