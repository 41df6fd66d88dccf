// The files that are tested here: optim/watch/inside/replay.ts, optim/watch/inside/statistics.ts,
// optim/watch/inside/inspection_picture.ts.
import { assert, assertAlmostEquals, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import {
  gradient,
  key,
  mean,
  ones,
  randomNormal,
  square,
  type Tensor,
  tensor32,
  tensor64,
  toList,
  zeros,
} from "../../../../autograd/mod.ts";
import {
  activations,
  batchNorm2d,
  conv1dLayer,
  conv2dLayer,
  denseLayer,
  dropout,
  flattenLayer,
  forward,
  globalAvgPool2dLayer,
  isLayer,
  layerNormLayer,
  lstmLayer,
  residual,
  sequential,
} from "../../../../layers/mod.ts";
import { gradientNorm, gradientStats } from "../../../../optim/mod.ts";
import { formatInspection } from "../../../../optim/watch/inside/format_inspection.ts";
import { gradientFlow } from "../../../../optim/watch/inside/gradient_flow.ts";
import { inspect } from "../../../../optim/watch/inside/inspect.ts";
import { inspectionPicture } from "../../../../optim/watch/inside/inspection_picture.ts";

const { relu } = activations;

const images = sequential([
  conv2dLayer(1, 4, 3, { activation: relu, dtype: "float64" }),
  residual(
    sequential([conv2dLayer(4, 4, 3, { padding: 1, dtype: "float64" }), batchNorm2d(4, { dtype: "float64" })]),
    { activation: relu },
  ),
  globalAvgPool2dLayer(),
  denseLayer(4, 2, { dtype: "float64", name: "Head" }),
]);
const variables = images.init(key(0)), batch = randomNormal(key(1), [3, 1, 6, 6], { dtype: "float64" });

Deno.test("inspect() returns the output of every layer, and of the model in the end", () => {
  const inside = inspect(images, variables, batch);
  assertEquals(inside.map(({ path, output }) => [path, output.shape]), [
    ["0", [3, 4, 4, 4]],
    ["1.0.0", [3, 4, 4, 4]],
    ["1.0.1", [3, 4, 4, 4]],
    ["1", [3, 4, 4, 4]],
    ["2", [3, 4]],
    ["3", [3, 2]],
  ]);
  assertEquals(toList(inside.at(-1)!.output), toList(forward(images, variables, batch)));
  assertEquals(inside.map(({ units }) => units), [4, 4, 4, 4, 4, 2]);
});

Deno.test("inspect() measures the gradients of the loss it is given", () => {
  const loss = (y: Tensor): Tensor => mean(square(y)), inside = inspect(images, variables, batch, { loss });
  const g = gradient((params: typeof variables.params) =>
    loss(forward(images, { params, state: variables.state }, batch))
  )(variables.params);
  const norms = [g[0], g[1][0][0], g[1][0][1], undefined, undefined, g[3]];
  inside.forEach(({ paramsGradient }, k) =>
    assertAlmostEquals(paramsGradient, norms[k] === undefined ? 0 : gradientNorm(norms[k]), 1e-12)
  );
  // The mean of squares of 6 outputs: the gradient is the output, over 3.
  assertAlmostEquals(inside[5]!.outputGradient, gradientNorm(inside[5]!.output) / 3, 1e-12);
  assert(inside.every(({ outputGradient }) => outputGradient > 0));
});

Deno.test("inspect() finds units that are 0 for every example, whichever axis they have", () => {
  const dead = (model: Parameters<typeof inspect>[0], x: Tensor, kill: readonly number[]) => {
    const { params, state } = model.init(key(0)) as { params: { bias: Tensor; weight: Tensor }; state: object };
    const bias = tensor32(toList(params.bias).map((b, unit) => kill.includes(unit) ? -1e3 : b + 5));
    return inspect(model, { params: { ...params, bias }, state }, x)[0]!.dead;
  };
  const x = randomNormal(key(2), [5, 3, 7, 7]);
  assertEquals(dead(conv2dLayer(3, 7, 3, { padding: 1, activation: relu }), x, [0, 6]), [0, 6]);
  assertEquals(dead(conv1dLayer(3, 4, 3, { padding: 1, activation: relu }), ones([2, 3, 4]), [2]), [2]);
  assertEquals(dead(denseLayer(7, 4, { activation: relu }), x, [1]), [1]);
  assertEquals(dead(denseLayer(3, 4, { activation: relu }), ones([3]), [3]), [3]);
  // A layer that passes units on has them where it was given them.
  const model = sequential([conv2dLayer(1, 2, 3), dropout(0.5), flattenLayer()]),
    { params, state } = model.init(key(0));
  const silent = inspect(
    model,
    { params: [{ weight: zeros([2, 1, 3, 3]), bias: tensor32([0, 1]) }, ...params.slice(1)], state } as never,
    ones([1, 1, 5, 5]),
  );
  assertEquals(silent.map(({ dead }) => dead.length), [1, 1, 9]);
});

Deno.test("inspect() tells of outputs that are not finite, and takes statistics of the others", () => {
  const layer = denseLayer(1, 3, { dtype: "float64" }),
    params = { weight: tensor64([[1], [2], [NaN]]), bias: tensor64([0, 0, 0]) };
  const [row] = inspect(layer, { params, state: [] }, tensor64([[1], [3]]));
  assertEquals([row!.notFinite, row!.mean, row!.min, row!.max, row!.zeros, row!.units], [2, 3, 1, 6, 0, 3]);
  assertAlmostEquals(row!.deviation, Math.sqrt((4 + 1 + 0 + 9) / 4), 1e-12);
  assertStringIncludes(formatInspection([row!]), "Dense: 2 outputs are NaN or infinite");
});

Deno.test("inspect() takes models of one layer, and copies that compute something else, as one", () => {
  const lstm = lstmLayer(3, 4), x = ones([5, 3]);
  assertEquals(inspect(lstm, lstm.init(key(0)), x).map(({ path, name }) => [path, name]), [["", "Lstm"]]);
  const model = sequential([denseLayer(2, 2), layerNormLayer(2)]),
    changed = { ...model, apply: model.apply.bind(model) };
  assert(isLayer(changed));
  assertEquals(inspect(changed as typeof model, model.init(key(0)), ones([2])).length, 1);
  assertEquals(inspect(model, model.init(key(0)), ones([2])).length, 2);
});

Deno.test("inspectionPicture() has a line for each layer", async () => {
  const inside = inspect(images, variables, batch), svg = await inspectionPicture(inside, { title: "Inside" });
  for (const text of ["Inside", "3 Head", "1.0.1 BatchNorm2d", "dead units", "norm of the gradient"]) {
    assertStringIncludes(svg, text);
  }
  const silent = await inspectionPicture(inside.map((row) => ({ ...row, outputGradient: 0, paramsGradient: NaN })));
  assert(!silent.includes("NaN"));
});

Deno.test("gradientFlow() has two bars for each gradient that is not 0", async () => {
  const gradients = {
    first: { weight: tensor64([1e-30, 0]) },
    second: { weight: tensor64([2]), bias: tensor64([0, NaN]) },
  };
  const svg = await gradientFlow(gradients), bars = /<g class="mark-rect role-mark[^>]*>(.*?)<\/g>/.exec(svg)![1]!;
  assertEquals((bars.match(/<path/g) ?? []).length, 4);
  for (const path of Object.keys(gradientStats(gradients).byPath)) assertStringIncludes(svg, path);
  assertStringIncludes(await gradientFlow({ w: tensor64([0]) }), "<svg");
});

Deno.test("inspecting refuses what is not a model, variables, or an inspection", () => {
  const layer = denseLayer(2, 2), own = layer.init(key(0));
  assertThrows(() => inspect({} as never, own, ones([2])), TypeError, "Cannot inspect a model: the layer is");
  assertThrows(() => inspect(layer, own, [1, 2] as never), TypeError, "x must be a tensor");
  assertThrows(() => inspect(layer, own.params as never, ones([2])), TypeError, "must be");
  assertThrows(() => inspect(layer, own, ones([2]), { loss: 1 as never }), TypeError, "the loss");
  assertThrows(() => formatInspection(new Array(2)), TypeError, "it must be what inspect returned; pass that");
  assertThrows(() => formatInspection({} as never), TypeError, "it must be what inspect returned; pass that");
});
