// Reads a response of Domain, or whatever came instead of it.

import { Failure } from "../../../failure.ts";
import type { OutboundResponse } from "../../../outbound/outbound.ts";
import { messages } from "../messages.ts";
import type { CallKind } from "./endpoints.ts";

/**
 * The JSON of a response with the status 200. What cannot be read is half a response, or the page or the error of a proxy:
 * worth another send. @throws Failure "domain_answer", transient.
 */
export function parse(body: string, kind: CallKind): unknown {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch (cause) {
    const what = /^\s*</.test(body) ? "HTML and no JSON" : "no whole JSON";
    throw new Failure("domain_answer", `its response is ${what}`, { transient: true, cause });
  }
  if (isShaped(value, kind)) return value;
  const stated = detailOf(body);
  throw new Failure("domain_answer", messages.unexpectedJson(stated === "" ? "" : `: ${stated}`), {
    transient: true,
  });
}

/** What error documents of gateways have; a response of Domain's has more. */
const OF_ERRORS = new Set(
  "message error errors error_description title detail status statuscode code type instance traceid requestid timestamp path success".split(
    " ",
  ),
);

/**
 * Whether a search is one, and anything else more than an error document with the status 200: that must not be stored
 * for a suburb without sales. What a report uses is read field by field, and may lack any.
 */
function isShaped(value: unknown, kind: CallKind): boolean {
  if (kind === "listings" || Array.isArray(value)) return Array.isArray(value) && !kind.startsWith("sold");
  if (typeof value !== "object" || value === null) return !kind.startsWith("sold");
  const names = Object.keys(value);
  if (kind.startsWith("sold")) return names.includes("results") || names.includes("totalResults");
  return names.length === 0 || names.some((name) => !OF_ERRORS.has(name.toLowerCase()));
}

/** None is followed: credentials are for one host. */
export function isRedirect(status: number): boolean {
  return status >= 300 && status < 400;
}

/** The signs of a proxy's page, whatever the status. */
export function isHtml({ headers, body }: OutboundResponse): boolean {
  return /html/i.test(headers.get("content-type") ?? "") || /^\s*</.test(body);
}

/** The text of a problem document, for a person. */
export function detailOf(body: string): string {
  try {
    const { detail, title, message } = JSON.parse(body) as Record<string, unknown>;
    const stated = [detail, title, message].find((each) => typeof each === "string" && each !== "");
    return String(stated ?? "").slice(0, 200);
  } catch {
    return "";
  }
}
