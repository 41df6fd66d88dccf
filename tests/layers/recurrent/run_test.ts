import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { add, scale, type Tensor, tensor64, toArray, zeros } from "../../../autograd/mod.ts";
import { evaluate } from "../../../layers/mode.ts";
import { gruLayer, lstmLayer, rnnLayer } from "../../../layers/recurrent/layers.ts";
import { type AnyCell, recurrent } from "../../../layers/recurrent/recurrent.ts";
import { maskOf, runBoth, runCell } from "../../../layers/recurrent/run.ts";
import { key } from "../../../autograd/random/key.ts";

/** Carries ten times what it carried plus its input, so that digits show the order of steps; `params` are added to the output. */
const digits: AnyCell<{ readonly shift: Tensor }> = {
  inputSize: 1,
  hiddenSize: 1,
  init: () => ({ shift: tensor64([0]) }),
  start: (batch) => zeros([...batch, 1], { dtype: "float64" }),
  step: ({ shift }, carry, x) => {
    const next = add(scale(carry as Tensor, 10), x);
    return [next, add(next, shift)];
  },
};
const cell = digits as AnyCell, params = { shift: tensor64([0]) };
const x = tensor64([[[1], [2], [3]], [[4], [5], [6]]]);
const numbers = (t: Tensor) => JSON.stringify(toArray(t)).replaceAll(/\[(-?\d+)\]/g, "$1");

Deno.test("runCell() runs in either direction and keeps outputs in the order of the inputs", () => {
  const run = (reverse: boolean, returnSequences: boolean) =>
    numbers(runCell(cell, params, { x }, { reverse, returnSequences }));
  assertEquals([run(false, true), run(false, false)], ["[[1,12,123],[4,45,456]]", "[123,456]"]);
  assertEquals([run(true, true), run(true, false)], ["[[321,32,3],[654,65,6]]", "[321,654]"]);
  const one = runCell(cell, params, { x: tensor64([[1], [2]]) }, { reverse: false, returnSequences: true });
  assertEquals(numbers(one), "[1,12]", "without a batch");
});

Deno.test("maskOf() is 1 within each length, and masked steps change nothing in either direction", () => {
  const mask = maskOf(x, tensor64([2, 3]));
  assertEquals(numbers(mask), "[[1,1,0],[1,1,1]]");
  const run = (reverse: boolean, returnSequences: boolean) =>
    numbers(runCell(cell, params, { x, mask }, { reverse, returnSequences }));
  assertEquals([run(false, true), run(false, false)], ["[[1,12,0],[4,45,456]]", "[12,456]"]);
  assertEquals([run(true, true), run(true, false)], ["[[21,2,0],[654,65,6]]", "[21,654]"]);
});

Deno.test("runBoth() joins forward and backward outputs, each with its own params", () => {
  const both = { forward: params, backward: { shift: tensor64([1000]) } };
  assertEquals(toArray(runBoth(cell, both, { x }, false)), [[123, 1321], [456, 1654]]);
  assertEquals(runBoth(cell, both, { x }, true).shape, [2, 3, 2]);
});

Deno.test("recurrent() gives its cell lengths as a mask, and refuses to run in two ways at once", () => {
  const layer = recurrent(digits, { reverse: true }), variables = layer.init(key(0));
  assertEquals(numbers(layer.apply(variables, { x, lengths: [1, 3] }, evaluate)[0]), "[[1,0,0],[654,65,6]]");
  assertThrows(() => recurrent(digits, { reverse: true, bidirectional: true }), TypeError, "leave reverse out");
});

Deno.test("stacked layers feed each other: the second one gets the outputs of the first", () => {
  for (const make of [rnnLayer, lstmLayer, gruLayer]) {
    const dtype = "float64",
      stack = make(1, 2, { layers: 2, dtype, bidirectional: true }),
      variables = stack.init(key(3));
    const [one, two] = [make(1, 2, { dtype, bidirectional: true }), make(4, 2, { dtype, bidirectional: true })];
    const [lower, upper] = variables.params.map((own) => ({ params: [own], state: variables.state }));
    const [inner] = one.apply(lower!, x, evaluate), [wanted] = two.apply(upper!, inner, evaluate);
    const found = (toArray(stack.apply(variables, x, evaluate)[0]) as number[][][]).flat(2);
    (toArray(wanted) as number[][][]).flat(2).forEach((value, i) => assertAlmostEquals(found[i]!, value, 1e-15));
  }
});
