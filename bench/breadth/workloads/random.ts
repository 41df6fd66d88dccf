/**
 * Random numbers; PyTorch draws others, so averages are compared.
 *
 * @module
 */
import { less, mul, randomInteger, randomNormal, randomUniform, scale } from "@nanograd/nanograd";
import { uniform } from "../fill.ts";
import { operation, type OperationOptions, type Workload } from "../workload.ts";

const LOW = 2e5, HIGH = 1.5e6, AVERAGE: OperationOptions = { comparison: { kind: "average", tolerance: 0.02 } };

/** Draws. */
export const random: readonly Workload[] = [
  ...operation("random", "normal numbers", (d) => {
    const shape = d.matrix(LOW, HIGH);
    return { inputs: [], settings: { shape }, run: (_, key) => randomNormal(key, shape) };
  }, AVERAGE),
  ...operation("random", "uniform numbers", (d) => {
    const shape = d.matrix(LOW, HIGH);
    return { inputs: [], settings: { shape }, run: (_, key) => randomUniform(key, shape) };
  }, AVERAGE),
  ...operation("random", "random classes", (d) => {
    const shape = d.matrix(LOW, HIGH), classes = d.between(10, 1000);
    return { inputs: [], settings: { shape, classes }, run: (_, key) => randomInteger(key, shape, { max: classes }) };
  }, AVERAGE),
  ...operation("random", "dropout", (d) => {
    const shape = d.matrix(LOW, HIGH), kept = 0.75;
    return {
      inputs: [uniform(shape, { offset: 0.5, scale: 0.5 })],
      settings: { kept },
      run: ([x], key) => mul(x!, scale(less(randomUniform(key, shape), kept), 1 / kept)),
    };
  }, AVERAGE),
];
