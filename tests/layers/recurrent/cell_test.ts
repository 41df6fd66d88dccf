import { assertEquals, assertThrows } from "@std/assert";
import { add, key, ones, type Tensor, tensor64, toList, zeros } from "../../../mod.ts";
import { type CellParts, hiddenPart, makeCell, withBias } from "../../../layers/recurrent/cell.ts";

const parts: CellParts<Tensor> = {
  maker: "testCell",
  kind: "test",
  gates: 2,
  start: (batch, size, dtype) => zeros([...batch, size], { dtype }),
  stepProjected: (_, carry, projected) => [carry, projected],
};

Deno.test("a cell's step is what depends on the input alone, and then the rest", () => {
  const cell = makeCell(parts, 3, 2, { dtype: "float64" }),
    params = cell.init(key(0)),
    x = ones([4, 3], { dtype: "float64" });
  const [carry, y] = cell.step(params, cell.start([4]), x);
  assertEquals([carry.shape, y.shape, toList(y)], [[4, 2], [4, 4], toList(cell.project(params, x))]);
  assertEquals([cell.kind, cell.inputSize, cell.hiddenSize, cell.bias, cell.dtype], ["test", 3, 2, true, "float64"]);
});

Deno.test("gates get the product with the output before, and a bias if there is one", () => {
  const h = tensor64([1, 2]),
    weightHidden = tensor64([[1, 0], [0, 3]]),
    weightInput = weightHidden,
    bias = tensor64([5, 5]);
  assertEquals(toList(hiddenPart({ weightInput, weightHidden }, h)), [1, 6]);
  assertEquals(toList(hiddenPart({ weightInput, weightHidden, biasHidden: bias }, h)), [6, 11]);
  assertEquals([withBias(h, undefined) === h, toList(withBias(h, bias))], [true, toList(add(h, bias))]);
});

Deno.test("sizes and options that make no cell are named", () => {
  const build = (inputSize: number, options = {}) => () => makeCell(parts, inputSize, 2, options);
  assertThrows(build(0), RangeError, "Cannot build testCell with inputSize 0");
  assertThrows(build(1, { bias: 1 }), TypeError, "Cannot build testCell with bias 1");
  assertThrows(build(1, { biases: true }), TypeError, 'with the option "biases"');
  assertThrows(() => makeCell(parts, 1, 2, {}).init(3 as never), TypeError, "drawn from a key");
});
