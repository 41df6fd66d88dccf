/**
 * Params of recurrent layers under the names that PyTorch gives them.
 *
 * @module
 */
import * as either from "../../blas/either.ts";
import type { Either } from "../../deps.ts";
import { describe } from "../../blas/describe.ts";
import type { DType } from "../../blas/dtype.ts";
import { formatShape } from "../../blas/errors.ts";
import { checkOptions } from "../../blas/options.ts";
import { sameShape } from "../../blas/shape.ts";
import { isTensor, type Tensor } from "../../autograd/tensor.ts";
import type { RecordOf } from "../../autograd/tree/admitted.ts";
import type { LeavesOf } from "../../autograd/tree/tree.ts";
import { CheckpointError } from "../checkpoint/errors.ts";
import type { CellParams } from "./cell.ts";
import type { StackedParams } from "./layers.ts";
import type { DirectionParams } from "./recurrent.ts";

/** The options of {@link fromTorchNames} and {@link toTorchNames}. */
export type TorchNameOptions = {
  /** The prefix of all names, such as `"lstm."`; none if left out. */
  readonly prefix?: string | undefined;
};

/** PyTorch's names of the params of a cell. */
const NAMES = {
  weightInput: "weight_ih",
  weightHidden: "weight_hh",
  biasInput: "bias_ih",
  biasHidden: "bias_hh",
} as const;

type Field = keyof typeof NAMES;
const FIELDS = /* @__PURE__ */ Object.keys(NAMES) as readonly Field[]; // it is written out above

const BACKWARD = "_reverse", ACTION = "read recurrent params";

/**
 * Reads the params of {@link rnnLayer}, {@link lstmLayer} or {@link gruLayer} from the `state_dict` of PyTorch's `nn.RNN`,
 * `nn.LSTM` or `nn.GRU`: `weight_ih_l0`, `weight_hh_l0`, `bias_ih_l0`, `bias_hh_l0`, the same with `_reverse`, and `l1`
 * and so on for the next layers. Gates are in the same order, so no numbers change.
 *
 * @param tensors Tensors by name, such as `decodeSafetensors` gives them; those without the prefix are ignored.
 * @param options `prefix`: the prefix of all names, such as `"lstm."` if the network is part of a larger one.
 * @returns The params, or an error that names what is missing, has another shape, or is not known.
 *
 * @example
 * ```ts
 * import { fromTorchNames, key, lstmLayer, toTorchNames } from "@nanograd/nanograd";
 * import { assert, assertEquals } from "@std/assert";
 *
 * const { params } = lstmLayer(3, 5, { bidirectional: true }).init(key(0));
 * const named = toTorchNames(params, { prefix: "lstm." });
 * assertEquals(named["lstm.weight_hh_l0_reverse"]!.shape, [20, 5]);
 * const read = fromTorchNames(named, { prefix: "lstm." });
 * assert(read._tag === "Right");
 * assertEquals(read.right, params);
 * ```
 */
export function fromTorchNames<D extends DType>(
  tensors: Readonly<Record<string, Tensor<D>>>,
  options?: TorchNameOptions,
): Either<CheckpointError, StackedParams<D>>;
/**
 * Reads tensors in a record that an `interface` declares.
 *
 * @example
 * ```ts
 * import { fromTorchNames, ones, type Tensor } from "@nanograd/nanograd";
 * import { assert } from "@std/assert";
 *
 * interface Rnn {
 *   readonly weight_ih_l0: Tensor<"float32">;
 *   readonly weight_hh_l0: Tensor<"float32">;
 * }
 * const rnn: Rnn = { weight_ih_l0: ones([5, 3]), weight_hh_l0: ones([5, 5]) };
 * assert(fromTorchNames(rnn)._tag === "Right");
 * ```
 */
export function fromTorchNames<T extends RecordOf<T, Tensor>>(
  tensors: T,
  options?: TorchNameOptions,
): Either<CheckpointError, StackedParams<LeavesOf<T> extends Tensor<infer D> ? D : never>>;
export function fromTorchNames<D extends DType>(
  tensors: Readonly<Record<string, Tensor<D>>>,
  options: TorchNameOptions = {},
): Either<CheckpointError, StackedParams<D>> {
  const prefix = prefixOf(ACTION, options), own = new Map<string, Tensor<D>>();
  if (
    typeof tensors !== "object" || tensors === null || Array.isArray(tensors) || !Object.values(tensors).every(isTensor)
  ) {
    throw new TypeError(
      `Cannot ${ACTION} ${
        describe(tensors)
      }: they must be a record of tensors by name; pass what decodeSafetensors returns`,
    );
  }
  for (const [name, t] of Object.entries(tensors)) {
    if (name.startsWith(prefix)) own.set(name.slice(prefix.length), t);
  }
  const unknown = [...own.keys()].find((name) => /^(weight|bias)_/.test(name) && !isKnown(name));
  if (unknown !== undefined) {
    const known = "the names must be weight_ih, weight_hh, bias_ih and bias_hh with _l0, _l1 and so on, and _reverse";
    return refuse(`a tensor ${prefix}${unknown}`, known, "leave projections (proj_size) out of the network");
  }
  const count = layersIn(own.keys()), isBoth = [...own.keys()].some((name) => name.endsWith(BACKWARD));
  if (count === 0) {
    return refuse(`no ${prefix}${NAMES.weightInput}_l0`, "there must be one", "pass the prefix of the names");
  }
  const most = Math.min(count, own.size + 1); // if there are more layers, one of these is missing, whatever the numbers in the file
  const layers = Array.from({ length: most }, (_, k): Either<CheckpointError, DirectionParams<CellParams<D>>> => {
    const forward = cellParams(own, prefix, `_l${k}`);
    if (!isBoth) return forward;
    const backward = cellParams(own, prefix, `_l${k}${BACKWARD}`);
    return either.chain((forward: CellParams<D>) =>
      either.map((backward: CellParams<D>) => ({ forward, backward }))(backward)
    )(
      forward,
    );
  });
  return either.sequenceArray(layers);
}

