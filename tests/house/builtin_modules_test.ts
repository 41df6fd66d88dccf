import { assertEquals } from "@std/assert";
import { filesIn, textOf } from "./source_files.ts";

const ignore = Deno.permissions.querySync({ name: "read" }).state !== "granted";

Deno.test(
  "no part of the library imports a module of Node, which bundlers for browsers cannot resolve",
  { ignore },
  () => {
    const sources = ["blas", "autograd", "layers", "optim"].flatMap(filesIn);
    const importing = sources.filter((path) => /(?<!typeof )import\("node:|from "node:/.test(textOf(path)));
    assertEquals(importing, []);
  },
);
