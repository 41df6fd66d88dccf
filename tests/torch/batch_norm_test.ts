import { batchNorm2d, evaluate, key, train } from "../../mod.ts";
import { assertAgrees, constantFrom, fixtures, onEveryEngine, variableFrom } from "./fixtures.ts";

const TOLERANCE = { float64: 1e-12, float32: 1e-4 } as const;

for (const { name, momentum, eps, gamma, beta, steps, eval: evaluated } of fixtures.batchnorm_running) {
  for (const dtype of ["float64", "float32"] as const) {
    const tolerance = TOLERANCE[dtype];
    Deno.test(`batchNorm2d in ${dtype}, ${name}: outputs and running statistics are PyTorch's, step after step`, () =>
      onEveryEngine(() => {
        const layer = batchNorm2d(gamma.shape[0]!, { momentum, epsilon: eps, dtype });
        const params = { gamma: variableFrom(gamma, dtype), beta: variableFrom(beta, dtype) };
        const last = steps.reduce((state, { x, y, running_mean, running_var }, k) => {
          const [output, next] = layer.apply({ params, state }, constantFrom(x, dtype), train(key(k)));
          assertAgrees(output, y, tolerance, `the output of step ${k}`);
          assertAgrees(next.runningMean, running_mean, tolerance, `the running mean after step ${k}`);
          assertAgrees(next.runningVariance, running_var, tolerance, `the running variance after step ${k}`);
          return next;
        }, layer.init(key(0)).state);
        const [output] = layer.apply({ params, state: last }, constantFrom(evaluated.x, dtype), evaluate);
        assertAgrees(output, evaluated.y, tolerance, "the output in evaluate mode");
      }));
  }
}
