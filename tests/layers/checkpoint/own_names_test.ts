/** Params of layers of one's own may have any names: they come back, or are refused before a file is written. */
import { assert, assertEquals, assertThrows } from "@std/assert";
import {
  activations,
  CheckpointError,
  decodeModel,
  encodeModel,
  key,
  type Layer,
  registerLayer,
  type Tensor,
  tensor32,
  toList,
  tree,
} from "../../../mod.ts";

/** A layer with these params, that computes nothing. */
function layerWith(kind: string, params: object): Layer {
  const layer: Layer = {
    kind,
    name: "Own",
    inputSize: 1,
    outputSize: 1,
    activation: activations.identity,
    config: {},
    init: () => ({ params: params as Layer extends Layer<infer P> ? P : never, state: [] }),
    apply: ({ state }, x) => [x, state],
    outputShape: (shape) => ({ _tag: "Right", right: shape }),
  };
  registerLayer(kind, () => layer);
  return layer;
}

const one = tensor32([1]), two = tensor32([2]);

Deno.test("params come back under any names: empty ones, with escapes, like numbers, in lists and alone", () => {
  const trees = [
    { "": one },
    { "": { "": one }, x: two },
    { "\n": one, "\\": two, '"': one },
    { "1": one, "0": two, "00": one },
    { "a.": one, ".a": two, "a": one },
    { é: one, "e\u0301": two, A: one, a: two },
    [one, [two, { constructor: one, toString: two }]],
    { empty: [], none: {}, absent: undefined, a: one },
    one,
  ];
  trees.forEach((params, k) => {
    const layer = layerWith(`names.${k}`, params), model = decodeModel(encodeModel(layer, layer.init(key(0))));
    assert(model._tag === "Right", model._tag === "Left" ? model.left.message : "");
    const listed = (params: object) => tree.map((t: Tensor) => toList(t), params as tree.Tree<Tensor>);
    assertEquals(listed(model.right.variables.params), listed(params));
  });
});

Deno.test("names of which a file would lose one are refused", () => {
  const trees = [
    [{ "a.b": one, a: { b: two } }, 'two tensors at "params.a.b": one would be lost'],
    [{ "": { x: one }, ".x": two }, 'two tensors at "params..x": one would be lost'],
    [{ "\ud800": one }, "it must be well-formed Unicode"],
    [{ a: { ["__proto__"]: one } }, "it has a meaning of its own"],
  ] as const;
  trees.forEach(([params, reason], k) => {
    const layer = layerWith(`refused.${k}`, params);
    assertThrows(() => encodeModel(layer, layer.init(key(0))), CheckpointError, reason);
  });
});
