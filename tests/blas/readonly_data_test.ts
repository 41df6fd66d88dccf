import { assertEquals } from "@std/assert";
import type { Caller, Mutator, ReadonlyFloat32Array, ReadonlyFloat64Array } from "../../blas/readonly_data.ts";

const narrow: ReadonlyFloat32Array = Float32Array.of(3, 1, 2), wide: ReadonlyFloat64Array = Float64Array.of(3, 1, 2);

Deno.test("arrays that are only read are read, mapped and copied like any other", () => {
  assertEquals([narrow[0], narrow.length, narrow.at(-1), [...wide]], [3, 3, 2, [3, 1, 2]]);
  const doubled: Float64Array = wide.map((x) => 2 * x), large: Float32Array = narrow.filter((x) => x > 1);
  assertEquals([[...doubled], [...large]], [[6, 2, 4], [3, 2]]);
  assertEquals([wide.reduce((a, b) => a + b), wide.some((x) => x > 2), wide.findIndex((x) => x === 2)], [6, true, 2]);
  // A copy may be changed, and the array stays as it was.
  assertEquals([[...wide.slice().sort()], [...wide]], [[1, 2, 3], [3, 1, 2]]);
});

Deno.test("their types refuse what changes them", () => {
  const refused = () => {
    // @ts-expect-error elements are read-only
    narrow[0] = 1;
    // @ts-expect-error fill writes
    wide.fill(0);
    // @ts-expect-error so does set
    wide.set([1]);
    // @ts-expect-error so does sort
    wide.sort();
    // @ts-expect-error so does reverse
    wide.reverse();
    // @ts-expect-error so does copyWithin
    wide.copyWithin(0, 1);
    // @ts-expect-error a subarray shares memory
    wide.subarray(1);
    // @ts-expect-error so does another array over the buffer
    new Float64Array(wide.buffer);
    // @ts-expect-error so does a DataView
    new DataView(wide.buffer);
    // @ts-expect-error valueOf returns the array, here as an object without methods
    wide.valueOf().fill(0);
    // @ts-expect-error it is not an array that may be written to
    const writable: Float64Array = wide;
    return writable;
  };
  const methods: readonly Mutator[] = ["copyWithin", "fill", "reverse", "set", "sort", "subarray", "buffer", "valueOf"];
  assertEquals([typeof refused, methods.every((name) => name in Float64Array.prototype)], ["function", true]);
});

Deno.test("their types give no callback an array to write to", () => {
  const refused = () => {
    // @ts-expect-error only read
    wide.every((_x, _i, all) => all.fill(0));
    // @ts-expect-error only read
    wide.filter((_x, _i, all) => all.fill(0));
    // @ts-expect-error only read
    wide.find((_x, _i, all) => all.fill(0));
    // @ts-expect-error only read
    wide.findIndex((_x, _i, all) => all.fill(0));
    // @ts-expect-error only read
    wide.findLast((_x, _i, all) => all.fill(0));
    // @ts-expect-error only read
    wide.findLastIndex((_x, _i, all) => all.fill(0));
    // @ts-expect-error only read
    wide.forEach((_x, _i, all) => all.sort());
    // @ts-expect-error only read
    wide.map((_x, i, all) => all[i] = 0);
    // @ts-expect-error only read
    wide.reduce((sum, _x, _i, all) => sum + all.fill(0).length);
    // @ts-expect-error only read
    wide.reduceRight((sum, _x, i, all) => sum + (all[i] = 0), 0);
    // @ts-expect-error only read
    wide.some((_x, _i, all) => all.set([1]));
    // Iterators give numbers, and pairs that nothing else has.
    for (const pair of wide.entries()) pair[1] = 0;
  };
  assertEquals([typeof refused, [...wide]], ["function", [3, 1, 2]]);
});

Deno.test("every method of typed arrays is known to write, to take a function, or to do neither", () => {
  const writing: readonly Mutator[] = ["copyWithin", "fill", "reverse", "set", "sort", "subarray", "buffer"];
  const calling: readonly Caller[] = [
    "every",
    "filter",
    "find",
    "findIndex",
    "findLast",
    "findLastIndex",
    "forEach",
    "map",
    "reduce",
    "reduceRight",
    "some",
  ];
  const reading = ["at", "byteLength", "byteOffset", "constructor", "entries", "includes", "indexOf", "join", "keys"];
  const copying = ["slice", "toReversed", "toSorted", "with"];
  const known = [...writing, ...calling, ...reading, ...copying, "lastIndexOf", "length", "toLocaleString", "toString"];
  assertEquals(
    Object.getOwnPropertyNames(Object.getPrototypeOf(Float64Array.prototype)).sort(),
    [...known, "values"].sort(),
  );
  for (const copy of [wide.slice(), wide.toReversed(), wide.toSorted(), wide.with(0, 3)]) copy.fill(0);
  assertEquals([...wide], [3, 1, 2]);
});
