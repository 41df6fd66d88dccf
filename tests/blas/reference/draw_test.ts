import { assertEquals } from "@std/assert";
import { draw } from "../../../blas/reference/draw.ts";
import { allocate } from "../../../blas/view.ts";
import { elementsOf } from "../layouts.ts";

Deno.test("draw() gives the numbers of JAX", () => {
  // JAX's test-suites and documentation; tests/autograd/random/random_values_test.ts has the sources.
  const normals = allocate("float32", [2, 3]), uniform = allocate("float64", [1]), integers = allocate("float32", [5]);
  draw({ kind: "normal", mean: 0, std: 1 }, [0, 0], normals);
  draw({ kind: "uniform", low: 0, range: 1 }, [0, 0], uniform);
  draw({ kind: "integer", min: 0, span: 10 }, [0, 1], integers);
  assertEquals(elementsOf(normals).slice(0, 3), [1.622642159461975, 2.0252647399902344, -0.4335944354534149]);
  assertEquals(elementsOf(uniform), [0.41845711171638644]);
  assertEquals(elementsOf(integers), [6, 7, 0, 3, 8]);
});
