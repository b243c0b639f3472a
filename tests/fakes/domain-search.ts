// How the stand-in of Domain reads a search.
import type { FakeListing } from "./domain.ts";

export function paging(body: Readonly<Record<string, unknown>>, name: string, cap: number) {
  const requested = Number(body.pageSize ?? 20);
  return { size: Math.max(1, Math.min(requested, cap, 100)), page: Math.max(1, Number(body[name] ?? 1)) };
}

export function soldDateOf(listing: FakeListing): string {
  return String((listing.soldData as { soldDate?: string } | undefined)?.soldDate ?? "");
}

export function same(a: string | undefined, b: unknown): boolean {
  return a !== undefined && a.toLowerCase() === String(b ?? "").toLowerCase();
}
