// Makes documents, most of them YAML, from a seed: tame ones that configuration files look like, wild ones with the
// spellings that readers disagree about, and damaged ones.

const TAME = [
  ..."a|foo bar|true|null|12|1.5|'x y'|\"z\\n\"|http://a/b|a#b|x:y|[1, b]|{a: 1, b: [c]}|~|-3"
    .split("|"),
  ..."2001-01-01|é|[]|{}|it's|a, b|-x".split("|"),
  "[a,\n      b]",
  "{a: 1,\n      b: 2}",
];

const WILD = [
  ..."x: y#0#-0#+2#012#0o7#0x1F#.5#-.5#1e3#1e400#1_000#0b11#12:30#9007199254740993#123456789012345"
    .split("#"),
  ..."1234567890123456#.inf#-.inf#.nan#'it''s'#\"q\\n\\u0041\"#\"a: b\"#- x#--#---#...#@x#%x#!t#&a#*a"
    .split("#"),
  ...'|#>#|-#>+#? q#?q#:#::#: z#a:b#[a, b]#{a: [b, c], \'d\': "e"}#{"a":1}#[a,b]#[ a , ]#{a}'.split(
    "#",
  ),
  ..."{a:1}#[a: 1]#[-1, -]#[- a]#[a\n  , b]#<<#<a#=#y#no#日本#😀#\u00a0#a\u2028b#a  b#a #k :#NULL#n"
    .split("#"),
  ..."x, y#a]b#}#1.#1.e3#0.0#-0.0#00#0.#1e#e1#1 2#12e03#+.5#+#-#_1#._#1_#0x#0xg#0o8#08#1.2.3#~a"
    .split("#"),
  ..."null x#True#tRUE#\\x#$x#(p)#a;b#^#/p/q#__proto__#constructor#`#!!int 3#!!str 4#&x 1#*x#-\t1"
    .split("#"),
  "a #c",
  "#d",
  "a#b",
];

const DAMAGE = [
  ..." |  |-|- |:|: |#| #|'|\"|[|]|{|}|,|, |>|&|*|!|?|%|@|a|1|0|.|_|\\|~|\t|<<: |null".split("|"),
  ..."|,\n,\n ,\n  ,\r\n,\r,\u0085,\u00a0,\ufeff,\u2028,\ud83d,---\n,...\n,0,-".split(","),
];

/** Makes one document after the other from random numbers. */
export class YamlGenerator {
  readonly #random: () => number;
  #wild = 0;

  constructor(random: () => number) {
    this.#random = random;
  }

  /** A document, or two; `seeds` are texts that are now and then used as they are. */
  next(seeds: readonly string[] = []): string {
    this.#wild = this.#pick([0, 0, 0.05, 0.3, 1]);
    let text = seeds.length > 0 && this.#chance(0.2)
      ? this.#pick(seeds)
      : (this.#chance(0.1) ? "---\n" : "") + this.#block(0, 3) +
        (this.#chance(0.08) ? "---\n" + this.#block(0, 2) : "");
    if (this.#chance(0.1)) text = text.replaceAll("\n", "\r\n");
    if (this.#chance(0.5)) text = this.#damage(text);
    return this.#chance(0.1) ? text.trimEnd() : text;
  }

  #below(n: number): number {
    return Math.floor(this.#random() * n);
  }

  #pick<T>(from: readonly T[]): T {
    return from[this.#below(from.length)]!;
  }

  #chance(p: number): boolean {
    return this.#random() < p;
  }

  #scalar(): string {
    return this.#pick(this.#chance(this.#wild) ? WILD : TAME);
  }

  /** What follows `key:` or `-`, with its line break. */
  #node(indent: number, depth: number): string {
    const r = this.#random();
    if (depth <= 0 || r < 0.45) return ` ${this.#scalar()}${this.#chance(0.1) ? " # c" : ""}\n`;
    if (r < 0.5) return "\n";
    if (r < 0.6) return this.#blockScalar(indent + this.#pick([0, 1, 2, 2, 2, 3]));
    if (r < 0.66) {
      let lines = ` ${this.#scalar()}\n`;
      for (let i = 1 + this.#below(2); i > 0; i--) {
        lines += this.#chance(0.1)
          ? "\n"
          : " ".repeat(indent + this.#pick([0, 1, 2, 2])) + this.#scalar() + "\n";
      }
      return lines;
    }
    const comment = this.#chance(0.1) ? " ".repeat(this.#below(4)) + "# comment\n" : "";
    return "\n" + comment + this.#block(indent + this.#pick([0, 1, 2, 2, 2, 2, 4]), depth - 1);
  }

  #blockScalar(indent: number): string {
    let text = ` ${this.#pick(["|", ">", "|-", ">-", "|+", ">+", "| # c", "|2"])}\n`;
    for (let i = this.#below(4); i > 0; i--) {
      text += this.#chance(0.15)
        ? this.#pick(["\n", "\n", " \n"])
        : " ".repeat(indent + (this.#chance(0.15) ? 1 : 0)) + this.#scalar() + "\n";
    }
    return text;
  }

  #block(indent: number, depth: number): string {
    const pad = " ".repeat(indent);
    const isSequence = this.#chance(0.4);
    let text = "";
    for (let i = 0, n = 1 + this.#below(3); i < n; i++) {
      if (isSequence && depth > 0 && this.#chance(0.3)) {
        const gap = this.#pick([1, 1, 2, 3]);
        const inner = this.#block(indent + 1 + gap, depth - 1).trimStart();
        text += pad + "-" + " ".repeat(gap) + inner;
      } else if (isSequence) text += pad + "-" + this.#node(indent, depth);
      else {
        const key = this.#chance(0.7)
          ? this.#pick(["a", "b", "d e", '"q"', "'s'"]) + i
          : this.#scalar();
        text += pad + key + this.#pick([":", ":", ":", " :"]) + this.#node(indent, depth);
      }
      if (this.#chance(0.05)) text += this.#pick(["\n", "  \n", "# c\n", " # c\n"]);
    }
    return text;
  }

  #damage(text: string): string {
    for (let i = this.#below(4); i > 0; i--) {
      const at = this.#below(text.length + 1);
      const r = this.#random();
      if (r < 0.5) text = text.slice(0, at) + this.#pick(DAMAGE) + text.slice(at);
      else if (r < 0.8) text = text.slice(0, at) + text.slice(at + 1 + this.#below(3));
      else {
        const from = this.#below(text.length + 1);
        text = text.slice(0, at) + text.slice(from, from + 1 + this.#below(10)) + text.slice(at);
      }
    }
    return text;
  }
}
