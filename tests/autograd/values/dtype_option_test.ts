import { assertEquals, assertThrows } from "@std/assert";
import { DTypeError } from "../../../autograd/mod.ts";
import { resolveDType } from "../../../autograd/values/dtype_option.ts";

Deno.test("resolveDType() returns the dtype asked for, float32 by default", () => {
  assertEquals([resolveDType("zeros", undefined), resolveDType("zeros", "float64")], ["float32", "float64"]);
});

Deno.test("resolveDType() refuses dtypes that do not exist", () => {
  assertThrows(() => resolveDType("zeros", "float16" as never), DTypeError, "there are two dtypes");
});
