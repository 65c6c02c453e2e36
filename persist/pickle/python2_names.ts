/*
 * Where Python 3 keeps what Python 2 kept under another name, and the way back. Protocols 0 to 2 name Python 2's places
 * (unless `fixImports` is false). The facts are CPython's module `_compat_pickle`; pairs are written `old=new`.
 */

/** Modules that were renamed. */
const MODULES = `
Tix=tkinter.tix __builtin__=builtins copy_reg=copyreg Queue=queue SocketServer=socketserver
ConfigParser=configparser repr=reprlib tkFileDialog=tkinter.filedialog
tkSimpleDialog=tkinter.simpledialog tkColorChooser=tkinter.colorchooser
tkCommonDialog=tkinter.commondialog Dialog=tkinter.dialog Tkdnd=tkinter.dnd tkFont=tkinter.font
tkMessageBox=tkinter.messagebox ScrolledText=tkinter.scrolledtext Tkconstants=tkinter.constants
ttk=tkinter.ttk Tkinter=tkinter markupbase=_markupbase _winreg=winreg thread=_thread
dummy_thread=_dummy_thread dbhash=dbm.bsd dumbdbm=dbm.dumb dbm=dbm.ndbm gdbm=dbm.gnu
xmlrpclib=xmlrpc.client SimpleXMLRPCServer=xmlrpc.server httplib=http.client
htmlentitydefs=html.entities HTMLParser=html.parser Cookie=http.cookies cookielib=http.cookiejar
BaseHTTPServer=http.server test.test_support=test.support commands=subprocess
urlparse=urllib.parse robotparser=urllib.robotparser urllib2=urllib.request anydbm=dbm
_abcoll=collections.abc
`;

/** Modules that are found again under another old name. */
const MODULES_TO_3 = `
cPickle=pickle _elementtree=xml.etree.ElementTree FileDialog=tkinter.filedialog
SimpleDialog=tkinter.simpledialog DocXMLRPCServer=xmlrpc.server SimpleHTTPServer=http.server
CGIHTTPServer=http.server UserDict=collections UserList=collections UserString=collections
whichdb=dbm StringIO=io cStringIO=io
`;

/** Old homes of modules that had several. */
const MODULES_TO_2 = `
bz2=_bz2 dbm=_dbm functools=_functools gdbm=_gdbm pickle=_pickle
`;

/** Exceptions: `exceptions` became `builtins`. */
const EXCEPTIONS = `
ArithmeticError AssertionError AttributeError BaseException BufferError BytesWarning
DeprecationWarning EOFError EnvironmentError Exception FloatingPointError FutureWarning
GeneratorExit IOError ImportError ImportWarning IndentationError IndexError KeyError
KeyboardInterrupt LookupError MemoryError NameError NotImplementedError OSError OverflowError
PendingDeprecationWarning ReferenceError RuntimeError RuntimeWarning StopIteration SyntaxError
SyntaxWarning SystemError SystemExit TabError TypeError UnboundLocalError UnicodeDecodeError
UnicodeEncodeError UnicodeError UnicodeTranslateError UnicodeWarning UserWarning ValueError
Warning ZeroDivisionError
`;

/** Exceptions that Python 2 knows as `OSError`. */
const OS_ERRORS = `
BrokenPipeError ChildProcessError ConnectionAbortedError ConnectionError ConnectionRefusedError
ConnectionResetError FileExistsError FileNotFoundError InterruptedError IsADirectoryError
NotADirectoryError PermissionError ProcessLookupError TimeoutError
`;

/** Single names that moved. */
const NAMES = `
__builtin__:xrange=builtins:range __builtin__:reduce=functools:reduce
__builtin__:intern=sys:intern __builtin__:unichr=builtins:chr __builtin__:unicode=builtins:str
__builtin__:long=builtins:int itertools:izip=builtins:zip itertools:imap=builtins:map
itertools:ifilter=builtins:filter itertools:ifilterfalse=itertools:filterfalse
itertools:izip_longest=itertools:zip_longest UserDict:IterableUserDict=collections:UserDict
UserList:UserList=collections:UserList UserString:UserString=collections:UserString
whichdb:whichdb=dbm:whichdb _socket:fromfd=socket:fromfd
_multiprocessing:Connection=multiprocessing.connection:Connection
multiprocessing.process:Process=multiprocessing.context:Process
multiprocessing.forking:Popen=multiprocessing.popen_fork:Popen
urllib:ContentTooShortError=urllib.error:ContentTooShortError
urllib:getproxies=urllib.request:getproxies urllib:pathname2url=urllib.request:pathname2url
urllib:quote_plus=urllib.parse:quote_plus urllib:quote=urllib.parse:quote
urllib:unquote_plus=urllib.parse:unquote_plus urllib:unquote=urllib.parse:unquote
urllib:url2pathname=urllib.request:url2pathname urllib:urlcleanup=urllib.request:urlcleanup
urllib:urlencode=urllib.parse:urlencode urllib:urlopen=urllib.request:urlopen
urllib:urlretrieve=urllib.request:urlretrieve urllib2:HTTPError=urllib.error:HTTPError
urllib2:URLError=urllib.error:URLError
multiprocessing:AuthenticationError=multiprocessing.context:AuthenticationError
multiprocessing:BufferTooShort=multiprocessing.context:BufferTooShort
multiprocessing:ProcessError=multiprocessing.context:ProcessError
multiprocessing:TimeoutError=multiprocessing.context:TimeoutError
`;

