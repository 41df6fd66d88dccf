import { assertEquals, assertThrows } from "@std/assert";
import { insideTransform, runTransformed } from "../../../autograd/transforms/nesting.ts";

Deno.test("insideTransform() is true only while a transform runs, nested ones included", () => {
  assertEquals(insideTransform(), false);
  const seen = runTransformed(() => [insideTransform(), runTransformed(insideTransform), insideTransform()]);
  assertEquals([...seen, insideTransform()], [true, true, true, false]);
});

Deno.test("insideTransform() no longer holds after the function has thrown", () => {
  assertThrows(() =>
    runTransformed(() => {
      throw new RangeError("stop");
    }), RangeError);
  assertEquals(insideTransform(), false);
});
