/**
 * What scalar expressions are, and the table that makes equal ones one object. `scalar.ts` builds them.
 *
 * @module
 */
import { describe } from "../describe.ts";
import { shared } from "../shared.ts";
import type { BinaryFunction, UnaryFunction } from "./functions.ts";
import { madeOf } from "./made_scalars.ts";

/** An expression over numbers: a constant, an argument, a function of one or two expressions, or a choice. */
export type Scalar =
  | { readonly kind: "constant"; readonly id: number; readonly value: number }
  | { readonly kind: "argument"; readonly id: number; readonly index: number }
  | { readonly kind: "unary"; readonly id: number; readonly name: UnaryFunction; readonly inputs: readonly [Scalar] }
  | {
    readonly kind: "binary";
    readonly id: number;
    readonly name: BinaryFunction;
    readonly inputs: readonly [Scalar, Scalar];
  }
  | { readonly kind: "select"; readonly id: number; readonly inputs: readonly [Scalar, Scalar, Scalar] };

type WithoutId<S> = S extends Scalar ? Omit<S, "id"> : never;

/**
 * The expressions in use, by their structure. The map holds them weakly, so that a program that keeps making new ones,
 * with constants taken from its data for example, holds only those it uses.
 */
const known = /* @__PURE__ */ shared("scalars", () => new Map<string, WeakRef<Scalar>>());

const forgotten = /* @__PURE__ */ new FinalizationRegistry<string>((key) => {
  // An equal expression may have been made in the meantime.
  if (known.get(key)?.deref() === undefined) known.delete(key);
});

/** How many expressions have been made. No number is used twice, so that keys made from it stay unique. */
const made = /* @__PURE__ */ shared("count of scalars", () => ({ count: 0 }));

/** Returns the expression of this structure, the same object each time; the key must tell structures apart. */
export function intern(key: string, parts: WithoutId<Scalar>): Scalar {
  const found = known.get(key)?.deref();
  if (found !== undefined) return found;
  const scalar = madeOf({ ...parts, id: made.count++ });
  known.set(key, new WeakRef(scalar));
  forgotten.register(scalar, key);
  return scalar;
}

/** Returns the function of two expressions, which is neither computed nor simplified. */
export const internBinary = (name: BinaryFunction, a: Scalar, b: Scalar): Scalar =>
  intern(`${name} ${a.id} ${b.id}`, { kind: "binary", name, inputs: [a, b] });

/** The arguments by index; they are few, and kept forever. */
const args: Scalar[] = [];

/** Returns the argument at this index, counted from 0. */
export function argument(index: number): Scalar {
  if (!Number.isInteger(index) || index < 0) {
    throw new RangeError(
      `Cannot build a scalar expression of argument ${
        describe(index)
      }: arguments are numbered from 0; pass a whole number`,
    );
  }
  return args[index] ??= intern(`a${index}`, { kind: "argument", index });
}

/** The sum of the first two arguments: the one expression that programs may need without any other. */
export const ADDITION: Scalar = /* @__PURE__ */ (() => internBinary("add", argument(0), argument(1)))();
