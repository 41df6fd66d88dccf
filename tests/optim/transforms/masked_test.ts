import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { tensor32, tensor64, zeros } from "../../../autograd/values/constructors.ts";
import type { ParameterTree } from "../../../autograd/tree/parameter_tree.ts";
import type { Tensor } from "../../../autograd/tensor.ts";
import { chain } from "../../../optim/transforms/chain.ts";
import { clipNorm } from "../../../optim/transforms/clip_transforms.ts";
import { exceptBiasesAndNorms, masked } from "../../../optim/transforms/masked.ts";
import { momentum } from "../../../optim/transforms/momentum.ts";
import type { Transform } from "../../../optim/transforms/transform.ts";
import { anyTransform, contextOf, numbersOf } from "./transforms.ts";

const params: ParameterTree = {
  layers: [{ w: tensor64([[3]]), b: tensor64([4]) }, tensor32([[1, 2]])],
  last: tensor64(0),
};
const gradients: ParameterTree = {
  layers: [{ w: tensor64([[30]]), b: tensor64([40]) }, tensor32([[5, 6]])],
  last: tensor64(7),
};
const context = contextOf(params);
const update = (transform: Transform) => numbersOf(transform.update(gradients, transform.init(params), context)[0]);

Deno.test("masked() by always is the transform itself, by never it changes nothing", () => {
  fc.assert(fc.property(anyTransform, (transform) => {
    assertEquals(update(masked(() => true, transform)), update(transform));
    assertEquals(update(masked(() => false, transform)), numbersOf(gradients));
  }));
});

Deno.test("masked() passes the gradients that it does not choose, and the transform sees only the others", () => {
  const clipped = update(masked((path) => path.startsWith("layers.0"), clipNorm(5)));
  const round = (values: number[]) => values.map((x) => Math.round(x * 1e4) / 1e4);
  assertEquals(clipped.map(([path, values]) => [path, round(values)]), [
    ["layers.0.w", [3]], // 30 and 40 have norm 50
    ["layers.0.b", [4]],
    ["layers.1", [5, 6]],
    ["last", [7]],
  ]);
});

Deno.test("masked() remembers the chosen alone, by path, whatever the order of keys", () => {
  const transform = masked((path, t) => path !== "last" && t.dtype === "float64" || path === "layers.1", momentum());
  const [, { velocity }] = transform.update(gradients, transform.init(params), context);
  // A record puts keys that are whole numbers first; these are none.
  assertEquals(numbersOf(velocity), [["layers.0.w", [30]], ["layers.0.b", [40]], ["layers.1", [5, 6]]]);
  const list: ParameterTree = [{ w: tensor64(1) }, tensor64(2)], second = masked(() => true, momentum());
  const [passed, state] = second.update(list, second.init(list), { ...context, params: list });
  assertEquals(numbersOf(passed), [["0.w", [1]], ["1", [2]]]);
  assertEquals(numbersOf(state.velocity), [["1", [2]], ["0.w", [1]]]);
});

Deno.test("masks nest: the inner one is asked about the same paths", () => {
  const seen: string[] = [];
  const inner = masked((path: string) => {
    seen.push(path);
    return path === "layers.0.w";
  }, momentum({ decay: 0 }));
  const outer = masked((path) => path.startsWith("layers.0"), chain(inner));
  assertEquals(update(outer), numbersOf(gradients));
  assertEquals([...new Set(seen)], ["layers.0.w", "layers.0.b"]);
});

Deno.test("masked() refuses different parameters with the same path", () => {
  const twins: ParameterTree = { "a.b": tensor64(1), a: { b: tensor64(2) } };
  assertThrows(
    () => masked(() => true, momentum()).init(twins),
    TypeError,
    'Cannot step masked(momentum) with two parameters at "a.b": paths must be unique; rename',
  );
});

Deno.test("exceptBiasesAndNorms() chooses matrices and kernels", () => {
  const chosen = (t: Tensor) => exceptBiasesAndNorms("", t);
  assertEquals([[], [3], [3, 2], [2, 1, 3, 3]].map((shape) => chosen(zeros(shape))), [false, false, true, true]);
});
