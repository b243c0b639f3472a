import { expect, test } from "bun:test";
import {
  isCallbackSecret,
  newCallbackSecret,
  rotatedSecret,
  signingSecrets,
} from "../../../src/delivery/callbacks/secret.ts";

const DAY_MS = 24 * 3_600_000;

test("the secret of before signs for a day after it was replaced, and no longer; of two rotations the latest two count", () => {
  const at = new Date("2026-07-01T09:00:00.000Z");
  const later = (ms: number) => new Date(at.getTime() + ms);
  const first = newCallbackSecret();
  expect(signingSecrets(first, at)).toEqual([first]);
  const once = rotatedSecret(first, at);
  const [second = ""] = signingSecrets(once, at);
  expect(isCallbackSecret(second)).toBe(true);
  expect(signingSecrets(once, later(DAY_MS - 1))).toEqual([second, first]);
  expect(signingSecrets(once, later(DAY_MS))).toEqual([second]);
  const twice = rotatedSecret(once, later(1));
  expect(signingSecrets(twice, later(2)).slice(1)).toEqual([second]);
});

test("a setting may name the new secret and the old one", () => {
  const [a, b] = [newCallbackSecret(), newCallbackSecret()];
  expect(signingSecrets(`${a}  ${b}`, new Date())).toEqual([a, b]);
  for (const good of [a, `${a} ${b}`]) expect(isCallbackSecret(good)).toBe(true);
  for (const bad of ["", `${a} `, `${a} word`, Array(5).fill(a).join(" "), `${a};until=2026-01-01T00:00:00.000Z`])
    expect(isCallbackSecret(bad)).toBe(false);
});
