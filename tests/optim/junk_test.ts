/**
 * Errors for invalid arguments from callers without types: they name the argument, before any work is done.
 *
 * @module
 */
import { assert, assertThrows } from "@std/assert";
import * as n from "../../mod.ts";

// The arguments below are all of the wrong type: hence functions of anything.
type Anything = (...args: readonly unknown[]) => unknown;
const named = (name: string): Anything => (n as unknown as Readonly<Record<string, Anything>>)[name]!;

/** Options under a misspelt name, by function; other arguments stand before and after. */
const MISSPELT:
  readonly (readonly [name: string, before: readonly unknown[], options: object, after?: readonly unknown[]])[] = [
    ["sgd", [], { learningrate: 1 }],
    ["sgd", [], { momentun: 0.9 }],
    ["adam", [], { lr: 1 }],
    ["adamw", [], { weight_decay: 1 }],
    ["rmsprop", [], { alfa: 0.9 }],
    ["adagrad", [], { epsilom: 1 }],
    ["lion", [], { beta3: 0.9 }],
    ["rmsprop", [], { centred: true }],
    ["adadelta", [], { roh: 0.9 }],
    ["adafactor", [], { clip: 1 }],
    ["amsgrad", [], { amsgrad: true }],
    ["lamb", [], { lr: 1 }],
    ["lbfgs", [], { histories: 3 }],
    ["nadam", [], { momentum_decay: 1 }],
    ["radam", [], { Beta1: 0.9 }],
    ["reduceOnPlateau", [], { initial: 1, patients: 3 }],
    ["descend", [], { learning_rate: 1 }],
    ["momentum", [], { nestorov: true }],
    ["scaleByAdam", [], { Beta1: 0.9 }],
    ["scaleByRms", [], { alpha1: 0.9 }],
    ["scaleByAdagrad", [], { eps: 1 }],
    ["scaleByLion", [], { beta: 0.9 }],
    ["accumulate", [], { step: 2 }, [n.adam()]],
    ["averageParameters", [], { decays: 0.9 }, [n.adam()]],
    ["stepDecay", [], { initial: 1, dropEvery: 1, droprate: 1 }],
    ["exponentialDecay", [], { initial: 1, rates: 1 }],
    ["cosineAnnealing", [], { initial: 1, step: 1 }],
    ["cosineRestarts", [], { initial: 1, steps: 1, grow: 2 }],
    ["linearRamp", [], { initial: 1, final: 0, step: 1 }],
    ["polynomialDecay", [], { initial: 1, steps: 1, powers: 2 }],
    ["warmup", [], { step: 1 }, [0.1]],
    ["oneCycle", [], { steps: 10, peek: 1 }],
    ["batches", [n.ones([4])], { sizes: 2 }],
    ["epochs", [() => [0, 0], 0], { batches: () => [], monoid: { empty: 0, concat: () => 0 }, counts: 1 }],
    ["earlyStopping", [], { patients: 3 }],
    ["gradientNorm", [n.ones([2])], { norms: "l2" }],
    ["hasExplodingGradients", [n.ones([2])], { treshold: 2 }],
    ["hasVanishingGradients", [n.ones([2])], { Threshold: 2 }],
    ["gradientMonitor", [], { windows: 3 }],
    ["diagnose", [n.gradientMonitor().initial], { explode: 3 }],
    ["learningRateSweep", [n.sgd(), () => 0, n.ones([1]), []], { form: 1 }],
    ["compile", [() => n.ones([1])], { variant: 3 }],
  ];

for (const [name, before, options, after = []] of MISSPELT) {
  Deno.test(`${name}() refuses the option ${Object.keys(options).at(-1)}, and lists those that it has`, () => {
    const wrong = Object.keys(options).at(-1)!;
    assertThrows(
      () => named(name)(...before, options, ...after),
      TypeError,
      `with the option "${wrong}": the options are`,
    );
    assertThrows(() => named(name)(...before, 3, ...after), TypeError, "for options: they must be a record");
  });
}

const state = n.sgd().init(n.tensor32([1]));
const stranger = { params: n.tensor32([1]) };

