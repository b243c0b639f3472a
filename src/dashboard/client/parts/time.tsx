import { type ComponentChildren, createContext } from "preact";
import { useContext } from "preact/hooks";
import { now } from "../clock.ts";
import { type Zone, zoneFor } from "../time-zone.ts";
import { viewer } from "../viewer.ts";
import { ago, fullTime, passing, timeOfDay } from "../words.ts";

interface ZonedSuburb {
  readonly suburb: string;
  readonly state: string;
}

/** The zone of the suburb that what is shown belongs to. */
const SuburbZone = createContext<string | null>(null);

/** The times within belong to a report of this locality. */
export function TimesOf({
  locality,
  children,
}: {
  readonly locality: ZonedSuburb;
  readonly children: ComponentChildren;
}) {
  return <SuburbZone.Provider value={zoneOfSuburb(locality)}>{children}</SuburbZone.Provider>;
}

/** As the service wrote them into the page: by state, and of localities that differ from their state by their letters, too. */
function zoneOfSuburb({ suburb, state }: ZonedSuburb): string | null {
  const letters = suburb.toLowerCase().replace(/[^a-z]/g, "");
  return viewer.zones[`${state} ${letters}`] ?? viewer.zones[state] ?? null;
}

function useZone(): Zone {
  return zoneFor(useContext(SuburbZone));
}

/** A time as people write it; everything about it where one points at it. */
export function Ago({ at }: { readonly at: string }) {
  const zone = useZone();
  return (
    <time dateTime={at} title={fullTime(at, zone)}>
      {ago(at, now.value, zone)}
    </time>
  );
}

/** The time of the day, with the day unless it is today. */
export function Clock({ at }: { readonly at: string }) {
  const zone = useZone();
  return (
    <time dateTime={at} title={fullTime(at, zone)}>
      {timeOfDay(at, now.value, zone)}
    </time>
  );
}

/** The time that has passed since, counting. */
export function Since({ at }: { readonly at: string }) {
  return <span class="figure">{passing((now.value - Date.parse(at)) / 1_000)}</span>;
}
