import { linkTo } from "../address.ts";
import { mayOperate } from "../viewer.ts";

const TABS = [
  { to: "settings", name: "Settings" },
  { to: "health", name: "Health" },
  { to: "audit", name: "Audit" },
] as const;

/** The pages about the service itself; of these a viewer has the last alone. */
export function ServiceTabs({ current }: { readonly current: (typeof TABS)[number]["to"] }) {
  if (!mayOperate) return null;
  return (
    <nav class="tabs" aria-label="About the service">
      {TABS.map(({ to, name }) => (
        <a key={to} href={linkTo(to)} aria-current={to === current ? "page" : undefined}>
          {name}
        </a>
      ))}
    </nav>
  );
}
