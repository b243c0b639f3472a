import { expect, test } from "bun:test";
import { Failure } from "../../src/failure.ts";
import { createReach } from "../../src/observability/reach.ts";

const SECOND_MS = 1_000;

/** What is reached, or not, at times that are set. */
function world() {
  let at = 0;
  const reach = createReach(() => at);
  return {
    reach,
    pass: (ms: number) => {
      at += ms;
    },
    fail: (failure: Failure) => reach.attempt(() => Promise.reject(failure)).catch(() => {}),
    work: () => reach.attempt(async () => "done"),
  };
}
const away = new Failure("unreachable", "no route", { transient: true });

test("what is reached is not failing, and neither is what was not attempted", async () => {
  const { reach, pass, work } = world();
  expect(reach.failingMs()).toBe(0);
  await work();
  pass(60 * SECOND_MS);
  expect(reach.failingMs()).toBe(0);
});

test("an outage counts from the first attempt that failed, until one comes through", async () => {
  const { reach, pass, fail, work } = world();
  await fail(away);
  pass(60 * SECOND_MS);
  await fail(away);
  pass(SECOND_MS);
  expect(reach.failingMs()).toBe(61 * SECOND_MS);
  await work();
  expect(reach.failingMs()).toBe(0);
});

test("an attempt that hangs counts from its beginning, or from the latest one that came through since", async () => {
  const { reach, pass, work } = world();
  const hanging = Promise.withResolvers<string>();
  const attempt = reach.attempt(() => hanging.promise);
  pass(200 * SECOND_MS);
  expect(reach.failingMs()).toBe(200 * SECOND_MS);
  await work();
  pass(5 * SECOND_MS);
  expect(reach.failingMs()).toBe(5 * SECOND_MS);
  hanging.resolve("at last");
  await attempt;
  expect(reach.failingMs()).toBe(0);
});

test("a refusal of the job itself shows that the other side is there; one that was called off shows nothing", async () => {
  const { reach, pass, fail } = world();
  await fail(away);
  pass(10 * SECOND_MS);
  await fail(new Failure("cancelled", "the job was cancelled", { transient: true }));
  expect(reach.failingMs()).toBe(10 * SECOND_MS);
  await fail(new Failure("delivery_path", "no such path"));
  expect(reach.failingMs()).toBe(0);
});

test("a response can say that the other side is away", async () => {
  const { reach, pass } = world();
  expect(
    await reach.attempt(
      async () => 503,
      (status) => status >= 500,
    ),
  ).toBe(503);
  pass(SECOND_MS);
  expect(reach.failingMs()).toBe(SECOND_MS);
});

test("what was not attempted for half an hour is not known to fail", async () => {
  const { reach, pass, fail } = world();
  await fail(away);
  pass(29 * 60 * SECOND_MS);
  expect(reach.failingMs()).toBeGreaterThan(0);
  pass(2 * 60 * SECOND_MS);
  expect(reach.failingMs()).toBe(0);
});