/** Calls with junk, and a part of what the error says. */
const JUNK: readonly (readonly [what: string, call: () => unknown, message: string])[] = [
  [
    "sgd with a text",
    () => named("sgd")({ learningRate: "0.1" }),
    'learningRate "0.1": learningRate must be a finite number',
  ],
  ["sgd with a tensor", () => named("sgd")({ learningRate: n.constant(1) }), "learningRate a float32 tensor []"],
  ["sgd with a class", () => named("sgd")({ learningRate: class Rate {} }), "a class: learn"],
  ["warmup to a class", () => named("warmup")({ steps: 2 }, class Rate {}), "a class: learningRate must be"],
  ["scaleBy with a class", () => named("scaleBy")(class Rate {}), "a class"],
  ["sgd with a momentum of null", () => named("sgd")({ momentum: null }), "momentum null: momentum must be in [0, 1)"],
  [
    "sgd with nesterov 1",
    () => named("sgd")({ momentum: 0.9, nesterov: 1 }),
    "1 for nesterov: it must be true or",
  ],
  [
    "adam with decays true",
    () => named("adam")({ weightDecay: 1, decays: true }),
    "true for decays: it must be a",
  ],
  [
    "chain of a function",
    () => named("chain")(n.clipNorm, n.adam()),
    "with a function as a part: it must be a transform",
  ],
  ["chain of undefined", () => named("chain")(undefined), "with undefined as a part"],
  [
    "masked the wrong way round",
    () => named("masked")(n.weightDecay(1), () => true),
    "for the choice: it must be a function",
  ],
  [
    "masked of an optimizer's name",
    () => named("masked")(() => true, "adam"),
    '"adam" as its transform: it must be one',
  ],
  ["accumulate of nothing", () => named("accumulate")({ steps: 2 }), "undefined as its optimizer: it must be one"],
  ["averageParameters of params", () => named("averageParameters")({}, [1]), "an array of 1 as its optimizer"],
  ["scaleBy of a text", () => named("scaleBy")("0.1"), 'factor "0.1": factor must be a finite number'],
  ["clipNorm of nothing", () => named("clipNorm")(), "maxNorm undefined"],
  ["warmup to null", () => named("warmup")({ steps: 1 }, null), "learningRate null"],
  [
    "piecewise of a number",
    () => named("piecewise")(1),
    "Cannot build piecewise with 1: pieces must be an array",
  ],
  [
    "joinSchedules of a record",
    () => named("joinSchedules")({}, 1),
    "with a record of nothing: pieces must be an array",
  ],
  [
    "init with null",
    () => named("adam").call(null) && (n.adam().init as Anything)(null),
    "Cannot begin adam with null",
  ],
  [
    "init with a number",
    () => (n.adam().init as Anything)({ w: 1 }),
    'with number at "w": parameters must be a tree of',
  ],
  [
    "init with undefined in a list",
    () => (n.adafactor().init as Anything)([n.ones([1]), undefined]),
    'Cannot begin adafactor with undefined at "1": parameters must be a tree of tensors',
  ],
  [
    "init with nothing",
    () => (n.sgd().init as Anything)(undefined),
    "Cannot begin sgd with undefined: parameters must",
  ],
  ["a step from null", () => (n.sgd().step as Anything)(null, n.ones([1])), "Cannot step sgd from null: it must be an"],
  ["a step from params", () => (n.sgd().step as Anything)(stranger, n.ones([1])), "begin with optimizer.init(params)"],
  ["a step without gradients", () => (n.sgd().step as Anything)(state), "gradient must be a tensor"],
  ["a step with null", () => (n.sgd().step as Anything)(n.sgd().init([n.ones([1])]), null), "found null where"],
  [
    "learningRate of a number",
    () => named("learningRate")(1),
    "Cannot read the learning rate of 1: it must",
  ],
  ["learningRate of an optimizer", () => named("learningRate")(n.sgd()), "it must be an optimizer's state"],
  [
    "withLearningRate of params",
    () => named("withLearningRate")(stranger, 1),
    "Cannot set the learning rate of a record of params",
  ],
  ["withLearningRate to a text", () => named("withLearningRate")(state, "1"), 'learningRate "1"'],
  ["withLearningRate to a vector", () => named("withLearningRate")(state, n.ones([2])), "a 0-d float64 tensor"],
  ["averagedParameters of undefined", () => named("averagedParameters")(undefined), "without them"],
  [
    "clipByGlobalNorm of undefined in a list",
    () => named("clipByGlobalNorm")([n.ones([1]), undefined], 0.1),
    'Cannot read gradients with undefined at "1": they must be a tree',
  ],
  [
    "batches of undefined in a list",
    () => named("batches")([n.ones([1]), undefined], { size: 1 }),
    'Cannot make batches of undefined at "1": data must be a tree',
  ],
  ["gradientNorm of a number", () => named("gradientNorm")(3), "Cannot read gradients with 3: they must be"],
  ["gradientStats of a record", () => named("gradientStats")({ w: [1] }), 'with 1 at "w.0"'],
  ["gradientHealth of null", () => named("gradientHealth")(null), "Cannot read gradients with null"],
  ["clipByValue of numbers", () => named("clipByValue")([1], 1), 'with 1 at "0"'],
  ["clipByGlobalNorm of numbers", () => named("clipByGlobalNorm")([1], 1), 'with 1 at "0"'],
  [
    "addGradients of a tree and a Map",
    () => named("addGradients")([n.ones([1])], new Map()),
    "both must be of one kind",
  ],
  [
    "addGradients of numbers",
    () => named("addGradients")({ w: 1 }, { w: n.ones([1]) }),
    'at "w": found 1 where',
  ],
  ["addGradients of one gradient", () => named("addGradients")(n.ones([1])), "found undefined where both"],
  ["diagnose of nothing", () => named("diagnose")(), "undefined: it must be a gradient monitor"],
  ["diagnose of a gradient", () => named("diagnose")(n.ones([1])), "it must be a gradient monitor"],
  ["metricRecord of null", () => named("metricRecord")(null), "with null: metrics must be a record of metrics"],
  ["metricRecord of a number", () => named("metricRecord")({ loss: 3 }), 'with 3 at "loss": metrics must be a record'],
  ["piecewise of numbers", () => named("piecewise")([[0, 1], 2]), "with 2 at piece 1: pieces must be an array"],
  ["formatProgram of nothing", () => named("formatProgram")(), "the program of undefined: it must be a function"],
  ["split into a symbol", () => named("split")(n.key(0), Symbol("x")), "into Symbol(x): the number of keys must be"],
  ["epochs without a step", () => named("epochs")(null, 0, { batches: () => [], monoid: {} }), "null for the step"],
  ["scan over a number", () => named("scan")(() => [0, 0], 0, 3), "Cannot scan over 3: it must be an array"],
  [
    "scan of a compiled step over null",
    () => (n.compile(() => [0, 0]).scan as Anything)(0, null),
    "Cannot scan over null",
  ],
];

for (const [what, call, message] of JUNK) {
  Deno.test(`${what} is refused in words`, () => {
    const error = assertThrows(call, Error, message);
    assert(error.message.startsWith("Cannot ") && /; /.test(error.message), error.message);
  });
}
