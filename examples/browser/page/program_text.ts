/**
 * The text of a program that does the same as the playground.
 *
 * @module
 */
import type { OptimizerName, Settings } from "../settings.ts";

const CALLS: Readonly<Record<OptimizerName, (rate: number) => string>> = {
  adam: (rate) => `adam({ learningRate: ${rate} })`,
  sgd: (rate) => `sgd({ learningRate: ${rate} })`,
  momentum: (rate) => `sgd({ learningRate: ${rate}, momentum: 0.9 })`,
  rmsprop: (rate) => `rmsprop({ learningRate: ${rate} })`,
  adagrad: (rate) => `adagrad({ learningRate: ${rate} })`,
  lion: (rate) => `lion({ learningRate: ${rate} })`,
};

/** Writes the program for some settings. `x` is `[batch, 2]` there, and `y`, 0 or 1, `[batch, 1]`. */
export function programText({ layers, width, activation, optimizer, learningRate }: Settings): string {
  const hidden = (inputs: number) => `  denseLayer(${inputs}, ${width}, { activation: activations.${activation} }),`;
  const call = CALLS[optimizer](learningRate), maker = call.slice(0, call.indexOf("("));
  const imports = [
    "activations",
    maker,
    "binaryCrossEntropyWithLogits",
    "compile",
    "denseLayer",
    "forward",
    "key",
    "sequential",
    "type Tensor",
    "valueAndGradient",
  ];
  return `import {
${imports.map((name) => `  ${name},`).join("\n")}
} from "@nanograd/nanograd";

const model = sequential([
${[hidden(2), ...Array.from({ length: layers - 1 }, () => hidden(width))].join("\n")}
  denseLayer(${width}, 1),
]);
const { params, state } = model.init(key(0));
const optimizer = ${call};
const start = optimizer.init(params);

const step = compile((before: typeof start, x: Tensor, y: Tensor) => {
  const loss = (p: typeof params) =>
    binaryCrossEntropyWithLogits(forward(model, { params: p, state }, x), y);
  const { value, gradients } = valueAndGradient(loss)(before.params);
  return [optimizer.step(before, gradients), value] as const;
});
`;
}
