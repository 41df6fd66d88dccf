import { assertEquals } from "@std/assert";
import * as tensors from "../../autograd/mod.ts";
import * as layers from "../../layers/mod.ts";
import * as optim from "../../optim/mod.ts";
import { exampleOf, rowsOf } from "./operation_rows.ts";

const DOCUMENT = new URL("../../docs/operations.md", import.meta.url);
const ignore = Deno.permissions.querySync({ name: "read", path: DOCUMENT }).state !== "granted";

/** Functions that return nothing that a table could show: they print, or need a program that has run before. */
const WITHOUT_ROW = ["printTensor", "profileOf"];

/** Parts of a layer or an optimizer, tools for training, and files, which have chapters of their own. */
const LAYERS =
  /Layer$|^(batchNorm|lora$|dropout$|embedding$|lambda$|recurrent$|residual$|sequential$|multiHead|positionE)/;
const NOT_LAYERS = ["formatLayer", "isLayer", "printLayer", "registerLayer"];
const OPTIMIZERS =
  "adadelta adafactor adagrad adam adamw amsgrad frozen lamb lbfgs lion nadam partitioned radam reduceOnPlateau rmsprop rowwise sgd sparseAdam"
    .split(" ");

Deno.test({
  name: "every operation, distribution, transform, layer and optimizer has a row in docs/operations.md",
  ignore,
  fn: () => {
    const text = rowsOf(Deno.readTextFileSync(DOCUMENT)).map(({ expression }) => expression).join("\n");
    const written = new Set(text.match(/[A-Za-z]\w*/g));
    const names = [
      ...Object.entries(tensors).flatMap(([name, value]) => /^[a-z]/.test(name) || value === null ? [name] : []),
      ...Object.keys(layers).filter((name) => LAYERS.test(name) && !NOT_LAYERS.includes(name) && !/^is/.test(name)),
      ...OPTIMIZERS,
    ];
    assertEquals(OPTIMIZERS.filter((name) => !(name in optim)), []);
    assertEquals(names.filter((name) => !written.has(name) && !WITHOUT_ROW.includes(name)), []);
  },
});

Deno.test({
  name: "every row of docs/operations.md gives what it says",
  ignore,
  fn: () => {
    const rows = rowsOf(Deno.readTextFileSync(DOCUMENT));
    assertEquals(
      rows.map(({ expression }) => [expression, exampleOf(expression)]),
      rows.map(({ expression, result }) => [expression, result]),
    );
  },
});
