/**
 * How often statements use variables.
 *
 * @module
 */
import type { Expression } from "../../wasm/mod.ts";
import type { Statement } from "./recorder.ts";

/** Counts the uses of variables. */
export function countUses(statements: readonly Statement[], uses: Map<number, number>): void {
  const visit = (x: Expression): void => {
    if (x.root === "local") {
      const { index } = x as Expression & { readonly index: number }; // a variable has one
      uses.set(index, (uses.get(index) ?? 0) + 1);
    } else x.operands.forEach(visit);
  };
  for (const statement of statements) {
    if (statement.kind === "set" || statement.kind === "store") visit(statement.value);
    else if (statement.kind !== "load") {
      visit(statement.condition);
      if (statement.kind !== "refuse") countUses(statement.body, uses);
    }
  }
}
