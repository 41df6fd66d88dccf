import { assertEquals, assertThrows } from "@std/assert";
import { drawBy } from "../../../blas/reference/draw.ts";
import { reference } from "../../../blas/reference/mod.ts";
import { allocate } from "../../../blas/view.ts";
import { elementsOf } from "../layouts.ts";

Deno.test("draw() gives the numbers of JAX", () => {
  const { draw } = reference;
  // JAX's test-suites and documentation; tests/autograd/random/random_values_test.ts has the sources.
  const normals = allocate("float32", [2, 3]), uniform = allocate("float64", [1]), integers = allocate("float32", [5]);
  draw({ kind: "normal", mean: 0, std: 1 }, [0, 0], normals);
  draw({ kind: "uniform", low: 0, range: 1 }, [0, 0], uniform);
  draw({ kind: "integer", min: 0, span: 10 }, [0, 1], integers);
  assertEquals(elementsOf(normals).slice(0, 3), [1.622642159461975, 2.0252647399902344, -0.4335944354534149]);
  assertEquals(elementsOf(uniform), [0.41845711171638644]);
  assertEquals(elementsOf(integers), [6, 7, 0, 3, 8]);
});

Deno.test("drawBy() draws normal numbers only with inverse error functions", () => {
  const draw = drawBy(() => undefined), y = allocate("float64", [1]);
  draw({ kind: "uniform", low: 0, range: 1 }, [0, 0], y);
  assertEquals(elementsOf(y), [0.41845711171638644]);
  assertThrows(() => draw({ kind: "normal", mean: 0, std: 1 }, [0, 0], y), TypeError, "randomNormal");
});
