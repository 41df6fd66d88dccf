import fc from "fast-check";
import { conv2dDepthwise, conv2dInputDepthwise, conv2dWeightDepthwise } from "../../../blas/reference/depthwise.ts";
import { assertConvolves, convolutionArbitrary, SMALL } from "../convolutions.ts";

const depthwise = { conv2d: conv2dDepthwise, conv2dInput: conv2dInputDepthwise, conv2dWeight: conv2dWeightDepthwise };

Deno.test("filters of one channel, even several for each channel, agree with seven loops", () => {
  const single = convolutionArbitrary("float64", { ...SMALL, groups: 5 }).filter(({ w }) => w.shape[1] === 1);
  fc.assert(fc.property(single, (convolution) => assertConvolves(depthwise, convolution)));
});
