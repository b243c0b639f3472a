import { signal } from "@preact/signals";
import { at } from "./address.ts";
import { messages } from "./messages.ts";
import { readVisible } from "./visible.ts";

interface RefusedField {
  readonly path?: string;
  readonly parameter?: string;
  readonly message: string;
}

/** The service refused, or did not respond. The message is for people. */
export class Refusal extends Error {
  /** 0 where there was no response. */
  readonly status: number;
  /** What is wrong, by the field it is wrong with, such as "/callback_url"; of a batch by its request. */
  readonly problems: readonly (RefusedField & {
    readonly index?: number;
    readonly problems?: readonly RefusedField[];
  })[];
  /** What kind of a problem it is, such as "bad_rows"; "" if unknown. */
  readonly code: string;
  /** Particulars, such as the nearest suburbs. */
  readonly details: Readonly<Record<string, unknown>>;

  constructor(status: number, message: string, { code = "", problems = [], details = {} }: Partial<RefusalBody> = {}) {
    super(message);
    this.status = status;
    this.code = code;
    this.problems = problems;
    this.details = details;
  }
}

interface RefusalBody {
  readonly code: string;
  readonly detail: string;
  readonly problems: Refusal["problems"];
  readonly details: Refusal["details"];
}

/** The session is over, or its key was revoked: nothing more comes until one signs in again. */
export const signedOut = signal(false);

/** Reads from the service. @throws Refusal. */
export async function get<T>(path: string, signal?: AbortSignal): Promise<T> {
  return await call<T>(path, { signal: signal ?? null });
}

/** Has the service do something. @throws Refusal. */
export async function post<T>(
  path: string,
  body?: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<T> {
  return await call<T>(path, {
    method: "POST",
    headers: body === undefined ? headers : { ...headers, "Content-Type": "application/json" },
    body: body === undefined ? null : JSON.stringify(body),
  });
}

/** Has the service remove something. @throws Refusal. */
export async function remove<T>(path: string): Promise<T> {
  return await call<T>(path, { method: "DELETE" });
}

/** Puts a JSON document at its address. @throws Refusal. */
export async function put<T>(path: string, body: unknown): Promise<T> {
  const headers = { "Content-Type": "application/json" };
  return await call<T>(path, { method: "PUT", headers, body: JSON.stringify(body) });
}

/** Changes a part of something. @throws Refusal. */
export async function patch<T>(path: string, body: unknown): Promise<T> {
  const headers = { "Content-Type": "application/json" };
  return await call<T>(path, { method: "PATCH", headers, body: JSON.stringify(body) });
}

/** Sends a file as it is: the service detects what it contains. @throws Refusal. */
export async function sendFile<T>(path: string, file: Blob, signal: AbortSignal): Promise<T> {
  const headers = { "Content-Type": "application/octet-stream" };
  return await call<T>(path, { method: "POST", headers, body: file, signal });
}

async function call<T>(path: string, init: RequestInit): Promise<T> {
  let response: Response;
  try {
    response = await fetch(at(path), init);
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new Refusal(0, messages.noResponse);
  }
  if (response.ok) return readVisible<T>(await response.text());
  if (response.status === 401) signedOut.value = true;
  const problem = await response
    .text()
    .then(readVisible<Partial<RefusalBody>>)
    .catch((): Partial<RefusalBody> => ({}));
  const detail =
    problem.code === "internal" ? messages.internalError(response.headers.get("X-Request-Id")) : problem.detail;
  throw new Refusal(response.status, detail ?? messages.respondedWith(response.status), problem);
}
