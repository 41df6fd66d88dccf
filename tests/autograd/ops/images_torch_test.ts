import { assertEquals } from "@std/assert";
import * as ng from "../../../autograd/mod.ts";
import type { Tensor } from "../../../autograd/mod.ts";
import json from "../../fixtures/images.json" with { type: "json" };
import { checkRecorded, type RecordedCase } from "../../torch/recorded_cases.ts";

// `tests/fixtures/make_images.py` wrote PyTorch's numbers, with the names of our options.

type ImageCase = RecordedCase & { readonly op: string; readonly settings: Readonly<Record<string, unknown>> };

type Size = readonly [number, number];

/** The settings are those of the function, as the fixture says; a test checks that there is a case for each function. */
const CALLS: Readonly<Record<string, (settings: never) => (...inputs: Tensor[]) => Tensor>> = {
  resize: ({ size, ...options }: { readonly size: Size } & ng.ResizeOptions) => (t) => ng.resize(t!, size, options),
  gridSample: (options: ng.GridSampleOptions) => (x, grid) => ng.gridSample(x!, grid!, options),
  conv3d: (options: ng.Convolution3dOptions) => (x, w, b) => ng.conv3d(x!, w!, b!, options),
  maxPool1d: (options: ng.MaxPooling1dOptions) => (x) => ng.maxPool1d(x!, options),
  maxPool2d: (options: ng.MaxPoolingOptions) => (x) => ng.maxPool2d(x!, options),
  maxPool3d: (options: ng.MaxPooling3dOptions) => (x) => ng.maxPool3d(x!, options),
  avgPool1d: (options: ng.AveragePooling1dOptions) => (x) => ng.avgPool1d(x!, options),
  avgPool3d: (options: ng.AveragePooling3dOptions) => (x) => ng.avgPool3d(x!, options),
  convTranspose1d: (options: ng.TransposedConvolution1dOptions) => (x, w, b) => ng.convTranspose1d(x!, w!, b!, options),
  convTranspose3d: (options: ng.TransposedConvolution3dOptions) => (x, w, b) => ng.convTranspose3d(x!, w!, b!, options),
};

for (const { op, settings, ...recorded } of json.cases as unknown as readonly ImageCase[]) {
  Deno.test(`${recorded.name}: values and gradients are PyTorch's`, () => {
    const call = CALLS[op]!(settings as never);
    checkRecorded(recorded, (...inputs) => [call(...inputs)]);
  });
}

Deno.test("every function of this file is compared with PyTorch", () => {
  assertEquals([...new Set(json.cases.map(({ op }) => op))].sort(), Object.keys(CALLS).sort());
});
