import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";

const ROOT = resolve(import.meta.dir, "../..");

/** What lives as long as the service does. */
const LONG_LIVED = [
  "src/pipeline/pipeline.ts",
  "src/http/api/events/feed.ts",
  "src/http/api/events/listeners.ts",
  "src/http/server/server.ts",
  "src/delivery/callbacks/sender.ts",
  "src/queue/sqlite/database.ts",
  "src/queue/sqlite/queue.ts",
  "src/queue/redis/queue.ts",
  "src/outbound/circuit-breaker.ts",
  "src/import/inbox.ts",
  "src/report/sources/domain/client.ts",
];

describe("the state of a long-lived part", () => {
  test.each(LONG_LIVED)(
    "%s: each field that changes says who writes it, by the name of a function of the file",
    (file) => {
      const text = readFileSync(join(ROOT, file), "utf8");
      const [body = ""] = /^export (async )?function \w+[\s\S]+?\n}\n/m.exec(text.replaceAll(/\n {4,}let /g, "")) ?? [];
      const fields = [...body.matchAll(/(\/\*\*(?:(?!\*\/)[\s\S])*\*\/)?\n {2}let (\w+)/g)];
      for (const [, comment = "", field = ""] of fields.filter(([, , name]) => name !== "server")) {
        const [, writers = ""] = /ritten by ([\s\S]*)/.exec(comment) ?? [];
        const names = [...writers.matchAll(/`(\w+)`/g)].map(([, name = ""]) => name);
        expect([field, names.length > 0]).toEqual([field, true]);
        for (const name of names) {
          const isThere = new RegExp(`function ${name}\\b|\\b${name}\\(.*\\{$|\\b${name}: .*=>`, "m").test(text);
          expect([field, name, isThere]).toEqual([field, name, true]);
        }
      }
    },
  );
});
