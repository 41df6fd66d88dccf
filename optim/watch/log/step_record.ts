/**
 * The record of a step in a log.
 *
 * @module
 */
import { describe } from "../../../blas/describe.ts";
import type { Tensor } from "../../../autograd/tensor.ts";
import type { Admitted } from "../../../autograd/tree/admitted.ts";
import { isTensor } from "../../../autograd/tensor.ts";
import { tensorData, toNumber } from "../../../autograd/values/read.ts";
import { type EncodedImage, pngOf } from "../png.ts";
import { type Histogram, histogramOf } from "./histogram_counts.ts";

/** A hyper-parameter. */
export type Hyperparameter = string | number | boolean;

/** A step to log: values by names such as `"loss"` or `"test/accuracy"`. */
export type LoggedStep = {
  /** The number of the step: it grows from record to record. */
  readonly step: number;
  /** Numbers, or tensors of one element. */
  readonly scalars?: Readonly<Record<string, number | Tensor>> | undefined;
  /** Values whose distribution is logged. */
  readonly histograms?: Readonly<Record<string, Tensor | ArrayLike<number>>> | undefined;
  /** Pictures `[height, width]` or `[channels, height, width]` with 1, 3 or 4 channels, from 0 (black) to 1 (white). */
  readonly images?: Readonly<Record<string, Tensor>> | undefined;
  /** Texts; Markdown is shown as such. */
  readonly text?: Readonly<Record<string, string>> | undefined;
  /** The settings of the run, which belong to its first step. */
  readonly hyperparameters?: Readonly<Record<string, Hyperparameter>> | undefined;
};

/**
 * The bound of a type parameter that is such a step: `S extends LoggedStepOf<S>`. It admits interfaces, of the step and of
 * its parts, which lack the index signatures that {@link LoggedStep} requires.
 */
export type LoggedStepOf<S> = Admitted<
  S,
  & { readonly [Part in keyof S]: Part extends keyof LoggedStep ? LoggedPartOf<S[Part], LoggedStep[Part]> : never }
  & { readonly step: number }
>;

/** A part of a step: of a record, one with such values by the names of `P`. */
export type LoggedPartOf<P, Wanted> = P extends Wanted ? P
  : P extends readonly unknown[] ? never
  : Wanted extends Readonly<Record<string, infer Value>> ? { readonly [Name in keyof P]: Value }
  : never;

/** The same, as files hold it. */
export type EncodedStep = {
  readonly step: number;
  /** Seconds since 1970. */
  readonly seconds: number;
  readonly scalars: readonly (readonly [name: string, value: number])[];
  readonly histograms: readonly (readonly [name: string, histogram: Histogram])[];
  readonly images: readonly (readonly [name: string, image: EncodedImage])[];
  readonly text: readonly (readonly [name: string, text: string])[];
  readonly hyperparameters: Readonly<Record<string, Hyperparameter>> | undefined;
};

/** The number of buckets of a histogram. */
const BUCKETS = 30;

const PARTS = ["step", "scalars", "histograms", "images", "text", "hyperparameters"] as const;

/** Checks and encodes a step, before anything is written. */
export function encodeStep(given: LoggedStep, seconds: number): EncodedStep {
  if (typeof given !== "object" || given === null) {
    throw refused(describe(given), "it must be a record with step", "pass { step, scalars: { loss } }");
  }
  const stranger = Object.keys(given).find((name) => !PARTS.some((part) => part === name));
  if (stranger !== undefined) {
    throw refused(`a step with "${stranger}"`, `its parts are ${PARTS.join(", ")}`, "put the value under one of them");
  }
  const { step, scalars, histograms, images, text, hyperparameters } = given;
  if (!Number.isSafeInteger(step) || step < 0) {
    throw refused(`the step ${describe(step)}`, "it must be a whole number of 0 or more", "count the steps");
  }
  return {
    step,
    seconds,
    scalars: named("scalars", scalars, (value, name) => [name, scalarOf(name, value)]),
    histograms: named("histograms", histograms, (value, name) => [name, histogramOf(valuesOf(name, value), BUCKETS)]),
    images: named("images", images, (value, name) => [name, pngOf(`log the image "${name}"`, imageOf(name, value))]),
    text: named("text", text, (value, name) => [name, textOf(name, value)]),
    hyperparameters: hyperparameters && Object.fromEntries(named("hyperparameters", hyperparameters, parameterOf)),
  };
}

/** Applies a function to the values of a part, by name. */
function named<A, B>(
  part: string,
  values: Readonly<Record<string, A>> | undefined,
  of: (value: A, name: string) => readonly [string, B],
): readonly (readonly [string, B])[] {
  if (values === undefined) return [];
  if (typeof values !== "object" || values === null || isTensor(values) || Array.isArray(values)) {
    throw refused(`${part} ${describe(values)}`, "they must be a record of values by name", "pass { loss: value }");
  }
  return Object.entries(values).map(([name, value]) => {
    // deno-lint-ignore no-control-regex -- line breaks in a name would break the lines of the files
    if (name !== "" && !/[\x00-\x1f\x7f]/.test(name)) return of(value, name);
    throw refused(`${part} by the name ${describe(name)}`, "names must have printable letters", "choose another");
  });
}

function scalarOf(name: string, value: number | Tensor): number {
  if (typeof value === "number") return value;
  if (isTensor(value)) return toNumber(value);
  throw refused(`the scalar "${name}" ${describe(value)}`, "it must be a number or a tensor of one", "pass its value");
}

function valuesOf(name: string, value: Tensor | ArrayLike<number>): ArrayLike<number> {
  if (isTensor(value)) return tensorData(value);
  if (Array.isArray(value) || (ArrayBuffer.isView(value) && "length" in value)) return value;
  throw refused(`the histogram "${name}" of ${describe(value)}`, "it must be a tensor or an array", "pass the values");
}

function imageOf(name: string, value: Tensor): Tensor {
  if (isTensor(value)) return value;
  throw refused(`the image "${name}" ${describe(value)}`, "it must be a tensor", "wrap arrays with constant");
}

function textOf(name: string, value: string): string {
  if (typeof value === "string") return value;
  throw refused(`the text "${name}" ${describe(value)}`, "it must be a string", "format it");
}

function parameterOf(value: Hyperparameter, name: string): readonly [string, Hyperparameter] {
  if (["string", "number", "boolean"].includes(typeof value)) return [name, value];
  throw refused(
    `the hyper-parameter "${name}" ${describe(value)}`,
    "it must be a number, a string or a boolean",
    "write others as strings",
  );
}

const refused = (given: string, wanted: string, remedy: string): TypeError =>
  new TypeError(`Cannot log ${given}: ${wanted}; ${remedy}`);
