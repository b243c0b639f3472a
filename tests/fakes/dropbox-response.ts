/** JSON, as it goes over the wire. */
export type Body = Record<string, unknown>;

/** A response of the fake Dropbox; thrown where it is a refusal. */
export class FakeResponse extends Error {
  readonly status: number;
  readonly body: Body | string | null;
  readonly headers: Record<string, string>;

  constructor(status: number, body: Body | string | null, headers: Record<string, string> = {}) {
    super(`${status}`);
    this.status = status;
    this.body = body;
    this.headers = headers;
  }
}

/** An endpoint's own error: status 409 and a union, with the summary Dropbox makes of its tags. */
export function refusal(summary: string, error: Body, status = 409): FakeResponse {
  return new FakeResponse(status, { error_summary: `${summary}/..`, error });
}
