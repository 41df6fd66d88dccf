import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { PRIMITIVES } from "../../../autograd/ops/primitives.ts";
import { mul } from "../../../autograd/ops/arithmetic.ts";
import { sum } from "../../../autograd/ops/sum.ts";
import { apply } from "../../../autograd/primitive.ts";
import type { Tensor } from "../../../autograd/tensor.ts";
import { gradient } from "../../../autograd/transforms/gradient.ts";
import { engines, setEngine } from "../../../blas/engines.ts";
import { arithmeticPart } from "../../../blas/parts/arithmetic.ts";
import { mapPart } from "../../../blas/parts/map.ts";
import { argument, exp } from "../../../blas/scalar/scalar.ts";
import { createContext } from "../../../blas/simd/context.ts";
import { createMap } from "../../../blas/simd/elementwise/map.ts";
import { hasSimd } from "../../../blas/simd/features.ts";
import { ARITHMETIC } from "../../../blas/simd/math/arithmetic.ts";
import { ALL_FUNCTIONS } from "../../../blas/simd/math/mod.ts";
import type { VectorFunctions } from "../../../blas/simd/math/vector_functions.ts";
import { allocate, type View, view } from "../../../blas/view.ts";
import { operandsOf } from "../../autograd/every_primitive.ts";

const ignore = !hasSimd();

Deno.test("arithmetic is a part of all functions, and both parts have one map", { ignore }, () => {
  for (const [name, code] of Object.entries(ARITHMETIC.unary)) {
    assertStrictEquals(Object.entries(ALL_FUNCTIONS.unary).find(([other]) => other === name)?.[1], code);
  }
  assertStrictEquals(arithmeticPart.standard().map, mapPart.standard().map);
});

Deno.test("a map of arithmetic only says which function it lacks", { ignore }, () => {
  const few: VectorFunctions = ARITHMETIC,
    map = createMap(createContext(), () => few),
    x = view(new Float64Array([1])) as View;
  assertThrows(
    () => map(exp(argument(0)), [x], allocate("float64", [1])),
    TypeError,
    "Cannot compute exp by arithmetic",
  );
});

Deno.test(
  "primitives of arithmetic need no other function, nor do their first and second derivatives",
  { ignore },
  () => {
    const map = createMap(createContext(), () => ARITHMETIC), previous = setEngine({ ...engines.simd, map });
    try {
      const primitives = PRIMITIVES.filter((primitive) => "part" in primitive && primitive.part === arithmeticPart);
      for (const primitive of primitives) {
        for (const sample of primitive.samples()) {
          const operands = operandsOf(sample, "float64");
          operands.forEach((operand, k) => {
            const square = (t: Tensor) => mul(t, t);
            const f = (x: Tensor) => sum(square(apply(primitive, {}, operands.map((own, i) => i === k ? x : own))));
            gradient((x: Tensor) => sum(square(gradient(f)(x))))(operand);
          });
        }
      }
      assertEquals(primitives.length > 20, true);
    } finally {
      setEngine(previous);
    }
  },
);
