import { assertEquals } from "@std/assert";
import fc from "fast-check";
import {
  expandSetting,
  imageGeometry,
  planConvolution,
  settingsProblem,
} from "../../../autograd/ops/convolution_shape.ts";
import { shapesArbitrary } from "../../blas/convolutions.ts";

Deno.test("planConvolution() returns the shape and the geometry of every convolution", () => {
  fc.assert(fc.property(shapesArbitrary(), ({ geometry, x, w, y }) => {
    const plan = planConvolution({ op: "conv2d", input: x, weight: w, settings: geometry }, 2);
    assertEquals(plan, { _tag: "Right", right: { geometry, shape: y } });
    const alone = planConvolution({ op: "conv2d", input: x.slice(1), weight: w, settings: geometry }, 2);
    assertEquals(alone, { _tag: "Right", right: { geometry, shape: y.slice(1) } });
  }));
});

Deno.test("planConvolution() answers with an error rather than throw, so that a model can be checked", () => {
  const plan = planConvolution({
    op: "conv2d",
    input: [1, 2, 2],
    weight: [1, 1, 3, 3],
    settings: { stride: 1, padding: 0, dilation: 1, groups: 1 },
  }, 2);
  assertEquals(plan._tag, "Left");
});

Deno.test("settings of one number, of one for each axis and of one for each side are spread out", () => {
  assertEquals(expandSetting(3, 4), [3, 3, 3, 3]);
  assertEquals(expandSetting([1, 2], 4), [1, 2, 1, 2]);
  assertEquals(imageGeometry({ stride: 2, padding: [1, 2], dilation: 3 }, 1), {
    stride: [1, 2],
    padding: [0, 1, 0, 2],
    dilation: [1, 3],
  });
});

Deno.test("settingsProblem() looks at every setting that is given", () => {
  assertEquals(settingsProblem({ stride: 1, padding: [0, 1, 2, 3] }, 2), undefined);
  for (const name of ["size", "stride", "padding", "dilation", "outputPadding", "scale"] as const) {
    for (const wrong of [-1, 0.5, NaN, Infinity, [1], [1, 1, 1], []]) {
      assertEquals(
        settingsProblem({ [name]: wrong }, 2)?.problem.startsWith(`${name} must be`),
        true,
        `${name} ${wrong}`,
      );
    }
  }
});
