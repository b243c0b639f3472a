import { elementScroll, observeElementOffset, observeElementRect, Virtualizer } from "@tanstack/virtual-core";
import { useEffect, useLayoutEffect, useReducer, useRef } from "preact/hooks";

/** The rows that are in view, and the space that those above and below take. */
export interface RowWindow {
  readonly first: number;
  readonly last: number;
  readonly above: number;
  readonly below: number;
}

const OVERSCAN = 12;

/** Watches a scrolled element that contains `count` rows of one height, so that only those in view are drawn. */
export function useRowWindow(count: number, rowHeight: number, element: () => HTMLElement | null): RowWindow {
  const [, redraw] = useReducer<number, undefined>((times) => times + 1, 0);
  const options = {
    count,
    getScrollElement: element,
    estimateSize: () => rowHeight,
    overscan: OVERSCAN,
    observeElementRect,
    observeElementOffset,
    scrollToFn: elementScroll,
    onChange: () => redraw(undefined),
  };
  const virtualizer = useRef<Virtualizer<HTMLElement, HTMLTableRowElement> | null>(null);
  virtualizer.current ??= new Virtualizer(options);
  const rows = virtualizer.current;
  rows.setOptions(options);
  useEffect(() => rows._didMount(), [rows]);
  useLayoutEffect(() => rows._willUpdate());
  useLayoutEffect(() => rows.measure(), [rows, rowHeight]);

  const shown = rows.getVirtualItems();
  const [first, last] = [shown.at(0), shown.at(-1)];
  if (first === undefined || last === undefined) return { first: 0, last: -1, above: 0, below: rows.getTotalSize() };
  return { first: first.index, last: last.index, above: first.start, below: rows.getTotalSize() - last.end };
}
