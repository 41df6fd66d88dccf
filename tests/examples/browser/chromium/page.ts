/**
 * The page in headless Chromium: it learns, draws, reads and can be used by everyone. `../chromium_test.ts` runs it.
 *
 * @module
 */
import { assert, assertEquals, assertGreater, assertLess, assertMatch, assertNotEquals } from "@std/assert";
import type { Page } from "playwright-core";
import { buildPage } from "../../../../examples/browser/build.ts";
import { inChromium, type Opener } from "./open.ts";
import { colorsOf, focused, frameTime, PIXELS_OF, reaches, reads, text, write } from "./visitor.ts";
import { BY_HAND } from "../strokes_by_hand.ts";

const DESK = { width: 1280, height: 900 }, PHONE = { width: 360, height: 740 };

async function learnsAndDraws({ open }: Opener): Promise<void> {
  await open({ viewport: DESK }, async ({ page, complaints }) => {
    await reaches(page, "test-accuracy", 0.97, 60);
    assertGreater(Number((await text(page, "steps")).replace(",", "")), 100);
    for (const id of ["surface", "network", "curve", "points"]) assertGreater(await colorsOf(page, `#${id}`), 10, id);
    assertEquals(complaints, []);
  });
}

async function takesOnSettings({ open }: Opener): Promise<void> {
  await open({ viewport: DESK }, async ({ page, complaints }) => {
    await page.getByLabel("Circles").check();
    await page.getByLabel("Hidden layers").fill("2");
    await page.getByLabel("Neurons in each").fill("6");
    await page.getByLabel("Activation").selectOption("gelu");
    await page.getByLabel("Optimizer").selectOption("momentum");
    assertEquals(await text(page, "rate-value"), "0.1");
    await page.waitForFunction(`document.querySelectorAll(".neuron").length === 13`);
    await reaches(page, "test-accuracy", 0.9, 60);
    await page.getByRole("button", { name: "Pause" }).click();
    // The numbers are written with the next picture, after the status.
    await page.waitForFunction(
      `document.getElementById("playground-status").textContent
        .startsWith("Paused. Step " + document.getElementById("steps").textContent + ":")`,
    );
    const steps = await text(page, "steps");
    await page.waitForTimeout(500);
    assertEquals(await text(page, "steps"), steps);
    await page.getByRole("button", { name: "Start over" }).click();
    await page.waitForFunction(`document.getElementById("steps").textContent === "0"`);
    await page.getByRole("button", { name: "Step", exact: true }).click();
    await page.waitForFunction(`document.getElementById("steps").textContent === "1"`);
    await page.getByText("The same in a program").click();
    assertMatch(await text(page, "program"), /denseLayer\(2, 6, \{ activation: activations.gelu \}\)/);
    assertEquals(complaints, []);
  });
}

async function survivesAnyRate({ open }: Opener): Promise<void> {
  await open({ viewport: DESK }, async ({ page, complaints }) => {
    await page.getByLabel("Activation").selectOption("relu");
    await page.getByLabel("Optimizer").selectOption("sgd");
    await page.getByLabel("Learning rate").fill("40");
    await page.waitForFunction(`parseInt(document.getElementById("steps").textContent) > 50`, undefined, {
      timeout: 30_000,
    });
    assertEquals([complaints, await page.locator("#alert").isVisible()], [[], false]);
  });
}

async function keepsTheFrameRate({ open }: Opener): Promise<void> {
  await open({ viewport: DESK }, async ({ page }) => {
    await page.waitForFunction(`parseInt(document.getElementById("steps").textContent) > 0`);
    const training = await frameTime(page);
    assertGreater(Number((await text(page, "steps")).replace(",", "")), 100);
    assertEquals(await text(page, "train"), "Pause");
    await page.getByRole("button", { name: "Pause" }).click();
    const resting = await frameTime(page);
    // A machine that is busy with other things has slow frames at rest, too.
    assertLess(training, Math.max(20, 1.25 * resting), `${training} ms while training, ${resting} ms at rest`);
  });
}

