/**
 * Every public operation on random operands, axes, shapes and options: a tensor as documented, or an error of ours
 * by the name of the operation, never one from inside.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import * as ops from "../../../autograd/ops/mod.ts";
import { isTensor, sizeOf, type Tensor, tensor64, tensorData } from "../../../mod.ts";
import { BROADCAST, type Call, OTHER, REDUCING, SAME_SHAPE } from "./fuzz_arguments.ts";

const TABLE: Record<string, Call> = { ...SAME_SHAPE, ...BROADCAST, ...REDUCING, ...OTHER };

type Operation = (...args: readonly unknown[]) => unknown;
const operations = ops as unknown as Record<string, Operation>; // called with arguments that types would refuse

/** Our errors say what cannot be done, what is wrong and what to do; those of the runtime do not. */
const OURS = /^Cannot [^]+: [^]+; [^]+/;

/** Returns the result of an operation: a value, or an error that must be ours. */
function outcome(name: string, args: readonly unknown[]): { readonly value: unknown } | undefined {
  try {
    return { value: operations[name]!(...args) };
  } catch (error) {
    assert(error instanceof Error && OURS.test(error.message), `${name} threw ${error}`);
    assert(error.message.includes(name), `${name} refuses by another name: ${error.message}`);
    return undefined;
  }
}

/** A tensor whose shape is one and whose elements are as many. */
function assertSound(name: string, t: unknown): void {
  assert(isTensor(t), `${name} gave no tensor`);
  assert(t.shape.every((n) => Number.isInteger(n) && n >= 0), `${name} gave the shape [${t.shape}]`);
  assertEquals(tensorData(t).length, sizeOf(t.shape), name);
}

Deno.test("the fuzz test covers every public operation", () => {
  const exported = Object.entries(operations).filter(([, value]) => typeof value === "function").map(([name]) => name);
  assertEquals(Object.keys(TABLE).filter((name) => !(name in operations)), []);
  assertEquals(exported.filter((name) => !(name in TABLE)), []);
});

for (const [name, call] of Object.entries(TABLE)) {
  Deno.test(`${name}() returns a valid tensor or says clearly why not`, () => {
    fc.assert(
      fc.property(fc.tuple(...call), (args) => {
        const result = outcome(name, args);
        if (result === undefined) return;
        const parts = isTensor(result.value) ? [result.value] : Object.values(result.value as object);
        parts.forEach((part) => assertSound(name, part));
        const [first] = parts as readonly Tensor[], tensors = args.filter(isTensor);
        if (name in SAME_SHAPE) assertEquals(first!.shape, tensors[0]!.shape);
        if (name in BROADCAST) assertEquals(first!.shape, broadcast(tensors.map(({ shape }) => shape)));
        if (name in REDUCING) assertEquals(first!.shape, reduced(tensors[0]!.shape, args[1]));
      }),
      { numRuns: 200 },
    );
  });
}

Deno.test("operations say clearly when an operand is not a tensor at all", () => {
  const junk = [undefined, null, "text", {}, [1, 2], () => 1, Symbol("s"), 1n, new Date(0)];
  for (const name of Object.keys(TABLE)) {
    for (const value of junk) outcome(name, TABLE[name]!.map((_, k) => k === 0 ? value : tensor64([[1, 2], [3, 4]])));
  }
});

function broadcast(shapes: readonly (readonly number[])[]): readonly number[] {
  const rank = Math.max(0, ...shapes.map(({ length }) => length));
  return Array.from({ length: rank }, (_, k) => {
    const lengths = shapes.map((shape) => shape[k - rank + shape.length] ?? 1);
    return lengths.find((length) => length !== 1) ?? 1;
  });
}

function reduced(shape: readonly number[], given: unknown): readonly number[] {
  const { axes, keepDims = false } = (given ?? {}) as { axes?: number | readonly number[]; keepDims?: boolean };
  const gone = axes === undefined ? shape.map((_, k) => k) : [axes].flat().map((k) => k < 0 ? k + shape.length : k);
  return keepDims ? shape.map((n, k) => gone.includes(k) ? 1 : n) : shape.filter((_, k) => !gone.includes(k));
}
