import { resolve } from "node:path";
import { parseRate, type Rate } from "../access/rate.ts";
import { isCallbackSecret } from "../delivery/callbacks/secret.ts";
import { refusedName, rootFolder } from "../delivery/dropbox/path.ts";
import { createAddressGuard } from "../outbound/address.ts";
import { parseRedisAddress } from "../redis/address.ts";
import type { Config } from "./config.ts";
import { messages } from "./messages.ts";

/** Reads a value, or throws an error that states what it must be. */
export type Parse<T> = (text: string) => T;

/** One setting: its variable is AGENTLINK_<NAME>, its flag --<name>. */
export interface Setting<T> {
  readonly variable: string;
  readonly flag: string;
  readonly value: string;
  readonly description: string;
  readonly fallback: string;
  readonly secret?: boolean;
  readonly parse: Parse<T>;
}

/** Settings by the name of the field of the configuration. */
export type SettingsGroup = { readonly [K in keyof Config]?: Setting<Config[K]> };

/** Describes a setting of this name; `fallback` is read as if it had been given. */
export function setting<T>(
  name: string,
  value: string,
  fallback: string,
  description: string,
  parse: Parse<T>,
  secret = false,
): Setting<T> {
  const flag = `--${name.toLowerCase().replaceAll("_", "-")}`;
  return { variable: `AGENTLINK_${name}`, flag, value, description, fallback, parse, secret };
}

export function nonEmpty(text: string): string {
  if (text === "") throw new Error(messages.notEmpty);
  return text;
}

/** Null for "off". */
export function keyRate(text: string): Rate | null {
  if (text === "off") return null;
  try {
    return parseRate(text);
  } catch {
    throw new Error(messages.rateOrOff);
  }
}

export function absoluteUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !["http:", "https:"].includes(url.protocol)) throw new Error(messages.httpAddress);
  return url.href;
}

/** Addresses with commas between; printed without a value that may be confidential. */
export function mailAddresses(text: string): readonly string[] {
  const addresses = text.split(",").flatMap((each) => each.trim() || []);
  if (addresses.some((each) => !/^[^\s@<>"(),;:\\]{1,64}@[^\s@<>"(),;:\\]{1,255}$/.test(each)))
    throw new Error(messages.mailAddresses);
  return addresses;
}

/** Described without the value, which contains a password. */
export function smtpUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !["smtp:", "smtps:"].includes(url.protocol) || url.hostname === "")
    throw new Error(messages.smtpAddress);
  return text;
}

export function callbackSecret(text: string): string {
  if (!isCallbackSecret(text)) throw new Error(messages.signingSecret);
  return text;
}

export function clientKey(text: string): string {
  if (!/^[\x21-\x7e]+$/.test(text)) throw new Error(messages.key);
  return text;
}

