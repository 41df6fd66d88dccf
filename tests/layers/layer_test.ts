import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import { constant, ones } from "../../autograd/values/constructors.ts";
import { key } from "../../autograd/random/key.ts";
import { toArray } from "../../autograd/values/read.ts";
import { denseLayer } from "../../layers/dense.ts";
import { forward, isLayer, parameterCount, parameters } from "../../layers/layer.ts";
import { evaluate } from "../../layers/mode.ts";
import { sequential } from "../../layers/sequential.ts";

Deno.test("forward() is the output of apply() in evaluate mode", () => {
  const layer = denseLayer(2, 3), variables = layer.init(key(0)), x = constant([[1, 2]]);
  assertEquals(toArray(forward(layer, variables, x)), toArray(layer.apply(variables, x, evaluate)[0]));
});

Deno.test("parameters() lists the tensors of the params in order, parameterCount() counts their numbers", () => {
  const { params } = denseLayer(784, 128).init(key(0));
  assertEquals(parameters({ params }).length, 2);
  assertStrictEquals(parameters({ params })[0], params.weight);
  assertEquals(parameterCount({ params }), 784 * 128 + 128);
  assertEquals([parameterCount({ params: [] }), parameterCount({ params: ones([]) })], [0, 1]);
});

Deno.test("isLayer() knows layers and models", () => {
  assert(isLayer(denseLayer(1, 1)) && isLayer(sequential([denseLayer(1, 1)])));
  for (const other of [undefined, null, {}, { kind: "dense" }, denseLayer, ones([1])]) assert(!isLayer(other));
});
