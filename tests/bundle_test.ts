/**
 * How large programs are when they have been bundled and minified for browsers, and that they still work.
 *
 * @module
 */
import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import {
  activations,
  denseLayer,
  encodeModel,
  encodeTree,
  evaluate,
  key,
  sequential,
  softmax,
  tensor32,
  toList,
} from "@nanograd/nanograd";
import sizes from "./bundles/sizes.json" with { type: "json" };

const ignore = (["read", "run"] as const).some((name) => Deno.permissions.querySync({ name }).state !== "granted");

const run = async (args: readonly string[], input?: string): Promise<string> => {
  const child = new Deno.Command(Deno.execPath(), {
    args: [...args],
    cwd: new URL("../", import.meta.url),
    env: { NO_COLOR: "1" },
    stdin: input === undefined ? "null" : "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  if (input !== undefined) await new Blob([input]).stream().pipeTo(child.stdin);
  const { code, stdout, stderr } = await child.output();
  assertEquals(code, 0, new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout);
};

/**
 * Bundles a program of `tests/bundles`, and checks its size. If it has become larger by more than a few percent since it was
 * measured, see what it has in it that it does not need, such as a call or a power at module level that is not marked as
 * pure, or a table that mentions every kernel; or measure again: `bench/bundle_sizes.ts` writes the sizes down.
 */
async function bundled(name: keyof typeof sizes): Promise<string> {
  const text = await run(["bundle", "--quiet", "--minify", "--platform=browser", `tests/bundles/${name}.ts`]);
  const most = Math.round(sizes[name] * 1.03), bytes = new TextEncoder().encode(text).length;
  assert(bytes <= most, `the bundle of ${name} has ${bytes} bytes, and must not have more than ${most}`);
  return text;
}

Deno.test("a program with one operation has only what that operation needs", { ignore }, async () => {
  assertEquals(await run(["run", "-"], await bundled("add")), "float32 [2] [2, 2]\n");
});

Deno.test("a program that trains a network has no compiler and no convolutions", { ignore }, async () => {
  assertEquals(await run(["run", "-"], await bundled("network")), "true\n");
});

Deno.test("a program that compiles its step has no code for operations that it does not use", { ignore }, async () => {
  const text = await bundled("compiled");
  assertEquals(await run(["run", "-"], text), "true\n");
  // Of convolutions, running results, sorts, loops, teams of threads, and factors of matrices.
  const names = ["dilation", "logSumExp", "descending", "maxSteps", "arrivals", "cholesky"];
  assertEquals(names.filter((name) => text.includes(name)), []);
});

/** A network and its params as a file, and the probabilities that it gives for `[1, 2]`. */
function savedNetwork(): { readonly params: string; readonly model: string; readonly told: string } {
  const model = sequential([denseLayer(2, 3, { activation: activations.relu }), denseLayer(3, 2)]);
  const variables = model.init(key(7)), [logits] = model.apply(variables, tensor32([[1, 2]]), evaluate);
  const base64 = (bytes: Uint8Array): string => btoa(String.fromCharCode(...bytes));
  return {
    params: base64(encodeTree(variables.params)),
    model: base64(encodeModel(model, variables)),
    told: `${JSON.stringify(toList(softmax(logits)))}\n`,
  };
}

Deno.test(
  "a program that reads the params of its network computes with them, and has no other layers",
  { ignore },
  async () => {
    const { params, told } = savedNetwork(), text = await bundled("inference");
    assertEquals(await run(["run", "-", params], text), told);
    assertEquals(text.includes("BatchNorm"), false, "there is a layer that the program does not use");
  },
);

Deno.test("a program that reads a model has all layers, and no optimizers and no compiler", { ignore }, async () => {
  const { model, told } = savedNetwork(), text = await bundled("model");
  assertEquals(await run(["run", "-", model], text), told);
  assertEquals([text.includes("BatchNorm"), text.includes("firstMoment")], [true, false]);
});

Deno.test("a program that compiles a model that it reads has the code for all of its layers", { ignore }, async () => {
  const { model, told } = savedNetwork(), numbers = (text: string): number[] => (JSON.parse(text) as number[][]).flat();
  const found = numbers(await run(["run", "-", model], await bundled("served"))), wanted = numbers(told);
  assertEquals(found.length, wanted.length);
  found.forEach((x, k) => assertAlmostEquals(x, wanted[k]!, 1e-6));
});

Deno.test("a program with all of the library trains in a bundle as well", { ignore }, async () => {
  const text = await bundled("everything");
  assertEquals(await run(["run", "-"], text), "true true\n");
  assertEquals(/import\(["']node:/.test(text), false, "bundlers for browsers cannot resolve a module of Node");
});

Deno.test("loading the library does nothing: a bundle has none of it if nothing is used", { ignore }, async () => {
  const text = await bundled("nothing");
  assertEquals(text.includes("nanograd"), false, "something of the library is left");
  const computed = text.match(/\bvar [\w$]+=[^;{}()"]*\*[^;]*;/g) ?? []; // esbuild keeps `2 ** 14`, and drops `16_384`
  assertEquals(
    computed,
    [],
    "constants that are computed at module level are left: write the number, or compute it where it is used",
  );
});
