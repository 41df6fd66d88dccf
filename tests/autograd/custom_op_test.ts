import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import {
  add,
  backward,
  checkGradient,
  constant,
  customOp,
  DTypeError,
  exp,
  gradient,
  jvp,
  matmul,
  mul,
  scale,
  ShapeError,
  sum,
  type Tensor,
  tensor32,
  tensor64,
  toArray,
  toList,
  toNumber,
  transpose,
} from "../../autograd/mod.ts";
import { checkSecondDerivative } from "../torch/second_derivative.ts";

type T64 = Tensor<"float64">;

/** e^x, computed with an ordinary array; its own derivative. */
const exponential = customOp({
  name: "exponential",
  forward: (x: T64) => tensor64(toList(x).map(Math.exp), x.shape),
  vjp: (cotangent, { output }) => [mul(cotangent, output)],
});

/** A product of two, so that there are two cotangents. */
let vjpCalls = 0;
const product = customOp({
  name: "product2",
  forward: (a: Tensor, b: Tensor) => matmul(a, b),
  vjp: (cotangent, { inputs: [a, b] }) => {
    vjpCalls++;
    return [matmul(cotangent, transpose(b)), matmul(transpose(a), cotangent)];
  },
});

Deno.test("a custom operation has the value of its forward and the gradient of its vjp", () => {
  const x = tensor64([0, 1]);
  const y = exponential(x);
  assertEquals([y.tag, toList(y)], ["node", [1, Math.E]]);
  assertEquals(toList(backward(scale(y, 2)).get(x)!), [2, 2 * Math.E]);
  checkGradient((t) => exponential(t as T64), x);
});

Deno.test("on constants it keeps no graph", () => {
  assertEquals(exponential(constant([1], { dtype: "float64" })).tag, "constant");
});

Deno.test("with a vjp of tensor operations it can be differentiated again, to any order", () => {
  const third = gradient(gradient(gradient((x: T64) => sum(exponential(x)))));
  assertEquals(toNumber(third(tensor64(1))), Math.E);
  const a = tensor64([[1, 2], [3, 4]]), b = tensor64([[5, 6], [7, 8]]);
  checkSecondDerivative((x, y) => product(x!, y!), [a, b]);
  const tangent = jvp((x: T64) => exponential(x), [tensor64([0, 1])], [tensor64([10, 100])]).tangent;
  assertEquals(toList(tangent), [10, 100 * Math.E]);
});

Deno.test("its vjp sees the outer transform's tensors when that differentiates it", () => {
  const f = (x: T64) => sum(gradient((y: T64) => sum(mul(exponential(y), x)))(x));
  // d/dx (x e^x) = (1 + x) e^x
  assertAlmostEquals(toNumber(gradient(f)(tensor64(1))), 2 * Math.E, 1e-14);
});

Deno.test("vjp runs once for each use and backward pass, however many operands want a cotangent", () => {
  const a = tensor64([[1, 2]]), b = tensor64([[3], [4]]), y = product(a, b), before = vjpCalls;
  const gradients = backward(y);
  assertEquals(vjpCalls - before, 1);
  assertEquals([toArray(gradients.get(a)!), toArray(gradients.get(b)!)], [[[3, 4]], [[1], [2]]]);
  backward(add(y, product(a, b)));
  assertEquals(vjpCalls - before, 3);
});

Deno.test("forward gets constants, so its operations are not tracked", () => {
  const tags: string[] = [];
  const watched = customOp({
    name: "watched",
    forward: (x: T64) => (tags.push(x.tag, exp(x).tag), exp(x)),
    vjp: (cotangent) => [cotangent],
  });
  gradient((x: T64) => sum(watched(x)))(tensor64([1]));
  assertEquals(tags, ["constant", "constant"]);
});

Deno.test("null is a cotangent of 0", () => {
  const first = customOp({ name: "first", forward: (a: T64, _b: T64) => a, vjp: (cotangent) => [cotangent, null] });
  const a = tensor64([1, 2]), b = tensor64([3, 4]), gradients = backward(first(a, b));
  assertEquals([toList(gradients.get(a)!), toList(gradients.get(b)!)], [[1, 1], [0, 0]]);
});

Deno.test("a vjp that returns the wrong number or shape of cotangents is named in the error", () => {
  const x = tensor64([[1, 2]]);
  const broken = (answer: unknown) => () =>
    backward(
      customOp({
        name: "broken",
        forward: (t: T64) => sum(t),
        vjp: () => answer as readonly Tensor[],
      })(x),
    );
  assertThrows(
    broken([x, x]),
    ShapeError,
    "Cannot apply the vjp of broken to input 0 [1, 2]: it must return an array of 1 cotangents, one for each operand; " +
      "return null for an operand on which the result does not depend",
  );
  assertThrows(broken(x), ShapeError, "it must return an array of 1 cotangents");
  assertThrows(broken([tensor64(1)]), ShapeError, "cotangent 0 is float64 [], and its operand float64 [1, 2]");
  assertThrows(
    broken([tensor32([[1, 2]])]),
    ShapeError,
    "cotangent 0 is float32 [1, 2], and its operand float64 [1, 2]",
  );
  assertThrows(broken([undefined]), ShapeError, "cotangent 0 is undefined");
});

Deno.test("a forward that does not return a tensor, or one of another dtype, is named in the error", () => {
  const make = (forward: (x: T64) => T64) => customOp({ name: "broken", forward, vjp: () => [null] });
  assertThrows(
    () => make((x) => toNumber(x) as unknown as T64)(tensor64(1)),
    TypeError,
    "Cannot apply broken whose forward returned 1: it must return a tensor; wrap it with constant",
  );
  assertThrows(
    () => make((x) => constant(toList(x)) as unknown as T64)(tensor64([1])),
    DTypeError,
    "Cannot apply broken to float64: the result must have the operands' dtype, and forward returned float32; make it with",
  );
  assertThrows(() => exponential(3 as unknown as T64), TypeError, "Cannot apply exponential to 3");
});

Deno.test("operands of several dtypes are refused, by the compiler as well", () => {
  const pair = customOp({ name: "pair", forward: (a: T64, b: T64) => add(a, b), vjp: (c) => [c, c] });
  // @ts-expect-error: the second operand is float32
  assertThrows(() => pair(tensor64(1), tensor32(1)), DTypeError, "Cannot apply pair to float64 and float32");
});
