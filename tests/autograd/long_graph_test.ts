import { assert, assertEquals } from "@std/assert";

// The warning comes once in a process, so each program below is a process of its own.

const ignore = Deno.permissions.querySync({ name: "run" }).state !== "granted";

/** Returns the warning of a program. */
async function warningsOf(program: string): Promise<readonly string[]> {
  const imports = `import * as n from ${JSON.stringify(new URL("../../autograd/mod.ts", import.meta.url).href)};`;
  const { stderr, success } = await new Deno.Command(Deno.execPath(), {
    args: ["eval", "--no-check", `${imports}\n${program}`],
    env: { NO_COLOR: "1" },
  }).output();
  const text = new TextDecoder().decode(stderr);
  assert(success, text);
  return text.split("\n").filter((line) => line.startsWith("nanograd:"));
}

Deno.test("a value that is computed from itself for 100,000 operations is warned of, once", { ignore }, async () => {
  const said = await warningsOf(`
    for (let run = 0; run < 2; run++) {
      let p = n.tensor64(1);
      for (let k = 0; k < 100_100; k++) p = n.mul(p, 0.999);
    }
  `);
  assertEquals(said.length, 1);
  assert(said[0]!.includes("stopGradient") && said[0]!.includes("constant") && said[0]!.includes("optimizer"));
});

Deno.test("a moving average is such a value too, whichever operand it is", { ignore }, async () => {
  const said = await warningsOf(`
    let mean = n.tensor32(1);
    for (let k = 0; k < 50_100; k++) mean = n.add(n.mul(1, 0.1), n.mul(mean, 0.9));
  `);
  assertEquals(said.length, 1);
});

Deno.test("a value is one whichever operand it is, of three too", { ignore }, async () => {
  const said = await warningsOf(`
    let last = n.tensor32(1);
    for (let k = 0; k < 100_100; k++) last = n.where(1, 0.5, last);
  `);
  assertEquals(said.length, 1);
});

Deno.test(
  "a total of losses of many operations each is warned of when the operations are too many",
  { ignore },
  async () => {
    const program = (steps: number) => `
    const x = n.tensor32(2);
    let total = n.constant(0);
    for (let k = 0; k < ${steps}; k++) {
      let loss = x;
      for (let i = 0; i < 98; i++) loss = n.mul(loss, 0.9);
      total = n.add(total, loss);
    }
  `;
    assertEquals((await warningsOf(program(2_000))).length, 1); // of 99 operations each: counted when the depth has doubled
    assertEquals(await warningsOf(program(900)), []);
  },
);

Deno.test(
  "there is no warning for constants, cut graphs, wide and shared graphs, and graphs being differentiated",
  { ignore },
  async () => {
    const said = await warningsOf(`
    let c = n.constant(1), cut = n.tensor64(1);
    for (let k = 0; k < 100_100; k++) {
      c = n.mul(c, 0.999);
      cut = n.stopGradient(n.mul(cut, 0.999));
    }
    const x = n.tensor64(1), wide = [];
    for (let k = 0; k < 100_100; k++) wide.push(n.mul(x, k));
    let shared = x;
    for (let k = 0; k < 5_000; k++) shared = n.mul(shared, shared); // 2^5000 paths
    n.gradient((x) => {
      let y = x;
      for (let k = 0; k < 100_100; k++) y = n.mul(y, 0.999);
      return y;
    })(x);
  `);
    assertEquals(said, []);
  },
);
