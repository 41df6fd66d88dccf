/** Which plain calls are divided: `thread_choices.ts`. @module */
import { assert, assertEquals } from "@std/assert";
import { threadChoices } from "../../../blas/threaded/thread_choices.ts";

Deno.test("calls stay on one thread while another one is late", () => {
  let isReady = false;
  const choose = threadChoices({ isReady: () => isReady, settle: () => {} }), ways: boolean[] = [];
  for (let k = 0; k < 40; k++) {
    isReady = k >= 20;
    choose("a", () => (ways.push(true), true), () => ways.push(false));
  }
  assert(!ways.slice(0, 20).includes(true) && ways.slice(20).includes(true));
});

Deno.test("threads are moved apart after the time of a call is measured", () => {
  const order: string[] = [];
  const choose = threadChoices({ isReady: () => true, settle: () => order.push("settle") });
  choose("a", () => (order.push("divided"), true), () => {});
  assertEquals(order, ["divided", "settle"]);
});

Deno.test("calls of each kind are tried in both ways", () => {
  const choose = threadChoices({ isReady: () => true, settle: () => {} }), ways: string[] = [];
  for (let k = 0; k < 16; k++) {
    for (const key of ["a", "b"]) {
      choose(key, () => {
        ways.push(`${key} divided`);
        return true;
      }, () => ways.push(`${key} directly`));
    }
  }
  for (const way of ["a divided", "a directly", "b divided", "b directly"]) {
    assertEquals(ways.filter((one) => one === way).length >= 4, true);
  }
  choose("c", () => false, () => ways.push("c directly"));
  assertEquals(ways.at(-1), "c directly");
});
