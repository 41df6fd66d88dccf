/**
 * Loops that run a known number of times.
 *
 * @module
 */
import { type FunctionBuilder, i32 } from "../../../wasm/mod.ts";

/** Emits a loop that runs a known number of times. */
export function repeat(f: FunctionBuilder, count: number, body: () => void): void {
  if (count === 0) return;
  if (count === 1) return body();
  const left = f.local("i32");
  f.set(left, count);
  f.loop((again) => {
    body();
    f.set(left, i32.sub(left, 1));
    f.branchIf(again, left);
  });
}
