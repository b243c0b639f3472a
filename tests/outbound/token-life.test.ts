import { expect, test } from "bun:test";
import { tokenLife } from "../../src/outbound/token-life.ts";

const MINUTE = 60_000;

test.each([
  [43_200, 715 * MINUTE, 720 * MINUTE],
  ["43200", 715 * MINUTE, 720 * MINUTE],
  [600, 9 * MINUTE, 10 * MINUTE],
  [10, 9_000, 10_000],
  [0, MINUTE, MINUTE],
  [-5, MINUTE, MINUTE],
  [0.2, MINUTE, MINUTE],
  [Number.POSITIVE_INFINITY, 1_435 * MINUTE, 1_440 * MINUTE],
  [undefined, 235 * MINUTE, 240 * MINUTE],
  [null, 235 * MINUTE, 240 * MINUTE],
  ["", 235 * MINUTE, 240 * MINUTE],
  ["soon", 235 * MINUTE, 240 * MINUTE],
])(
  "a token with expires_in %p is renewed before it ends, and never for each call",
  (expiresIn, renewInMs, endsInMs) => {
    expect(tokenLife(expiresIn, 14_400)).toEqual({ renewInMs, endsInMs });
  },
);
