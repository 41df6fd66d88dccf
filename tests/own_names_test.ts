/**
 * Operations refuse arguments in their own name, although some are made of others.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import * as ng from "../autograd/mod.ts";

const t = ng.tensor32([1, 2]), other = ng.tensor64([1, 2]), longer = ng.tensor32([1, 2, 3]);
const column = ng.broadcastTo(ng.tensor32([1]), [1e6, 1]), row = ng.broadcastTo(ng.tensor32([1]), [1, 1e6]);
const random = ng.key(0);

/** Arguments that many operations refuse. */
const ARGUMENTS: readonly (readonly unknown[])[] = [
  [],
  [null],
  ["x"],
  [5, 5],
  [[]],
  [[t, other]],
  [t, null],
  [t, "x"],
  [t, -9],
  [t, [9]],
  [t, [["x"]]],
  [t, { foo: 1 }],
  [t, other],
  [t, longer],
  [other, other, longer],
  [t, t, null],
  [t, t, { foo: 1 }],
  [column, row],
  [column, row, column],
  [random, null],
  [random, "x"],
  [random, t, "x"],
  [random, [-1]],
];

Deno.test("operations refuse arguments in their own name", () => {
  const strangers = new Set<string>();
  for (const [name, f] of Object.entries(ng) as [string, unknown][]) {
    if (typeof f !== "function" || /^[A-Z]/.test(name) || name === "printTensor") continue;
    for (const given of ARGUMENTS) {
      try {
        f(...given);
      } catch (error) {
        const [, applied] = /^Cannot apply (\w+)/.exec((error as Error).message) ?? []; // all errors are
        if (applied !== undefined && applied !== name) strangers.add(`${name} says ${applied}`);
      }
    }
  }
  assertEquals([...strangers], []);
});
