/** Also tests examples/onnx_runtime.ts, which the program runs. */
import { assert, assertEquals } from "@std/assert";
import { first, loadMnist } from "../../examples/mnist_data.ts";

const ignore = (["read", "env", "net", "sys"] as const)
  .some((name) => Deno.permissions.querySync({ name }).state !== "granted");

Deno.test("a text recognizer learns digits, and onnxruntime reads them as it does", { ignore }, async () => {
  // What the program imports asks for permissions.
  const { finetune } = await import("../../examples/finetune.ts");
  const mnist = loadMnist();
  assert(mnist._tag === "Right");
  const lines: string[] = [];
  const { before, after, file, agreement } = await finetune(
    first(mnist.right.train, 50),
    first(mnist.right.test, 50),
    30,
    (line) => lines.push(line),
  );
  assert(before < 0.3 && after > 0.5, `${before} became ${after}`);
  assertEquals(agreement, 1);
  assert(file.length > 5e6 && lines.length === 4);
});
