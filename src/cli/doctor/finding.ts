/** What a check of one thing found. */
export interface Finding {
  readonly what: string;
  /** `warn`: it works, but see to it. `fail`: it does not, or will not. */
  readonly state: "ok" | "warn" | "fail";
  readonly found: string;
  /** What to do about it; nothing where all is well. */
  readonly advice?: string;
}

export function ok(what: string, found: string): Finding {
  return { what, state: "ok", found };
}

export function warn(what: string, found: string, advice: string): Finding {
  return { what, state: "warn", found, advice };
}

export function fail(what: string, found: string, advice: string): Finding {
  return { what, state: "fail", found, advice };
}
