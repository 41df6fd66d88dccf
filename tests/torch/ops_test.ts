import { assertEquals, assertThrows } from "@std/assert";
import { backward, checkGradient, type DType, type Tensor, zeros } from "../../mod.ts";
import { assertAccountsFor } from "./awaited.ts";
import {
  assertAgrees,
  type Attributes,
  constantFrom,
  fixtures,
  onEveryEngine,
  type OperationCase,
  type Recorded,
  variableFrom,
} from "./fixtures.ts";
import {
  BY_CONVENTION,
  CORRECTIONS,
  IGNORED_ATTRIBUTES,
  NOT_SMOOTH,
  NOT_TWICE_SMOOTH,
  OPERATIONS,
} from "./operations.ts";
import { checkSecondDerivative } from "./second_derivative.ts";

const TOLERANCE = { float64: 1e-9, float32: 1e-4 } as const;

const cases = fixtures.ops.filter(({ op }) => op in OPERATIONS);

const callOf = ({ op, attrs }: OperationCase) => OPERATIONS[op]!(attrs);

const inputsOf = ({ inputs }: OperationCase, dtype: DType): Tensor[] =>
  inputs.map((input) => (input.grad ? variableFrom : constantFrom)(input, dtype));

/** The value to PyTorch's, and the gradient of every input, zeros being as good as none. */
function assertAgreesWithPyTorch(recorded: OperationCase, dtype: DType): void {
  const inputs = inputsOf(recorded, dtype), output = callOf(recorded)(...inputs), tolerance = TOLERANCE[dtype];
  assertAgrees(output, recorded.output, tolerance, "the output");
  const gradients = backward(output, constantFrom(recorded.upstream, dtype));
  recorded.grads.forEach((expected, k) => {
    const what = `the gradient of ${recorded.inputs[k]!.name}`, input = inputs[k]!;
    if (expected === null) assertEquals(gradients.has(input), false, what);
    else assertAgrees(gradients.get(input) ?? zeros(input.shape), corrected(recorded.op, expected), tolerance, what);
  });
}

const corrected = (op: string, gradient: Recorded): Recorded => ({
  ...gradient,
  data: gradient.data.map((value) => op in CORRECTIONS ? Number(value) * CORRECTIONS[op]!.factor : value),
});

/** The operation as a function of the inputs that have gradients, the others held fixed; and those inputs. */
function differentiable(recorded: OperationCase): [f: (...xs: Tensor[]) => Tensor, xs: Tensor[]] {
  const call = callOf(recorded), inputs = inputsOf(recorded, "float64");
  const f = (...xs: Tensor[]): Tensor => {
    const rest = xs.values();
    return call(...inputs.map((input) => input.requiresGrad ? rest.next().value! : input));
  };
  return [f, inputs.filter(({ requiresGrad }) => requiresGrad)];
}

for (const recorded of cases) {
  const { name } = recorded;
  for (const dtype of ["float64", "float32"] as const) {
    Deno.test(`${name} agrees with PyTorch in ${dtype}, value and gradients`, () => {
      onEveryEngine(() => assertAgreesWithPyTorch(recorded, dtype));
    });
  }
  if (!(name in NOT_SMOOTH)) {
    Deno.test(`${name} has the gradient that central differences give`, () => {
      const [f, xs] = differentiable(recorded);
      checkGradient(f, ...xs);
    });
  }
  if (!(name in NOT_SMOOTH) && !(name in NOT_TWICE_SMOOTH)) {
    Deno.test(`${name} has the second derivative that central differences give`, () => {
      checkSecondDerivative(...differentiable(recorded));
    });
  }
}

for (const recorded of fixtures.ops.filter(({ name }) => name in BY_CONVENTION)) {
  Deno.test(`${recorded.name} has PyTorch's value, and another gradient by convention`, () => {
    const { call, reason } = BY_CONVENTION[recorded.name]!, [x] = inputsOf(recorded, "float64");
    const output = call(recorded.attrs)(x!);
    assertAgrees(output, recorded.output, TOLERANCE.float64, "the output");
    const gradient = backward(output, constantFrom(recorded.upstream, "float64")).get(x!)!;
    assertThrows(() => assertAgrees(gradient, recorded.grads[0]!, TOLERANCE.float64, reason), Error, reason);
  });
}

Deno.test("every operation that PyTorch recorded is tested, or different by convention", () => {
  const conventional = fixtures.ops.filter(({ name }) => name in BY_CONVENTION).map(({ op }) => op);
  assertAccountsFor(fixtures.ops.map(({ op }) => op), Object.keys(OPERATIONS), conventional);
});

Deno.test("the exceptions name recorded cases", () => {
  const names = new Set(cases.map(({ name }) => name));
  const exceptions = [...Object.keys(NOT_SMOOTH), ...Object.keys(NOT_TWICE_SMOOTH)];
  assertEquals(exceptions.filter((name) => !names.has(name)), []);
  assertEquals(Object.keys(CORRECTIONS).filter((op) => !(op in OPERATIONS)), []);
  const recorded = new Set(fixtures.ops.map(({ name }) => name));
  assertEquals(Object.keys(BY_CONVENTION).filter((name) => !recorded.has(name)), []);
});

Deno.test("every setting of a recorded case is read by the call that stands for it", () => {
  for (const recorded of cases) {
    const read = new Set<PropertyKey>(Object.keys(IGNORED_ATTRIBUTES));
    const attrs = new Proxy(recorded.attrs, {
      get: (target, name) => (read.add(name), Reflect.get(target, name)),
    }) satisfies Attributes;
    callOf({ ...recorded, attrs })(...inputsOf(recorded, "float64"));
    assertEquals(Object.keys(recorded.attrs).filter((name) => !read.has(name)), [], recorded.name);
  }
});
