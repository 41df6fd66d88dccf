/**
 * A node to compare with another runtime.
 *
 * @module
 */
import type { OnnxType } from "../../../../layers/onnx/element_types.ts";
import type { Data, Setting } from "../build.ts";

/** A node, what it is given, and how it is written. */
export type Case = {
  readonly operator: string;
  readonly inputs: readonly (Data | null)[];
  readonly settings: Readonly<Record<string, Setting>>;
  readonly opset: number;
  /** The element types of the outputs. */
  readonly outputs: readonly OnnxType[];
  /** The inputs that are initializers: those from the second on, where nothing else is said. */
  readonly known: readonly number[];
};

/** Makes a case: one float32 output in opset 17, unless said otherwise. */
export const c = (
  operator: string,
  inputs: readonly (Data | null)[],
  settings: Readonly<Record<string, Setting>> = {},
  options: Partial<Pick<Case, "opset" | "outputs" | "known">> = {},
): Case => ({
  operator,
  inputs,
  settings,
  opset: 17,
  outputs: ["float32"],
  known: inputs.map((_, k) => k).slice(1),
  ...options,
});

let seed = 1;

/** A number from -1 to 1: the same one in each run. */
function drawn(): number {
  seed = (seed * 48271) % 2147483647;
  return seed / 1073741823.5 - 1;
}

/** Makes a float32 tensor of numbers from `low` to `high`. */
export function f(shape: readonly number[], low = -2, high = 2): Data {
  const size = shape.reduce((a, b) => a * b, 1);
  return {
    type: "float32",
    shape,
    values: Array.from({ length: size }, () => Math.fround(low + (drawn() + 1) / 2 * (high - low))),
  };
}

/** Makes a tensor of whole numbers. */
export const n = (
  values: readonly number[],
  shape: readonly number[] = [values.length],
  type: OnnxType = "int64",
): Data => ({
  type,
  shape,
  values,
});
