"""The fast path of a rewrite: what an address asks for is worked out once, and a JSON body costs little more than its
values.

`HotRewriter` gives for every exchange what `rewrite` gives, and visits the same leaves in the same order; the plain
rewriter is the reference that the tests hold it against.
"""

from __future__ import annotations
