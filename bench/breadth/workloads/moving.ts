/**
 * Operations that move memory without computing: copies, padding, gathering, joining.
 *
 * @module
 */
import {
  concat,
  cumsum,
  flip,
  oneHot,
  pad,
  reshape,
  scale,
  slice,
  sliceAxes,
  stack,
  sum,
  take,
  takeAlong,
  tile,
  transpose,
} from "@nanograd/nanograd";
import type { Draw } from "../draw.ts";
import { uniform, whole } from "../fill.ts";
import { type Operation, operation, type OperationOptions, type Workload } from "../workload.ts";

const LOW = 2e5, HIGH = 1.5e6, MODES = { modes: ["forward", "backward"] } as const;

/**
 * If the derivative of an operation alone is a view of the cotangent, it is measured together with arithmetic.
 */
const BACKWARD = { modes: ["backward"] } as const;

const moves = (name: string, draw: (d: Draw) => Operation, options?: OperationOptions): readonly Workload[] =>
  operation("moving", name, draw, options);

/** Operations that copy, pad, permute and reverse. */
const copies: readonly Workload[] = [
  ...moves("transposed copy", (d) => {
    return { inputs: [uniform(d.matrix(LOW, HIGH))], run: ([x]) => reshape(transpose(x!), [-1]) };
  }, { dtypes: ["float32", "float64"] }),
  ...moves("channels last", (d) => {
    const channels = d.between(3, 96), size = d.between(10, 60), batch = Math.ceil(5e5 / (channels * size * size));
    const inputs = [uniform([batch, channels, size, size])];
    return { inputs, run: ([x]) => reshape(transpose(x!, [0, 2, 3, 1]), [-1]) };
  }),
  ...moves("heads first", (d) => {
    const [heads, width, time] = [d.between(2, 12), d.between(16, 65), d.between(20, 200)];
    const inputs = [uniform([Math.ceil(4e5 / (heads * width * time)), time, heads, width])];
    return { inputs, run: ([x]) => reshape(transpose(x!, [0, 2, 1, 3]), [-1]) };
  }),
  ...moves("every second column", (d) => {
    return { inputs: [uniform(d.matrix(LOW, HIGH))], run: ([x]) => scale(sliceAxes(x!, [[], [null, null, 2]]), 2) };
  }, MODES),
  ...moves("every second row", (d) => {
    return { inputs: [uniform(d.matrix(LOW, HIGH))], run: ([x]) => scale(sliceAxes(x!, [[null, null, 2]]), 2) };
  }),
  ...moves("reversed rows", (d) => {
    return { inputs: [uniform(d.matrix(LOW, HIGH))], run: ([x]) => scale(flip(x!, -1), 2) };
  }),
  ...moves("reversed columns", (d) => {
    return { inputs: [uniform(d.matrix(LOW, HIGH))], run: ([x]) => scale(flip(x!, 0), 2) };
  }),
  ...moves("tile", (d) => {
    const repeats = [d.count(2, 4), d.count(2, 4)] as const;
    return { inputs: [uniform(d.matrix(4e4, 1.5e5))], settings: { repeats }, run: ([x]) => tile(x!, repeats) };
  }),
  ...moves("pad a vector", (d) => {
    const widths = [d.between(1, 50), d.between(1, 50)] as const;
    return { inputs: [uniform([d.between(LOW, HIGH)])], settings: { widths }, run: ([x]) => pad(x!, [widths]) };
  }, MODES),
  ...moves("pad images", (d) => {
    const channels = d.between(3, 64), size = d.between(12, 57), width = d.count(1, 3);
    const batch = Math.ceil(4e5 / (channels * size * size)), none = [0, 0] as const, both = [width, width] as const;
    const inputs = [uniform([batch, channels, size, size])];
    return { inputs, settings: { width }, run: ([x]) => pad(x!, [none, none, both, both]) };
  }, MODES),
];

