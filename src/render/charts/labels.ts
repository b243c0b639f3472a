export interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

export interface Labels {
  /** Takes the first of the corners at which the label touches nothing and stays within; null where there is none. */
  fit(
    size: { readonly width: number; readonly height: number },
    corners: readonly (readonly [number, number])[],
  ): Box | null;
}

/** Places labels so that they overlap neither each other nor what is drawn. */
export function createLabels(within: Box, drawn: readonly Box[]): Labels {
  const taken = [...drawn];
  return {
    fit({ width, height }, corners) {
      const spot = corners
        .map(([left, top]) => ({ left, top, right: left + width, bottom: top + height }))
        .find((box) => inside(box, within) && !taken.some((other) => touches(box, other)));
      if (spot === undefined) return null;
      taken.push(spot);
      return spot;
    },
  };
}

/** The square around a dot that stays free. */
export function around(x: number, y: number, radius: number): Box {
  return { left: x - radius, right: x + radius, top: y - radius, bottom: y + radius };
}

function inside(box: Box, within: Box): boolean {
  return box.left >= within.left && box.right <= within.right && box.top >= within.top && box.bottom <= within.bottom;
}

function touches(a: Box, b: Box): boolean {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}
