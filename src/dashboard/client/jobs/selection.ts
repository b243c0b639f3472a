import { signal } from "@preact/signals";

/** Rows that are picked; or, of a list, all that match, also those that are not read yet. */
export const picked = signal<ReadonlySet<string>>(new Set());
export const picksAll = signal(false);

/** As where a list is narrowed to something else. */
export function unpick(): void {
  picked.value = new Set();
  picksAll.value = false;
}

export function isPicked(id: string): boolean {
  return picksAll.value || picked.value.has(id);
}

/** Picks a row, or lets it go. */
export function toggle(id: string): void {
  const next = new Set(picked.value);
  if (!next.delete(id)) next.add(id);
  picksAll.value = false;
  picked.value = next;
}

/** Picks these rows, or, where all of them are picked, none. */
export function toggleAll(ids: readonly string[]): void {
  const all = ids.length > 0 && ids.every(isPicked);
  picksAll.value = false;
  picked.value = new Set(all ? [] : ids);
}
