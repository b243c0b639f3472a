import { expect, test } from "bun:test";
import { createWaiters } from "../../src/http/api/waiters.ts";

test("long polls that are over leave their client as much room as it had", async () => {
  const waiters = createWaiters({ subscribe: () => () => true });
  const options = { timeoutMs: 0, disconnected: new AbortController().signal, allowed: async () => true };
  for (let time = 0; time < 3_000; time += 1) {
    const watch = waiters.watch("job", "client");
    if (time % 2 === 0) watch.end();
    else await watch.until(() => false, options);
  }
  expect([waiters.size, waiters.room("client")]).toEqual([0, true]);
  const longPolls = Array.from({ length: 1_000 }, () => waiters.watch("job", "client"));
  expect([waiters.size, waiters.room("client"), waiters.room("another")]).toEqual([1_000, false, true]);
  expect(() => waiters.watch("job", "client")).toThrow("has 1000 open long polls");
  for (const each of longPolls) each.end();
  expect(waiters.room("client")).toBe(true);
  waiters.close();
});
