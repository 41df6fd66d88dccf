/**
 * Compiled folds: a step runs over a sequence while its carry stays in compiled memory.
 *
 * @module
 */
import type { Executable } from "../../blas/program/target.ts";
import { checkIterable, type Scan, withCarry } from "../transforms/scan.ts";
import { type DataLeaf, dataOf, matches, type Signature } from "./signature.ts";
import { acquire, release, type Specialization, unflatten, viewOf } from "./specialization.ts";
import type { SpecializationCache } from "./specialization_cache.ts";

/** A running specialization. */
type Running = {
  readonly specialization: Specialization;
  readonly executable: Executable;
  /** The signatures of the carry, of the steps' inputs, and of the values that they yield. */
  readonly carry: Signature;
  readonly x: Signature;
  readonly y: Signature;
  /** The number of data in the carry. */
  readonly carried: number;
};

type Pair = { readonly parts: readonly [Signature, Signature] };

/** Implements `Compiled.scan`. */
export function scanCompiled(
  cache: SpecializationCache,
  carry: unknown,
  xs: Iterable<unknown>,
): Scan<unknown, unknown> {
  checkIterable(xs);
  // The carry is in the memory of the running specialization, or outside if nothing runs.
  let running: Running | undefined, outside = carry, isStepping = false;
  const data: DataLeaf[] = [];
  const current = (): unknown => {
    if (isStepping) throw noCarry();
    return running === undefined ? outside : carryOf(running);
  };
  function* steps(): Generator<unknown, unknown, undefined> {
    try {
      for (const x of xs) {
        data.length = 0;
        if (running !== undefined && matches(running.x, x, data)) {
          cache.countHit();
          for (let k = 0; k < data.length; k++) running.executable.write(running.carried + k, viewOf(data[k]!));
        } else {
          // This is the first step, or one of another shape, such as a smaller last batch: the carry moves to another
          // program.
          outside = current();
          const next = begin(cache, outside, x);
          if (running !== undefined) release(running.specialization, running.executable);
          running = next;
        }
        const { executable, y, carried }: Running = running;
        isStepping = true;
        executable.run();
        let next = carried;
        const yielded = unflatten(y, () => executable.read(next++));
        executable.advance();
        isStepping = false;
        yield yielded;
      }
    } finally {
      if (running !== undefined) {
        // After a failed step the memory holds parts of two carries, which must not be returned.
        if (!isStepping) outside = current();
        release(running.specialization, running.executable);
        running = undefined;
      }
    }
    return outside;
  }
  return withCarry(steps(), current);
}

function begin(cache: SpecializationCache, carry: unknown, x: unknown): Running {
  const data: DataLeaf[] = [], specialization = cache.find([carry, x], data), executable = acquire(specialization);
  data.forEach((leaf, k) => executable.write(k, viewOf(leaf)));
  const { parts: [before, given] } = specialization.args as Signature & Pair; // a step takes and returns a pair
  const { parts } = specialization.result as Signature & Pair; // a step takes and returns a pair
  return { specialization, executable, carry: parts[0], x: given, y: parts[1], carried: dataOf(before).length };
}

/** Returns the carry that the next step would be given. */
function carryOf({ specialization, carry, executable }: Running): unknown {
  let next = 0;
  return unflatten(carry, () => executable.readParameter(specialization.carried[next++]![1]));
}

const noCarry = (): Error =>
  new Error(
    "Cannot read the carry of a scan in the middle of a step, or after a step that failed: it is updated in place, and is " +
      "whole between steps only; read it after each step whose carry you want to keep",
  );
