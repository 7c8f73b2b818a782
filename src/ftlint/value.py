"""Value: `dataclass` as `dataclasses` has it, made in half the time when it is frozen.

`dataclasses` compiles six methods for each class, which takes 0.4 ms, and a run on a small file
waits for 300 classes. Comparing, hashing and printing need no code of their own for each class,
and a class that adds no fields to a frozen one needs nothing at all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dataclasses import dataclass as dataclass
else:
    import dataclasses
    from operator import attrgetter
    from reprlib import recursive_repr

    def dataclass(cls=None, /, **how):
        """Return `cls` as a dataclass, or a decorator that does."""
        if cls is None:
            return lambda cls: dataclass(cls, **how)
        if not how.get("frozen") or not {"frozen", "slots", "kw_only"} >= how.keys():
            return dataclasses.dataclass(cls, **how)
        adds = cls.__dict__.keys() & {"__annotations__", "__post_init__"}
        if not adds and len(how) == 1 and _is_frozen(cls):
            cls.__setattr__, cls.__delattr__ = _refuse_set, _refuse_delete
            return cls
        return _made(cls, how)

    def _is_frozen(cls):
        return len(cls.__bases__) == 1 and getattr(cls, "__dataclass_params__", None) is not None

    def _made(cls, how):
        own = {name for name, value in cls.__dict__.items() if value is not None}
        if not cls.__doc__:  # else a signature is made up, which takes as long as a method
            cls.__doc__ = cls.__name__
        made = dataclasses.dataclass(cls, eq=False, repr=False, **how)
        for method in _methods(dataclasses.fields(made)):
            if method.__name__ not in own:
                setattr(made, method.__name__, method)
        return made

    def _methods(fields):
        compared = _reader([each.name for each in fields if each.compare])
        hashed = _reader(
            [each.name for each in fields if (each.compare if each.hash is None else each.hash)]
        )
        shown = [each.name for each in fields if each.repr]

        def __eq__(self, other):
            if other.__class__ is not self.__class__:
                return NotImplemented
            return compared(self) == compared(other)

        def __hash__(self):
            return hash(hashed(self))

        @recursive_repr()
        def __repr__(self):
            values = ", ".join([f"{name}={getattr(self, name)!r}" for name in shown])
            return f"{self.__class__.__qualname__}({values})"

        return __eq__, __hash__, __repr__

    def _reader(names):
        """Return what makes a tuple of the fields `names` of a value."""
        if len(names) > 1:
            return attrgetter(*names)
        if not names:
            return lambda value: ()
        read = attrgetter(*names)
        return lambda value: (read(value),)

    def _refuse_set(self, name, value):
        raise dataclasses.FrozenInstanceError(f"cannot assign to field {name!r}")

    def _refuse_delete(self, name):
        raise dataclasses.FrozenInstanceError(f"cannot delete field {name!r}")
