/** Arguments that code without types can pass, and some that types cannot exclude: each is refused, with the reason. */
import { assert, assertThrows } from "@std/assert";
import * as ng from "../mod.ts";
import { encodeOnnx, onnxLayer } from "../layers/onnx/mod.ts";

const x = ng.tensor32([[1, 2], [3, 4]]), wrong = 3 as never, cell = ng.lstmCell(2, 3), row = ng.tensor32([[1, 2]]);
const recurrent = ng.lstmLayer(2, 3).init(ng.key(0)).params, stop = ng.earlyStopping({ patience: 2 });

const REFUSED: Readonly<Record<string, readonly [call: () => unknown, reason: string]>> = {
  "joinSchedules() of a number": [() => ng.joinSchedules(wrong, 0.1), "pieces must be an array of [schedule, steps]"],
  "earlyStopping() by a text": [
    () => stop(stop.initial, { loss: "1" as never, value: 1 }),
    'loss "1": it must be a number',
  ],
  "meanMetric() with a text for a weight": [
    () => ng.meanMetric(() => ({ value: 1, weight: "2" as never })).measure(0),
    'the weight "2": it must be a number',
  ],
  "confusionMetric() of one row": [() => ng.confusionMetric(2).value([[1, 2]]), "2 arrays of 2 numbers"],
  "learningRateSweep() over a number": [
    () => ng.learningRateSweep(ng.sgd(), ng.valueAndGradient((p: ng.Tensor) => ng.sum(p)), x, wrong),
    "batches must be an array or another iterable",
  ],
  "lstmLayer() of a million layers": [() => ng.lstmLayer(2, 3, { layers: 1e6 }), "stack fewer"],
  "a shape that is a record": [
    () => ng.zeros({ rows: 2 } as never),
    "to shape a record of rows: a shape must be an array",
  ],
  "a step of a cell with a number for its params": [
    () => cell.step(wrong, cell.start([1]), row),
    "with 3 for params: it must be a record or a tensor",
  ],
  "toTorchNames() with a number for a prefix": [
    () => ng.toTorchNames(recurrent, { prefix: wrong }),
    "it must be a text",
  ],
  "onnxLayer() of a number": [() => onnxLayer(wrong), "it must be a model"],
  "encodeOnnx() of a number": [() => encodeOnnx(wrong, {}, {}), "it must be a function of params and inputs"],
  "pad() with a text": [() => ng.pad(x, [[1, 0], [0, 0]], { value: "0" as never }), 'value "0": it must be a number'],
  "batchNorm() with a number for statistics": [
    () => ng.batchNorm(x, null as never, null as never, { statistics: wrong }),
    "statistics 3: they must be a record",
  ],
  "rearrange() with an ellipsis that is opened on the left": [
    () => ng.rearrange(x, "(a ...) -> a ...", { a: 2 }),
    "an ellipsis in parentheses must be on the right",
  ],
  "rearrange() with an ellipsis out of nothing": [() => ng.rearrange(x, "a b -> a b ..."), "must be on the left too"],
  "categoricalEntropy() of a number": [() => ng.categoricalEntropy(ng.tensor32(1)), "at least one class"],
  "toNumber() of two": [() => ng.toNumber(row), "a tensor of 2 elements is not one number"],
  "arange() beyond what float32 counts": [() => ng.arange(2 ** 24, 2 ** 24 + 4), "must be exact"],
  "nested arrays of two depths": [() => ng.tensor32([1, [2]] as never), "nesting must be equally deep everywhere"],
  "nllLoss() without classes": [() => ng.nllLoss(ng.zeros([2, 0]), ng.zeros([2])), "there must be at least one class"],
  "draws whose parameters do not broadcast": [
    () => ng.randomBeta(ng.key(0), ng.ones([2]), ng.ones([3])),
    "[3]",
  ],
};

for (const [what, [call, reason]] of Object.entries(REFUSED)) {
  Deno.test(`${what} is refused`, () => {
    const { message } = assertThrows(call, Error, reason) as Error;
    assert(/^Cannot .*[:;]/s.test(message), message);
  });
}
