import { assertEquals, assertThrows } from "@std/assert";
import { runLog } from "../../../../optim/watch/log/run_log.ts";
import { files, inFolder } from "../../../programs.ts";

Deno.test(
  "runLog() refuses a step before the last one, and writes nothing of it",
  files,
  () =>
    inFolder(async (folder) => {
      const write = runLog(folder, { events: false, jsonLines: true, now: () => 1 });
      const log = [5, 5, 6].reduce((log, step) => write(log, { step, scalars: { loss: 1 } }), write.initial);
      assertThrows(
        () => write(log, { step: 3, scalars: { loss: 1 } }),
        TypeError,
        "Cannot log step 3 after step 6: steps must not decrease; to do steps again, go on from write.initial",
      );
      assertEquals((await Deno.readTextFile(`${folder}/steps.jsonl`)).trim().split("\n").length, 3);
    }),
);
