import type { Locator } from "../../report/gazetteer/locator.ts";
import { plural } from "../../report/wording.ts";
import { messages } from "../messages.ts";
import { clean, measure } from "../style/text.ts";
import type { Palette } from "../style/theme.ts";
import { around, createLabels, type Labels } from "./labels.ts";
import { box, type ChartSvg, dot, drawing, line, type Mark, ring, words } from "./marks.ts";

const NAME_SIZE = 6.6;

/** The suburb among its nearest neighbours, north up, with a scale; from coordinates alone, so no tiles are fetched. */
export function locatorMap(
  suburb: string,
  { neighbours, sales }: Locator,
  { width, height, palette }: { readonly width: number; readonly height: number; readonly palette: Palette },
): ChartSvg {
  const [middleX, middleY] = [width / 2, height / 2];
  const [roomX, roomY] = [middleX - 60, middleY - 14];
  const perKm = Math.min(
    roomY / 0.5,
    ...neighbours.map(({ x, y }) => Math.min(roomX / Math.max(0.01, Math.abs(x)), roomY / Math.max(0.01, Math.abs(y)))),
  );
  const radii = rings(roomY / perKm);
  const spots = neighbours.map((neighbour) => ({
    ...neighbour,
    left: middleX + neighbour.x * perKm,
    top: middleY - neighbour.y * perKm,
  }));
  const own = measure(suburb, "Sans", 8, true);
  const ownName = { left: middleX - own / 2 - 1, right: middleX + own / 2 + 1, top: middleY + 5, bottom: middleY + 15 };
  const labels = createLabels({ left: 0, top: 0, right: width, bottom: height }, [
    ...spots.map(({ left, top }) => around(left, top, 3)),
    around(middleX, middleY, 5),
    ownName,
  ]);
  const dots = sales.map((sale) => ({ ...sale, left: middleX + sale.x * perKm, top: middleY - sale.y * perKm }));
  const onMap = dots.filter(({ left, top }) => left > 2 && left < width - 2 && top > 2 && top < height - 2);
  // Before the names: these have more positions to choose from.
  const distances = radii.flatMap((km) =>
    distanceOn({ middleX, middleY, radius: km * perKm }, `${km} km`, labels, palette),
  );
  const marks = [
    ...radii.map((km) => ring(middleX, middleY, km * perKm, { color: palette.hairline })),
    ...dotsOf(onMap, palette),
    ...distances,
    ...spots.flatMap((spot) => [dot(spot.left, spot.top, 2, palette.muted), ...nameOf(spot, labels, palette)]),
    dot(middleX, middleY, 3.6, palette.accent, "#ffffff", 0.8),
    box(ownName.left, ownName.top + 1, own + 2, 9, "#ffffff"),
    words(middleX, ownName.bottom - 2, suburb, { color: palette.accentText, size: 8, bold: true, anchor: "middle" }),
    line(width - 8, 16, width - 8, 6, { color: palette.muted, width: 0.7 }),
    words(width - 8, 24, "N", { color: palette.muted, size: 6.4, anchor: "middle", bold: true }),
  ];
  return { ...drawing(width, height, marks), tag: { alt: inWords(suburb, neighbours, onMap.length, dots.length) } };
}

const DIRECTIONS = ["north", "north-east", "east", "south-east", "south", "south-west", "west", "north-west"];

/** "Map: Manly and its nearest neighbours: Fairlight 1.2 km west, …". `drawn` of the sales have a dot. */
function inWords(suburb: string, neighbours: Locator["neighbours"], drawn: number, sales: number): string {
  const described = neighbours.map(({ name, x, y }) => {
    const turn = Math.round((Math.atan2(x, y) / (2 * Math.PI)) * DIRECTIONS.length);
    const direction = DIRECTIONS[(turn + DIRECTIONS.length) % DIRECTIONS.length];
    return `${clean(name)} ${Math.hypot(x, y).toFixed(1)} km ${direction}`;
  });
  const dots = drawn === 0 ? "" : messages.dotForEach(drawn === 1 ? "1 sale" : messages.eachOf(plural(drawn, "sale")));
  const beyond = sales === drawn ? "" : messages.beyondMap(plural(sales - drawn, "sale"));
  return messages.map(clean(suburb), described.join(", "), dots + beyond);
}

/** A small dot for each sale, those of the requesting agency over the others. */
function dotsOf(
  sales: readonly (Locator["sales"][number] & { left: number; top: number })[],
  palette: Palette,
): Mark[] {
  return sales
    .toSorted((a, b) => Number(a.isPreparedFor) - Number(b.isPreparedFor) || a.x - b.x || a.y - b.y)
    .map(({ left, top, isPreparedFor }) =>
      dot(left, top, isPreparedFor ? 1.6 : 1.2, isPreparedFor ? palette.accent : palette.bar),
    );
}

/** One or two circles at round distances. */
function rings(reach: number): readonly number[] {
  const round = [0.5, 1, 2, 3, 5, 10, 20, 50, 100, 200, 500, 1_000].filter((km) => km <= reach * 1.02);
  return round.slice(-2);
}

/** Where a circle's distance may be, clockwise from the north. */
const ON_RING = [0, 180, 45, 135, 225, 315, 90, 270].map((degrees) => (degrees * Math.PI) / 180);
const DISTANCE_SIZE = 5.8;

/** The distance on its circle, where no dot is. */
function distanceOn(
  { middleX, middleY, radius }: Readonly<Record<"middleX" | "middleY" | "radius", number>>,
  text: string,
  labels: Labels,
  palette: Palette,
): Mark[] {
  const [width, height] = [measure(text, "Sans", DISTANCE_SIZE) + 2, 7];
  // Outside the circle, so that it does not run through the words.
  const corners = ON_RING.map((turn): readonly [number, number] => {
    const [east, north] = [Math.sin(turn), Math.cos(turn)];
    const away = radius + 1 + (Math.abs(east) * width + Math.abs(north) * height) / 2;
    return [middleX + east * away - width / 2, middleY - north * away - height / 2];
  });
  const spot = labels.fit({ width, height }, corners);
  return spot === null
    ? []
    : [
        box(spot.left, spot.top + 0.8, width, 6, "#ffffff"),
        words((spot.left + spot.right) / 2, spot.bottom - 1.5, text, {
          color: palette.muted,
          size: DISTANCE_SIZE,
          anchor: "middle",
        }),
      ];
}

function nameOf(
  { name, left, top }: { readonly name: string; readonly left: number; readonly top: number },
  labels: Labels,
  palette: Palette,
): Mark[] {
  const width = measure(name, "Sans", NAME_SIZE) + 2;
  const spot = labels.fit({ width, height: 8 }, [
    [left + 4, top - 4],
    [left - 4 - width, top - 4],
    [left - width / 2, top + 3],
    [left - width / 2, top - 12],
  ]);
  if (spot === null) return [];
  return [
    // Among the dots of many sales a name could not be read.
    box(spot.left, spot.top + 0.6, width, 7, "#ffffff"),
    words(spot.left + 1, spot.bottom - 2, name, { color: palette.muted, size: NAME_SIZE }),
  ];
}