/** Stored as it is written: parsed, its braces would be encoded. */
export function sourceUrl(text: string): string {
  const [, host = ""] = /^https?:\/\/([^/?#]+)/i.exec(text) ?? [];
  if (host === "" || !URL.canParse(text)) throw new Error(messages.httpAddress);
  if (host.includes("{")) throw new Error(messages.placeholdersInPath);
  const unknown = text.match(/\{[^}]*\}/g)?.find((each) => !/^\{(suburb|state|postcode)\}$/.test(each));
  if (unknown !== undefined) throw new Error(messages.otherPlaceholder(unknown));
  if (!text.includes("{suburb}")) throw new Error(messages.suburbPlaceholder);
  return text;
}

export function headers(text: string): Readonly<Record<string, string>> {
  try {
    const given: unknown = JSON.parse(text);
    if (typeof given === "object" && given !== null && !Array.isArray(given)) {
      const entries = Object.entries(given);
      new Headers(entries);
      if (entries.every(([, value]) => typeof value === "string")) return Object.fromEntries(entries);
    }
  } catch {
    // Described below: the wrong value may be the secret itself.
  }
  throw new Error(messages.headers);
}

export function hosts(text: string): readonly string[] {
  const list = text.split(",").flatMap((host) => host.trim() || []);
  createAddressGuard({ allowHosts: list, allowHttp: false });
  return list;
}

export function redisUrl(text: string): string {
  parseRedisAddress(text);
  return text;
}

export function redisPrefix(text: string): string {
  if (!/^[\w.-]{1,64}$/.test(text)) throw new Error(messages.prefix);
  return text;
}

export function path(text: string): string {
  return resolve(nonEmpty(text));
}

export function integer(minimum: number, maximum: number): Parse<number> {
  return (text) => {
    const number = Number(text);
    if (!/^\d+$/.test(text) || number < minimum || number > maximum)
      throw new Error(messages.wholeNumber(minimum, maximum));
    return number;
  };
}

export function auto<T>(parse: Parse<T>): Parse<T | null> {
  return (text) => (text === "auto" ? null : parse(text));
}

export function optional<T>(parse: Parse<T>): Parse<T | null> {
  return (text) => (text === "" ? null : parse(text));
}

export function oneOf<const T extends string>(...words: readonly T[]): Parse<T> {
  return (text) => {
    const word = words.find((candidate) => candidate === text);
    if (word === undefined) throw new Error(messages.oneOf(words));
    return word;
  };
}

/** Some of the words, each once, with commas between them. */
export function listOf<const T extends string>(...words: readonly T[]): Parse<readonly T[]> {
  return (text) => {
    const chosen = text.split(",").map((part) => words.find((word) => word === part.trim()));
    const known = chosen.filter((word) => word !== undefined);
    if (known.length !== chosen.length || new Set(known).size !== known.length)
      throw new Error(messages.someOf(words.join(", ")));
    return known;
  };
}

/** A key or token: it goes into a header. Described without the value, which may be a secret. */
export function printable(text: string): string {
  if (!/^[\x20-\x7e]*$/.test(text)) throw new Error(messages.printable);
  return text;
}

/** The names that AWS has ever given out; "" where no bucket is used. */
export function s3Bucket(text: string): string {
  if (text !== "" && !/^[A-Za-z0-9][A-Za-z0-9._-]{1,253}[A-Za-z0-9]$/.test(text)) throw new Error(messages.bucketName);
  return text;
}

export function s3Region(text: string): string {
  if (!/^[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?$/.test(text)) throw new Error(messages.regionName);
  return text;
}

/** An http(s) address without what a service's address never has. */
export function serviceUrl(text: string): string {
  const url = new URL(httpUrl(text));
  if (url.username !== "" || url.password !== "") throw new Error(messages.withoutCredentials);
  if (url.search !== "" || url.hash !== "") throw new Error(messages.withoutQuery);
  return httpUrl(text);
}

/** Folders below a target's top, with slashes between them. */
export function folderPath(text: string): string {
  if (/\p{Cc}/u.test(text)) throw new Error(messages.withoutControls);
  if (text.split(/[/\\]+/).some((name) => /^\.{1,2}$/.test(name.trim()))) throw new Error(messages.withoutDots);
  return text;
}

/** The same, of characters that Dropbox takes. */
export function dropboxFolderPath(text: string): string {
  if (/[\u{10000}-\u{10ffff}]/u.test(text)) throw new Error(messages.withoutEmoji);
  const path = folderPath(text);
  for (const name of rootFolder(text).split("/")) {
    const why = refusedName(name);
    if (why !== null) throw new Error(messages.otherFolderName(name.slice(0, 40), why));
  }
  return path;
}

/** A space of Dropbox: the team's, or one by its number. */
export function namespace(text: string): string {
  if (!/^(team|\d+)$/.test(text)) throw new Error(messages.namespace);
  return text;
}

/** Whose clocks times are shown by: null for the machine's, "suburb" for those of a report's locality, or a zone. */
export function timeZoneChoice(text: string): string | null {
  if (text === "suburb") return text;
  return text === "" || text === "local" ? null : timeZone(text);
}

export function timeZone(text: string): string {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: text }).resolvedOptions().timeZone;
  } catch {
    throw new Error(messages.timeZone);
  }
}

export function yesNo(text: string): boolean {
  if (/^(yes|true|on|1)$/i.test(text)) return true;
  if (/^(no|false|off|0)$/i.test(text)) return false;
  throw new Error(messages.yesOrNo);
}

export function httpUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !["http:", "https:"].includes(url.protocol)) throw new Error(messages.httpAddress);
  return url.href.replace(/\/$/, "");
}

const UNIT_MS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const UNIT_BYTES = {
  "": 1,
  k: 1e3,
  m: 1e6,
  g: 1e9,
  t: 1e12,
  ki: 2 ** 10,
  mi: 2 ** 20,
  gi: 2 ** 30,
  ti: 2 ** 40,
} as const;

/** As `duration` reads it, in the largest unit that needs no fraction: "90s", "10m", "30d". */
export function formatDuration(ms: number): string {
  const units = Object.entries(UNIT_MS).toSorted(([, a], [, b]) => b - a);
  const [unit = "ms", size = 1] = units.find(([, each]) => ms % each === 0 && ms >= each) ?? [];
  return `${ms / size}${unit}`;
}

export function duration(minimumMs: number): Parse<number> {
  return (text) => {
    const match = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(text);
    if (match === null) throw new Error(messages.duration);
    const ms = Number(match[1]) * UNIT_MS[match[2] as keyof typeof UNIT_MS];
    if (ms < minimumMs) throw new Error(messages.atLeast(formatDuration(minimumMs)));
    return Math.round(ms);
  };
}

export function size(minimumBytes: number): Parse<number> {
  return (text) => {
    const match = /^(\d+(?:\.\d+)?)\s*([kmgt]i?)?b?$/i.exec(text);
    if (match === null) throw new Error(messages.size);
    const bytes = Number(match[1]) * UNIT_BYTES[(match[2] ?? "").toLowerCase() as keyof typeof UNIT_BYTES];
    if (bytes < minimumBytes) throw new Error(messages.atLeastMegabytes(minimumBytes / 1e6));
    return Math.round(bytes);
  };
}
