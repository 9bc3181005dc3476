"""Determines from the running bytecode instruction how the project uses a stub."""

import opcode

from .stub_notes import notes

# Instructions that use a value as a key; annotations such as `X[y]` hash values too, without consequence.
_KEY_INSTRUCTIONS = ("STORE_SUBSCR", "BUILD_MAP", "BUILD_SET", "MAP_ADD", "SET_ADD", "CONTAINS_OP")


def note_question(path, frame):
    """Records a check for an attribute by `hasattr`, or `getattr` with a default."""
    if not frame.f_code.co_filename.startswith(notes.roots) or _instruction(frame) != "CALL":
        return
    if "hasattr" in frame.f_code.co_names or frame.f_code.co_code[frame.f_lasti + 1] == 3:
        notes.add(path, "asks what it has")


def is_key(frame):
    """Whether the value is used as a key or looked up among keys."""
    return _instruction(frame) in _KEY_INSTRUCTIONS


def makes_decorator(frame):
    """Whether the running call creates a decorator, such as `@check(Schema)`, that is then applied."""
    code = frame.f_code
    if not code.co_filename.startswith(notes.roots) or _instruction(frame) != "CALL":
        return False
    # Keep the code object too: otherwise its id could be reused after it is freed.
    if id(code) not in _decorator_calls:
        _decorator_calls[id(code)] = (code, _offsets_of_decorator_calls(code))
    return frame.f_lasti in _decorator_calls[id(code)][1]


# Offsets of the calls that create decorators, by the id of the code object.
_decorator_calls = {}


def _offsets_of_decorator_calls(code):
    """Applying a decorator is a call without arguments at the source position of the call that creates it."""
    made, found = {}, set()
    for offset, position in zip(range(0, len(code.co_code), 2), code.co_positions(), strict=False):
        if opcode.opname[code.co_code[offset]] != "CALL":
            continue
        if code.co_code[offset + 1] == 0 and position in made:
            found.update(made[position])
        made.setdefault(position, []).append(offset)
    return found


def unpacked(frame):
    """How many names an assignment such as `a, b = value` unpacks; 0 for any other instruction."""
    return frame.f_code.co_code[frame.f_lasti + 1] if _instruction(frame) == "UNPACK_SEQUENCE" else 0


def _instruction(frame):
    return opcode.opname[frame.f_code.co_code[frame.f_lasti]]
