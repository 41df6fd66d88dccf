/**
 * One step of each recurrent network.
 *
 * @module
 */
import * as ops from "../../../autograd/ops/mod.ts";
import type { Tensor } from "../../../autograd/tensor.ts";
import { innerShape } from "../../../autograd/tensor_record.ts";
import { type Call, callError, numberOf, numbersOf } from "../value.ts";

/** The kinds of cells. */
export type CellName = "LSTM" | "GRU" | "RNN";

/** The weights of one direction. */
export type CellWeights = {
  /** `[gates * hidden, features]` */
  readonly input: Tensor;
  /** `[gates * hidden, hidden]` */
  readonly hidden: Tensor;
  /** `[2 * gates * hidden]`: those of the input, then those of the hidden state. */
  readonly bias: Tensor | undefined;
  /** `[3 * hidden]` */
  readonly peepholes: Tensor | undefined;
};

/** A cell: what is done for all times at once, and a step. */
export type Cell = {
  /** From `[time, batch, features]` to the input's share of the gates. */
  readonly prepare: (x: Tensor) => Tensor;
  /** Computes the next carry from the current one; the hidden state comes first. */
  readonly step: (carry: readonly Tensor[], x: Tensor) => readonly Tensor[];
};

type Activation = (x: Tensor) => Tensor;

/** The activations by their names in lower case, with their two settings. */
const ACTIVATIONS: Readonly<Record<string, (alpha: number | undefined, beta: number | undefined) => Activation>> = {
  sigmoid: () => (x) => ops.sigmoid(x),
  tanh: () => (x) => ops.tanh(x),
  relu: () => (x) => ops.relu(x),
  softplus: () => (x) => ops.softplus(x),
  softsign: () => (x) => ops.softsign(x),
  elu: (alpha = 1) => (x) => ops.elu(x, { alpha }),
  leakyrelu: (alpha = 0.01) => (x) => ops.leakyRelu(x, { alpha }),
  thresholdedrelu: (alpha = 1) => (x) => ops.where(ops.greater(x, alpha), x, 0),
  affine: (alpha = 1, beta = 0) => (x) => ops.add(ops.scale(x, alpha), beta),
  scaledtanh: (alpha = 1, beta = 1) => (x) => ops.scale(ops.tanh(ops.scale(x, beta)), alpha),
  hardsigmoid: (alpha = 0.2, beta = 0.5) => (x) => ops.clamp(ops.add(ops.scale(x, alpha), beta), 0, 1),
};

const WITH_ALPHA: ReadonlySet<string> = /* @__PURE__ */ new Set([
  "elu",
  "leakyrelu",
  "thresholdedrelu",
  "affine",
  "scaledtanh",
  "hardsigmoid",
]);
const WITH_BETA: ReadonlySet<string> = /* @__PURE__ */ new Set(["affine", "scaledtanh", "hardsigmoid"]);

const DEFAULTS: Readonly<Record<CellName, readonly string[]>> = {
  LSTM: ["Sigmoid", "Tanh", "Tanh"],
  GRU: ["Sigmoid", "Tanh"],
  RNN: ["Tanh"],
};

/** The activations of a direction, after the clipping that the node may ask for. */
function activationsOf(call: Call, name: CellName, direction: number): readonly Activation[] {
  const attribute = call.node.attributes.get("activations"), defaults = DEFAULTS[name], count = defaults.length;
  const names = attribute?.kind === "texts" && attribute.value.length > 0
    ? attribute.value
    : [...defaults, ...defaults];
  const alphas = numbersOf(call, "activation_alpha") ?? [], betas = numbersOf(call, "activation_beta") ?? [];
  const clip = numberOf(call, "clip", 0);
  // The settings are listed for those activations alone that have them.
  const settingOf = (list: readonly number[], takers: ReadonlySet<string>, at: number): number | undefined =>
    takers.has((names[at] ?? "").toLowerCase())
      ? list[names.slice(0, at).filter((own) => takers.has(own.toLowerCase())).length]
      : undefined;
  return Array.from({ length: count }, (_, k) => {
    const at = direction * count + k, own = (names[at] ?? "").toLowerCase();
    if (!Object.hasOwn(ACTIVATIONS, own)) {
      throw callError(call, `there is no activation ${names[at]}`, "use another one");
    }
    const f = ACTIVATIONS[own]!(settingOf(alphas, WITH_ALPHA, at), settingOf(betas, WITH_BETA, at));
    return clip > 0 ? (x: Tensor) => f(ops.clamp(x, -clip, clip)) : f;
  });
}

