// Expressions written by hand, for a document with a bit of everything.

/** The document. */
export const HARBOUR = `<?xml version="1.0"?>
<!DOCTYPE harbour [<!ATTLIST ship flag CDATA "none">]>
<!-- top --><?sheet a="b"?>
<harbour xmlns:p="urn:p" xml:lang="en" name="Kiel">
  <ship xml:id="ada" name="Ada" p:load="12.5">Tea <b>and</b> rum<!-- not for sale --></ship>
  <ship xml:id="bob" name="Bob" flag="red"><crew n="3"/><crew n="10"/></ship>
  <p:buoy xml:lang="de-AT">links<p:light colour="red">&lt;!&gt;</p:light></p:buoy>
  <ship name=" Eve "><![CDATA[<cargo>]]><crew n="x"/><?note wet?></ship>
  <empty/>
  <deep><ship><ship name="inner"><ship/></ship></ship></deep>
</harbour>
<?end?><!-- bottom -->`;

/** Prefixes in it. */
export const NAMESPACES: Readonly<Record<string, string>> = {
  p: "urn:p",
  q: "urn:p",
  none: "urn:none",
  re: "http://exslt.org/regular-expressions",
  str: "http://exslt.org/strings",
  set: "http://exslt.org/sets",
  math: "http://exslt.org/math",
  date: "http://exslt.org/dates-and-times",
};

const AXES = [
  "ancestor",
  "ancestor-or-self",
  "attribute",
  "child",
  "descendant",
  "descendant-or-self",
  "following",
  "following-sibling",
  "parent",
  "preceding",
  "preceding-sibling",
  "self",
];
const STARTS = [
  "/",
  "/harbour",
  "//ship[1]",
  "//b",
  "//b/text()",
  "//b/following-sibling::text()",
  "//ship/@name",
  "(//@*)[1]",
  "//comment()",
  "//processing-instruction()",
  "//p:light",
  "//ship | //p:buoy",
  "//text()",
  "//ship//ship",
];
const TESTS = ["node()", "*", "text()", "ship", "p:*", "comment()"];

/** Each axis from each kind of node. */
const axes = STARTS.flatMap((start) =>
  AXES.flatMap((axis) => TESTS.map((test) => `${start === "/" ? "" : start}/${axis}::${test}`))
).filter((expression) => !expression.startsWith("/attribute::"));

