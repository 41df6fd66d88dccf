import { assertEquals, assertThrows } from "@std/assert";
import { tensor32, tensor64 } from "../../../autograd/values/constructors.ts";
import { toList } from "../../../autograd/values/read.ts";
import type { Tensor } from "../../../autograd/tensor.ts";
import { add, mul } from "../../../blas/scalar/scalar.ts";
import { adam } from "../../../optim/adam.ts";
import { leafwise } from "../../../optim/transforms/leafwise.ts";
import type { Optimizer } from "../../../optim/optimizer.ts";
import { deferredElementwise, deferredNumber, materialize } from "../../../optim/transforms/deferred.ts";
import { sgd } from "../../../optim/sgd.ts";
import { contextOf } from "./transforms.ts";

const summed = deferredElementwise((a, b) => add(a, b)), scaled = deferredElementwise((g, factor) => mul(g, factor));

Deno.test("leafwise() begins with zeros, and gives each parameter its memory", () => {
  const transform = leafwise({
    name: "sums",
    config: {},
    slots: ["sum"],
    begin: ({ step }) => {
      const factor = deferredNumber(step);
      return (gradient, [sum], parameter) => {
        const next = materialize(summed(sum!, gradient), parameter);
        return [scaled(next, factor), [next]];
      };
    },
  });
  const params = { a: tensor64([1, 1]), b: tensor32(1) }, context = contextOf(params, 10);
  const start = transform.init(params), g = { a: tensor64([1, 2]), b: tensor32(3) };
  assertEquals([toList((start.sum as typeof params).a), (start.sum as typeof params).b.dtype], [[0, 0], "float32"]);
  const [, once] = transform.update(g, start, context), [update, twice] = transform.update(g, once, context);
  const read = (tree: unknown): number[][] => Object.values(tree as Record<string, Tensor>).map(toList);
  assertEquals([read(once.sum), read(twice.sum), read(update)], [[[1, 2], [3]], [[2, 4], [6]], [[20, 40], [60]]]);
});

Deno.test("the state of another optimizer, or of other parameters, is refused with the way out", () => {
  const optimizer: Optimizer = sgd({ momentum: 0.9 }), params = [tensor64(1), tensor64(2)] as const;
  assertThrows(
    () => optimizer.step((adam() as Optimizer).init(params), params),
    TypeError,
    "Cannot step momentum with 0 tensors in velocity: the state must remember one for each of the 2 parameters; begin",
  );
  const { memory } = optimizer.init([tensor64(1)]);
  assertThrows(() => optimizer.step({ ...optimizer.init(params), memory }, params), TypeError, "1 tensors in velocity");
});