async function worksWithKeys({ open }: Opener): Promise<void> {
  await open({ viewport: DESK, reducedMotion: "reduce" }, async ({ page, complaints }) => {
    await page.locator(".neuron").first().waitFor();
    const order: string[] = [];
    for (let k = 0; k < 29; k++) {
      await page.keyboard.press("Tab");
      order.push(await focused(page));
    }
    const before = ["Skip to the playground", "Playground", "Digits", "train", "step", "reset"];
    const settings = ["data", "layers", "width", "rate", "activation", "optimizer", "speed"];
    assertEquals(order.slice(0, 17), [...before, ...settings, "Output", "The same in a program", "pad", "clear"]);
    assertEquals(order.slice(17, 27), Array.from({ length: 10 }, (_, digit) => `Write a ${digit}`));

    // With reduced motion nothing moves until it is asked to.
    assertEquals([await text(page, "train"), await text(page, "steps")], ["Train", "0"]);
    await page.locator("#train").focus();
    await page.keyboard.press("Space");
    await page.waitForFunction(`parseInt(document.getElementById("steps").textContent) > 0`);
    await page.keyboard.press("Space");
    assertMatch(await text(page, "train"), /Train/);

    await page.locator("input[value=spirals]").focus();
    await page.keyboard.press("ArrowRight");
    assertEquals(await page.locator("input[name=data]:checked").inputValue(), "moons");
    await page.locator("#layers").focus();
    await page.keyboard.press("ArrowLeft");
    assertEquals(await text(page, "layers-value"), "2");
    await page.waitForFunction(`document.querySelectorAll(".neuron").length === 17`);

    await page.locator(".neuron").last().focus();
    for (const key of ["ArrowLeft", "ArrowDown", "ArrowLeft", "Enter"]) await page.keyboard.press(key);
    assertEquals(await text(page, "shown"), "Layer 1, neuron 2");
    assertEquals(await page.locator(".neuron[aria-pressed=true]").getAttribute("aria-label"), "Layer 1, neuron 2");

    await page.locator("#pad").focus();
    await page.keyboard.press("Space");
    for (let k = 0; k < 12; k++) await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Space");
    await reads(page, "1");
    await page.keyboard.press("Delete");
    await reads(page, "–");
    assertEquals(complaints, []);
  });
}

async function readsDigits({ open }: Opener): Promise<void> {
  await open({ viewport: DESK, reducedMotion: "reduce" }, async ({ page, complaints }) => {
    for (const [digit, strokes] of Object.entries(BY_HAND)) {
      await write(page, strokes);
      await reads(page, digit);
      await page.waitForFunction(`document.getElementById("digits-status").textContent.startsWith("Reads ${digit}, ")`);
      await page.getByRole("button", { name: "Clear" }).click();
      await reads(page, "–");
    }
    await page.getByRole("button", { name: "Write a 8" }).click();
    await reads(page, "8");
    assertEquals(await page.locator("#features canvas").count(), 4);
    for (let k = 1; k <= 4; k++) assertGreater(await colorsOf(page, `#features figure:nth-child(${k}) canvas`), 10);
    assertMatch(await text(page, "reader"), /^21,666 parameters$/);
    assertEquals(complaints, []);
  });
}

async function readsFingers({ open }: Opener): Promise<void> {
  await open({ viewport: PHONE, hasTouch: true, isMobile: true, reducedMotion: "reduce" }, async ({ page }) => {
    await page.locator("#samples button").nth(7).tap();
    await reads(page, "7");
    await page.locator("#clear").tap();
    await reads(page, "–");
    await page.locator("#pad").tap(); // a dot
    await page.waitForFunction(`document.getElementById("answer").textContent !== "–"`);
  });
}

async function fitsPhones({ open }: Opener): Promise<void> {
  await open({ viewport: PHONE, deviceScaleFactor: 2 }, async ({ page }) => {
    await page.locator(".neuron").first().waitFor();
    await page.getByRole("button", { name: "Write a 3" }).click();
    await reads(page, "3");
    await page.getByText("The same in a program").click();
    assertEquals(await page.evaluate("document.documentElement.scrollWidth"), PHONE.width);
    const wide = await page.evaluate(`[...document.querySelectorAll("body *")]
      .filter((element) => !element.closest("pre, .skip, .visually-hidden"))
      .filter((element) => { const box = element.getBoundingClientRect(); return box.right > 360.5 || box.left < -0.5; })
      .map((element) => element.tagName + "#" + element.id)`);
    assertEquals(wide, []);
    const small = await page.evaluate(`[...document.querySelectorAll("button:not(.neuron), select")]
      .filter((element) => { const box = element.getBoundingClientRect(); return box.width < 24 || box.height < 24; })
      .map((element) => element.textContent)`);
    assertEquals(small, []); // WCAG 2.2, target size
  });
}

