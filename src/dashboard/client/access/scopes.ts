import type { ShownKey } from "../responses.ts";

/** What each scope lets its holder do, in a few words. */
export const SCOPE_WORDS: Readonly<Record<ShownKey["scope"], string>> = {
  submit: "Requests reports; sees and changes its own jobs",
  read: "Sees its own jobs",
  viewer: "Sees the jobs of all clients, changes nothing",
  admin: "Everything",
  metrics: "Reads only /metrics, for Prometheus",
};
