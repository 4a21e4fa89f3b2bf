"""Keeps what the CloudFormation templates hold of other files the same as these files: the policies of the three tiers
in the role's template, and that template in the StackSet's.

    python tests/deploy/embed.py            # says what is not current
    python tests/deploy/embed.py --write    # makes it current
"""

import argparse
import json
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "deploy" / "cloudformation"
# In this order: the second holds the first.
TEMPLATES = (FOLDER / "audited-account.yaml", FOLDER / "stackset.yaml")
PLACE = re.compile(r"^(?P<indent> *)# embedded: (?P<path>\S+)\n.*?^(?P=indent)# end\n", re.MULTILINE | re.DOTALL)
FIRST = ("Version", "Sid", "Effect", "Action", "Resource", "Statement")
PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9-]*(:[A-Za-z0-9]+)?")


def policy(document, indent=""):
    """The lines of a policy in YAML, its keys as people write them."""
    if isinstance(document, str):
        return [indent + scalar(document)]
    lines = []
    if isinstance(document, list):
        for item in document:
            first, *others = policy(item, indent + "  ")
            lines += [f"{indent}- {first.removeprefix(indent + '  ')}", *others]
        return lines
    for key, value in sorted(document.items(), key=lambda entry: (FIRST.index(entry[0]), entry[0])):
        if isinstance(value, str):
            lines.append(f"{indent}{key}: {scalar(value)}")
        else:
            lines += [f"{indent}{key}:", *policy(value, indent + "  ")]
    return lines


def scalar(text):
    return text if PLAIN.fullmatch(text) else json.dumps(text)


def template(text):
    """The lines of a template as a property of a StackSet."""
    return ["TemplateBody: |", *(f"  {line}" if line else "" for line in text.splitlines())]


def embedded(match, read):
    """A place, with what is to stand there."""
    path = ROOT / match["path"]
    lines = policy(json.loads(read(path))) if path.suffix == ".json" else template(read(path))
    inside = "".join(f"{match['indent']}{line}".rstrip() + "\n" for line in lines)
    return f"{match['indent']}# embedded: {match['path']}\n{inside}{match['indent']}# end\n"


def current():
    """Each template with what is to stand in it."""
    texts = {}

    def read(path):
        return texts.get(path) or path.read_text(encoding="utf-8")

    for path in TEMPLATES:
        texts[path] = PLACE.sub(lambda match: embedded(match, read), path.read_text(encoding="utf-8"))
    return texts


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--write", action="store_true", help="make them current")
    write = parser.parse_args().write
    stale = False
    for path, text in current().items():
        if text == path.read_text(encoding="utf-8"):
            continue
        name = path.relative_to(ROOT)
        if write:
            path.write_text(text, encoding="utf-8")
            print(f"{name}: written")
        else:
            stale = True
            print(f"{name}: not current; python tests/deploy/embed.py --write")
    sys.exit(stale)


if __name__ == "__main__":
    main()
