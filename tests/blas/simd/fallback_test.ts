/**
 * A runtime without WebAssembly SIMD, simulated in a process of its own.
 *
 * @module
 */
import { assertAlmostEquals, assertEquals } from "@std/assert";

const granted = (["read", "run"] as const).every((name) => Deno.permissions.querySync({ name }).state === "granted");

const mod = new URL("../../../mod.ts", import.meta.url).href;

/** Trains a small network for some steps and prints the engine in use and the losses. */
const PROGRAM = `
const { activations, adam, currentEngine, denseLayer, evaluate, key, mseLoss, randomNormal, sequential, toNumber,
  valueAndGradient } = await import("${mod}");
const model = sequential([denseLayer(5, 9, { activation: activations.gelu }), denseLayer(9, 3)]);
const { params, state } = model.init(key(0)), x = randomNormal(key(1), [17, 5]), y = randomNormal(key(2), [17, 3]);
const loss = valueAndGradient((p) => mseLoss(model.apply({ params: p, state }, x, evaluate)[0], y));
const optimizer = adam({ learningRate: 0.01 });
let now = optimizer.init(params);
const losses = [];
for (let i = 0; i < 20; i++) {
  const { value, gradients } = loss(now.params);
  losses.push(toNumber(value));
  now = optimizer.step(now, gradients);
}
console.log(JSON.stringify({ engine: currentEngine().name, losses }));
`;

async function run(prelude: string): Promise<{ readonly engine: string; readonly losses: readonly number[] }> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["eval", "--quiet", prelude + PROGRAM],
    env: { NO_COLOR: "1" },
  }).output();
  assertEquals([code, new TextDecoder().decode(stderr)], [0, ""]);
  return JSON.parse(new TextDecoder().decode(stdout));
}

/** A runtime whose WebAssembly has no SIMD refuses modules that use it; some have no WebAssembly at all. */
const WITHOUT_ANY = "WebAssembly.validate = () => false;";
const WITHOUT_WEBASSEMBLY = "delete globalThis.WebAssembly;";

Deno.test({
  name: "a runtime without WebAssembly SIMD computes on the reference engine, with equal results",
  ignore: !granted,
  fn: async () => {
    const usual = await run("");
    assertEquals(usual.engine, "simd");
    assertEquals(usual, await run(""), "the same numbers, bit for bit, in another process");
    for (const prelude of [WITHOUT_ANY, WITHOUT_WEBASSEMBLY]) {
      const { engine, losses } = await run(prelude);
      assertEquals(engine, "reference");
      losses.forEach((loss, i) => assertAlmostEquals(loss, usual.losses[i]!, 1e-5));
    }
  },
});
