// The files that are tested here: optim/watch/log/csv.ts, optim/watch/log/event_file.ts, optim/watch/log/event_messages.ts,
// optim/watch/log/files.ts, optim/watch/log/json_lines.ts.
import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";
import fc from "fast-check";
import { constant, ones, tensor64 } from "../../../../autograd/mod.ts";
import type { LoggedStep } from "../../../../optim/watch/log/step_record.ts";
import { runLog, type RunLogOptions } from "../../../../optim/watch/log/run_log.ts";
import { files, inFolder, programs } from "../../../programs.ts";
import { bundle, runtimes, versionOf } from "../../../runtimes/elsewhere.ts";

/** Logs steps as one process would; the clock shows the number of the process. */
function logged(folder: string, steps: readonly LoggedStep[], options: RunLogOptions = {}) {
  const write = runLog(folder, { now: () => 100, ...options });
  return steps.reduce((log, step) => write(log, step), write.initial);
}

/** Steps from one number to before another, with a loss. */
const losses = (from: number, to: number, loss = (step: number) => 1 / (step + 1)): readonly LoggedStep[] =>
  Array.from({ length: to - from }, (_, k) => ({ step: from + k, scalars: { loss: loss(from + k) } }));

const eventFiles = (folder: string): readonly string[] =>
  [...Deno.readDirSync(folder)].map(({ name }) => name).filter((name) => name.includes("tfevents")).sort();

/** Reads the event files of a folder with a program in Python that knows nothing of this library. */
async function readInPython(folder: string) {
  const reader = new URL("read_events.py", import.meta.url).pathname;
  const paths = eventFiles(folder).map((name) => `${folder}/${name}`);
  const { code, stdout, stderr } = await new Deno.Command("python3", { args: [reader, ...paths] }).output();
  assertEquals([code, new TextDecoder().decode(stderr)], [0, ""]);
  return JSON.parse(new TextDecoder().decode(stdout));
}

const python = { ignore: programs.ignore || !/^Python 3/.test(versionOf("python3") ?? "") };

Deno.test(
  "runLog() writes event files that a reader made from the description of the format reads",
  python,
  () =>
    inFolder(async (folder) => {
      logged(folder, [{
        step: 0,
        scalars: { loss: 0.5, "test/accuracy": constant(0.25), hole: NaN },
        histograms: { weights: tensor64([[0, 1, 2], [3, 4, 10]]) },
        images: { grey: tensor64([[0, 0.5, 1], [-1, 2, NaN]]), color: ones([3, 1, 2]) },
        text: { note: "**größer** 1 < 2" },
        hyperparameters: { rate: 0.1, optimizer: "adam", nesterov: true },
      }, { step: 300, scalars: { loss: 0.25 } }]);
      const [[begin, first, second]] = await readInPython(folder);
      assertEquals(begin, { seconds: 100, step: 0, version: "brain.Event:2" });
      const counts = Array.from({ length: 30 }, (_, k) => k % 3 === 0 && k < 15 ? 1 : k === 29 ? 1 : 0);
      const limits = counts.map((_, k) => (k + 1) / 3), { values } = first;
      assertEquals(values[0], {
        tag: "_hparams_/session_start_info",
        plugin: "hparams",
        hyperparameters: { values: { rate: 0.1, optimizer: "adam", nesterov: true }, start: 100 },
      });
      const scalars = [["loss", 0.5], ["test/accuracy", 0.25], ["hole", "nan"]];
      assertEquals(values.slice(1, 4), scalars.map(([tag, scalar]) => ({ tag, scalar })));
      assertEquals(values[4].tag, "weights");
      assertEquals(
        { ...values[4].histogram, limits: values[4].histogram.limits.map((x: number) => x.toFixed(9)) },
        { min: 0, max: 10, count: 6, sum: 20, sumOfSquares: 130, limits: limits.map((x) => x.toFixed(9)), counts },
      );
      assertEquals(values[5].image, { height: 2, width: 3, channels: 1, rows: [[0, 128, 255], [0, 255, 0]] });
      assertEquals(values[6].image, { height: 1, width: 2, channels: 3, rows: [[255, 255, 255, 255, 255, 255]] });
      assertEquals(values[7], { tag: "note", plugin: "text", text: ["**größer** 1 < 2"] });
      assertEquals(second, { seconds: 100, step: 300, values: [{ tag: "loss", scalar: 0.25 }] });
    }),
);

Deno.test(
  "a run that goes on has an event file of its own, which says from which step on it is valid",
  python,
  () =>
    inFolder(async (folder) => {
      logged(folder, losses(0, 5));
      // A crash in the middle of a record.
      const path = `${folder}/${eventFiles(folder)[0]}`, bytes = Deno.readFileSync(path);
      Deno.writeFileSync(path, bytes.subarray(0, bytes.length - 3));
      logged(folder, losses(3, 6), { now: () => 50 }); // the clock was set back
      const [before, after] = await readInPython(folder);
      assertEquals(before.map(({ step }: { readonly step: number }) => step), [0, 0, 1, 2, 3]);
      assertEquals(after[1], { seconds: 50, step: 3, restart: true });
      assertEquals(after.slice(2).map(({ step }: { readonly step: number }) => step), [3, 4, 5]);
    }),
);

