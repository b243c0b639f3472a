/**
 * What a key may do. metrics: read /metrics, nothing else. read: see its client's jobs. viewer: see everything of
 * all clients, and change nothing. submit: see its client's jobs, request reports and change them. admin: everything.
 */
export const SCOPES = ["metrics", "read", "viewer", "submit", "admin"] as const;
export type Scope = (typeof SCOPES)[number];

const COVERED: Readonly<Record<Scope, readonly Scope[]>> = {
  metrics: ["metrics"],
  read: ["read"],
  viewer: ["viewer", "read", "metrics"],
  submit: ["submit", "read"],
  admin: SCOPES,
};

/** Whether a key of one scope may do what needs the other. They are no ladder: a viewer sees more than submit, and may do less. */
export function covers(has: Scope, needed: Scope): boolean {
  return COVERED[has].includes(needed);
}
