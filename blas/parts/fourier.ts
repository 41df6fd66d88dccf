/**
 * The part of the default engine that computes Fourier transforms.
 *
 * @module
 */
import { type FourierTransforms, PLAIN_TRANSFORMS } from "../fourier/transforms.ts";
import { fourierOn } from "../simd/fourier/transforms.ts";
import { standardContext } from "./context.ts";

/** Returns the transforms of lines: by kernels, or in plain loops where the runtime has no WebAssembly SIMD. */
export function standardFourier(): FourierTransforms {
  const context = standardContext();
  return context === undefined ? PLAIN_TRANSFORMS : fourierOn(context);
}
