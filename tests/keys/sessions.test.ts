import { expect, test } from "bun:test";
import { join } from "node:path";
import { openSessionStore } from "../../src/keys/sessions.ts";
import { temporaryFolder } from "../e2e/binary.ts";

test("a session is over when its time is up", async () => {
  const store = openSessionStore({ path: join(temporaryFolder(), "sessions.db") });
  await store.keep("open", { keyId: "k", endsAt: Date.now() + 60_000 });
  // The last one: the next to be stored would tidy it away.
  await store.keep("over", { keyId: "k", endsAt: Date.now() - 1 });
  expect(store.find("over")).toBeNull();
  expect(store.find("open")?.keyId).toBe("k");
  store.close();
});
