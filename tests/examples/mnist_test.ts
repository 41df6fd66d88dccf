import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";

const granted = (name: "read" | "write" | "run"): boolean => Deno.permissions.querySync({ name }).state === "granted";
const runs = { ignore: !(granted("read") && granted("write") && granted("run")) };

/** Runs the program as `deno task demo` does, and tells what it wrote and how it ended. */
async function demo(...args: readonly string[]) {
  const root = new URL("../../", import.meta.url);
  const command = new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-prompt", "--allow-read", "--allow-write", "examples/mnist.ts", ...args],
    cwd: root,
  });
  const { code, stdout, stderr } = await command.output(), decoder = new TextDecoder();
  return { code, output: decoder.decode(stdout), errors: decoder.decode(stderr) };
}

Deno.test("the demo trains, reports and draws, and twice the same with one seed", runs, async () => {
  const folder = await Deno.makeTempDir(), out = `${folder}/curves.svg`;
  try {
    const train = (seed: string) => demo("--limit", "2000", "--epochs", "2", "--seed", seed, "--out", out);
    const { code, output, errors } = await train("3");
    assertEquals([code, errors], [0, ""]);
    for (
      const text of [
        "2,000 training images, 10,000 test images, 28 x 28 pixels",
        "total parameters: 109,386",
        "epoch 1/2  51 %",
        "epoch 2/2  loss",
        "Confusion matrix",
        "Misread digits",
        `Learning curves written to ${out}`,
      ]
    ) assertStringIncludes(output, text);
    assert(!output.includes("\x1b"), "no escape codes where the output is no terminal");
    const reached = Number(/Test accuracy ([\d.]+) %/.exec(output)?.[1]);
    assert(reached > 80, `${reached} % after 2 epochs of 2,000 images`);
    assertMatch(await Deno.readTextFile(out), /^<svg .*<\/svg>$/s);

    const losses = (text: string) => text.match(/Final .*/g);
    assertEquals(losses(output)?.length, 2);
    assertEquals(losses((await train("3")).output), losses(output));
    const otherSeed = losses((await train("4")).output);
    assert(String(otherSeed) !== String(losses(output)));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("the demo refuses what it cannot do before any work, and says why", runs, async () => {
  const refused = [
    [
      ["--epochs", "2.5", "--epoch", "1"],
      "Cannot train with --epoch: this flag does not exist; did you mean --epochs?\n",
    ],
    [["--limit", "60001"], "Cannot train with --limit 60001: there are 60000 training images"],
    [["--out", "no/such/folder/a.svg"], "Cannot write the curves to no/such/folder/a.svg: "],
  ] as const;
  for (const [args, message] of refused) {
    const { code, output, errors } = await demo(...args);
    assertEquals([code, output], [1, ""]);
    assertStringIncludes(errors, message);
  }
});

Deno.test("the demo explains its flags", runs, async () => {
  const { code, output } = await demo("--help");
  assertEquals(code, 0);
  assertStringIncludes(output, "--learning-rate RATE");
});

Deno.test("the demo says when training diverges", runs, async () => {
  const folder = await Deno.makeTempDir();
  try {
    const { code, errors } = await demo(
      ..."--limit 500 --epochs 1 --learning-rate 1e30 --out".split(" "),
      `${folder}/a.svg`,
    );
    assertEquals(code, 1);
    assertStringIncludes(errors, "Cannot train with --learning-rate 1e+30: the loss became infinite or NaN");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
