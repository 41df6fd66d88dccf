import { assertAlmostEquals, assertEquals } from "@std/assert";
import {
  betaEntropy,
  betaLogProb,
  compile,
  dirichletLogProb,
  gradient,
  studentTLogProb,
  sum,
  type Tensor,
  tensor32,
  tensor64,
  toList,
  toNumber,
} from "../../../mod.ts";
import { digammaStep, logBeta } from "../../../autograd/ops/log_beta.ts";

// mpmath at 700 digits: loggamma(a) + loggamma(b) - loggamma(a + b), digamma(a) - digamma(a + b)
// deno-fmt-ignore: a table of numbers, a case in a line
const CASES: readonly (readonly [a: number, b: number, value: number, slope: number])[] = [
  [1e-300, 1e-300, 691.46867507877365, -4.9999999999999999e299],
  [1e-300, 1, 690.77552789821371, -9.9999999999999997e299],
  [0.5, 0.5, 1.1447298858494002, -1.3862943611198906],
  [1, 1, 0, -1],
  [3.7, 0.5, -0.048118367370501826, -0.14418535192508819],
  [7.9, 7.9, -10.703832437848734, -0.72579220228772778],
  [8, 1e-20, 46.051701859880914, -1.3313701469403142e-21],
  [20, 100, -54.550806681721242, -1.8127952968763797],
  [1, 1e300, -690.77552789821371, -691.35274356311524],
  [1e300, 1, -690.77552789821371, -9.9999999999999995e-301],
  [2.5, 1e17, -97.575183581774022, -38.440789940253533],
  [1e10, 1e10, -13862943621.44632, -0.69314718058494531],
  [1e300, 1e300, -1.3862943611198907e300, -0.69314718055994531],
  [1e150, 1e300, -3.4638776394910685e152, -345.38776394910685],
];

const slopes = (a: Tensor<"float64">, b: Tensor<"float64">) => ({
  value: logBeta(a, b),
  ...gradient((at: { readonly a: Tensor<"float64">; readonly b: Tensor<"float64"> }) => sum(logBeta(at.a, at.b)))({
    a,
    b,
  }),
});

Deno.test("logBeta() and its derivatives keep their digits, however far apart or large the arguments are", () => {
  for (const run of [slopes, compile(slopes)]) {
    const a = tensor64(CASES.map(([a]) => a)), b = tensor64(CASES.map(([, b]) => b));
    const there = run(a, b), back = run(b, a), list = (t: Tensor): readonly number[] => toList(t);
    CASES.forEach(([a, b, value, slope], k) => {
      const close = (t: Tensor, wanted: number, least: number): void =>
        assertAlmostEquals(list(t)[k]!, wanted, 4e-15 * Math.max(least, Math.abs(wanted)), `${a}, ${b}`);
      close(there.value, value, 0.5);
      close(back.value, value, 0.5);
      close(there.a, slope, 0);
      close(back.b, slope, 0);
    });
  }
  assertEquals(toList(digammaStep(tensor64([1, NaN]), tensor64([1, 1]))), [-1, NaN]);
  for (const [a, b, value] of CASES) {
    const found = toNumber(logBeta(tensor32(a), tensor32(b))), fits = a > 1e-30 && b > 1e-30 && a < 1e30 && b < 1e30;
    if (fits) assertAlmostEquals(found, value, 1e-6 * Math.max(1, Math.abs(value)));
  }
});

Deno.test("log densities of parameters that lie far apart have all digits, where PyTorch's have none", () => {
  // The density of b (1 - x)^(b - 1) at 0 is b.
  assertAlmostEquals(toNumber(betaLogProb(tensor64(0), 1, 1e300)), Math.log(1e300), 1e-12);
  assertAlmostEquals(toNumber(betaLogProb(tensor64(1), 1e17, 1)), Math.log(1e17), 1e-13);
  // The uniform density's entropy, and that of b (1 - x)^(b - 1): 1 - 1 / b - log(b).
  assertAlmostEquals(toNumber(betaEntropy(tensor64(1), 1e17)), 1 - Math.log(1e17), 1e-13);
  // With 1e100 degrees of freedom, it is a normal density.
  assertAlmostEquals(toNumber(studentTLogProb(tensor64(1), 1e100, 0, 1)), -0.5 - Math.log(2 * Math.PI) / 2, 1e-13);
  // The number of permutations: gamma(n + 2) / gamma(n) = n (n + 1).
  const alpha = tensor64([1, 1e17, 1]), x = tensor64([0, 1, 0]);
  assertAlmostEquals(toNumber(dirichletLogProb(x, alpha)), Math.log(1e17) + Math.log(1e17 + 1), 1e-13);
  assertEquals(toNumber(dirichletLogProb(tensor64([1]), tensor64([3]))), 0);
});
