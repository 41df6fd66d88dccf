/**
 * The smoke tests, for any runtime: tensors, gradients, a compiled fold, layers, files, data, randomness, errors.
 *
 * @module
 */
import {
  activations,
  adam,
  compile,
  conv2dLayer,
  decodeTree,
  denseLayer,
  dropout,
  encodeModel,
  evaluate,
  flattenLayer,
  foldIn,
  forward,
  gradient,
  hessian,
  key,
  loadModel,
  loadTree,
  lstmLayer,
  matmul,
  mul,
  permutation,
  pow,
  randomInteger,
  randomNormal,
  randomUniform,
  saveModel,
  saveTree,
  sequential,
  softmax,
  softmaxCrossEntropy,
  sum,
  tanh,
  type Tensor,
  tensor32,
  tensor64,
  tensorData,
  toArray,
  toList,
  toNumber,
  train,
  transpose,
  valueAndGradient,
} from "../../mod.ts";
import { batchesFrom, decodeCsv, imageBatches, imageFiles, splitSamples } from "../../optim/data/mod.ts";
import pictures from "../fixtures/pictures.json" with { type: "json" };

/** The results of a runtime. */
export type Answers = {
  /** The results that must equal Deno's: random numbers, structures, messages. */
  readonly exact: Readonly<Record<string, unknown>>;
  /** The results that may differ from Deno's in the last digits. */
  readonly near: Readonly<Record<string, readonly number[]>>;
};

/** Runs the smoke tests; with a folder, also those that write files. */
export async function smoke(folder?: string): Promise<Answers> {
  const files = folder === undefined ? {} : await saved(folder);
  return {
    exact: { ...randomness(), ...await errors(), ...await data(), ...files },
    near: { ...tensors(), ...gradients(), ...layers(), losses: losses() },
  };
}

function tensors(): Answers["near"] {
  const a = tensor64([[1, 2, 3], [4, 5, 6]]), b = randomUniform(key(1), [70, 130]);
  return {
    product: toList(matmul(a, transpose(a))),
    softmax: toList(softmax(tensor32([1, 2, 800]))),
    "product of odd sizes": toList(sum(matmul(transpose(b), b), { axes: 0 })),
  };
}

function gradients(): Answers["near"] {
  const f = (x: Tensor<"float64">) => sum(mul(tanh(x), pow(x, 3))), x = tensor64([0.5, -1.5]);
  return { gradient: toList(gradient(f)(x)), hessian: toList(hessian(f)(x)) };
}

function layers(): Answers["near"] {
  const image = randomNormal(key(2), [2, 1, 8, 8]), sequence = randomNormal(key(3), [2, 5, 3]);
  const network = sequential([conv2dLayer(1, 4, 3, { activation: activations.relu }), flattenLayer(), dropout(0.5)]);
  const recurrent = lstmLayer(3, 4), variables = network.init(key(4));
  return {
    convolution: toList(forward(network, variables, image)),
    dropout: toList(network.apply(variables, image, train(key(5)))[0]),
    "long short-term memory": toList(recurrent.apply(recurrent.init(key(6)), sequence, evaluate)[0]),
  };
}

/** The losses of a network that trains in one compiled program, its random numbers drawn there. */
function losses(): readonly number[] {
  const model = sequential([denseLayer(16, 32, { activation: activations.gelu }), dropout(0.1), denseLayer(32, 4)]);
  const { params, state } = model.init(key(7)), optimizer = adam({ learningRate: 0.01 });
  const start = optimizer.init(params);
  const step = compile((before: typeof start, x: Tensor, labels: Tensor) => {
    const { value, gradients } = valueAndGradient((p: typeof params) => {
      const [logits] = model.apply({ params: p, state }, x, train(foldIn(key(8), before.step)));
      return softmaxCrossEntropy(logits, labels);
    })(before.params);
    return [optimizer.step(before, gradients), value] as const;
  });
  const x = randomNormal(key(9), [32, 16]), labels = randomInteger(key(10), [32], { max: 4 });
  const fold = compile((before: typeof start, x: Tensor) => step(before, x, labels));
  const once = toNumber(step(start, x, labels)[1]);
  return [once, ...[...fold.scan(start, Array.from({ length: 20 }, () => x))].map((loss) => toNumber(loss))];
}

/** Pictures, a stream and a table, read without any permission. */
async function data(): Promise<Answers["exact"]> {
  const files = pictures.cases.map(({ name, file }) => ({
    name: `${name.slice(0, 3)}/${name}.${name.startsWith("PNG") ? "png" : "jpg"}`,
    bytes: Uint8Array.from(atob(file), (character) => character.charCodeAt(0)),
  }));
  const listed = await imageFiles(files)(), order: number[] = [], seen: unknown[] = [];
  for await (const batch of batchesFrom([1, 2, 3, 4, 5], { size: 2, key: key(16) })) order.push(...toList(batch));
  if (listed._tag === "Right") {
    for await (const { images, labels } of imageBatches(listed.right.files, { size: 8, image: [4, 4], key: key(17) })) {
      seen.push([images.shape, toList(labels), toList(images).map((value) => Math.round(1000 * value))]);
    }
  }
  const table = decodeCsv('a,b\n1,"x\ny"\n', { columns: { a: "number", b: "text" } });
  const columns = table._tag === "Right" && [toList(table.right.columns.a), table.right.columns.b];
  return { order, pictures: seen, columns, split: splitSamples(9, { key: key(18), parts: { train: 0.7, test: 0.3 } }) };
}

function randomness(): Answers["exact"] {
  return {
    uniform: toList(randomUniform(key(11), [9])),
    integers: toList(randomInteger(foldIn(key(12), 3), [9], { min: -5, max: 1000 })),
    permutation: toList(permutation(key(13), 20)),
    normal: toList(randomNormal(key(14), [9])),
    "in a program": toList(compile((k: ReturnType<typeof key>) => randomUniform(k, [9]))(key(11))),
  };
}

async function errors(): Promise<Answers["exact"]> {
  const message = (f: () => unknown): string => {
    try {
      return `no error: ${f()}`;
    } catch (error) {
      return error instanceof Error ? `${error.name}: ${error.message}` : "no Error";
    }
  };
  const tree = decodeTree(new Uint8Array(3)), missing = await loadModel("does/not/exist")();
  return {
    shapes: message(() => matmul(tensor32([[1, 2]]), tensor32([[1, 2, 3]]))),
    tree: [tree._tag, tree._tag === "Left" ? tree.left.message : ""],
    missing: [missing._tag, missing._tag === "Left" && missing.left.name],
  };
}

async function saved(folder: string): Promise<Answers["exact"]> {
  const layer = denseLayer(3, 2), variables = layer.init(key(15)), tree = { a: tensor64([1, 2]), b: [tensor32(3)] };
  const model = `${folder}/model.safetensors`, other = `${folder}/tree.safetensors`;
  const [first, again] = [await saveModel(model, layer, variables)(), await saveModel(model, layer, variables)()];
  const written = await saveTree(other, tree)(), into = await saveTree(`${folder}/no/folder`, tree)();
  const network = await loadModel(model)(), read = await loadTree(other, tree)();
  return {
    saved: [first._tag, again._tag, written._tag, into._tag],
    bytes: [...encodeModel(layer, variables)],
    model: network._tag === "Right" &&
      toList(forward(network.right.layer, network.right.variables, tensor32([0, 0, 1]))),
    tree32: read._tag === "Right" && [toArray(read.right.a), [...tensorData(read.right.b[0]!)]],
  };
}
