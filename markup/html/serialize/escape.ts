/** What must not stand in text as it is. */
const TEXT = /[&<>\r\u00a0]/;
/** What must not stand in the value of an attribute as it is. */
const VALUE = /[&<>"\r\u00a0]/;

/** A text as it is written. */
export function escapeText(text: string): string {
  return TEXT.test(text) ? replaceAll(text) : text;
}

/** The value of an attribute as it is written between double quotes. */
export function escapeValue(value: string): string {
  return VALUE.test(value) ? replaceAll(value).replaceAll('"', "&quot;") : value;
}

function replaceAll(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("\u00a0", "&nbsp;").replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;").replaceAll("\r", "&#13;");
}
