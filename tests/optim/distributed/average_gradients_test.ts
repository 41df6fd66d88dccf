import { assertEquals, assertThrows } from "@std/assert";
import { chain, clipNorm, compile, type ParameterTree, sgd, tensor32, tensor64, toList } from "../../../mod.ts";
import { alone, averageGradients } from "../../../optim/distributed/mod.ts";
import { collectiveOver } from "../../../optim/distributed/collective_over.ts";
import { mirror } from "./mirror.ts";

const params = { w: tensor64([1, 2]), b: tensor32([3]) }, gradients = { w: tensor64([10, 20]), b: tensor32([30]) };

Deno.test("averageGradients() takes the mean over ranks, one message for each dtype, plain and compiled", () => {
  const transport = mirror(2),
    optimizer = chain(averageGradients(collectiveOver(transport)), sgd({ learningRate: 0.5 }));
  const step = (state: ReturnType<typeof optimizer.init<typeof params>>, g: typeof params) => optimizer.step(state, g);
  for (const run of [step, compile(step)]) {
    const next = run(optimizer.init(params), gradients).params;
    assertEquals([toList(next.w), toList(next.b)], [[-4, -8], [-12]]);
  }
  assertEquals(transport.log.filter((line) => line === "sum 16").length, 2);
});

Deno.test("averageGradients() averages before what comes after it in the chain", () => {
  const halves = collectiveOver({ ...mirror(2), sum: () => {} }); // the other rank's gradients are 0
  const optimizer = chain(averageGradients(halves), clipNorm(1), sgd({ learningRate: 1 }));
  const { params: next } = optimizer.step(optimizer.init<ParameterTree>(tensor64([0, 0])), tensor64([1.2, 1.6]));
  assertEquals(toList(next as typeof params.w).map((x) => Math.round(1e5 * x) / 1e5), [-0.6, -0.8]);
});

Deno.test("averageGradients() over one rank passes gradients on", () => {
  const optimizer = chain(averageGradients(alone), sgd({ learningRate: 1 }));
  assertEquals(toList(optimizer.step(optimizer.init(params), gradients).params.w), [-9, -18]);
  assertEquals(averageGradients(alone).config, { ranks: 1 });
});

Deno.test("averageGradients() says what it needs", () => {
  // @ts-expect-error not a collective
  assertThrows(() => averageGradients({}), TypeError, "Cannot average gradients over a record of nothing");
});
