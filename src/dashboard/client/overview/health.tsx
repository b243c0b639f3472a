import type { ComponentChildren } from "preact";
import { linkTo } from "../address.ts";
import { now } from "../clock.ts";
import { AlertIcon, CompletedIcon } from "../parts/icons.tsx";
import type { ShownOverview } from "../responses.ts";
import { bytes, number, span } from "../words.ts";
import { catalogueOk, catalogueWords } from "./catalogue.tsx";
import { callbackWords, DISK_HIGH, deliveryWords, LAG_HIGH_MS, MEMORY_HIGH } from "./problems.ts";

/** What the service needs to do its work. */
export function Health({ overview }: { readonly overview: ShownOverview }) {
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
        {deliveries.map((delivery) => (
          <Line
            key={delivery.target}
            name={`Delivery: ${delivery.target}`}
            ok={delivery.ok && (delivery.last_success_at === null ? null : true)}
          >
            {deliveryWords(delivery, now.value)}
          </Line>
        ))}
        <Line name="Callbacks" ok={callbacks.problem === null && callbacks.failing === 0 && callbacks.failed === 0}>
          {callbackWords(callbacks, now.value)}
        </Line>
        <Line name="Catalogue" ok={catalogueOk(overview.catalogue)}>
          <a href={linkTo("catalogue")}>{catalogueWords(overview.catalogue)}</a>
        </Line>
        <Line name="Up for" ok>
          {span((Date.parse(overview.now) - Date.parse(overview.started_at)) / 1_000)}
        </Line>
      </dl>
    </section>
  );
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
  /** null: unknown. */
  readonly ok: boolean | null;
  readonly children: ComponentChildren;
}) {
  return (
    <div class={ok === false ? "bad" : undefined}>
      <dt>{name}</dt>
      <dd>
        {ok === true && (
          <span class="status completed">
            <CompletedIcon />
          </span>
        )}
        {ok === false && <Alert />}
        <span>{children}</span>
      </dd>
    </div>
  );
}

function Alert() {
  return (
    <span class="status failed">
      <AlertIcon />
      <span class="visually-hidden">needs attention</span>
    </span>
  );
}
