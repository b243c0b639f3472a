import { randomBytes } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { asFailure, Failure } from "../../failure.ts";
import { messages } from "../messages.ts";

/** Each of them is a signature in each callback. */
const MOST_SECRETS = 4;

/**
 * As Standard Webhooks write a secret: "whsec_" and 24 to 64 bytes of base64; or several, the new one first, where it is
 * just being replaced.
 */
export function isCallbackSecret(text: string): boolean {
  const parts = text.split(/\s+/);
  return parts.length <= MOST_SECRETS && parts.every(isOneSecret);
}

function isOneSecret(text: string): boolean {
  if (!/^whsec_[A-Za-z0-9+/]+={0,2}$/.test(text)) return false;
  const { length } = Buffer.from(text.slice("whsec_".length), "base64");
  return length >= 24 && length <= 64;
}

export function newCallbackSecret(): string {
  return `whsec_${randomBytes(32).toString("base64")}`;
}

/** How long the previous secret also signs, so that receivers have the time to install the new one. */
const OVERLAP_MS = 24 * 3_600_000;

/**
 * The secrets that sign at this time, the current one first, of a text as it is stored: several are separated by blanks,
 * and one that is being replaced has "until=" and a time after a semicolon.
 */
export function signingSecrets(text: string, at: Date): readonly string[] {
  const found = text
    .trim()
    .split(/\s+/)
    .map((each) => each.split(";until="));
  return found.flatMap(([secret = "", until]) =>
    until === undefined || Date.parse(until) > at.getTime() ? [secret] : [],
  );
}

/** A new secret, and beside it the current one for a day more. */
export function rotatedSecret(stored: string, at: Date): string {
  const [current] = signingSecrets(stored, at);
  const until = new Date(at.getTime() + OVERLAP_MS).toISOString();
  return current === undefined ? newCallbackSecret() : `${newCallbackSecret()} ${current};until=${until}`;
}

/**
 * The secret this installation made for itself, in a file that only its user can read; made where there is none, so
 * that no callback ever goes out unsigned.
 * @throws Failure "callback_secret" where the file cannot be read, written or understood.
 */
export async function ownCallbackSecret(path: string): Promise<{ readonly secret: string; readonly made: boolean }> {
  try {
    const made = await writeFile(path, `${newCallbackSecret()}\n`, {
      flag: "wx",
      mode: 0o600,
    }).then(
      () => true,
      (error) => {
        if (error instanceof Error && "code" in error && error.code === "EEXIST") return false;
        throw error;
      },
    );
    const secret = (await readFile(path, "utf8")).trim();
    if (isCallbackSecret(secret)) return { secret, made };
  } catch (error) {
    throw new Failure("callback_secret", messages.secretUnreadable(path, asFailure(error).message), {
      cause: error,
    });
  }
  throw new Failure("callback_secret", messages.secretMissing(path));
}
