import { assertEquals, assertStringIncludes } from "@std/assert";
import { programText } from "../../../../examples/browser/page/program_text.ts";
import { ACTIVATION_NAMES, OPTIMIZER_NAMES, START } from "../../../../examples/browser/settings.ts";

Deno.test("programText() has a line for each layer, and the settings", () => {
  const text = programText({
    ...START,
    layers: 2,
    width: 5,
    activation: "relu",
    optimizer: "momentum",
    learningRate: 0.1,
  });
  assertStringIncludes(
    text,
    `sequential([
  denseLayer(2, 5, { activation: activations.relu }),
  denseLayer(5, 5, { activation: activations.relu }),
  denseLayer(5, 1),
]);`,
  );
  assertStringIncludes(text, "optimizer = sgd({ learningRate: 0.1, momentum: 0.9 });");
});

Deno.test({
  name: "every program that the playground shows runs",
  ignore: (["read", "write", "run"] as const).some((name) => Deno.permissions.querySync({ name }).state !== "granted"),
  fn: async () => {
    const folder = await Deno.makeTempDir();
    try {
      const imports = { "@nanograd/nanograd": new URL("../../../../mod.ts", import.meta.url).href };
      await Deno.writeTextFile(`${folder}/deno.json`, JSON.stringify({ imports, nodeModulesDir: "none" }));
      const programs = OPTIMIZER_NAMES.map((optimizer, k) =>
        programText({ ...START, optimizer, activation: ACTIVATION_NAMES[k % ACTIVATION_NAMES.length]! })
      );
      programs.forEach((text, k) => Deno.writeTextFileSync(`${folder}/${k}.ts`, `${text}export { start, step };\n`));
      const main = `import { ones, toNumber } from "@nanograd/nanograd";
for (let k = 0; k < ${programs.length}; k++) {
  const { start, step } = await import(\`./\${k}.ts\`), [, loss] = step(start, ones([4, 2]), ones([4, 1]));
  if (!Number.isFinite(toNumber(loss))) throw new Error(\`program \${k}\`);
}`;
      await Deno.writeTextFile(`${folder}/main.ts`, main);
      const args = ["run", "--no-check", "--allow-read", "main.ts"];
      const { success, stderr } = await new Deno.Command(Deno.execPath(), { args, cwd: folder }).output();
      assertEquals(success, true, new TextDecoder().decode(stderr));
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});