Deno.test(
  "JSON lines and tables go on where a run goes on, and keep what it does again beside them",
  files,
  () =>
    inFolder((folder) => {
      const options = { events: false, jsonLines: true, csv: true };
      logged(
        folder,
        [...losses(0, 3), { step: 3, scalars: { loss: NaN, 'rate, "lr"': 1 }, text: { note: "a\nb" } }],
        options,
      );
      logged(folder, losses(2, 4, () => 7), options);
      const lines = Deno.readTextFileSync(`${folder}/steps.jsonl`).trim().split("\n").map((line) => JSON.parse(line));
      assertEquals(lines.map(({ step, scalars }) => [step, scalars.loss]), [[0, 1], [1, 0.5], [2, 7], [3, 7]]);
      const aside = Deno.readTextFileSync(`${folder}/steps.jsonl.aside`).trim().split("\n").map((line) =>
        JSON.parse(line)
      );
      assertEquals(aside[1], {
        step: 3,
        seconds: 100,
        scalars: { loss: "NaN", 'rate, "lr"': 1 },
        text: { note: "a\nb" },
      });
      assertEquals(
        Deno.readTextFileSync(`${folder}/steps.csv`),
        'step,seconds,loss,"rate, ""lr"""\n0,100,1,\n1,100,0.5,\n2,100,7,\n3,100,7,\n',
      );
      assertEquals(Deno.readTextFileSync(`${folder}/steps.csv.aside`), "2,100,0.3333333333333333,\n3,100,NaN,1\n");
      assertEquals(eventFiles(folder), []);
      return Promise.resolve();
    }),
);

Deno.test(
  "however much of a log a crash has cut off, whole records stay, and nothing that was written is lost",
  files,
  () =>
    inFolder((folder) => {
      const options = { events: false, jsonLines: true, csv: true };
      logged(`${folder}/whole`, losses(0, 4), options);
      const read = (path: string): string => {
        try {
          return Deno.readTextFileSync(path);
        } catch {
          return "";
        }
      };
      fc.assert(
        fc.property(
          fc.constantFrom("steps.jsonl", "steps.csv"),
          fc.double({ min: 0, max: 1, noNaN: true }),
          (name, part) => {
            const whole = read(`${folder}/whole/${name}`), cut = whole.slice(0, Math.round(part * whole.length));
            const own = `${folder}/${crypto.randomUUID()}`, path = `${own}/${name}`;
            Deno.mkdirSync(own);
            Deno.writeTextFileSync(path, cut);
            logged(own, losses(4, 6), options);
            const lines = read(path).split("\n").slice(0, -1), kept = cut.split("\n").slice(0, -1);
            assert(kept.every((line) => lines.includes(line)), "a whole line is missing");
            const torn = cut.slice(cut.lastIndexOf("\n") + 1);
            assert(
              torn === "" || lines.includes(torn) || read(`${path}.aside`) === `${torn}\n`,
              "the torn end is lost",
            );
            const steps = name === "steps.csv"
              ? lines.slice(1).map((line) => Number(line.split(",")[0]))
              : lines.map((line) => JSON.parse(line).step);
            assertEquals(steps.slice(-2), [4, 5]);
            if (name === "steps.csv") assertEquals(lines[0], "step,seconds,loss");
          },
        ),
        { numRuns: 60 },
      );
      return Promise.resolve();
    }),
);

Deno.test("a last line that lacks only its end is a record like any other", files, () =>
  inFolder((folder) => {
    const options = { events: false, jsonLines: true, csv: true }, path = `${folder}/steps.jsonl`;
    const picture = { step: 1, images: { x: ones([2, 3]) }, histograms: { h: [1, 2] } };
    logged(folder, [...losses(0, 1), picture], options);
    Deno.writeTextFileSync(path, Deno.readTextFileSync(path).slice(0, -1));
    logged(folder, losses(2, 3), options);
    const lines = Deno.readTextFileSync(path).split("\n").slice(0, -1).map((line) => JSON.parse(line));
    assertEquals(lines.map(({ step }) => step), [0, 1, 2]);
    assertEquals([lines[1].images.x, lines[1].histograms.h.count], [{ width: 3, height: 2, channels: 1 }, 2]);
    assertEquals([...Deno.readDirSync(folder)].map(({ name }) => name).sort(), ["steps.csv", "steps.jsonl"]);
    assertEquals(Deno.readTextFileSync(`${folder}/steps.csv`).split("\n").length, 4); // steps without scalars have no row
    return Promise.resolve();
  }));

Deno.test("lines that other programs have written into a log stay where they are", files, () =>
  inFolder((folder) => {
    Deno.writeTextFileSync(`${folder}/steps.jsonl`, 'not JSON\n{"step": 9}\n[1]\n');
    logged(folder, [{ step: 5, text: { note: "here" } }], { events: false, jsonLines: true, durable: true });
    const lines = Deno.readTextFileSync(`${folder}/steps.jsonl`).split("\n");
    assertEquals([lines.slice(0, 2), lines.length], [["not JSON", "[1]"], 4]);
    assertEquals(Deno.readTextFileSync(`${folder}/steps.jsonl.aside`), '{"step": 9}\n');
    return Promise.resolve();
  }));

