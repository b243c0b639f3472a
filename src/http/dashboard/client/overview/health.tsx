import type { ComponentChildren } from "preact";
import type { Overview } from "../answers.ts";
import { AlertIcon, CompletedIcon } from "../parts/icons.tsx";
import { bytes, many, number, span } from "../words.ts";

/** Where a share of something is told in red: it is time to do something. */
const MEMORY_HIGH = 0.9;
const DISK_HIGH = 0.9;
const LAG_HIGH_MS = 250;

/** What the service needs to do its work. */
export function Health({ overview }: { readonly overview: Overview }) {
  const { memory, threads, disk, deliveries, callbacks } = overview;
  const diskUsed = disk.total_bytes - disk.free_bytes;
  return (
    <section class="panel" aria-labelledby="health">
      <h2 id="health">Health</h2>
      <dl class="health">
        <Measure
          name="Memory"
          part={memory.used_bytes / memory.limit_bytes}
          high={MEMORY_HIGH}
          words={`${bytes(memory.used_bytes)} of ${bytes(memory.limit_bytes)}`}
        />
        <Measure
          name="Disk"
          part={diskUsed / disk.total_bytes}
          high={DISK_HIGH}
          words={`${bytes(disk.free_bytes)} free of ${bytes(disk.total_bytes)}`}
        />
        <Measure
          name="Render threads"
          part={threads.total === 0 ? 0 : threads.busy / threads.total}
          high={2}
          words={`${threads.busy} of ${threads.total} busy`}
        />
        <Line name="Event-loop lag" ok={overview.event_loop_lag_ms < LAG_HIGH_MS}>
          {number(Math.round(overview.event_loop_lag_ms * 10) / 10)} ms
        </Line>
        {deliveries.map(({ target, ok, trouble }) => (
          <Line key={target} name={`Delivery: ${target}`} ok={ok}>
            {trouble ?? "works"}
          </Line>
        ))}
        <Line name="Callbacks" ok={callbacks.trouble === null && callbacks.failed === 0}>
          {callbacks.trouble ?? callbackWords(callbacks)}
        </Line>
        <Line name="Up for" ok>
          {span((Date.parse(overview.now) - Date.parse(overview.started_at)) / 1_000)}
        </Line>
      </dl>
    </section>
  );
}

function callbackWords({ pending, failed }: Overview["callbacks"]): string {
  const parts = [
    ...(pending > 0 ? [`${number(pending)} on the way`] : []),
    ...(failed > 0 ? [`${many(failed, "callback")} given up`] : []),
  ];
  return parts.length === 0 ? "all taken" : parts.join(", ");
}

interface MeasureProps {
  readonly name: string;
  /** 0–1. */
  readonly part: number;
  readonly high: number;
  readonly words: string;
}

function Measure({ name, part, high, words }: MeasureProps) {
  return (
    <div class={part >= high ? "bad" : undefined}>
      <dt>{name}</dt>
      <dd>
        <meter min={0} max={1} value={Math.min(1, Math.max(0, part))} aria-label={name} />
        <span>{words}</span>
        {part >= high && <Alert />}
      </dd>
    </div>
  );
}

function Line({
  name,
  ok,
  children,
}: {
  readonly name: string;
  readonly ok: boolean;
  readonly children: ComponentChildren;
}) {
  return (
    <div class={ok ? undefined : "bad"}>
      <dt>{name}</dt>
      <dd>
        {ok ? (
          <span class="status completed">
            <CompletedIcon />
          </span>
        ) : (
          <Alert />
        )}
        <span>{children}</span>
      </dd>
    </div>
  );
}

function Alert() {
  return (
    <span class="status failed">
      <AlertIcon />
      <span class="unseen">needs attention</span>
    </span>
  );
}
