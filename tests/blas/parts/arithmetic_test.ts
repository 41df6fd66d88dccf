import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { MULTI_PRIMITIVES, PRIMITIVES } from "../../../autograd/ops/primitives.ts";
import { mul } from "../../../autograd/ops/arithmetic.ts";
import { sum } from "../../../autograd/ops/sum.ts";
import { applySeveral } from "../../../autograd/multi_primitive.ts";
import { apply } from "../../../autograd/primitive.ts";
import type { Tensor } from "../../../autograd/tensor.ts";
import { gradient } from "../../../autograd/transforms/gradient.ts";
import { engines, setEngine } from "../../../blas/engines.ts";
import { arithmeticPart } from "../../../blas/parts/arithmetic.ts";
import { errorFunctionPart, exponentialPart } from "../../../blas/parts/exponential.ts";
import { mapPart } from "../../../blas/parts/map.ts";
import { rowsPart } from "../../../blas/parts/rows.ts";
import { rowsBy } from "../../../blas/rows.ts";
import { argument, exp } from "../../../blas/scalar/scalar.ts";
import { createContext } from "../../../blas/simd/context.ts";
import { createMap } from "../../../blas/simd/elementwise/map.ts";
import { hasSimd } from "../../../blas/simd/features.ts";
import { ARITHMETIC } from "../../../blas/simd/math/arithmetic.ts";
import { erf } from "../../../blas/simd/math/error_function.ts";
import { EXPONENTIALS } from "../../../blas/simd/math/exponentials.ts";
import { ALL_FUNCTIONS } from "../../../blas/simd/math/mod.ts";
import type { VectorFunctions } from "../../../blas/simd/math/vector_functions.ts";
import { allocate, type View, view } from "../../../blas/view.ts";
import { operandsOf } from "../../autograd/every_primitive.ts";

const ignore = !hasSimd();

/** The functions that each part of the default engine brings. */
const WITH_EXPONENTIALS: VectorFunctions = {
  ...ARITHMETIC,
  ...EXPONENTIALS,
  unary: { ...ARITHMETIC.unary, ...EXPONENTIALS.unary },
};
const SETS: readonly (readonly [typeof arithmeticPart, VectorFunctions, least: number])[] = [
  [arithmeticPart, ARITHMETIC, 20],
  [exponentialPart, WITH_EXPONENTIALS, 15],
  [errorFunctionPart, { ...WITH_EXPONENTIALS, unary: { ...WITH_EXPONENTIALS.unary, erf } }, 3],
];

Deno.test("smaller sets are parts of all functions, and all parts have one map", { ignore }, () => {
  for (const [part, functions] of SETS) {
    for (const [name, code] of Object.entries(functions.unary)) {
      assertStrictEquals(Object.entries(ALL_FUNCTIONS.unary).find(([other]) => other === name)?.[1], code);
    }
    assertStrictEquals(part.standard().map, mapPart.standard().map);
  }
});

Deno.test("a map of arithmetic only says which function it lacks", { ignore }, () => {
  const few: VectorFunctions = ARITHMETIC,
    map = createMap(createContext(), () => few),
    x = view(new Float64Array([1])) as View;
  assertThrows(
    () => map(exp(argument(0)), [x], allocate("float64", [1])),
    TypeError,
    "Cannot compute exp with the vector code that has been loaded",
  );
});

Deno.test(
  "primitives need no functions but those of their part, nor do their first and second derivatives",
  { ignore },
  () => SETS.forEach((set) => checkPrimitives(...set)),
);

function checkPrimitives(part: typeof arithmeticPart, functions: VectorFunctions, least: number): void {
  const map = createMap(createContext(), () => functions), previous = setEngine({ ...engines.simd, map });
  try {
    const primitives = PRIMITIVES.filter((primitive) => "part" in primitive && primitive.part === part);
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
    assertEquals(primitives.length >= least, true, `${primitives.length} primitives`);
  } finally {
    setEngine(previous);
  }
}

Deno.test("primitives of rows need arithmetic and exponentials only", { ignore }, () => {
  const map = createMap(createContext(), () => WITH_EXPONENTIALS), { reduce } = engines.simd;
  const previous = setEngine({ ...engines.simd, map, rows: rowsBy({ map, reduce }) });
  try {
    const primitives = PRIMITIVES.filter((primitive) => "part" in primitive && primitive.part === rowsPart);
    for (const primitive of primitives) {
      for (const sample of primitive.samples()) apply(primitive, sample.attributes, operandsOf(sample, "float64"));
    }
    const several = MULTI_PRIMITIVES.filter((primitive) => "part" in primitive && primitive.part === rowsPart);
    for (const primitive of several) {
      for (const sample of primitive.samples()) {
        applySeveral(primitive, sample.attributes, operandsOf(sample, "float64"));
      }
    }
    assertEquals(primitives.length + several.length >= 8, true, `${primitives.length} + ${several.length} primitives`);
  } finally {
    setEngine(previous);
  }
});
