import { assert, assertEquals, assertGreaterOrEqual } from "@std/assert";
import { drawFor } from "../../../bench/breadth/draw.ts";
import { WORKLOADS } from "../../../bench/breadth/workloads/mod.ts";
import { OPERATIONS } from "../../../bench/breadth/workloads/operations.ts";

const SCRIPTS = [
  "torch_operations.py",
  "torch_more_operations.py",
  "torch_networks.py",
  "torch_sequence_networks.py",
  "torch_image_networks.py",
];
const folder = new URL("../../../bench/breadth/", import.meta.url);

const ALL = [...WORKLOADS, ...OPERATIONS];

Deno.test("there are 80 workloads at least, each with a name of its own", () => {
  assertGreaterOrEqual(WORKLOADS.length, 80);
  assertGreaterOrEqual(OPERATIONS.length, 60);
  assertEquals(new Set(ALL.map(({ name }) => name)).size, ALL.length);
});

const ignore = Deno.permissions.querySync({ name: "read" }).state !== "granted";

Deno.test("every workload has a twin in PyTorch", { ignore }, () => {
  const scripts = SCRIPTS.map((name) => Deno.readTextFileSync(new URL(name, folder))).join("\n");
  assertEquals(ALL.filter(({ twin }) => !scripts.includes(`"${twin}"`)).map(({ name }) => name), []);
});

Deno.test("every seed draws shapes of whole numbers above 0", () => {
  for (let seed = 1; seed <= 20; seed++) {
    for (const workload of ALL) {
      const drawn = workload.draw(drawFor(seed, workload.name));
      const inputs = "params" in drawn ? [...drawn.params, ...drawn.data] : drawn.inputs;
      for (const { shape } of inputs) {
        assert(shape.every((length) => Number.isInteger(length) && length > 0), `${workload.name}: [${shape}]`);
      }
    }
  }
});
