/**
 * Compiled folds: a step runs over a sequence while what it carries stays in compiled memory.
 *
 * @module
 */
import type { Executable } from "../../blas/program/target.ts";
import { type DataLeaf, dataOf, matches, type Signature } from "./signature.ts";
import { acquire, release, type Specialization, unflatten, viewOf } from "./specialization.ts";

/** Finds or makes the variant for a list of arguments, whose data it appends. */
export type SpecializationSource = (args: readonly unknown[], data: DataLeaf[]) => Specialization;

/** A variant at work. */
type Running = {
  readonly variant: Specialization;
  readonly executable: Executable;
  /** Signatures of the carry, of what steps are given, and of what they yield. */
  readonly carry: Signature;
  readonly x: Signature;
  readonly y: Signature;
  /** How many data the carry has. */
  readonly carried: number;
};

type Pair = { readonly parts: readonly [Signature, Signature] };

/** See `Compiled.scan`. */
export function* scanCompiled(
  source: SpecializationSource,
  carry: unknown,
  xs: Iterable<unknown>,
): Generator<unknown, unknown, undefined> {
  let running: Running | undefined, outside = carry;
  const data: DataLeaf[] = [];
  try {
    for (const x of xs) {
      data.length = 0;
      if (running !== undefined && matches(running.x, x, data)) {
        for (let k = 0; k < data.length; k++) running.executable.write(running.carried + k, viewOf(data[k]!));
      } else {
        // The first, or one of another shape, such as a smaller last batch: the carry moves to another program.
        if (running !== undefined) outside = carryOf(running);
        const previous: Running | undefined = running;
        running = begin(source, outside, x);
        if (previous !== undefined) release(previous.variant, previous.executable);
      }
      const { executable, y, carried }: Running = running;
      executable.run();
      let next = carried;
      const yielded = unflatten(y, () => executable.read(next++));
      executable.advance();
      yield yielded;
    }
    return running === undefined ? carry : carryOf(running);
  } finally {
    if (running !== undefined) release(running.variant, running.executable);
  }
}

function begin(source: SpecializationSource, carry: unknown, x: unknown): Running {
  const data: DataLeaf[] = [], variant = source([carry, x], data), executable = acquire(variant);
  data.forEach((datum, k) => executable.write(k, viewOf(datum)));
  const { parts: [before, given] } = variant.args as Signature & Pair, { parts } = variant.result as Signature & Pair;
  return { variant, executable, carry: parts[0], x: given, y: parts[1], carried: dataOf(before).length };
}

/** What the next step would be given. */
function carryOf({ variant, carry, executable }: Running): unknown {
  let next = 0;
  return unflatten(carry, () => executable.readParameter(variant.carried[next++]![1]));
}