/** Cuts the last axis into parts of one length. */
const parts = (t: Tensor, count: number): readonly Tensor[] => {
  const rank = innerShape(t).length, length = innerShape(t)[rank - 1]! / count;
  return Array.from(
    { length: count },
    (_, k) =>
      ops.sliceAxes(
        t,
        innerShape(t).map((_, axis) => axis === rank - 1 ? [k * length, (k + 1) * length] as const : [] as const),
      ),
  );
};

/** Makes the cell of a direction. */
export function cellOf(name: CellName, call: Call, direction: number, weights: CellWeights): Cell {
  const own = activationsOf(call, name, direction);
  switch (name) {
    case "LSTM":
      return lstm(call, weights, own);
    case "GRU":
      return gru(call, weights, own);
    case "RNN":
      return simple(weights, own);
  }
}

const affine = (weight: Tensor, bias: Tensor | undefined) => (x: Tensor): Tensor => {
  const product = ops.matmul(x, ops.transpose(weight));
  return bias === undefined ? product : ops.add(product, bias);
};

const biases = (bias: Tensor | undefined): readonly [Tensor | undefined, Tensor | undefined] => {
  if (bias === undefined) return [undefined, undefined];
  const [input, hidden] = parts(bias, 2);
  return [input, hidden];
};

/** Gates in the order input, output, forget, cell. */
function lstm(call: Call, { input, hidden, bias, peepholes }: CellWeights, [f, g, h]: readonly Activation[]): Cell {
  const [own, other] = biases(bias), both = own === undefined ? undefined : ops.add(own, other!);
  const looks = peepholes === undefined ? undefined : parts(peepholes, 3),
    isCoupled = numberOf(call, "input_forget", 0) === 1;
  const seen = (gate: Tensor, k: number, c: Tensor): Tensor =>
    looks === undefined ? gate : ops.add(gate, ops.mul(looks[k]!, c));
  return {
    prepare: affine(input, both),
    step: ([last, c], x) => {
      const [i, o, forget, cell] = parts(ops.add(x, ops.matmul(last!, ops.transpose(hidden))), 4);
      const entering = f!(seen(i!, 0, c!)), kept = isCoupled ? ops.neg(ops.sub(entering, 1)) : f!(seen(forget!, 2, c!));
      const next = ops.add(ops.mul(kept, c!), ops.mul(entering, g!(cell!)));
      return [ops.mul(f!(seen(o!, 1, next)), h!(next)), next];
    },
  };
}

/** Gates in the order update, reset, hidden. */
function gru(call: Call, { input, hidden, bias }: CellWeights, [f, g]: readonly Activation[]): Cell {
  const [own, other] = biases(bias),
    size = innerShape(hidden)[1]!,
    isLate = numberOf(call, "linear_before_reset", 0) === 1;
  const gates = ops.sliceAxes(hidden, [[0, 2 * size]]), candidate = ops.sliceAxes(hidden, [[2 * size, 3 * size]]);
  const late = other === undefined ? undefined : ops.sliceAxes(other, [[2 * size, 3 * size]]);
  const early = other === undefined ? undefined : ops.sliceAxes(other, [[0, 2 * size]]);
  return {
    prepare: affine(input, own),
    step: ([last], x) => {
      const [xz, xr, xh] = parts(x, 3), [hz, hr] = parts(affine(gates, early)(last!), 2);
      const z = f!(ops.add(xz!, hz!)), r = f!(ops.add(xr!, hr!));
      const share = isLate ? ops.mul(r, affine(candidate, late)(last!)) : affine(candidate, late)(ops.mul(r, last!));
      const next = g!(ops.add(xh!, share));
      return [ops.add(ops.mul(ops.neg(ops.sub(z, 1)), next), ops.mul(z, last!))];
    },
  };
}

function simple({ input, hidden, bias }: CellWeights, [f]: readonly Activation[]): Cell {
  const [own, other] = biases(bias);
  return {
    prepare: affine(input, own === undefined ? undefined : ops.add(own, other!)),
    step: ([last], x) => [f!(ops.add(x, ops.matmul(last!, ops.transpose(hidden))))],
  };
}
