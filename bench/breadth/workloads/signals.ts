/**
 * Fourier transforms, volumes, lines, and images of another size.
 *
 * @module
 */
import * as ng from "@nanograd/nanograd";
import type { Tensor } from "@nanograd/nanograd";
import { type InputSpec, uniform } from "../fill.ts";
import type { Workload } from "../workload.ts";
import { million } from "./million.ts";

const signal = (
  name: string,
  inputs: readonly InputSpec[],
  run: (inputs: readonly Tensor[]) => Tensor | readonly Tensor[],
): readonly Workload[] => million("signals", name, inputs, run, { tolerance: 1e-3 });

const IMAGES = uniform([4, 3, 288, 288]), VOLUMES = uniform([2, 8, 40, 40, 40]), LINES = uniform([16, 64, 1024]);

/** Signals and images. */
export const signals: readonly Workload[] = [
  ...signal(
    "fft",
    [uniform([1000, 1024]), uniform([1000, 1024])],
    ([real, imaginary]) => Object.values(ng.fft({ real: real!, imaginary: imaginary! })),
  ),
  ...signal("rfft", [uniform([1000, 1000])], ([x]) => Object.values(ng.rfft(x!))),
  ...signal(
    "irfft",
    [uniform([1000, 513]), uniform([1000, 513])],
    ([real, imaginary]) => ng.irfft({ real: real!, imaginary: imaginary! }),
  ),
  ...signal("conv3d", [VOLUMES, uniform([8, 8, 3, 3, 3])], ([x, w]) => ng.conv3d(x!, w!, null, { padding: 1 })),
  ...signal(
    "convTranspose1d",
    [LINES, uniform([64, 64, 4])],
    ([x, w]) => ng.convTranspose1d(x!, w!, null, { stride: 2 }),
  ),
  ...signal(
    "convTranspose3d",
    [uniform([1, 8, 24, 24, 24]), uniform([8, 8, 2, 2, 2])],
    ([x, w]) => ng.convTranspose3d(x!, w!, null, { stride: 2 }),
  ),
  ...signal("maxPool1d", [LINES], ([x]) => ng.maxPool1d(x!, { size: 3, stride: 2, padding: 1 })),
  ...signal("avgPool1d", [LINES], ([x]) => ng.avgPool1d(x!, { size: 4 })),
  ...signal("maxPool3d", [VOLUMES], ([x]) => ng.maxPool3d(x!, { size: 2 })),
  ...signal("avgPool3d", [VOLUMES], ([x]) => ng.avgPool3d(x!, { size: 2 })),
  ...signal("dilated maxPool2d", [IMAGES], ([x]) => ng.maxPool2d(x!, { size: 3, stride: 2, dilation: 2, padding: 1 })),
  ...signal("resize, nearest", [uniform([4, 3, 144, 144])], ([x]) => ng.resize(x!, [288, 288], { mode: "nearest" })),
  ...signal("resize, linear", [uniform([4, 3, 144, 144])], ([x]) => ng.resize(x!, [288, 288])),
  ...signal("resize, cubic", [uniform([4, 3, 144, 144])], ([x]) => ng.resize(x!, [288, 288], { mode: "cubic" })),
  ...signal("gridSample", [IMAGES, uniform([4, 288, 288, 2])], ([x, grid]) => ng.gridSample(x!, grid!)),
];
