/**
 * Shrinks a failing program: removes calls and inputs, one at a time, as long as it still fails.
 *
 * @module
 */
import { type Argument, type Call, type CallProgram, isReference, type Reference, reference } from "./call.ts";

/**
 * Returns a program that fails and from which nothing more can be removed.
 *
 * @param fails Tells whether a program fails; one that cannot run at all must not count.
 */
export function shrink(program: CallProgram, fails: (program: CallProgram) => boolean): CallProgram {
  let smallest = program;
  for (;;) {
    const smaller = candidates(smallest).find(fails);
    if (smaller === undefined) return smallest;
    smallest = smaller;
  }
}

/** Returns the programs with one call or one input fewer; the later calls are removed first. */
function candidates(program: CallProgram): readonly CallProgram[] {
  const { shapes, calls } = program, inputs = shapes.length;
  const withoutCalls = calls.map((_, k) => calls.length - 1 - k).flatMap((k) => {
    const own = inputs + k, replacements = [...new Set(calls[k]!.args.flatMap(referencesIn))];
    const isRead = calls.some(({ args }) => args.flatMap(referencesIn).includes(own));
    const rest = [...calls.slice(0, k), ...calls.slice(k + 1)];
    return (isRead ? replacements : [0]).map((other) => ({
      ...program,
      calls: rest.map((call) => without(call, own, other)),
    }));
  });
  const withoutInputs = shapes.flatMap((_, k) => {
    if (inputs === 1 || calls.some(({ args }) => args.flatMap(referencesIn).includes(k))) return [];
    return [{ ...program, shapes: shapes.filter((_, i) => i !== k), calls: calls.map((call) => without(call, k, k)) }];
  });
  return [...withoutCalls, ...withoutInputs];
}

/** Returns a call that reads the value `other` in place of the removed one; the numbers of later values fall by one. */
const without = ({ name, args }: Call, removed: number, other: number): Call => ({
  name,
  args: args.map((argument) =>
    mapReferences(argument, ({ value }) => {
      const kept = value === removed ? other : value;
      return reference(kept > removed ? kept - 1 : kept);
    })
  ),
});

function mapReferences(argument: Argument, f: (reference: Reference) => Reference): Argument {
  if (isReference(argument)) return f(argument);
  if (Array.isArray(argument)) return argument.map((one) => mapReferences(one, f));
  if (typeof argument !== "object" || argument === null) return argument;
  return Object.fromEntries(Object.entries(argument).map(([name, one]) => [name, mapReferences(one, f)]));
}

function referencesIn(argument: Argument): readonly number[] {
  if (isReference(argument)) return [argument.value];
  if (Array.isArray(argument)) return argument.flatMap(referencesIn);
  return typeof argument === "object" && argument !== null ? Object.values(argument).flatMap(referencesIn) : [];
}
