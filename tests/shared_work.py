"""Work that every application under test would do again, though it comes out the same each time.

Most tests make an application of their own. Without this, half of their time goes into compiling
the same templates and the same addresses.
"""

from collections.abc import Callable
from functools import wraps

from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from werkzeug.routing import Rule


class Templates(BytecodeCache):
    """Compiled templates, by name and by what their source says, for this process."""

    def __init__(self) -> None:
        self.compiled: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Take a template as it was compiled before."""
        if bucket.key in self.compiled:
            bucket.bytecode_from_string(self.compiled[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep a template for the next application."""
        self.compiled[bucket.key] = bucket.bytecode_to_string()


def builders_once(compile_builder: Callable) -> Callable:
    """The compiler of addresses, which compiles each rule once for all applications.

    What it makes is a plain function of the rule and its values.
    """
    made: dict[tuple, Callable] = {}

    @wraps(compile_builder)
    def once(rule: Rule, append_unknown: bool = True) -> Callable:
        key = (rule.rule, rule.subdomain, rule.host, repr(rule.defaults), append_unknown)
        if key not in made:
            made[key] = compile_builder(rule, append_unknown)
        return made[key]

    return once