/** Operations that join, cut, pick and accumulate. */
const picks: readonly Workload[] = [
  ...moves("concat of rows", (d) => {
    const columns = d.between(200, 1100), rows = [1, 2, 3].map(() => d.between(100, 400));
    return { inputs: rows.map((count) => uniform([count, columns])), run: (parts) => concat(parts, 0) };
  }),
  ...moves("concat of columns", (d) => {
    const rows = d.between(300, 1100), columns = [1, 2, 3].map(() => d.between(50, 400));
    return { inputs: columns.map((count) => uniform([rows, count])), run: (parts) => concat(parts, 1) };
  }),
  ...moves("concat of scaled columns", (d) => {
    const rows = d.between(300, 1100), columns = [1, 2, 3].map(() => d.between(50, 400));
    const inputs = columns.map((count) => uniform([rows, count]));
    return { inputs, run: (parts) => concat(parts.map((x, k) => scale(x, k + 2)), 1) };
  }, BACKWARD),
  ...moves("stack in front", (d) => {
    const shape = d.matrix(5e4, 2e5), inputs = Array.from({ length: d.count(4, 8) }, () => uniform(shape));
    return { inputs, run: (parts) => stack(parts, 0) };
  }),
  ...moves("stack behind", (d) => {
    const shape = d.matrix(5e4, 2e5), inputs = Array.from({ length: d.count(2, 5) }, () => uniform(shape));
    return { inputs, run: (parts) => stack(parts, -1) };
  }),
  ...moves("stack of scaled parts", (d) => {
    const shape = d.matrix(5e4, 2e5), inputs = Array.from({ length: d.count(2, 5) }, () => uniform(shape));
    return { inputs, run: (parts) => stack(parts.map((x, k) => scale(x, k + 2)), -1) };
  }, BACKWARD),
  ...moves("middle of a matrix", (d) => {
    const [rows, columns] = d.matrix(5e5, 2e6), top = d.between(2, 30), left = d.between(2, 30);
    const settings = { top, left };
    return {
      inputs: [uniform([rows, columns])],
      settings,
      run: ([x]) => scale(sliceAxes(x!, [[top, -top], [left, -left]]), 2),
    };
  }, MODES),
  ...moves("many slices", (d) => {
    const steps = d.count(16, 40), batch = d.between(8, 64), width = d.between(32, 200);
    return {
      inputs: [uniform([steps, batch, width])],
      settings: { steps },
      run: ([x]) => Array.from({ length: steps }, (_, k) => scale(slice(x!, k, 1), k + 1)),
    };
  }, MODES),
  ...moves("take rows", (d) => {
    const [rows, columns] = d.matrix(LOW, HIGH), indices = d.between(rows / 2, rows * 2);
    return { inputs: [uniform([rows, columns]), whole([indices], rows)], run: ([x, at]) => take(x!, at!) };
  }, MODES),
  ...moves("take columns", (d) => {
    const [rows, columns] = d.matrix(LOW, HIGH), indices = d.between(columns / 2, columns);
    return { inputs: [uniform([rows, columns]), whole([indices], columns)], run: ([x, at]) => take(x!, at!, 1) };
  }),
  ...moves("embedding of words", (d) => {
    const words = d.between(500, 5000), width = d.between(16, 200), batch = d.between(8, 64), time = d.between(10, 60);
    return { inputs: [uniform([words, width]), whole([batch, time], words)], run: ([x, at]) => take(x!, at!) };
  }, MODES),
  ...moves("take along rows", (d) => {
    const [rows, columns] = d.matrix(LOW, HIGH);
    const inputs = [uniform([rows, columns]), whole([rows, columns], columns)];
    return { inputs, run: ([x, at]) => takeAlong(x!, at!, 1) };
  }, MODES),
  ...moves("take along columns", (d) => {
    const [rows, columns] = d.matrix(LOW, HIGH), inputs = [uniform([rows, columns]), whole([rows, columns], rows)];
    return { inputs, run: ([x, at]) => takeAlong(x!, at!, 0) };
  }),
  ...moves("cumsum along rows", (d) => {
    return { inputs: [uniform(d.matrix(LOW, HIGH))], run: ([x]) => cumsum(x!, 1) };
  }, { modes: ["forward", "backward"], dtypes: ["float32", "float64"] }),
  ...moves("cumsum along columns", (d) => {
    return { inputs: [uniform(d.matrix(LOW, HIGH))], run: ([x]) => cumsum(x!, 0) };
  }, MODES),
  ...moves("one-hot", (d) => {
    const classes = d.between(10, 200), count = Math.ceil(d.between(LOW, 8e5) / classes);
    return { inputs: [whole([count], classes)], settings: { classes }, run: ([x]) => oneHot(x!, classes) };
  }),
  ...moves("sum of a sliced part", (d) => {
    const [rows, columns] = d.matrix(5e5, 2e6), from = d.between(1, columns / 2);
    const settings = { from };
    return {
      inputs: [uniform([rows, columns])],
      settings,
      run: ([x]) => sum(sliceAxes(x!, [[], [from]]), { axes: 1 }),
    };
  }),
];

/** All operations that move memory. */
export const moving: readonly Workload[] = [...copies, ...picks];
