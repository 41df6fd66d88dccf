import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import {
  decodeSafetensors,
  denseLayer,
  embedding,
  encodeSafetensors,
  forward,
  fromTorchNames,
  gruLayer,
  key,
  lstmLayer,
  ones,
  parameters,
  rnnLayer,
  sequential,
  type Tensor,
  tensor32,
  toArray,
  toList,
  toTorchNames,
} from "../../../mod.ts";
import json from "../../fixtures/safetensors.json" with { type: "json" };

Deno.test("a recurrent network that PyTorch saved computes the same here", () => {
  const { base64 } = json.files.at(-1)!,
    file = decodeSafetensors(Uint8Array.from(atob(base64), (c) => c.charCodeAt(0)));
  assert(file._tag === "Right");
  const tensors = file.right.tensors as Readonly<Record<string, Tensor<"float32">>>;
  const read = fromTorchNames(tensors, { prefix: "lstm." });
  assert(read._tag === "Right");
  const model = sequential(
    [embedding(5, 3), lstmLayer(3, 4, { layers: 2, bidirectional: true }), denseLayer(8, 2)] as const,
  );
  const params = [
    { weight: tensors["words.weight"]! },
    read.right,
    { weight: tensors["end.weight"]!, bias: tensors["end.bias"]! },
  ] as const;
  const { state } = model.init(key(0)), y = forward(model, { params, state }, tensor32(json.recurrent.x));
  (toArray(y) as number[][][]).forEach((rows, i) =>
    rows.forEach((row, j) => row.forEach((v, k) => assertAlmostEquals(v, json.recurrent.y[i]![j]![k]!, 1e-6)))
  );
});

Deno.test("params get PyTorch's names and back, whatever layer they are of", () => {
  const layers = [
    rnnLayer(3, 4),
    lstmLayer(3, 4, { layers: 3 }),
    gruLayer(3, 4, { bidirectional: true, layers: 2 }),
    gruLayer(3, 4, { bias: false, layers: 12 }),
  ];
  for (const layer of layers) {
    const { params } = layer.init(key(0)), named = toTorchNames(params, { prefix: "net.rnn." });
    assertEquals(Object.keys(named).length, parameters({ params }).length);
    const file = decodeSafetensors(encodeSafetensors({ ...named, other: ones([2]) }));
    assert(file._tag === "Right");
    const read = fromTorchNames(file.right.tensors, { prefix: "net.rnn." });
    assert(read._tag === "Right");
    const numbers = (params: unknown) => parameters({ params: params as never }).map((t) => toList(t));
    assertEquals(numbers(read.right), numbers(params));
  }
});

Deno.test("names and shapes that are not those of a recurrent network are refused", () => {
  const { params } = lstmLayer(3, 4, { layers: 2, bidirectional: true }).init(key(0)), named = toTorchNames(params);
  const without = (name: string) => Object.fromEntries(Object.entries(named).filter(([other]) => other !== name));
  const problem = (tensors: Readonly<Record<string, Tensor>>, prefix = "") => {
    const read = fromTorchNames(tensors, { prefix });
    assert(read._tag === "Left");
    return read.left.message;
  };
  assertEquals(
    [
      problem({}),
      problem(named, "lstm."),
      problem(without("weight_ih_l1_reverse")),
      problem(without("bias_hh_l0")),
      problem({ ...named, weight_ih_l123456789012: ones([16, 4]) }),
      problem({ ...toTorchNames(lstmLayer(3, 4).init(key(0)).params), weight_ih_l0_reverse: ones([16, 3]) }),
      problem({ ...named, weight_hr_l0: ones([2, 4]) }),
      problem({ ...named, weight_hh_l1: ones([16, 5]) }),
      problem({ ...named, bias_ih_l1: ones([12]) }),
      problem({ weight_ih_l1: ones([16, 4]) }),
    ].map((message) => message.slice("Cannot read recurrent params: ".length).split(":")[0]),
    [
      "no weight_ih_l0",
      "no lstm.weight_ih_l0",
      "no weight_ih_l1_reverse",
      "no bias_hh_l0",
      "no weight_ih_l2",
      "no weight_hh_l0_reverse",
      "a tensor weight_hr_l0",
      "weight_hh_l1 [16, 5] beside a hidden weight [16, 5]",
      "bias_ih_l1 [12] beside a hidden weight [16, 4]",
      "no weight_ih_l0",
    ],
  );
});