async function followsTheSystem({ open }: Opener): Promise<void> {
  const background = (page: Page) => page.evaluate(`getComputedStyle(document.body).backgroundColor`);
  const corner = (page: Page) => page.evaluate(`(${PIXELS_OF})("#surface")[2000]`);
  await open({ viewport: DESK, colorScheme: "light", reducedMotion: "reduce" }, async ({ page, complaints }) => {
    await page.waitForFunction(
      `document.getElementById("steps").textContent === "0" && document.querySelector(".neuron")`,
    );
    await page.waitForTimeout(300);
    const light = [await background(page), await corner(page)];
    await page.emulateMedia({ colorScheme: "dark" });
    await page.waitForTimeout(500);
    const dark = [await background(page), await corner(page)];
    assertEquals([light[0], dark[0]], ["rgb(251, 250, 248)", "rgb(20, 22, 26)"]);
    assertNotEquals(light[1], dark[1]);
    assertEquals(complaints, []);
  });
}

async function tellsReaders({ open }: Opener): Promise<void> {
  await open({ viewport: DESK }, async ({ page }) => {
    const status = page.locator("#playground-status");
    assertEquals(await status.getAttribute("role"), "status");
    await page.waitForFunction(
      `/^Step [0-9,]+: test loss [0-9.]+, test accuracy [0-9]+ %$/.test(document.getElementById("playground-status").textContent)`,
      undefined,
      { timeout: 20_000 },
    );
    await page.getByRole("button", { name: "Pause" }).click();
    await page.waitForFunction(`document.getElementById("playground-status").textContent.startsWith("Paused. Step")`);
    assertMatch(
      (await page.locator("#surface").getAttribute("aria-label"))!,
      /^Output over the plane of spirals\. Step/,
    );
    // Every canvas is either named or hidden from readers, and every control has a name.
    const nameless = await page.evaluate(`[...document.querySelectorAll("canvas, button, input, select")]
      .filter((e) => !e.closest("[aria-hidden=true]") && !e.ariaLabel && !e.textContent.trim() && !(e.labels?.length > 0))
      .map((e) => e.outerHTML)`);
    assertEquals(nameless, []);
  });
}

async function saysWhatIsMissing({ open }: Opener): Promise<void> {
  await open({ viewport: DESK, missing: ["digits.safetensors"] }, async ({ page }) => {
    await page.locator("#alert").waitFor();
    assertMatch(await text(page, "alert"), /^Cannot load .*digits\.safetensors: the server answered 404/);
  });
  await open({ viewport: DESK, missing: ["worker.js"] }, async ({ page }) => {
    await page.locator("#alert").waitFor();
    assert((await text(page, "alert")).includes("worker"));
  });
}

Deno.test({
  name: "the page in Chromium",
  fn: (t) =>
    inChromium(buildPage, async (opener) => {
      await t.step("learns spirals within seconds, and draws", () => learnsAndDraws(opener));
      await t.step("takes on settings, pauses, steps and starts over", () => takesOnSettings(opener));
      await t.step("survives a learning rate that is far too large", () => survivesAnyRate(opener));
      await t.step("draws as smoothly while it trains as at rest", () => keepsTheFrameRate(opener));
      await t.step("works with keys alone, in the order of the page", () => worksWithKeys(opener));
      await t.step("reads digits that the mouse writes", () => readsDigits(opener));
      await t.step("can be tapped", () => readsFingers(opener));
      await t.step("fits a phone of 360 pixels", () => fitsPhones(opener));
      await t.step("follows the system from light to dark", () => followsTheSystem(opener));
      await t.step("tells screen readers what happens", () => tellsReaders(opener));
      await t.step("says which file is missing", () => saysWhatIsMissing(opener));
    }),
});
