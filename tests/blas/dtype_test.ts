import { assert, assertEquals } from "@std/assert";
import { BYTES_PER_ELEMENT, type DType, isDType, newData } from "../../blas/dtype.ts";

Deno.test("newData() makes zeros of the kind that the dtype names", () => {
  assertEquals(newData("float32", 3), new Float32Array(3));
  assertEquals(newData("float64", 0), new Float64Array(0));
  for (const dtype of ["float32", "float64"] as DType[]) {
    assertEquals(newData(dtype, 1).BYTES_PER_ELEMENT, BYTES_PER_ELEMENT[dtype]);
  }
});

Deno.test("isDType() knows the two dtypes and nothing else", () => {
  assert(isDType("float32") && isDType("float64"));
  for (const other of ["float16", "int32", "Float32", "", undefined, null, 32, {}]) assert(!isDType(other));
});
