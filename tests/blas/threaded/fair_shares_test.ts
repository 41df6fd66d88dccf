/**
 * Pieces of work for threads that take one after another.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { fairShares } from "../../../blas/threaded/fair_shares.ts";

Deno.test("pieces cover all units in order, and become smaller down to the least", () => {
  const sizes = fc.integer({ min: 1, max: 50 });
  fc.assert(fc.property(fc.nat(5000), sizes, sizes, sizes, (units, threads, least, more) => {
    const most = least + more, pieces = fairShares(units, threads, least, most);
    assertEquals(pieces.reduce((at, { from, to }) => from === at ? to : NaN, 0), units);
    const lengths = pieces.map(({ from, to }) => to - from);
    lengths.slice(1).forEach((length, k) => assert(length <= lengths[k]!));
    lengths.slice(0, -1).forEach((length) => assert(length >= least && length <= most));
  }));
  assertEquals(fairShares(0, 2, 1, 5), []);
});
