import { assertEquals, assertThrows } from "@std/assert";
import { compile } from "../../../autograd/compile/compile.ts";
import { relu } from "../../../autograd/ops/relu.ts";
import { tensor64 } from "../../../autograd/values/constructors.ts";
import { toList } from "../../../autograd/values/read.ts";
import { standardFunction } from "../../../blas/engine_in_use.ts";
import { targetInUse } from "../../../blas/parts/target.ts";
import { allocate, type View, view } from "../../../blas/view.ts";

// Nothing here may import `engines`, which makes all parts.
Deno.test("a program that is compiled brings the parts of its operations only", () => {
  assertEquals(toList(compile(relu)(tensor64([-1, 2]))), [0, 2]);
  assertEquals([typeof standardFunction("map"), standardFunction("conv2d")], ["function", undefined]);
  const x = view(new Float64Array([3, 1])) as View, y = allocate("float64", [2]);
  targetInUse().copy({ x, y }); // nothing has brought it, and plain loops compute it
  assertEquals([...y.data.slice(y.offset, y.offset + 2)], [3, 1]);
  assertThrows(() => targetInUse().dot(x, x), Error, "no operation has brought it");
});
