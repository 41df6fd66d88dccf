/**
 * Functions applied one after the other.
 *
 * @module
 */

/** Applies functions one after the other, like fp-ts's `pipe`: `pipe(x, f, g)` is `g(f(x))`. */
export function pipe<A, B>(value: A, ab: (a: A) => B): B;
export function pipe<A, B, C>(value: A, ab: (a: A) => B, bc: (b: B) => C): C;
export function pipe<A, B, C, D>(value: A, ab: (a: A) => B, bc: (b: B) => C, cd: (c: C) => D): D;
export function pipe(value: unknown, ...functions: readonly ((value: unknown) => unknown)[]): unknown {
  return functions.reduce((current, f) => f(current), value);
}
