/** Selectors that scrapers and style sheets have, from cheap to dear. */
export const SELECTORS: readonly string[] = [
  "a",
  "a[href]",
  "#content, .section",
  ".reference",
  "div.section > h2",
  "table tr td p",
  "li:first-child a[href^='#']",
  "dt + dd p",
  "h2 ~ p code",
  "p:nth-child(2n+1)",
  "pre span:nth-of-type(3)",
  "a:not([class])",
  "span[class*='n']",
  "p:empty",
  "li:contains('Python')",
];