const isKnown = (name: string): boolean => /^(weight|bias)_(ih|hh)_l\d+(_reverse)?$/.test(name);

/** Returns one more than the highest number of a layer. */
const layersIn = (names: Iterable<string>): number =>
  Math.max(0, ...[...names].filter(isKnown).map((name) => 1 + Number(/_l(\d+)/.exec(name)![1])));

/** Returns the params of the cell whose names have an ending. */
function cellParams<D extends DType>(
  tensors: ReadonlyMap<string, Tensor<D>>,
  prefix: string,
  ending: string,
): Either<CheckpointError, CellParams<D>> {
  const find = (field: Field): Tensor<D> | undefined => tensors.get(`${NAMES[field]}${ending}`);
  const [weightInput, weightHidden, biasInput, biasHidden] = FIELDS.map(find);
  const hasBias = biasInput !== undefined || biasHidden !== undefined;
  const wanted = FIELDS.filter((field) => field.startsWith("weight") || hasBias);
  const missing = wanted.find((field) => find(field) === undefined);
  if (missing !== undefined) {
    const given = `no ${prefix}${NAMES[missing]}${ending}`,
      problem = "a cell must have both weights, and both biases or none";
    return refuse(given, problem, "save the whole state_dict");
  }
  const [rows = 0, hidden = 0] = weightHidden!.shape,
    like = { weightHidden: [rows, hidden], biasInput: [rows], biasHidden: [rows] };
  const odd = (["weightHidden", ...wanted] as const).find((field) => {
    const { shape } = find(field)!;
    return !sameShape(shape, field === "weightInput" ? [rows, shape[1] ?? 0] : like[field]) || hidden === 0 ||
      rows % hidden > 0;
  });
  if (odd !== undefined) {
    const given = `${prefix}${NAMES[odd]}${ending} ${formatShape(find(odd)!.shape)} beside a hidden weight ${
      formatShape(weightHidden!.shape)
    }`;
    const problem = "weights must be [gates * hidden, …] and biases [gates * hidden]";
    return refuse(given, problem, "read tensors of one network");
  }
  const weights = { weightInput: weightInput!, weightHidden: weightHidden! };
  return either.right(hasBias ? { ...weights, biasInput: biasInput!, biasHidden: biasHidden! } : weights);
}

const refuse = (given: string, problem: string, remedy: string): Either<CheckpointError, never> =>
  either.left(new CheckpointError({ action: ACTION, given, problem, remedy }));

/**
 * Names the params of {@link rnnLayer}, {@link lstmLayer} or {@link gruLayer} as PyTorch does, for `encodeSafetensors`:
 * the reverse of {@link fromTorchNames}.
 *
 * @param params The params of a layer.
 * @param options `prefix`: the prefix of all names.
 */
export function toTorchNames<D extends DType>(
  params: StackedParams<D>,
  options: TorchNameOptions = {},
): Readonly<Record<string, Tensor<D>>> {
  const prefix = prefixOf("name recurrent params", options);
  if (!Array.isArray(params) || !params.every(isDirections)) {
    throw new TypeError(
      `Cannot name recurrent params of ${
        describe(params)
      }: they must be those of a recurrent layer; pass the params that ` +
        "its init returned",
    );
  }
  const named = (cell: CellParams<D>, ending: string) =>
    FIELDS.flatMap((field) =>
      cell[field] === undefined ? [] : [[`${prefix}${NAMES[field]}${ending}`, cell[field]] as const]
    );
  return Object.fromEntries(
    params.flatMap((layer, k) =>
      "forward" in layer
        ? [...named(layer.forward, `_l${k}`), ...named(layer.backward, `_l${k}${BACKWARD}`)]
        : named(layer, `_l${k}`)
    ),
  );
}

/** Returns the prefix in the options. */
function prefixOf(action: string, options: TorchNameOptions): string {
  checkOptions(action, options, { prefix: true });
  const { prefix = "" } = options;
  if (typeof prefix === "string") return prefix;
  throw new TypeError(
    `Cannot ${action} with ${describe(prefix)} for prefix: it must be a text; pass "" or leave it out`,
  );
}

/** Tells whether a value is the params of one layer of a recurrent network. */
function isDirections(part: unknown): boolean {
  if (typeof part !== "object" || part === null) return false;
  const cells: readonly unknown[] = "forward" in part && "backward" in part ? [part.forward, part.backward] : [part];
  return cells.every((cell) =>
    typeof cell === "object" && cell !== null && "weightInput" in cell && "weightHidden" in cell &&
    // As checked, an object.
    FIELDS.every((field) => !(field in cell) || isTensor((cell as Readonly<Record<string, unknown>>)[field]))
  );
}
