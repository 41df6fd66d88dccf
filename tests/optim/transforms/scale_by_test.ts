import { assertEquals, assertThrows } from "@std/assert";
import { tensor64 } from "../../../autograd/values/constructors.ts";
import { toNumber } from "../../../autograd/values/read.ts";
import { chain } from "../../../optim/transforms/chain.ts";
import { descend } from "../../../optim/descend.ts";
import { scaleBy } from "../../../optim/transforms/scale_by.ts";
import { scaleByAdam } from "../../../optim/transforms/scale_by_adam.ts";
import { scaleByLion } from "../../../optim/transforms/scale_by_lion.ts";
import { scaleByAdagrad, scaleByRms } from "../../../optim/transforms/scale_by_rms.ts";

Deno.test("scaleBy() multiplies by a number, or by the value of a schedule at the step, counted from 0", () => {
  const run = (factor: number | ((step: number) => number)): number[] => {
    const optimizer = chain(scaleBy(factor), descend({ learningRate: 1 }));
    let state = optimizer.init(tensor64(0));
    return [1, 1, 1].map((g) => toNumber((state = optimizer.step(state, tensor64(g))).params));
  };
  assertEquals(run(-2), [2, 4, 6]);
  assertEquals(run((step) => step), [0, -1, -3]);
});

Deno.test("scalings refuse invalid settings, and name them", () => {
  assertThrows(() => scaleBy(NaN), RangeError, "Cannot build scaleBy with factor NaN: factor must be a finite number");
  const optimizer = chain(scaleBy(() => Infinity), descend());
  assertThrows(() => optimizer.step(optimizer.init(tensor64(0)), tensor64(1)), RangeError, "factor(0) Infinity");
  for (const bad of [NaN, Infinity, -1, 1]) {
    for (const name of ["beta1", "beta2"]) {
      assertThrows(() => scaleByAdam({ [name]: bad }), RangeError, `Cannot build scaleByAdam with ${name} ${bad}`);
      assertThrows(() => scaleByLion({ [name]: bad }), RangeError, `Cannot build scaleByLion with ${name} ${bad}`);
    }
    assertThrows(() => scaleByRms({ alpha: bad }), RangeError, `Cannot build scaleByRms with alpha ${bad}`);
  }
  for (const epsilon of [NaN, Infinity, -1]) {
    assertThrows(() => scaleByAdam({ epsilon }), RangeError, `Cannot build scaleByAdam with epsilon ${epsilon}`);
    assertThrows(() => scaleByRms({ epsilon }), RangeError, `Cannot build scaleByRms with epsilon ${epsilon}`);
    assertThrows(() => scaleByAdagrad({ epsilon }), RangeError, `Cannot build scaleByAdagrad with epsilon ${epsilon}`);
    assertThrows(() => descend({ learningRate: epsilon }), RangeError, "Cannot build descend with learningRate");
  }
});
