import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";

const granted = (name: "read" | "write" | "run"): boolean => Deno.permissions.querySync({ name }).state === "granted";
const runs = { ignore: !(granted("read") && granted("write") && granted("run")) };

/** The program, as `deno task demo` runs it. */
const command = (args: readonly string[]): Deno.Command =>
  new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-prompt", "--allow-read", "--allow-write", "examples/mnist.ts", ...args],
    cwd: new URL("../../", import.meta.url),
    stdout: "piped",
    stderr: "piped",
  });

/** Runs the program, and tells what it wrote and how it ended. */
async function demo(...args: readonly string[]) {
  const { code, stdout, stderr } = await command(args).output(), decoder = new TextDecoder();
  return { code, output: decoder.decode(stdout), errors: decoder.decode(stderr) };
}

/** Runs the program, and kills it as hard as the system can once it has written a text. */
async function killedAfter(text: string, ...args: readonly string[]): Promise<void> {
  const child = command(args).spawn(), decoder = new TextDecoder();
  let output = "", killed = false;
  for await (const bytes of child.stdout) {
    output += decoder.decode(bytes, { stream: true });
    if (killed || !output.includes(text)) continue;
    child.kill("SIGKILL");
    killed = true;
  }
  await child.stderr.cancel();
  assertEquals((await child.status).signal, "SIGKILL", output);
}

Deno.test("the demo trains, reports and draws, and after kill -9 goes on to the same bits", runs, async () => {
  const folder = await Deno.makeTempDir(), out = `${folder}/curves.svg`;
  try {
    const flags = (seed: string, run: string): readonly string[] => [
      ..."--limit 2000 --epochs 2 --save-every 3 --seed".split(" "),
      ...[seed, "--run", `${folder}/${run}`, "--out", out],
    ];
    const { code, output, errors } = await demo(...flags("3", "whole")), curves = await Deno.readTextFile(out);
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
    assertMatch(curves, /^<svg .*<\/svg>$/s);

    const losses = (text: string) => text.match(/Final .*/g);
    assertEquals(losses(output)?.length, 2);
    await killedAfter("epoch 2/2  26 %", ...flags("3", "killed"));
    const resumed = await demo("--resume", "--run", `${folder}/killed`, "--out", out);
    assertEquals([resumed.code, resumed.errors], [0, ""]);
    assertMatch(resumed.output, /goes on in epoch 2\/2 after \d+ steps?\n/);
    assertEquals(losses(resumed.output), losses(output));
    assertEquals(await Deno.readTextFile(out), curves);
    const saved = (run: string) => Deno.readFile(`${folder}/${run}/checkpoint.safetensors`);
    assertEquals(await saved("killed"), await saved("whole"));

    const other = await demo("--resume", "--seed", "4", "--run", `${folder}/killed`, "--out", out);
    assertStringIncludes(
      other.errors,
      "with seed 4: it was started with 3, and its numbers depend on it; leave the flag out",
    );
    const otherSeed = losses((await demo(...flags("4", "other"))).output);
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
    [
      ["--resume", "--run", "no/such/run"],
      "Cannot go on with the run in no/such/run: no run is saved there; start one",
    ],
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
      ..."--limit 500 --epochs 1 --learning-rate 1e30".split(" "),
      ...["--run", `${folder}/run`, "--out", `${folder}/a.svg`],
    );
    assertEquals(code, 1);
    assertStringIncludes(errors, "Cannot train with --learning-rate 1e+30: the loss became infinite or NaN");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
