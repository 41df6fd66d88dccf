import { assertEquals } from "@std/assert";
import {
  add,
  constant,
  dot,
  matmul,
  scale,
  slice,
  square,
  squeeze,
  sub,
  type Tensor,
  tensor64,
  toList,
  toNumber,
  valueAndGradient,
} from "../../mod.ts";
import { assertAccountsFor, assertStillAwaited } from "./awaited.ts";
import { assertNumbersAgree, fixtures, type OptimizerCase } from "./fixtures.ts";
import { MISTAKEN, NOT_YET, notOffered, OPTIMIZERS } from "./optimizers.ts";

const TOLERANCE = 1e-12;

const { cases, problems: { quadratic } } = fixtures.optimizers;
const A = constant(quadratic.A, { dtype: "float64" }), b = constant(quadratic.b, { dtype: "float64" });

const element = (x: Tensor<"float64">, k: number): Tensor<"float64"> => squeeze(slice(x, k, 1), 0);

const PROBLEMS: Readonly<Record<OptimizerCase["problem"], (x: Tensor<"float64">) => Tensor<"float64">>> = {
  quadratic: (x) => sub(scale(dot(x, matmul(A, x)), 0.5), dot(b, x)),
  rosenbrock: (x) => {
    const x0 = element(x, 0), x1 = element(x, 1);
    return add(square(sub(1, x0)), scale(square(sub(x1, square(x0))), 100));
  },
};

const comparable = cases.filter(({ optimizer, hyper }) => optimizer in OPTIMIZERS && notOffered(hyper) === undefined);

for (const { name, optimizer: torchName, hyper, problem, losses, grads, trajectory } of comparable) {
  const optimizer = OPTIMIZERS[torchName]!(hyper), start = tensor64(trajectory[0]!);

  Deno.test(`${name}: given PyTorch's gradients, every step leads where PyTorch's does`, () => {
    let state = optimizer.init(start);
    grads.forEach((gradient, k) => {
      state = optimizer.step(state, tensor64(gradient));
      assertNumbersAgree(toList(state.params), trajectory[k + 1]!, TOLERANCE, `the point after step ${k + 1}`);
    });
    assertEquals(toNumber(state.step), grads.length);
  });

  Deno.test(`${name}: losses, gradients and points of a minimization are PyTorch's`, () => {
    const loss = valueAndGradient(PROBLEMS[problem]);
    let state = optimizer.init(start);
    losses.forEach((expected, k) => {
      const { value, gradients } = loss(state.params);
      assertNumbersAgree([toNumber(value)], [expected], TOLERANCE, `the loss of step ${k + 1}`);
      assertNumbersAgree(toList(gradients), grads[k]!, TOLERANCE, `the gradient of step ${k + 1}`);
      state = optimizer.step(state, gradients);
      assertNumbersAgree(toList(state.params), trajectory[k + 1]!, TOLERANCE, `the point after step ${k + 1}`);
    });
  });
}

Deno.test("every optimizer that PyTorch recorded is tested, awaited by name, or known to be mistaken", () => {
  assertAccountsFor(
    cases.map(({ optimizer }) => optimizer),
    Object.keys(OPTIMIZERS),
    Object.keys(NOT_YET),
    Object.keys(MISTAKEN),
  );
});

Deno.test("of the optimizers there are only what they do not offer is left out", () => {
  const left = cases.filter((recorded) => recorded.optimizer in OPTIMIZERS && !comparable.includes(recorded));
  assertEquals(left.map(({ name, hyper }) => [name, notOffered(hyper)]), [
    ["sgd_momentum_dampening_quadratic", "dampening"],
    ["sgd_momentum_dampening_rosenbrock", "dampening"],
    ["adagrad_lr_decay_init_quadratic", "lr_decay"],
    ["adagrad_lr_decay_init_rosenbrock", "lr_decay"],
  ]);
});

Deno.test("no optimizer is listed as awaited that is exported already", () => assertStillAwaited(NOT_YET));
