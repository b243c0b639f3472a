import { randomBytes } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { asFailure, Failure } from "../../failure.ts";

/** As Standard Webhooks write a secret: "whsec_" and 24 to 64 bytes of base64. */
export function isCallbackSecret(text: string): boolean {
  if (!/^whsec_[A-Za-z0-9+/]+={0,2}$/.test(text)) return false;
  const { length } = Buffer.from(text.slice("whsec_".length), "base64");
  return length >= 24 && length <= 64;
}

export function newCallbackSecret(): string {
  return `whsec_${randomBytes(32).toString("base64")}`;
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
    throw new Failure("callback_secret", `${path} cannot be read or written: ${asFailure(error).message}`, {
      cause: error,
    });
  }
  throw new Failure("callback_secret", `${path} holds no secret: remove it, and a new one is made at the next start`);
}
