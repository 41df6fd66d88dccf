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
