import { assertEquals } from "@std/assert";
import { missingPathsInComments, missingPathsInDocument } from "./missing_paths.ts";

const ROOT = new URL("../../", import.meta.url);

/** Folders without sources. */
const OTHERS: ReadonlySet<string> = new Set(["node_modules", "coverage", "dist", "shared"]);

const filesIn = (folder: string): readonly string[] =>
  [...Deno.readDirSync(new URL(folder, ROOT))].filter(({ name }) => !name.startsWith(".") && !OTHERS.has(name))
    .flatMap(({ name, isDirectory }) => isDirectory ? filesIn(`${folder}${name}/`) : [folder + name]);

Deno.test({
  name: "every file that documents and comments name exists",
  ignore: Deno.permissions.querySync({ name: "read" }).state !== "granted",
  fn: () => {
    const files = filesIn("./").map((path) => path.slice(2));
    const read = (path: string): string => Deno.readTextFileSync(new URL(path, ROOT));
    const named = (kind: RegExp, missing: typeof missingPathsInDocument): readonly string[] =>
      files.filter((path) => kind.test(path)).flatMap((path) =>
        missing(read(path), files).map((name) => `${path}: ${name}`)
      );
    assertEquals(named(/^(?:README|CONTRIBUTING|docs\/.*)\.md$/, missingPathsInDocument), []);
    assertEquals(named(/\.ts$/, missingPathsInComments), []);
  },
});

Deno.test("a path without a file is named; files to be written, and code that is not a path, are not", () => {
  const files = ["blas/simd/copy.ts", "docs/start.md", "bench/breadth.ts"];
  const document = "`blas/simd/` has `copy.ts`, `blas/gone.ts` and `lost/`.\nNew file `blas/new.ts`: `blas/new.ts` " +
    "is tested; `a / b`, `text/plain`, `deno run bench/breadth.ts --json=breadth.json`\n```ts\nblas/x.ts\n```\n";
  assertEquals(missingPathsInDocument(document, files), ["blas/gone.ts", "lost/"]);
  assertEquals(missingPathsInComments("/** See `copy.ts`. */\nconst a = 'b.ts';\n// as in simd/moved.ts\n", files), [
    "simd/moved.ts",
  ]);
});
