// The files that are tested here: optim/watch/program/graph.ts, optim/watch/program/mermaid.ts, optim/watch/program/svg.ts,
// optim/watch/program/heat.ts, optim/watch/packages.ts.
import { assert, assertEquals, assertMatch, assertStringIncludes, assertThrows } from "@std/assert";
import {
  add,
  compile,
  cumsum,
  formatProgram as formatAsText,
  key,
  matmul,
  mul,
  randomNormal,
  relu,
  scanAlong,
  type Tensor,
  tensor64,
} from "../../../../autograd/mod.ts";
import { formatProgram } from "../../../../optim/watch/program/format_program.ts";
import { heat } from "../../../../optim/watch/program/heat.ts";

const x = randomNormal(key(0), [8, 4]), w = randomNormal(key(1), [4, 4]);
const twoLayers = (x: Tensor, w: Tensor): Tensor => cumsum(relu(matmul(relu(matmul(x, w)), w)), 0);

Deno.test("formatProgram() as mermaid has a node for each instruction, and an arrow for each operand", () => {
  const lines = formatProgram(compile(twoLayers), x, w, { as: "mermaid" }).split("\n");
  assertEquals(lines[0], "flowchart TD");
  const nodes = lines.filter((line) => /^ {2}\w+[[(]/.test(line)),
    arrows = lines.filter((line) => line.includes("-->"));
  // Two products with an epilogue, and a sum: x, w beside each product, three instructions, the results.
  assertEquals(nodes.map((line) => line.trim().split(/[[(]/)[0]), ["v0", "v1", "v1_1", "i0", "i1", "i2", "results"]);
  assertEquals(arrows.map((line) => line.trim()), [
    "v0 --> i0",
    "v1 --> i0",
    "i0 --> i1",
    "v1_1 --> i1",
    "i1 --> i2",
    "i2 --> results",
  ]);
  assertStringIncludes(nodes[3]!, "gemm %0#91;8, 4#93; %1#91;4, 4#93;");
  assert(nodes.every((line) => (line.match(/"/g) ?? []).length === 2), "quotes of a text would end it");
});

Deno.test("formatProgram() as svg draws the same, with the times of a profile", async () => {
  const f = compile(twoLayers, { profile: true });
  const boxes = (svg: string): number => (svg.match(/<rect [^>]*rx=/g) ?? []).length;
  const plain = await formatProgram(f, x, w, { as: "svg" });
  assertEquals([boxes(plain), plain.includes("% of the time")], [7, false]);
  for (let k = 0; k < 3; k++) f(x, w);
  const timed = await formatProgram(f, x, w, { as: "svg" });
  const shares = [...timed.matchAll(/us each, ([\d.]+) % of the time/g)].map(([, share]) => Number(share));
  assertEquals([boxes(timed), shares.length], [7, 3]);
  assert(Math.abs(shares.reduce((a, b) => a + b, 0) - 100) < 0.3, String(shares));
  assertMatch(formatProgram(f, x, w, { as: "mermaid" }), /style i0 fill:#[\da-f]{6},color:#000/);
  // It is well-formed: every tag that is opened is closed, and letters with a meaning are escaped.
  assertEquals((timed.match(/<text/g) ?? []).length, (timed.match(/<\/text>/g) ?? []).length);
  assertEquals(timed.replaceAll(/<[^<>]*>/g, "").replaceAll(/&(amp|lt|gt);/g, "").search(/[<>&]/), -1);
});

Deno.test("formatProgram() draws the program of a step that has only been scanned", async () => {
  const step = compile((sum: Tensor, x: Tensor) => [add(sum, x), mul(sum, 2)] as const, { profile: true });
  const xs = [tensor64([1, 2]), tensor64([3, 4])];
  assertEquals([...step.scan(tensor64([0, 0]), xs)].length, 2);
  assertStringIncludes(await formatProgram(step, tensor64([0, 0]), xs[0]!, { as: "svg" }), "% of the time");
});

Deno.test("formatProgram() shows a loop with many results in a node of few lines", () => {
  const f = compile((xs: Tensor) =>
    scanAlong((c: Tensor, x: Tensor) => [add(c, x), mul(c, x)] as const, tensor64(0), xs)
  );
  const [loop] = formatProgram(f, tensor64([1, 2, 3]), { as: "mermaid" }).split("\n").filter((line) =>
    line.includes("i0[")
  );
  assert(loop!.split("<br/>").length <= 6, loop);
});

Deno.test("formatProgram() without a format is that of the main entry, and a record { as } may be an argument of one's own", () => {
  const f = compile((x: Tensor, _: { readonly as: string }) => mul(x, 2));
  assertEquals(formatProgram(f, x, { as: "mine" }), formatAsText(f, x, { as: "mine" }));
  assertEquals(formatProgram(f, x, { as: "mine" }, { as: "text" }), formatAsText(f, x, { as: "mine" }));
  assertThrows(
    () => formatProgram(mul as never, { as: "svg" }),
    TypeError,
    "Cannot draw the program of a function: it must be a function that compile returned; compile it",
  );
});

Deno.test("heat() goes from white to orange", () => {
  assertEquals([heat(0), heat(1), heat(7)], ["#ffffff", "#f58518", "#f58518"]);
});
