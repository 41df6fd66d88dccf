import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { cosineAnnealing, type Schedule, stepDecay } from "../../../optim/schedules/schedule.ts";
import { joinSchedules, scaleSchedule } from "../../../optim/schedules/schedule_composition.ts";

const schedules: fc.Arbitrary<Schedule> = fc.oneof(
  fc.integer({ min: 1, max: 9 }).map((steps) => cosineAnnealing({ initial: 1, steps })),
  fc.integer({ min: 1, max: 9 }).map((dropEvery) => stepDecay({ initial: 1, dropEvery, dropRate: 0.5 })),
  fc.constantFrom(0, 0.25).map((rate) => () => rate),
);
const length = fc.integer({ min: 1, max: 6 });

Deno.test("joinSchedules() runs each from its own start, and joining joined ones is joining all", () => {
  fc.assert(fc.property(schedules, schedules, schedules, length, length, (a, b, c, m, n) => {
    const flat = joinSchedules([[a, m], [b, n]], c), nested = joinSchedules([[a, m]], joinSchedules([[b, n]], c));
    for (let step = 0; step < 20; step++) {
      assertEquals(flat(step), step < m ? a(step) : step < m + n ? b(step - m) : c(step - m - n));
      assertEquals(nested(step), flat(step));
    }
  }));
  assertEquals(joinSchedules([], 0.5)(7), 0.5);
});

Deno.test("scaleSchedule() multiplies: by 1 nothing changes, the order makes no difference", () => {
  fc.assert(fc.property(schedules, schedules, fc.nat(20), (a, b, step) => {
    assertEquals(scaleSchedule(1, a)(step), a(step));
    assertEquals(scaleSchedule(a, b)(step), scaleSchedule(b, a)(step));
    assertEquals(scaleSchedule(3, a)(step), 3 * a(step));
  }));
});

Deno.test("composed schedules refuse invalid settings, when built or when used", () => {
  for (const bad of [NaN, Infinity, -1]) {
    const message = (what: string) => `Cannot build ${what} with learningRate ${bad}: learningRate must be`;
    assertThrows(() => scaleSchedule(bad, 1), RangeError, message("scaleSchedule"));
    assertThrows(() => joinSchedules([], bad), RangeError, message("joinSchedules"));
    assertThrows(
      () => joinSchedules([[1, bad]], 1),
      RangeError,
      `with steps of piece 0 ${bad}: steps of piece 0 must be`,
    );
    assertThrows(() => scaleSchedule(1, () => bad)(3), RangeError, `learningRate(3) ${bad}`);
  }
});
