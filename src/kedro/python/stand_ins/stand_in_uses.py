"""Tells from the instruction that runs what the project does with a stand-in."""

import opcode

from .stand_in_notes import notes

# Those that put a value into a mapping or a set; annotations such as `X[y]` ask for the hash too, and mean nothing by it.
_KEY_INSTRUCTIONS = ("STORE_SUBSCR", "BUILD_MAP", "BUILD_SET", "MAP_ADD", "SET_ADD", "CONTAINS_OP")


def note_question(path, frame):
    """Notes where the project asks whether there is an attribute, by `hasattr` or `getattr` with a default."""
    if not frame.f_code.co_filename.startswith(notes.roots) or _instruction(frame) != "CALL":
        return
    if "hasattr" in frame.f_code.co_names or frame.f_code.co_code[frame.f_lasti + 1] == 3:
        notes.add(path, "asks what it has")


def is_key(frame):
    """Whether the value becomes a key, or is looked for among keys."""
    return _instruction(frame) in _KEY_INSTRUCTIONS


def makes_decorator(frame):
    """Whether the call that runs is the whole of a decorator, such as `@check(Schema)`: what it gives decorates then."""
    code, at = frame.f_code, frame.f_lasti
    if not code.co_filename.startswith(notes.roots) or _instruction(frame) != "CALL":
        return False
    import dis

    calls = [each for each in dis.get_instructions(code) if each.opname == "CALL"]
    made = next((each.positions for each in calls if each.offset == at), None)
    # A decorator is applied by a call without arguments that stands where the decorator stands.
    return made is not None and any(each.arg == 0 and each.offset > at and each.positions == made for each in calls)


def unpacked(frame):
    """How many names an assignment such as `a, b = value` asks for; 0 when it is no such assignment."""
    return frame.f_code.co_code[frame.f_lasti + 1] if _instruction(frame) == "UNPACK_SEQUENCE" else 0


def _instruction(frame):
    return opcode.opname[frame.f_code.co_code[frame.f_lasti]]
