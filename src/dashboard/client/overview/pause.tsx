import { overview, pausedForAll } from "../live.ts";
import { pause, resume } from "../operations.tsx";
import { PauseIcon, PlayIcon } from "../parts/icons.tsx";
import { Ago } from "../parts/time.tsx";
import { mayOperate } from "../viewer.ts";
import { who } from "../words.ts";
import { messages } from "./messages.tsx";

/** On every page while it lasts: a paused queue is easily taken for a broken one. */
export function PausedBanner() {
  const paused: { readonly since: string; readonly by?: string } | null =
    overview.value === null ? pausedForAll.value : overview.value.paused;
  if (paused === null) return null;
  return (
    <div class="banner" role="status">
      <PauseIcon />
      <span>
        <strong>{messages.queuePaused}</strong>
        {paused.by !== undefined && <> by {who(paused.by)}</>}
        {messages.pausedConsequence(<Ago at={paused.since} />)}
      </span>
      {mayOperate && (
        <button type="button" class="button small" onClick={resume}>
          <PlayIcon />
          Resume
        </button>
      )}
    </div>
  );
}

export function PauseButton() {
  if (!mayOperate || overview.value === null || overview.value.paused !== null) return null;
  return (
    <button type="button" class="button" onClick={pause}>
      <PauseIcon />
      Pause the queue
    </button>
  );
}
