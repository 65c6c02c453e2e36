/** What bytes are to the parser, as tables: one load tells what a byte is where it stands. */

/** Goes on as it is. */
export const GO = 0;
/** `<`. */
export const LESS = 1;
/** `&`. */
export const AMPERSAND = 2;
/** A carriage return; in an attribute, any white space but a space. */
export const RETURN = 3;
/** `]`, which may begin `]]>`. */
export const BRACKET = 4;
/** A byte of a character that is not ASCII. */
export const WIDE = 5;
/** A control character, or the end. */
export const CONTROL = 6;
/** `"` or `'`. */
export const QUOTE = 7;

/** Bytes in text. */
export const IN_TEXT: Uint8Array = new Uint8Array(256);
/** Bytes in the value of an attribute. */
export const IN_VALUE: Uint8Array = new Uint8Array(256);

/** Begins a name. */
export const STARTS = 1;
/** Goes on in a name, but does not begin one. */
export const GOES_ON = 2;
/** May be part of a name: it is not ASCII, and looked at when the name is new. */
export const WIDE_NAME = 3;

/** Bytes in names: 0 ends one. A colon begins and goes on; whether it may is seen when the name is new. */
export const IN_NAME: Uint8Array = new Uint8Array(256);

/** White space: 1. */
export const IS_SPACE: Uint8Array = new Uint8Array(256);

for (let byte = 0; byte < 32; byte++) IN_TEXT[byte] = IN_VALUE[byte] = CONTROL;
for (let byte = 0x80; byte < 0x100; byte++) {
  IN_TEXT[byte] = IN_VALUE[byte] = WIDE;
  IN_NAME[byte] = WIDE_NAME;
}
IN_TEXT[9] = IN_TEXT[10] = GO;
IN_TEXT[13] = RETURN;
IN_VALUE[9] = IN_VALUE[10] = IN_VALUE[13] = RETURN;
IN_TEXT[60] = IN_VALUE[60] = LESS;
IN_TEXT[38] = IN_VALUE[38] = AMPERSAND;
IN_TEXT[93] = BRACKET;
IN_VALUE[34] = IN_VALUE[39] = QUOTE;
for (let byte = 65; byte <= 90; byte++) IN_NAME[byte] = IN_NAME[byte + 32] = STARTS;
IN_NAME[95] = IN_NAME[58] = STARTS;
for (let byte = 48; byte <= 57; byte++) IN_NAME[byte] = GOES_ON;
IN_NAME[45] = IN_NAME[46] = GOES_ON;
IS_SPACE[9] =
  IS_SPACE[10] =
  IS_SPACE[13] =
  IS_SPACE[32] =
    1;
