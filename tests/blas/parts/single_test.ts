import { assertEquals, assertStrictEquals } from "@std/assert";
import { engines, setEngine } from "../../../blas/engines.ts";
import { singlePart } from "../../../blas/parts/single.ts";
import { argument, pow } from "../../../blas/scalar/scalar.ts";
import { allocate, type View, view } from "../../../blas/view.ts";

Deno.test("singlePart computes single numbers by any function, and more numbers as well", () => {
  const one = allocate("float64", []), three = allocate("float64", [3]), power = pow(argument(0), argument(1));
  const x = (...numbers: number[]) =>
    view(new Float64Array(numbers), numbers.length === 1 ? [] : [3]) as View<"float64">;
  singlePart.standard().map(power, [x(2), x(10)], one);
  singlePart.standard().map(power, [x(1, 2, 3), x(2, 2, 3)], three);
  assertEquals(
    [[...one.data.slice(one.offset, one.offset + 1)], [...three.data.slice(three.offset, three.offset + 3)]],
    [
      [1024],
      [1, 4, 27],
    ],
  );
});

Deno.test("singlePart stands aside for an engine that was chosen", () => {
  const previous = setEngine(engines.reference);
  try {
    assertStrictEquals(singlePart.inUse().map, engines.reference.map);
  } finally {
    setEngine(previous);
  }
});
