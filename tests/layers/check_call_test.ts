import { assertThrows } from "@std/assert";
import { key, tensor32, zeros } from "../../autograd/mod.ts";
import { denseLayer, evaluate, train } from "../../layers/mod.ts";
import { checkInput, checkListed, checkMode, checkOwnVariables, checkVariables } from "../../layers/check_call.ts";

const layer = denseLayer(2, 3), variables = layer.init(key(0)), specs = layer.specs!;

Deno.test("calls with a layer's own variables, a tensor and a mode are accepted", () => {
  checkInput("Dense", zeros([2]));
  checkMode("Dense", evaluate);
  checkMode("Dense", train(key(0)));
  checkOwnVariables("Dense", specs, variables);
  checkListed("Sequential", 1, { params: [variables.params], state: [[]] });
});

Deno.test("swapped arguments, wrong modes and wrong variables are named", () => {
  assertThrows(() => checkInput("Dense", variables as never), Error, "pass the variables first, then x");
  assertThrows(() => checkMode("Dense", { training: true } as never), TypeError, "it must be evaluate or train(key)");
  assertThrows(() => checkVariables("Dense", tensor32(1) as never), Error, "a record { params, state }");
  assertThrows(() => checkVariables("Dense", { params: 3, state: [] }), Error, "Cannot apply Dense to params 3");
  const narrow = { params: { ...variables.params, weight: zeros([3, 1]) }, state: [] };
  assertThrows(() => checkOwnVariables("Dense", specs, narrow), Error, "it must be a tensor [3, 2]");
  assertThrows(() => checkListed("Sequential", 2, { params: [1], state: [] }), Error, "an array of 2");
});
