import { assertEquals } from "@std/assert";
import {
  joined,
  type Measured,
  readMeasured,
  timedRows,
  timeOf,
  writeMeasured,
} from "../../../bench/peers/measured.ts";
import { files, inFolder } from "../../programs.ts";

const measured = (name: string, ...slices: readonly [milliseconds: number, probe: number][]): Measured => ({
  row: { name, shapes: "2", cells: { "jax-js": { note: "jax-js: slow" } } },
  slices: { "jax-js": slices.map(([milliseconds, probe]) => ({ milliseconds, probe })) },
});

Deno.test("a slice on a slow core does not count, even if its core was as fast as any in its own piece", () => {
  const [a, b] = timedRows([measured("a", [1, 10], [2, 5], [3, 9]), measured("b", [7, 5])]);
  assertEquals(a!.cells["jax-js"], { note: "jax-js: slow", time: { median: 2, spread: 1 } });
  assertEquals(b!.cells["jax-js"]!.time!.median, 7, "where no slice counts, all do");
  assertEquals(a!.cells.PyTorch, {});
});

Deno.test("timeOf() is the median, with half of the range of the middle half", () => {
  assertEquals(timeOf([9, 1, 2, 3, 4, 5, 6, 7]), { median: 4.5, spread: 1.5 });
});

Deno.test("pieces of a comparison join in the order of its workloads, the latest measurement of each", () => {
  const old = measured("a", [1, 1]), later = measured("a", [2, 1]), b = measured("b", [3, 1]);
  assertEquals(joined(["b", "a"], [old, b, measured("gone", [1, 1])], [later]), [b, later]);
});

Deno.test("measurements stay in a file, and a file that does not exist holds none", files, () =>
  inFolder((folder) => {
    const path = `${folder}/peers.json`;
    assertEquals(readMeasured(path), []);
    writeMeasured(path, [measured("a", [1, 1])]);
    assertEquals(readMeasured(path), [measured("a", [1, 1])]);
    return Promise.resolve();
  }));
