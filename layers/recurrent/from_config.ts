/**
 * Recurrent layers from the settings in a file.
 *
 * @module
 */
import { isDType } from "../../blas/dtype.ts";
import type { Layer } from "../layer.ts";
import { CELLS } from "./cells.ts";
import { gruLayer, lstmLayer, rnnLayer } from "./layers.ts";
import { recurrent } from "./recurrent.ts";

/** Reads a layer's name and settings, checked. */
export type SettingReader = {
  readonly name: string;
  readonly read: <A>(field: string, is: (value: unknown) => value is A, wanted: string) => A;
};

const isNumber = (value: unknown): value is number => typeof value === "number";
const isBoolean = (value: unknown): value is boolean => typeof value === "boolean";
const isKind = (value: unknown): value is keyof typeof CELLS =>
  typeof value === "string" && Object.hasOwn(CELLS, value);

const number = ({ read }: SettingReader, field: string): number => read(field, isNumber, "a number");
const flag = ({ read }: SettingReader, field: string): boolean => read(field, isBoolean, "true or false");
const common = (r: SettingReader) => ({ bias: flag(r, "bias"), dtype: r.read("dtype", isDType, "float32 or float64") });

const stacked = (make: typeof lstmLayer) => (r: SettingReader): Layer =>
  make(number(r, "inputSize"), number(r, "hiddenSize"), {
    ...common(r),
    layers: number(r, "layers"),
    dropout: number(r, "dropout"),
    bidirectional: flag(r, "bidirectional"),
    returnSequences: flag(r, "returnSequences"),
    name: r.name,
  }) as Layer; // lists of records of tensors

/** The builders of these layers, by kind. */
export const RECURRENT_BUILDERS = /* @__PURE__ */ (() => ({
  rnn: stacked(rnnLayer),
  lstm: stacked(lstmLayer),
  gru: stacked(gruLayer),
  recurrent: (r: SettingReader): Layer => {
    const make = CELLS[r.read("cell", isKind, "the name of a cell, rnn, lstm or gru: a custom cell cannot be saved")];
    return recurrent(make(number(r, "inputSize"), number(r, "hiddenSize"), common(r)), {
      reverse: flag(r, "reverse"),
      bidirectional: flag(r, "bidirectional"),
      returnSequences: flag(r, "returnSequences"),
      name: r.name,
    }) as Layer; // likewise
  },
} as const))();
