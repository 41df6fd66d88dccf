import { assertThrows } from "@std/assert";
import { checkCount, checkNotNegative, checkPositive, checkSetting, checkShare } from "../../optim/check_setting.ts";

type Check = (what: string, name: string, value: number) => void;

const CASES: readonly (readonly [check: Check, good: readonly number[], bad: readonly unknown[]])[] = [
  [checkShare, [0, 0.9], [1, -0.1]],
  [checkNotNegative, [0, 7.5], [-1e-9]],
  [checkPositive, [1e-9, 3], [0, -1]],
  [checkCount, [1, 100], [0, 1.5, -1]],
  [(...given) => checkSetting(...given, (x) => x === 2, "two"), [2], [3]],
];

for (const [check, good, bad] of CASES) {
  Deno.test(`${check.name || "checkSetting"}() takes ${good.join(" and ")}, and refuses the rest by name`, () => {
    for (const value of good) check("sgd", "momentum", value);
    for (const value of [...bad, NaN, Infinity, "1", null, undefined, [1], {}]) {
      assertThrows(() => check("sgd", "momentum", value as number), RangeError, "Cannot build sgd with momentum ");
    }
  });
}
