import { useEffect, useRef, useState } from "preact/hooks";
import { get, Refusal } from "./api.ts";
import { onSync } from "./live.ts";

export interface UsedResponse<Response> {
  /** Also after a later read failed, and while another path is read; null before the first. */
  readonly found: Response | null;
  /** Why the last read failed, or null. */
  readonly refusal: Refusal | null;
  readonly refresh: () => void;
}

const NEVER = () => () => {};

/**
 * What the service has at a path, read again whenever the connection was made again, and when `watch` calls; `watch`
 * returns how to stop that. Nothing is read where the path is null.
 */
export function useResponse<Response>(
  path: string | null,
  watch: (read: () => void) => () => void = NEVER,
): UsedResponse<Response> {
  const [found, setFound] = useState<Response | null>(null);
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const latest = useRef(() => {});
  useEffect(() => {
    if (path === null) return;
    const controller = new AbortController();
    let begun = 0;
    let shown = 0;
    const read = async () => {
      begun += 1;
      const own = begun;
      const outcome = await get<Response>(path, controller.signal).then(
        (response) => ({ response }),
        (error) => ({ refused: error instanceof Refusal ? error : new Refusal(0, String(error)) }),
      );
      // Responses overtake each other: an older state would stay for as long as nothing changes.
      if (controller.signal.aborted || own < shown) return;
      shown = own;
      setRefusal("refused" in outcome ? outcome.refused : null);
      if ("response" in outcome) setFound(outcome.response);
    };
    const again = () => void read();
    latest.current = again;
    const stops = [onSync(again), watch(again)];
    again();
    return () => {
      controller.abort();
      for (const stop of stops) stop();
    };
  }, [path]);
  return { found, refusal, refresh: () => latest.current() };
}
