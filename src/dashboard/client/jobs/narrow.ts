import { useEffect, useState } from "preact/hooks";

/** The same as in the styles. */
const NARROW = "(max-width: 719px)";

/** Whether the window is as narrow as a phone. */
export function useNarrow(): boolean {
  const [narrow, set] = useState(() => matchMedia(NARROW).matches);
  useEffect(() => {
    const query = matchMedia(NARROW);
    const changed = () => set(query.matches);
    query.addEventListener("change", changed);
    return () => query.removeEventListener("change", changed);
  }, []);
  return narrow;
}
