"""What the texts of Python modules say: their imports, classes, functions and required variables. Runs none of them."""

import ast
import re
import warnings

# Whether a module may have other names than those that it binds itself.
_OPEN = re.compile(r"\b(?:globals|vars|locals)\(\)|\bexec\(|\bsys\.modules\b|\b__path__\b")
_NAME = re.compile(r"[A-Za-z_]\w*", re.ASCII)
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_TRIES = (ast.Try, getattr(ast, "TryStar", ast.Try))
_PARTS_WITH_BODY = (ast.stmt, ast.excepthandler, getattr(ast, "match_case", ast.stmt))
# Parts of the names of exceptions that a failed import raises.
_FAILED = ("ImportError", "ModuleNotFoundError", "Exception")


def describe(texts):
    """The facts of each module, by name; `None` for a text that this Python cannot parse."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return {name: _facts(text) for name, text in texts.items()}


def _facts(text):
    text = text.removeprefix("\ufeff")
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    found = _Module(text)
    found.visit_all(tree.body, ())
    imports, names = found.imports, found.names
    is_open = any("*" in each["names"] for each in imports) or "__getattr__" in names or _OPEN.search(text) is not None
    return {
        "imports": imports,
        "functions": found.functions,
        "variables": found.required_variables(),
        "classes": found.classes,
        "names": list(names),
        "is_open": is_open,
    }


class _Module:
    """Collects facts in the order of the text.

    `above` has the statements around a node, outermost first, each with the name of its part that the node is in.
    """

    def __init__(self, text):
        self._text = text
        self._lines = re.split(r"\r\n?|\n", text)
        self._reads_variables = "environ[" in text
        self.imports = []
        self.functions = {}
        self.classes = {}
        # A dict for its order.
        self.names = {}
        self._variables = []

    def visit_all(self, nodes, above):
        for node in nodes:
            self._visit(node, above)

    def _visit(self, node, above):
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            return self._import(node, above)
        is_top = not any(isinstance(each, (*_FUNCTIONS, ast.ClassDef)) for each, _ in above)
        if isinstance(node, _FUNCTIONS):
            self._function(node, above)
        if isinstance(node, ast.ClassDef) and is_top:
            self.classes[node.name] = {"bases": _bases(node), "init": _constructor(node)}
        if is_top:
            self.names.update(dict.fromkeys(_bound(node)))
        for part, value in ast.iter_fields(node):
            # Decorators run before the function, in the code around it.
            within = above if part == "decorator_list" else (*above, (node, part))
            for each in value if isinstance(value, list) else [value]:
                if isinstance(each, _PARTS_WITH_BODY):
                    self._visit(each, within)
                elif isinstance(each, ast.AST) and self._reads_variables:
                    self._expression(each, within)

    def _import(self, node, above):
        when = _time(above)
        place = {**self._place(node), **when}
        if isinstance(node, ast.Import):
            found = [(each.name, [], [each.asname or each.name.partition(".")[0]]) for each in node.names]
        else:
            bound = [each.asname or each.name for each in node.names]
            found = [("." * node.level + (node.module or ""), [each.name for each in node.names], bound)]
        for module, names, bound in found:
            self.imports.append({"module": module, "names": names, **place})
            if "inside" not in when:
                self.names.update(dict.fromkeys(bound))

    def _function(self, node, above):
        first = min([node.lineno, *(each.lineno for each in node.decorator_list)])
        self.functions[_qualified_name(node, above)] = {"line": node.lineno, "first": first, "last": node.end_lineno}

    def _expression(self, root, above):
        """Notes environment variables in an expression, such as `os.environ["HOST"]`, which fail if they are not set."""
        nodes = [] if any(isinstance(each, _TRIES) for each, _ in above) else [root]
        while nodes:
            node = nodes.pop()
            name = _variable(node)
            if name is not None:
                self._variables.append({"variable": name, **self._place(node), **_time(above)})
            elif not isinstance(node, ast.IfExp):
                nodes += ast.iter_child_nodes(node)

    def required_variables(self):
        """The variables that the text names nowhere else, such as to set them or to ask whether they are set."""
        counts = {}
        for each in self._variables:
            counts[each["variable"]] = counts.get(each["variable"], 0) + 1
        required = [
            each for each in self._variables
            if sum(self._text.count(f"{quote}{each['variable']}{quote}") for quote in "'\"") == counts[each["variable"]]
        ]
        return sorted(required, key=lambda each: (each["line"], each["column"]))

    def _place(self, node):
        """Line and column from one; Python counts columns in bytes of UTF-8."""
        before = self._lines[node.lineno - 1].encode()[: node.col_offset].decode()
        return {"line": node.lineno, "column": len(before) + 1}


def _time(above):
    """When a statement runs: `always` with its module, `called`, `optional` or `never`, and in which function."""
    when, names = "always", []
    for node, part in reversed(above):
        if isinstance(node, (*_FUNCTIONS, ast.ClassDef)):
            names.insert(0, node.name)
        if isinstance(node, _FUNCTIONS) and when == "always":
            when = "called"
        if isinstance(node, ast.If):
            if part == "body" and _is_never(node.test):
                return {"when": "never"}
            when = "optional"
        if isinstance(node, ast.ExceptHandler) or isinstance(node, _TRIES) and part == "body" and _survives(node):
            when = "optional"
        if isinstance(node, (ast.With, ast.AsyncWith)) and any(_name(each.context_expr) == "suppress" for each in node.items):
            when = "optional"
    return {"when": when, "inside": ".".join(names)} if names and when in ("called", "optional") else {"when": when}


def _is_never(test):
    """Whether a condition holds only for type checkers, or only if the module is the main program."""
    nodes = list(ast.walk(test))
    negated = [node.operand for node in nodes if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not)]
    is_typing = any(_name(node) == "TYPE_CHECKING" for node in nodes) and not any(_name(node) == "TYPE_CHECKING" for node in negated)
    return is_typing or any(_name(node) == "__name__" for node in nodes)


def _survives(node):
    """Whether a `try` catches a failed import in its body."""
    kinds = [handler.type for handler in node.handlers]
    names = [_name(each) or "" for kind in kinds if kind is not None for each in ast.walk(kind)]
    return None in kinds or any(part in name for part in _FAILED for name in names)


def _name(node):
    """The last word of a dotted name, also of one that is called; `None` for any other expression."""
    if isinstance(node, ast.Call):
        node = node.func
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else None


def _variable(node):
    """The name of the variable that `os.environ["NAME"]` reads; `None` for any other expression."""
    is_read = isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load) and isinstance(node.slice, ast.Constant)
    if not is_read or ast.unparse(node.value) not in ("environ", "os.environ"):
        return None
    name = node.slice.value
    return name if isinstance(name, str) and _NAME.fullmatch(name) else None


def _qualified_name(node, above):
    """The name of a function as its `__qualname__`."""
    name = node.name
    for each, _ in reversed(above):
        if isinstance(each, ast.ClassDef):
            name = f"{each.name}.{name}"
        if isinstance(each, _FUNCTIONS):
            name = f"{each.name}.<locals>.{name}"
    return name


def _bound(node):
    """The names that a statement binds itself; imports aside."""
    if isinstance(node, (*_FUNCTIONS, ast.ClassDef)):
        return [node.name]
    is_assigned = isinstance(node, ast.Assign) or isinstance(node, ast.AnnAssign) and node.value is not None
    targets = getattr(node, "targets", None) or [getattr(node, "target", None)] if is_assigned else []
    return [each.id for target in targets for each in ast.walk(target) if isinstance(each, ast.Name)]


def _bases(node):
    """The base classes as written, without what is in brackets."""
    bases = [ast.unparse(base) for base in node.bases]
    return [base.partition("[")[0] for base in bases if "=" not in base]


def _constructor(node):
    """What the class's own `__init__` takes besides `self`; `None` if it has none."""
    init = next((each for each in node.body if isinstance(each, _FUNCTIONS) and each.name == "__init__"), None)
    if init is None:
        return None
    given = init.args
    plain = [*given.posonlyargs, *given.args]
    needed = len(plain) - len(given.defaults)
    args = [(each.arg, at < needed) for at, each in enumerate(plain)][1:]
    args += [(each.arg, default is None) for each, default in zip(given.kwonlyargs, given.kw_defaults, strict=True)]
    return {
        "args": [name for name, _ in args],
        "required": [name for name, is_needed in args if is_needed],
        "takes_any": given.kwarg is not None,
    }
