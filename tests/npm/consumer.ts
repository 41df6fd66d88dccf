import {
  activations,
  adam,
  compile,
  denseLayer,
  forward,
  key,
  mseLoss,
  randomNormal,
  sequential,
  tanh,
  type Tensor,
  tensor64,
  toNumber,
  valueAndGradient,
} from "@nanograd/nanograd";
import { matmul } from "@nanograd/nanograd/autograd";
import { type Engine, engines } from "@nanograd/nanograd/blas";
import { decodeCsv, decodeImage, splitSamples } from "@nanograd/nanograd/data";
import { decodeTree } from "@nanograd/nanograd/layers";
import { sgd } from "@nanograd/nanograd/optim";
import { runLog } from "@nanograd/nanograd/watch";

const model = sequential([denseLayer(3, 8, { activation: activations.tanh }), denseLayer(8, 1)]);
const { params, state } = model.init(key(0)), optimizer = adam({ learningRate: 0.02 });
const x: Tensor<"float32"> = randomNormal(key(1), [32, 3]), y = tanh(matmul(x, randomNormal(key(2), [3, 1])));
const start = optimizer.init(params);
const step = compile((before: typeof start, x: Tensor) => {
  const loss = (p: typeof params) => mseLoss(forward(model, { params: p, state }, x), y);
  const { value, gradients } = valueAndGradient(loss)(before.params);
  return [optimizer.step(before, gradients), value] as const;
});
const losses: readonly number[] = [...step.scan(start, Array.from({ length: 100 }, () => x))].map((t) => toNumber(t));
const engine: Engine = engines.simd, tree = decodeTree(new Uint8Array(1));
const write = runLog("run", { csv: true }),
  { records } = write(write.initial, { step: 0, scalars: { loss: losses[0]! } });
console.log(JSON.stringify([losses.at(-1)! < 0.2 * losses[0]!, engine.name, sgd().name, tree._tag, records]));

const table = decodeCsv("a,b\n1,x\n", { columns: { a: "number", b: "category" } });
if (table._tag === "Left" || table.right.columns.a.shape[0] !== 1) throw new Error("no table");
if (decodeImage(new Uint8Array(8))._tag === "Right") throw new Error("no image");
const { train }: { readonly train: readonly number[] } = splitSamples(2, { key: key(0), parts: { train: 1 } });
if (train.length !== 2) throw new Error("no split");

// Types that are `any` would let these pass.
// @ts-expect-error: a float32 and a float64 tensor
(() => matmul(x, tensor64([[1]])));
// @ts-expect-error: an engine is no string
(() => engines.simd satisfies string);
// @ts-expect-error: layers have no such parameter
(() => params[0].wieght);
// @ts-expect-error: parts are named as they were asked for
(() => splitSamples(2, { key: key(0), parts: { train: 1 } }).test);
// @ts-expect-error: an answer is not yet a tree
(() => tree.right);
