import { expect, test } from "bun:test";
import { createCallbackSlots, type Receiver } from "../../../src/delivery/callbacks/slots.ts";

const to = (name: string, changes: Partial<Receiver> = {}): Receiver => ({
  url: `https://hook.eu1.make.com/${name}`,
  host: "hook.eu1.make.com",
  attempts: 0,
  ...changes,
});

test("an address gets two slots, and one while it fails", () => {
  const slots = createCallbackSlots();
  const leave = slots.take(to("a"));
  expect(slots.take(to("a"))).not.toBeNull();
  expect(slots.take(to("a"))).toBeNull();
  leave?.();
  expect(slots.take(to("a"))).not.toBeNull();
  slots.note(to("b").url, false);
  expect(slots.take(to("b"))).not.toBeNull();
  expect(slots.take(to("b"))).toBeNull();
});

test("a thousand receivers that fail, on one host or many, leave room for those that do not", () => {
  for (const host of [() => "hook.eu1.make.com", (at: number) => `host-${at}.example.com`]) {
    const slots = createCallbackSlots();
    const dead = (at: number) =>
      to(`dead-${at}`, { host: host(at), url: `https://${host(at)}/dead-${at}`, attempts: 3 });
    let waiting = 0;
    for (let at = 0; at < 1_000; at += 1) if (slots.take(dead(at)) !== null) waiting += 1;
    expect(waiting).toBe(16);
    expect(slots.take(to("new"))).not.toBeNull();
    slots.note(to("well").url, true);
    expect([slots.take(to("well")), slots.take(to("well"))]).not.toContain(null);
  }
});

test("a thousand receivers that never responded leave room for those that are known to", () => {
  const slots = createCallbackSlots();
  for (let at = 0; at < 16; at += 1) slots.note(to(`well-${at}`).url, true);
  for (let at = 0; at < 1_000; at += 1) slots.take(to(`new-${at}`));
  for (let at = 0; at < 1_000; at += 1) slots.take(to(`new-${at}`, { host: `host-${at}.example.com` }));
  for (let at = 0; at < 16; at += 1) expect(slots.take(to(`well-${at}`))).not.toBeNull();
  expect([slots.isFull(), slots.take(to("well-0"))]).toEqual([true, null]);
});

test("an address that took one is well again", () => {
  const slots = createCallbackSlots();
  slots.note(to("a").url, false);
  slots.note(to("a").url, true);
  expect([slots.take(to("a")), slots.take(to("a", { attempts: 2 }))]).not.toContain(null);
});
