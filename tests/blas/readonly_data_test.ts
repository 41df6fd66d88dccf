import { assertEquals } from "@std/assert";
import type { Mutator, ReadonlyFloat32Array, ReadonlyFloat64Array } from "../../blas/readonly_data.ts";

const narrow: ReadonlyFloat32Array = Float32Array.of(3, 1, 2), wide: ReadonlyFloat64Array = Float64Array.of(3, 1, 2);

Deno.test("arrays that are only read are read, mapped and copied like any other", () => {
  assertEquals([narrow[0], narrow.length, narrow.at(-1), [...wide]], [3, 3, 2, [3, 1, 2]]);
  const doubled: Float64Array = wide.map((x) => 2 * x), large: Float32Array = narrow.filter((x) => x > 1);
  assertEquals([[...doubled], [...large]], [[6, 2, 4], [3, 2]]);
  assertEquals([wide.reduce((a, b) => a + b), wide.some((x) => x > 2), wide.findIndex((x) => x === 2)], [6, true, 2]);
  // A copy may be changed, and the array stays as it was.
  assertEquals([[...wide.slice().sort()], [...wide]], [[1, 2, 3], [3, 1, 2]]);
});

Deno.test("their types refuse what changes them, in callbacks too", () => {
  const refused = () => {
    // @ts-expect-error elements are read-only
    narrow[0] = 1;
    // @ts-expect-error fill writes
    wide.fill(0);
    // @ts-expect-error a subarray shares memory
    wide.subarray(1);
    // @ts-expect-error so does another array over the buffer
    new Float64Array(wide.buffer);
    // @ts-expect-error a callback is not given an array to write to
    wide.forEach((_x, _i, all) => all.sort());
  };
  const methods: readonly Mutator[] = ["copyWithin", "fill", "reverse", "set", "sort", "subarray", "buffer", "valueOf"];
  assertEquals([typeof refused, methods.every((name) => name in Float64Array.prototype)], ["function", true]);
});
