import { now } from "../clock.ts";
import { type ZoneChoice as Choice, chooseZone, localZone, ZONE_CHOICES, zoneChoice } from "../time-zone.ts";
import { zoneName } from "../words.ts";

/** Whose clock every time on every page is shown by. */
export function ZoneChoice() {
  const local = localZone();
  const labels: Readonly<Record<Choice, string>> = {
    local: `Local: ${zoneName(now.value, { timeZone: local, named: true })} (${local})`,
    utc: "UTC",
    suburb: "The suburb's",
  };
  return (
    <label class="zone">
      Times{" "}
      <select
        value={zoneChoice.value}
        onChange={({ currentTarget }) =>
          chooseZone(ZONE_CHOICES.find((choice) => choice === currentTarget.value) ?? "local")
        }
      >
        {ZONE_CHOICES.map((choice) => (
          <option key={choice} value={choice}>
            {labels[choice]}
          </option>
        ))}
      </select>
    </label>
  );
}
