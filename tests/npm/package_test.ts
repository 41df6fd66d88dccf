/** The npm package as its users meet it: packed, installed into an empty folder, compiled strictly, run. */
import { assertEquals } from "@std/assert";
import { inFolder, programs } from "../programs.ts";
import { runtimes, versionOf } from "../runtimes/elsewhere.ts";

const root = new URL("../../", import.meta.url), decoder = new TextDecoder();

/** Runs a program that must succeed, and returns what it wrote. */
function run(program: string, args: readonly string[], cwd: URL | string): string {
  const { success, stdout, stderr } = new Deno.Command(program, { args: [...args], cwd }).outputSync();
  const text = decoder.decode(stdout);
  assertEquals(success, true, `${program} ${args.join(" ")}: ${text}${decoder.decode(stderr)}`);
  return text;
}

/** Installs packages; returns whether the registry could be reached. */
function installed(folder: string, ...packages: readonly string[]): boolean {
  const { success, stderr } = new Deno.Command("npm", {
    args: ["install", "--no-audit", "--no-fund", ...packages],
    cwd: folder,
  }).outputSync();
  const problem = decoder.decode(stderr), offline = /ENOTFOUND|ECONNREFUSED|ETIMEDOUT|EAI_AGAIN/.test(problem);
  assertEquals(success || offline, true, problem);
  return success;
}

/** As strict as TypeScript gets, declarations of packages included. */
const CONFIG = {
  compilerOptions: {
    strict: true,
    skipLibCheck: false,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    noPropertyAccessFromIndexSignature: true,
    module: "nodenext",
    target: "es2024",
    lib: ["es2024", "esnext.array", "dom"],
    types: [],
  },
  files: ["consumer.ts"],
};

const TOLD = '[true,"simd","sgd","Left",1]';

Deno.test({
  name: "a consumer compiles strictly against the npm package and runs on Node and Bun, bundled too",
  ignore: programs.ignore || versionOf("npm") === undefined,
  fn: () =>
    inFolder(async (folder) => {
      run(Deno.execPath(), ["run", "-A", "npm/build.ts"], root);
      await Deno.writeTextFile(`${folder}/package.json`, '{ "private": true, "type": "module" }');
      await Deno.writeTextFile(`${folder}/tsconfig.json`, JSON.stringify(CONFIG));
      await Deno.copyFile(new URL("tests/npm/consumer.ts", root), `${folder}/consumer.ts`);
      const [archive] = run("npm", ["pack", "--silent", new URL("npm/dist", root).pathname], folder).trim().split("\n");
      if (!installed(folder, `./${archive}`, "typescript@5.9.3")) return;
      run("node", ["node_modules/typescript/bin/tsc", "-p", "."], folder);
      for (const { path } of runtimes()) assertEquals(run(path, ["consumer.js"], folder).trim(), TOLD, path);

      const bundled = ["bundle", "--platform=browser", "--minify", "-o", "bundle.mjs", "consumer.js"];
      run(Deno.execPath(), bundled, folder);
      for (const { path } of runtimes()) assertEquals(run(path, ["bundle.mjs"], folder).trim(), TOLD, path);
    }),
});
