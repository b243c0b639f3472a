/** The client's errors: what happened, then what to do. A change of wording is a change here. */
export const messages = {
  stillRunning: (id: string, stage: string, seconds: number) => `job ${id} is still ${stage} after ${seconds} s`,
  unusableKey: (why: string) =>
    `an Idempotency-Key must have 1 to 255 printable ASCII characters; ${why}. Nothing was sent.`,
  keyTooLong: (length: number) => `this one has ${length}`,
  keyEmpty: "this one is empty",
  keyCharacters: (key: string) => `${key} contains others, such as a line end, an accent or a space at either end`,
  notJson: (url: string) => `${url} did not respond with JSON: is it agentlink?`,
  notEvents: (url: string) => `${url} did not respond with events: is it agentlink?`,
  respondedWith: (url: string, status: number, text: string) => `${url} responded with ${status}${text}`,
  noEvents: "the service has sent nothing for too long",
  noResponse: (seconds: number) => `no response within ${seconds} s`,
  unreachable: (url: string, reason: string) => `no service responds at ${url} (${reason})`,
  badKey:
    "the key contains characters that a header must not have, such as a line end: copy it again. Nothing was sent.",
  damaged: (url: string) => `${url} arrived damaged: its hash differs from the one that the service sent`,
} as const;
