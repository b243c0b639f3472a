import { ApiError } from "./api-error.ts";
import type { Exchange } from "./exchange.ts";
import { messages } from "./messages.ts";

/** A PDF, as the service serves it. */
export interface Report {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Of its bytes, hex: the same as in the job's result. */
  readonly sha256: string;
  /** A name for it, such as "Manly NSW 2095 agents report 2026-11-24.pdf". */
  readonly fileName: string;
}

const TIMEOUT_MS = 5 * 60_000;

/** Downloads a PDF. One that came damaged or cut short is requested again, by the rules of the exchange. */
export function downloadReport(exchange: Exchange, path: string, signal?: AbortSignal): Promise<Report> {
  const call = { headers: { Accept: "application/pdf" }, timeoutMs: TIMEOUT_MS, resendable: true, signal };
  return exchange.send(path, call, async (response) => {
    const bytes = new Uint8Array(await response.arrayBuffer());
    const sha256 = hex(await crypto.subtle.digest("SHA-256", bytes));
    const expected = response.headers.get("etag")?.replaceAll('"', "");
    if (expected !== sha256) throw new ApiError(messages.damaged(response.url), { code: "unreachable", status: 0 });
    return { bytes, sha256, fileName: fileNameOf(response.headers.get("content-disposition") ?? "") };
  });
}

/** The name in UTF-8 (RFC 5987), never a path. */
function fileNameOf(disposition: string): string {
  const [, encoded = ""] = /filename\*=UTF-8''([^;]+)/i.exec(disposition) ?? [];
  const name = decodeURIComponent(encoded).replaceAll(/[/\\]/g, "_");
  return name === "" || /^\.+$/.test(name) ? "report.pdf" : name;
}

function hex(bytes: ArrayBuffer): string {
  return Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