const core = `
ship ; ./ship ; .//ship ; //ship/.. ; //ship/../.. ; . ; .. ; / ; /* ; //* ; //@* ; @* ; @name ; * ; */* ; ship/@name
//ship[1] ; //ship[last()] ; (//ship)[last()] ; (//ship)[1] ; //ship[2]/crew ; //ship[position() = 2] ; //ship[position() > 1]
//ship[position() < 3] ; //ship[position() <= 2][last()] ; //ship[last() - 1] ; //ship[0] ; //ship[1.5] ; //ship[-1] ; //ship[10]
//ship[@name] ; //ship[not(@name)] ; //ship[@name = 'Ada'] ; //ship[@name != 'Ada'] ; //ship['Ada' = @name] ; //ship[@name][2]
//ship[2][@name] ; //ship[crew] ; //ship[crew/@n > 3] ; //ship[crew[@n = 10]] ; //ship[crew[2]] ; //ship[count(crew) = 2]
//crew[@n = 3]/following-sibling::crew ; //crew[2]/preceding-sibling::* ; //ship[following-sibling::empty] ; //*[ancestor::deep]
//ship/ancestor::*[1] ; //ship/ancestor::*[last()] ; //ship/ancestor-or-self::ship[1] ; //ship/ancestor-or-self::ship[2]
//b/preceding::*[1] ; //b/following::*[1] ; //crew/preceding::ship[1] ; //crew/preceding::ship[last()] ; //crew/preceding-sibling::crew[1]
//ship[preceding::crew] ; //ship[following::crew] ; //ship[.//b] ; //*[self::ship or self::crew] ; //*[name() = 'p:buoy']
//p:buoy ; //q:buoy ; //p:* ; //none:* ; //@p:load ; //@p:* ; //@xml:lang ; //buoy ; //*[local-name() = 'buoy'] ; //p:light/@colour
ship | empty ; empty | ship ; ship | ship ; //ship | //@name | //text() ; //comment() | //processing-instruction() ; (ship | empty)[2]
(ship | empty)/@* ; //ship/crew | //ship/b ; comment() ; /comment() ; /node() ; /processing-instruction() ; //processing-instruction('note')
//processing-instruction("none") ; /processing-instruction('end') ; /comment()[2] ; //text()[. = 'and'] ; //text()[contains(., 'rum')]
//ship/text() ; //ship/node() ; //ship/node()[2] ; //ship/text()[last()] ; //b/.. ; //b/../@name ; //@name/.. ; //@name/../.. ; //@name/ancestor::*
//@name/following::* ; //@name/preceding::* ; //@name/self::* ; //@name/self::node() ; //@name/child::node() ; //@name/descendant-or-self::node()
//@name/. ; //text()/.. ; //text()/following-sibling::* ; //text()/preceding-sibling::* ; //text()/ancestor::ship ; //comment()/following::*
//comment()/.. ; //comment()/preceding-sibling::node() ; namespace::* ; //p:light/namespace::p ; count(//namespace::*) ; name(namespace::p)
//ship//ship ; //ship//ship//ship ; //deep//@name ; //ship/ship/.. ; //ship/descendant::ship ; //ship/descendant-or-self::ship ; //ship/self::ship
//*[last()] ; //*[1] ; //*[2] ; //*[position() mod 2 = 0] ; //*[count(*) = 2] ; //*[count(preceding-sibling::*) = 1] ; //*[not(*)] ; //*[not(node())]
//*[@*] ; //*[count(@*) > 1] ; //*[text()] ; //*[. = ''] ; //*[string-length(.) > 20] ; //*[normalize-space() = 'and'] ; //*[number(@n) = 3]
string() ; string(.) ; string(ship) ; string(//crew/@n) ; string(//none) ; string(1) ; string(-1.5) ; string(0) ; string(-0) ; string(1 div 0)
string(-1 div 0) ; string(0 div 0) ; string(true()) ; string(1 = 2) ; string(100000) ; string(123456789) ; string(0.5) ; string(.25) ; string(5.)
number() ; number('12') ; number(' 12.5 ') ; number('-3') ; number('- 3') ; number('+3') ; number('') ; number('x') ; number(true()) ; number(//crew)
number(//crew/@n) ; boolean(0) ; boolean(1) ; boolean(-0) ; boolean(0 div 0) ; boolean('') ; boolean(' ') ; boolean('false') ; boolean(//none)
boolean(//ship) ; not(true()) ; not(//none) ; true() and false() ; true() or false() ; 1 and 0 ; 'a' or '' ; //none or //ship ; //ship and //b
1 + 2 * 3 ; (1 + 2) * 3 ; 10 div 4 ; 10 mod 3 ; -10 mod 3 ; 10 mod -3 ; 5.5 mod 2 ; 1 - 1 - 1 ; 2 - -2 ; - - 2 ; --2 ; 6 div 2 div 3 ; 1 div 0 ; 0 div 0
1 < 2 ; 2 <= 2 ; 1 > 2 ; 2 >= 3 ; 1 = 1.0 ; 1 != 1 ; 'a' = 'a' ; 'a' != 'b' ; 'a' < 'b' ; '1' < '2' ; 1 = '1' ; 1 = 'x' ; true() = 'x' ; true() = 1
false() = '' ; true() > false() ; 1 < 2 < 3 ; 3 > 2 > 1 ; 1 = 1 = 1 ; //crew/@n = 3 ; //crew/@n != 3 ; //crew/@n > 9 ; //crew/@n < 1 ; 3 = //crew/@n
'3' = //crew/@n ; //crew/@n = '10' ; //crew/@n = true() ; //none = false() ; //none = '' ; //none != '' ; //ship/@name = //ship/@flag ; //crew/@n = //crew/@n
//crew/@n != //crew/@n ; //crew/@n < //crew/@n ; //crew[1]/@n >= //crew[2]/@n ; //none < 1 ; //b = 'and' ; 'and' = //b ; //ship = //b ; //b != //b
concat('a', 'b') ; concat('a', 1, true()) ; concat(//b, '-', //none) ; starts-with('abc', 'ab') ; starts-with('abc', '') ; starts-with('', 'a')
contains('abc', 'b') ; contains('abc', '') ; contains('', '') ; contains(//ship, 'rum') ; substring-before('1999/04/01', '/') ; substring-before('a', 'x')
substring-after('1999/04/01', '/') ; substring-after('a', 'x') ; substring-after('abc', '') ; substring-before('abc', '') ; substring('12345', 2, 3)
substring('12345', 2) ; substring('12345', 1.5, 2.6) ; substring('12345', 0, 3) ; substring('12345', 0 div 0, 3) ; substring('12345', 1, 0 div 0)
substring('12345', -42, 1 div 0) ; substring('12345', -1 div 0, 1 div 0) ; substring('12345', 5) ; substring('12345', 6) ; substring('é€😀x', 3, 1)
string-length() ; string-length('') ; string-length('é€😀') ; normalize-space('  a   b ') ; normalize-space('') ; normalize-space(//ship[3]/@name)
translate('bar', 'abc', 'AB') ; translate('--aaa--', 'abc-', 'ABC') ; translate('aaa', 'aa', 'bc') ; translate('é', 'é', 'e') ; translate('', 'a', 'b')
count(//ship) ; count(//none) ; count(//@*) ; count(//node()) ; count(//ship | //ship) ; sum(//crew/@n) ; sum(//crew[@n != 'x']/@n) ; sum(//none)
floor(2.6) ; floor(-2.6) ; ceiling(2.2) ; ceiling(-2.2) ; round(2.5) ; round(-2.5) ; round(2.4) ; round(-0.2) ; round(0 div 0) ; round(1 div 0)
name() ; name(//p:buoy) ; name(//@p:load) ; name(//text()) ; name(//comment()) ; name(//processing-instruction()) ; name(/) ; name(//none) ; local-name()
local-name(//p:buoy) ; local-name(//@p:load) ; namespace-uri(//p:buoy) ; namespace-uri(//@p:load) ; namespace-uri() ; local-name(//processing-instruction('note'))
lang('en') ; lang('EN') ; lang('de') ; //*[lang('de')] ; //*[lang('de-AT')] ; //*[lang('at')] ; //text()[lang('de')] ; id('ada') ; id('bob ada none') ; id('ada')/b
id(//none) ; id(//ship/@xml:id) ; id('ada') | id('bob') ; id('bob')/crew[2]/@n ; //ship[@name = id('ada')/@name] ; //*[position() = count(//b) + 1]
//ship[@name = //ship[2]/@name] ; //ship[position() = last()]/@name ; //ship[contains(@name, 'e')] ; //ship[normalize-space(@name) = 'Eve']/crew
//ship[starts-with(@name, 'A') or crew] ; //crew[../@flag = 'red'] ; //crew[../../@name = 'Kiel'] ; //ship[@flag = 'none'] ; /harbour/@name ; /harbour[@name = 'Kiel']/ship[2]
/descendant::ship[2] ; /descendant::ship[position() < 3] ; /descendant-or-self::node()[2] ; descendant::text()[3] ; child::* ; child::ship/attribute::name
self::harbour ; self::ship ; self::node() ; parent::node() ; parent::* ; ancestor::node() ; ancestor-or-self::node() ; following::node() ; preceding::node()
( ( ( //ship ) ) ) [ 1 ] ; //ship [ 1 ] / @name ; child  ::  ship ; ship[ 2 ]/crew[ 1 ] ; //ship[(2)] ; (1) ; ('a') ; (//b)/.. ; (//ship)[2]/crew[2] ; (.)/ship ; (..)
* * * ; div div div ; and and and ; or or or ; mod mod mod ; ship*2 ; ship div 2 ; ship-2 ; ship - 2 ; //ship[crew and @name] ; //ship[crew or @name]
`;

