import { batchNorm2d, evaluate, key, train } from "../../mod.ts";
import { assertAgrees, constantFrom, fixtures, variableFrom } from "./fixtures.ts";

const DTYPE = "float64", TOLERANCE = 1e-12;

for (const { name, momentum, eps, gamma, beta, steps, eval: evaluated } of fixtures.batchnorm_running) {
  Deno.test(`batchNorm2d, ${name}: outputs and running statistics are PyTorch's, step after step`, () => {
    const layer = batchNorm2d(gamma.shape[0]!, { momentum, epsilon: eps, dtype: DTYPE });
    const params = { gamma: variableFrom(gamma, DTYPE), beta: variableFrom(beta, DTYPE) };
    const last = steps.reduce((state, { x, y, running_mean, running_var }, k) => {
      const [output, next] = layer.apply({ params, state }, constantFrom(x, DTYPE), train(key(k)));
      assertAgrees(output, y, TOLERANCE, `the output of step ${k}`);
      assertAgrees(next.runningMean, running_mean, TOLERANCE, `the running mean after step ${k}`);
      assertAgrees(next.runningVariance, running_var, TOLERANCE, `the running variance after step ${k}`);
      return next;
    }, layer.init(key(0)).state);
    const [output] = layer.apply({ params, state: last }, constantFrom(evaluated.x, DTYPE), evaluate);
    assertAgrees(output, evaluated.y, TOLERANCE, "the output in evaluate mode");
  });
}
