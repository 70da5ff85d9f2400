"""Writes docs/reference/ from the code, so that those pages cannot say something else.

`python docs/generate.py` writes the pages; with `--check` it writes nothing and fails when a page
is not what the code says. A part of the code that does not exist yet is named and left out.
"""

import importlib
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "reference"
HEAD = "<!-- Made by `make docs` from the code: correct it there. -->\n\n"


class Missing(Exception):
    """A part of the code that a page is made from does not exist."""


def part(module: str, name: str) -> Any:
    """A name of a module; raises Missing when there is no such module or name."""
    try:
        return getattr(importlib.import_module(module), name)
    except AttributeError:
        raise Missing(f"{module}.{name}") from None
    except ModuleNotFoundError as error:
        if error.name and module.startswith(error.name):
            raise Missing(module) from None
        raise


# ------------------------------------------------------------------------------------------- pages


def dictionary() -> str:
    return part("sightline.contract.reference", "dictionary_markdown")()


def privacy() -> str:
    return part("sightline.contract.reference", "privacy_markdown")()


def signals() -> str:
    return part("sightline.signals.reference", "signals_markdown")()


def commands() -> str:
    """Every command with its arguments and options, as the command line itself knows them."""
    app = part("sightline.cli", "app")
    group = importlib.import_module("typer.main").get_command(app)
    lines = ["# Commands", "", paragraphs(group.help)]
    lines += [
        "Data goes to standard output, progress and messages to standard error. `NO_COLOR` is "
        "honoured.",
        "Exit status: 0 done, 1 done with refusals or warnings, 2 could not.",
    ]
    if shared := list(rows_of(group)):
        lines += ["", "Before the command:", *shared]
    for name, command in all_commands(group):
        if not command.hidden:
            lines += [
                "",
                f"## {name}",
                "",
                f"`{usage(name, command)}`",
                "",
                paragraphs(command.help),
            ]
            lines += rows_of(command)
    return "\n".join(lines)


def all_commands(group: Any, before: str = "") -> Iterator[tuple[str, Any]]:
    """Every command by its full name: `load`, and `audit verify` for one of a family."""
    for name, command in sorted(group.commands.items()):
        if hasattr(command, "commands"):
            yield from all_commands(command, f"{before}{name} ")
        else:
            yield f"{before}{name}", command


def errors() -> str:
    """Every error code with its cause and what to do, then every reason a row is refused."""
    lines = ["# Errors and refusals", "", "## Errors", ""]
    lines += ["A command that could not do its work says where, what, and what to do."]
    lines += ["", "| code | cause | what to do |", "|---|---|---|"]
    for code, (cause, fix) in sorted(part("sightline.kit.errors", "ERRORS").items()):
        lines.append(f"| `{code}` | {cell(cause)} | {cell(fix)} |")
    lines += ["", "## Why a row is refused", ""]
    lines += ["`sightline quarantine` lists every refused row with its remedy."]
    lines += ["", "| reason | meaning |", "|---|---|"]
    for reason, meaning in part("sightline.contract", "REASONS").items():
        lines.append(f"| `{reason}` | {cell(meaning)} |")
    for reason, (meaning, fix) in part("sightline.sources", "REASONS").items():
        lines.append(f"| `{reason}` | {cell(meaning)} {cell(fix)} |")
    return "\n".join(lines)


def settings() -> str:
    """Every setting of a site, with its default and what it may be."""
    lines = ["# Settings", "", "A site's `settings.toml`. A line left out has its default."]
    lines += ["", "| setting | default | may be | for |", "|---|---|---|---|"]
    for name, setting in part("sightline.site", "SETTINGS").items():
        default = f"`{setting.default}`" if setting.default != "" else "(empty)"
        lines.append(f"| `{name}` | {default} | {allowed(setting)} | {cell(setting.description)} |")
    return "\n".join(lines)


