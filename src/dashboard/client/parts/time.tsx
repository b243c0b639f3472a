import { now } from "../clock.ts";
import { ago, fullTime, passing, timeOfDay } from "../words.ts";

/** A time as one says it; everything about it where one points at it. */
export function Ago({ at }: { readonly at: string }) {
  return (
    <time dateTime={at} title={fullTime(at)}>
      {ago(at, now.value)}
    </time>
  );
}

/** The time of the day, with the day unless it is today. */
export function Clock({ at }: { readonly at: string }) {
  return (
    <time dateTime={at} title={fullTime(at)}>
      {timeOfDay(at, now.value)}
    </time>
  );
}

/** The time that has passed since, counting. */
export function Since({ at }: { readonly at: string }) {
  return <span class="figure">{passing((now.value - Date.parse(at)) / 1_000)}</span>;
}
