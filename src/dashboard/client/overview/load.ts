import { ask } from "../api.ts";
import { onSync, overview } from "../live.ts";
import { complain } from "../parts/notices.tsx";
import type { Overview } from "../responses.ts";
import { seesAll } from "../viewer.ts";

/** Has the figures there before the first of them is told. Returns how to stop. */
export function loadOverview(): () => void {
  if (!seesAll) return () => {};
  const gone = new AbortController();
  const load = () =>
    ask<Overview>("api/overview", gone.signal).then(
      (figures) => {
        overview.value = figures;
      },
      (error) => {
        if (!gone.signal.aborted) complain(error);
      },
    );
  const stop = onSync(load);
  void load();
  return () => {
    gone.abort();
    stop();
  };
}
