#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Every sentence that the station's rooms compose for people has its Chinese.

    sentences.py SOURCE_ROOT            checks po/zh_CN.station.po against the sources
    sentences.py SOURCE_ROOT --missing  prints what it lacks, as the beginning of a catalogue

A sentence is a string of more than one word in the C sources of db/, fixtures/, firmware/ and station/, wherever it stands:
formats, causes in tables, what a ternary chooses. What only installers, engineers at a terminal or the machine see is named
below: whole files, calls, types of tables, single texts."""
import pathlib
import re
import sys

ROOMS = ("db", "fixtures", "firmware", "station")

# Files whose texts are read by whoever writes bench files, recipes, maps, images and keys, with file and line at a terminal;
# or that are a process of their own.
NOT_SHOWN_FILES = (
    r"^fixtures/line/|^firmware/bms/|^station/cli/|/sim(_\w+)?\.c$",  # simulators, the BMS, the command line
    r"^fixtures/(yaml|bench_file)\.c$|/map\.c$|^station/recipe(_check)?\.c$",  # files with FILE:LINE
    r"^station/(assemble|keys)\.c$|^firmware/image/|^db/(migrate|statements)\.c$",
    r"^fixtures/link/(address|fault|pace|record|recording|replay)\.c$",  # options of addresses; wrappers of tests
)
# Calls whose texts go to a log, to a database or over a wire.
NOT_SHOWN_CALLS = {
    "g_warning", "g_debug", "g_info", "g_error", "g_critical", "pl_sql", "sqlite3_exec", "sqlite3_mprintf", "pl_scpi_send",
    "pl_scpi_ask", "pl_scpi_ask_number", "pl_step_sample", "pl_yaml_error", "pl_yaml_expect", "pl_step_event",
    "pl_run_row_add_event", "g_str_equal", "g_strcmp0", "g_str_has_prefix", "strcmp", "strstr", "sscanf", "g_strsplit",
    "G_DEFINE_QUARK", "g_ascii_strcasecmp", "pl_db_add_event",
}
# Tables of help for the command line, of SQL, of what goes over a wire.
NOT_SHOWN_TYPES = {"PlParam", "PlMeasure", "PlDriver", "PlMigration"}
# Texts of functions and tables that are neither: what an instrument is asked or says, what a label or a file is made of.
NOT_SHOWN = {
    "TEST ON", "TEST OFF", "GW Instek", "Agilent Technologies", "Keysight Technologies", "CONF:TEMP TC,T",
    "SENS:TEMP:TRAN:TC:RJUN:TYPE INT", "modem %d %d", "break %u",
}
# Single words that a sentence takes in, and that the screen shows.
WORDS = {
    "hipot", "supply", "daq", "bms", "plc", "scanner", "printer", "meter", "cycler", "chamber",
    "fixture", "terminal",  # who
    "FAIL", "PASS", "ERROR", "ABORTED", "none", "breakdown",  # what was judged
    "reading", "writing", "erasing", "verifying", "read-back", "read", "write", "filling", "charging", "discharging",  # what is done
    "level", "frequency", "looser", "tighter", "other", "odd", "even", "mains", "over-temperature", "watchdog", "heartbeat",
    "trip", "release", "unknown", "acknowledge",
}
# What the system, the C library and SQLite say.
SYSTEM = {
    "No such file or directory", "No such device", "No such device or address", "Permission denied", "Read-only file system",
    "No space left on device", "Input/output error", "Connection refused", "Connection reset by peer",
    "Connection timed out", "Broken pipe", "Device or resource busy", "Too many open files", "No route to host",
    "disk I/O error", "database or disk is full", "database is locked", "database disk image is malformed",
    "attempt to write a readonly database", "unable to open database file",
}

MACROS = {"G_GINT64_FORMAT": "ld", "G_GUINT64_FORMAT": "lu", "G_GSIZE_FORMAT": "lu", "G_GSSIZE_FORMAT": "ld"}
TOKEN = re.compile(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\])*"|\'(?:\\.|[^\'\\])*\'|^\s*#\s*(?!define)[^\n]*|[A-Za-z_]\w*|\s+|.', re.S | re.M)
TABLE = re.compile(r"(\w+)\s+\*?(?:const\s+)?\w+(?:\[[^\]]*\])*\s*=\s*$")
CONVERSION = re.compile(r"%[-+ #0]*[\d.*]*[hlzjt]*[a-zA-Z%]")


def tokens(source):
    for match in TOKEN.finditer(source):
        text = match.group(0)
        if not text.isspace() and not text.startswith(("/*", "//")) and not text.lstrip().startswith("#"):
            yield text, match.start()


def literals(source):
    """(line, call or type that it stands in, text) of each string; adjacent ones are one."""
    stack, run, start, before = [], "", 0, ""
    for text, at in list(tokens(source)) + [(";", len(source))]:
        if text[0] == '"':
            start = start if run else at
            run += text[1:-1]
            continue
        if text in MACROS:
            run += MACROS[text]
            continue
        if run:
            yield source.count("\n", 0, start) + 1, tuple(stack), run
            run = ""
        if text == "(":
            stack.append(before)
        elif text == "{":
            table = TABLE.search(source[max(0, at - 200):at])
            stack.append(table.group(1) if table else "{")
        elif text in ")}" and stack:
            stack.pop()
        before = text


def plain(text):
    return CONVERSION.sub(" ", text.replace('\\"', '"'))


def is_sentence(text):
    """More than one word for people: no SQL, no SCPI, no columns of a curve, no layout."""
    words = re.findall(r"[A-Za-z][a-z']+", plain(text))
    if re.fullmatch(r"[a-z]+_\w+( \w+_\w+)*", text) or re.search(r"\w, \w+\.\w+|unit\.id|recipe_hash,|run\.grade", text):
        return False
    return (len(words) >= 1 and " " in text.strip() and re.search(r"[a-z]{2}", plain(text))
            and not re.match(r"\s*(PRAGMA|BEGIN|SAVEPOINT|ROLLBACK|RELEASE|AND|ON|ORDER|VALUES|WITH|CREATE|DROP|count) ", text)
            and not re.search(r"\b(SELECT|INSERT|UPDATE|DELETE|FROM|JOIN|WHERE|GROUP BY|ORDER BY|UNION|NULL)\b", text)
            and "\\n" not in text and ".." not in text.split(" ")[0])


def sentences(root):
    """text -> where it stands first."""
    found, words = {}, set()
    files = sorted(path for room in ROOMS for path in (root / room).rglob("*.c"))
    for path in files:
        name = str(path.relative_to(root))
        shown = not any(re.search(pattern, name) for pattern in NOT_SHOWN_FILES)
        for line, stack, text in literals(path.read_text(encoding="utf-8")):
            if text in WORDS:
                words.add(text)
            if (shown and is_sentence(text) and text not in NOT_SHOWN
                    and not any(s in NOT_SHOWN_CALLS or s in NOT_SHOWN_TYPES for s in stack)):
                found.setdefault(text, f"{name}:{line}")
    return found, words


def catalogue(path):
    """msgid -> msgstr, as a C source would write them."""
    texts, parts, which = {}, {"msgid": "", "msgstr": ""}, None
    for line in path.read_text(encoding="utf-8").splitlines() + ["msgid \"\""]:
        match = re.match(r'(msgid|msgstr)?\s*"(.*)"$', line)
        if match is None:
            continue
        if match.group(1) == "msgid":
            texts[parts["msgid"]] = parts["msgstr"]
            parts = {"msgid": "", "msgstr": ""}
        which = match.group(1) or which
        parts[which] += match.group(2)
    texts.pop("", None)
    return texts


def main():
    root = pathlib.Path(sys.argv[1])
    found, words = sentences(root)
    known = catalogue(root / "po" / "zh_CN.station.po")
    missing = {text: where for text, where in found.items() if not known.get(text)}
    missing.update({text: "a single word" for text in (words | SYSTEM) if not known.get(text)})
    stale = set(known) - set(found) - words - SYSTEM
    if "--missing" in sys.argv:
        for text, where in missing.items():
            print(f"#: {where}\n{'#, c-format' + chr(10) if CONVERSION.search(text) else ''}msgid \"{text}\"\nmsgstr \"\"\n")
        return 0
    for text, where in missing.items():
        print(f"{where}: \"{text}\" has no Chinese in po/zh_CN.station.po")
    for text in sorted(stale):
        print(f"po/zh_CN.station.po: nobody says \"{text}\" any more")
    for text in sorted(WORDS - words):
        print(f"tests/ui/sentences.py: no source has the word \"{text}\"")
    return 1 if missing or stale or WORDS - words else 0


if __name__ == "__main__":
    sys.exit(main())
