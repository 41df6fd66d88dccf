import { assert, assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import {
  AbstractView,
  type Interpreter,
  interpreterOf,
  isAbstract,
  nextLevel,
  runAbstractly,
} from "../../autograd/abstract_view.ts";
import { AbstractValueError } from "../../autograd/errors.ts";
import { formatTensor } from "../../autograd/format.ts";
import { add, matmul, mul, relu } from "../../autograd/ops/mod.ts";
import { backward } from "../../autograd/backward.ts";
import { compile } from "../../autograd/compile/compile.ts";
import { foldIn, key, splitKey } from "../../autograd/random/key.ts";
import { isAbstractKey, keyOf } from "../../autograd/random/key_tensor.ts";
import { randomUniform } from "../../autograd/random/random.ts";
import { constantOf, type Tensor, variableOf } from "../../autograd/tensor.ts";
import { tensor32, tensor64 } from "../../autograd/values/constructors.ts";
import { toList } from "../../autograd/values/read.ts";
import type { View } from "../../blas/view.ts";

/** An interpreter that records its calls and returns its own views. */
function noting(log: string[], name = "noted"): Interpreter {
  const own: Interpreter = {
    level: nextLevel(),
    description: "only its shape is known",
    apply: (primitive, _, inputs, results) => {
      log.push(`${name}: ${primitive.name} of ${inputs.map(({ shape }) => `[${shape}]`).join(" ")}`);
      return results.map(({ dtype, shape }) => new AbstractView(dtype, shape, own) as View);
    },
    unreadable: () => new AbstractValueError("Cannot read a shape's elements"),
  };
  return own;
}

const abstract = (interpreter: Interpreter, shape: readonly number[]): Tensor<"float64"> =>
  constantOf(new AbstractView("float64", shape, interpreter) as View) as Tensor as Tensor<"float64">;

Deno.test("an operation on a tensor without elements is handed over to its interpreter, with the results' types", () => {
  const log: string[] = [], x = abstract(noting(log), [2, 3]), w = tensor64([[1], [2], [3]]);
  const y = relu(add(matmul(x, w), 1));
  assertEquals([y.dtype, y.shape, isAbstract(y.view)], ["float64", [2, 1], true]);
  assertEquals(log, ["noted: matmul of [2,3] [3,1]", "noted: add of [2,1] []", "noted: relu of [2,1]"]);
});

Deno.test("derivatives of tensors without elements are derivatives to their interpreter", () => {
  const log: string[] = [], t = abstract(noting(log), [2]), x = variableOf(t.view);
  const gradient = backward(mul(x, x)).get(x)!;
  assertEquals([gradient.shape, isAbstract(gradient.view)], [[2], true]);
});

Deno.test("checks come before an interpreter is asked", () => {
  const log: string[] = [], x = abstract(noting(log), [2, 3]);
  assertThrows(() => matmul(x, x), TypeError, "columns of a (3) must equal rows of b (2)");
  assertThrows(
    () => add(x, tensor32([1]) as Tensor as Tensor<"float64">),
    TypeError,
    "all operands must have one dtype",
  );
  assertEquals(log, []);
});

Deno.test("of two interpreters the one started last is asked, and views of the other are values to it", () => {
  const log: string[] = [], outer = noting(log, "outer"), inner = noting(log, "inner");
  const a = abstract(outer, [2]), b = abstract(inner, [2]);
  const y = add(a, b);
  add(b, a);
  add(a, 1);
  assertEquals(log, ["inner: add of [2] [2]", "inner: add of [2] [2]", "outer: add of [2] []"]);
  assertStrictEquals(interpreterOf([a.view, y.view]), inner);
  assertEquals(interpreterOf([tensor64(1).view]), undefined);
});

Deno.test("reading elements that do not exist throws the interpreter's error, and the tensor's text says why", () => {
  const x = abstract(noting([]), [2]);
  assertThrows(() => toList(x), AbstractValueError, "Cannot read a shape's elements");
  assertEquals(formatTensor(x), "float64 [2] without values: only its shape is known");
});

Deno.test("a key over words that are not known splits, folds and draws as primitives", () => {
  const log: string[] = [], unknown = keyOf(abstract(noting(log), [2]));
  assert(isAbstractKey(unknown) && !isAbstractKey(key(0)));
  const [a] = splitKey(unknown), drawn = randomUniform(foldIn(a, 3), [4]);
  assertEquals([drawn.shape, drawn.dtype, isAbstract(drawn.view)], [[4], "float32", true]);
  assertThrows(() => unknown.words, AbstractValueError);
  assertEquals(log.at(-1), "noted: draw of [2]");
});

Deno.test("a key over words that are known is the key of these words, and a counter may be a tensor", () => {
  assertEquals(keyOf(tensor64([0, 7])).words, key(7).words);
  assertEquals(foldIn(keyOf(tensor64([0, 7])), tensor64(3)), foldIn(key(7), 3));
  const folded = foldIn(key(7), abstract(noting([]), []));
  assert(isAbstractKey(folded));
});

Deno.test("foldIn() refuses a tensor that is not a single number", () => {
  assertThrows(() => foldIn(key(7), tensor64([1, 2])), TypeError, "Cannot fold a tensor of shape [2] into a key");
});

Deno.test("a compiled function runs plainly on arguments of another interpreter", () => {
  const log: string[] = [], f = compile((x: Tensor<"float64">) => relu(x)), x = abstract(noting(log), [2]);
  const y = runAbstractly(() => f(x));
  assertEquals([isAbstract(y.view), log], [true, ["noted: relu of [2]"]]);
});

Deno.test("a tensor of another interpreter cannot be compiled in as a constant", () => {
  const x = abstract(noting([]), [2]);
  assertThrows(
    () => compile((y: Tensor<"float64">) => add(x, y))(tensor64([1, 2])),
    AbstractValueError,
    "another trace",
  );
});
