#!/usr/bin/env python3
"""Holds the tree against docs/ARCHITECTURE.md: direction of includes, file and line lengths, licence lines; prints the
measures of the code. Exits 1 past a hard limit.

comment:code is of non-test code: lines of which any part is a comment (inner lines of a block count) to lines of which
any part is code; a line with both counts on both sides."""
import pathlib
import re
import subprocess
import sys

FLOORS = {"db": 0, "fixtures": 1, "firmware": 2, "station": 3, "ui": 4}
FILE_MAX, LINE_MAX, FUNCTION_MAX = 800, 140, 90
WIDE, WIDE_SHARE = 100, 0.005  # a few lines may be wider: texts that would be worse for being cut

TOKEN = re.compile(r'"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'|/\*.*?\*/|//[^\n]*', re.S)


def comments_and_code(text):
    """How many lines have a comment, and how many have code."""
    marked = TOKEN.sub(lambda m: m[0] if m[0][0] in "\"'" else re.sub(r"\S", "\0", m[0]), text).splitlines()
    return sum("\0" in line for line in marked), sum(bool(line.replace("\0", "").strip()) for line in marked)


faults = []
files = [pathlib.Path(f) for f in subprocess.check_output(["git", "ls-files", "*.c", "*.h"], text=True).split()]
lengths, functions, code, tests, wide, comments, commented_code = [], [], 0, 0, 0, 0, 0
for file in files:
    text = file.read_text()
    lines = text.splitlines()
    floor = FLOORS.get(file.parts[0])
    if "SPDX-License-Identifier: Apache-2.0" not in lines[0]:
        faults.append(f"{file}:1: no licence line")
    start = None
    for n, line in enumerate(lines, 1):
        match = re.match(r'#include "([a-z_]+)/(.*)"', line)
        if match and floor is not None and match[1] in FLOORS:
            # db knows nobody, and fixtures knows no database; firmware sees links only
            wrong = FLOORS[match[1]] > floor
            wrong |= file.parts[0] in ("fixtures", "firmware") and match[1] == "db"
            wrong &= not (file.parts[:2] == ("fixtures", "line") and match[1] == "firmware" and match[2].startswith("bms/"))
            wrong |= file.parts[0] == "firmware" and match[1] == "fixtures" and not match[2].startswith("link/")
            if wrong:
                faults.append(f"{file}:{n}: includes upward: {line}")
        if len(line.expandtabs(8)) > LINE_MAX:
            faults.append(f"{file}:{n}: {len(line.expandtabs(8))} columns")
        wide += len(line.expandtabs(8)) > WIDE
        if line == "{":
            start = n
        if line == "}" and start:
            functions.append(n - start - 1)
            if n - start - 1 > FUNCTION_MAX and file.parts[0] != "tests":
                faults.append(f"{file}:{start}: a function of {n - start - 1} lines")
            start = None
    code += len(lines)
    if file.parts[0] != "tests":
        with_comment, with_code = comments_and_code(text)
        comments += with_comment
        commented_code += with_code
    tests += len(lines) if file.parts[0] == "tests" else 0
    if file.suffix == ".c":
        lengths.append(len(lines))
        if len(lines) > FILE_MAX:
            faults.append(f"{file}: {len(lines)} lines")
lengths.sort()
functions.sort()
print(f"{len(lengths)} C files, {code} lines, median file {lengths[len(lengths) // 2]}, longest {lengths[-1]}; "
      f"functions median {functions[len(functions) // 2]}, p90 {functions[len(functions) * 9 // 10]}, longest "
      f"{functions[-1]}; tests {100 * tests // code} %; comment:code {comments / commented_code:.3f}; "
      f"over {WIDE} columns {100 * wide / code:.2f} %")
if wide > WIDE_SHARE * code:
    faults.append(f"{wide} of {code} lines are wider than {WIDE} columns")
for fault in faults:
    print(fault, file=sys.stderr)
sys.exit(1 if faults else 0)