/** Single names that moved and are found again under another old name. */
const NAMES_TO_3 = `
__builtin__:basestring=builtins:str exceptions:StandardError=builtins:Exception
UserDict:UserDict=collections:UserDict socket:_socketobject=socket:SocketType
`;

/** Old homes of single names. */
const NAMES_TO_2 = `
__builtin__:reduce=_functools:reduce FileDialog:FileDialog=tkinter.filedialog:FileDialog
FileDialog:LoadFileDialog=tkinter.filedialog:LoadFileDialog
FileDialog:SaveFileDialog=tkinter.filedialog:SaveFileDialog
SimpleDialog:SimpleDialog=tkinter.simpledialog:SimpleDialog
DocXMLRPCServer:ServerHTMLDoc=xmlrpc.server:ServerHTMLDoc
DocXMLRPCServer:XMLRPCDocGenerator=xmlrpc.server:XMLRPCDocGenerator
DocXMLRPCServer:DocXMLRPCRequestHandler=xmlrpc.server:DocXMLRPCRequestHandler
DocXMLRPCServer:DocXMLRPCServer=xmlrpc.server:DocXMLRPCServer
DocXMLRPCServer:DocCGIXMLRPCRequestHandler=xmlrpc.server:DocCGIXMLRPCRequestHandler
SimpleHTTPServer:SimpleHTTPRequestHandler=http.server:SimpleHTTPRequestHandler
CGIHTTPServer:CGIHTTPRequestHandler=http.server:CGIHTTPRequestHandler
socket:_socketobject=_socket:socket exceptions:ImportError=builtins:ModuleNotFoundError
`;

type Names = Map<string, string>;

interface Tables {
  readonly modulesTo3: Names;
  readonly modulesTo2: Names;
  readonly namesTo3: Names;
  readonly namesTo2: Names;
}

let tables: Tables | undefined;

function words(text: string): string[] {
  return text.trim().split(/\s+/);
}

function fill(to3: Names | undefined, to2: Names | undefined, text: string): void {
  for (const pair of words(text)) {
    const [old, now] = pair.split("=") as [string, string];
    to3?.set(old, now);
    to2?.set(now, old);
  }
}

function build(): Tables {
  const [modulesTo3, modulesTo2, namesTo3, namesTo2]: Names[] = [
    new Map(),
    new Map(),
    new Map(),
    new Map(),
  ] as [Names, Names, Names, Names];
  fill(modulesTo3, modulesTo2, MODULES);
  fill(modulesTo3, undefined, MODULES_TO_3);
  fill(undefined, modulesTo2, MODULES_TO_2);
  for (const name of words(EXCEPTIONS)) {
    fill(namesTo3, namesTo2, `exceptions:${name}=builtins:${name}`);
  }
  for (const name of words(OS_ERRORS)) namesTo2!.set(`builtins:${name}`, "exceptions:OSError");
  fill(namesTo3, namesTo2, NAMES);
  fill(namesTo3, undefined, NAMES_TO_3);
  fill(undefined, namesTo2, NAMES_TO_2);
  return {
    modulesTo3: modulesTo3!,
    modulesTo2: modulesTo2!,
    namesTo3: namesTo3!,
    namesTo2: namesTo2!,
  };
}

function translate(names: Names, modules: Names, module: string, name: string): [string, string] {
  const moved = names.get(`${module}:${name}`);
  if (moved !== undefined) {
    const at = moved.indexOf(":");
    return [moved.slice(0, at), moved.slice(at + 1)];
  }
  return [modules.get(module) ?? module, name];
}

/** The Python 3 place of a name that a Python 2 pickle gives. */
export function toPython3(module: string, name: string): [string, string] {
  tables ??= build();
  return translate(tables.namesTo3, tables.modulesTo3, module, name);
}

/** The Python 2 place of a Python 3 name. */
export function toPython2(module: string, name: string): [string, string] {
  tables ??= build();
  return translate(tables.namesTo2, tables.modulesTo2, module, name);
}
