"""Value: `dataclass` as `dataclasses` has it, made in a tenth of the time.

`dataclasses` compiles six methods for each class, which takes 0.4 ms, and a run on a small file
waits for 300 classes. No method needs code of its own for each class but `__init__`, and that
only where many values are made: it is compiled then.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

OFTEN = 16
"""Values of a class after which compiling its `__init__` pays."""

if TYPE_CHECKING:
    from dataclasses import dataclass as dataclass
else:
    import dataclasses
    import inspect
    from dataclasses import MISSING, FrozenInstanceError
    from itertools import chain
    from operator import attrgetter
    from reprlib import recursive_repr

    # What `dataclasses` writes on a class and on a field, to be written on others.
    _PATTERNS = [dataclasses.make_dataclass("P", "f", frozen=frozen) for frozen in (False, True)]
    _PARAMS = [pattern.__dataclass_params__ for pattern in _PATTERNS]
    _KIND = dataclasses.fields(_PATTERNS[0])[0]._field_type

    def dataclass(cls=None, /, **how):
        """Return `cls` as a dataclass, or a decorator that does."""
        if cls is None:
            return lambda cls: dataclass(cls, **how)
        if not {"frozen", "slots", "kw_only"} >= how.keys():
            return dataclasses.dataclass(cls, **how)
        if not all(isinstance(kind, str) for kind in _annotations(cls).values()):
            return dataclasses.dataclass(cls, **how)  # of a module that evaluates annotations
        adds = cls.__dict__.keys() & {"__annotations__", "__post_init__"}
        if how == {"frozen": True} and not adds and _is_frozen(cls):
            cls.__setattr__, cls.__delattr__ = _refuse_set, _refuse_delete
            return cls
        return _made(cls, **{"frozen": False, "slots": False, "kw_only": False, **how})

    def _annotations(cls):
        return inspect.get_annotations(cls)

    def _is_frozen(cls):
        params = getattr(cls, "__dataclass_params__", None)
        return len(cls.__bases__) == 1 and params is not None and params.frozen

    def _made(cls, frozen, slots, kw_only):
        own = {name for name, value in cls.__dict__.items() if value is not None}
        fields = _fields(cls, frozen, kw_only)
        if slots:
            cls = _slotted(cls, fields)
        cls.__dataclass_params__, cls.__dataclass_fields__ = _PARAMS[frozen], fields
        cls.__doc__ = cls.__doc__ or cls.__name__
        cls.__match_args__ = tuple(each.name for each in fields.values() if not each.kw_only)
        each = list(fields.values())
        methods = [*_methods(each), _starter(cls, each)]
        methods += _guards(cls, fields) if frozen else ()
        methods += _states(each) if slots and frozen else ()
        for method in methods:
            if method.__name__ not in own:
                setattr(cls, method.__name__, method)
        if not frozen and "__hash__" not in own:
            cls.__hash__ = None
        return cls

    def _fields(cls, frozen, kw_only):
        """Return the fields by name; the class keeps the defaults alone."""
        fields = {}
        for parent in cls.__mro__[-1:0:-1]:
            if inherited := getattr(parent, "__dataclass_fields__", None):
                if parent.__dataclass_params__.frozen is not frozen:
                    raise TypeError("a frozen dataclass and one that is not do not inherit")
                fields.update(inherited)
        for name, kind in _annotations(cls).items():
            if kind.startswith("ClassVar"):
                continue
            field = default = cls.__dict__.get(name, MISSING)
            if not isinstance(field, dataclasses.Field):
                field = dataclasses.field(default=default)
                if default.__class__.__hash__ is None:
                    raise ValueError(f"mutable default for field {name}: use default_factory")
            elif field.default is MISSING:
                delattr(cls, name)
            else:
                setattr(cls, name, field.default)
            field.name, field.type, field._field_type = name, kind, _KIND
            field.kw_only = kw_only if field.kw_only is MISSING else field.kw_only
            fields[name] = field
        return fields

    def _slotted(cls, fields):
        """Return the class once more, with slots for its own fields."""
        kept = {name: value for name, value in cls.__dict__.items() if name not in fields}
        for name in ("__dict__", "__weakref__"):
            kept.pop(name, None)
        there = set(chain.from_iterable(c.__dict__.get("__slots__", ()) for c in cls.__mro__))
        kept["__slots__"] = tuple(name for name in fields if name not in there)
        made = type(cls)(cls.__name__, cls.__bases__, kept)
        made.__qualname__ = cls.__qualname__
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

    def _states(fields):
        """Return what pickles values that have slots."""
        names = [each.name for each in fields]
        read = _reader(names)

        def __getstate__(self):
            return read(self)

        def __setstate__(self, state):
            for name, value in zip(names, state, strict=True):
                object.__setattr__(self, name, value)

        return __getstate__, __setstate__

    def _guards(cls, fields):
        """Return what refuses changes; a plain class that inherits may have more attributes."""

        def __setattr__(self, name, value):
            if type(self) is cls or name in fields:
                _refuse_set(self, name, value)
            super(cls, self).__setattr__(name, value)

        def __delattr__(self, name):
            if type(self) is cls or name in fields:
                _refuse_delete(self, name)
            super(cls, self).__delattr__(name)

        return __setattr__, __delattr__

    def _refuse_set(self, name, value):
        raise FrozenInstanceError(f"cannot assign to field {name!r}")

    def _refuse_delete(self, name):
        raise FrozenInstanceError(f"cannot delete field {name!r}")

    def _starter(cls, fields):
        """Return an `__init__` for a few values; a compiled one takes its place for more."""
        placed = [each.name for each in fields if each.init and not each.kw_only]
        asked = {each.name for each in fields if each.init}
        needed = {each.name for each in fields if each.init and _defaults(each) == (MISSING,) * 2}
        every = [(each.name, *_defaults(each)) for each in fields]
        checked, seen = hasattr(cls, "__post_init__"), 0

        def __init__(self, /, *args, **given):
            nonlocal seen
            seen += 1
            told = {**dict(zip(placed, args, strict=False)), **given}
            whole = len(told) == len(args) + len(given) and needed <= told.keys() <= asked
            if not whole or seen > OFTEN:
                cls.__init__ = _compiled(cls, fields, checked)  # which tells what is wrong
                return cls.__init__(self, *args, **given)
            for name, default, factory in every:
                value = told[name] if name in told else default if factory is MISSING else factory()
                object.__setattr__(self, name, value)
            if checked:
                self.__post_init__()

        return __init__

    def _defaults(field):
        return field.default, field.default_factory

    def _compiled(cls, fields, checked):
        """Return the `__init__` that `dataclasses` would make."""
        known = {"_set": object.__setattr__, "_GIVEN": object()}
        for each in fields:
            known |= {f"_default_{each.name}": each.default}
            known |= {f"_factory_{each.name}": each.default_factory}
        placed = [_parameter(each) for each in fields if each.init and not each.kw_only]
        named = [_parameter(each) for each in fields if each.init and each.kw_only]
        body = [f"_set(self, {each.name!r}, {_value(each)})" for each in fields]
        body += ["self.__post_init__()"] if checked else ["pass"]
        head = ", ".join(["self", *placed, *(["*", *named] if named else [])])
        exec(f"def __init__({head}):\n " + "\n ".join(body), known)
        made = known["__init__"]
        made.__qualname__, made.__module__ = f"{cls.__qualname__}.__init__", cls.__module__
        return made

    def _parameter(field):
        """Return the parameter of a field in a signature."""
        default, factory = _defaults(field)
        if factory is not MISSING:
            return f"{field.name}=_GIVEN"
        return field.name if default is MISSING else f"{field.name}=_default_{field.name}"

    def _value(field):
        """Return what a field is set to."""
        made = f"_factory_{field.name}()"
        if field.default_factory is MISSING:
            return field.name if field.init else f"_default_{field.name}"
        return f"{made} if {field.name} is _GIVEN else {field.name}" if field.init else made