const wrong = `
 ; // ; ship[ ; ship] ; ship[] ; (ship ; ship) ; @ ; :: ; ship:: ; child:: ; nowhere::ship ; unknown() ; count() ; count(1) ; count('a', 'b') ; sum(1)
1 | 2 ; ship | 1 ; 'a ; "a ; $ ; $unknown ; x:ship ; x:f() ; //x:* ; ship/ ; ship// ; /ship[ ; ship,ship ; ship!ship ; ship = ; = ship ; ship == ship ; ! ; # ; ship&
not() ; not(1, 2) ; true(1) ; position(1) ; last(1) ; concat('a') ; concat() ; substring('a') ; translate('a', 'b') ; string(1, 2) ; id() ; lang() ; name(1) ; name('a')
local-name(true()) ; count(true()) ; 1/ship ; 'a'/ship ; (1)[1] ; 'a'[1] ; true()[1] ; processing-instruction(a) ; text(1) ; node('a') ; comment(1) ; .. ship ; . . ; ship ship
1 2 ; 'a' 'b' ; ship[1]] ; ((ship) ; + ; * / * ** ; - ; 1 + ; 1 * ; and ; ship and ; or or ; mod ; //[1] ; @@name ; @name@name ; ship/@ ; ship/[1] ; ..[ ; $a:
`;

