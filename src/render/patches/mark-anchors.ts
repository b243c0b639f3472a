// Why: a face may have no anchor for a mark on a letter (X with a caron); fontkit's shaping throws a TypeError where it has
// none. As in HarfBuzz, the mark then stays where it is.
// Pinned by: fontkit 2.0.4, the GPOS processor of a font. Reported: https://github.com/foliojs/fontkit/issues/367
import type { Font } from "fontkit";

interface Positioner {
  applyAnchor(mark: { readonly markAnchor: unknown }, baseAnchor: unknown, baseIndex: number): void;
}

/** Mends this font, for all that is shaped with it. */
export function skipMissingAnchors(font: Font): void {
  const { _layoutEngine } = font as Font & {
    readonly _layoutEngine: { readonly engine: { readonly GPOSProcessor: Positioner | null } | null };
  };
  const positioner = _layoutEngine.engine?.GPOSProcessor;
  if (!positioner) return;
  const { applyAnchor } = positioner;
  positioner.applyAnchor = (mark, baseAnchor, baseIndex) => {
    if (mark.markAnchor && baseAnchor) applyAnchor.call(positioner, mark, baseAnchor, baseIndex);
  };
}
