import { assertAlmostEquals, assertEquals } from "@std/assert";
import { tensor64, toList } from "../../../mod.ts";
import { CELLS, gruCell, lstmCell, rnnCell } from "../../../layers/recurrent/cells.ts";

const dtype = "float64", x = tensor64([1]), sigmoid = (v: number) => 1 / (1 + Math.exp(-v));

/** Params of one input and one hidden number, by gates: weights of the input, of the hidden number. */
const params = (input: readonly number[], hidden: readonly number[]) => ({
  weightInput: tensor64(input.map((v) => [v])),
  weightHidden: tensor64(hidden.map((v) => [v])),
});

Deno.test("rnnCell() is tanh of both products", () => {
  const [, y] = rnnCell(1, 1, { dtype }).step(params([0.5], [2]), tensor64([0.25]), x);
  assertAlmostEquals(toList(y)[0]!, Math.tanh(0.5 + 0.5), 1e-15);
});

Deno.test("lstmCell() has gates i, f, g, o", () => {
  const carry = { hidden: tensor64([0.5]), memory: tensor64([2]) };
  const [{ memory }, y] = lstmCell(1, 1, { dtype }).step(params([1, 2, 3, 4], [0.1, 0.2, 0.3, 0.4]), carry, x);
  const wanted = sigmoid(2.1) * 2 + sigmoid(1.05) * Math.tanh(3.15);
  assertAlmostEquals(toList(memory)[0]!, wanted, 1e-15);
  assertAlmostEquals(toList(y)[0]!, sigmoid(4.2) * Math.tanh(wanted), 1e-15);
});

Deno.test("gruCell() has gates r, z, n, and resets what the candidate gets from before", () => {
  const [next, y] = gruCell(1, 1, { dtype }).step(params([1, 2, 3], [0.1, 0.2, 0.3]), tensor64([0.5]), x);
  const z = sigmoid(2.1), n = Math.tanh(3 + sigmoid(1.05) * 0.15);
  assertAlmostEquals(toList(y)[0]!, (1 - z) * n + z * 0.5, 1e-15);
  assertEquals(toList(next), toList(y));
});

Deno.test("cells are listed by kind", () => {
  assertEquals(Object.entries(CELLS).map(([kind, make]) => kind === make(1, 1).kind), [true, true, true]);
});
