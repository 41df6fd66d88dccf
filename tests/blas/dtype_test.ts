import { assert, assertEquals } from "@std/assert";
import { BYTES_PER_ELEMENT, type DType, DTYPES, exactRange, isDType, newData } from "../../blas/dtype.ts";

Deno.test("newData() makes zeros in the typed array of the dtype", () => {
  assertEquals(newData("float32", 3), new Float32Array(3));
  assertEquals(newData("float64", 0), new Float64Array(0));
  for (const dtype of ["float32", "float64"] as DType[]) {
    assertEquals(newData(dtype, 1).BYTES_PER_ELEMENT, BYTES_PER_ELEMENT[dtype]);
  }
});

Deno.test("isDType() knows the two dtypes and nothing else", () => {
  assert(isDType("float32") && isDType("float64"));
  for (const other of ["float16", "int32", "Float32", "", "toString", "__proto__", undefined, null, 32, {}]) {
    assert(!isDType(other));
  }
});

Deno.test("the facts about a dtype hold for the numbers that its arrays store", () => {
  for (const dtype of Object.keys(DTYPES) as DType[]) {
    const { Data, round, epsilon, smallestNormal, largestExact } = DTYPES[dtype];
    const stored = (x: number): number => new Data([x])[0]!;
    for (const x of [0.1, -1 / 3, 1e-40, 1e300, Infinity]) assertEquals(round(x), stored(x));
    assertEquals([stored(1 + epsilon), stored(1 + epsilon / 2)], [1 + epsilon, 1]);
    assertEquals([stored(largestExact - 1), stored(largestExact + 1)], [largestExact - 1, largestExact]);
    // The smallest normal number has all its digits; half of it has one less.
    const small = smallestNormal * (1 + epsilon);
    assertEquals(stored(small), small);
    assert(stored(small / 2) * 2 !== small);
  }
});

Deno.test("exactRange() says up to which number whole numbers are exact", () => {
  assertEquals(exactRange("float32"), "float32 holds every whole number up to 2^24 only");
});