const exslt = `
re:test('abc', 'B', 'i') ; re:test('abc', '^b') ; re:test(//b, 'A', 'i') ; re:match('abcabc', 'b(c)') ; re:match('abcabc', '(b)(c)', 'g') ; re:match('abcabc', 'b', 'g')
re:match('abc', 'z') ; re:replace('abcabc', 'b', 'g', '[X]') ; re:replace('abc', '', 'g', '-') ; re:replace('abc', 'z', '', 'y') ; //ship[re:test(@name, '^[AB]')]
re:replace('2026-11-27', '([0-9]+)-([0-9]+)-([0-9]+)', '', '\\3.\\2.\\1') ; count(re:match('a1b22', '[0-9]+', 'g')) ; re:match('a1b22', '[0-9]+', 'g')[2] ; re:test('é', '^.$')
re:test('a.b', 'a\\.b') ; re:test('aaa', '^a{2,3}$') ; re:test('aaaa', '^a{2,3}$') ; re:match('x=1;y=2', '([a-z])=([0-9])', 'g') ; re:test('ab', 'a|b|') ; re:test('foo bar', '\\bbar\\b')
str:padding(5, 'ab') ; str:padding(3) ; str:padding(0) ; str:padding(-1, 'a') ; str:padding(2.7, 'ab') ; str:align('x', '-----', 'center') ; str:align('x', '-----', 'right')
str:align('x', '----', 'center') ; str:align('xxxxxxxx', '-----') ; str:align('ab', '-----', 'center') ; str:align('ab', '-----') ; str:concat(//crew/@n) ; str:concat(//none)
str:encode-uri('a b&é/%', true()) ; str:encode-uri('a b&é/:?[]', false()) ; str:decode-uri('a%20b%C3%BC') ; str:decode-uri('a%zz')
set:difference(//ship, //ship[1]) ; set:intersection(//ship, //ship[crew]) ; set:distinct(//ship/@flag) ; set:distinct(//ship) ; set:has-same-node(//ship, //ship[1])
set:has-same-node(//ship, //b) ; set:leading(//ship, //ship[2]) ; set:trailing(//ship, //ship[1]) ; set:leading(//ship, //none) ; set:leading(//ship, //b) ; set:trailing(//ship, //b)
set:difference(//@*, //@name) ; set:difference(//none, //ship) ; set:intersection(//node(), //text()) ; count(set:distinct(//crew/@n))
math:max(//crew[@n != 'x']/@n) ; math:min(//crew[@n != 'x']/@n) ; math:max(//crew/@n) ; math:max(//none) ; math:highest(//crew[@n != 'x']/@n) ; math:lowest(//crew[@n != 'x']/@n)
math:lowest(//crew/@n) ; math:abs(-3) ; math:power(2, 10) ; math:sqrt(16) ; math:log(10) ; math:sin(1) ; math:cos(1) ; math:tan(1) ; math:asin(1) ; math:acos(0.5) ; math:atan(1)
math:atan2(1, 2) ; math:exp(1) ; math:constant('PI', 5) ; math:constant('E', 3) ; math:constant('LN2', 6) ; math:random() < 1
`;

const dates = ["2004-02-29", "2004-02-29T12:30:45Z", "2005-01-01", "2026-12-31T23:59:59.5+02:00"]
  .flatMap((date) =>
    ("year leap-year month-in-year month-name month-abbreviation week-in-year week-in-month day-in-year day-in-month " +
      "day-of-week-in-month day-in-week day-name day-abbreviation hour-in-day minute-in-hour second-in-minute date time")
      .split(" ").map((name) => `date:${name}('${date}')`)
  );
const durations = `
date:add('2004-01-31', 'P1M') ; date:add('2004-02-29T12:00:00Z', 'PT36H') ; date:add('2004-02-29', 'P1Y') ; date:add('2004', 'P1Y') ; date:add('2004-02', 'P1M') ; date:add('2004-01-31', '-P1M')
date:add('2004-12-31', 'P1D') ; date:add('2004-03-01', '-P1D') ; date:add('x', 'P1D') ; date:add('2004-03-01', 'x') ; date:add-duration('P1Y', 'P1M') ; date:add-duration('P1D', '-PT1H')
date:add-duration('P1D', '-P1D') ; date:add-duration('P1M', '-P1D') ; date:difference('2004-01-01', '2004-03-01') ; date:difference('2004-01-01T00:00:00Z', '2004-01-02T12:00:00Z')
date:difference('2004', '2006') ; date:difference('2004-01', '2006-03') ; date:difference('2006-03', '2004-01') ; date:difference('2004-03-01', '2004-01-01') ; date:duration(90061) ; date:duration(0)
date:duration(1.5) ; date:duration(-86400) ; date:seconds('1970-01-02T00:00:00Z') ; date:seconds('P1DT1H') ; date:seconds('1970-01-02') ; date:seconds('nonsense') ; date:seconds('P1M')
date:year('-0044-03-15') ; date:year('x') ; date:day-name('x') ; date:leap-year('1900') ; date:leap-year('2000') ; date:week-in-year('2004-12-31') ; date:week-in-month('2004-02-01')
date:week-in-month('2004-03-06') ; date:hour-in-day('12:30:45') ; date:date('12:30:45') ; date:month-in-year('2004') ; date:day-in-month('---29') ; date:day-in-month('--02-29') ; date:time('12:30:45.25Z')
`;

function listed(text: string): string[] {
  return text.replace(/^\n|\n$/g, "").split(/ ; |\n/).map((one) => one.trim());
}

/** The expressions. */
export const CASES: readonly string[] = [
  ...axes,
  ...[core, wrong, exslt, durations].flatMap(listed),
  ...dates,
];
