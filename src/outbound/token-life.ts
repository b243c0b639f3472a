/** Renewed so long before a token ends, or when a tenth of its life is left. */
const RENEW_BEFORE_MS = 5 * 60_000;
/**
 * A token is requested no more often, whatever lifetime its server states. One that is refused before is renewed at
 * once.
 */
const SHORTEST_USE_MS = 60_000;
const LONGEST_LIFE_S = 86_400;

/** Until when a token is used, in milliseconds from now. */
export interface TokenLife {
  /** From then on another is requested. */
  readonly renewInMs: number;
  /** Until then it is still used if no other is available. */
  readonly endsInMs: number;
}

/**
 * The one reading of `expires_in` (RFC 6749, section 5.1): seconds, as a number or a text. A server that gives none, or
 * one that cannot be a life (0, negative, words), gives a token of the usual life, or for a minute's use: were it taken
 * at its word, each call would request a token of its own.
 */
export function tokenLife(expiresIn: unknown, usualSeconds: number): TokenLife {
  const seconds = typeof expiresIn === "string" && expiresIn.trim() !== "" ? Number(expiresIn) : expiresIn;
  if (typeof seconds !== "number" || Number.isNaN(seconds)) return tokenLife(usualSeconds, usualSeconds);
  const lifeMs = 1_000 * Math.min(seconds, LONGEST_LIFE_S);
  if (lifeMs < 1_000) return { renewInMs: SHORTEST_USE_MS, endsInMs: SHORTEST_USE_MS };
  return { renewInMs: lifeMs - Math.min(RENEW_BEFORE_MS, lifeMs / 10), endsInMs: lifeMs };
}
