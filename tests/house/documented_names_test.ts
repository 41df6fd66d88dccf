import { assertEquals } from "@std/assert";
import * as everything from "../../mod.ts";
import * as blas from "../../blas/mod.ts";
import * as onnx from "../../layers/onnx/mod.ts";
import * as data from "../../optim/data/mod.ts";
import * as distributed from "../../optim/distributed/mod.ts";
import * as watch from "../../optim/watch/mod.ts";

const ROOT = new URL("../../", import.meta.url);

/** Names in the documents that are not exported: functions of examples, of other libraries, and within the library. */
const OTHERS: ReadonlySet<string> = new Set(
  "apply barrier broadcast clip_by_global_norm close decode elementwise f init loss model nextLevel start step stepOf watch"
    .split(" "),
);

const documentsIn = (folder: string): readonly string[] =>
  [...Deno.readDirSync(new URL(folder, ROOT))].flatMap(({ name, isDirectory }) =>
    isDirectory ? documentsIn(`${folder}${name}/`) : name.endsWith(".md") ? [folder + name] : []
  );

/** Returns the names of functions that the text of a document calls in code, as `gradient(f)`; programs are tested. */
const calledIn = (text: string): readonly string[] =>
  [...text.replaceAll(/^```[\s\S]*?^```/gm, "").matchAll(/`([^`\n]+)`/g)]
    .flatMap(([, code]) => [...code!.matchAll(/(?<![\w.])([a-z]\w*)\(/g)].map(([, name]) => name!));

Deno.test({
  name: "every function that the documents name in passing exists",
  ignore: Deno.permissions.querySync({ name: "read" }).state !== "granted",
  fn: () => {
    const exported = new Set([everything, blas, data, distributed, onnx, watch].flatMap((entry) => Object.keys(entry)));
    const unknown = ["README.md", ...documentsIn("docs/")].flatMap((path) =>
      calledIn(Deno.readTextFileSync(new URL(path, ROOT)))
        .filter((name) => !exported.has(name) && !OTHERS.has(name)).map((name) => `${path}: ${name}`)
    );
    assertEquals(unknown, []);
  },
});
