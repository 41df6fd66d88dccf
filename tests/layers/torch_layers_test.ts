/**
 * Layers against PyTorch's (`tests/fixtures/make_layers.py`): layers/conv1d.ts, layers/conv_transpose2d.ts,
 * layers/instance_norm.ts, layers/prelu.ts, layers/upsample.ts, layers/convolution_layer.ts and layers/convolution_checks.ts.
 *
 * @module
 */
import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import json from "../fixtures/layers.json" with { type: "json" };
import {
  cast,
  compile,
  conv1dLayer,
  convTranspose2dLayer,
  evaluate,
  gradient,
  initializers,
  instanceNormLayer,
  key,
  type Layer,
  mul,
  type Numeric,
  ones,
  parameters,
  preluLayer,
  sum,
  type Tensor,
  tensor64,
  toList,
  tree,
  upsampleLayer,
} from "../../mod.ts";

const MAKERS = { conv1dLayer, convTranspose2dLayer, instanceNormLayer, preluLayer, upsampleLayer };
type Recorded = {
  readonly name: keyof typeof MAKERS;
  readonly args: readonly unknown[];
  readonly options: object;
};
type Case = Recorded & {
  readonly x: Numeric;
  readonly params: Readonly<Record<string, Numeric>>;
  readonly y: Numeric;
  readonly upstream: Numeric;
  readonly xGradient: Numeric;
  readonly gradients: Readonly<Record<string, Numeric>>;
};

const cases = json.cases as unknown as readonly Case[]; // JSON does not know the names of functions
const bounds = json.bounds as unknown as readonly (Recorded & { readonly bounds: Readonly<Record<string, number>> })[];

/** Calls a maker by its name, with arguments from JSON. */
const make = ({ name, args, options }: Recorded, more: object = {}): Layer =>
  (MAKERS[name] as unknown as (...args: readonly unknown[]) => Layer)(...args, { ...options, ...more });

for (const recorded of cases) {
  const { name, args, options, x, params, y, upstream, xGradient, gradients } = recorded;
  // PyTorch calls the slopes of PReLU a weight.
  const ours = (record: Readonly<Record<string, Numeric>>): Readonly<Record<string, Numeric>> =>
    name === "preluLayer" ? { slope: record.weight! } : record;
  for (const [dtype, tolerance] of [["float64", 1e-9], ["float32", 1e-4]] as const) {
    for (const kind of ["plain", "compiled"] as const) {
      Deno.test(`${name} ${JSON.stringify([args, options])}, ${kind} in ${dtype}, is PyTorch's, as are its derivatives`, () => {
        const layer = make(recorded, name === "upsampleLayer" ? {} : { dtype }), { state } = layer.init(key(0));
        const tensorOf = (data: Numeric): Tensor => cast(tensor64(data), dtype);
        const values = Object.fromEntries(Object.entries(ours(params)).map(([path, data]) => [path, tensorOf(data)]));
        const run = (p: typeof values, t: Tensor) => {
          const loss = (both: { readonly p: typeof values; readonly t: Tensor }): Tensor =>
            sum(mul(layer.apply({ params: both.p, state }, both.t, evaluate)[0], tensorOf(upstream)));
          return { y: layer.apply({ params: p, state }, t, evaluate)[0], slopes: gradient(loss)({ p, t }) };
        };
        const found = (kind === "plain" ? run : compile(run))(values, tensorOf(x));
        const close = (t: Tensor, wanted: Numeric, what: string): void =>
          toList(t).forEach((v, k) => assertAlmostEquals(v, toList(tensor64(wanted))[k]!, tolerance, what));
        assertEquals(found.y.shape, tensor64(y).shape);
        close(found.y, y, "output");
        close(found.slopes.t, xGradient, "input's gradient");
        for (const [path, wanted] of Object.entries(ours(gradients))) close(found.slopes.p[path]!, wanted, path);
      });
    }
  }
}

for (const { bounds: recorded, ...rest } of bounds) {
  Deno.test(`${rest.name} starts as PyTorch's: as far from 0, and not at one place`, () => {
    const { params } = make(rest).init(key(3)), names = Object.keys(recorded);
    tree.leaves<Tensor>(params).forEach((t, k) => {
      const largest = Math.max(...toList(t).map(Math.abs)), wanted = recorded[names[k]!]!;
      assertAlmostEquals(largest, wanted, 0.02 * Math.max(wanted, 1e-3), names[k]!);
    });
  });
}

Deno.test("weight and bias are drawn from different keys, and another initializer leaves the bias at 0", () => {
  const { params } = conv1dLayer(1, 8, 1).init(key(0));
  assert(toList(params.weight).every((w, k) => w !== toList(params.bias)[k]));
  const plain = convTranspose2dLayer(2, 3, 2, { initializer: initializers.heNormal }).init(key(0));
  assertEquals(toList(plain.params.bias), [0, 0, 0]);
});

Deno.test("layers for one dtype alone: params are of the dtype asked for, and may be no bias", () => {
  assertEquals(parameters(conv1dLayer(1, 2, 3, { dtype: "float64", bias: false }).init(key(0))).length, 1);
  const { params } = preluLayer(2, { dtype: "float64" }).init(key(0));
  assertEquals([params.slope.dtype, toList(params.slope)], ["float64", [0.25, 0.25]]);
});

Deno.test("makers refuse sizes and settings that do not fit, by name", () => {
  const bad: readonly (readonly [build: () => unknown, message: string])[] = [
    [() => conv1dLayer(0, 1, 1), "Cannot build Conv1D with inChannels 0: inChannels must be a whole number above 0"],
    [() => conv1dLayer(1, 1, 0.5), "kernelSize 0.5"],
    [() => conv1dLayer(1, 1, 1, { stride: 0 }), "stride 0"],
    [() => conv1dLayer(3, 2, 1, { groups: 2 }), "2 groups of 3 and 2 channels: groups must divide both"],
    [() => convTranspose2dLayer(1, 1, [2, 0]), "kernelSize"],
    [() => convTranspose2dLayer(1, 1, 2, { outputPadding: 1 }), "outputPadding must be less than the stride"],
    [() => convTranspose2dLayer(1, 1, 2, { padding: -1 }), "padding -1"],
    [() => instanceNormLayer(0), "channels 0"],
    [() => instanceNormLayer(2, { epsilon: -1 }), "epsilon -1"],
    [() => preluLayer(1.5), "channels 1.5"],
    [() => preluLayer(1, { initial: NaN }), "initial NaN: initial must be a finite number"],
    [() => upsampleLayer(0), "scale 0"],
    [() => upsampleLayer([1.5, 2]), "scale"],
    [() => upsampleLayer(2, { mode: "bilinear" as "linear" }), 'Cannot build Upsample with "bilinear" for mode'],
    [() => upsampleLayer(2, { alignCorners: true }), 'Cannot build Upsample with alignCorners for mode "nearest"'],
  ];
  for (const [build, message] of bad) assertThrows(build, RangeError, message);
});

Deno.test("a transposed convolution that leaves nothing of an image is refused", () => {
  const layer = convTranspose2dLayer(1, 1, 1, { padding: 2 });
  assertThrows(() => layer.apply(layer.init(key(0)), ones([1, 2, 2]), evaluate), Error, "pad less");
});
