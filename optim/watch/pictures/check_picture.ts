/**
 * Checks of what is drawn.
 *
 * @module
 */
import { describe } from "../../../blas/describe.ts";
import { formatShape } from "../../../blas/errors.ts";
import { checkOptions, type OptionNames } from "../../../blas/options.ts";
import { isTensor, type Tensor } from "../../../autograd/tensor.ts";
import type { PictureOptions } from "./options.ts";

/** The names of the options of every picture. */
export const PICTURE_OPTIONS: OptionNames<PictureOptions> = { title: true, width: true, height: true };

/** Throws if the options of a picture are not what it takes. */
export function checkPicture<O extends PictureOptions>(action: string, options: O, names: OptionNames<O>): void {
  checkOptions(action, options, names);
  const { title, width, height, label }: PictureOptions & { readonly label?: unknown | undefined } = options;
  for (const [name, text] of [["title", title], ["label", label]] as const) {
    if (text === undefined || typeof text === "string") continue;
    throw new TypeError(`Cannot ${action} with ${name} ${describe(text)}: it must be a string; pass one`);
  }
  for (const [name, length] of [["width", width], ["height", height]] as const) {
    if (length === undefined || (typeof length === "number" && length >= 1 && length <= MOST_PIXELS)) continue;
    throw new RangeError(
      `Cannot ${action} with ${name} ${
        describe(length)
      }: it must be a number of pixels from 1 to ${MOST_PIXELS}; 400 is ` +
        "usual",
    );
  }
}

const MOST_PIXELS = 20_000;

/** Throws if a value is not a tensor of one of some ranks. */
export function checkRank(action: string, value: Tensor, ranks: readonly number[], wanted: string): void {
  if (isTensor(value) && ranks.includes(value.shape.length)) return;
  const given = isTensor(value) ? `a tensor of shape ${formatShape(value.shape)}` : describe(value);
  throw new TypeError(`Cannot ${action} from ${given}: it must be ${wanted}; reshape it`);
}

/** Throws unless each thing that is drawn has one label. */
export function checkLabels(action: string, labels: readonly unknown[] | undefined, count: number, what: string): void {
  if (labels === undefined || (Array.isArray(labels) && labels.length === count)) return;
  const given = Array.isArray(labels) ? `${labels.length} labels` : `labels ${describe(labels)}`;
  throw new TypeError(
    `Cannot ${action} with ${given}: there must be one for each of the ${count} ${what}; pass as many`,
  );
}
