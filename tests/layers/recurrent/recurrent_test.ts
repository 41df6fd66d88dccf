import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import {
  add,
  compile,
  constant,
  decodeModel,
  encodeModel,
  evaluate,
  gruCell,
  key,
  layerToConfig,
  lstmCell,
  lstmLayer,
  ones,
  parameters,
  randomNormal,
  rnnCell,
  ShapeError,
  slice,
  type Tensor,
  toList,
  train,
  zeros,
} from "../../../mod.ts";
import { recurrent } from "../../../layers/recurrent/recurrent.ts";

const dtype = "float64", sequences = randomNormal(key(1), [2, 5, 3], { dtype });

Deno.test("a layer's outputs are those of its cell, step by step", () => {
  for (const cell of [rnnCell(3, 4, { dtype }), gruCell(3, 4, { dtype, bias: false })]) {
    const layer = recurrent(cell), { params, state } = layer.init(key(0)), x = randomNormal(key(2), [3, 3], { dtype });
    const outputs = layer.apply({ params, state }, x, evaluate)[0];
    let carry: Tensor<"float64"> = cell.start([]), y: Tensor = carry;
    for (let k = 0; k < 3; k++) {
      [carry, y] = cell.step(params as never, carry, constant(toList(slice(x, k, 1)), { dtype }));
      toList(y).forEach((value, i) => assertAlmostEquals(value, toList(slice(outputs, k, 1))[i]!, 1e-12));
    }
  }
});

Deno.test("params start uniform within 1 / sqrt(hiddenSize), biases too, as in PyTorch", () => {
  const cell = lstmCell(50, 100), { weightInput, weightHidden, biasInput, biasHidden } = cell.init(key(0));
  assertEquals([weightInput, weightHidden, biasInput!, biasHidden!].map(({ shape }) => shape), [
    [400, 50],
    [400, 100],
    [400],
    [400],
  ]);
  for (const t of [weightInput, weightHidden, biasInput!, biasHidden!]) {
    const numbers = toList(t), most = Math.max(...numbers.map(Math.abs));
    assert(most <= 0.1 && most > 0.098);
  }
  assertEquals("biasInput" in lstmCell(2, 3, { bias: false }).init(key(0)), false);
});

Deno.test("what lies beyond a sequence's length changes nothing, and outputs there are 0", () => {
  const layer = recurrent(lstmCell(3, 4, { dtype }), { bidirectional: true }), variables = layer.init(key(0));
  const run = (x: Tensor<"float64">) => toList(layer.apply(variables, { x, lengths: [5, 2] }, evaluate)[0]);
  const noise = constant(Array.from({ length: 30 }, (_, k) => k < 21 ? 0 : 9), { dtype, shape: [2, 5, 3] });
  const outputs = run(sequences);
  assertEquals(run(add(sequences, noise)), outputs);
  assertEquals(outputs.slice(40 + 16).every((value) => value === 0), true);
});

Deno.test("lengths may be data of a compiled function", () => {
  const layer = recurrent(gruCell(3, 4, { dtype }), { returnSequences: false }), variables = layer.init(key(0));
  const run = (x: Tensor<"float64">, lengths: Tensor) => layer.apply(variables, { x, lengths }, evaluate)[0];
  const compiled = compile(run);
  for (const lengths of [[5, 2], [1, 0]]) {
    const wanted = toList(run(sequences, constant(lengths)));
    toList(compiled(sequences, constant(lengths))).forEach((value, k) => assertAlmostEquals(value, wanted[k]!, 1e-12));
  }
});

Deno.test("dropout is between layers, and in training only", () => {
  const layer = lstmLayer(3, 4, { layers: 2, dropout: 0.5, dtype }), plain = lstmLayer(3, 4, { layers: 2, dtype });
  const variables = layer.init(key(0)),
    apply = (l: typeof layer, mode = evaluate) => toList(l.apply(variables, sequences, mode)[0]);
  assertEquals(apply(layer), apply(plain));
  const dropped = apply(layer, train(key(3)));
  assert(dropped.some((value, k) => value !== apply(layer)[k]));
  assert(dropped.every((value) => value !== 0)); // the last layer's outputs are whole
});

Deno.test("recurrent layers are saved and read", () => {
  const layer = lstmLayer(3, 4, { layers: 2, bidirectional: true, dtype }), variables = layer.init(key(0));
  const back = decodeModel(encodeModel(layer as never, variables as never));
  assert(back._tag === "Right");
  const { layer: read, variables: values } = back.right;
  assertEquals(
    toList(read.apply(values as never, sequences, evaluate)[0]),
    toList(layer.apply(variables, sequences, evaluate)[0]),
  );
  assertEquals(parameters(values).length, 16);
  const own = { ...rnnCell(3, 4), kind: "mine" };
  assertThrows(() => layerToConfig(recurrent(own) as never), Error, "a custom cell cannot be saved");
});

Deno.test("a custom cell needs sizes, init, start and step", () => {
  const counter = {
    inputSize: 3,
    hiddenSize: 3,
    init: () => ({ scale: ones([3], { dtype }) }),
    start: (batch: readonly number[]) => ({ total: zeros([...batch, 3], { dtype }) }),
    step: (_params: { scale: Tensor }, { total }: { total: Tensor }, x: Tensor) => {
      const next = add(total, x);
      return [{ total: next }, next] as const;
    },
  };
  const layer = recurrent(counter as never), variables = layer.init(key(0));
  const outputs = toList(layer.apply(variables, ones([2, 4, 3], { dtype }), evaluate)[0]);
  assertEquals(outputs.slice(0, 12), [1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4]);
  assertThrows(() => recurrent({ step: () => 1 } as never), TypeError, "it must be a cell");
  assertThrows(
    () => recurrent(rnnCell(1, 1), { reverse: true, bidirectional: true }),
    TypeError,
    "it must be one of them",
  );
});

Deno.test("shapes and lengths that do not fit are named", () => {
  const layer = lstmLayer(3, 4), variables = layer.init(key(0));
  const apply = (input: unknown) => () => layer.apply(variables, input as never, evaluate);
  assertThrows(apply(ones([2, 4])), ShapeError, "x must be [time, 3] or [batch, time, 3]");
  assertThrows(apply({ x: ones([2, 5, 3]), lengths: [1] }), ShapeError, "one length for each sequence");
  assertThrows(apply({ x: ones([5, 3]), lengths: [1] }), ShapeError, "pass x as [batch, time, features]");
  assertThrows(apply([1]), ShapeError, "x must be a tensor");
  assertThrows(() => lstmLayer(3, 4, { layers: 0 }), RangeError, "layers 0");
  assertThrows(() => lstmLayer(3, 4, { dropout: 1 }), RangeError, "dropout 1");
});
