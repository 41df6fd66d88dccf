import { exp, gradient, mul, pow, sigmoid, sin, softmax, sum, tanh, type Tensor } from "../../mod.ts";
import { assertAccountsFor } from "./awaited.ts";
import { assertAgrees, constantFrom, fixtures, onEveryEngine, variableFrom } from "./fixtures.ts";

const FUNCTIONS: Readonly<Record<string, (x: Tensor) => Tensor>> = {
  tanh,
  exp_sin: (x) => exp(sin(x)),
  softmax: (x) => softmax(x),
  sigmoid,
  cube: (x) => pow(x, 3),
};

for (const { name, ...recorded } of fixtures.double_backward) {
  for (const [dtype, tolerance] of [["float64", 1e-9], ["float32", 1e-4]] as const) {
    Deno.test(`the gradient of a gradient of ${name} agrees with PyTorch in ${dtype}`, () => {
      const f = FUNCTIONS[name]!, x = variableFrom(recorded.x, dtype);
      const upstream = constantFrom(recorded.upstream, dtype), v = constantFrom(recorded.v, dtype);
      const slope = gradient((at: Tensor) => sum(mul(f(at), upstream)));
      const along = gradient((at: Tensor) => sum(mul(slope(at), v)));
      onEveryEngine(() => {
        assertAgrees(slope(x), recorded.grad, tolerance, "the gradient");
        assertAgrees(along(x), recorded.hvp, tolerance, "the gradient of <gradient, v>");
      });
    });
  }
}

Deno.test("every second derivative that PyTorch recorded is tested", () => {
  assertAccountsFor(fixtures.double_backward.map(({ name }) => name), Object.keys(FUNCTIONS));
});
