/** What a key may do, each with all before it: see its client's jobs, ask for and change them, everything of everybody. */
export const SCOPES = ["read", "submit", "admin"] as const;
export type Scope = (typeof SCOPES)[number];

/** Whether a key of one scope may do what needs the other. */
export function covers(has: Scope, needed: Scope): boolean {
  return SCOPES.indexOf(has) >= SCOPES.indexOf(needed);
}