Deno.test("runLog() refuses what cannot be logged before anything is written", files, () =>
  inFolder((folder) => {
    const own = `${folder}/none`,
      refused: readonly (readonly [unknown, RegExp])[] = [
        [{ step: -1 }, /^Cannot log the step -1: it must be a whole number of 0 or more; count the steps$/],
        [{ step: 0, scalar: { loss: 1 } }, /^Cannot log a step with "scalar": its parts are step, scalars,/],
        [{ step: 0, scalars: { loss: "low" } }, /^Cannot log the scalar "loss" "low": it must be a number/],
        [{ step: 0, scalars: [1] }, /^Cannot log scalars an array of 1: they must be a record of values by name/],
        [{ step: 0, scalars: { "a\nb": 1 } }, /names must have printable letters; choose another$/],
        [
          { step: 0, images: { x: ones([2]) } },
          /^Cannot log the image "x" of shape \[2\]: it must be \[height, width\]/,
        ],
        [{ step: 0, histograms: { x: 1 } }, /^Cannot log the histogram "x" of 1: it must be a tensor or an array/],
        [{ step: 0, text: { x: 1 } }, /^Cannot log the text "x" 1: it must be a string; format it$/],
        [{ step: 0, hyperparameters: { x: null } }, /^Cannot log the hyper-parameter "x" null: /],
        [null, /^Cannot log null: it must be a record with step/],
      ];
    for (const [step, message] of refused) {
      const { message: said } = assertThrows(() => logged(own, [step as LoggedStep]), TypeError);
      assertMatch(said, message);
    }
    assertThrows(() => Deno.statSync(own), Deno.errors.NotFound);
    assertThrows(() => runLog("", {}), TypeError, "it must be the path of a folder");
    assertThrows(() => runLog(own, { events: false }), TypeError, "one of them must be written");
    return Promise.resolve();
  }));

Deno.test(
  "runLog() refuses times that are none, and what no log has returned",
  files,
  () =>
    inFolder((folder) => {
      const wrong = (value: unknown): never => value as never;
      const own = `${folder}/none`, write = runLog(own, { csv: true });
      for (const now of [NaN, -1, Infinity, wrong("1"), wrong(1n)]) {
        assertThrows(
          () => logged(own, [{ step: 0 }], { now: () => now }),
          TypeError,
          "now must return seconds since 1970",
        );
      }
      for (const log of [3, {}]) {
        assertThrows(() => write(wrong(log), { step: 0 }), TypeError, "Cannot log a step after");
      }
      assertThrows(() => Deno.statSync(own), Deno.errors.NotFound);
      return Promise.resolve();
    }),
);

Deno.test(
  "numbers beyond float32 are logged, infinite in event files, and names that records have stay names",
  files,
  () =>
    inFolder((folder) => {
      const steps: readonly LoggedStep[] = [{ step: 0, scalars: { constructor: 1e300 } }, {
        step: 1,
        scalars: { loss: -1e39 },
      }];
      logged(folder, steps, { csv: true, jsonLines: true });
      const text = Deno.readTextFileSync(`${folder}/steps.csv`);
      assertEquals(text, "step,seconds,constructor,loss\n0,100,1e+300,\n1,100,,-1e+39\n");
      return Promise.resolve();
    }),
);

const PROGRAM = `import { runLog } from "LIBRARY/optim/watch/log/run_log.ts";
const write = runLog(process.argv[2], { csv: true, jsonLines: true, now: () => 100 });
console.log(write(write.initial, { step: 1, scalars: { loss: 0.5 } }).records);`;

for (const { name, path } of runtimes()) {
  Deno.test(`${name} writes the same logs as Deno`, programs, () =>
    inFolder(async (folder) => {
      const program = bundle(folder, PROGRAM);
      if (program === undefined) return;
      const { stdout } = await new Deno.Command(path, { args: [program, `${folder}/there`] }).output();
      assertEquals(new TextDecoder().decode(stdout), "1\n");
      logged(`${folder}/here`, [{ step: 1, scalars: { loss: 0.5 } }], { csv: true, jsonLines: true });
      for (const name of ["steps.csv", "steps.jsonl", ...eventFiles(`${folder}/here`)]) {
        assertEquals(Deno.readFileSync(`${folder}/there/${name}`), Deno.readFileSync(`${folder}/here/${name}`));
      }
    }));
}

Deno.test(
  "runLog() keeps scalars with the names of the table's own columns, or of methods",
  files,
  () =>
    inFolder(async (folder) => {
      logged(folder, [{ step: 0, scalars: { step: 5, seconds: 6, toString: 7 } }, { step: 1, scalars: { loss: 8 } }], {
        events: false,
        csv: true,
      });
      assertEquals(
        await Deno.readTextFile(`${folder}/steps.csv`),
        "step,seconds,scalars/step,scalars/seconds,toString,loss\n0,100,5,6,7,\n1,100,,,,8\n",
      );
    }),
);