def profiles() -> str:
    """Every source profile: what to export, what is assumed, which files it knows."""
    lines = ["# Source profiles", "", "A profile reads the exports of one supplier."]
    lines += ["Start a load with `sightline load --profile NAME --from FOLDER`."]
    read_profile = part("sightline.sources", "read_profile")
    for name in part("sightline.sources.profile", "profile_names")():
        profile = read_profile(name)
        lines += ["", f"## {name}", "", f"{profile.title}. {words(profile.about)}"]
        if profile.views:
            lines += ["", "| files named | fill |", "|---|---|"]
        for view in profile.views:
            names = ", ".join(f"`{pattern}`" for pattern in view.match)
            if names:
                lines.append(f"| {names} | {view.feeds} |")
        if profile.documents:
            names = ", ".join(f"`{pattern}`" for pattern in profile.documents)
            tables = dict.fromkeys(view.feeds for view in profile.views)
            lines.append(f"| {names} | {', '.join(tables)} |")
    return "\n".join(lines)


PAGES: dict[str, Callable[[], str]] = {
    "commands.md": commands,
    "dictionary.md": dictionary,
    "errors.md": errors,
    "privacy.md": privacy,
    "profiles.md": profiles,
    "settings.md": settings,
    "signals.md": signals,
}

# -------------------------------------------------------------------------------------------- form


def allowed(setting: Any) -> str:
    """The values a setting may have, in words."""
    if not setting.allowed:
        return "text" if setting.kind is str else "a whole number"
    if setting.kind is str:
        return ", ".join(f"`{value}`" for value in setting.allowed)
    return f"{setting.allowed[0]} to {setting.allowed[1]}"


def usage(name: str, command: Any) -> str:
    """`sightline load FOLDER [options]`."""
    words = ["sightline", name]
    for param in command.params:
        if param.param_type_name == "argument":
            word = argument_name(param)
            words.append(word if param.required else f"[{word}]")
    return " ".join([*words, "[options]"])


def rows_of(command: Any) -> Iterator[str]:
    """A table of a command's arguments and options; nothing when it has none."""
    shown = [param for param in command.params if is_shown(param)]
    if not shown:
        return
    yield from ("", "| argument or option | meaning | default |", "|---|---|---|")
    for param in shown:
        is_argument = param.param_type_name == "argument"
        names = [argument_name(param)] if is_argument else param.opts
        if not is_argument and not param.is_flag:
            names = [f"{name} {param.metavar or param.name.upper()}" for name in names]
        shown_names = ", ".join(f"`{name}`" for name in names)
        yield f"| {cell(shown_names)} | {meaning(param)} | {default(param)} |"


def argument_name(param: Any) -> str:
    name: str = param.metavar or param.name.upper()
    return name.strip("[]")


def is_shown(param: Any) -> bool:
    standard = {"help", "install_completion", "show_completion"}
    return not param.hidden and param.name not in standard


def meaning(param: Any) -> str:
    told = cell(" ".join((param.help or "").split()))
    return f"{told} Or set `{param.envvar}`." if param.envvar else told


def default(param: Any) -> str:
    if param.required:
        return "needed"
    if (
        getattr(param, "is_flag", False)
        or param.default is None
        or callable(param.default)
        or param.default == ""
    ):
        return ""
    return f"`{getattr(param.default, 'value', param.default)}`"


def paragraphs(text: str | None) -> str:
    return "\n\n".join(" ".join(block.split()) for block in (text or "").split("\n\n"))


def words(text: str) -> str:
    """One paragraph in which <table> is not taken for HTML."""
    return paragraphs(text).replace("<", "&lt;")


def cell(text: str) -> str:
    return text.replace("|", "\\|")


# ---------------------------------------------------------------------------------------- the work


def made() -> Iterator[tuple[Path, str]]:
    """Every page that can be made now; those that cannot are named on standard error."""
    for name, page in PAGES.items():
        try:
            yield FOLDER / name, HEAD + page().strip() + "\n"
        except Missing as missing:
            print(f"docs/reference/{name}: left out, {missing} does not exist yet", file=sys.stderr)


def main(arguments: list[str]) -> int:
    check = "--check" in arguments
    stale = []
    for path, text in made():
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            stale.append(f"docs/reference/{path.name}")
            if not check:
                path.parent.mkdir(exist_ok=True)
                path.write_text(text, encoding="utf-8")
    if check and stale:
        print(f"Not what the code says: {', '.join(stale)}. Run `make docs`.", file=sys.stderr)
        return 1
    if stale:
        print(f"Wrote {', '.join(stale)}.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
