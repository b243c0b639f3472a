import { linkTo } from "../address.ts";
import { STATUSES, StatusMark } from "../parts/status.tsx";
import { Since } from "../parts/time.tsx";
import type { Overview } from "../responses.ts";
import { number } from "../words.ts";

interface FiguresProps {
  readonly counts: Overview["counts"] | null;
  readonly oldestQueuedAt: string | null;
}

/** How many jobs there are of each status, each the way to them. */
export function Figures({ counts, oldestQueuedAt }: FiguresProps) {
  return (
    <ul class="figures" aria-label="Jobs by status">
      {STATUSES.map((status) => (
        <li key={status} class={counts !== null && counts[status] > 0 ? status : `${status} none`}>
          <a href={linkTo("jobs", { status })}>
            <StatusMark status={status} />
            <span class="big figure">{counts === null ? "–" : number(counts[status])}</span>
            <span class="second">
              {status === "queued" && oldestQueuedAt !== null && (
                <>
                  oldest <Since at={oldestQueuedAt} />
                </>
              )}
            </span>
          </a>
        </li>
      ))}
    </ul>
  );
}
