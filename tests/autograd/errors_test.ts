import { assert, assertEquals } from "@std/assert";
import { GraphCycleError } from "../../autograd/errors.ts";

Deno.test("GraphCycleError closes the cycle in its message, and carries the operations", () => {
  const error = new GraphCycleError(["add", "mul"]);
  assertEquals(
    error.message,
    "Cannot differentiate a graph with the cycle add -> mul -> add: a tensor on it depends on its own value; " +
      "build nodes from tensors that exist already, never from the node itself",
  );
  assertEquals([error.name, [...error.operations]], ["GraphCycleError", ["add", "mul"]]);
  assert(error instanceof Error && error.message.includes(error.problem) && error.message.includes(error.remedy));
});
