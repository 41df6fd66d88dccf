import { assertEquals, assertStrictEquals } from "@std/assert";
import { newData } from "../../blas/dtype.ts";
import {
  type ArrayOwner,
  canRecycle,
  hasOwner,
  keepArray,
  LEAST_BYTES,
  MOST_WAITING,
  ownedData,
  recycle,
  withOwner,
} from "../../blas/recycling.ts";
import { allocate, allocateUnset } from "../../blas/view.ts";

const ignore = !canRecycle();

/** An owner that lists what it was told. */
function listing(): ArrayOwner & { readonly owned: unknown[]; readonly released: unknown[] } {
  const owned: unknown[] = [], released: unknown[] = [];
  return { owned, released, own: (data) => void owned.push(data), release: (data) => void released.push(data) };
}

Deno.test("large arrays have the owner that is there while they are made, small ones none", () => {
  const owner = listing(), large = LEAST_BYTES / 4;
  const made = withOwner(owner, () => [allocate("float32", [large]), allocate("float32", [large - 1])]);
  assertEquals(owner.owned.length, 1);
  assertStrictEquals(owner.owned[0], made[0]!.data);
  withOwner(owner, () => withOwner(undefined, () => allocate("float32", [large])));
  allocate("float32", [large]);
  assertEquals([owner.owned.length, hasOwner()], [1, false]);
  withOwner(owner, () => keepArray(made[0]!.data));
  assertEquals(owner.released.length, 1);
  assertStrictEquals(owner.released[0], made[0]!.data);
});

Deno.test("an array that is used again is 0 throughout, and its old reader has no elements", { ignore }, () => {
  const old = newData("float32", 20_001).fill(7), { buffer } = old;
  recycle(old);
  assertEquals([old.length, buffer.byteLength, old[0]], [0, 0, undefined]);
  const again = withOwner(listing(), () => ownedData("float32", 20_001, true));
  assertEquals([again.length, again.every((value) => value === 0)], [20_001, true]);
  recycle(again.fill(3));
  const unset = withOwner(listing(), () => allocateUnset("float32", [20_001]));
  assertEquals([unset.data[0], unset.size], [3, 20_001]);
});

Deno.test("memory is used again for arrays of the same size only, of either dtype", { ignore }, () => {
  recycle(newData("float32", 30_002).fill(5));
  const other = withOwner(listing(), () => ownedData("float32", 30_004, false));
  const same = withOwner(listing(), () => ownedData("float64", 15_001, false));
  assertEquals([other[0], same.length, same[0] === 0], [0, 15_001, false]);
});

Deno.test("what waits is bounded, and the oldest goes first", { ignore }, () => {
  const size = 25_000;
  for (let k = 0; k < MOST_WAITING.arrays + 1; k++) recycle(newData("float32", size + k).fill(1 + k));
  const take = (k: number) => withOwner(listing(), () => ownedData("float32", size + k, false))[0];
  assertEquals([take(0), take(1)], [0, 2]);
  const huge = newData("float32", MOST_WAITING.bytes / 4 + 1);
  recycle(huge);
  assertEquals(huge.length, MOST_WAITING.bytes / 4 + 1);
});

Deno.test("the owner before is there again after an error", () => {
  const owner = listing();
  withOwner(owner, () => {
    try {
      withOwner(undefined, () => {
        throw new Error("no");
      });
    } catch {
      assertStrictEquals(hasOwner(), true);
    }
  });
});
