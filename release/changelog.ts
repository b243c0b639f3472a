/**
 * The lines below a version's heading ("## 1.2.0" or "## 1.2.0 - 2026-12-01"), without it; below "## Unreleased" where
 * the version has no heading yet.
 * @throws when there is neither, or nothing below it: a release describes what is new.
 */
export function changelogSection(
  changelog: string,
  version: string,
): { readonly title: string; readonly text: string } {
  const sections = changelog.split(/^## /m).slice(1);
  const found =
    sections.find((section) => section.split(/\s/, 1)[0] === version) ??
    sections.find((section) => section.startsWith("Unreleased"));
  const [title = "", ...lines] = found?.split("\n") ?? [];
  const text = lines.join("\n").trim();
  if (text === "") throw new Error(`CHANGELOG.md says nothing about ${version}`);
  return { title, text };
}
