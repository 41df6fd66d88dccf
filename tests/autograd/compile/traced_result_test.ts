import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { pairOf, resultOf } from "../../../autograd/compile/traced_result.ts";
import { Tracing } from "../../../autograd/compile/tracing.ts";
import { constantOf } from "../../../autograd/tensor.ts";
import { tensor64 } from "../../../autograd/values/constructors.ts";
import type { View } from "../../../blas/view.ts";

const traced = constantOf(new Tracing([{ dtype: "float32", shape: [2] }]).parameter(0));
const known = tensor64(3);

Deno.test("resultOf() has traced tensors as data, and others as parts of the signature", () => {
  const views: View[] = [], signature = resultOf([traced, known, "text"], views, false);
  assertEquals(signature, {
    kind: "list",
    parts: [
      { kind: "tensor", dtype: "float32", shape: [2], tracked: false },
      { kind: "static", value: known },
      { kind: "static", value: "text" },
    ],
  });
  assertEquals(views.length, 1);
  assertStrictEquals(views[0], traced.view);
});

Deno.test("pairOf() has all tensors of the carry as data, and refuses what is not a pair", () => {
  const views: View[] = [];
  pairOf([known, known], views);
  assertEquals(views.length, 1);
  assertThrows(() => pairOf([known], []), TypeError, "Cannot scan with a function that returned an array of 1");
});
